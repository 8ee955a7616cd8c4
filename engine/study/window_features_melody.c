// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tally.h"
#include "window_features_parts.h"

#include <stdlib.h>

// The widest interval is MN_HIGHEST_NOTE - MN_LOWEST_NOTE = 87 semitones.
enum { WIDTHS = MN_HIGHEST_NOTE - MN_LOWEST_NOTE + 1 };

// From each note to the next, rests or not.
static int
interval(MnNotes const* const notes, unsigned const note)
{
  return (int)notes->pitch[note + 1] - (int)notes->pitch[note];
}

// What the intervals are, by how many there are of each width in semitones, up or
// down. Of equally common ones the narrower comes first.
static void
kinds_of_intervals(unsigned const widths[WIDTHS], double* const v)
{
  MnTally const t = mn_tally(widths, WIDTHS);
  double const  n = t.total;
  v[FEATURE_M3]   = t.first;
  if (t.kinds > 1) {
    v[FEATURE_M4] = fabs((double)t.first - t.second);
  }
  v[FEATURE_M5] = mn_tally_prevalence(&t);
  v[FEATURE_M6] = mn_tally_ratio(&t);
  v[FEATURE_M7] = t.common;
  v[FEATURE_M8] = (widths[0] + widths[3] + widths[4] + widths[7] + widths[10] + widths[11] +
                   widths[12] + widths[15] + widths[16]) /
                  n;
  v[FEATURE_M9]  = widths[0] / n;
  v[FEATURE_M10] = widths[1] / n;
  v[FEATURE_M11] = (widths[1] + widths[2]) / n;
  v[FEATURE_M12] = (widths[3] + widths[4]) / n;
  v[FEATURE_M13] = widths[7] / n;
  v[FEATURE_M14] = widths[6] / n;
  // Three octaves are not among those of music21.
  v[FEATURE_M15] =
    (widths[12] + widths[24] + widths[48] + widths[60] + widths[72] + widths[84]) / n;
}

static void
intervals(MnNotes const* const notes, double* const v)
{
  unsigned widths[WIDTHS] = {0};
  unsigned sum            = 0;
  unsigned widest         = 0;
  for (unsigned i = 0; i + 1 < notes->count; ++i) {
    unsigned const width = (unsigned)abs(interval(notes, i));
    widest               = width > widest ? width : widest;
    sum += width;
    ++widths[width];
  }
  v[FEATURE_M2]           = mn_share(sum, notes->count - 1);
  v[FEATURE_LARGEST_LEAP] = widest;
  kinds_of_intervals(widths, v);
}

// An arc goes from one turn of the line to the next, repeated notes left out. The
// notes after the last turn count for the mean length but not for the mean span:
// so does music21.
static void
arcs(MnNotes const* const notes, double* const v)
{
  unsigned rising  = 0;
  unsigned falling = 0;
  unsigned turns   = 0;
  int      span    = 0; // of all arcs that have ended
  int      arc     = 0; // of this one, negative if it falls
  for (unsigned i = 0; i + 1 < notes->count; ++i) {
    int const step = interval(notes, i);
    rising += step > 0;
    falling += step < 0;
    if ((step > 0 && arc < 0) || (step < 0 && arc > 0)) {
      ++turns;
      span += abs(arc);
      arc = 0;
    }
    arc += step;
  }
  v[FEATURE_M17] = mn_share(rising, rising + falling);
  v[FEATURE_M18] = mn_share(rising + falling, turns);
  v[FEATURE_M19] = mn_share(span, turns);
}

// The slope of the line that fits best, in semitones a step; NAN of one note.
static double
slope(MnNotes const* const notes)
{
  double mean_start = 0;
  double mean_pitch = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    mean_start += (double)notes->start[i] / notes->count;
    mean_pitch += (double)notes->pitch[i] / notes->count;
  }
  double along  = 0;
  double square = 0;
  for (unsigned i = 0; i < notes->count; ++i) {
    double const time = notes->start[i] - mean_start;
    along += time * (notes->pitch[i] - mean_pitch);
    square += time * time;
  }
  return notes->count > 1 ? along / square : NAN;
}

// Mean pitches of parts of the window against each other.
static void
shape(MnNotes const* const notes, double* const v)
{
  double   sum[4]   = {0};
  unsigned count[4] = {0};
  for (unsigned i = 0; i < notes->count; ++i) {
    unsigned const quarter = mn_notes_quarter(notes, i);
    sum[quarter] += notes->pitch[i];
    ++count[quarter];
  }
  v[FEATURE_SLOPE] = slope(notes);
  v[FEATURE_RISE]  = v[FEATURE_SLOPE] * (notes->start[notes->count - 1] - notes->start[0]);
  v[FEATURE_ARCH]  = mn_share(sum[1] + sum[2], count[1] + count[2]) -
                    mn_share(sum[0] + sum[3], count[0] + count[3]);
  v[FEATURE_LATE_PITCH] = mn_share(sum[2] + sum[3], count[2] + count[3]) -
                          mn_share(sum[0] + sum[1], count[0] + count[1]);
}

void
mn_features_melody(MnNotes const* const notes, double* const values)
{
  if (notes->count > 1) {
    intervals(notes, values);
    arcs(notes, values);
  }
  shape(notes, values);
}
