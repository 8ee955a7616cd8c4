// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "window_features_parts.h"
#include "windows.h"

// A sixteenth at 120 bpm, in seconds.
static double const step_seconds = 0.125;

enum { BEAT = 4 }; // steps

typedef struct {
  double mean;
  double spread; ///< population SD
} Spread;

// NANs of no numbers.
static Spread
spread(unsigned const* const numbers, unsigned const count)
{
  double sum = 0;
  for (unsigned i = 0; i < count; ++i) {
    // There is one gap less than there are notes.
    // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign)
    sum += numbers[i];
  }
  double const mean   = mn_share(sum, count);
  double       square = 0;
  for (unsigned i = 0; i < count; ++i) {
    square += (numbers[i] - mean) * (numbers[i] - mean);
  }
  return (Spread){mean, sqrt(mn_share(square, count))};
}

static void
durations(MnNotes const* const notes, double* const v)
{
  unsigned longest  = 0;
  unsigned shortest = notes->steps;
  unsigned sum      = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const duration = notes->duration[i];
    longest                 = duration > longest ? duration : longest;
    shortest                = duration < shortest ? duration : shortest;
    sum += duration;
  }
  unsigned const last = notes->count - 1;
  unsigned const end  = notes->start[last] + notes->duration[last];
  Spread const   s    = spread(notes->duration, notes->count);
  // The music ends with its last note: a rest after it is not in music21's time.
  v[FEATURE_R15]   = notes->count / (end * step_seconds);
  v[FEATURE_R17]   = s.mean * step_seconds;
  v[FEATURE_R18]   = s.spread * step_seconds;
  v[FEATURE_R19]   = longest * step_seconds;
  v[FEATURE_R20]   = shortest * step_seconds;
  v[FEATURE_RESTS] = 1 - (double)sum / notes->steps;
}

static void
gaps(MnNotes const* const notes, double* const v)
{
  unsigned gap[MN_MAX_STEPS];
  for (unsigned i = 0; i + 1 < notes->count; ++i) {
    gap[i] = notes->start[i + 1] - notes->start[i];
  }
  Spread const s = spread(gap, notes->count - 1);
  v[FEATURE_R22] = s.mean * step_seconds;
  v[FEATURE_R23] = s.spread * step_seconds;
}

// Where in a bar notes start, as shares of all.
static void
metre(MnNotes const* const notes, double* const v)
{
  unsigned off     = 0;
  unsigned eighths = 0;
  unsigned odd     = 0;
  unsigned middle  = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const start = notes->start[i];
    unsigned const beat  = start % MN_STEPS_PER_BAR / BEAT;
    off += start % BEAT != 0;
    eighths += start % BEAT == BEAT / 2;
    odd += start % 2;
    middle += beat == 1 || beat == 2;
  }
  v[FEATURE_OFF_BEAT]    = mn_share(off, notes->count);
  v[FEATURE_OFF_EIGHTHS] = mn_share(eighths, notes->count);
  v[FEATURE_ODD_STEPS]   = mn_share(odd, notes->count);
  v[FEATURE_MID_BAR]     = mn_share(middle, notes->count);
}

// Where in the window notes start.
static void
places(MnNotes const* const notes, double* const v)
{
  unsigned in[4] = {0};
  for (unsigned i = 0; i < notes->count; ++i) {
    ++in[mn_notes_quarter(notes, i)];
  }
  v[FEATURE_MEAN_ONSET]   = spread(notes->start, notes->count).mean;
  v[FEATURE_FIRST_ONSET]  = notes->start[0];
  v[FEATURE_LATE_NOTES]   = mn_share(in[2] + in[3], notes->count);
  v[FEATURE_FIRST_EARLY]  = mn_share(in[0], in[0] + in[1]);
  v[FEATURE_SECOND_EARLY] = mn_share(in[2], in[2] + in[3]);
  v[FEATURE_MIDDLE_NOTES] = mn_share(in[1] + in[2], notes->count);
}

void
mn_features_rhythm(MnNotes const* const notes, double* const values)
{
  durations(notes, values);
  gaps(notes, values);
  metre(notes, values);
  places(notes, values);
}
