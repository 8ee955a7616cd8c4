// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The tempo of a score: from ticks to seconds and back.

#ifndef MN_CLI_TEMPO_MAP_H
#define MN_CLI_TEMPO_MAP_H

#include "score.h"

/// From here on a tempo holds.
typedef struct {
  double tick;
  double seconds;
  double beat; ///< seconds of a quarter note
} MnTempoPoint;

typedef struct {
  MnTempoPoint* tempos; ///< the first at tick 0
  size_t        count;
  double        ppqn;
} MnTempoMap;

/// Makes the map of a score; mn_tempo_map_free() frees it. @return false if memory is
/// exhausted.
MN_NODISCARD bool
mn_tempo_map_make(MnTempoMap* map, MnMidiScore const* score);

void
mn_tempo_map_free(MnTempoMap* map);

/// The time of a tick, in seconds.
double
mn_tempo_map_seconds(MnTempoMap const* map, double tick);

/// The tick at a time.
double
mn_tempo_map_tick(MnTempoMap const* map, double seconds);

/// The tempo at a time, in quarter notes a minute.
double
mn_tempo_map_bpm(MnTempoMap const* map, double seconds);

#endif // MN_CLI_TEMPO_MAP_H
