// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Calibration: learns from real music and from random notes what the readout needs to
/// know about a model's neurons: order, signs, labels, quantiles, score and axes.

#ifndef MN_CALIBRATE_H
#define MN_CALIBRATE_H

#include "axes.h"
#include "checkpoint/model_writer.h"
#include "labels.h"
#include "landmarks.h"
#include "posteriors.h"
#include "score_fit.h"
#include "windows.h"

enum { MN_READOUT_TENSORS = 3 + MN_AXES_TENSORS };

/// A music neuron carries more than this on average, in nats. In Google's 2-bar model
/// this keeps nearly all neurons that its decoder uses.
#define MN_MUSIC_KL 0.03

typedef struct {
  unsigned    latent;
  uint16_t*   order;     ///< [latent]: neurons by mean KL divergence, most first
  unsigned    music;     ///< so many of the first carry music
  double*     kl;        ///< [latent]: mean KL divergence of a neuron, in nats
  double*     sigma;     ///< [latent]: mean sigma
  double*     variance;  ///< [latent]: variance of mu
  MnNamed*    labels;    ///< [latent] by rank, [music] are used
  uint8_t*    negated;   ///< [latent]: 1 for neurons to negate before the file is written
  float*      quantiles; ///< [latent][MN_QUANTILES], of negated neurons as they will be
  MnScore     score;
  MnAxes      axes; ///< of negated neurons as they will be
  MnLandmarks landmarks;
} MnCalibration;

/// How many windows of each kind a model encodes with about `products` multiplications.
size_t
mn_calibration_windows(MnModel const* model, double products);

/// Encodes both sets on all processors, and learns from the result. The number of
/// processors makes no difference.
///
/// @param progress May be NULL. @return false with the reason.
MN_NODISCARD bool
mn_calibrate(MnModel const*    model,
             MnWindows const*  real,
             MnWindows const*  random,
             MnProgress const* progress,
             MnCalibration*    calibration,
             MnError*          error);

/// A calibration for a model that has none yet, so that it loads.
bool
mn_calibration_neutral(unsigned latent, MnCalibration* calibration);

void
mn_calibration_free(MnCalibration* calibration);

/// The metadata "readout", as a text. @return NULL if memory runs out.
///
/// @param second_level What it says of a second level, which is taken over; or NULL.
json_t*
mn_calibration_readout(MnCalibration const* calibration, json_t* second_level);

/// The tensors; they live as long as the calibration.
void
mn_calibration_tensors(MnCalibration const* calibration,
                       MnModelTensor        tensors[MN_READOUT_TENSORS]);

#endif // MN_CALIBRATE_H
