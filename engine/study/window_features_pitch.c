// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tally.h"
#include "window_features_parts.h"

#include <stdbool.h>

enum { KEYS = 128, OCTAVE = 12 };

// The registers of jSymbolic: up to LOW_TOP is low, up to MIDDLE_TOP in between.
enum { LOW_TOP = 54, MIDDLE_TOP = 72 };

// D5 is about the median of the melodies that models are trained on. A neuron may
// tell the middle register from both ends, which no feature that goes from low to
// high shows.
static double const centre = 74;

// C major, from C.
static bool const is_white[OCTAVE] = {1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1};

static double const pi = 3.14159265358979323846;

// How far a pitch class is on the sharp side of the circle of fifths, -1..1. D is
// in the middle: amid the white keys, with as many sharps on one side as flats on
// the other.
static double
sharpness(unsigned const class)
{
  unsigned const fifths_above_d = (class * 7 + OCTAVE - 2) % OCTAVE;
  return sin(fifths_above_d * 2 * pi / OCTAVE);
}

// The largest share of notes that are in one major scale.
static double
scale_fit(unsigned const* const classes, unsigned const count)
{
  unsigned most = 0;
  for (unsigned key = 0; key < OCTAVE; ++key) {
    unsigned in = 0;
    for (unsigned c = 0; c < OCTAVE; ++c) {
      in += is_white[(c + OCTAVE - key) % OCTAVE] ? classes[c] : 0;
    }
    most = in > most ? in : most;
  }
  return (double)most / count;
}

// Of equally common pitches the one that was heard first comes first, in music21.
static void
common_pitches(MnNotes const* const notes, double* const v)
{
  unsigned heard[KEYS]; // distinct pitches, in order
  unsigned often[KEYS] = {0};
  unsigned kinds       = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned k = 0;
    for (; k < kinds && heard[k] != notes->pitch[i]; ++k) {
    }
    if (k == kinds) {
      heard[kinds++] = notes->pitch[i];
    }
    ++often[k];
  }
  MnTally const t = mn_tally(often, kinds);
  v[FEATURE_P1]   = mn_tally_prevalence(&t);
  v[FEATURE_P3]   = mn_tally_ratio(&t);
  if (t.kinds > 1) {
    v[FEATURE_P5] = fabs((double)heard[t.first] - heard[t.second]);
  }
  v[FEATURE_P7]  = t.common;
  v[FEATURE_P8]  = t.kinds;
  v[FEATURE_P11] = heard[t.first];
}

// Of equally common pitch classes the lower one comes first, from C.
static void
common_classes(unsigned const* const classes, double* const v)
{
  MnTally const t = mn_tally(classes, OCTAVE);
  v[FEATURE_P2]   = mn_tally_prevalence(&t);
  v[FEATURE_P4]   = mn_tally_ratio(&t);
  if (t.kinds > 1) {
    // Not around the octave: C and B are 11 apart.
    v[FEATURE_P6] = fabs((double)t.first - t.second);
  }
  v[FEATURE_P9]  = t.kinds;
  v[FEATURE_P16] = t.first;
}

static void
keys(unsigned const* const classes, MnNotes const* const notes, double* const v)
{
  double   sharp = 0;
  unsigned white = 0;
  for (unsigned c = 0; c < OCTAVE; ++c) {
    sharp += classes[c] * sharpness(c);
    white += is_white[c] ? classes[c] : 0;
  }
  unsigned const first       = notes->pitch[0] % OCTAVE;
  v[FEATURE_SCALE_FIT]       = scale_fit(classes, notes->count);
  v[FEATURE_SHARPNESS]       = sharp / notes->count;
  v[FEATURE_WHITE_KEYS]      = (double)white / notes->count;
  v[FEATURE_FIRST_SHARPNESS] = sharpness(first);
  v[FEATURE_FIRST_BLACK]     = !is_white[first];
}

static void
registers(MnNotes const* const notes, double* const v)
{
  unsigned highest = 0;
  unsigned lowest  = KEYS;
  unsigned sum     = 0;
  unsigned low     = 0;
  unsigned high    = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const pitch = notes->pitch[i];
    highest              = pitch > highest ? pitch : highest;
    lowest               = pitch < lowest ? pitch : lowest;
    sum += pitch;
    low += pitch <= LOW_TOP;
    high += pitch > MIDDLE_TOP;
  }
  double const   count     = notes->count;
  unsigned const first     = notes->pitch[0];
  unsigned const last      = notes->pitch[notes->count - 1];
  v[FEATURE_P10]           = highest - lowest;
  v[FEATURE_P12]           = sum / count;
  v[FEATURE_P13]           = low / count;
  v[FEATURE_P14]           = (count - low - high) / count;
  v[FEATURE_P15]           = high / count;
  v[FEATURE_HIGHEST]       = highest;
  v[FEATURE_LOWEST]        = lowest;
  v[FEATURE_FIRST_PITCH]   = first;
  v[FEATURE_LAST_PITCH]    = last;
  v[FEATURE_MEAN_FROM_D5]  = fabs(sum / count - centre);
  v[FEATURE_FIRST_FROM_D5] = fabs(first - centre);
  v[FEATURE_LAST_FROM_D5]  = fabs(last - centre);
}

void
mn_features_pitch(MnNotes const* const notes, double* const values)
{
  unsigned classes[OCTAVE] = {0};
  for (unsigned i = 0; i < notes->count; ++i) {
    ++classes[notes->pitch[i] % OCTAVE];
  }
  common_pitches(notes, values);
  common_classes(classes, values);
  keys(classes, notes, values);
  registers(notes, values);
}
