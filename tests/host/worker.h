// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The worker of a host: provides the feature work:schedule, in every kind of
/// HostWorker.

#ifndef MN_HOST_WORKER_H
#define MN_HOST_WORKER_H

#include "host.h"

#include <lv2/worker/worker.h>

typedef struct Worker Worker;

Worker*
worker_new(HostWorker kind);

/// Joins the thread, if there is one, and drops what is queued.
void
worker_free(Worker* worker);

/// The feature's data for the plugin, or NULL.
LV2_Worker_Schedule*
worker_schedule(Worker* worker);

/// Sets the instance to work for, once it exists.
void
worker_attach(Worker* worker, LV2_Handle instance, LV2_Worker_Interface const* interface);

/// Call it after run(): it does the work of HOST_WORKER_AFTER, and delivers the
/// responses.
void
worker_after_run(Worker* worker);

/// Waits until no request is queued or being worked on.
void
worker_settle(Worker* worker);

/// Refuses the next `count` requests, as a full ring buffer would.
void
worker_refuse(Worker* worker, unsigned count);

/// Accepts the next `count` requests, but never works on them.
void
worker_lose(Worker* worker, unsigned count);

/// Accepts the next `count` requests, and refuses all after them.
void
worker_accept(Worker* worker, unsigned count);

/// For HOST_WORKER_AFTER: works on at most `requests` after each run() from now on.
void
worker_limit(Worker* worker, unsigned requests);

/// For HOST_WORKER_AFTER, before it has any request: shares the queue of another
/// worker, which must outlive it. After run() of either instance, work is done for
/// both.
void
worker_join(Worker* worker, Worker* other);

/// The number of queued requests, the number of finished ones, and the longest work()
/// by the clock.
unsigned
worker_queued(Worker* worker);
unsigned
worker_served(Worker* worker);
double
worker_longest_ms(Worker* worker);

/// Sets the clock; NULL for none.
void
worker_set_clock(Worker* worker, double (*now_ms)(void));

#endif // MN_HOST_WORKER_H
