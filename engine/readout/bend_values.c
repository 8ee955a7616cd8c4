// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "bend_values.h"

#include "base/fixed.h"

// Finite: inputs are below 2^15 and weights below 2^128. There are fewer than 2^13 inputs,
// so a sum is below 2^157, what a bend makes of it is smaller, and so a value is below
// 2^294. The square of a sum is needed, and fits.
void
mn_bend_values(MnBendTable const* const t, int32_t const* const x, double* const values)
{
  unsigned const rows                        = t->values + t->bends;
  double         sum[MN_AXES + MN_MAX_BENDS] = {0};
  for (unsigned r = 0; r < rows; ++r) {
    sum[r] = t->offset[r];
  }
  for (unsigned n = 0; n < t->inputs; ++n) {
    double const       value  = mn_from_q16(x[n]);
    float const* const weight = t->input + (size_t)n * rows;
    for (unsigned r = 0; r < rows; ++r) {
      sum[r] += weight[r] * value;
    }
  }
  for (unsigned b = 0; b < t->bends; ++b) {
    double const       h      = sum[t->values + b];
    double const       bent   = h * h / (1 + (h < 0 ? -h : h));
    float const* const weight = t->bend + (size_t)b * t->values;
    for (unsigned a = 0; a < t->values; ++a) {
      sum[a] += weight[a] * bent;
    }
  }
  for (unsigned a = 0; a < t->values; ++a) {
    values[a] = sum[a];
  }
}
