// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "record.h"

#include <stdio.h>
#include <stdlib.h>

char const*
record_symbol(unsigned const index)
{
  static char              text[32];
  static char const* const rest[] = {
    "music_active", "noise_active", "noise_energy", "sense", "form"};
  if (index == 0) {
    return "musicality";
  }
  if (index <= 16) {
    snprintf(text, sizeof(text), "neuron_%u", index);
  } else if (index <= 32) {
    unsigned const top = (index - 17) / 2 + 1;
    snprintf(text, sizeof(text), "top_%u_%s", top, index % 2 ? "neuron" : "activation");
  } else if (index >= RECORD_AXES) {
    snprintf(text, sizeof(text), "axis_%u", index - RECORD_AXES + 1);
  } else {
    return rest[index - 33];
  }
  return text;
}

void
record_block(Host* const host, void* const data)
{
  Recording* const r = (Recording*)data;
  host_settle(host);
  unsigned const window = (unsigned)host_get(host, "window");
  if (window == r->last) {
    return;
  }
  r->last    = window;
  r->records = (MnRecord*)realloc(r->records, (r->count + 1) * sizeof(MnRecord));
  MnRecord* const record = &r->records[r->count++];
  record->window         = window;
  for (unsigned i = 0; i < RECORD_VALUES; ++i) {
    record->values[i] = host_get(host, record_symbol(i));
  }
  record->surprise = host_get(host, "surprise");
}

Recording
record_song(Song const* const     song,
            char const* const     bundle,
            SongPlay const* const how,
            HostWorker const      worker,
            int const             hop)
{
  Recording   recording = {NULL, 0, 0};
  Host* const host      = host_new(bundle, how->rate, worker);
  host_set(host, "glide", 0);
  host_set(host, "hold", 256);
  host_set(host, "hop", (float)hop);
  song_play(song, host, how, record_block, &recording);
  host_free(host);
  return recording;
}

void
record_free(Recording* const recording)
{
  free(recording->records);
}
