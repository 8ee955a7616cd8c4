// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "turn_work.h"

#include "work.h"

#include <limits.h>

// A slice of work takes no longer than this, if one unit does not.
static double const slice_ms = 1.0;

// Messages under way at once.
enum { AHEAD_LEAST = 2, AHEAD_MOST = 64 };

void
mn_turn_work_init(MnTurnWork* const           w,
                  MnHostFeatures const* const host,
                  MnKernel const* const       kernel,
                  MnTlsf* const               pool)
{
  *w = (MnTurnWork){.host = host, .kernel = kernel, .pool = pool};
  atomic_init(&w->working, false);
  atomic_init(&w->in_use, false);
  atomic_init(&w->served, 0);
}

static MN_REALTIME bool
is_working(MnTurnWork* const w)
{
  return atomic_load_explicit(&w->working, memory_order_acquire);
}

// Hosts must not work for an instance on two threads at once, but one that begins to
// freewheel may work in run() while its worker is at an earlier message.
static MN_REALTIME bool
begin(MnTurnWork* const w)
{
  return !atomic_exchange_explicit(&w->in_use, true, memory_order_acquire);
}

static MN_REALTIME void
end(MnTurnWork* const w)
{
  atomic_store_explicit(&w->in_use, false, memory_order_release);
}

// From here on the job is run()'s, which may free it at once.
static MN_REALTIME void
give_back(MnTurnWork* const w)
{
  atomic_store_explicit(&w->working, false, memory_order_release);
}

static MN_REALTIME void
work_units(MnTurnWork* const w, unsigned const budget)
{
  if (!begin(w)) {
    return;
  }
  for (unsigned i = 0; i < budget && is_working(w); ++i) {
    if (mn_turn_job_run(w->job)) {
      give_back(w);
    }
  }
  end(w);
}

static MN_REALTIME unsigned
under_way(MnTurnWork* const w)
{
  unsigned const done = atomic_load_explicit(&w->served, memory_order_acquire);
  if ((int)(w->sent - done) < 0) {
    w->sent = done; // one that was taken for lost has come
  }
  return w->sent - done;
}

// As many messages as fill half of a block: the worker then also gets to what others have sent.
static MN_REALTIME void
send_slices(MnTurnWork* const w)
{
  double const   slices = w->block * 500.0 / w->host->rate / slice_ms;
  unsigned const ahead  = slices <= AHEAD_LEAST  ? AHEAD_LEAST
                          : slices >= AHEAD_MOST ? AHEAD_MOST
                                                 : (unsigned)slices;
  for (unsigned there = under_way(w); there < ahead && is_working(w); ++there) {
    ++w->sent; // first, since the host may work on the spot
    if (!mn_work_send(w->host, MN_WORK_ENCODE)) {
      --w->sent;
      return;
    }
  }
}

bool
mn_turn_work_begin(MnTurnWork* const        w,
                   MnModel const* const     model,
                   MnTurnOrder const* const order,
                   bool const               freewheeling)
{
  if (w->job) {
    return false;
  }
  w->job   = mn_turn_job_new(w->pool, model, w->kernel, order);
  w->stale = false;
  if (!w->job) {
    return false;
  }
  if (freewheeling) {
    // Whatever the worker is at: an export is the same every time.
    while (!mn_turn_job_run(w->job)) {
    }
    return true;
  }
  atomic_store_explicit(&w->working, true, memory_order_release);
  if (w->host->schedule) {
    send_slices(w);
  }
  return true;
}

static MN_REALTIME void
forget_lost(MnTurnWork* const w)
{
  unsigned const before = w->seen;
  w->seen               = atomic_load_explicit(&w->served, memory_order_acquire);
  bool const answered   = w->seen != before || !under_way(w);
  w->unanswered         = answered ? 0 : w->unanswered + w->block;
  if (w->unanswered > MN_WORK_PATIENCE * w->host->rate) {
    w->sent       = w->seen;
    w->unanswered = 0;
  }
}

void
mn_turn_work_go_on(MnTurnWork* const w, uint32_t const frames, bool const freewheeling)
{
  w->block = frames;
  if (!w->job) {
    return;
  }
  forget_lost(w);
  if (freewheeling) {
    work_units(w, UINT_MAX); // an export waits for it
  } else if (w->host->schedule) {
    send_slices(w);
  }
}

void
mn_turn_work_run(MnTurnWork* const w)
{
  enum { PRODUCTS_PER_FRAME = 1 << 13, LEAST_FRAMES = 8 };
  if (w->host->schedule || !w->job || !is_working(w)) {
    w->credit = 0;
    return;
  }
  uint32_t const price  = MN_UNIT_PRODUCTS / PRODUCTS_PER_FRAME;
  uint32_t const frames = price < LEAST_FRAMES ? LEAST_FRAMES : price;
  uint32_t const hidden = w->job->model->hidden;
  uint32_t const own    = 4 * hidden * hidden / PRODUCTS_PER_FRAME;
  uint32_t const unit   = own < LEAST_FRAMES ? LEAST_FRAMES : own < frames ? own : frames;
  w->credit += w->block;
  work_units(w, w->credit / unit);
  w->credit %= unit;
}

uint8_t const*
mn_turn_work_tokens(MnTurnWork* const w, uint64_t const turn)
{
  return w->job && !w->stale && w->job->order.turn == turn &&
             atomic_load_explicit(&w->job->written, memory_order_acquire)
           ? w->job->tokens
           : NULL;
}

MnTurnJob*
mn_turn_work_done(MnTurnWork* const w)
{
  if (!w->job || is_working(w)) {
    return NULL;
  }
  if (w->stale) {
    mn_turn_work_remove(w);
    return NULL;
  }
  return w->job;
}

void
mn_turn_work_remove(MnTurnWork* const w)
{
  mn_tlsf_free(w->pool, w->job);
  w->job   = NULL;
  w->stale = false;
}

void
mn_turn_work_restart(MnTurnWork* const w)
{
  w->sent       = atomic_load_explicit(&w->served, memory_order_acquire);
  w->unanswered = 0;
  w->credit     = 0;
  mn_turn_work_drop(w);
  if (begin(w)) {
    if (w->job) {
      give_back(w);
      mn_turn_work_remove(w);
    }
    end(w);
  }
}

void
mn_turn_work_serve(MnTurnWork* const w, MnClock const now_ms)
{
  if (begin(w)) {
    double const start = now_ms();
    double       now   = start;
    // Ends before a unit that would take it beyond its time, were it like the others.
    for (unsigned units = 0;
         (now - start) * (units + 1) <= slice_ms * units && is_working(w);
         ++units) {
      if (mn_turn_job_run(w->job)) {
        give_back(w);
      }
      now = now_ms();
    }
    end(w);
  }
  atomic_fetch_add_explicit(&w->served, 1, memory_order_release);
}
