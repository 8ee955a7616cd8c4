// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tempo_map.h"

#include <stdlib.h>

static double const default_beat = 0.5; // 120 bpm

bool
mn_tempo_map_make(MnTempoMap* const map, MnMidiScore const* const score)
{
  size_t most = 1;
  for (size_t i = 0; i < score->count; ++i) {
    most += score->events[i].kind == MN_MIDI_TEMPO;
  }
  *map = (MnTempoMap){(MnTempoPoint*)malloc(most * sizeof(MnTempoPoint)), 1, score->ppqn};
  if (!map->tempos) {
    return false;
  }
  map->tempos[0] = (MnTempoPoint){0, 0, default_beat};
  for (size_t i = 0; i < score->count; ++i) {
    MnMidiEvent const* const e = &score->events[i];
    if (e->kind == MN_MIDI_TEMPO && e->tempo > 0) {
      MnTempoPoint const now = {
        e->tick, mn_tempo_map_seconds(map, e->tick), e->tempo / 1e6};
      map->count += now.tick > map->tempos[map->count - 1].tick; // else it takes its place
      map->tempos[map->count - 1] = now;
    }
  }
  return true;
}

void
mn_tempo_map_free(MnTempoMap* const map)
{
  free(map->tempos);
  map->tempos = NULL;
}

// The last tempo that begins at or before a tick, or a time if there is no tick.
static MnTempoPoint const*
tempo_at(MnTempoMap const* const map, double const* const tick, double const seconds)
{
  size_t first = 0;
  size_t end   = map->count;
  while (end - first > 1) {
    size_t const              middle = first + (end - first) / 2;
    MnTempoPoint const* const t      = &map->tempos[middle];
    if (tick ? t->tick <= *tick : t->seconds <= seconds) {
      first = middle;
    } else {
      end = middle;
    }
  }
  return &map->tempos[first];
}

double
mn_tempo_map_seconds(MnTempoMap const* const map, double const tick)
{
  MnTempoPoint const* const t = tempo_at(map, &tick, 0);
  return t->seconds + (tick - t->tick) / map->ppqn * t->beat;
}

double
mn_tempo_map_tick(MnTempoMap const* const map, double const seconds)
{
  MnTempoPoint const* const t = tempo_at(map, NULL, seconds);
  return t->tick + (seconds - t->seconds) / t->beat * map->ppqn;
}

double
mn_tempo_map_bpm(MnTempoMap const* const map, double const seconds)
{
  return 60 / tempo_at(map, NULL, seconds)->beat;
}
