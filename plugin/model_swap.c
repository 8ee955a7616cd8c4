// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_swap.h"

#include "models.h"
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PATH = 4096 };

static char const default_model_file[] = "melody-2bar-open.safetensors";

static char*
join(char const* const folder, char const* const file)
{
  size_t const length = strlen(folder);
  bool const   slash  = length && folder[length - 1] == '/';
  char*        path   = NULL;
  return asprintf(&path, "%s%s%s", folder, slash ? "" : "/", file) < 0 ? NULL : path;
}

bool
mn_model_swap_init(MnModelSwap* const          swap,
                   MnHostFeatures const* const host,
                   MnTlsf* const               pool,
                   char const* const           bundle_path)
{
  *swap = (MnModelSwap){
    .host          = host,
    .pool          = pool,
    .default_model = join(bundle_path, default_model_file),
  };
  if (!swap->default_model) {
    return false;
  }
  atomic_init(&swap->offered, NULL);
  atomic_init(&swap->incoming, NULL);
  atomic_init(&swap->retired, NULL);
  atomic_init(&swap->failed, false);
  pthread_mutex_init(&swap->lock, NULL);
  return true;
}

void
mn_model_swap_free(MnModelSwap* const swap)
{
  mn_models_release(swap->model);
  mn_models_release(atomic_load(&swap->incoming));
  mn_models_release(atomic_load(&swap->retired));
  pthread_mutex_destroy(&swap->lock);
  free(swap->path);
  free(swap->default_model);
}

// Logs a failure. Of several at a time run() gets the first.
static void
fail(MnModelSwap* const swap, MnError const* const error)
{
  LV2_Log_Logger logger = swap->host->logger;
  lv2_log_error(&logger, "music-neurons: %s\n", error->text);
  pthread_mutex_lock(&swap->lock);
  if (!atomic_load_explicit(&swap->failed, memory_order_acquire)) {
    swap->failure = *error;
    atomic_store_explicit(&swap->failed, true, memory_order_release);
  }
  pthread_mutex_unlock(&swap->lock);
}

bool
mn_model_swap_load(MnModelSwap* const swap, char const* const path, bool const keep)
{
  MnError    error  = {0};
  char*      copy   = path ? strdup(path) : NULL;
  bool const copied = copy || !path;
  MnModel*   model  = NULL;
  if (copied) {
    model = mn_models_get(path ? path : swap->default_model, &error);
  } else {
    mn_error_set(&error, MN_STATUS_NO_MEMORY, "%s: out of memory", path);
  }
  if (!model) {
    fail(swap, &error);
  }

  pthread_mutex_lock(&swap->lock);
  if (model || (keep && copied)) {
    char* const old = swap->path;
    swap->path      = copy;
    copy            = old;
  }
  if (model) {
    swap->has_default = !path;
    // run() has not taken the one before: nobody uses it.
    mn_models_release(atomic_exchange(&swap->incoming, model));
  }
  pthread_mutex_unlock(&swap->lock);
  free(copy);
  return model;
}

void
mn_model_swap_serve(MnModelSwap* const swap)
{
  MnLoadRequest* const request = atomic_exchange(&swap->offered, NULL);
  if (request) {
    mn_model_swap_load(swap, request->path, false);
    atomic_store_explicit(&request->done, true, memory_order_release);
  }
}

void
mn_model_swap_collect(MnModelSwap* const swap)
{
  mn_models_release(atomic_exchange(&swap->retired, NULL));
}

bool
mn_model_swap_path(MnModelSwap* const swap, char** const path)
{
  pthread_mutex_lock(&swap->lock);
  *path             = swap->path ? strdup(swap->path) : NULL;
  bool const copied = *path || !swap->path;
  pthread_mutex_unlock(&swap->lock);
  if (!copied) {
    LV2_Log_Logger logger = swap->host->logger;
    lv2_log_error(&logger, "music-neurons: state: out of memory\n");
  }
  return copied;
}

bool
mn_model_swap_keep_default(MnModelSwap* const swap)
{
  pthread_mutex_lock(&swap->lock);
  bool const has = swap->has_default;
  if (has) {
    free(swap->path); // of a model that could not be loaded
    swap->path = NULL;
  }
  pthread_mutex_unlock(&swap->lock);
  return has;
}

// The host must take messages of the type log:Trace on the audio thread without waiting.
MN_TRUST_BEGIN
static MN_REALTIME MnError const*
refuse(MnModelSwap const* const swap, MnError const* const why)
{
  LV2_Log_Logger logger = swap->host->logger;
  lv2_log_trace(&logger, "music-neurons: %s\n", why->text);
  return why;
}
MN_TRUST_END

static MnError const no_worker = {MN_STATUS_UNSUPPORTED,
                                  "this host gives no way to load a model"};
static MnError const too_long  = {MN_STATUS_UNSUPPORTED,
                                  "the path of the model is too long"};
static MnError const no_memory = {MN_STATUS_NO_MEMORY, "out of memory to load a model"};

MnError const*
mn_model_swap_ask(MnModelSwap* const swap, char const* const path, size_t const length)
{
  if (!swap->host->schedule) {
    return refuse(swap, &no_worker);
  }
  if (length >= MAX_PATH) {
    return refuse(swap, &too_long);
  }
  MnLoadRequest* const request =
    (MnLoadRequest*)mn_tlsf_malloc(swap->pool, sizeof(MnLoadRequest) + length + 1);
  if (!request) {
    return refuse(swap, &no_memory);
  }
  atomic_init(&request->done, false);
  memcpy(request->path, path, length);
  request->path[length] = '\0';
  mn_tlsf_free(swap->pool, swap->wanted);
  swap->wanted = request;
  return NULL;
}

bool
mn_model_swap_finish(MnModelSwap* const swap)
{
  if (!swap->loading || !atomic_load_explicit(&swap->loading->done, memory_order_acquire)) {
    return false;
  }
  mn_tlsf_free(swap->pool, swap->loading);
  swap->loading = NULL;
  return true;
}

bool
mn_model_swap_take(MnModelSwap* const swap)
{
  if (!mn_model_swap_is_coming(swap) ||
      atomic_load_explicit(&swap->retired, memory_order_acquire)) {
    return false;
  }
  MnModel* const old = swap->model;
  swap->model      = atomic_exchange_explicit(&swap->incoming, NULL, memory_order_acq_rel);
  swap->collecting = false; // a message for the one before may be done
  atomic_store_explicit(&swap->retired, old, memory_order_release);
  return true;
}

static MN_REALTIME void
offer(MnModelSwap* const swap)
{
  swap->loading = swap->wanted;
  swap->wanted  = NULL;
  atomic_store_explicit(&swap->offered, swap->loading, memory_order_release);
}

// Makes the request that is offered wanted again, unless there is a newer one, or the worker
// has taken it.
static MN_REALTIME void
take_back(MnModelSwap* const swap)
{
  MnLoadRequest* const request = swap->loading;
  MnLoadRequest*       there   = request;
  if (!request || !atomic_compare_exchange_strong(&swap->offered, &there, NULL)) {
    return;
  }
  swap->loading = NULL;
  if (swap->wanted) {
    mn_tlsf_free(swap->pool, request);
  } else {
    swap->wanted = request;
  }
}

void
mn_model_swap_forget_messages(MnModelSwap* const swap)
{
  take_back(swap);
  swap->collecting = false;
  swap->unanswered = 0;
}

void
mn_model_swap_send(MnModelSwap* const swap, uint32_t const frames)
{
  MnHostFeatures const* const host = swap->host;
  swap->unanswered += frames;
  if (swap->unanswered > MN_WORK_PATIENCE * host->rate) {
    mn_model_swap_forget_messages(swap);
  }
  if (swap->wanted && !swap->loading) {
    offer(swap);
    swap->unanswered = 0;
    if (!mn_work_send(host, MN_WORK_LOAD)) {
      take_back(swap);
    }
  }
  if (!atomic_load_explicit(&swap->retired, memory_order_relaxed)) {
    swap->collecting = false;
  } else if (!swap->collecting) {
    swap->unanswered = 0;
    swap->collecting = mn_work_send(host, MN_WORK_COLLECT);
  }
}
