// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The recent peak of each music neuron: the mu with the largest abs(mu) of late.
///
/// A peak holds for 1.5 s. Then its distance to the mu of the newest window halves
/// every 0.3 s. A larger abs(mu) than what is left of the peak becomes the new
/// peak. Only times matter, not how often these functions are called.

#ifndef MN_PEAKS_H
#define MN_PEAKS_H

#include "view.h"

#include <stdbool.h>

/// By rank. All zero: no window yet.
typedef struct {
  float  from[MN_MAX_LATENT];  ///< the peak when the newest window came
  float  to[MN_MAX_LATENT];    ///< mu of that window
  double falls[MN_MAX_LATENT]; ///< when the peak starts to fall, in seconds
} MnPeaks;

/// Takes in mu of a new window and sets the view's peaks. `now` is in seconds; it
/// must not decrease from call to call.
void
mn_peaks_take(MnPeaks* peaks, MnView* view, double now);

/// Sets the view's peaks to what they are at `now`. @return Whether any changed.
bool
mn_peaks_show(MnPeaks const* peaks, MnView* view, double now);

#endif // MN_PEAKS_H
