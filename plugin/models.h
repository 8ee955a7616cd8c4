// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The models of all instances in the process. Instances with the same file share one
/// copy. Any thread but the audio thread; a thread waits while another loads.

#ifndef MN_MODELS_H
#define MN_MODELS_H

#include "model/model.h"

/// Gets the model of a file, and loads it unless an instance has it already. A file that
/// was replaced or changed since counts as another one. @return NULL with the reason.
MN_NODISCARD MnModel*
mn_models_get(char const* path, MnError* error);

/// Gives back what mn_models_get() gave; NULL is ignored.
void
mn_models_release(MnModel* model);

#endif // MN_MODELS_H
