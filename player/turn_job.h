// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The making of what a turn plays: encodes ideas, finds the place, decodes, and encodes what
/// was written. One thread at a time has a job; only `written` may be read by another, and
/// `tokens` once it is true.

#ifndef MN_TURN_JOB_H
#define MN_TURN_JOB_H

#include "base/tlsf.h"
#include "decoder/decoder.h"
#include "encoder/encoder.h"
#include "idea.h"
#include "move.h"
#include "readout/readout.h"
#include "tuning.h"

#include <stdatomic.h>

/// What a turn is to play.
typedef struct {
  uint64_t       turn; ///< which turn
  MnMove         move;
  MnTuning       tuning;
  uint32_t       temperature_q16;
  MnIdea const*  idea[MN_IDEAS]; ///< of the model's steps, or NULL
  int32_t const* mu[MN_IDEAS]; ///< [latent], Q16; NULL: to be encoded, if there is an idea
  uint64_t       serial[MN_IDEAS];
} MnTurnOrder;

typedef enum {
  MN_STAGE_ENCODE,
  MN_STAGE_FIND,
  MN_STAGE_DECODE,
  MN_STAGE_CHECK,
  MN_STAGE_DONE,
} MnTurnStage;

typedef struct {
  MnModel const* model;
  MnTurnOrder    order; ///< of its pointers, only whether they are NULL counts
  MnTurnStage    stage;
  unsigned       idea; ///< that is encoded
  MnEncoder*     encoder;
  MnDecoder*     decoder;
  int32_t*       place;                         ///< [latent]
  int32_t*       mu[MN_IDEAS];                  ///< [latent], NULL where there is no idea
  uint8_t        heard[MN_IDEAS][MN_MAX_STEPS]; ///< the ideas' tokens
  atomic_bool    written;
  uint8_t        tokens[MN_MAX_STEPS]; ///< what is to be played
  MnReadout      readout;              ///< of that; neutral if it has too few notes
} MnTurnJob;

/// Makes a job in a pool, which the caller frees. The model has a decoder. What the order
/// points to is copied. @return NULL if the pool is exhausted.
MnTurnJob*
mn_turn_job_new(MnTlsf*            pool,
                MnModel const*     model,
                MnKernel const*    kernel,
                MnTurnOrder const* order) MN_REALTIME;

/// Goes on with a job for one unit of the encoder or decoder. @return true once it is done.
bool
mn_turn_job_run(MnTurnJob* job) MN_REALTIME;

#endif // MN_TURN_JOB_H
