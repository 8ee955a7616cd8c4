// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The model that plays, and its change while run() goes on.
///
/// A loader, which may be any thread but the audio thread, publishes a model in
/// `incoming`. run() takes it once no job uses the old one, and leaves the old one in
/// `retired`, which any other thread may free. run() itself asks for a model by a request
/// in the instance's pool. It offers the request in `offered` and sends the worker a message;
/// who takes the request from there, has it: the worker to load it, or run() to offer it
/// again since the message was lost.

#ifndef MN_MODEL_SWAP_H
#define MN_MODEL_SWAP_H

#include "base/tlsf.h"
#include "host_features.h"
#include "model/model.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/// A request to load a model.
typedef struct {
  atomic_bool done; ///< it is run()'s again
  char        path[];
} MnLoadRequest;

typedef struct {
  MnHostFeatures const* host;
  char*                 default_model; ///< path in the bundle

  // The audio thread's own.
  MnTlsf*        pool;       ///< of the requests
  MnModel*       model;      ///< the one that plays; NULL: none could be loaded
  MnLoadRequest* wanted;     ///< the newest request, not yet offered
  MnLoadRequest* loading;    ///< the one that was offered, until it is done
  bool           collecting; ///< the worker was told to free the old model
  uint64_t       unanswered; ///< frames since the worker was told anything

  // Between threads.
  _Atomic(MnLoadRequest*) offered;
  _Atomic(MnModel*)       incoming;
  _Atomic(MnModel*)       retired;
  atomic_bool             failed; ///< raised by loaders alone, lowered by run() alone
  MnError failure; ///< written while `failed` is false, read while it is true

  // Among the threads that are not the audio thread.
  pthread_mutex_t lock;
  char*           path;        ///< of the model that is wanted, NULL: the bundle's
  bool            has_default; ///< the newest model published is the bundle's
} MnModelSwap;

/// Starts without a model. `host` and `pool` must outlive the swap.
/// @return false if memory is exhausted.
bool
mn_model_swap_init(MnModelSwap*          swap,
                   MnHostFeatures const* host,
                   MnTlsf*               pool,
                   char const*           bundle_path);

/// Releases all models.
void
mn_model_swap_free(MnModelSwap* swap);

/// Loads a model and publishes it. If that fails, the reason is logged and the old one
/// plays on. Any thread but the audio thread, as the next ones.
///
/// @param path The file; NULL for the bundle's own.
/// @param keep Whether mn_model_swap_path() is that of a model that fails to load too.
bool
mn_model_swap_load(MnModelSwap* swap, char const* path, bool keep);

/// Takes the request that is offered, if there is one, loads what it asks for, and marks it as
/// done.
void
mn_model_swap_serve(MnModelSwap* swap);

/// Frees the model that run() has let go.
void
mn_model_swap_collect(MnModelSwap* swap);

/// Copies the wanted model's path to `path`, NULL for the bundle's. The caller frees it.
/// @return false if memory is exhausted, which is logged.
bool
mn_model_swap_path(MnModelSwap* swap, char** path);

/// Whether the bundle's model is the newest already. Then it is also the wanted one.
bool
mn_model_swap_keep_default(MnModelSwap* swap);

/// Whether anything is under way. Audio thread, as the next ones.
static inline bool
mn_model_swap_is_busy(MnModelSwap const* const swap)
{
  return swap->wanted || swap->loading || swap->collecting ||
         atomic_load_explicit(&swap->incoming, memory_order_relaxed) ||
         atomic_load_explicit(&swap->retired, memory_order_relaxed);
}

/// Whether a model is there to take. Until it is taken no job may start with the old one.
static inline bool
mn_model_swap_is_coming(MnModelSwap const* const swap)
{
  return atomic_load_explicit(&swap->incoming, memory_order_relaxed);
}

/// Asks for a model; the newest wish wins. @return NULL, or why it cannot be loaded, which is
/// logged.
///
/// @param path Of `length` bytes, which need not end with a 0.
MnError const*
mn_model_swap_ask(MnModelSwap* swap, char const* path, size_t length) MN_REALTIME;

/// Frees a request that is done. @return whether there was one: if it failed, the old
/// model plays on.
bool
mn_model_swap_finish(MnModelSwap* swap) MN_REALTIME;

/// Makes a model that was published the one that plays, if there is one and the one before
/// the old one is freed. No job may use the old one, which any thread may free now.
bool
mn_model_swap_take(MnModelSwap* swap) MN_REALTIME;

/// Sends the worker the messages that are due: to load a model, to free the old one. Those
/// that were not answered for long are due again.
///
/// @param frames In the block before, or this one.
void
mn_model_swap_send(MnModelSwap* swap, uint32_t frames) MN_REALTIME;

/// Takes the messages that were sent for lost: they are due again. For activate().
void
mn_model_swap_forget_messages(MnModelSwap* swap) MN_REALTIME;

/// Why the last model could not be loaded, until mn_model_swap_forget_failure(); else NULL.
static inline MnError const*
mn_model_swap_failure(MnModelSwap const* const swap)
{
  return atomic_load_explicit(&swap->failed, memory_order_acquire) ? &swap->failure : NULL;
}

static inline void
mn_model_swap_forget_failure(MnModelSwap* const swap)
{
  atomic_store_explicit(&swap->failed, false, memory_order_release);
}

#endif // MN_MODEL_SWAP_H
