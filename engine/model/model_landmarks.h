// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#ifndef MN_MODEL_LANDMARKS_H
#define MN_MODEL_LANDMARKS_H

#include "model_loader.h"

/// Reads where kinds of music lie along the axes: readout "landmarks". A file may lack them.
/// @return false if they are malformed; the error is set.
MN_NODISCARD bool
mn_model_landmarks_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_LANDMARKS_H
