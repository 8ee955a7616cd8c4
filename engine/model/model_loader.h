// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the two halves of loading a model share; not for others.
///
/// Arrays are read in two passes by the same code: one without an arena, which
/// only adds up sizes, and one that fills it.

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

/// Takes `size` bytes from the arena; while there is none, only counts them and
/// returns NULL.
void*
mn_loader_carve(MnModel* model, size_t size);

/// Copies a vector (1 dimension, rows = 1) or matrix of floats; *array is NULL
/// while there is no arena.
bool
mn_loader_floats(MnLoader const* l,
                 char const*     name,
                 unsigned        dimensions,
                 size_t          rows,
                 size_t          columns,
                 float const**   array);

/// Reads all that readout needs.
bool
mn_loader_readout(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_LOADER_H
