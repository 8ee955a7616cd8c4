// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Landmarks: where the kinds of music of a corpus lie along the axes, by the medians of their
/// windows. The window's map names them.

#ifndef MN_LANDMARKS_H
#define MN_LANDMARKS_H

#include "axes.h"
#include "windows.h"

/// Kinds with fewer windows have no landmark.
enum { MN_LANDMARK_WINDOWS = 200 };

typedef struct {
  unsigned count;
  char     name[MN_MAX_LANDMARKS][MN_STYLE_NAME];
  double   place[MN_MAX_LANDMARKS][MN_AXES]; ///< percentiles, 0..1
} MnLandmarks;

/// Finds the kinds that have the most windows, most first.
///
/// @param windows What was heard, with the names of its styles. @param negated As for
/// mn_axes_fit(), which made `axes`. @return false if memory runs out.
MN_NODISCARD bool
mn_landmarks_find(MnHeard const*   heard,
                  MnWindows const* windows,
                  uint8_t const*   negated,
                  MnAxes const*    axes,
                  MnLandmarks*     landmarks);

/// The metadata: readout "landmarks". NULL if memory runs out.
json_t*
mn_landmarks_json(MnLandmarks const* landmarks);

#endif // MN_LANDMARKS_H
