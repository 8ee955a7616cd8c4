// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads the axes of a model file, which are optional.

#ifndef MN_MODEL_AXES_H
#define MN_MODEL_AXES_H

#include "model_loader.h"

/// Fills the axes of the table, or leaves them if the file has none.
MN_NODISCARD bool
mn_model_axes_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_AXES_H
