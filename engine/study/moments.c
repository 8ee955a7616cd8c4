// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "moments.h"

#include "base/fixed.h"
#include "base/parallel.h"

#include <stdlib.h>

// Rows of the matrix of products that one piece of work makes: while a window is
// in the cache, it is used so often.
enum { BLOCK = 16 };

typedef struct {
  MnSheet const* sheet;
  uint8_t const* member;
  uint8_t        which;
  double*        products;
} Task;

bool
mn_sheet_pick(MnSheet* const        sheet,
              int32_t const* const  mu,
              size_t const          rows,
              size_t const          width,
              uint16_t const* const columns,
              size_t const          column_count)
{
  *sheet = (MnSheet){
    rows, column_count, (double*)malloc((rows * column_count + 1) * sizeof(double))};
  if (!sheet->values) {
    return false;
  }
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < column_count; ++c) {
      sheet->values[r * column_count + c] = mn_from_q16(mu[r * width + columns[c]]);
    }
  }
  return true;
}

void
mn_sheet_free(MnSheet* const sheet)
{
  free(sheet->values);
  sheet->values = NULL;
}

static bool
belongs(uint8_t const* const member, size_t const row, uint8_t const which)
{
  return !member || member[row] == which;
}

static void
add_products(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const t     = (Task const*)context;
  size_t const      width = t->sheet->columns;
  size_t const      first = index * BLOCK;
  size_t const      last  = first + BLOCK < width ? first + BLOCK : width;
  for (size_t r = 0; r < t->sheet->rows; ++r) {
    if (!belongs(t->member, r, t->which)) {
      continue;
    }
    double const* const row = t->sheet->values + r * width;
    for (size_t i = first; i < last; ++i) {
      double const  factor = row[i];
      double* const out    = t->products + i * width;
      for (size_t j = first; j < width; ++j) {
        out[j] += factor * row[j];
      }
    }
  }
}

bool
mn_moments_init(MnMoments* const m, size_t const columns)
{
  *m          = (MnMoments){0};
  m->sum      = (double*)calloc(columns + 1, sizeof(double));
  m->products = (double*)calloc(columns * columns + 1, sizeof(double));
  if (!m->sum || !m->products) {
    mn_moments_free(m);
    return false;
  }
  return true;
}

void
mn_moments_add_rows(MnMoments* const     m,
                    MnSheet const* const sheet,
                    uint8_t const* const member,
                    uint8_t const        which)
{
  size_t const width = sheet->columns;
  for (size_t r = 0; r < sheet->rows; ++r) {
    if (belongs(member, r, which)) {
      ++m->rows;
      for (size_t c = 0; c < width; ++c) {
        m->sum[c] += sheet->values[r * width + c];
      }
    }
  }
  Task           task = {sheet, member, which, m->products};
  MnPieces const job  = {
     .count = (width + BLOCK - 1) / BLOCK, .context = &task, .piece = add_products};
  mn_parallel_run(&job);
}

bool
mn_moments_take(MnMoments* const     m,
                MnSheet const* const sheet,
                uint8_t const* const member,
                uint8_t const        which)
{
  if (!mn_moments_init(m, sheet->columns)) {
    return false;
  }
  mn_moments_add_rows(m, sheet, member, which);
  return true;
}

void
mn_moments_add(MnMoments* const       a,
               MnMoments const* const b,
               int const              times,
               size_t const           columns)
{
  a->rows = times > 0 ? a->rows + b->rows : a->rows - b->rows;
  for (size_t i = 0; i < columns; ++i) {
    a->sum[i] += times * b->sum[i];
  }
  for (size_t i = 0; i < columns * columns; ++i) {
    a->products[i] += times * b->products[i];
  }
}

void
mn_moments_free(MnMoments* const m)
{
  free(m->sum);
  free(m->products);
  *m = (MnMoments){0};
}
