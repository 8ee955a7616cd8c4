// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Plays notes to the port "in" of a JACK client along JACK's transport, and
/// writes down what comes from one of its ports:
///
///     player CLIENT:PORT NOTES PASSED END [BPM BEAT BPM]
///
/// NOTES has lines of a transport frame and three bytes in decimal, in order;
/// PASSED is written likewise, or, of a port of audio or voltages, with lines of
/// a frame and the millionths of the value that it takes there. The transport
/// rolls from 0 to frame END; before it stops, the player prints a line. With
/// tempos, the player is timebase master: the first tempo lasts until BEAT.

#include <jack/jack.h>
#include <jack/midiport.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_EVENTS = 16384, WAIT_MS = 10000 };

typedef struct {
  jack_nframes_t frame;
  unsigned char  bytes[3];
} Event;

typedef struct {
  jack_nframes_t frame;
  float          value;
} Change;

// Two clients, so that JACK runs both in the same cycle as what is in between.
static jack_client_t* source;
static jack_client_t* sink;
static jack_port_t*   out;
static jack_port_t*   in;

static Event          notes[MAX_EVENTS];
static size_t         note_count;
static size_t         next_note; // the source's process thread
static Event          passed[MAX_EVENTS];
static Change         changes[MAX_EVENTS];
static atomic_size_t  passed_count; // of either
static jack_nframes_t end;
static atomic_bool    at_end;

static double tempo[2];
static double change_beat;

_Noreturn static void
fail(char const* const what)
{
  fprintf(stderr, "player: %s\n", what);
  exit(1);
}

static bool
rolling_at(jack_client_t* const client, jack_nframes_t* const frame)
{
  jack_position_t              position;
  jack_transport_state_t const state = jack_transport_query(client, &position);
  *frame                             = position.frame;
  return state == JackTransportRolling;
}

static int
play(jack_nframes_t const frames, void* const arg)
{
  (void)arg;
  void* const buffer = jack_port_get_buffer(out, frames);
  jack_midi_clear_buffer(buffer);
  jack_nframes_t now;
  if (!rolling_at(source, &now)) {
    return 0;
  }
  for (; next_note < note_count && notes[next_note].frame < now + frames; ++next_note) {
    Event const* const   note = &notes[next_note];
    jack_nframes_t const time = note->frame > now ? note->frame - now : 0;
    jack_midi_event_write(buffer, time, note->bytes, sizeof(note->bytes));
  }
  if (now >= end) {
    atomic_store(&at_end, true);
  }
  return 0;
}

static int
listen(jack_nframes_t const frames, void* const arg)
{
  (void)arg;
  void* const    buffer = jack_port_get_buffer(in, frames);
  jack_nframes_t now;
  size_t         count = atomic_load(&passed_count);
  if (!rolling_at(sink, &now)) {
    return 0;
  }
  jack_midi_event_t event;
  for (uint32_t i = 0; !jack_midi_event_get(&event, buffer, i) && count < MAX_EVENTS; ++i) {
    Event* const to = &passed[count++];
    to->frame       = now + event.time;
    memcpy(to->bytes, event.buffer, event.size < 3 ? event.size : 3);
  }
  atomic_store(&passed_count, count);
  return 0;
}

static int
measure(jack_nframes_t const frames, void* const arg)
{
  (void)arg;
  float const* const values = (float const*)jack_port_get_buffer(in, frames);
  jack_nframes_t     now;
  size_t             count = atomic_load(&passed_count);
  if (!rolling_at(sink, &now)) {
    return 0;
  }
  for (jack_nframes_t i = 0; i < frames && count < MAX_EVENTS; ++i) {
    if (!count || values[i] != changes[count - 1].value) {
      changes[count++] = (Change){now + i, values[i]};
    }
  }
  atomic_store(&passed_count, count);
  return 0;
}

static void
tell_bar(jack_transport_state_t const state,
         jack_nframes_t const         frames,
         jack_position_t* const       position,
         int const                    is_new,
         void* const                  arg)
{
  (void)state;
  (void)frames;
  (void)is_new;
  (void)arg;
  double const rate    = position->frame_rate;
  double const seconds = position->frame / rate;
  double const change  = change_beat * 60 / tempo[0];
  bool const   changed = seconds >= change;
  double const beats =
    changed ? change_beat + (seconds - change) * tempo[1] / 60 : seconds * tempo[0] / 60;
  int32_t const beat = (int32_t)floor(beats);

  position->valid            = JackPositionBBT;
  position->beats_per_bar    = 4;
  position->beat_type        = 4;
  position->ticks_per_beat   = 1920;
  position->beats_per_minute = tempo[changed];
  position->bar              = beat / 4 + 1;
  position->beat             = beat % 4 + 1;
  position->tick             = (int32_t)((beats - beat) * position->ticks_per_beat);
  position->bar_start_tick   = (position->bar - 1) * 4 * position->ticks_per_beat;
}

static void
read_notes(char const* const path)
{
  FILE* const file = fopen(path, "r");
  if (!file) {
    fail("cannot read the notes");
  }
  unsigned frame, a, b, c;
  while (note_count < MAX_EVENTS && fscanf(file, "%u %u %u %u", &frame, &a, &b, &c) == 4) {
    notes[note_count++] =
      (Event){frame, {(unsigned char)a, (unsigned char)b, (unsigned char)c}};
  }
  fclose(file);
}

static void
write_passed(char const* const path, bool const is_midi)
{
  FILE* const file = fopen(path, "w");
  if (!file) {
    fail("cannot write what was passed on");
  }
  for (size_t i = 0; i < atomic_load(&passed_count); ++i) {
    Event const* const  e = &passed[i];
    Change const* const c = &changes[i];
    if (is_midi) {
      fprintf(file, "%u %u %u %u\n", e->frame, e->bytes[0], e->bytes[1], e->bytes[2]);
    } else {
      fprintf(file, "%u %ld\n", c->frame, lround(c->value * 1e6));
    }
  }
  fclose(file);
}

static jack_client_t*
open_client(char const* const name)
{
  jack_client_t* const client =
    jack_client_open(name, JackNoStartServer | JackUseExactName, NULL);
  if (!client) {
    fail("no JACK server");
  }
  return client;
}

static void
start(jack_client_t* const      client,
      jack_port_t const* const  port,
      JackProcessCallback const process)
{
  if (!port || jack_set_process_callback(client, process, NULL) || jack_activate(client)) {
    fail("cannot activate");
  }
}

// The client may still be on its way.
static void
link_ports(char const* const from, char const* const to)
{
  for (int ms = 0; jack_connect(source, from, to); ms += 50) {
    if (ms > WAIT_MS) {
      fail("cannot connect the client");
    }
    usleep(50000);
  }
}

// Plays to the client of a port, and listens to that. Returns whether it is MIDI.
static bool
connect_client(char const* const port)
{
  char name[256];
  snprintf(name, sizeof(name), "%.*s:in", (int)strcspn(port, ":"), port);
  out = jack_port_register(source, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
  start(source, out, play);
  link_ports(jack_port_name(out), name);

  jack_port_t* const from = jack_port_by_name(sink, port);
  if (!from) {
    fail("the client has no such port");
  }
  bool const is_midi = !strcmp(jack_port_type(from), JACK_DEFAULT_MIDI_TYPE);
  in = jack_port_register(sink, "in", jack_port_type(from), JackPortIsInput, 0);
  start(sink, in, is_midi ? listen : measure);
  link_ports(port, jack_port_name(in));
  return is_midi;
}

static void
ignore(char const* const message)
{
  (void)message;
}

// Leaves as at the end: JACK would wait for a client that just dies.
static void
leave(int const signal_number)
{
  (void)signal_number;
  atomic_store(&at_end, true);
}

int
main(int const argc, char** const argv)
{
  if (argc != 5 && argc != 8) {
    fail("CLIENT:PORT NOTES PASSED END [BPM BEAT BPM]");
  }
  read_notes(argv[2]);
  end = (jack_nframes_t)strtoul(argv[4], NULL, 10);

  signal(SIGTERM, leave);
  jack_set_error_function(ignore); // the ports that are not there yet
  jack_set_info_function(ignore);
  source = open_client("source");
  sink   = open_client("sink");

  bool const is_midi = connect_client(argv[1]);
  if (argc == 8) {
    tempo[0]    = strtod(argv[5], NULL);
    change_beat = strtod(argv[6], NULL);
    tempo[1]    = strtod(argv[7], NULL);
    if (jack_set_timebase_callback(source, 0, tell_bar, NULL)) {
      fail("cannot be timebase master");
    }
  }

  jack_transport_locate(source, 0);
  jack_transport_start(source);
  while (!atomic_load(&at_end)) {
    usleep(10000);
  }
  puts("The transport stops.");
  fflush(stdout);
  jack_transport_stop(source);
  jack_client_close(sink);
  jack_client_close(source);
  write_passed(argv[3], is_midi);
  return 0;
}
