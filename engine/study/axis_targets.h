// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the axes learn to tell of a window: its features as normal scores.

#ifndef MN_AXIS_TARGETS_H
#define MN_AXIS_TARGETS_H

#include "base/common.h"
#include "label_correlations.h"
#include "model/model.h"

/// The normal scores of the axes' features: of the share of `like` that has less. At the
/// ends, where music is rare, they reach as far as the feature does. Shares alone would
/// press the ends together.
///
/// @param like Windows that set the scale, of which at least one has each feature; may be
/// `heard` itself. Of both, only the tokens are read.
/// @return [heard->count][MN_AXES], NAN where a feature is not defined; the caller frees
/// it. NULL if memory runs out.
MN_NODISCARD float*
mn_axis_targets(MnAxis const axes[MN_AXES], MnHeard const* heard, MnHeard const* like);

#endif // MN_AXIS_TARGETS_H
