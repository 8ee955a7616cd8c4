// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What model.c and the other model_*.c share to load a model: the arena for
/// its arrays, the tensors of its file, the reason of a failure. For these alone.
///
/// The same code reads the arrays in two passes. The first has no arena and only
/// adds up sizes; the second fills the arena.

#ifndef MN_MODEL_LOADER_H
#define MN_MODEL_LOADER_H

#include "model.h"
#include "safetensors.h"

/// The state of a load. Functions that fail set `error` and return false.
typedef struct {
  MnSafetensors const* file;
  MnModel*             model;
  json_t*              readout; ///< the parsed metadata of that name
  MnError*             error;
} MnLoader;

/// Sets the error to a bad input with this text, and returns false.
bool
mn_loader_fail(MnLoader const* l, char const* what);

/// Sets the error to out of memory, and returns false.
bool
mn_loader_no_memory(MnLoader const* l);

/// Reads a number of the metadata, a text of digits.
MN_NODISCARD bool
mn_loader_number(MnLoader const* l,
                 char const*     key,
                 unsigned        least,
                 unsigned        most,
                 unsigned*       number);

/// Makes the arena. Its size is what the first pass has counted.
MN_NODISCARD bool
mn_loader_map(MnLoader const* l);

/// Makes the arena read-only, so that nobody can write to a loaded model.
MN_NODISCARD bool
mn_loader_seal(MnLoader const* l);

/// Frees the arena, if there is one.
void
mn_loader_unmap(MnModel* model);

/// Takes `size` bytes from the arena. Without an arena it only counts them, and returns
/// NULL.
void*
mn_loader_carve(MnModel* model, size_t size);

/// Finds a tensor and checks its shape. With 1 dimension `rows` is its length; with 2 the
/// shape is [rows, columns].
MN_NODISCARD bool
mn_loader_find(MnLoader const* l,
               char const*     name,
               unsigned        dimensions,
               size_t          rows,
               size_t          columns,
               MnTensor*       tensor);

/// Copies an array of 4-byte elements and pads each row with zeros to `padded_columns`. A
/// vector has 1 dimension and 1 row. Without an arena *array is NULL.
MN_NODISCARD bool
mn_loader_words(MnLoader const* l,
                char const*     name,
                MnDtype         dtype,
                unsigned        dimensions,
                size_t          rows,
                size_t          columns,
                size_t          padded_columns,
                void**          array);

/// As mn_loader_words(), for floats without padding.
MN_NODISCARD bool
mn_loader_floats(MnLoader const* l,
                 char const*     name,
                 unsigned        dimensions,
                 size_t          rows,
                 size_t          columns,
                 float const**   array);

/// Checks that numbers are finite; NULL passes. `name` is that of their tensor.
MN_NODISCARD bool
mn_loader_finite(MnLoader const* l, char const* name, float const* values, size_t count);

/// Copies a tensor of floats with 2 dimensions and swaps these. Without an arena: NULL.
float const*
mn_loader_transposed(MnLoader const* l, MnTensor const* tensor);

/// Copies quantiles, [rows][MN_QUANTILES], and checks that each row ascends.
MN_NODISCARD bool
mn_loader_quantiles(MnLoader const* l, char const* name, size_t rows, float const** array);

/// Copies a text of an object of the readout's metadata: at most `most` bytes, without
/// control characters. A text that is absent becomes empty.
///
/// @param list Where the object is, for the error.
MN_NODISCARD bool
mn_loader_text(MnLoader const* l,
               json_t const*   object,
               char const*     list,
               char const*     key,
               size_t          most,
               char const**    text);

#endif // MN_MODEL_LOADER_H
