// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The integer tensors of an encoder or a decoder, as they are made from float weights.
///
/// Each row r of a matrix has a scale s_r: weight = q * s_r. The unit of its accumulator is
/// s_r / 2^hidden_frac. Multiplying by multiplier / 2^32 gives Q16.

#ifndef MN_QUANTISED_H
#define MN_QUANTISED_H

#include "model/model.h"
#include "model_writer.h"
#include "quantise_matrix.h"

#include <assert.h>

/// The type of the weights that are read in every step. The heads are read once a window
/// and are always int16.
typedef enum {
  MN_WEIGHTS_AUTO, ///< int16 if they fit the cache, else int8
  MN_WEIGHTS_INT16,
  MN_WEIGHTS_INT8,
  MN_WEIGHTS_COUNT,
} MnWeightsType;

enum {
  MN_LEAST_HIDDEN_FRAC = 8,
  MN_MOST_HIDDEN_FRAC  = 14, ///< with 15, a state of exactly 1 would not fit int16
  MN_HIDDEN_FRAC       = 13,
  MN_ENCODER_TENSORS   = 12 + 6 * (MN_MAX_LAYERS - 1),
  MN_DECODER_TENSORS   = 12 + 3 * (MN_MAX_DECODER_LAYERS - 1),
  MN_LONG_TENSORS      = 3 * (7 + 4),
  MN_QUANTISED_TENSORS = MN_DECODER_TENSORS, ///< the largest of these
};

static_assert(MN_QUANTISED_TENSORS >= MN_ENCODER_TENSORS, "an encoder fits");

/// Some tensors. It owns the arrays behind them.
typedef struct {
  MnModelTensor tensors[MN_QUANTISED_TENSORS];
  void*         arrays[MN_QUANTISED_TENSORS]; ///< the data of the tensors, to free
  size_t        count;
  MnWeightsType type; ///< int16 or int8
  unsigned      hidden_frac;
} MnQuantised;

/// The names of the three tensors of a matrix. The first one also names the matrix in
/// errors.
typedef struct {
  char const* weight;
  char const* constant;
  char const* multiplier;
} MnQuantisedNames;

/// The type of weights of which `count` are read in every step.
MnWeightsType
mn_quantised_type_of(size_t count, MnWeightsType type);

/// Quantises a matrix into three tensors.
///
/// @param table Whether the constants are a table with a line for each class. @param matrix
/// What it is made from; its name and the places of the results are set here.
/// @return false with the reason, as mn_quantise_matrix().
MN_NODISCARD bool
mn_quantised_add(MnQuantised*            quantised,
                 MnQuantisedNames const* names,
                 bool                    table,
                 MnQuantiseMatrix        matrix,
                 MnError*                error);

/// The values of a tensor, which is there, and its shape.
void*
mn_quantised_values(MnQuantised const* quantised, char const* name, size_t shape[2]);

void
mn_quantised_free(MnQuantised* quantised);

#endif // MN_QUANTISED_H
