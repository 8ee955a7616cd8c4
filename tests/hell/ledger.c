// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Keeps the books that the plugin must agree with. The linker gives the calls of
/// these functions to us (--wrap): windows that close, windows that no longer
/// count, and models.

#include "hell.h"

#include "delegate.h"

#include <stdatomic.h>

static HellInstance* current;
static uint64_t      windows;
static atomic_long   models;

void
__real_mn_delegate_window(MnMonitor* monitor, MnWindow const* window);
void
__wrap_mn_delegate_window(MnMonitor* monitor, MnWindow const* window);
void
__real_mn_jobs_drop_waiting(MnJobs* jobs);
void
__wrap_mn_jobs_drop_waiting(MnJobs* jobs);
void
__real_mn_outputs_init(MnOutputs* outputs);
void
__wrap_mn_outputs_init(MnOutputs* outputs);
MnModel*
__real_mn_model_load(char const* path, MnError* error);
MnModel*
__wrap_mn_model_load(char const* path, MnError* error);
void
__real_mn_model_free(MnModel* model);
void
__wrap_mn_model_free(MnModel* model);

void
hell_ledger_open(HellInstance* const instance)
{
  current = instance;
}

void
__wrap_mn_delegate_window(MnMonitor* const monitor, MnWindow const* const window)
{
  ++current->closed;
  ++windows;
  __real_mn_delegate_window(monitor, window);
}

// Those in work and the one that waits no longer count: those that were counted do.
void
__wrap_mn_jobs_drop_waiting(MnJobs* const jobs)
{
  if (current->monitor) {
    current->closed = (uint64_t)current->monitor->windows + jobs->late;
  }
  __real_mn_jobs_drop_waiting(jobs);
}

// Counting begins anew.
void
__wrap_mn_outputs_init(MnOutputs* const outputs)
{
  current->closed = 0;
  __real_mn_outputs_init(outputs);
}

MnModel*
__wrap_mn_model_load(char const* const path, MnError* const error)
{
  MnModel* const model = __real_mn_model_load(path, error);
  atomic_fetch_add(&models, model != NULL);
  return model;
}

void
__wrap_mn_model_free(MnModel* const model)
{
  atomic_fetch_sub(&models, model != NULL);
  __real_mn_model_free(model);
}

uint64_t
hell_ledger_windows(void)
{
  return windows;
}

long
hell_ledger_models(void)
{
  return atomic_load(&models);
}
