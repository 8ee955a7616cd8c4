// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tuning.h"

#include <stdbool.h>

enum { OCTAVE = 12 };

// The notes of each scale: bit k is k semitones above the key.
static unsigned const notes[MN_SCALE_COUNT] = {
  0xFFF,
  1 << 0 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 11,
  1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 10,
  1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 11,
  1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10,
  1 << 0 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10,
  1 << 0 | 1 << 2 | 1 << 4 | 1 << 7 | 1 << 9,
  1 << 0 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 10,
};

static bool
is_in_scale(MnTuning const* const t, int const pitch)
{
  int const above = ((pitch - (int)t->key) % OCTAVE + OCTAVE) % OCTAVE;
  return notes[t->scale] >> above & 1;
}

// No scale has a gap of more than 4 semitones.
static int
nearest_in_scale(MnTuning const* const t, int const pitch)
{
  int away = 0;
  while (!is_in_scale(t, pitch - away) && !is_in_scale(t, pitch + away)) {
    ++away;
  }
  return is_in_scale(t, pitch - away) ? pitch - away : pitch + away;
}

static int
fold(int pitch, int const low, int const high)
{
  while (pitch < low) {
    pitch += OCTAVE;
  }
  while (pitch > high) {
    pitch -= OCTAVE;
  }
  if (pitch >= low) {
    return pitch;
  }
  // The range is narrower than an octave, and lies between `pitch` and its octave.
  return low - pitch <= pitch + OCTAVE - high ? low : high;
}

unsigned
mn_tuning_pitch(MnTuning const* const t, unsigned const pitch)
{
  bool const swapped = t->low > t->high;
  int const  low     = (int)(swapped ? t->high : t->low);
  int const  high    = (int)(swapped ? t->low : t->high);
  return (unsigned)fold(nearest_in_scale(t, (int)pitch + t->transpose), low, high);
}

void
mn_tuning_tokens(MnTuning const* const t, uint8_t* const tokens, unsigned const steps)
{
  for (unsigned i = 0; i < steps; ++i) {
    if (tokens[i] > MN_NOTE_OFF) {
      unsigned const pitch = mn_tuning_pitch(t, tokens[i] + MN_NOTE_OFFSET);
      tokens[i]            = (uint8_t)(pitch - MN_NOTE_OFFSET);
    }
  }
}
