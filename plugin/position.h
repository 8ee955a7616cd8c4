// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The host's transport as it comes: time:Position. Audio thread.

#ifndef MN_POSITION_H
#define MN_POSITION_H

#include "notes/timeline.h"
#include "protocol/uris.h"

/// Reads a time:Position. What it lacks, or says with anything but a number, is
/// not known.
MnPosition
mn_position_read(MnUris const* uris, LV2_Atom_Object const* object) MN_REALTIME;

#endif // MN_POSITION_H
