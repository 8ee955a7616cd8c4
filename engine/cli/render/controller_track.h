// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A MIDI file with a track of controllers added.

#ifndef MN_CLI_CONTROLLER_TRACK_H
#define MN_CLI_CONTROLLER_TRACK_H

#include "midi/smfclean.h"
#include "playback.h"

#include <stdio.h>

/// Writes a file and, as its last track, controllers, each on the tick that is nearest to its
/// time, halfway between two on the later one. What cannot be written is left to ferror().
///
/// @param smf From mn_smf_mend(); its bytes are changed. @return false with the reason if the
/// file cannot hold them.
MN_NODISCARD bool
mn_controller_track_write(MnCleanSmf const*    smf,
                          MnTempoMap const*    map,
                          MnControllers const* controllers,
                          FILE*                file,
                          MnError*             error);

#endif // MN_CLI_CONTROLLER_TRACK_H
