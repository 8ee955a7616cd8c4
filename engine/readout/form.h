// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Form: the sense of a window relative to the windows before it, so that slips are heard in
/// any style. 0.5 is as before.

#ifndef MN_FORM_H
#define MN_FORM_H

#include "base/common.h"

#include <stdint.h>

/// What is remembered of the windows before. All zeros: nothing.
typedef struct {
  int64_t  start; ///< of the last window, in steps
  unsigned reach; ///< steps that the mean stands for; 0: there was none
  double   mean;  ///< of sense
} MnForm;

/// The form of the next window, 0..1, and then counts it. The mean reaches back 8 bars; the
/// first window has 0.5. Any thread: the same windows give the same bits.
///
/// @param start Of the window, in steps; later than that of the last one.
float
mn_form_next(MnForm* form, int64_t start, float sense) MN_REALTIME;

#endif // MN_FORM_H
