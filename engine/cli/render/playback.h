// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Plays a score to the plugin, and takes the controllers that it sends.

#ifndef MN_CLI_PLAYBACK_H
#define MN_CLI_PLAYBACK_H

#include "midi/score.h"
#include "midi/tempo_map.h"
#include "plugin_host.h"

/// Frames a second. A message of the score is played on the frame that is nearest to its
/// time, a change of tempo or metre is told on the first frame at or after it.
enum { MN_PLAYBACK_RATE = 48000 };

/// Frames in a block. They change nothing.
enum { MN_PLAYBACK_BLOCK = 1024 };

/// A controller that the plugin sent.
typedef struct {
  double  seconds; ///< of its frame; never before the message that was heard last
  uint8_t bytes[3];
} MnController;

/// All zeros: none.
typedef struct {
  MnController* list; ///< in the order in which they were sent
  size_t        count;
  size_t        room;
} MnControllers;

/// Plays a score up to a step.
///
/// @param controllers The caller frees the list. @param block Frames in a block. @return
/// false with the reason.
MN_NODISCARD bool
mn_playback_run(MnPluginHost*      host,
                MnMidiScore const* score,
                MnTempoMap const*  map,
                int64_t            end,
                uint32_t           block,
                MnControllers*     controllers,
                MnError*           error);

#endif // MN_CLI_PLAYBACK_H
