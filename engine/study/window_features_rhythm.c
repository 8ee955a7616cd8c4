// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "window_features_parts.h"
#include "windows.h"

#include <stdbool.h>

// A sixteenth at 120 bpm, in seconds.
static double const step_seconds = 0.125;

enum { BEAT = 4 }; // steps

// How strong the steps of a bar are: each halving of the bar is one less (Longuet-Higgins
// and Lee, "The rhythmic interpretation of monophonic music", 1984).
static int const strength[MN_STEPS_PER_BAR] =
  {0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4};

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
    sum += numbers[i];
  }
  double const mean   = mn_share(sum, count);
  double       square = 0;
  for (unsigned i = 0; i < count; ++i) {
    square += (numbers[i] - mean) * (numbers[i] - mean);
  }
  return (Spread){mean, sqrt(mn_share(square, count))};
}

// The share of the time to the next onset, or to the end, that a note sounds.
static double
legato(MnNotes const* const notes)
{
  double sum = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const next = i + 1 < notes->count ? notes->start[i + 1] : notes->steps;
    sum += (double)notes->duration[i] / (next - notes->start[i]);
  }
  return sum / notes->count;
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
  v[FEATURE_R15]    = notes->count / (end * step_seconds);
  v[FEATURE_R17]    = s.mean * step_seconds;
  v[FEATURE_R18]    = s.spread * step_seconds;
  v[FEATURE_R19]    = longest * step_seconds;
  v[FEATURE_R20]    = shortest * step_seconds;
  v[FEATURE_RESTS]  = 1 - (double)sum / notes->steps;
  v[FEATURE_LEGATO] = legato(notes);
}

static void
gaps(MnNotes const* const notes, double* const v)
{
  unsigned gap[MN_MAX_STEPS] = {0};
  for (unsigned i = 0; i + 1 < notes->count; ++i) {
    gap[i] = notes->start[i + 1] - notes->start[i];
  }
  Spread const s = spread(gap, notes->count - 1);
  v[FEATURE_R22] = s.mean * step_seconds;
  v[FEATURE_R23] = s.spread * step_seconds;

  v[FEATURE_GAP_VARIATION] = s.spread / s.mean; // NAN of one note
}

// A note that goes on over a stronger step than its own is syncopated, by as much as that
// step is stronger; it goes on until the next onset, rest or not, the last one until its
// end. The mean over the notes.
static double
syncopation(MnNotes const* const notes)
{
  int sum = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const start = notes->start[i];
    unsigned const end =
      i + 1 < notes->count ? notes->start[i + 1] : start + notes->duration[i];
    int const own  = strength[start % MN_STEPS_PER_BAR];
    int       most = own;
    for (unsigned k = start + 1; k < end; ++k) {
      int const other = strength[k % MN_STEPS_PER_BAR];
      most            = other > most ? other : most;
    }
    sum += most - own;
  }
  return (double)sum / notes->count;
}

// Of the places in a bar where this bar or the next has an onset, the share where both
// have one.
static double
same_rhythm(MnNotes const* const notes)
{
  bool     onset[MN_MAX_STEPS] = {false};
  unsigned either              = 0;
  unsigned both                = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    onset[notes->start[i]] = true;
  }
  for (unsigned k = 0; k + MN_STEPS_PER_BAR < notes->steps; ++k) {
    either += onset[k] || onset[k + MN_STEPS_PER_BAR];
    both += onset[k] && onset[k + MN_STEPS_PER_BAR];
  }
  return mn_share(both, either);
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
  v[FEATURE_SYNCOPATION] = syncopation(notes);
  v[FEATURE_SAME_RHYTHM] = same_rhythm(notes);
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
