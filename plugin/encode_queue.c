// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encode_queue.h"

#include <assert.h>

void
mn_encode_queue_init(MnEncodeQueue* const queue, MnTlsf* const pool)
{
  *queue = (MnEncodeQueue){.pool = pool};
  for (unsigned i = 0; i < MN_JOBS_AT_ONCE; ++i) {
    atomic_init(&queue->places[i].encoding, false);
  }
  atomic_init(&queue->in_use, false);
  atomic_init(&queue->pace, MN_SLICE_UNITS);
  atomic_init(&queue->served, 0);
}

// The `i`th place from that of the oldest job on.
static MN_REALTIME MnPlace*
place(MnEncodeQueue* const queue, unsigned const i)
{
  return &queue->places[(queue->first + i) % MN_JOBS_AT_ONCE];
}

static MN_REALTIME bool
is_encoding(MnPlace* const p)
{
  return atomic_load_explicit(&p->encoding, memory_order_acquire);
}

void
mn_encode_queue_add(MnEncodeQueue* const queue, MnJob* const job, bool const encode)
{
  MnPlace* const p = place(queue, queue->count);
  p->job           = job;
  p->number        = queue->first + queue->count;
  atomic_store_explicit(&p->encoding, encode, memory_order_release);
  ++queue->count;
  ++queue->fresh;
}

void
mn_encode_queue_wait(MnEncodeQueue* const queue, MnWindow const* const window)
{
  queue->late += queue->has_waiting;
  queue->has_waiting = true;
  queue->waiting     = *window;
}

bool
mn_encode_queue_take_waiting(MnEncodeQueue* const queue, MnWindow* const window)
{
  if (!queue->has_waiting || queue->count) {
    return false;
  }
  queue->has_waiting = false;
  *window            = queue->waiting;
  return true;
}

static MN_REALTIME unsigned
served(MnEncodeQueue* const queue)
{
  return atomic_load_explicit(&queue->served, memory_order_acquire);
}

// Messages that the worker has yet to deal with.
static MN_REALTIME unsigned
under_way(MnEncodeQueue* const queue)
{
  unsigned const done = served(queue);
  if ((int)(queue->sent - done) < 0) {
    queue->sent = done; // one that was taken for lost has come
  }
  return queue->sent - done;
}

bool
mn_encode_queue_is_answered(MnEncodeQueue* const queue)
{
  unsigned const before = queue->seen;
  queue->seen           = served(queue);
  return queue->seen != before || !under_way(queue);
}

void
mn_encode_queue_forget_messages(MnEncodeQueue* const queue)
{
  queue->sent = served(queue);
}

bool
mn_encode_queue_take_back(MnEncodeQueue* const queue)
{
  assert(queue->count && queue->fresh && !queue->has_waiting);
  MnPlace* const p = place(queue, queue->count - 1);
  if (under_way(queue) || !is_encoding(p)) {
    return false;
  }
  atomic_store_explicit(&p->encoding, false, memory_order_relaxed);
  --queue->count;
  --queue->fresh;
  mn_encode_queue_wait(queue, &p->job->window);
  mn_tlsf_free(queue->pool, p->job);
  p->job = NULL;
  return true;
}

void
mn_encode_queue_remove(MnEncodeQueue* const queue)
{
  MnPlace* const p = place(queue, 0);
  mn_tlsf_free(queue->pool, p->job);
  p->job = NULL;
  ++queue->first;
  --queue->count;
  queue->fresh = queue->fresh < queue->count ? queue->fresh : queue->count;
}

MnJob*
mn_encode_queue_done(MnEncodeQueue* const queue)
{
  while (queue->count && !is_encoding(place(queue, 0))) {
    if (!queue->stale) {
      return place(queue, 0)->job;
    }
    --queue->stale;
    mn_encode_queue_remove(queue);
  }
  return NULL;
}

void
mn_encode_queue_drop(MnEncodeQueue* const queue)
{
  queue->stale       = queue->count;
  queue->has_waiting = false;
}

unsigned
mn_encode_queue_wants(MnEncodeQueue* const queue, unsigned const ahead)
{
  unsigned const pace = atomic_load_explicit(&queue->pace, memory_order_relaxed);
  unsigned       left = 0;
  for (unsigned i = 0; i < queue->count; ++i) {
    left += atomic_load_explicit(&place(queue, i)->job->left, memory_order_relaxed);
  }
  unsigned const needed = left / pace + (left % pace != 0);
  unsigned const most   = needed < ahead ? needed : ahead;
  unsigned const there  = under_way(queue);
  return most > there ? most - there : 0;
}

void
mn_encode_queue_forget_pace(MnEncodeQueue* const queue)
{
  atomic_store_explicit(&queue->pace, MN_SLICE_UNITS, memory_order_relaxed);
}

// The oldest place whose job is still to be encoded, NULL if there is none.
//
// run() may take results meanwhile, and add jobs: these are newer.
static MN_REALTIME MnPlace*
oldest(MnEncodeQueue* const queue)
{
  MnPlace* found = NULL;
  for (unsigned i = 0; i < MN_JOBS_AT_ONCE; ++i) {
    MnPlace* const p = &queue->places[i];
    if (is_encoding(p) && (!found || (int)(p->number - found->number) < 0)) {
      found = p;
    }
  }
  return found;
}

bool
mn_encode_queue_has_work(MnEncodeQueue* const queue)
{
  return oldest(queue);
}

// Hosts must not work for an instance on two threads at once, but one that begins to
// freewheel may work in run() while its worker is at an earlier message.
static MN_REALTIME bool
begin(MnEncodeQueue* const queue)
{
  return !atomic_exchange_explicit(&queue->in_use, true, memory_order_acquire);
}

static MN_REALTIME void
end(MnEncodeQueue* const queue)
{
  atomic_store_explicit(&queue->in_use, false, memory_order_release);
}

// From here on the job is run()'s, which may free it at once.
static MN_REALTIME void
give_back(MnPlace* const p)
{
  atomic_store_explicit(&p->encoding, false, memory_order_release);
}

void
mn_encode_queue_restart(MnEncodeQueue* const queue)
{
  mn_encode_queue_forget_messages(queue);
  mn_encode_queue_drop(queue);
  if (!begin(queue)) {
    return;
  }
  while (queue->count) {
    give_back(place(queue, 0));
    mn_encode_queue_remove(queue);
  }
  queue->stale = 0;
  end(queue);
}

void
mn_encode_queue_run(MnEncodeQueue* const queue, unsigned const budget)
{
  if (!begin(queue)) {
    return;
  }
  MnPlace* p;
  for (unsigned i = 0; i < budget && (p = oldest(queue)); ++i) {
    if (mn_job_run(p->job, 1)) {
      give_back(p);
    }
  }
  end(queue);
}

// What else the machine does may disturb the speed of a slice: the mean of it and those
// before counts.
static void
keep_pace(MnEncodeQueue* const queue, unsigned const units, double const ms)
{
  enum { INERTIA = 3, MOST = 1 << 16 };
  double const   measured = units * MN_SLICE_MS;
  unsigned const pace     = measured < MOST * ms ? (unsigned)(measured / ms) : MOST;
  unsigned const before   = atomic_load_explicit(&queue->pace, memory_order_relaxed);
  unsigned const mean     = (INERTIA * before + pace) / (INERTIA + 1);
  atomic_store_explicit(&queue->pace, mean ? mean : 1, memory_order_relaxed);
}

// Ends before a unit that would take it beyond its time, were it like the others.
static void
work_a_slice(MnEncodeQueue* const queue, MnClock const now_ms)
{
  double const start  = now_ms();
  double       before = start;
  unsigned     units  = 0;
  MnPlace*     p;
  while ((before - start) * (units + 1) <= MN_SLICE_MS * units && (p = oldest(queue))) {
    bool const   complete = mn_job_run(p->job, 1);
    double const now      = now_ms();
    p->job->encode_ms += (float)(now - before);
    before = now;
    ++units;
    if (complete) {
      give_back(p);
    }
  }
  if (units) {
    keep_pace(queue, units, before - start);
  }
}

void
mn_encode_queue_serve(MnEncodeQueue* const queue, MnClock const now_ms)
{
  if (begin(queue)) {
    work_a_slice(queue, now_ms);
    end(queue);
  }
  atomic_fetch_add_explicit(&queue->served, 1, memory_order_release);
}
