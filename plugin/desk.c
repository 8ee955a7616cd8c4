// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "desk.h"

void
mn_desk_init(MnDesk* const desk)
{
  atomic_init(&desk->put, 0);
  atomic_init(&desk->taken, 0);
  atomic_init(&desk->in_use, false);
  atomic_init(&desk->pace, MN_SLICE_UNITS);
  desk->sent = 0;
  atomic_init(&desk->served, 0);
}

void
mn_desk_forget_pace(MnDesk* const desk)
{
  atomic_store_explicit(&desk->pace, MN_SLICE_UNITS, memory_order_relaxed);
}

void
mn_desk_put(MnDesk* const desk, MnJob* const job)
{
  unsigned const put = atomic_load_explicit(&desk->put, memory_order_relaxed);
  desk->jobs[put % MN_JOBS_AT_ONCE] = job;
  atomic_store_explicit(&desk->put, put + 1, memory_order_release);
}

// Messages that the worker has yet to deal with.
static MN_REALTIME unsigned
under_way(MnDesk* const desk)
{
  return desk->sent - atomic_load_explicit(&desk->served, memory_order_acquire);
}

bool
mn_desk_take_back(MnDesk* const desk)
{
  if (under_way(desk) || !mn_desk_has_work(desk)) {
    return false;
  }
  atomic_fetch_sub_explicit(&desk->put, 1, memory_order_relaxed);
  return true;
}

unsigned
mn_desk_wants(MnDesk* const desk, unsigned const ahead)
{
  unsigned const put  = atomic_load_explicit(&desk->put, memory_order_relaxed);
  unsigned const pace = atomic_load_explicit(&desk->pace, memory_order_relaxed);
  unsigned       left = 0;
  // A job stays in memory, done or not, until run() frees it.
  for (unsigned i = atomic_load_explicit(&desk->taken, memory_order_acquire); i != put;
       ++i) {
    left +=
      atomic_load_explicit(&desk->jobs[i % MN_JOBS_AT_ONCE]->left, memory_order_relaxed);
  }
  unsigned const needed = left / pace + (left % pace != 0);
  unsigned const most   = needed < ahead ? needed : ahead;
  unsigned const there  = under_way(desk);
  return most > there ? most - there : 0;
}

// Hosts must not work for an instance on two threads at once, but one that begins to
// freewheel may work in run() while its worker is at an earlier message.
static MN_REALTIME bool
begin(MnDesk* const desk)
{
  return !atomic_exchange_explicit(&desk->in_use, true, memory_order_acquire);
}

static MN_REALTIME void
end(MnDesk* const desk)
{
  atomic_store_explicit(&desk->in_use, false, memory_order_release);
}

static MN_REALTIME MnJob*
first(MnDesk* const desk)
{
  return mn_desk_has_work(desk)
           ? desk->jobs[atomic_load_explicit(&desk->taken, memory_order_relaxed) %
                        MN_JOBS_AT_ONCE]
           : NULL;
}

// From here on the job is run()'s, which may free it at once.
static MN_REALTIME void
hand_over(MnDesk* const desk, MnJob* const job)
{
  atomic_fetch_add_explicit(&desk->taken, 1, memory_order_release);
  mn_job_finish(job);
}

void
mn_desk_run(MnDesk* const desk, unsigned const budget)
{
  if (!begin(desk)) {
    return;
  }
  MnJob* job;
  for (unsigned i = 0; i < budget && (job = first(desk)); ++i) {
    if (mn_job_run(job, 1)) {
      hand_over(desk, job);
    }
  }
  end(desk);
}

// The speed of a slice may be disturbed by what else the machine does: the mean of
// it and those before counts.
static void
keep_pace(MnDesk* const desk, unsigned const units, double const ms)
{
  enum { INERTIA = 3, MOST = 1 << 16 };
  double const   measured = units * MN_SLICE_MS;
  unsigned const pace     = measured < MOST * ms ? (unsigned)(measured / ms) : MOST;
  unsigned const before   = atomic_load_explicit(&desk->pace, memory_order_relaxed);
  unsigned const mean     = (INERTIA * before + pace) / (INERTIA + 1);
  atomic_store_explicit(&desk->pace, mean ? mean : 1, memory_order_relaxed);
}

// Ends before a unit that would take it beyond its time, were it like the others.
static void
work_a_slice(MnDesk* const desk, MnClock const now_ms)
{
  double const start  = now_ms();
  double       before = start;
  unsigned     units  = 0;
  MnJob*       job;
  while ((before - start) * (units + 1) <= MN_SLICE_MS * units && (job = first(desk))) {
    bool const   complete = mn_job_run(job, 1);
    double const now      = now_ms();
    job->encode_ms += (float)(now - before);
    before = now;
    ++units;
    if (complete) {
      hand_over(desk, job);
    }
  }
  if (units) {
    keep_pace(desk, units, before - start);
  }
}

void
mn_desk_serve(MnDesk* const desk, MnClock const now_ms)
{
  if (begin(desk)) {
    work_a_slice(desk, now_ms);
    end(desk);
  }
  atomic_fetch_add_explicit(&desk->served, 1, memory_order_release);
}
