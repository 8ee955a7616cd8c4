// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window to encode, and what comes out. One thread at a time has a job; only `left`
/// may be read by another.

#ifndef MN_ENCODE_JOB_H
#define MN_ENCODE_JOB_H

#include "base/tlsf.h"
#include "encoder/encoder.h"
#include "notes/window.h"
#include "readout/readout.h"
#include "second_level.h"

#include <stdatomic.h>

typedef struct {
  MnWindow        window;
  MnModel const*  model;
  MnKernel const* kernel;
  bool            scored;  ///< there is a model, and the window has enough notes
  MnEncoder*      encoder; ///< NULL if it is not scored
  MnSecondLevel*  second;  ///< NULL if it is not scored, or there is no second level
  MnPhrasePlaces  places;  ///< of its phrase, if so
  unsigned        stream;  ///< of its window: phrases of other streams are other music
  atomic_uint     left;    ///< units of both encoders still to be done

  // The result. If the job is not scored, readout and view are neutral and the rest is NULL.
  MnReadout  readout;
  float*     mu;          ///< [latent]
  float*     sigma;       ///< [latent]
  float*     percentiles; ///< [music], by rank
  MnLongView view;        ///< of the second level; neutral if there is none
  float      encode_ms;   ///< time that the encoder took, 0 if not measured
} MnJob;

/// Makes the job of a window in a pool, which the caller frees. Without a model, or with
/// too few notes, it is not scored: there is nothing to do.
///
/// @param second The model's second level, with what was heard before; NULL: there is none.
/// The caller sets the job's places and stream. @return NULL if the pool is exhausted.
MnJob*
mn_job_new(MnTlsf*         pool,
           MnModel const*  model,
           MnKernel const* kernel,
           MnSecondLevel*  second,
           MnWindow const* window) MN_REALTIME;

/// Goes on with a scored job for at most `budget` units: of the encoder, and then of the
/// second level's. @return true once its window is encoded by both and read out.
bool
mn_job_run(MnJob* job, unsigned budget) MN_REALTIME;

#endif // MN_ENCODE_JOB_H
