// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The worker of a host: work:schedule as its feature, in each of its kinds.

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

/// Says whom to work for, once the instance exists.
void
worker_attach(Worker* worker, LV2_Handle instance, LV2_Worker_Interface const* interface);

/// After run(): does the work of HOST_WORKER_AFTER, delivers the answers.
void
worker_after_run(Worker* worker);

/// Waits until nothing is queued or in work.
void
worker_settle(Worker* worker);

/// How many further requests to refuse, as a full ring does.
void
worker_refuse(Worker* worker, unsigned count);

/// How many further requests to take, before all others are refused.
void
worker_accept(Worker* worker, unsigned count);

/// Of HOST_WORKER_AFTER: works on no more than `requests` after each run() from now on.
void
worker_limit(Worker* worker, unsigned requests);

/// Of HOST_WORKER_AFTER, before it has any request: has it stand in one line with
/// another, which must outlive it. Then either's run() is followed by work for both.
void
worker_join(Worker* worker, Worker* other);

/// Requests that are in the queue, those that were worked on, and the longest work()
/// by a clock.
unsigned
worker_queued(Worker* worker);
unsigned
worker_served(Worker* worker);
double
worker_longest_ms(Worker* worker);

/// The clock, NULL for none.
void
worker_set_clock(Worker* worker, double (*now_ms)(void));

#endif // MN_HOST_WORKER_H
