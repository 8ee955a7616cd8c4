// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads safetensors files: an 8-byte header length, a JSON header, and raw little-endian
/// tensors. Opening a file reads it and checks all of it: tensors lie in the file, fill it
/// without gaps or overlaps, and have the size of their shape.
///
/// Any thread but the audio thread.

#ifndef MN_SAFETENSORS_H
#define MN_SAFETENSORS_H

#include "base/common.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct MnSafetensors MnSafetensors;

typedef enum {
  MN_DTYPE_I8,
  MN_DTYPE_I16,
  MN_DTYPE_I32,
  MN_DTYPE_F32,
  MN_DTYPE_U8, ///< this one and those below: not used by our models
  MN_DTYPE_BOOL,
  MN_DTYPE_U16,
  MN_DTYPE_F16,
  MN_DTYPE_BF16,
  MN_DTYPE_U32,
  MN_DTYPE_I64,
  MN_DTYPE_U64,
  MN_DTYPE_F64,
} MnDtype;

enum { MN_MAX_DIMENSIONS = 4 };

/// A tensor of a file. `data` may have any alignment.
typedef struct {
  MnDtype     dtype;
  unsigned    dimensions;
  size_t      shape[MN_MAX_DIMENSIONS];
  size_t      elements;
  void const* data;
} MnTensor;

/// Reads and checks a file. Returns NULL with the reason in `error`.
MN_NODISCARD MnSafetensors*
mn_safetensors_open(char const* path, MnError* error);

void
mn_safetensors_close(MnSafetensors* file);

/// Finds a tensor by its name. Returns false if there is none of that name.
bool
mn_safetensors_find(MnSafetensors const* file, char const* name, MnTensor* tensor);

/// The name after `name` in the order of the file; the first if `name` is NULL. The
/// metadata is among the names. Returns NULL after the last. Names live as long as `file`.
char const*
mn_safetensors_next(MnSafetensors const* file, char const* name);

/// The text under `key` in `__metadata__`, or NULL. It lives as long as `file`.
char const*
mn_safetensors_metadata(MnSafetensors const* file, char const* key);

#endif // MN_SAFETENSORS_H
