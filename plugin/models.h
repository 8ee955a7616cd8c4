// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The models of all instances in the process: one copy of a file, however many
/// tracks listen with it. Any thread but the audio thread; a thread waits while
/// another loads.

#ifndef MN_MODELS_H
#define MN_MODELS_H

#include "model/model.h"

/// The model of a file, loaded unless some instance has it already. A file that
/// has been replaced or changed since is another one.
/// @return NULL with the reason.
MN_NODISCARD MnModel*
mn_models_get(char const* path, MnError* error);

/// Gives back what mn_models_get() gave; NULL is ignored.
void
mn_models_release(MnModel* model);

#endif // MN_MODELS_H
