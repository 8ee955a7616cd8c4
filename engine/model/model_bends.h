// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads what a model file has of values with bends: the axes, how to move along them, and
/// sense. All are optional.

#ifndef MN_MODEL_BENDS_H
#define MN_MODEL_BENDS_H

#include "model_loader.h"

/// Fills the axes of the table, or leaves them if the file has none.
MN_NODISCARD bool
mn_model_axes_load(MnLoader const* l, MnReadoutTable* table);

/// Fills moves along the axes, or leaves them if the file has none. To be called when axes
/// are loaded, which moves need.
MN_NODISCARD bool
mn_model_moves_load(MnLoader const* l, MnReadoutTable* table);

/// Fills sense, or leaves it if the file has none. To be called when surprise is loaded,
/// which sense needs.
MN_NODISCARD bool
mn_model_sense_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_BENDS_H
