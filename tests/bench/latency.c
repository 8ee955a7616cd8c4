// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How long after a window has closed its values are on the ports, in real time,
/// with a worker on a thread of its own; and whether one core can encode a window a
/// step for 64 instances. bench_latency [--json] [BUILD]
///
/// A window closes on a frame. That frame arrives while the block before is played, so
/// the time starts there. It includes the rest of the block, the encoder on the worker,
/// and the wait for the run() that finds the values.

#include "drive.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  HOP_HALF_BEAT = 4,
  HOP_FRAMES    = 2 * STEP_FRAMES,
  HOP_STEP      = 5,
  WINDOWS       = 60, ///< for a distribution
  INSTANCES     = 64,
  SECONDS       = 20, ///< that they play
  MANY_BLOCK    = 256,
};

static bool        json;
static char const* build = "build";

static double
now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double
cpu_seconds(clockid_t const clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
sleep_until(double const seconds)
{
  double const          whole = floor(seconds);
  struct timespec const at    = {(time_t)whole, (long)((seconds - whole) * 1e9)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

// NULL if there is no such file.
static char const*
model_path(char const* const name)
{
  static char path[4096];
  snprintf(path, sizeof(path), "%s/%s.safetensors", build, name);
  return access(path, R_OK) ? NULL : path;
}

static Host*
host_with(char const* const model, HostWorker const worker, int const hop)
{
  char bundle[4096];
  snprintf(bundle, sizeof(bundle), "%s/music-neurons.lv2", build);
  Host* const host = host_new(bundle, DRIVE_RATE, worker);
  host_set_clock(host, NULL);
  host_set(host, "glide", 0);
  host_set(host, "hop", (float)hop);
  host_set_model(host, 0, model);
  for (unsigned i = 0; i < 4; ++i) { // requested, loaded, swapped in, reported
    host_run(host, MANY_BLOCK);
    host_settle(host);
  }
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(host, 0, &start);
  return host;
}

// Notes on every other step, a scale; those in the frames of a block.
static void
queue_notes(Host* const host, uint64_t const frame, uint32_t const frames)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  uint32_t const       in      = (uint32_t)((HOP_FRAMES - frame % HOP_FRAMES) % HOP_FRAMES);
  if (in < frames) {
    uint8_t const on[] = {0x90, scale[(frame + in) / HOP_FRAMES % 8], 90};
    host_midi(host, in, on, sizeof(on));
  }
}

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

static void
print_latency(char const* const name,
              unsigned const    block,
              double* const     ms,
              unsigned const    late)
{
  qsort(ms, WINDOWS, sizeof(*ms), compare);
  double const median = ms[WINDOWS / 2];
  double const most95 = ms[WINDOWS * 95 / 100];
  printf(json
           ? "{\"name\": \"latency\", \"model\": \"%s\", \"block\": %u, \"min_ms\": %.2f, "
             "\"median_ms\": %.2f, \"p95_ms\": %.2f, \"max_ms\": %.2f, \"windows\": %d, "
             "\"late\": %u}\n"
           : "%-10s %6u %9.2f %9.2f %9.2f %9.2f %9d %6u\n",
         name,
         block,
         ms[0],
         median,
         most95,
         ms[WINDOWS - 1],
         WINDOWS,
         late);
  fflush(stdout);
}

// What is played, and when.
typedef struct {
  double   start; ///< when frame 0 came in
  uint64_t frame; ///< the next
} Clock;

static void
play_block(Host* const host, Clock* const t, uint32_t const frames)
{
  queue_notes(host, t->frame, frames);
  t->frame += frames;
  sleep_until(t->start + (double)t->frame / DRIVE_RATE); // all of it is in
  host_run(host, frames);
}

// One instance through all block sizes. The windows that close are known.
static void
measure_latency(char const* const name, char const* const model)
{
  static unsigned const blocks[] = {64, 256, 1024};
  Host* const           host     = host_with(model, HOST_WORKER_THREAD, HOP_HALF_BEAT);
  unsigned              seen     = (unsigned)host_get(host, "window");
  unsigned              late     = 0;
  Clock                 t        = {.start = now()};
  for (unsigned b = 0; b < sizeof(blocks) / sizeof(*blocks); ++b) {
    double   ms[WINDOWS];
    unsigned found = 0;
    while (found < WINDOWS) {
      play_block(host, &t, blocks[b]);
      unsigned const windows = (unsigned)host_get(host, "window");
      if (windows == seen) {
        continue;
      }
      // Of those that have closed, this is the newest: none takes as long as a hop,
      // or it is late.
      seen                  = windows;
      uint64_t const close  = CLOSE_FRAMES % HOP_FRAMES;
      uint64_t const newest = (t.frame - 1 - close) / HOP_FRAMES * HOP_FRAMES + close;
      ms[found++]           = (now() - t.start - (double)newest / DRIVE_RATE) * 1e3;
    }
    unsigned const all = (unsigned)host_get(host, "late");
    print_latency(name, blocks[b], ms, all - late);
    late = all;
  }
  host_free(host);
}

static void
pin(int const first, int const last)
{
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = first; i <= last; ++i) {
    CPU_SET((size_t)i, &set);
  }
  sched_setaffinity(0, sizeof(set), &set);
}

// All windows close at once, and all workers are one thread on one core, which has
// nothing else to do.
static void
measure_many(char const* const name, char const* const model)
{
  int const cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
  if (cores < 2) {
    fprintf(stderr, "skipped: 64 instances need a second core\n");
    return;
  }
  Host* hosts[INSTANCES];
  pin(cores - 1, cores - 1); // the thread is where it was made
  hosts[0] = host_with(model, HOST_WORKER_SHARED, HOP_STEP);
  pin(0, cores - 2);
  for (unsigned i = 1; i < INSTANCES; ++i) {
    hosts[i] = host_with(model, HOST_WORKER_SHARED, HOP_STEP);
  }

  double const worker_before =
    cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  double const   start      = now();
  uint64_t const first      = CLOSE_FRAMES; // until then no window closes
  uint64_t const end        = first + (uint64_t)SECONDS * DRIVE_RATE;
  double         longest_ms = 0;
  for (uint64_t frame = 0; frame < end; frame += MANY_BLOCK) {
    sleep_until(start + (double)(frame + MANY_BLOCK) / DRIVE_RATE);
    double const began = now();
    for (unsigned i = 0; i < INSTANCES; ++i) {
      queue_notes(hosts[i], frame, MANY_BLOCK);
      host_run(hosts[i], MANY_BLOCK);
    }
    longest_ms = fmax(longest_ms, (now() - began) * 1e3);
  }
  double const worker_seconds = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) -
                                cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - worker_before;
  unsigned windows = 0;
  unsigned late    = 0;
  for (unsigned i = 0; i < INSTANCES; ++i) {
    windows += (unsigned)host_get(hosts[i], "window");
    late += (unsigned)host_get(hosts[i], "late");
  }
  printf(
    json
      ? "{\"name\": \"64 instances\", \"model\": \"%s\", \"hop\": \"step\", \"bpm\": 120, "
        "\"windows\": %u, \"late\": %u, \"core\": %.3f, \"longest_block_ms\": %.2f}\n"
      : "%-10s %9u %6u %8.1f %% %17.2f ms\n",
    name,
    windows,
    late,
    json ? worker_seconds / SECONDS : 100 * worker_seconds / SECONDS,
    longest_ms);
  fflush(stdout);
  for (unsigned i = 0; i < INSTANCES; ++i) {
    host_free(hosts[i]);
  }
  pin(0, cores - 1);
}

static struct {
  char const* name;
  char const* file;
  bool        shipped;
} const models[] = {
  {"magenta", "music-neurons.lv2/melody-2bar", true},
  {"open", "music-neurons.lv2/melody-2bar-open", true},
  {"full size", "full-size", false},
};

static void
measure(void (*const what)(char const*, char const*), bool const shipped)
{
  for (unsigned i = 0; i < sizeof(models) / sizeof(*models); ++i) {
    char const* const path = model_path(models[i].file);
    if (path && (models[i].shipped || !shipped)) {
      what(models[i].name, path);
    } else if (!path && !json) {
      printf("%-10s skipped: no %s/%s.safetensors (tests/import_models.py)\n",
             models[i].name,
             build,
             models[i].file);
    }
  }
}

int
main(int argc, char** argv)
{
  if (argc > 1 && !strcmp(argv[1], "--json")) {
    json = true;
    --argc;
    ++argv;
  }
  build = argc > 1 ? argv[1] : build;
  if (!json) {
    printf("From the frame on which a window closes to its values on the ports, in ms:\n"
           "model       block       min    median      95 %%       max   windows   late\n");
  }
  measure(measure_latency, false);
  if (!json) {
    printf(
      "\n64 instances, a window a step at 120 bpm, %d s, one thread on one core for all:\n"
      "model        windows   late  of the core   longest block of all\n",
      SECONDS);
  }
  measure(measure_many, true);
  return 0;
}
