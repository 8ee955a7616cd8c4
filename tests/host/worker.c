// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Under RealtimeSanitizer run() is watched, but what the host does inside
// schedule_work() is the host's: real ones have a lock-free ring there.
#if defined(__has_feature)
#  if __has_feature(realtime_sanitizer)
#    include <sanitizer/rtsan_interface.h>
#    define BEGIN_HOST() __rtsan_disable()
#    define END_HOST()   __rtsan_enable()
#  endif
#endif
#ifndef BEGIN_HOST
#  define BEGIN_HOST() ((void)0)
#  define END_HOST()   ((void)0)
#endif

enum { RING = 64, LARGEST_MESSAGE = 256 };

typedef struct {
  uint32_t size;
  char     data[LARGEST_MESSAGE];
} Message;

struct Worker {
  HostWorker                  kind;
  LV2_Worker_Schedule         schedule;
  LV2_Handle                  instance;
  LV2_Worker_Interface const* interface;
  pthread_t                   thread;
  pthread_mutex_t             lock;
  pthread_cond_t              changed;
  Message                     requests[RING];
  unsigned                    count;
  Message                     answers[RING];
  unsigned                    answer_count;
  bool                        busy;
  bool                        quit;
  unsigned                    refuse;
};

static LV2_Worker_Status
respond(LV2_Worker_Respond_Handle const handle, uint32_t const size, void const* const data)
{
  Worker* const w = (Worker*)handle;
  if (w->kind == HOST_WORKER_INLINE) {
    return w->interface->work_response(w->instance, size, data);
  }
  pthread_mutex_lock(&w->lock);
  bool const fits = w->answer_count < RING && size <= LARGEST_MESSAGE;
  if (fits) {
    Message* const answer = &w->answers[w->answer_count++];
    answer->size          = size;
    memcpy(answer->data, data, size);
  }
  pthread_mutex_unlock(&w->lock);
  return fits ? LV2_WORKER_SUCCESS : LV2_WORKER_ERR_NO_SPACE;
}

static LV2_Worker_Status
take_request(Worker* const w, uint32_t const size, void const* const data)
{
  pthread_mutex_lock(&w->lock);
  bool const refused = w->refuse > 0 || w->count == RING || size > LARGEST_MESSAGE;
  w->refuse -= w->refuse > 0;
  if (!refused && w->kind != HOST_WORKER_INLINE) {
    Message* const message = &w->requests[w->count++];
    message->size          = size;
    memcpy(message->data, data, size);
    pthread_cond_broadcast(&w->changed);
  }
  pthread_mutex_unlock(&w->lock);
  if (refused) {
    return LV2_WORKER_ERR_NO_SPACE;
  }
  return w->kind == HOST_WORKER_INLINE
           ? w->interface->work(w->instance, respond, w, size, data)
           : LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status
request(LV2_Worker_Schedule_Handle const handle, uint32_t const size, void const* const data)
{
  BEGIN_HOST();
  LV2_Worker_Status const status = take_request((Worker*)handle, size, data);
  END_HOST();
  return status;
}

// Takes the oldest request and works on it; the lock is held before and after.
static void
work_on_one(Worker* const w)
{
  Message const message = w->requests[0];
  --w->count;
  memmove(w->requests, w->requests + 1, w->count * sizeof(Message));
  w->busy = true;
  pthread_mutex_unlock(&w->lock);
  w->interface->work(w->instance, respond, w, message.size, message.data);
  pthread_mutex_lock(&w->lock);
  w->busy = false;
  pthread_cond_broadcast(&w->changed);
}

static void*
thread_main(void* const data)
{
  Worker* const w = (Worker*)data;
  pthread_mutex_lock(&w->lock);
  while (!w->quit) {
    if (w->count) {
      work_on_one(w);
    } else {
      pthread_cond_wait(&w->changed, &w->lock);
    }
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

Worker*
worker_new(HostWorker const kind)
{
  Worker* const w = (Worker*)calloc(1, sizeof(Worker));
  w->kind         = kind;
  w->schedule     = (LV2_Worker_Schedule){w, request};
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->changed, NULL);
  return w;
}

void
worker_free(Worker* const w)
{
  if (w->kind == HOST_WORKER_THREAD && w->interface) {
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
  }
  pthread_cond_destroy(&w->changed);
  pthread_mutex_destroy(&w->lock);
  free(w);
}

LV2_Worker_Schedule*
worker_schedule(Worker* const w)
{
  return w->kind == HOST_WORKER_NONE ? NULL : &w->schedule;
}

void
worker_attach(Worker* const                     w,
              LV2_Handle const                  instance,
              LV2_Worker_Interface const* const interface)
{
  w->instance  = instance;
  w->interface = interface;
  if (w->kind == HOST_WORKER_THREAD && interface) {
    pthread_create(&w->thread, NULL, thread_main, w);
  }
}

void
worker_after_run(Worker* const w)
{
  pthread_mutex_lock(&w->lock);
  while (w->kind == HOST_WORKER_AFTER && w->count) {
    work_on_one(w);
  }
  while (w->answer_count) {
    Message const answer = w->answers[0];
    --w->answer_count;
    memmove(w->answers, w->answers + 1, w->answer_count * sizeof(Message));
    pthread_mutex_unlock(&w->lock);
    w->interface->work_response(w->instance, answer.size, answer.data);
    pthread_mutex_lock(&w->lock);
  }
  pthread_mutex_unlock(&w->lock);
}

void
worker_settle(Worker* const w)
{
  pthread_mutex_lock(&w->lock);
  while (w->kind == HOST_WORKER_THREAD && (w->count || w->busy)) {
    pthread_cond_wait(&w->changed, &w->lock);
  }
  pthread_mutex_unlock(&w->lock);
}

void
worker_refuse(Worker* const w, unsigned const count)
{
  w->refuse = count;
}
