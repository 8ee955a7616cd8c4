// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "course.h"

enum { BAR = 16, REACH = 8 * BAR };

// @param steps From the start of the last window, which counts with those before it.
static float
form_of(MnCourse* const c, int64_t const steps, float const sense)
{
  if (!c->reach) {
    c->reach = MN_STEPS_2BAR;
    c->sense = (double)sense;
    return 0.5F;
  }
  double const   off = (double)sense - c->sense;
  unsigned const by  = steps < 1 ? 1 : steps < REACH ? (unsigned)steps : REACH;
  c->reach           = c->reach + by < REACH ? c->reach + by : REACH;
  c->sense += off * by / c->reach;
  double const form = 0.5 + off;
  return form < 0 ? 0.0F : form > 1 ? 1.0F : (float)form;
}

// The median of the last window's musicality and those that begin less than a bar before it.
static float
median_musicality(MnCourse const* const c)
{
  unsigned const last = c->count - 1;
  float          sorted[MN_COURSE_WINDOWS];
  unsigned       kept = 0;
  for (unsigned i = 0; i < c->count && i < MN_COURSE_WINDOWS; ++i) {
    unsigned const at = (last - i) % MN_COURSE_WINDOWS;
    if (c->start[last % MN_COURSE_WINDOWS] - c->start[at] < BAR) {
      unsigned place = kept++;
      for (; place > 0 && sorted[place - 1] > c->musicality[at]; --place) {
        sorted[place] = sorted[place - 1];
      }
      sorted[place] = c->musicality[at];
    }
  }
  return (sorted[(kept - 1) / 2] + sorted[kept / 2]) / 2;
}

void
mn_course_take(MnCourse* const c, int64_t const start, MnReadout* const readout)
{
  unsigned const at     = c->count % MN_COURSE_WINDOWS;
  unsigned const before = (c->count - 1) % MN_COURSE_WINDOWS;
  readout->form         = form_of(c, start - c->start[before], readout->sense);
  c->start[at]          = start;
  c->musicality[at]     = readout->musicality;
  c->count =
    c->count < 2 * MN_COURSE_WINDOWS ? c->count + 1 : c->count - MN_COURSE_WINDOWS + 1;
  readout->musicality = median_musicality(c);
}
