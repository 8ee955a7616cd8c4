// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What happens off the audio thread: encoding, loading and freeing models.

#include "models.h"
#include "monitor.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double
mn_monitor_now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

// Of several failures at a time the first is shown.
static void
fail(MnMonitor* const m, MnError const* const error)
{
  lv2_log_error(&m->host.logger, "music-neurons: %s\n", error->text);
  pthread_mutex_lock(&m->lock);
  if (!atomic_load_explicit(&m->failed, memory_order_acquire)) {
    m->failure = *error;
    atomic_store_explicit(&m->failed, true, memory_order_release);
  }
  pthread_mutex_unlock(&m->lock);
}

bool
mn_monitor_load(MnMonitor* const m, char const* const path, bool const keep)
{
  MnError        error = {""};
  MnModel* const model = mn_models_get(path ? path : m->default_model, &error);
  if (!model) {
    fail(m, &error);
  }

  pthread_mutex_lock(&m->lock);
  if (model || keep) {
    free(m->path);
    m->path = path ? strdup(path) : NULL;
  }
  if (model) {
    m->has_default = !path;
    // One that run() has not taken yet is nobody's.
    mn_models_release(atomic_exchange(&m->incoming, model));
  }
  pthread_mutex_unlock(&m->lock);
  return model;
}

void
mn_monitor_collect(MnMonitor* const m)
{
  mn_models_release(atomic_exchange(&m->retired, NULL));
}

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

  switch (message.kind) {
  case MN_WORK_ENCODE:
    mn_desk_serve(&m->desk, m->now_ms);
    break;
  case MN_WORK_LOAD: {
    MnLoadRequest* const load = (MnLoadRequest*)message.subject;
    mn_monitor_load(m, load->path, false);
    atomic_store_explicit(&load->done, true, memory_order_release);
    break;
  }
  case MN_WORK_COLLECT:
    mn_monitor_collect(m);
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
  return LV2_WORKER_SUCCESS; // nothing is sent: jobs carry their own mark
}

LV2_Worker_Interface const mn_monitor_worker = {work, work_response, NULL};
