// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Sessions, one after the other: hell SEED BLOCKS [player].

#include "hell.h"

#include "model_file.h"

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where we are, for messages. A session's seed is the program's plus its number,
// so that the program can begin with it.
static uint64_t session_seed;
static uint64_t session_block;
static uint64_t total_blocks;
static uint64_t total_events;
static void**   scratch_state;
static uint64_t total_notes;

bool hell_plays;

static void
say_where(void)
{
  dprintf(2,
          "again with: tests/hell %llu %llu%s (where threads are in it, a few times)\n",
          (unsigned long long)session_seed,
          (unsigned long long)session_block + 1,
          hell_plays ? " player" : "");
}

_Noreturn void
hell_fail(char const* const format, ...)
{
  va_list args;
  va_start(args, format);
  fflush(stdout);
  dprintf(2,
          "hell: session %llu, block %llu: ",
          (unsigned long long)session_seed,
          (unsigned long long)session_block);
  vdprintf(2, format, args);
  dprintf(2, "\n");
  va_end(args);
  say_where();
  _exit(1);
}

static void
on_signal(int const number)
{
  dprintf(2,
          "hell: session %llu, block %llu: %s\n",
          (unsigned long long)session_seed,
          (unsigned long long)session_block,
          number == SIGALRM ? "it hangs"
                            : "the memory that it touches is not its own, or it gave up");
  say_where();
  signal(number, SIG_DFL);
  raise(number);
  _exit(1);
}

static bool
port_is(LilvWorld* const        world,
        LilvPlugin const* const plugin,
        LilvPort const* const   port,
        char const* const class)
{
  LilvNode* const uri = lilv_new_uri(world, class);
  bool const      is  = lilv_port_is_a(plugin, port, uri);
  lilv_node_free(uri);
  return is;
}

HellPorts
hell_ports(char const* const bundle, char const* const plugin_uri)
{
  char* const      path = realpath(bundle, NULL);
  char             folder[4096];
  LilvWorld* const world = lilv_world_new();
  snprintf(folder, sizeof(folder), "%s/", path ? path : bundle);
  free(path);
  LilvNode* const place   = lilv_new_file_uri(world, NULL, folder);
  LilvNode* const uri     = lilv_new_uri(world, plugin_uri);
  LilvNode* const integer = lilv_new_uri(world, LV2_CORE__integer);
  lilv_world_load_bundle(world, place);
  LilvPlugin const* const plugin =
    lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
  if (!plugin) {
    hell_fail("no plugin %s in %s", plugin_uri, folder);
  }

  HellPorts ports = {.count = lilv_plugin_get_num_ports(plugin)};
  float     low[HELL_PORTS];
  float     high[HELL_PORTS];
  float     normal[HELL_PORTS];
  if (ports.count > HELL_PORTS) {
    hell_fail("more ports than expected");
  }
  lilv_plugin_get_port_ranges_float(plugin, low, high, normal);
  for (uint32_t p = 0; p < ports.count; ++p) {
    LilvPort const* const port = lilv_plugin_get_port_by_index(plugin, p);
    ports.port[p]              = (HellPort){
                   .is_input   = port_is(world, plugin, port, LV2_CORE__InputPort),
                   .is_control = port_is(world, plugin, port, LV2_CORE__ControlPort),
                   .is_cv      = port_is(world, plugin, port, LV2_CORE__CVPort),
                   .is_integer = lilv_port_has_property(plugin, port, integer),
                   .low        = low[p],
                   .high       = high[p],
                   .normal     = normal[p],
    };
  }
  lilv_node_free(integer);
  lilv_node_free(uri);
  lilv_node_free(place);
  lilv_world_free(world);
  return ports;
}

// Never, seldom or often.
static uint32_t
chance(Random* const random, uint32_t const seldom)
{
  return one_in(random, 3) ? 0 : 1 + random_below(random, seldom);
}

static HellManner
any_manner(Random* const random)
{
  return (HellManner){
    .notes        = 1 + random_below(random, 3),
    .rubbish      = chance(random, 20),
    .flood        = one_in(random, 8) ? 200 : 0,
    .positions    = chance(random, 60),
    .nonsense     = chance(random, 20),
    .messages     = chance(random, 40),
    .garble       = chance(random, 40),
    .bad_times    = chance(random, 20),
    .controls     = chance(random, 30),
    .odd_controls = chance(random, 6),
    .buffers      = chance(random, 60),
    .worker       = chance(random, 20),
    .patience     = one_in(random, 2) ? 0 : 1 + random_below(random, 40),
    .states       = chance(random, 60),
    .restarts     = chance(random, 150),
    .pool         = chance(random, 200),
  };
}

// A player needs some bars in peace to play.
static HellManner
calmer(HellManner manner, Random* const random)
{
  uint32_t const times = 1 + random_below(random, 40);
  manner.positions     = manner.positions ? manner.positions * times : 100;
  manner.nonsense *= times;
  manner.messages *= times;
  manner.garble *= times;
  manner.controls *= times;
  manner.states *= times;
  manner.restarts *= times;
  return manner;
}

static bool
happens(Random* const random, uint32_t const times)
{
  return times && one_in(random, times);
}

static void
change_control(HellInstance* const h, HellManner const* const manner, Random* const random)
{
  // Half of the time one of those that both plugins have: freewheel, reset and so on.
  uint32_t const first = h->is_cv ? MN_CV_PORT_FIRST_CONTROL : MN_PORT_FIRST_CONTROL;
  uint32_t const both =
    h->player ? MN_PLAYER_LIVE_PORTS : MN_PORT_MUSICALITY - MN_PORT_FIRST_CONTROL;
  uint32_t const        p    = one_in(random, 2) ? first + random_below(random, both)
                                                 : random_below(random, h->ports->count);
  HellPort const* const port = &h->ports->port[p];
  if (!port->is_control || !port->is_input || !h->connected[p]) {
    return;
  }
  double const value = one_in(random, 3)
                         ? (double)port->normal
                         : random_real(random, (double)port->low, (double)port->high);
  h->control[p] = happens(random, manner->odd_controls) ? (float)hell_odd_number(random)
                  : port->is_integer                    ? rintf((float)value)
                                                        : (float)value;
}

// Sets all controls at once, as a preset does; half of the time to their defaults.
static void
change_all_controls(HellInstance* const h, Random* const random)
{
  bool const any = one_in(random, 2);
  for (uint32_t p = 0; p < h->ports->count; ++p) {
    HellPort const* const port = &h->ports->port[p];
    if (port->is_control && port->is_input) {
      double const value = random_real(random, (double)port->low, (double)port->high);
      h->control[p]      = !any               ? port->normal
                           : port->is_integer ? rintf((float)value)
                                              : (float)value;
    }
  }
}

static uint32_t
any_room(Random* const random)
{
  static uint32_t const most[] = {64, 512, 9000, HELL_BUFFER / 2};
  return one_in(random, 3) ? HELL_BUFFER / 2
                           : random_below(random, most[random_below(random, 4)]);
}

static void
change_buffers(HellInstance* const h, Random* const random)
{
  uint32_t const p = random_below(random, h->ports->count);
  switch (random_below(random, 3)) {
  case 0:
    h->out_room = any_room(random);
    break;
  case 1:
    h->shares = one_in(random, 2);
    break;
  default:
    // Most are connected at most times.
    hell_instance_connect(
      h, one_in(random, 3) ? random_below(random, 2) : p, !one_in(random, 3));
  }
}

static void
exhaust_pool(HellInstance* const h, Random* const random)
{
  MnTlsf* const pool = hell_pool(h);
  if (h->hog) {
    mn_tlsf_free(pool, h->hog);
    h->hog = NULL;
    return;
  }
  size_t const left = mn_tlsf_stats(pool).largest_free;
  h->hog            = mn_tlsf_malloc(pool, left - random_below(random, 8192));
}

static void
reactivate(HellInstance* const h)
{
  pthread_mutex_lock(&h->lock); // hosts do not restore at the same time
  hell_ledger_open(h);
  if (h->descriptor->deactivate) {
    h->descriptor->deactivate(h->handle);
  }
  h->descriptor->activate(h->handle);
  memset(h->notes.held_back, 0, sizeof(h->notes.held_back));
  pthread_mutex_unlock(&h->lock);
}

static uint32_t
any_frames(Random* const random, uint32_t const usual)
{
  switch (random_below(random, 40)) {
  case 0:
    return 0;
  case 1:
    return 1;
  case 2:
    return random_below(random, HELL_MAX_BLOCK + 1);
  case 3:
    return one_in(random, 4) ? HELL_MAX_BLOCK : usual;
  case 4:
    return random_below(random, 65);
  default:
    return usual;
  }
}

static void
meddle(HellInstance* const h, HellManner const* const manner, Random* const random)
{
  if (happens(random, manner->controls)) {
    change_control(h, manner, random);
  }
  if (happens(random, manner->controls ? 20 * manner->controls : 0)) {
    change_all_controls(h, random);
  }
  if (happens(random, manner->buffers)) {
    change_buffers(h, random);
  }
  if (happens(random, manner->worker)) {
    worker_refuse(h->worker, random_below(random, 5));
  }
  if (happens(random, manner->states)) {
    hell_instance_state(h, random);
  }
  if (happens(random, manner->restarts)) {
    reactivate(h);
  }
  if (happens(random, manner->pool)) {
    exhaust_pool(h, random);
  }
}

static void
one_block(HellInstance* const     h,
          HellManner const* const manner,
          uint32_t const          usual,
          Random* const           random)
{
  meddle(h, manner, random);
  uint32_t const  frames = any_frames(random, usual);
  HellInput const input  = hell_input(h, manner, frames, random);
  total_events += input.events;
  hell_instance_run(h, &input, frames);
  if (!manner->patience || one_in(random, manner->patience)) {
    worker_after_run(h->worker);
  }
  ++session_block;
  ++total_blocks;
}

// A thread of the host that saves and restores while others play.
typedef struct {
  HellInstance* instances;
  unsigned      count;
  Random        random;
  atomic_bool   quit;
  pthread_t     thread;
} Meddler;

static void*
meddle_on_and_on(void* const data)
{
  Meddler* const m = (Meddler*)data;
  while (!atomic_load(&m->quit)) {
    hell_instance_state(&m->instances[random_below(&m->random, m->count)], &m->random);
    usleep(random_below(&m->random, 300));
  }
  return NULL;
}

static unsigned
any_count(Random* const random)
{
  return one_in(random, 50)  ? HELL_INSTANCES
         : one_in(random, 8) ? 2 + random_below(random, 7)
                             : 1;
}

// Fast music, with a window at every step or every beat: there is much to do.
static void
begin_music(HellInstance* const h, Random* const random)
{
  if (h->player) {
    h->control[MN_PLAYER_PORT_MODE] =
      (float)(one_in(random, 2) ? MN_PLAY_DRIFT : random_below(random, MN_PLAY_COUNT));
    h->control[MN_PLAYER_PORT_TEMPO]       = (float)random_from(random, 200, 400);
    h->control[MN_PLAYER_PORT_GO_ON]       = (float)random_below(random, 2);
    h->control[MN_PLAYER_PORT_TEMPERATURE] = (float)random_below(random, 4);
    h->transport.bpm = random_real(random, 500, 9000); // sessions are short
    return;
  }
  uint32_t const first = h->is_cv ? MN_CV_PORT_FIRST_CONTROL : MN_PORT_FIRST_CONTROL;
  h->control[first + MN_PORT_HOP - MN_PORT_FIRST_CONTROL] =
    (float)(one_in(random, 3)   ? MN_HOP_BAR
            : one_in(random, 2) ? MN_HOP_BEAT
                                : MN_HOP_STEP);
  h->control[first + MN_PORT_TEMPO - MN_PORT_FIRST_CONTROL] =
    (float)random_from(random, 100, 400);
  h->transport.bpm = random_real(random, 60, 999);
}

static void
session(HellPorts const ports[3], uint64_t const seed, uint64_t const most)
{
  static HellInstance instances[HELL_INSTANCES];
  static double const rates[] = {8000, 8000, 8000, 22050, 44100, 48000, 192000};
  Random              random  = {seed};
  HellManner const    any     = any_manner(&random);
  HellManner const    manner  = hell_plays ? calmer(any, &random) : any;
  unsigned const      count   = any_count(&random);
  double const        rate = rates[random_below(&random, sizeof(rates) / sizeof(*rates))];
  HostWorker const    kind =
    count > 1 ? HOST_WORKER_SHARED : (HostWorker)random_below(&random, HOST_WORKER_KINDS);
  uint32_t const usual    = 32 << random_below(&random, 6);
  uint64_t       blocks   = 50 + random_below(&random, 1000) + 20 * count;
  bool const     threaded = kind == HOST_WORKER_THREAD || kind == HOST_WORKER_RESPONDS ||
                        kind == HOST_WORKER_SHARED;

  session_seed  = seed;
  session_block = 0;
  blocks        = blocks < most ? blocks : most;
  alarm(300);
  for (unsigned i = 0; i < count; ++i) {
    bool const is_cv = !hell_plays && one_in(&random, 3);
    hell_instance_new(
      &instances[i], &ports[hell_plays ? 2 : is_cv], is_cv, rate, kind, &random);
    begin_music(&instances[i], &random);
  }
  Meddler meddler = {.instances = instances, .count = count, .random = {~seed}};
  atomic_init(&meddler.quit, false);
  bool const meddles = threaded && one_in(&random, 2);
  if (meddles) {
    pthread_create(&meddler.thread, NULL, meddle_on_and_on, &meddler);
  }
  while (session_block < blocks) {
    one_block(&instances[random_below(&random, count)], &manner, usual, &random);
  }
  if (meddles) {
    atomic_store(&meddler.quit, true);
    pthread_join(meddler.thread, NULL);
  }
  // Half of all instances are freed while they still have work.
  for (unsigned i = 0; i < count; ++i) {
    if (one_in(&random, 2)) {
      hell_instance_settle(&instances[i]);
    }
    total_notes += instances[i].notes.notes;
    hell_instance_free(&instances[i]);
  }
  if (hell_ledger_models()) {
    hell_fail("%ld models are not freed", hell_ledger_models());
  }
}

static void
clean_up(void)
{
  leave_scratch(scratch_state);
}

int
main(int const argc, char** const argv)
{
  hell_plays = argc == 4 && !strcmp(argv[3], "player");
  if (argc != 3 && !hell_plays) {
    fprintf(stderr, "Usage: %s SEED BLOCKS [player]\n", argv[0]);
    return 2;
  }
  static int const signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
  uint64_t const   seed      = strtoull(argv[1], NULL, 10);
  uint64_t const   blocks    = strtoull(argv[2], NULL, 10);
  static HellPorts ports[3];
  ports[0] = hell_ports("build/music-neurons.lv2", MN_MONITOR_URI);
  ports[1] = hell_ports("build/music-neurons.lv2", MN_CV_URI);
  ports[2] = hell_ports("build/music-neurons.lv2", MN_PLAYER_URI);
  for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); ++i) {
    signal(signals[i], on_signal);
  }
  // Map the URIs in a fixed order, whatever the first session does: random numbers
  // serve as types, so URIDs must not vary.
  MnUris uris;
  mn_uris_map(&uris, hell_map());
  enter_scratch(scratch_state);
  atexit(clean_up);
  hell_write_models();

  uint64_t sessions = 0;
  for (; total_blocks < blocks; ++sessions) {
    session(ports, seed + sessions, blocks - total_blocks);
  }
  printf("measured: %llu blocks with %llu events in %llu sessions from seed %llu: "
         "%llu %s\n",
         (unsigned long long)total_blocks,
         (unsigned long long)total_events,
         (unsigned long long)sessions,
         (unsigned long long)seed,
         (unsigned long long)(hell_plays ? total_notes : hell_ledger_windows()),
         hell_plays ? "notes" : "windows");
  return 0;
}
