// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Learns what a model's decoder writes along the axes, for mn_place_move().
///
/// The axes of the readout tell features of music that the encoder heard. A place can be
/// moved along them without the music changing much, for they know nothing of places where
/// no music lies. So these are fitted to what the decoder writes at places of music and
/// between them: z = a + t (b - c), with a, b and c of windows drawn by chance and t
/// uniform from 0 to 1. Noise neurons are 0 there. The targets are the normal scores of the
/// features over that music (axis_targets.h). Then half of the places are moved along the axes,
/// and the axes are fitted anew, twice, so that they learn where they lead.

#ifndef MN_MOVES_FIT_H
#define MN_MOVES_FIT_H

#include "axes.h"
#include "base/common.h"
#include "calibrate.h"
#include "model/model.h"
#include "windows.h"

enum { MN_MOVES_TENSORS = 3 };

typedef struct {
  size_t places; ///< that were decoded; 0: nothing is learnt
  MnAxes axes;   ///< of the music neurons by rank, negated as they will be
} MnMovesFit;

/// Encodes windows, decodes places between them on all processors, and fits the axes. The
/// number of processors makes no difference.
///
/// @param model As before its neurons were negated. Without a decoder, or without music
/// neurons, nothing is learnt. @param calibration The order of the neurons. @param progress
/// May be NULL. @param fit Freed with mn_moves_fit_free() in any case.
/// @return false if memory runs out.
MN_NODISCARD bool
mn_moves_fit(MnModel const*       model,
             MnWindows const*     real,
             MnCalibration const* calibration,
             MnProgress const*    progress,
             MnMovesFit*          fit);

void
mn_moves_fit_free(MnMovesFit* fit);

/// The tensors; they live as long as the fit.
void
mn_moves_fit_tensors(MnMovesFit const* fit, MnModelTensor tensors[MN_MOVES_TENSORS]);

#endif // MN_MOVES_FIT_H
