// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The pitches of what is played: transposed, quantised to a scale, folded into a range.
/// Any thread, bounded work.

#ifndef MN_TUNING_H
#define MN_TUNING_H

#include "base/common.h"

typedef enum {
  MN_SCALE_OFF,
  MN_SCALE_MAJOR,
  MN_SCALE_MINOR,
  MN_SCALE_HARMONIC_MINOR,
  MN_SCALE_DORIAN,
  MN_SCALE_MIXOLYDIAN,
  MN_SCALE_PENTATONIC,
  MN_SCALE_BLUES,
  MN_SCALE_COUNT,
} MnScale;

typedef struct {
  int      transpose; ///< semitones
  MnScale  scale;
  unsigned key; ///< 0, which is C, to 11
  unsigned low; ///< MN_LOWEST_NOTE..MN_HIGHEST_NOTE, as `high`
  unsigned high;
} MnTuning;

/// The pitch of a note: MN_LOWEST_NOTE..MN_HIGHEST_NOTE. First it is transposed, then moved to
/// the nearest note of the scale (the lower of two), then by octaves into the range. Where the
/// range has no such note, it is the end of the range that is nearer. A range whose ends are
/// swapped counts as the other way round.
unsigned
mn_tuning_pitch(MnTuning const* tuning, unsigned pitch) MN_REALTIME;

/// The same of all notes of a window.
void
mn_tuning_tokens(MnTuning const* tuning, uint8_t* tokens, unsigned steps) MN_REALTIME;

#endif // MN_TUNING_H
