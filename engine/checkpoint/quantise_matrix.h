// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Quantises one matrix of float weights.

#ifndef MN_QUANTISE_MATRIX_H
#define MN_QUANTISE_MATRIX_H

#include "base/common.h"
#include "rounding.h"

#include <stdbool.h>

/// A matrix to quantise, and where the result goes. Each row r gets a scale s_r: weight =
/// q * s_r. The unit of its accumulator is s_r / 2^hidden_frac.
typedef struct {
  char const*       name;   ///< for errors
  float const*      kernel; ///< [columns][rows]
  size_t            rows;
  size_t            columns;
  double const*     constants; ///< [constant_count][rows]: a sum starts from one of them
  size_t            constant_count;
  MnRounding const* rounding;    ///< NULL: to nearest
  bool              wide;        ///< int16, else int8
  unsigned          hidden_frac; ///< bits behind the point of an input
  double            input_most;  ///< the largest abs(input)
  void*             q;           ///< [rows][columns], int16_t or int8_t
  int32_t*          units;       ///< [constant_count][rows], constants in accumulator units
  int32_t*          multiplier;  ///< [rows]: s_r * 2^(48 - hidden_frac)
} MnQuantiseMatrix;

/// Gives each row the finest scale at which its weights fit the type and no sum can
/// overflow. Works on all processors, whose number makes no difference.
///
/// @return false with the reason, which begins with the name.
MN_NODISCARD bool
mn_quantise_matrix(MnQuantiseMatrix const* matrix, MnError* error);

#endif // MN_QUANTISE_MATRIX_H
