// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The table of surprise in a model file: what is read, and what is refused.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <stdlib.h>
#include <string.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

static char const interval_keys[] = "surprise/intervals/keys";

static ModelFile*
file_with_table(void)
{
  ModelFile* const file = model_file_new(&tiny);
  model_file_add_surprise(file, 5);
  return file;
}

static void
put(ModelFile* const  file,
    char const* const tensor,
    size_t const      index,
    int32_t const     value)
{
  memcpy((char*)model_file_tensor(file, tensor) + 4 * index, &value, sizeof(value));
}

static void
a_table_is_read_as_it_is(void** const state)
{
  (void)state;
  ModelFile* const file = file_with_table();
  model_file_write(file, model_path);
  MnModel* const               model = load_model(model_path);
  MnSurpriseTable const* const t     = &model->surprise;
  assert_true(t->known);
  assert_int_equal(t->view[MN_SURPRISE_INTERVAL].rows, MN_INTERVAL_SYMBOLS + 1);
  assert_int_equal(t->view[MN_SURPRISE_DURATION].rows, MN_DURATION_SYMBOLS + 1);
  static char const* const bits[] = {"surprise/intervals/bits", "surprise/durations/bits"};
  for (unsigned view = 0; view < MN_SURPRISE_VIEWS; ++view) {
    MnSurpriseRows const* const rows = &t->view[view];
    assert_memory_equal(
      rows->bits, model_file_tensor(file, bits[view]), (size_t)rows->rows * rows->symbols);
    for (unsigned row = 0; row < rows->rows; ++row) {
      assert_int_equal(mn_surprise_find(rows, rows->keys[row]), row);
    }
    assert_int_equal(mn_surprise_find(rows, 1 << 20), MN_NO_ROW);
  }
  assert_memory_equal(t->share, model_file_tensor(file, "surprise/share"), 2 * 8 * 4);
  mn_model_free(model);
  model_file_free(file);
}

static void
a_model_needs_no_table(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&tiny);
  model_file_write(file, model_path);
  MnModel* const model = load_model(model_path);
  assert_false(model->surprise.known);
  mn_model_free(model);
  model_file_free(file);
}

static void
keys_are_those_of_contexts(void** const state)
{
  (void)state;
  static struct {
    size_t      index;
    int32_t     value;
    char const* why;
  } const cases[] = {
    {0, 1, "surprise/intervals/keys: the first context is not the empty one"},
    {0, -1, "surprise/intervals/keys: the first context is not the empty one"},
    {1, 0, "surprise/intervals/keys: not ascending"},
    {1, 2, "surprise/intervals/keys: not ascending"},
    {51, MN_INTERVAL_SYMBOLS + 1, "surprise/intervals/keys: not the key of a context"},
    {51, 1 << 6, "surprise/intervals/keys: not the key of a context"},
    {51, 1 << 24 | 0x41041, "surprise/intervals/keys: not the key of a context"},
    {51, INT32_MIN, "surprise/intervals/keys: not the key of a context"},
    {51, -2, "surprise/intervals/keys: not the key of a context"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    ModelFile* const file = file_with_table();
    put(file, interval_keys, cases[i].index, cases[i].value);
    assert_file_refused(file, cases[i].why);
  }
  // Five symbols are no length of a context of durations.
  ModelFile* const file = file_with_table();
  put(file, "surprise/durations/keys", 15, 0x11111);
  assert_file_refused(file, "surprise/durations/keys: not the key of a context");
}

static void
numbers_are_in_their_range(void** const state)
{
  (void)state;
  ModelFile* file                                                  = file_with_table();
  ((int8_t*)model_file_tensor(file, "surprise/durations/bits"))[7] = -1;
  assert_file_refused(file, "surprise/durations/bits: a number of bits is negative");
  int32_t const shares[] = {-1, 1 << 16, INT32_MIN, INT32_MAX};
  for (unsigned i = 0; i < sizeof(shares) / sizeof(*shares); ++i) {
    file = file_with_table();
    put(file, "surprise/share", 15, shares[i]);
    assert_file_refused(file, "surprise/share: not from 0 to 65535");
  }
}

static void
a_table_is_whole_or_not_there(void** const state)
{
  (void)state;
  static char const* const tensors[] = {interval_keys,
                                        "surprise/intervals/bits",
                                        "surprise/durations/keys",
                                        "surprise/durations/bits",
                                        "surprise/share"};
  for (unsigned i = 0; i < sizeof(tensors) / sizeof(*tensors); ++i) {
    ModelFile* file  = file_with_table();
    json_t*    entry = json_deep_copy(model_file_entry(file, tensors[i]));
    json_object_del(file->header, tensors[i]);
    json_object_set_new(file->header, "another", entry); // no gap in the file
    assert_file_refused(file, tensors[i]);
    // The same bytes in another shape or of another type.
    file  = file_with_table();
    entry = model_file_entry(file, tensors[i]);
    json_array_append_new(json_object_get(entry, "shape"), json_integer(1));
    assert_file_refused(file, tensors[i]);
    file  = file_with_table();
    entry = model_file_entry(file, tensors[i]);
    if (strcmp(json_string_value(json_object_get(entry, "dtype")), "I8") != 0) {
      json_object_set_new(entry, "dtype", json_string("F32"));
    } else {
      json_object_set_new(entry, "dtype", json_string("U8"));
    }
    assert_file_refused(file, tensors[i]);
  }
}

static void
contexts_do_not_crowd(void** const state)
{
  (void)state;
  // Keys of four symbols whose place in an index of 512 slots is the same.
  ModelFile* const     file       = file_with_table();
  MnSurpriseRows const rows       = {.rows = 52, .mask = mn_surprise_index_size(52) - 1};
  unsigned             put_so_far = 0;
  for (int32_t key = 0x41041; put_so_far < 50 && key < 1 << 24; ++key) {
    if (mn_surprise_key_is_valid(MN_SURPRISE_INTERVAL, key) &&
        mn_surprise_place(&rows, key) == 7) {
      put(file, interval_keys, 2 + put_so_far++, key);
    }
  }
  assert_int_equal(put_so_far, 50);
  assert_file_refused(file, "surprise/intervals/keys: too many contexts share a place");
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_table_is_read_as_it_is),
    cmocka_unit_test(a_model_needs_no_table),
    cmocka_unit_test(keys_are_those_of_contexts),
    cmocka_unit_test(numbers_are_in_their_range),
    cmocka_unit_test(a_table_is_whole_or_not_there),
    cmocka_unit_test(contexts_do_not_crowd),
  };
  return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
