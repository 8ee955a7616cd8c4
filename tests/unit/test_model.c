// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

static ModelFile*
tiny_file(void)
{
  return model_file_new(&tiny);
}

// The weight that the kernels read at a row and a column.
static int
packed(MnMatrix const* const m, size_t const row, size_t const column)
{
  size_t const n = m->w16 ? 2 : 4; // to a lane of 32 bits
  size_t const at =
    (row / 16 * (m->columns / n) + column / n) * 16 * n + row % 16 * n + column % n;
  return m->w16 ? m->w16[at] : m->w8[at];
}

static void
assert_same_matrix(ModelFile const* const file,
                   char const* const      name,
                   bool const             wide,
                   size_t const           rows,
                   size_t const           columns,
                   MnMatrix const* const  m)
{
  assert_true(m->rows >= rows && m->rows < rows + 16 && m->rows % 16 == 0);
  assert_true(m->columns >= columns && m->columns < columns + 4 && m->columns % 4 == 0);
  assert_true(wide ? m->w16 && !m->w8 : m->w8 && !m->w16);
  assert_int_equal((uintptr_t)(wide ? (void const*)m->w16 : m->w8) % 64, 0);
  char const* const stored = (char const*)model_file_tensor(file, name);
  for (size_t r = 0; r < m->rows; ++r) {
    int64_t sum = 0;
    for (size_t c = 0; c < m->columns; ++c) {
      int16_t weight = 0; // padding
      if (r < rows && c < columns && wide) {
        memcpy(&weight, stored + 2 * (r * columns + c), 2);
      } else if (r < rows && c < columns) {
        weight = ((int8_t const*)stored)[r * columns + c];
      }
      assert_int_equal(packed(m, r, c), weight);
      sum += weight;
    }
    if (!wide) {
      assert_int_equal(m->offset[r], (int32_t)(-sum * 32768)); // modulo 2^32
    }
  }
}

static void
assert_same_words(ModelFile const* const file,
                  char const* const      name,
                  size_t const           rows,
                  size_t const           columns,
                  size_t const           stride,
                  void const* const      words)
{
  char const* const stored = (char const*)model_file_tensor(file, name);
  for (size_t r = 0; r < rows; ++r) {
    char const* const row = (char const*)words + 4 * r * stride;
    assert_memory_equal(row, stored + 4 * r * columns, 4 * columns);
    for (size_t c = columns; c < stride; ++c) {
      int32_t word = -1;
      memcpy(&word, row + 4 * c, sizeof(word));
      assert_int_equal(word, 0);
    }
  }
}

static void
assert_loads_as_it_was_made(ModelShape const* const shape)
{
  ModelFile* const file = model_file_new(shape);
  model_file_write(file, model_path);
  MnModel* const m      = load_model(model_path);
  size_t const   hidden = shape->hidden;
  size_t const   latent = shape->latent;
  size_t const   gates  = m->direction[0].recurrent.rows;

  assert_string_equal(m->path, model_path);
  assert_string_equal(m->name, "made up");
  assert_string_equal(m->licence, "ISC");
  assert_string_equal(m->attribution, "nobody");
  assert_string_equal(m->provenance, "random numbers");
  assert_int_equal(m->steps, shape->steps);
  assert_int_equal(m->hidden, hidden);
  assert_int_equal(m->latent, latent);
  assert_int_equal(m->hidden_frac, shape->hidden_frac);

  for (unsigned d = 0; d < 2; ++d) {
    char const* const name[][3] = {
      {"encoder/fw/recurrent", "encoder/fw/input", "encoder/fw/multiplier"},
      {"encoder/bw/recurrent", "encoder/bw/input", "encoder/bw/multiplier"}};
    MnDirection const* const dir = &m->direction[d];
    assert_same_matrix(file, name[d][0], shape->wide, 4 * hidden, hidden, &dir->recurrent);
    assert_same_words(file, name[d][1], MN_CLASSES, 4 * hidden, gates, dir->input);
    assert_same_words(file, name[d][2], 1, 4 * hidden, gates, dir->multiplier);
  }
  for (unsigned h = 0; h < 2; ++h) {
    char const* const name[][3] = {
      {"encoder/mu/weight", "encoder/mu/bias", "encoder/mu/multiplier"},
      {"encoder/sigma/weight", "encoder/sigma/bias", "encoder/sigma/multiplier"}};
    MnLinear const* const head = h ? &m->sigma : &m->mu;
    size_t const          rows = head->weight.rows;
    assert_same_matrix(file, name[h][0], shape->wide, latent, 2 * hidden, &head->weight);
    assert_same_words(file, name[h][1], 1, latent, rows, head->bias);
    assert_same_words(file, name[h][2], 1, latent, rows, head->multiplier);
  }

  MnReadoutTable const* const t = &m->readout;
  assert_int_equal(t->music, (latent + 1) / 2);
  assert_close(t->active, 0.1, 0);
  for (size_t i = 0; i < latent; ++i) { // the reverse order
    assert_int_equal(t->order[i], latent - 1 - i);
    assert_int_equal(t->rank[i], latent - 1 - i);
  }
  assert_same_words(
    file, "readout/quantiles", latent, MN_QUANTILES, MN_QUANTILES, t->quantiles);
  assert_same_words(file, "readout/center", 1, latent, latent, t->center);
  assert_int_equal(t->projections, 3);
  char const* const stored = (char const*)model_file_tensor(file, "readout/projection");
  for (size_t n = 0; n < latent; ++n) {
    for (size_t p = 0; p < 3; ++p) { // by neuron, not by row
      assert_memory_equal(&t->projection[3 * n + p], stored + 4 * (p * latent + n), 4);
    }
  }
  double const statistic[]   = {1, 2, 4};
  double const probability[] = {1, 0.5, 0};
  assert_int_equal(t->knots, 3);
  assert_int_equal(t->rows, 1);
  assert_memory_equal(t->statistic, statistic, sizeof(statistic));
  assert_memory_equal(t->probability, probability, sizeof(probability));

  mn_model_free(m);
  model_file_free(file);
}

static void
models_of_all_sizes_load_as_they_were_made(void** const state)
{
  (void)state;
  unsigned const hidden[] = {1, 5, 7, 256};
  unsigned const latent[] = {1, 3, 512};
  for (unsigned h = 0; h < 4; ++h) {
    for (unsigned l = 0; l < 3; ++l) {
      for (unsigned wide = 0; wide < 2; ++wide) {
        ModelShape const shape = {.steps       = h % 2 ? 256 : 32,
                                  .hidden      = hidden[h],
                                  .latent      = latent[l],
                                  .hidden_frac = 8 + 2 * l,
                                  .wide        = wide,
                                  .seed        = 10 * h + l};
        assert_loads_as_it_was_made(&shape);
      }
    }
  }
}

static void
tensors_may_lie_at_odd_addresses_and_in_any_order(void** const state)
{
  (void)state;
  // An odd number of I8 weights comes first, and a header of odd length.
  ModelShape shape = tiny;
  shape.wide       = false;
  for (unsigned pad = 0; pad < 8; ++pad) {
    ModelFile* const file    = model_file_new(&shape);
    char             text[9] = "________";
    text[pad]                = '\0';
    model_file_set(file, "name", text);
    model_file_write(file, model_path);
    MnModel* const m = load_model(model_path);
    assert_same_matrix(
      file, "encoder/fw/recurrent", false, 12, 3, &m->direction[0].recurrent);
    mn_model_free(m);
    model_file_free(file);
  }
}

static void
other_tensors_and_metadata_are_passed_over(void** const state)
{
  (void)state;
  ModelFile* const file = tiny_file();
  json_object_set_new(file->header,
                      "decoder/extra",
                      json_pack("{s:s, s:[], s:[I, I]}",
                                "dtype",
                                "F64",
                                "shape",
                                "data_offsets",
                                (json_int_t)file->size,
                                (json_int_t)(file->size + 8)));
  file->data = (char*)realloc(file->data, file->size + 8);
  memset(file->data + file->size, 0, 8);
  file->size += 8;
  model_file_set(file, "something", "else");
  model_file_write(file, model_path);
  mn_model_free(load_model(model_path));
  model_file_free(file);
}

static void
texts_may_be_missing(void** const state)
{
  (void)state;
  ModelFile* const  file   = tiny_file();
  char const* const keys[] = {"name", "provenance", "licence", "attribution"};
  for (unsigned i = 0; i < 4; ++i) {
    model_file_set(file, keys[i], NULL);
  }
  model_file_write(file, model_path);
  MnModel* const m = load_model(model_path);
  assert_string_equal(m->name, "");
  assert_string_equal(m->provenance, "");
  assert_string_equal(m->licence, "");
  assert_string_equal(m->attribution, "");
  mn_model_free(m);
  model_file_free(file);
}

static void
a_model_outlives_its_file(void** const state)
{
  (void)state;
  ModelFile* const file = tiny_file();
  model_file_write(file, model_path);
  MnModel* const m    = load_model(model_path);
  size_t         size = 0;
  char* const    junk = model_file_bytes(file, &size);
  memset(junk, 0xFF, size);
  write_bytes(model_path, junk, size); // in place: the same inode
  assert_same_matrix(file, "encoder/bw/recurrent", true, 12, 3, &m->direction[1].recurrent);
  assert_same_words(file, "readout/center", 1, 2, 2, m->readout.center);
  write_bytes(model_path, junk, 1); // a mapping would have lost a page now
  assert_same_words(file, "encoder/mu/bias", 1, 2, 16, m->mu.bias);
  assert_int_equal(unlink(model_path), 0);
  assert_same_words(
    file, "readout/quantiles", 2, MN_QUANTILES, MN_QUANTILES, m->readout.quantiles);
  assert_string_equal(m->name, "made up");
  free(junk);
  mn_model_free(m);
  model_file_free(file);
}

static void
freeing_no_model_is_fine(void** const state)
{
  (void)state;
  mn_model_free(NULL);
}

static void
numbers_in_the_metadata_must_be_numbers_in_range(void** const state)
{
  (void)state;
  static char const* const keys[] = {
    "version", "classes", "steps", "hidden", "latent", "hidden_frac"};
  static char const* const garbled[] = {NULL,
                                        "",
                                        "x",
                                        "-3",
                                        "+3",
                                        " 3",
                                        "3 ",
                                        "3.0",
                                        "3e0",
                                        "0x3",
                                        "0",
                                        "100000",
                                        "4294967299",
                                        "18446744073709551619",
                                        "99999999999999999999999999"};
  for (unsigned k = 0; k < sizeof(keys) / sizeof(*keys); ++k) {
    for (unsigned i = 0; i < sizeof(garbled) / sizeof(*garbled); ++i) {
      ModelFile* const file = tiny_file();
      model_file_set(file, keys[k], garbled[i]);
      assert_file_refused(file, keys[k]);
    }
    ModelFile* const file = tiny_file();
    json_object_set_new(file->metadata, keys[k], json_integer(3)); // not a text
    assert_file_refused(file, keys[k]);
  }

  static struct {
    char const* key;
    char const* value;
  } const beyond[] = {{"version", "2"},
                      {"classes", "89"},
                      {"classes", "91"},
                      {"steps", "257"},
                      {"hidden", "4097"},
                      {"latent", "2049"},
                      {"hidden_frac", "7"},
                      {"hidden_frac", "15"}};
  for (unsigned i = 0; i < sizeof(beyond) / sizeof(*beyond); ++i) {
    ModelFile* const file = tiny_file();
    model_file_set(file, beyond[i].key, beyond[i].value);
    assert_file_refused(file, beyond[i].key);
  }
}

static void
a_model_of_another_format_is_refused(void** const state)
{
  (void)state;
  ModelFile* file = tiny_file();
  model_file_set(file, "format", NULL);
  assert_file_refused(file, "not a Music Neurons model");
  file = tiny_file();
  model_file_set(file, "format", "pt");
  assert_file_refused(file, "not a Music Neurons model");
}

static char const* const tensors[] = {"encoder/fw/recurrent",
                                      "encoder/fw/input",
                                      "encoder/fw/multiplier",
                                      "encoder/bw/recurrent",
                                      "encoder/bw/input",
                                      "encoder/bw/multiplier",
                                      "encoder/mu/weight",
                                      "encoder/mu/bias",
                                      "encoder/mu/multiplier",
                                      "encoder/sigma/weight",
                                      "encoder/sigma/bias",
                                      "encoder/sigma/multiplier",
                                      "readout/quantiles",
                                      "readout/projection",
                                      "readout/center"};

enum { TENSORS = sizeof(tensors) / sizeof(*tensors) };

static void
every_tensor_is_needed(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile* const file  = tiny_file();
    json_t* const    entry = model_file_entry(file, tensors[i]);
    json_object_set(file->header, "elsewhere", entry); // so that there is no gap
    json_object_del(file->header, tensors[i]);
    assert_file_refused(file, tensors[i]);
  }
}

static void
every_tensor_needs_its_dtype(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    // Another type of the same size, so that nothing else is wrong.
    ModelFile* const  file  = tiny_file();
    json_t* const     entry = model_file_entry(file, tensors[i]);
    char const* const dtype = json_string_value(json_object_get(entry, "dtype"));
    char const* const other = !strcmp(dtype, "I16")   ? "F16"
                              : !strcmp(dtype, "I32") ? "F32"
                                                      : "I32";
    json_object_set_new(entry, "dtype", json_string(other));
    assert_file_refused(file, tensors[i]);
  }
}

static void
every_tensor_needs_its_shape(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    for (unsigned way = 0; way < 4; ++way) {
      ModelFile* const file  = tiny_file();
      json_t* const    entry = model_file_entry(file, tensors[i]);
      json_t* const    shape = json_deep_copy(json_object_get(entry, "shape"));
      json_int_t const first = json_integer_value(json_array_get(shape, 0));
      bool const       flat  = json_array_size(shape) == 1;
      if (way == 0) { // one dimension more
        json_array_insert_new(shape, 0, json_integer(1));
      } else if (way == 1) {
        json_array_append_new(shape, json_integer(1));
      } else if (way == 2 && flat) { // rows and columns
        json_array_append_new(shape, json_integer(first / 2));
        json_array_set_new(shape, 0, json_integer(2));
      } else if (way == 2) { // the other way round
        json_array_append(shape, json_array_get(shape, 0));
        json_array_remove(shape, 0);
      } else if (!flat) { // no dimension
        json_array_set_new(
          shape, 0, json_integer(first * json_integer_value(json_array_get(shape, 1))));
        json_array_remove(shape, 1);
      } else {
        json_decref(shape);
        model_file_free(file);
        continue;
      }
      json_object_set_new(entry, "shape", shape);
      assert_file_refused(file, tensors[i]);
    }
  }
}

static void
sizes_in_the_metadata_must_be_those_of_the_tensors(void** const state)
{
  (void)state;
  static char const* const keys[] = {"hidden", "latent"};
  for (unsigned k = 0; k < 2; ++k) {
    for (unsigned value = 1; value <= 4; ++value) {
      char text[8];
      snprintf(text, sizeof(text), "%u", value);
      if (value != (k ? tiny.latent : tiny.hidden)) {
        ModelFile* const file = tiny_file();
        model_file_set(file, keys[k], text);
        assert_file_refused(file, "tensor");
      }
    }
  }
  // The largest numbers that are allowed, but no tensor has these sizes.
  ModelFile* const file = tiny_file();
  model_file_set(file, "hidden", "4096");
  model_file_set(file, "latent", "2048");
  assert_file_refused(file, "tensor");
}

static void
put_word(ModelFile* const  file,
         char const* const tensor,
         size_t const      index,
         int32_t const     value)
{
  memcpy((char*)model_file_tensor(file, tensor) + 4 * index, &value, sizeof(value));
}

static void
put_float(ModelFile* const  file,
          char const* const tensor,
          size_t const      index,
          double const      number)
{
  float const value = (float)number;
  memcpy((char*)model_file_tensor(file, tensor) + 4 * index, &value, sizeof(value));
}

static void
put_weight(ModelFile* const  file,
           char const* const tensor,
           size_t const      index,
           int16_t const     value)
{
  memcpy((char*)model_file_tensor(file, tensor) + 2 * index, &value, sizeof(value));
}

static void
multipliers_must_be_positive(void** const state)
{
  (void)state;
  static struct {
    char const* tensor;
    unsigned    last;
  } const all[] = {{"encoder/fw/multiplier", 11},
                   {"encoder/bw/multiplier", 11},
                   {"encoder/mu/multiplier", 1},
                   {"encoder/sigma/multiplier", 1}};
  for (unsigned i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    int32_t const bad[] = {0, -1, INT32_MIN};
    for (unsigned b = 0; b < 3; ++b) {
      ModelFile* file = tiny_file();
      put_word(file, all[i].tensor, b ? all[i].last : 0, bad[b]);
      assert_file_refused(file, "multiplier");
    }
    ModelFile* const file = tiny_file();
    put_word(file, all[i].tensor, 0, INT32_MAX);
    model_file_write(file, model_path);
    mn_model_free(load_model(model_path));
    model_file_free(file);
  }
}

static void
weights_that_could_overflow_a_sum_are_refused(void** const state)
{
  (void)state;
  // At the bound: the sum of weights << hidden_frac, plus the largest start.
  static struct {
    char const* weights;
    char const* starts;
    unsigned    columns;
    unsigned    row;    // in both
    unsigned    stride; // of the starts
    unsigned    starts_in_all;
  } const all[] = {{"encoder/fw/recurrent", "encoder/fw/input", 3, 11, 12, MN_CLASSES},
                   {"encoder/bw/recurrent", "encoder/bw/input", 3, 0, 12, MN_CLASSES},
                   {"encoder/mu/weight", "encoder/mu/bias", 6, 1, 2, 1},
                   {"encoder/sigma/weight", "encoder/sigma/bias", 6, 0, 2, 1}};
  for (unsigned i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    // The most that a sum can hold: 2^31 - 1.
    int64_t const norm = 32767 + 32768 + 1000 + (all[i].columns - 3);
    int32_t const rest = (int32_t)(INT32_MAX - (norm << tiny.hidden_frac));
    for (int extra = -1; extra <= 1; ++extra) {
      for (int sign = -1; sign <= 1; sign += 2) {
        ModelFile* const file  = tiny_file();
        size_t const     first = (size_t)all[i].row * all[i].columns;
        put_weight(file, all[i].weights, first, INT16_MAX);
        put_weight(file, all[i].weights, first + 1, INT16_MIN);
        put_weight(file, all[i].weights, first + 2, (int16_t)(sign * 1000));
        for (unsigned c = 3; c < all[i].columns; ++c) {
          put_weight(file, all[i].weights, first + c, (int16_t)-sign);
        }
        for (unsigned s = 0; s < all[i].starts_in_all; ++s) {
          put_word(file, all[i].starts, s * all[i].stride + all[i].row, 0);
        }
        // In the last of the starts.
        size_t const at = (all[i].starts_in_all - 1) * (size_t)all[i].stride + all[i].row;
        put_word(file, all[i].starts, at, sign * (rest + extra));
        if (extra > 0) {
          assert_file_refused(file, "overflow");
        } else {
          model_file_write(file, model_path);
          mn_model_free(load_model(model_path));
          model_file_free(file);
        }
      }
    }
    ModelFile* const file = tiny_file();
    put_word(file, all[i].starts, all[i].row, INT32_MIN);
    assert_file_refused(file, "overflow");
  }
}

static void
numbers_for_the_readout_must_be_finite(void** const state)
{
  (void)state;
  double const bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (unsigned b = 0; b < 3; ++b) {
    for (unsigned last = 0; last < 2; ++last) {
      ModelFile* file = tiny_file();
      put_float(file, "readout/quantiles", last ? 2 * MN_QUANTILES - 1 : 0, bad[b]);
      assert_file_refused(file, "quantiles: not finite");
      file = tiny_file();
      put_float(file, "readout/projection", last ? 5 : 0, bad[b]);
      assert_file_refused(file, "not finite");
      file = tiny_file();
      put_float(file, "readout/center", last, bad[b]);
      assert_file_refused(file, "not finite");
    }
  }
}

static void
quantiles_must_ascend(void** const state)
{
  (void)state;
  for (size_t i = 1; i < MN_QUANTILES; ++i) {
    ModelFile* const file = tiny_file();
    put_float(file, "readout/quantiles", MN_QUANTILES + i, -31); // the lowest is -30
    assert_file_refused(file, "not ascending");
  }
  ModelFile* const late = tiny_file();
  put_float(late, "readout/quantiles", MN_QUANTILES - 2, 100); // above the last one only
  assert_file_refused(late, "not ascending");
  ModelFile* const file = tiny_file();
  for (size_t i = 0; i < MN_QUANTILES; ++i) {
    put_float(file, "readout/quantiles", i, 0.5); // equal values are fine
  }
  model_file_write(file, model_path);
  mn_model_free(load_model(model_path));
  model_file_free(file);
}

static void
a_projection_has_a_sane_number_of_rows(void** const state)
{
  (void)state;
  // 0 and 257 rows, with the tensor at the end so that it can have any size.
  static unsigned const rows[] = {0, MN_MAX_PROJECTIONS + 1};
  for (unsigned i = 0; i < 2; ++i) {
    ModelFile* const file  = tiny_file();
    json_t* const    entry = json_deep_copy(model_file_entry(file, "readout/projection"));
    size_t const     size  = 4 * rows[i] * (size_t)tiny.latent;
    json_object_set(
      file->header, "elsewhere", model_file_entry(file, "readout/projection"));
    json_object_set_new(file->header, "readout/projection", entry);
    json_object_set_new(
      entry, "shape", json_pack("[i, i]", (int)rows[i], (int)tiny.latent));
    json_object_set_new(
      entry,
      "data_offsets",
      json_pack("[I, I]", (json_int_t)file->size, (json_int_t)(file->size + size)));
    file->data = (char*)realloc(file->data, file->size + size);
    memset(file->data + file->size, 0, size);
    file->size += size;
    assert_file_refused(file, "readout/projection");
  }
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(models_of_all_sizes_load_as_they_were_made),
    FILE_TEST(tensors_may_lie_at_odd_addresses_and_in_any_order),
    FILE_TEST(other_tensors_and_metadata_are_passed_over),
    FILE_TEST(texts_may_be_missing),
    FILE_TEST(a_model_outlives_its_file),
    FILE_TEST(freeing_no_model_is_fine),
    FILE_TEST(numbers_in_the_metadata_must_be_numbers_in_range),
    FILE_TEST(a_model_of_another_format_is_refused),
    FILE_TEST(every_tensor_is_needed),
    FILE_TEST(every_tensor_needs_its_dtype),
    FILE_TEST(every_tensor_needs_its_shape),
    FILE_TEST(sizes_in_the_metadata_must_be_those_of_the_tensors),
    FILE_TEST(multipliers_must_be_positive),
    FILE_TEST(weights_that_could_overflow_a_sum_are_refused),
    FILE_TEST(numbers_for_the_readout_must_be_finite),
    FILE_TEST(quantiles_must_ascend),
    FILE_TEST(a_projection_has_a_sane_number_of_rows),
  };
  return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
