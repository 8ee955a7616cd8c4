// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes model files; engine/models/README.md describes them.
///
/// The same tensors and metadata always give the same bytes.

#ifndef MN_MODEL_WRITER_H
#define MN_MODEL_WRITER_H

#include "base/common.h"
#include "model/model.h"
#include "model/safetensors.h"

#include <jansson.h>

/// A tensor to write, of 1 or 2 dimensions.
typedef struct {
  char const* name;
  MnDtype     dtype; ///< I8, I16, I32 or F32
  unsigned    dimensions;
  size_t      shape[2];
  void const* data;
} MnModelTensor;

/// Writes a model to an unnamed file in the folder of `path`, and loads it. No file stays
/// behind. Returns NULL with the reason.
MN_NODISCARD MnModel*
mn_model_try(char const*          path,
             MnModelTensor const* tensors,
             size_t               count,
             json_t*              metadata,
             MnError*             error);

/// Writes a model file. An old file is only replaced when the new one is complete, on the
/// disk, and has been loaded once. On failure the old file stays.
///
/// @param metadata An object of texts. @param size The size of the file; may be NULL.
/// @return false with the reason, which names the file.
MN_NODISCARD bool
mn_model_write(char const*          path,
               MnModelTensor const* tensors,
               size_t               count,
               json_t*              metadata,
               size_t*              size,
               MnError*             error);

#endif // MN_MODEL_WRITER_H
