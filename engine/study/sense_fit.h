// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Learns sense (readout/sense.h) from real windows and from the same ones with wrong notes
/// and wrong rhythms (corruptions.h), of which a share of the notes is as it was.

#ifndef MN_SENSE_FIT_H
#define MN_SENSE_FIT_H

#include "bends.h"
#include "checkpoint/model_writer.h"
#include "encoder/batches.h"
#include "model/model.h"
#include "windows.h"

enum { MN_SENSE_TENSORS = 3, MN_SENSE_ROWS = 1 + MN_BENDS };

/// Sense as a model file has it.
typedef struct {
  size_t   windows; ///< that it was learnt from; 0: there is none
  unsigned inputs;
  float*   input; ///< [MN_SENSE_ROWS][inputs]
  float    offset[MN_SENSE_ROWS];
  float    bend[MN_BENDS];
} MnSenseFit;

/// Learns sense. The number of processors makes no difference.
///
/// @param model Any that has the encoder and a table of surprise.
/// @param real Windows of music; of very many, some that lie evenly among them.
/// @param negated [latent]: 1 for neurons that the file will have negated, or NULL.
/// @param progress May be NULL.
/// @param fit Freed with mn_sense_fit_free() in any case. @return false if memory runs out.
MN_NODISCARD bool
mn_sense_fit(MnModel const*    model,
             MnWindows const*  real,
             uint8_t const*    negated,
             MnProgress const* progress,
             MnSenseFit*       fit);

void
mn_sense_fit_free(MnSenseFit* fit);

/// The tensors; they live as long as the fit.
void
mn_sense_fit_tensors(MnSenseFit const* fit, MnModelTensor tensors[MN_SENSE_TENSORS]);

#endif // MN_SENSE_FIT_H
