// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The half of loading a model that is about its neurons: order, signs, labels,
/// percentiles and score. For model.c alone.

#ifndef MN_MODEL_READOUT_H
#define MN_MODEL_READOUT_H

#include "model_loader.h"

/// Reads all that readout needs.
MN_NODISCARD bool
mn_model_readout_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_READOUT_H
