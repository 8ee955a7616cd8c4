// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads what readout needs of a model: order, signs, labels, percentiles and score of the
/// neurons. For model.c alone.

#ifndef MN_MODEL_READOUT_H
#define MN_MODEL_READOUT_H

#include "model_loader.h"

/// Reads all that readout needs.
MN_NODISCARD bool
mn_model_readout_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_READOUT_H
