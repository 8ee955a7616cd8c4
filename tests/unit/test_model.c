// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Models that load, and hold what their files say.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

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
  assert_int_equal(t->score_inputs, latent);
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
                      "something/extra",
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
a_score_may_have_more_inputs_than_mu(void** const state)
{
  (void)state;
  ModelFile* const file   = tiny_file();
  size_t const     inputs = 2 * 2 + 2; // mu and sigma of two neurons, the register twice
  model_file_widen_score(file, &tiny);
  model_file_write(file, model_path);
  MnModel* const              m = load_model(model_path);
  MnReadoutTable const* const t = &m->readout;
  char const* const stored = (char const*)model_file_tensor(file, "readout/projection");
  assert_int_equal(t->score_inputs, inputs);
  assert_same_words(file, "readout/center", 1, inputs, inputs, t->center);
  for (size_t i = 0; i < inputs; ++i) {
    for (size_t p = 0; p < 3; ++p) {
      assert_memory_equal(&t->projection[3 * i + p], stored + 4 * (p * inputs + i), 4);
    }
  }
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

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(models_of_all_sizes_load_as_they_were_made),
    FILE_TEST(tensors_may_lie_at_odd_addresses_and_in_any_order),
    FILE_TEST(other_tensors_and_metadata_are_passed_over),
    FILE_TEST(texts_may_be_missing),
    FILE_TEST(a_score_may_have_more_inputs_than_mu),
    FILE_TEST(a_model_outlives_its_file),
    FILE_TEST(freeing_no_model_is_fine),
  };
  return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
