// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads what readout needs of a model: order, signs, labels, percentiles and score of the
/// neurons. For model.c and model_long.c alone.

#ifndef MN_MODEL_READOUT_H
#define MN_MODEL_READOUT_H

#include "model_loader.h"

/// Reads the labels of music neurons, which an object of the metadata may have: of all, of the
/// first ones, or none. Without any, `labels` stays as it is.
///
/// @param list Where they are, for the error: as in mn_loader_text().
/// @param labels [music], by rank.
MN_NODISCARD bool
mn_loader_labels(MnLoader const* l,
                 json_t const*   object,
                 char const*     list,
                 unsigned        music,
                 MnLabel const** labels);

/// Reads all that readout needs.
MN_NODISCARD bool
mn_model_readout_load(MnLoader const* l, MnReadoutTable* table);

#endif // MN_MODEL_READOUT_H
