// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What run() costs, for callgrind to count: tests/cost/run runs this program under
/// it. Each block that matters is dumped under the name of what happens in it.

#include "drive.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

enum { FRAMES = 64, BLOCKS = 200, CHORD = 16, VELOCITY = 90 };

// Floods come in short blocks.
enum { FLOOD_FRAMES = 16, FLOODS = 5, FLOOD = 2000, SLOTS = 8, CONTROLLERS = 116 };

static void
measure_frames(Drive* const d, char const* const what, uint32_t const frames)
{
  CALLGRIND_ZERO_STATS;
  host_run(d->host, frames);
  CALLGRIND_DUMP_STATS_AT(what);
}

static void
measure(Drive* const d, char const* const what)
{
  measure_frames(d, what, FRAMES);
}

static void
skip(Drive* const d, unsigned const frames)
{
  for (unsigned at = 0; at < frames; at += FRAMES) {
    host_run(d->host, FRAMES);
  }
}

static void
roll(Drive* const d)
{
  drive_locate(d, 0, 0, 1);
  host_run(d->host, FRAMES);
}

// Nothing comes in, and the transport stands still or rolls.
static void
idle(Drive* const d)
{
  skip(d, BAR_FRAMES);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    measure(d, "idle");
  }
  roll(d);
  skip(d, BAR_FRAMES);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    measure(d, "rolling");
  }
}

static void
notes(Drive* const d)
{
  roll(d);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    drive_note(d, 10, true, 0, 60 + i % 12);
    drive_note(d, 50, false, 0, 60 + i % 12);
    measure(d, "note on and off");
    skip(d, FRAMES);
  }
  for (unsigned i = 0; i < BLOCKS / 4; ++i) {
    for (unsigned key = 0; key < CHORD; ++key) {
      drive_note(d, 0, true, 0, 40 + 3 * key);
    }
    measure(d, "chord of 16");
    for (unsigned key = 0; key < CHORD; ++key) {
      drive_note(d, 0, false, 0, 40 + 3 * key);
    }
    measure(d, "chord of 16 released");
    skip(d, 10 * FRAMES);
  }
}

// Each block of some bars, named for what it brought.
static void
windows(Drive* const d)
{
  roll(d);
  float    count = host_get(d->host, "window");
  unsigned frame = 0;
  for (; frame < 8 * BAR_FRAMES; frame += FRAMES) {
    if (frame % STEP_FRAMES < FRAMES) {
      drive_note(d, 0, true, 0, 60 + frame / STEP_FRAMES % 12);
    } else if (frame % STEP_FRAMES < 2 * FRAMES) {
      drive_note(d, 0, false, 0, 60 + frame / STEP_FRAMES % 12);
    }
    // A window closes half a step after its end, in a block of its own.
    unsigned const bar  = frame % BAR_FRAMES;
    unsigned const end  = CLOSE_FRAMES % BAR_FRAMES;
    bool const     near = bar + 2 * FRAMES > end && bar < end + 2 * FRAMES;
    // roll() has run a block. A note is settled half a step after its step.
    unsigned const step = (frame + FRAMES) % STEP_FRAMES;
    if (near) {
      measure(d, "window closes");
    } else if (step <= STEP_FRAMES / 2 && step + FRAMES > STEP_FRAMES / 2) {
      measure(d, "note settles");
    } else if (host_get(d->host, "window") != count) {
      measure(d, "after a window");
    } else {
      host_run(d->host, FRAMES);
    }
    count = host_get(d->host, "window");
  }
}

static void
jumps(Drive* const d)
{
  for (unsigned i = 0; i < BLOCKS; ++i) {
    drive_locate(d, i % 7, 0.37 * (i % 9), 1);
    measure(d, "transport jump");
    drive_note(d, 0, true, 0, 60);
    skip(d, 20 * FRAMES);
  }
}

static void
models(Drive* const d, char const* const path)
{
  for (unsigned i = 0; i < 4; ++i) {
    host_set_model(d->host, 0, path);
    for (unsigned block = 0; block < 6; ++block) {
      measure(d, "model swap");
    }
  }
}

// Controllers that come in for the first time, while all slots send.
static void
controllers(Drive* const d)
{
  for (unsigned i = 1; i <= SLOTS; ++i) {
    drive_slot(d, i, "source", 1);
    drive_slot(d, i, "controller", 10 * i);
  }
  for (unsigned i = 0; i < FLOODS; ++i) {
    host_reactivate(d->host);
    roll(d);
    for (unsigned c = 0; c < 60; ++c) {
      drive_control(d, c / 4, 0, c, i);
    }
    measure_frames(d, "60 new controllers", FLOOD_FRAMES);
    host_reactivate(d->host);
    roll(d);
    for (unsigned c = 0; c < 16 * CONTROLLERS; ++c) {
      drive_control(d, c / CONTROLLERS, c / CONTROLLERS, c % CONTROLLERS, i);
    }
    measure_frames(d, "1,856 new controllers", FLOOD_FRAMES);
  }
  for (unsigned i = 1; i <= SLOTS; ++i) {
    drive_slot(d, i, "source", 0);
  }
}

static void
flood_with_notes(Drive* const d, char const* const what)
{
  for (unsigned n = 0; n < FLOOD; ++n) {
    drive_note(d, n * FLOOD_FRAMES / FLOOD, true, n % 8, 21 + n * 7 % 88);
  }
  measure_frames(d, what, FLOOD_FRAMES);
}

static void
floods(Drive* const d, char const* const path)
{
  for (unsigned i = 0; i < FLOODS; ++i) {
    roll(d);
    flood_with_notes(d, "2,000 notes");
    skip(d, BAR_FRAMES);
    host_set_model(d->host, 0, path);
    for (unsigned block = 0; block < 6; ++block) {
      flood_with_notes(d, "2,000 notes, swap");
    }
    skip(d, BAR_FRAMES);
    for (unsigned n = 0; n < FLOOD / 2; ++n) {
      drive_note(d, 0, true, 15, 21); // the last that a search finds
      drive_control(d, 0, 15, 123, 0);
    }
    measure_frames(d, "1,000 notes, CC 123", FLOOD_FRAMES);
    skip(d, BAR_FRAMES);
    for (unsigned n = 0; n < FLOOD / 2; ++n) {
      drive_control(d, 0, 0, 64, n % 2 ? 0 : 127);
      drive_note(d, 0, n % 2, 0, 60 + n / 2 % 40);
    }
    measure_frames(d, "1,000 pedals, notes", FLOOD_FRAMES);
    skip(d, BAR_FRAMES);
  }
}

static void
load_player(Drive* const d)
{
  static char const       path[] = "build/cost-player.safetensors";
  static ModelShape const shape  = {
     .steps = 32, .hidden = 16, .latent = 512, .hidden_frac = 13, .wide = true, .seed = 5};
  ModelFile* const file = model_file_new(&shape);
  model_file_add_axes(file, &shape, 2);
  model_file_add_decoder(file, &shape, 1, 16);
  model_file_write(file, path);
  model_file_free(file);
  host_set_model(d->host, 0, path);
  skip(d, 4 * FRAMES);
  remove(path);
}

// Each block of some bars in which the player varies what it hears, named for what it brought.
static void
turns(Drive* const d)
{
  host_set(d->host, "mode", 1);
  roll(d);
  for (unsigned frame = FRAMES; frame < 16 * BAR_FRAMES; frame += FRAMES) {
    unsigned const turn = frame % (2 * BAR_FRAMES);
    unsigned const step = frame % STEP_FRAMES;
    if (step < FRAMES) {
      drive_note(d, 0, frame / STEP_FRAMES % 2 == 0, 0, 60 + frame / STEP_FRAMES % 12 / 2);
    }
    if (turn <= CLOSE_FRAMES && turn + FRAMES > CLOSE_FRAMES) {
      measure(d, "player: turn closes");
    } else if (turn < FRAMES) {
      measure(d, "player: turn begins");
    } else if (step < FRAMES) {
      measure(d, "player: a step");
    } else {
      host_run(d->host, FRAMES);
    }
  }
}

static void
run_player(void)
{
  Drive d = {.host =
               host_new_plugin(drive_bundle, HOST_PLAYER, DRIVE_RATE, HOST_WORKER_AFTER),
             .block = BLOCK};
  load_player(&d);
  skip(&d, BAR_FRAMES);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    measure(&d, "player: idle");
  }
  roll(&d);
  skip(&d, BAR_FRAMES);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    measure(&d, "player: rolling");
  }
  turns(&d);
  for (unsigned i = 0; i < BLOCKS; ++i) {
    drive_locate(&d, i % 7, 0.37 * (i % 9), 1);
    measure(&d, "player: jump");
    skip(&d, 20 * FRAMES);
  }
  flood_with_notes(&d, "player: 2,000 notes");
  drive_free(&d);
}

int
main(int const argc, char** const argv)
{
  if (argc != 2) {
    fprintf(stderr, "Usage: %s MODEL|player\n", argv[0]);
    return 2;
  }
  if (!strcmp(argv[1], "player")) {
    run_player();
    return 0;
  }
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set(d.host, "glide", 50);
  idle(&d);
  notes(&d);
  windows(&d);
  jumps(&d);
  models(&d, argv[1]);
  controllers(&d);
  floods(&d, argv[1]);
  drive_free(&d);
  return 0;
}
