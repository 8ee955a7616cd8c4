// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "worker.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// RealtimeSanitizer watches run(), but must not watch what the host does inside
// schedule_work(): real hosts have a lock-free ring buffer there.
#if defined(__has_feature)
#  if __has_feature(realtime_sanitizer)
#    include <sanitizer/rtsan_interface.h>
#    define BEGIN_HOST() __rtsan_disable()
#    define END_HOST() __rtsan_enable()
#  endif
#endif
#ifndef BEGIN_HOST
#  define BEGIN_HOST() ((void)0)
#  define END_HOST() ((void)0)
#endif

// Limits on the messages of one plugin, and of all plugins that share a thread.
enum { RING = 64, QUEUE = 64 * RING, LARGEST_MESSAGE = 256 };

typedef struct {
  Worker*  of;
  uint32_t size;
  char     data[LARGEST_MESSAGE];
} Message;

// The thread that does the work, and the queue of workers it serves.
typedef struct {
  pthread_t       thread;
  pthread_mutex_t lock;
  pthread_cond_t  changed;
  Message         requests[QUEUE]; // a ring
  unsigned        first;
  unsigned        count;
  Worker*         busy; // whose request it is working on
  bool            quit;
  unsigned        users;
} Server;

struct Worker {
  HostWorker                  kind;
  Server*                     server;
  LV2_Worker_Schedule         schedule;
  LV2_Handle                  instance;
  LV2_Worker_Interface const* interface;
  Message                     answers[RING];
  unsigned                    answer_count;
  unsigned                    refuse;
  unsigned                    lose;
  unsigned                    accept;
  unsigned                    limit;
  unsigned                    queued;
  unsigned                    served;
  double (*now_ms)(void);
  double longest_ms;
};

// The request behind `i` others.
static Message*
request_at(Server* const server, unsigned const i)
{
  return &server->requests[(server->first + i) % QUEUE];
}

// The server of all workers that share a thread.
static Server the_shared_one;

static bool
has_thread(Worker const* const w)
{
  return w->kind == HOST_WORKER_THREAD || w->kind == HOST_WORKER_RESPONDS ||
         w->kind == HOST_WORKER_SHARED;
}

static LV2_Worker_Status
respond(LV2_Worker_Respond_Handle const handle, uint32_t const size, void const* const data)
{
  Worker* const w = (Worker*)handle;
  if (w->kind == HOST_WORKER_INLINE || w->kind == HOST_WORKER_RESPONDS) {
    return w->interface->work_response(w->instance, size, data);
  }
  pthread_mutex_lock(&w->server->lock);
  bool const fits = w->answer_count < RING && size <= LARGEST_MESSAGE;
  if (fits) {
    Message* const answer = &w->answers[w->answer_count++];
    answer->size          = size;
    memcpy(answer->data, data, size);
  }
  pthread_mutex_unlock(&w->server->lock);
  return fits ? LV2_WORKER_SUCCESS : LV2_WORKER_ERR_NO_SPACE;
}

static LV2_Worker_Status
take_request(Worker* const w, uint32_t const size, void const* const data)
{
  Server* const server = w->server;
  pthread_mutex_lock(&server->lock);
  bool const refused = w->refuse > 0 || !w->accept || w->queued == RING ||
                       server->count == QUEUE || size > LARGEST_MESSAGE;
  w->refuse -= w->refuse > 0;
  w->accept -= !refused && w->accept != UINT_MAX;
  bool const lost = !refused && w->lose > 0;
  w->lose -= lost;
  if (!refused && !lost && w->kind != HOST_WORKER_INLINE) {
    Message* const message = request_at(server, server->count++);
    ++w->queued;
    message->of   = w;
    message->size = size;
    memcpy(message->data, data, size);
    pthread_cond_broadcast(&server->changed);
  }
  pthread_mutex_unlock(&server->lock);
  if (refused) {
    return LV2_WORKER_ERR_NO_SPACE;
  }
  return w->kind == HOST_WORKER_INLINE && !lost
           ? w->interface->work(w->instance, respond, w, size, data)
           : LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status
request(LV2_Worker_Schedule_Handle const handle,
        uint32_t const                   size,
        void const* const                data)
{
  BEGIN_HOST();
  LV2_Worker_Status const status = take_request((Worker*)handle, size, data);
  END_HOST();
  return status;
}

// Takes the oldest request and works on it. Called with the lock held, and returns with
// it held.
static void
work_on_one(Server* const server)
{
  Message const message = *request_at(server, 0);
  --server->count;
  server->first   = server->count ? (server->first + 1) % QUEUE : 0; // use little memory
  Worker* const w = message.of;
  --w->queued;
  server->busy = w;
  pthread_mutex_unlock(&server->lock);
  double const start = w->now_ms ? w->now_ms() : 0;
  w->interface->work(w->instance, respond, w, message.size, message.data);
  double const ms = w->now_ms ? w->now_ms() - start : 0;
  pthread_mutex_lock(&server->lock);
  ++w->served;
  w->longest_ms = ms > w->longest_ms ? ms : w->longest_ms;
  server->busy  = NULL;
  pthread_cond_broadcast(&server->changed);
}

static void*
thread_main(void* const data)
{
  Server* const server = (Server*)data;
  pthread_mutex_lock(&server->lock);
  while (!server->quit) {
    if (server->count) {
      work_on_one(server);
    } else {
      pthread_cond_wait(&server->changed, &server->lock);
    }
  }
  pthread_mutex_unlock(&server->lock);
  return NULL;
}

static void
server_join(Server* const server, bool const threaded)
{
  if (server->users++) {
    return;
  }
  server->quit  = false;
  server->count = 0;
  pthread_mutex_init(&server->lock, NULL);
  pthread_cond_init(&server->changed, NULL);
  if (threaded) {
    pthread_create(&server->thread, NULL, thread_main, server);
  }
}

static void
server_leave(Server* const server, bool const threaded)
{
  if (--server->users) {
    return;
  }
  if (threaded) {
    pthread_mutex_lock(&server->lock);
    server->quit = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->thread, NULL);
  }
  pthread_cond_destroy(&server->changed);
  pthread_mutex_destroy(&server->lock);
}

Worker*
worker_new(HostWorker const kind)
{
  Worker* const w = (Worker*)calloc(1, sizeof(Worker));
  w->kind         = kind;
  w->limit        = UINT_MAX;
  w->accept       = UINT_MAX;
  w->schedule     = (LV2_Worker_Schedule){w, request};
  w->server =
    kind == HOST_WORKER_SHARED ? &the_shared_one : (Server*)calloc(1, sizeof(Server));
  server_join(w->server, has_thread(w));
  return w;
}

void
worker_free(Worker* const w)
{
  Server* const server = w->server;
  unsigned      kept   = 0;
  pthread_mutex_lock(&server->lock);
  for (unsigned i = 0; i < server->count; ++i) {
    if (request_at(server, i)->of != w) {
      *request_at(server, kept++) = *request_at(server, i);
    }
  }
  server->count = kept;
  while (server->busy == w) {
    pthread_cond_wait(&server->changed, &server->lock);
  }
  pthread_mutex_unlock(&server->lock);
  server_leave(server, has_thread(w));
  if (server != &the_shared_one && !server->users) {
    free(server);
  }
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
}

void
worker_after_run(Worker* const w)
{
  Server* const server = w->server;
  pthread_mutex_lock(&server->lock);
  for (unsigned i = 0; w->kind == HOST_WORKER_AFTER && server->count && i < w->limit; ++i) {
    work_on_one(server);
  }
  while (w->answer_count) {
    Message const answer = w->answers[0];
    --w->answer_count;
    memmove(w->answers, w->answers + 1, w->answer_count * sizeof(Message));
    pthread_mutex_unlock(&server->lock);
    w->interface->work_response(w->instance, answer.size, answer.data);
    pthread_mutex_lock(&server->lock);
  }
  pthread_mutex_unlock(&server->lock);
}

void
worker_settle(Worker* const w)
{
  Server* const server = w->server;
  pthread_mutex_lock(&server->lock);
  while (has_thread(w) && (server->count || server->busy)) {
    pthread_cond_wait(&server->changed, &server->lock);
  }
  pthread_mutex_unlock(&server->lock);
}

void
worker_refuse(Worker* const w, unsigned const count)
{
  w->refuse = count;
}

void
worker_lose(Worker* const w, unsigned const count)
{
  w->lose = count;
}

void
worker_accept(Worker* const w, unsigned const count)
{
  w->accept = count;
}

void
worker_limit(Worker* const w, unsigned const requests)
{
  w->limit = requests;
}

void
worker_join(Worker* const w, Worker* const other)
{
  Server* const alone = w->server;
  w->server           = other->server;
  server_join(w->server, has_thread(w));
  server_leave(alone, has_thread(w));
  free(alone);
}

unsigned
worker_queued(Worker* const w)
{
  pthread_mutex_lock(&w->server->lock);
  unsigned const queued = w->queued;
  pthread_mutex_unlock(&w->server->lock);
  return queued;
}

unsigned
worker_served(Worker* const w)
{
  pthread_mutex_lock(&w->server->lock);
  unsigned const served = w->served;
  pthread_mutex_unlock(&w->server->lock);
  return served;
}

double
worker_longest_ms(Worker* const w)
{
  pthread_mutex_lock(&w->server->lock);
  double const ms = w->longest_ms;
  pthread_mutex_unlock(&w->server->lock);
  return ms;
}

void
worker_set_clock(Worker* const w, double (*const now_ms)(void))
{
  w->now_ms = now_ms;
}
