// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads what the plugin tells of its model: mn:Model, mn:Labels and mn:LongLabels.

#ifndef MN_RECEIVE_MODEL_H
#define MN_RECEIVE_MODEL_H

#include "properties.h"
#include "view.h"

/// Reads mn:Model; labels are forgotten. @return false if it is malformed: nothing changes.
bool
mn_view_read_model(MnViewModel* model, MnProperties* reader);

/// Reads labels of mn:Labels, of the music neurons from `rank` on: each line is
/// "label\topposite\tfeatures\tstability". @return The rank after them.
unsigned
mn_view_read_labels(MnViewModel* model, unsigned rank, MnText labels);

/// Reads labels of mn:LongLabels, of the second level's neurons from `rank` on.
void
mn_view_read_long_labels(MnViewModel* model, unsigned rank, MnText labels);

#endif // MN_RECEIVE_MODEL_H
