// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encode_requests.h"

#include "work.h"

#include <limits.h>
#include <math.h>

// Messages that fill half of a block: the worker then also gets to what other plugins
// have sent in the block.
static unsigned
slices_ahead(MnEncodeRequests const* const r)
{
  double const slices = r->block * 500.0 / r->host->rate / MN_SLICE_MS;
  return slices <= MN_SLICES_AHEAD_LEAST  ? MN_SLICES_AHEAD_LEAST
         : slices >= MN_SLICES_AHEAD_MOST ? MN_SLICES_AHEAD_MOST
                                          : (unsigned)ceil(slices);
}

// @return false if the host refused a message that was due.
static bool
send_slices(MnEncodeRequests* const r)
{
  MnEncodeQueue* const queue = &r->queue;
  for (unsigned due = mn_encode_queue_wants(queue, slices_ahead(r)); due; --due) {
    ++queue->sent; // first, since the host may work on the spot
    if (!mn_work_send(r->host, MN_WORK_ENCODE)) {
      --queue->sent;
      return false;
    }
  }
  return true;
}

// Makes the job of a window and starts it. A window of another model's length is late, as
// is one for which the pool has no room.
static void
start(MnEncodeRequests* const r,
      MnModel const* const    model,
      MnWindow const* const   window,
      bool const              freewheeling)
{
  MnEncodeQueue* const queue = &r->queue;
  MnJob* const         job   = model && model->steps != window->steps
                                 ? NULL
                                 : mn_job_new(queue->pool, model, r->kernel, r->second.level, window);
  if (!job) {
    ++queue->late;
    return;
  }
  mn_long_memory_add(&r->second, job);
  if (job->scored && freewheeling) {
    // Whatever the worker is at: an export is the same every time.
    mn_job_run(job, UINT_MAX);
  }
  bool const    encode = job->scored && !freewheeling;
  int16_t const place  = job->places.last;
  mn_encode_queue_add(queue, job, encode);
  if (encode && r->host->schedule && !send_slices(r) && mn_encode_queue_take_back(queue)) {
    mn_phrase_forget(&r->second.phrase, place);
  }
}

void
mn_encode_requests_add(MnEncodeRequests* const  r,
                       MnModelSwap const* const models,
                       MnWindow const* const    window,
                       bool const               freewheeling)
{
  if (mn_model_swap_is_coming(models) || !mn_encode_queue_may_start(&r->queue)) {
    mn_encode_queue_wait(&r->queue, window);
  } else {
    start(r, models->model, window, freewheeling);
  }
}

// Takes messages for lost that nobody has answered for long.
static void
forget_lost(MnEncodeRequests* const r)
{
  r->unanswered = mn_encode_queue_is_answered(&r->queue) ? 0 : r->unanswered + r->block;
  if (r->unanswered > MN_WORK_PATIENCE * r->host->rate) {
    mn_encode_queue_forget_messages(&r->queue);
    r->unanswered = 0;
  }
}

void
mn_encode_requests_go_on(MnEncodeRequests* const  r,
                         MnModelSwap const* const models,
                         bool const               freewheeling)
{
  MnWindow window;
  forget_lost(r);
  if (!mn_model_swap_is_coming(models) &&
      mn_encode_queue_take_waiting(&r->queue, &window)) {
    start(r, models->model, &window, freewheeling);
  }
  if (freewheeling) {
    mn_encode_queue_run(&r->queue, UINT_MAX); // an export waits for it
  } else if (r->host->schedule) {
    send_slices(r);
  }
}

void
mn_encode_requests_restart(MnEncodeRequests* const r)
{
  mn_encode_queue_restart(&r->queue);
  r->unanswered = 0;
  r->credit     = 0;
}

void
mn_encode_requests_run(MnEncodeRequests* const r, MnModelSwap const* const models)
{
  enum { PRODUCTS_PER_FRAME = 1 << 13, LEAST_FRAMES = 8 };
  if (r->host->schedule || !mn_encode_queue_has_work(&r->queue)) {
    r->credit = 0;
    return;
  }
  // A step's product has 4 gates of each unit of the LSTM. A unit of work has no more.
  uint32_t const step     = 4 * models->model->hidden * models->model->hidden;
  uint32_t const products = step < MN_UNIT_PRODUCTS ? step : MN_UNIT_PRODUCTS;
  uint32_t const size     = products / PRODUCTS_PER_FRAME;
  uint32_t const price    = size < LEAST_FRAMES ? LEAST_FRAMES : size;
  r->credit += r->block;
  mn_encode_queue_run(&r->queue, r->credit / price);
  r->credit %= price;
}
