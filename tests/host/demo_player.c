// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The demo of the player: captures two tunes in slots A and B of the built plugin, in the
/// project's own host, has it morph from one to the other, and writes what is played to a MIDI
/// file, with both tunes at its ends: demo-player BUNDLE OUT.mid [MODEL].

#include "base/midi_track.h"
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RATE        = 48000,
  BLOCK       = 1000,
  STEP_FRAMES = 6000, ///< at 120 beats a minute
  STEPS       = 32,   ///< in a turn
  TURNS       = 9,    ///< of the morph
  NO_DECODER  = 1,    ///< of the output `state`
  MORPH       = 2,    ///< of the input `mode`
};

typedef struct {
  unsigned pitch; ///< 0: a rest
  unsigned steps;
} Note;

// Ludwig van Beethoven, the theme of the finale of his ninth symphony (1824).
static Note const joy[] =
  {{66, 4}, {66, 4}, {67, 4}, {69, 4}, {69, 4}, {67, 4}, {66, 4}, {64, 4}, {0, 0}};

// Wolfgang Amadeus Mozart, the beginning of Eine kleine Nachtmusik (1787), in D.
static Note const serenade[] = {{74, 4},
                                {0, 2},
                                {69, 2},
                                {74, 4},
                                {0, 2},
                                {69, 2},
                                {74, 2},
                                {69, 2},
                                {74, 2},
                                {78, 2},
                                {81, 4},
                                {0, 4},
                                {0, 0}};

typedef struct {
  Host*       host;
  MnMidiTrack track;
  int64_t     step; ///< at which the block begins, in the file
} Demo;

static void
send_note(Demo const* const demo, bool const on, unsigned const pitch)
{
  uint8_t const message[] = {on ? 0x90 : 0x80, (uint8_t)pitch, 90};
  host_midi(demo->host, 0, message, 3);
}

// Runs a step, and writes the notes that are played in it.
static void
run_step(Demo* const demo, bool const writes)
{
  for (unsigned frame = 0; frame < STEP_FRAMES; frame += BLOCK) {
    host_run(demo->host, BLOCK);
    for (unsigned i = 0; i < host_out_count(demo->host); ++i) {
      uint8_t const* const message = (uint8_t const*)(host_out(demo->host, i) + 1);
      if (writes && (message[0] & 0xE0) == 0x80) {
        mn_midi_track_note(
          &demo->track, demo->step, (message[0] & 0xF0) == 0x90, message[1]);
      }
    }
  }
  demo->step += writes;
}

// Plays a tune of a turn to the plugin, and keeps it in a slot.
static void
teach(Demo* const demo, Note const* note, char const* const capture)
{
  for (; note->steps; ++note) {
    if (note->pitch) {
      send_note(demo, true, note->pitch);
    }
    for (unsigned i = 1; i < note->steps; ++i) {
      run_step(demo, false);
    }
    if (note->pitch) {
      send_note(demo, false, note->pitch);
    }
    run_step(demo, false);
  }
  host_set(demo->host, capture, 1);
  host_run(demo->host, 0);
  host_set(demo->host, capture, 0);
}

static void
write_tune(Demo* const demo, Note const* note)
{
  for (; note->steps; ++note) {
    if (note->pitch) {
      mn_midi_track_note(&demo->track, demo->step, true, (int)note->pitch);
    }
    demo->step += note->steps;
    if (note->pitch) {
      mn_midi_track_note(&demo->track, demo->step, false, (int)note->pitch);
    }
  }
}

static void
start_transport(Demo const* const demo)
{
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(demo->host, 0, &start);
}

static void
morph(Demo* const demo)
{
  write_tune(demo, joy);
  host_set(demo->host, "mode", MORPH);
  host_set(demo->host, "x", 0);
  for (unsigned i = 0; i < STEPS; ++i) {
    run_step(demo, false); // the turn before, in which the first one is made
  }
  for (unsigned turn = 1; turn <= TURNS; ++turn) {
    host_set(demo->host, "x", (float)turn / (TURNS - 1)); // of the next one
    for (unsigned i = 0; i < STEPS; ++i) {
      run_step(demo, true);
    }
  }
  host_set(demo->host, "enabled", 0);
  run_step(demo, true); // its last note-off
  --demo->step;
  write_tune(demo, serenade);
}

static void
load(Demo const* const demo, char const* const model)
{
  if (model) {
    host_set_model(demo->host, 0, model);
  }
  for (unsigned i = 0; i < 4; ++i) { // requested, loaded, swapped in
    host_run(demo->host, BLOCK);
    host_settle(demo->host);
  }
  if (host_get(demo->host, "state") <= NO_DECODER) {
    fprintf(stderr,
            "demo-player: %s has no decoder: make demo-player MODEL=FILE\n",
            model ? model : "the bundle's model");
    exit(2);
  }
}

int
main(int const argc, char** const argv)
{
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "Usage: %s BUNDLE OUT.mid [MODEL]\n", argv[0]);
    return 2;
  }
  Demo demo = {.host = host_new_plugin(argv[1], HOST_PLAYER, RATE, HOST_WORKER_AFTER)};
  load(&demo, argc == 4 ? argv[3] : NULL);
  if (!mn_midi_track_init(&demo.track, STEPS * (TURNS + 2))) {
    return 1;
  }
  mn_midi_track_tempo(&demo.track, 120);
  mn_midi_track_metre(&demo.track, 4, 2);
  host_set(demo.host, "freewheel", 1);
  host_set(demo.host, "thru", 0);
  host_set(demo.host, "amount", 0);
  host_set(demo.host, "temperature", 0);
  start_transport(&demo);
  teach(&demo, joy, "capture_a");
  for (unsigned i = 0; i < STEPS; ++i) {
    run_step(&demo, false); // it answers
  }
  teach(&demo, serenade, "capture_b");
  morph(&demo);
  FILE* const file    = fopen(argv[2], "wb");
  bool const  written = file && mn_midi_track_write(&demo.track, file);
  if (!file || fclose(file) || !written) {
    perror(argv[2]);
    return 1;
  }
  printf("%s: Ode to Joy (bars 1-2) becomes Eine kleine Nachtmusik (bars %d-%d)\n",
         argv[2],
         2 * TURNS + 3,
         2 * TURNS + 4);
  mn_midi_track_free(&demo.track);
  host_free(demo.host);
  return 0;
}
