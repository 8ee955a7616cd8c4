// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes model files; engine/models/README.md describes them.
///
/// The same tensors and metadata give the same bytes, always.

#ifndef MN_MODEL_WRITER_H
#define MN_MODEL_WRITER_H

#include "base/common.h"
#include "model/model.h"
#include "model/safetensors.h"

#include <jansson.h>

/// A tensor to write, of 1 or 2 dimensions.
typedef struct {
  char const* name;
  MnDtype     dtype; ///< not MN_DTYPE_OTHER
  unsigned    dimensions;
  size_t      shape[2];
  void const* data;
} MnModelTensor;

/// Writes a model to an unnamed file in the folder of `path`, and loads it.
/// Nothing stays behind, whatever happens. Returns NULL with the reason.
MN_NODISCARD MnModel*
mn_model_try(char const*          path,
             MnModelTensor const* tensors,
             size_t               count,
             json_t*              metadata,
             MnError*             error);

/// Writes a model file. It is complete, on the disk and proven to load before it
/// takes the place of a file that was there; on failure that one stays.
///
/// @param metadata An object of texts. @param size Of the file; may be NULL.
/// @return false with the reason, which names the file.
MN_NODISCARD bool
mn_model_write(char const*          path,
               MnModelTensor const* tensors,
               size_t               count,
               json_t*              metadata,
               size_t*              size,
               MnError*             error);

#endif // MN_MODEL_WRITER_H
