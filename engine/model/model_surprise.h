// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads what surprise needs of a model: the table of melodies. For model.c alone.

#ifndef MN_MODEL_SURPRISE_H
#define MN_MODEL_SURPRISE_H

#include "model_loader.h"

/// Reads the table. A file without any of its tensors has none, which is no error.
MN_NODISCARD bool
mn_model_surprise_load(MnLoader const* l, MnSurpriseTable* table);

#endif // MN_MODEL_SURPRISE_H
