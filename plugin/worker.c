// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The worker: encodes slices of windows, loads and frees models.

#include "monitor.h"
#include "work.h"

#include <string.h>

static LV2_Worker_Status
work(LV2_Handle const                  instance,
     LV2_Worker_Respond_Function const respond,
     LV2_Worker_Respond_Handle const   handle,
     uint32_t const                    size,
     void const* const                 data)
{
  (void)respond;
  (void)handle;
  MnMonitor* const m = (MnMonitor*)instance;
  MnWork           message;
  if (size != sizeof(message)) {
    return LV2_WORKER_ERR_UNKNOWN;
  }
  memcpy(&message, data, sizeof(message));

  switch (message) {
  case MN_WORK_ENCODE:
    mn_encode_queue_serve(&m->requests.queue, m->now_ms);
    break;
  case MN_WORK_LOAD:
    mn_model_swap_serve(&m->swap);
    break;
  case MN_WORK_COLLECT:
    mn_model_swap_collect(&m->swap);
    break;
  }
  return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status
work_response(LV2_Handle const instance, uint32_t const size, void const* const body)
{
  (void)instance;
  (void)size;
  (void)body;
  return LV2_WORKER_SUCCESS; // work() sends no responses: run() looks for results itself
}

// Nothing is left to do once a host has delivered the responses: there is no end_run().
LV2_Worker_Interface const mn_monitor_worker = {work, work_response, NULL};
