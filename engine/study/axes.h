// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Axes: eight directions of the latent space that have names, because each was fitted to
/// one feature of windows. Where a neuron bends, an axis goes on.

#ifndef MN_AXES_H
#define MN_AXES_H

#include "bends.h"
#include "checkpoint/model_writer.h"
#include "labels.h"
#include "model/model.h"

#include <jansson.h>

enum { MN_AXES_TENSORS = 4, MN_AXES_ROWS = MN_AXES + MN_BENDS };

/// The words of each axis, in order.
extern MnAxis const mn_axes[MN_AXES];

/// Axes as a model file has them.
typedef struct {
  unsigned latent;
  float*   input;   ///< [MN_AXES_ROWS][latent]
  float*   swapped; ///< [latent][MN_AXES_ROWS], the same
  float    offset[MN_AXES_ROWS];
  float    bend[MN_AXES][MN_BENDS];
  float    quantiles[MN_AXES][MN_QUANTILES];
} MnAxes;

/// Axes that are 0 everywhere. @return false if memory runs out.
MN_NODISCARD bool
mn_axes_neutral(unsigned latent, MnAxes* axes);

/// Fits axes to the features of windows, as mn_axis_targets() has them.
///
/// @param heard mu in Q16. @param like As there. @param negated [latent]: 1 for neurons that
/// are negated after these windows were heard. @param shrink As in MnBendSamples: 0, or more
/// to keep slopes from following single windows. @param axes Freed with mn_axes_free() in any
/// case. @return false if memory runs out.
MN_NODISCARD bool
mn_axes_fit(MnHeard const* heard,
            MnHeard const* like,
            uint8_t const* negated,
            double         shrink,
            MnAxes*        axes);

void
mn_axes_free(MnAxes* axes);

/// The metadata: readout "axes". NULL if memory runs out.
json_t*
mn_axes_json(void);

/// The tensors; they live as long as the axes.
void
mn_axes_tensors(MnAxes const* axes, MnModelTensor tensors[MN_AXES_TENSORS]);

#endif // MN_AXES_H
