// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct {
  MnPieces const* job;
  atomic_size_t   next;
  atomic_size_t   done;
} Shared;

typedef struct {
  Shared*  shared;
  unsigned number;
} Worker;

unsigned
mn_parallel_workers(void)
{
  // The process may be bound to some of the processors.
  cpu_set_t set;
  int const count = sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
  return count < 1 ? 1 : count > MN_MAX_WORKERS ? MN_MAX_WORKERS : (unsigned)count;
}

static void*
work(void* const context)
{
  Worker const* const   w   = (Worker const*)context;
  MnPieces const* const job = w->shared->job;
  for (;;) {
    size_t const index = atomic_fetch_add(&w->shared->next, 1);
    if (index >= job->count) {
      return NULL;
    }
    job->piece(job->context, index, w->number);
    size_t const done = atomic_fetch_add(&w->shared->done, 1) + 1;
    if (w->number == 0 && job->progress) {
      job->progress(job->context, done);
    }
  }
}

void
mn_parallel_run(MnPieces const* const job)
{
  Shared    shared = {.job = job};
  Worker    workers[MN_MAX_WORKERS];
  pthread_t threads[MN_MAX_WORKERS];
  unsigned  started = 1; // this thread is number 0

  unsigned const all    = job->crowded ? MN_MAX_WORKERS : mn_parallel_workers();
  unsigned const wanted = job->workers && job->workers < all ? job->workers : all;
  workers[0]            = (Worker){&shared, 0};
  while (started < wanted && started < job->count) {
    workers[started] = (Worker){&shared, started};
    if (pthread_create(&threads[started], NULL, work, &workers[started])) {
      break; // go on with fewer threads
    }
    ++started;
  }
  work(&workers[0]);
  for (unsigned i = 1; i < started; ++i) {
    pthread_join(threads[i], NULL);
  }
}
