// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Tensors of model files that are made up, with random weights: what model_file.h makes models of.

#ifndef MN_TEST_MODEL_TENSORS_H
#define MN_TEST_MODEL_TENSORS_H

#include "check.h"
#include "model_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// `rows` 0 makes a tensor one-dimensional.

/// Adds a tensor of zeros and returns its bytes, which stay there until the next one comes.
/// @param dtype I8, I16, I32 or F32.
void*
model_add_tensor(ModelFile*  file,
                 char const* name,
                 char const* dtype,
                 size_t      rows,
                 size_t      columns);

/// Adds int32 from `low` to `high`.
void
model_add_integers(ModelFile*  file,
                   char const* name,
                   size_t      rows,
                   size_t      columns,
                   int32_t     low,
                   int32_t     high,
                   Random*     random);

/// Adds floats from -0.5 to 0.5, or numbers that ascend along each row.
void
model_add_floats(ModelFile*  file,
                 char const* name,
                 size_t      rows,
                 size_t      columns,
                 bool        ascending,
                 Random*     random);

/// Adds the weight, bias and multiplier of a layer; their type and format are those of the shape.
/// No sum is beyond half of what the loader allows.
void
model_add_linear(ModelFile*        file,
                 char const*       name,
                 size_t            rows,
                 size_t            columns,
                 ModelShape const* shape,
                 Random*           random);

/// Likewise the first layer of an LSTM, which reads notes.
void
model_add_lstm(ModelFile*        file,
               char const*       folder,
               unsigned          hidden,
               ModelShape const* shape,
               Random*           random);

#endif // MN_TEST_MODEL_TENSORS_H
