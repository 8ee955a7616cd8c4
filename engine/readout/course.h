// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the readout of a window owes to the windows before: its form, and a musicality that
/// does not flicker where windows follow each other by less than a bar.

#ifndef MN_COURSE_H
#define MN_COURSE_H

#include "readout.h"

#include <stdint.h>

/// Windows that begin less than a bar before the last one, itself among them, if they follow
/// each other step by step.
enum { MN_COURSE_WINDOWS = 16 };

/// What is remembered of the windows before. All zeros: nothing.
typedef struct {
  unsigned count;                    ///< windows so far; the ring has the last ones
  int64_t  start[MN_COURSE_WINDOWS]; ///< a ring, in steps
  float    musicality[MN_COURSE_WINDOWS];
  unsigned reach; ///< steps that the mean of sense stands for; 0: there was none
  double   sense; ///< its mean
} MnCourse;

/// Takes the next window, and sets of its readout
/// - form: 0.5 and sense, less its mean over the windows before, which reaches back 8 bars;
///   0.5 for the first window;
/// - musicality: the median of those of the windows that begin less than a bar before this
///   one, and its own.
///
/// Any thread, bounded work. The same windows give the same bits.
///
/// @param start Of the window, in steps; later than that of the last one.
void
mn_course_take(MnCourse* course, int64_t start, MnReadout* readout) MN_REALTIME;

#endif // MN_COURSE_H
