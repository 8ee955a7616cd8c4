// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Instances in one process share a model, so that each further instance takes little
/// memory. A model takes as much memory as its file is large.

#include "host.h"
#include "model/model.h"
#include "protocol/ports.h"

#include <lv2/atom/atom.h>
#include <lv2/urid/urid.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

enum { RATE = 48000, BLOCK = 1024, INSTANCES = 64, ROOM = 32768 };

// Of resident memory, for each instance after the first.
// A sanitizer for addresses keeps room around whatever is allocated, and what was freed.
#if defined(__SANITIZE_ADDRESS__)
enum { KIB_MOST = 512 };
#else
enum { KIB_MOST = 256 };
#endif

static long
resident_kib(void)
{
  FILE* const file  = fopen("/proc/self/statm", "r");
  long        pages = 0;
  assert_non_null(file);
  assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

// Buffers shared by all instances, so that only the instances' own memory is measured.
typedef struct {
  LilvPlugin const*  plugin;
  LV2_Feature const* features[2];
  LV2_URID           sequence;
  LV2_URID           midi;
  union {
    LV2_Atom_Sequence head;
    uint8_t           room[ROOM];
  } in, out;
  float control[MN_PORT_COUNT];
} Bench;

static LilvInstance*
make(Bench* const b)
{
  LilvInstance* const instance = lilv_plugin_instantiate(b->plugin, RATE, b->features);
  assert_non_null(instance);
  lilv_instance_connect_port(instance, MN_PORT_IN, &b->in);
  lilv_instance_connect_port(instance, MN_PORT_OUT, &b->out);
  for (uint32_t port = MN_PORT_MUSICALITY; port <= MN_PORT_SYNCED; ++port) {
    lilv_instance_connect_port(instance, port, &b->control[port]);
  }
  lilv_instance_activate(instance);
  return instance;
}

// Plays notes until a window has been scored, without a worker.
static void
play(Bench* const b, LilvInstance* const instance)
{
  b->control[MN_PORT_WINDOW] = 0;
  for (unsigned i = 0; i < 4000 && !(b->control[MN_PORT_WINDOW] > 0); ++i) {
    struct {
      LV2_Atom_Event head;
      uint8_t        message[8];
    }* const event          = (void*)(&b->in.head + 1);
    event->head.time.frames = 0;
    event->head.body        = (LV2_Atom){3, b->midi};
    event->message[0]       = i % 8 < 4 ? 0x90 : 0x80;
    event->message[1]       = (uint8_t)(60 + i / 8 % 12);
    event->message[2]       = 80;
    b->in.head.atom =
      (LV2_Atom){sizeof(LV2_Atom_Sequence_Body) + sizeof(*event), b->sequence};
    b->out.head.atom = (LV2_Atom){ROOM - sizeof(LV2_Atom), 0};
    lilv_instance_run(instance, BLOCK);
  }
  assert_true(b->control[MN_PORT_WINDOW] > 0);
  assert_true(b->control[MN_PORT_TOP_1] >= 0);
}

static void
a_further_instance_takes_little_memory(void** const state)
{
  (void)state;
  static Bench         b;
  static LilvInstance* instances[INSTANCES];
  Host* const          host    = host_new(bundle, RATE, HOST_WORKER_NONE);
  LV2_URID_Map* const  map     = host_map(host);
  LV2_Feature const    feature = {LV2_URID__map, map};

  b.plugin      = host_plugin(host);
  b.features[0] = &feature;
  b.sequence    = map->map(map->handle, LV2_ATOM__Sequence);
  b.midi        = map->map(map->handle, "http://lv2plug.in/ns/ext/midi#MidiEvent");

  instances[0] = make(&b);
  play(&b, instances[0]);
  long const before = resident_kib();
  for (unsigned i = 1; i < INSTANCES; ++i) {
    instances[i] = make(&b);
    play(&b, instances[i]);
  }
  long const each = (resident_kib() - before) / (INSTANCES - 1);
  printf("measured: %ld KiB of resident memory for each of instances 2 to %d\n",
         each,
         INSTANCES);
  assert_in_range(each, 1, KIB_MOST);
  for (unsigned i = 0; i < INSTANCES; ++i) {
    lilv_instance_deactivate(instances[i]);
    lilv_instance_free(instances[i]);
  }
  host_free(host);
}

// A model may take a quarter more than its file. With AddressSanitizer its shadow memory
// and the freed blocks that it holds back are resident too: how much depends on the machine.
#ifdef __SANITIZE_ADDRESS__
enum { SPARE = 2 };
#else
enum { SPARE = 4 };
#endif

// The models of the bundle, one after the other.
static void
a_model_takes_the_memory_of_its_file(void** const state)
{
  (void)state;
  static char const* const files[] = {
    "build/music-neurons.lv2/melody-2bar.safetensors",
    "build/music-neurons.lv2/melody-2bar-open.safetensors",
  };
  for (unsigned i = 0; i < sizeof(files) / sizeof(*files); ++i) {
    MnError     error  = {0};
    struct stat status = {0};
    long const  before = resident_kib();
    MnModel*    model  = mn_model_load(files[i], &error);
    assert_non_null(model);
    long const taken = resident_kib() - before;
    mn_model_free(model);
    assert_int_equal(stat(files[i], &status), 0);
    long const file = (long)(status.st_size / 1024);
    printf(
      "measured: %ld KiB of resident memory for %s of %ld KiB\n", taken, files[i], file);
    assert_in_range(taken, file / 2, file + file / SPARE);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_model_takes_the_memory_of_its_file),
    cmocka_unit_test(a_further_instance_takes_little_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
