// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Has windows encoded: by the worker, or in run() where the host has none or freewheels.
/// All functions: audio thread, bounded work.

#ifndef MN_ENCODE_REQUESTS_H
#define MN_ENCODE_REQUESTS_H

#include "encode_queue.h"
#include "host_features.h"
#include "long_memory.h"
#include "model_swap.h"

typedef struct {
  MnHostFeatures const* host;
  MnKernel const*       kernel;
  MnEncodeQueue         queue;
  MnLongMemory          second;
  uint32_t              block;      ///< frames in this block
  uint32_t              credit;     ///< frames not yet spent on units in run()
  uint64_t              unanswered; ///< frames since the worker dealt with a message
} MnEncodeRequests;

/// Starts anew: mn_encode_queue_restart(). For activate().
void
mn_encode_requests_restart(MnEncodeRequests* requests) MN_REALTIME;

/// The model is another one. There are no jobs.
static inline void
mn_encode_requests_set_model(MnEncodeRequests* const requests, MnModel const* const model)
{
  mn_long_memory_set_model(&requests->second, requests->queue.pool, model);
}

/// Begins a block.
static inline void
mn_encode_requests_begin_block(MnEncodeRequests* const requests, uint32_t const frames)
{
  requests->block = frames;
  mn_encode_queue_begin_block(&requests->queue);
}

/// Has a complete window encoded by the current model. It waits while another model is to
/// come. While freewheeling, or with a worker that works on the spot, its result can be
/// taken at once.
void
mn_encode_requests_add(MnEncodeRequests*  requests,
                       MnModelSwap const* models,
                       MnWindow const*    window,
                       bool               freewheeling) MN_REALTIME;

/// Goes on at the start of a block: starts the window that waits, if it may, and sends the
/// worker what messages are due.
void
mn_encode_requests_go_on(MnEncodeRequests*  requests,
                         MnModelSwap const* models,
                         bool               freewheeling) MN_REALTIME;

/// Without a worker: encodes as much as the frames of the block allow, at its end.
void
mn_encode_requests_run(MnEncodeRequests* requests, MnModelSwap const* models) MN_REALTIME;

#endif // MN_ENCODE_REQUESTS_H
