// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads the second level of a model. For model.c alone.

#ifndef MN_MODEL_LONG_H
#define MN_MODEL_LONG_H

#include "model_loader.h"

/// Reads level two. A file without one, that is without any tensor of it and without
/// `long` in the readout's metadata, is no error.
MN_NODISCARD bool
mn_model_long_load(MnLoader const* l, MnLongTable* table);

#endif // MN_MODEL_LONG_H
