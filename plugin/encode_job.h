// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window to encode, and what comes out. One thread at a time has a job; only `left`
/// may be read by another.

#ifndef MN_ENCODE_JOB_H
#define MN_ENCODE_JOB_H

#include "base/tlsf.h"
#include "encoder/encoder.h"
#include "long/long_encoder.h"
#include "notes/window.h"
#include "readout/long_view.h"
#include "readout/readout.h"

#include <stdatomic.h>

typedef struct {
  MnWindow       window;
  MnModel const* model;
  bool           scored;  ///< there is a model, and the window has enough notes
  MnEncoder*     encoder; ///< NULL if it is not scored
  MnLong*        second;  ///< NULL if it is not scored, or there is no second level
  unsigned       stream;  ///< of its maker, who knows it again by that
  atomic_uint    left;    ///< units of both encoders still to be done

  // The result. If the job is not scored, the readout is neutral and the rest is NULL.
  MnReadout         readout;
  float*            mu;          ///< [latent]
  float*            sigma;       ///< [latent]
  float*            percentiles; ///< [music], by rank
  MnLongView const* view;        ///< of the second level; neutral until run() sets it
  float             encode_ms;   ///< time that the encoder took, 0 if not measured
} MnJob;

/// Makes the job of a window in a pool, which the caller frees. Without a model, or with
/// too few notes, it is not scored: there is nothing to do.
///
/// @param phrase What was heard before, for the model's second level, of which it is copied;
/// NULL: there is none. @return NULL if the pool is exhausted.
MnJob*
mn_job_new(MnTlsf*         pool,
           MnModel const*  model,
           MnKernel const* kernel,
           MnPhrase const* phrase,
           MnWindow const* window) MN_REALTIME;

/// Goes on with a scored job for at most `budget` units: of the encoder, and then of the
/// second level's. @return true once its window is encoded by both and read out.
bool
mn_job_run(MnJob* job, unsigned budget) MN_REALTIME;

#endif // MN_ENCODE_JOB_H
