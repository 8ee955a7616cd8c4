// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "batches.h"

#include "base/parallel.h"
#include "encoder.h"

#include <stdlib.h>

// Kernels take this many windows at once, so smaller pieces do not pay.
enum { LEAST_WINDOWS = 8 };

// Windows for each processor. A small model encodes them in less than 0.1 s, to which
// starting a thread adds nothing, and a full-size one in less than 1 s.
enum { BUSY_WINDOWS = 64 };

typedef struct {
  char*    room;  // first touched when the worker gets work
  MnBatch* batch; // NULL until then
} Place;

struct MnBatches {
  MnModel const*  model;
  MnKernel const* kernel;
  MnWatch const*  watch; // or NULL
  unsigned        workers;
  Place           places[]; // [workers]
};

// The work of one call.
typedef struct {
  MnBatches*        batches;
  uint8_t const*    tokens;
  size_t            count;
  size_t            piece; // windows
  MnProgress const* progress;
  int32_t*          mu;
  int32_t*          sigma;
} Run;

MnBatches*
mn_batches_new(MnModel const* const model, MnKernel const* const kernel)
{
  return mn_batches_new_on(model, kernel, 0);
}

MnBatches*
mn_batches_new_on(MnModel const* const  model,
                  MnKernel const* const kernel,
                  unsigned const        most)
{
  unsigned const   all     = mn_parallel_workers();
  unsigned const   workers = most && most < all ? most : all;
  MnBatches* const b       = (MnBatches*)calloc(1, sizeof(*b) + workers * sizeof(Place));
  if (!b) {
    return NULL;
  }
  b->model   = model;
  b->kernel  = kernel;
  b->workers = workers;
  for (unsigned i = 0; i < workers; ++i) {
    b->places[i].room = (char*)aligned_alloc(MN_ENCODER_ALIGN, mn_batch_size(model));
    if (!b->places[i].room) {
      mn_batches_free(b);
      return NULL;
    }
  }
  return b;
}

void
mn_batches_free(MnBatches* const b)
{
  for (unsigned i = 0; b && i < b->workers; ++i) {
    free(b->places[i].room);
  }
  free(b);
}

void
mn_batches_watch(MnBatches* const b, MnWatch const* const watch)
{
  b->watch = watch;
}

size_t
mn_batches_windows(MnBatches const* const b)
{
  return (size_t)b->workers * BUSY_WINDOWS;
}

static void
encode_piece(void* const context, size_t const index, unsigned const worker)
{
  Run const* const     r     = (Run const*)context;
  MnModel const* const model = r->batches->model;
  Place* const         place = &r->batches->places[worker];
  size_t const         first = index * r->piece;
  size_t const         left  = r->count - first;
  size_t const         at    = first * model->latent;
  if (!place->batch) {
    place->batch = mn_batch_init(place->room, model, r->batches->kernel);
    mn_batch_watch(place->batch, r->batches->watch);
  }
  mn_batch_run(place->batch,
               r->tokens + first * model->steps,
               (unsigned)(left < r->piece ? left : r->piece),
               r->mu + at,
               r->sigma + at);
}

static void
tell_progress(void* const context, size_t const done)
{
  Run const* const r       = (Run const*)context;
  size_t const     windows = done * r->piece;
  if (r->progress) {
    r->progress->tell(
      r->progress->context, windows < r->count ? windows : r->count, r->count);
  }
}

// The number of windows in a piece. Few windows are divided evenly.
static size_t
piece_of(MnBatches const* const b, size_t const count)
{
  size_t const most  = mn_batch_windows(b->model);
  size_t const share = (count + b->workers - 1) / b->workers;
  size_t const whole = mn_round_up(share, LEAST_WINDOWS);
  return whole < 1 ? 1 : whole < most ? whole : most;
}

void
mn_batches_run(MnBatches* const        b,
               uint8_t const* const    tokens,
               size_t const            count,
               MnProgress const* const progress,
               int32_t* const          mu,
               int32_t* const          sigma)
{
  Run            r   = {b, tokens, count, piece_of(b, count), progress, mu, sigma};
  MnPieces const job = {.count    = (count + r.piece - 1) / r.piece,
                        .workers  = b->workers,
                        .context  = &r,
                        .piece    = encode_piece,
                        .progress = tell_progress};
  mn_parallel_run(&job);
}
