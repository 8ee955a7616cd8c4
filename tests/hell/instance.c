// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// An instance and its host.

#include "hell.h"

#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

HellGuard
hell_guard_new(void)
{
  size_t const page  = (size_t)sysconf(_SC_PAGESIZE);
  void* const  bytes = mmap(
    NULL, HELL_BUFFER + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED || mprotect((char*)bytes + HELL_BUFFER, page, PROT_NONE)) {
    hell_fail("no memory");
  }
  return (HellGuard){(uint8_t*)bytes + HELL_BUFFER};
}

void*
hell_guard_place(HellGuard const* const guard, size_t const size)
{
  return guard->end - ((size + 7) & ~(size_t)7);
}

// The URIs of all instances, as they come.
enum { MAX_URIDS = 1024 };
static char            uris[MAX_URIDS][128];
static unsigned        uri_count;
static pthread_mutex_t uri_lock = PTHREAD_MUTEX_INITIALIZER;

static LV2_URID
map_uri(LV2_URID_Map_Handle const handle, char const* const uri)
{
  (void)handle;
  pthread_mutex_lock(&uri_lock);
  unsigned i = 0;
  while (i < uri_count && strcmp(uris[i], uri)) {
    ++i;
  }
  if (i == uri_count) {
    snprintf(uris[uri_count++], sizeof(*uris), "%s", uri);
  }
  pthread_mutex_unlock(&uri_lock);
  return i + 1;
}

LV2_URID_Map*
hell_map(void)
{
  static LV2_URID_Map map = {NULL, map_uri};
  return &map;
}

LV2_URID
hell_urid(char const* const uri)
{
  return map_uri(NULL, uri);
}

// A log message need only be text that can be printed.
static int
log_vprintf(LV2_Log_Handle const handle,
            LV2_URID const       type,
            char const* const    format,
            va_list              args)
{
  (void)handle;
  (void)type;
  char text[8192];
  return vsnprintf(text, sizeof(text), format, args);
}

static int
log_printf(LV2_Log_Handle const handle, LV2_URID const type, char const* const format, ...)
{
  va_list args;
  va_start(args, format);
  int const length = log_vprintf(handle, type, format, args);
  va_end(args);
  return length;
}

// All kinds of times, so that work is cut into all kinds of slices.
static double
clock_stands(void)
{
  return 0;
}

static double
clock_runs(void)
{
  static atomic_uint looks;
  return atomic_fetch_add(&looks, 1) * 0.3;
}

static double
clock_jumps(void)
{
  static atomic_uint looks;
  unsigned const     look = atomic_fetch_add(&looks, 1);
  return look * 0.05 + (look & 64 ? 1e3 : 0) + (look & 128 ? -3e3 : 0);
}

static void
set_clock(HellInstance* const h, Random* const random)
{
  MnClock* const clock    = h->player ? &h->player->now_ms : &h->monitor->now_ms;
  MnClock const  clocks[] = {*clock, clock_stands, clock_runs, clock_jumps};
  *clock                  = clocks[random_below(random, sizeof(clocks) / sizeof(*clocks))];
}

static void
connect_controls(HellInstance* const h)
{
  h->control_guard = hell_guard_new();
  h->control = (float*)hell_guard_place(&h->control_guard, h->ports->count * sizeof(float));
  for (uint32_t p = 0; p < h->ports->count; ++p) {
    h->connected[p] = true;
    hell_instance_connect(h, p, true);
  }
}

void
hell_instance_connect(HellInstance* const h, uint32_t const port, bool const connect)
{
  HellPort const* const is = &h->ports->port[port];
  h->connected[port]       = connect;
  if (is->is_control) {
    h->control[port] = is->is_input ? is->normal : (float)NAN;
    h->descriptor->connect_port(h->handle, port, connect ? &h->control[port] : NULL);
  }
}

void
hell_instance_new(HellInstance* const    h,
                  HellPorts const* const ports,
                  bool const             is_cv,
                  double const           rate,
                  HostWorker const       kind,
                  Random* const          random)
{
  *h            = (HellInstance){.ports     = ports,
                                 .worker    = worker_new(kind),
                                 .kind      = kind,
                                 .rate      = rate,
                                 .is_cv     = is_cv,
                                 .out_room  = HELL_BUFFER / 2,
                                 .transport = {.bpm = 120, .speed = 1, .beats = 4, .unit = 4}};
  h->descriptor = lv2_descriptor(hell_plays ? 2 : is_cv);
  pthread_mutex_init(&h->lock, NULL);

  // The plugin keeps what these point to.
  static LV2_Log_Log       log        = {NULL, log_printf, log_vprintf};
  LV2_Feature const        mapper     = {LV2_URID__map, hell_map()};
  LV2_Feature const        logger     = {LV2_LOG__log, &log};
  LV2_Feature const        schedule   = {LV2_WORKER__schedule, worker_schedule(h->worker)};
  LV2_Feature const* const features[] = {
    &mapper, &logger, schedule.data ? &schedule : NULL, NULL};
  // Now and then the bundle has no model.
  char const* const bundle = one_in(random, 20) ? "no-bundle/" : "./";

  hell_ledger_open(h);
  h->handle = h->descriptor->instantiate(h->descriptor, rate, bundle, features);
  if (!h->handle) {
    hell_fail("no instance");
  }
  h->monitor = hell_plays ? NULL : (MnMonitor*)h->handle;
  h->player  = hell_plays ? (MnPlayer*)h->handle : NULL;
  set_clock(h, random);
  h->interface =
    (LV2_Worker_Interface const*)h->descriptor->extension_data(LV2_WORKER__interface);
  h->state =
    (LV2_State_Interface const*)h->descriptor->extension_data(LV2_STATE__interface);
  worker_attach(h->worker, h->handle, h->interface);
  connect_controls(h);
  h->descriptor->activate(h->handle);
}

void
hell_instance_free(HellInstance* const h)
{
  if (h->descriptor->deactivate) {
    h->descriptor->deactivate(h->handle);
  }
  worker_free(h->worker);
  h->descriptor->cleanup(h->handle);
  munmap(h->control_guard.end - HELL_BUFFER, HELL_BUFFER + (size_t)sysconf(_SC_PAGESIZE));
  pthread_mutex_destroy(&h->lock);
}

// All instances share one memory: their blocks run one after the other.
typedef struct {
  HellGuard in;
  HellGuard out;
  HellGuard cv[MN_CV_COUNT];
} Memory;

static Memory*
memory(void)
{
  static Memory it;
  if (!it.in.end) {
    it.in  = hell_guard_new();
    it.out = hell_guard_new();
    for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
      it.cv[i] = hell_guard_new();
    }
  }
  return &it;
}

// A sequence that has room for `room` bytes after its head.
static LV2_Atom_Sequence*
output(HellInstance const* const h,
       HellGuard const* const    guard,
       uint32_t const            port,
       uint32_t const            room)
{
  if (!h->connected[port]) {
    h->descriptor->connect_port(h->handle, port, NULL);
    return NULL;
  }
  LV2_Atom_Sequence* const to =
    (LV2_Atom_Sequence*)hell_guard_place(guard, sizeof(LV2_Atom) + room);
  to->atom = (LV2_Atom){room, 0};
  h->descriptor->connect_port(h->handle, port, to);
  return to;
}

static void
connect_cv(HellInstance const* const h, HellBlock* const block, uint32_t const frames)
{
  for (uint32_t p = 0, i = 0; p < h->ports->count; ++p) {
    if (h->ports->port[p].is_cv) {
      float* const at = (float*)hell_guard_place(&memory()->cv[i], frames * sizeof(float));
      for (uint32_t f = 0; f < frames; ++f) {
        at[f] = (float)NAN;
      }
      block->cv[i++] = h->connected[p] ? at : NULL;
      h->descriptor->connect_port(h->handle, p, h->connected[p] ? at : NULL);
    }
  }
}

void
hell_instance_run(HellInstance* const    h,
                  HellInput const* const input,
                  uint32_t const         frames)
{
  Memory* const m     = memory();
  HellBlock     block = {.input = input, .frames = frames};

  LV2_Atom_Sequence* const in = (LV2_Atom_Sequence*)hell_guard_place(&m->in, input->size);
  memcpy(in, input->bytes, input->size);
  h->descriptor->connect_port(h->handle, 0, h->connected[0] ? in : NULL);
  block.in  = h->connected[0] ? in : NULL;
  block.out = output(h, &m->out, h->is_cv ? MN_CV_PORT_NOTIFY : MN_PORT_OUT, h->out_room);
  if (!h->is_cv && h->shares && block.in && block.out) {
    h->descriptor->connect_port(h->handle, MN_PORT_OUT, in);
    block.out = in;
  }
  connect_cv(h, &block, frames);
  memcpy(h->seen, h->control, h->ports->count * sizeof(float));

  hell_ledger_open(h);
  h->descriptor->run(h->handle, frames);
  hell_check(h, &block);
}

static bool
is_settled(HellInstance const* const h)
{
  MnModelSwap const* const swap = h->player ? &h->player->swap : &h->monitor->swap;
  bool const               busy = h->player ? mn_turn_work_is_busy(&h->player->work)
                                            : mn_encode_queue_is_busy(&h->monitor->requests.queue);
  // Without a worker the old model stays until another is restored.
  bool const taken = !atomic_load(&swap->incoming);
  bool const freed = !atomic_load(&swap->retired);
  return !busy && !swap->wanted && !swap->loading &&
         (h->kind == HOST_WORKER_NONE ? taken || !freed : taken && freed);
}

void
hell_instance_settle(HellInstance* const h)
{
  struct {
    LV2_Atom_Sequence      head;
    LV2_Atom_Event         event;
    LV2_Atom_Object_Body   object;
    LV2_Atom_Property_Body speed;
    float                  backwards;
    uint32_t               pad;
  } stop = {
    {{sizeof(stop) - sizeof(LV2_Atom), hell_urid(LV2_ATOM__Sequence)}, {0, 0}},
    {{0}, {sizeof(LV2_Atom_Object_Body) + 24, hell_urid(LV2_ATOM__Object)}},
    {0, hell_urid(LV2_TIME__Position)},
    {hell_urid(LV2_TIME__speed), 0, {sizeof(float), hell_urid(LV2_ATOM__Float)}},
    -1,
    0,
  };
  // Backwards nothing is heard: no window closes.
  HellInput const input = {(uint8_t*)&stop, sizeof(stop), 1, true};
  mn_tlsf_free(hell_pool(h), h->hog);
  h->hog = NULL;
  if (h->player) {
    h->out_room = HELL_BUFFER / 2;
    h->shares   = false;
    hell_instance_connect(h, MN_PLAYER_PORT_OUT, true);
  }
  worker_refuse(h->worker, 0);
  hell_instance_connect(h, 0, true);
  hell_instance_run(h, &input, 64);
  for (unsigned i = 0; i < 10000 && !is_settled(h); ++i) {
    worker_after_run(h->worker);
    worker_settle(h->worker);
    hell_instance_run(h, &input, h->kind == HOST_WORKER_NONE ? HELL_MAX_BLOCK : 64);
  }
  if (h->player) {
    if (!is_settled(h)) {
      hell_fail("in work for ever");
    }
    hell_check_silence(h);
    return;
  }
  MnEncodeQueue* const     queue = &h->monitor->requests.queue;
  MnModelSwap const* const swap  = &h->monitor->swap;
  if (is_settled(h) && mn_encode_queue_has_work(queue)) {
    hell_fail("work without a job");
  }
  if (!is_settled(h)) {
    hell_fail("in work for ever: %u windows%s%s%s%s%s",
              queue->count,
              queue->has_waiting ? ", one that waits" : "",
              swap->wanted ? ", a model wanted" : "",
              swap->loading ? ", a model loading" : "",
              atomic_load(&swap->incoming) ? ", a model to take" : "",
              atomic_load(&swap->retired) ? ", a model to free" : "");
  }
}
