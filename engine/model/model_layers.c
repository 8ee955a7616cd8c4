// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 48 };

static bool
read_integers(MnLoader const* const l,
              char const* const     name,
              size_t const          columns,
              int32_t const** const array)
{
  void*      words = NULL;
  bool const good  = mn_loader_words(
    l, name, MN_DTYPE_I32, 1, 1, columns, mn_round_up(columns, MN_ROWS_PACKED), &words);
  *array = (int32_t const*)words;
  return good;
}

static bool
read_table(MnLoader const* const l,
           char const* const     name,
           size_t const          columns,
           int32_t const** const array)
{
  void*      words = NULL;
  bool const good  = mn_loader_words(l,
                                    name,
                                    MN_DTYPE_I32,
                                    2,
                                    MN_CLASSES,
                                    columns,
                                    mn_round_up(columns, MN_ROWS_PACKED),
                                    &words);
  *array           = (int32_t const*)words;
  return good;
}

static bool
read_matrix(MnLoader const* const l,
            char const* const     name,
            size_t const          rows,
            size_t const          columns,
            MnMatrix* const       matrix)
{
  MnTensor tensor;
  if (!mn_loader_find(l, name, 2, rows, columns, &tensor)) {
    return false;
  }
  if (tensor.dtype != MN_DTYPE_I8 && tensor.dtype != MN_DTYPE_I16) {
    mn_error_set(
      l->error, MN_STATUS_BAD_INPUT, "tensor %s: weights must be I8 or I16", name);
    return false;
  }
  matrix->rows            = (unsigned)mn_round_up(rows, MN_ROWS_PACKED);
  matrix->columns         = (unsigned)mn_round_up(columns, MN_COLUMNS_PACKED);
  bool const     wide     = tensor.dtype == MN_DTYPE_I16;
  size_t const   elements = (size_t)matrix->rows * matrix->columns;
  char* const    out      = (char*)mn_loader_carve(l->model, elements * (wide ? 2 : 1));
  int32_t* const offset =
    wide ? NULL : (int32_t*)mn_loader_carve(l->model, matrix->rows * sizeof(int32_t));
  if (!out) {
    return true;
  }

  memset(out, 0, elements * (wide ? 2 : 1));
  matrix->w16          = wide ? (int16_t const*)out : NULL;
  matrix->w8           = wide ? NULL : (int8_t const*)out;
  matrix->offset       = offset;
  char const* const in = (char const*)tensor.data;
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      size_t const to = mn_matrix_at(matrix, r, c);
      if (wide) {
        memcpy(out + 2 * to, in + 2 * (r * columns + c), 2);
      } else {
        out[to] = in[r * columns + c];
      }
    }
  }
  for (size_t r = 0; offset && r < matrix->rows; ++r) {
    int64_t sum = 0;
    for (size_t c = 0; c < columns; ++c) {
      sum += matrix->w8[mn_matrix_at(matrix, r, c)];
    }
    offset[r] = (int32_t)(-sum * (1 << 15)); // modulo 2^32
  }
  return true;
}

// The sum of abs(weight) over a row of a packed matrix.
static int64_t
row_norm(MnMatrix const* const m, size_t const row)
{
  int64_t sum = 0;
  for (size_t c = 0; c < m->columns; ++c) {
    size_t const at = mn_matrix_at(m, row, c);
    sum += abs(m->w16 ? m->w16[at] : m->w8[at]);
  }
  return sum;
}

// Checks that no accumulator can overflow with any input, which is at most 2^input_bits.
// Then integer sums are exact, and their order does not matter.
static bool
check_rows(MnLoader const* const l,
           char const* const     name,
           MnMatrix const* const matrix,
           int32_t const* const  start,
           size_t const          starts,
           int32_t const* const  multiplier,
           size_t const          rows,
           unsigned const        input_bits)
{
  for (size_t r = 0; r < rows; ++r) {
    int64_t largest = 0;
    for (size_t s = 0; s < starts; ++s) {
      int64_t const value = llabs((long long)start[s * matrix->rows + r]);
      largest             = value > largest ? value : largest;
    }
    int64_t const bound = row_norm(matrix, r) << input_bits;
    if (largest + bound > INT32_MAX) {
      mn_error_set(
        l->error, MN_STATUS_BAD_INPUT, "%s: row %zu can overflow 32 bits", name, r);
      return false;
    }
    if (multiplier[r] <= 0) {
      mn_error_set(l->error,
                   MN_STATUS_BAD_INPUT,
                   "%s: multiplier of row %zu is not positive",
                   name,
                   r);
      return false;
    }
  }
  return true;
}

bool
mn_loader_direction(MnLoader const* const l,
                    char const* const     name,
                    unsigned const        hidden,
                    MnDirection* const    d)
{
  size_t const rows = 4 * (size_t)hidden;
  char         tensor[NAME_ROOM];

  snprintf(tensor, sizeof(tensor), "%s/recurrent", name);
  if (!read_matrix(l, tensor, rows, hidden, &d->recurrent)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/input", name);
  if (!read_table(l, tensor, rows, &d->input)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  if (!read_integers(l, tensor, rows, &d->multiplier)) {
    return false;
  }
  return !l->model->arena || check_rows(l,
                                        name,
                                        &d->recurrent,
                                        d->input,
                                        MN_CLASSES,
                                        d->multiplier,
                                        rows,
                                        l->model->hidden_frac);
}

bool
mn_loader_linear(MnLoader const* const l,
                 char const* const     name,
                 size_t const          rows,
                 size_t const          columns,
                 unsigned const        input_bits,
                 MnLinear* const       linear)
{
  char tensor[NAME_ROOM];
  snprintf(tensor, sizeof(tensor), "%s/weight", name);
  if (!read_matrix(l, tensor, rows, columns, &linear->weight)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/bias", name);
  if (!read_integers(l, tensor, rows, &linear->bias)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  if (!read_integers(l, tensor, rows, &linear->multiplier)) {
    return false;
  }
  return !l->model->arena ||
         check_rows(
           l, name, &linear->weight, linear->bias, 1, linear->multiplier, rows, input_bits);
}
