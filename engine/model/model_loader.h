// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What model.c and model_readout.c load a model with; not for others: the memory of
/// its arrays, the tensors of its file, the reason of a failure.
///
/// The same code reads the arrays in two passes. The first has no arena and only
/// adds up sizes; the second fills the arena.

#ifndef MN_MODEL_LOADER_H
#define MN_MODEL_LOADER_H

#include "model.h"
#include "safetensors.h"

/// What a load needs at hand. Readers set `error` and return false on failure.
typedef struct {
  MnSafetensors const* file;
  MnModel*             model;
  json_t*              readout; ///< the parsed metadata of that name
  MnError*             error;
} MnLoader;

/// Sets the reason, that the file is bad, and returns false.
bool
mn_loader_fail(MnLoader const* l, char const* what);

/// Sets the reason, that memory ran out, and returns false.
bool
mn_loader_no_memory(MnLoader const* l);

/// Makes the arena, of as many bytes as the first pass has counted.
MN_NODISCARD bool
mn_loader_map(MnLoader const* l);

/// Makes the arena read-only: from then on nobody writes to it, whoever has a
/// pointer.
MN_NODISCARD bool
mn_loader_seal(MnLoader const* l);

/// Gives the arena back, if there is one.
void
mn_loader_unmap(MnModel* model);

/// Takes `size` bytes from the arena; while there is none, only counts them and
/// returns NULL.
void*
mn_loader_carve(MnModel* model, size_t size);

/// Finds a tensor, which must have this shape: [columns] with 1 dimension,
/// [rows, columns] with 2.
MN_NODISCARD bool
mn_loader_find(MnLoader const* l,
               char const*     name,
               unsigned        dimensions,
               size_t          rows,
               size_t          columns,
               MnTensor*       tensor);

/// Copies an array of 4-byte elements and pads each row with zeros, up to
/// `padded_columns`. A vector has 1 dimension and 1 row. *array is NULL while there
/// is no arena.
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

#endif // MN_MODEL_LOADER_H
