// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Keeps counts that the plugin must agree with: windows that close, windows that no
/// longer count, and models. The linker redirects the calls of these functions here
/// (--wrap).

#include "hell.h"

#include <stdatomic.h>

static HellInstance* current;
static uint64_t      windows;
static atomic_long   models;

void
__real_mn_encode_requests_add(MnEncodeRequests*  requests,
                              MnModelSwap const* swap,
                              MnWindow const*    window,
                              bool               freewheeling);
void
__wrap_mn_encode_requests_add(MnEncodeRequests*  requests,
                              MnModelSwap const* swap,
                              MnWindow const*    window,
                              bool               freewheeling);
void
__real_mn_encode_queue_drop(MnEncodeQueue* queue);
void
__wrap_mn_encode_queue_drop(MnEncodeQueue* queue);
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
__wrap_mn_encode_requests_add(MnEncodeRequests* const  requests,
                              MnModelSwap const* const swap,
                              MnWindow const* const    window,
                              bool const               freewheeling)
{
  ++current->closed;
  ++windows;
  __real_mn_encode_requests_add(requests, swap, window, freewheeling);
}

// Windows being encoded or waiting no longer count; those already counted still do.
void
__wrap_mn_encode_queue_drop(MnEncodeQueue* const queue)
{
  if (current->monitor) {
    current->closed = (uint64_t)current->monitor->windows + queue->late;
  }
  __real_mn_encode_queue_drop(queue);
}

// Counting starts over.
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
