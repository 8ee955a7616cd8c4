// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "window_features.h"

#include "window_features_parts.h"

#include <string.h>

#define FEATURE_WORDS(id, code, name, high, low) {code, name, high, low},

MnFeature const mn_features[]    = {MN_FEATURE_LIST(FEATURE_WORDS)};
size_t const    mn_feature_count = FEATURE_COUNT;

size_t
mn_features_find(char const* const name)
{
  size_t f = 0;
  while (f < FEATURE_COUNT && strcmp(mn_features[f].name, name) != 0) {
    ++f;
  }
  return f;
}

// The note that sounds, if one does, ends.
static void
end_note(MnNotes* const notes, unsigned const step)
{
  if (notes->count && !notes->duration[notes->count - 1]) {
    notes->duration[notes->count - 1] = step - notes->start[notes->count - 1];
  }
}

static void
read_notes(MnNotes* const notes, uint8_t const* const tokens, unsigned const steps)
{
  notes->steps = steps;
  notes->count = 0;
  for (unsigned i = 0; i < steps; ++i) {
    if (tokens[i] == MN_HOLD) {
      continue;
    }
    end_note(notes, i);
    if (tokens[i] != MN_NOTE_OFF) {
      unsigned const note   = notes->count++;
      notes->pitch[note]    = tokens[i] + MN_NOTE_OFFSET;
      notes->start[note]    = i;
      notes->duration[note] = 0;
    }
  }
  end_note(notes, steps);
}

void
mn_features_compute(uint8_t const* const tokens, unsigned const steps, double* const values)
{
  for (size_t i = 0; i < FEATURE_COUNT; ++i) {
    values[i] = NAN;
  }
  MnNotes notes;
  read_notes(&notes, tokens, steps);
  if (notes.count) {
    mn_features_pitch(&notes, values);
    mn_features_melody(&notes, values);
    mn_features_rhythm(&notes, values);
  }
}
