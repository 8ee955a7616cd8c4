// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A MIDI clock that gives tempo and bars: its messages come among the notes, and jitter. The
/// gate of the plugin with CV ports shows the frames on which windows close; the messages to
/// the window have their tokens.

#include "drive.h"
#include "listener.h"
#include "notes/midi_clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
  CLOCK        = 0xF8,
  START        = 0xFA,
  CONTINUE     = 0xFB,
  STOP         = 0xFC,
  SONG_PLACE   = 0xF2,
  CLOCKS_A_BAR = 96,
  STEPS_A_BAR  = 16,
  MOST_WINDOWS = 48,
  STEPS        = 32,
};

static double const jitter = 0.002; // seconds, to both sides

// A window closes half a step after its last grid line, less the margin of mn_step_round().
static double const close_steps = 31.5 - 3.0 / 1024;

static uint32_t const blocks[] = {16, 333, 4096};

enum { BLOCKS = sizeof(blocks) / sizeof(*blocks) };

typedef struct {
  uint64_t frame;
  unsigned order; // of those on one frame
  uint8_t  bytes[3];
  uint8_t  size; // 0: the host's transport starts
} Event;

// What comes to the plugin, in seconds from its first frame.
typedef struct {
  Event    events[8192];
  unsigned count;
  uint64_t seed;
} Script;

static Script*
script_new(void)
{
  Script* const s = (Script*)calloc(1, sizeof(Script));
  s->seed         = 7;
  return s;
}

static void
add(Script* const s, double const seconds, uint8_t const* const bytes, uint8_t const size)
{
  assert_true(s->count < sizeof(s->events) / sizeof(*s->events));
  Event* const e = &s->events[s->count];
  *e             = (Event){
                .frame = (uint64_t)llround(seconds * DRIVE_RATE), .order = s->count++, .size = size};
  if (size) {
    memcpy(e->bytes, bytes, size);
  }
}

static void
add_byte(Script* const s, double const seconds, uint8_t const byte)
{
  add(s, seconds, &byte, 1);
}

static double
random_part(Script* const s) // -1 to 1
{
  s->seed ^= s->seed << 13;
  s->seed ^= s->seed >> 7;
  s->seed ^= s->seed << 17;
  return (double)(s->seed % 20001) / 10000 - 1;
}

// Adds clocks from a time on. @return the time of the one after them, without jitter.
static double
add_clocks(Script* const  s,
           double const   from,
           double const   bpm,
           unsigned const count,
           double const   most)
{
  double const period = 60 / bpm / 24;
  for (unsigned i = 0; i < count; ++i) {
    add_byte(s, from + i * period + most * random_part(s), CLOCK);
  }
  return from + count * period;
}

static void
add_note(Script* const s, double const seconds, double const length, uint8_t const pitch)
{
  add(s, seconds, (uint8_t const[]){0x90, pitch, 90}, 3);
  add(s, seconds + length, (uint8_t const[]){0x80, pitch, 0}, 3);
}

// A line of notes on random steps, each up to a third of a step beside its own.
static void
add_tune(Script* const s, double const from, double const bpm, unsigned const bars)
{
  double const step  = 60 / bpm / 4;
  unsigned     pitch = 60;
  for (unsigned at = 0; at < STEPS_A_BAR * bars;) {
    unsigned const length = 1 + (unsigned)(2 + 2 * random_part(s));
    double const   beside = at ? step / 3 * random_part(s) : 0;
    pitch                 = (unsigned)(66 + 12 * random_part(s));
    add_note(s, from + at * step + beside, step * (length - 0.1), (uint8_t)pitch);
    at += length + (s->seed % 3 == 0);
  }
}

static int
compare(void const* const a, void const* const b)
{
  Event const* const x = (Event const*)a;
  Event const* const y = (Event const*)b;
  return x->frame != y->frame ? (x->frame < y->frame ? -1 : 1)
                              : (x->order < y->order ? -1 : 1);
}

// What the windows were told to be.
typedef struct {
  unsigned count;
  uint8_t  tokens[MOST_WINDOWS][STEPS];
  int64_t  bars[MOST_WINDOWS];
} Windows;

static void
note_window(Windows* const w, MnView const* const view)
{
  if (view->window.number > w->count && w->count < MOST_WINDOWS) {
    memcpy(w->tokens[w->count], view->window.tokens, STEPS);
    w->bars[w->count++] = view->past.entry[view->past.count - 1].said.bar;
  }
}

static HostPosition const rolling = {.speed         = 1,
                                     .beats_per_bar = 4,
                                     .beat_unit     = 4,
                                     .bpm           = 120};

// Plays a script in blocks, to its end and a second on. @param bpm The host's.
static void
play(Script* const s, Drive* const d, double const bpm, Windows* const w)
{
  qsort(s->events, s->count, sizeof(*s->events), compare);
  Listener* const listener = listener_new(d->host);
  uint64_t const  end      = s->events[s->count - 1].frame + DRIVE_RATE;
  unsigned        next     = 0;
  for (uint64_t at = d->tape.frames; at < end; at += d->block) {
    for (; next < s->count && s->events[next].frame < at + d->block; ++next) {
      Event const* const e     = &s->events[next];
      uint32_t const     frame = (uint32_t)(e->frame - at);
      if (e->size) {
        host_midi(d->host, frame, e->bytes, e->size);
      } else {
        HostPosition position = rolling;
        position.bpm          = bpm;
        host_position(d->host, frame, &position);
      }
    }
    drive_frames(d, d->block);
    listener_take(listener, d->host);
    if (w) {
      note_window(w, &listener->view);
    }
  }
  listener_free(listener);
}

// Results come on the frame where a window closes, and silence sends nothing to rest.
static Drive
exact(char const* const uri, uint32_t const block)
{
  Drive d = drive_new(uri, HOST_WORKER_NONE, true);
  d.block = block;
  host_set(d.host, "hold", 256);
  host_set(d.host, "tempo", 71);
  return d;
}

// The frames of windows from a time on, at a tempo, a bar apart.
static void
assert_on_bars(Drive const* const d,
               unsigned const     first,
               unsigned const     count,
               double const       from,
               double const       bpm)
{
  uint64_t       frames[MOST_WINDOWS];
  unsigned const windows = tape_gates(&d->tape, MN_CV_WINDOW, frames, MOST_WINDOWS);
  assert_true(windows >= first + count);
  for (unsigned i = 0; i < count; ++i) {
    double const ideal = from + (close_steps + STEPS_A_BAR * i) * 60 / bpm / 4;
    double const off   = (double)frames[first + i] / DRIVE_RATE - ideal;
    if (fabs(off) > jitter) {
      fail_msg("window %u: %.2f ms off", first + i, 1000 * off);
    }
  }
}

static void
windows_fall_on_the_bars_of_a_clock_that_jitters(void** const state)
{
  (void)state;
  static double const bpms[] = {90, 133};
  for (unsigned k = 0; k < 2; ++k) {
    Tape first = {0};
    for (unsigned i = 0; i < BLOCKS; ++i) {
      Script* const s     = script_new();
      double const  start = 1.2345;
      add_byte(s, start - 0.004, START);
      add_clocks(s, start, bpms[k], 6 * CLOCKS_A_BAR, jitter);
      add_tune(s, start, bpms[k], 6);
      Drive d = exact(HOST_CV, blocks[i]);
      play(s, &d, 0, NULL);
      assert_on_bars(&d, 0, 5, start, bpms[k]);

      // The same on the same frames in any block, as far as the shortest tape goes.
      if (i) {
        uint64_t const least = d.tape.frames < first.frames ? d.tape.frames : first.frames;
        for (unsigned cv = 0; cv < MN_CV_COUNT; ++cv) {
          assert_memory_equal(d.tape.cv[cv], first.cv[cv], least * sizeof(float));
        }
        drive_free(&d);
      } else {
        first = d.tape;
        host_free(d.host);
      }
      free(s);
    }
    tape_free(&first);
  }
}

static void
a_tune_has_the_same_tokens_by_clock_and_by_host(void** const state)
{
  (void)state;
  static double const bpms[] = {90, 133};
  for (unsigned k = 0; k < 2; ++k) {
    for (unsigned i = 0; i < BLOCKS; ++i) {
      Windows got[2] = {{.count = 0}};
      for (unsigned clock = 0; clock < 2; ++clock) {
        Script* const s     = script_new();
        double const  start = 0.777;
        add_tune(s, start, bpms[k], 6);
        if (clock) {
          add_byte(s, start - 0.004, START);
          add_clocks(s, start, bpms[k], 6 * CLOCKS_A_BAR, jitter);
        } else {
          add(s, start, NULL, 0);
        }
        Drive d = exact(HOST_MONITOR, blocks[i]);
        play(s, &d, bpms[k], &got[clock]);
        assert_true(host_get(d.host, "synced") == !clock); // the clock has gone since
        drive_free(&d);
        free(s);
      }
      assert_true(got[0].count >= 5 && got[1].count >= 5);
      for (unsigned w = 0; w < 5; ++w) {
        assert_memory_equal(got[1].tokens[w], got[0].tokens[w], STEPS);
        assert_int_equal(got[1].bars[w], w);
      }
    }
  }
}

static void
a_song_stops_continues_and_starts_at_a_position(void** const state)
{
  (void)state;
  double const  bpm = 120;
  double const  bar = 2;
  Script* const s   = script_new();
  // Bars 0 to 2 and a half, a stop in which the clock runs on, then the other half.
  add_byte(s, 0.999, START);
  double at = add_clocks(s, 1, bpm, 2 * CLOCKS_A_BAR + CLOCKS_A_BAR / 2, jitter);
  add_tune(s, 1, bpm, 2);
  add_byte(s, at - 0.005, STOP);
  at = add_clocks(s, at, bpm, 60, jitter);
  add_byte(s, at - 0.005, CONTINUE);
  double const rest = at;
  at                = add_clocks(s, at, bpm, 3 * CLOCKS_A_BAR, jitter);
  // Then bar 9, from its third beat on.
  add_byte(s, at - 0.006, STOP);
  uint8_t const place[] = {SONG_PLACE, (9 * 16 + 8) & 0x7F, (9 * 16 + 8) >> 7};
  add(s, at - 0.005, place, 3);
  add_byte(s, at - 0.004, CONTINUE);
  double const third = at;
  add_clocks(s, at, bpm, 4 * CLOCKS_A_BAR, jitter);
  add_tune(s, rest, bpm, 3);
  add_tune(s, third + 0.004, bpm, 4);

  for (unsigned i = 0; i < BLOCKS; ++i) {
    Windows w = {.count = 0};
    Drive   m = exact(HOST_MONITOR, blocks[i]);
    play(s, &m, 0, &w);
    Drive d = exact(HOST_CV, blocks[i]);
    play(s, &d, 0, NULL);
    // Windows begin with the bar in which a song goes on, or in mid-bar with rests.
    unsigned const before = 1;
    assert_on_bars(&d, 0, before, 1, bpm);
    assert_on_bars(&d, before, 2, rest - bar / 2, bpm);
    assert_on_bars(&d, before + 2, 3, third - bar / 2, bpm);
    int64_t const bars[] = {0, 2, 3, 9, 10, 11};
    assert_true(w.count >= 6);
    for (unsigned k = 0; k < 6; ++k) {
      assert_int_equal(w.bars[k], bars[k]);
    }
    drive_free(&m);
    drive_free(&d);
  }
  free(s);
}

static void
a_clock_may_change_its_tempo(void** const state)
{
  (void)state;
  Script* const s = script_new();
  add_byte(s, 0.5, START);
  double const second = add_clocks(s, 1, 90, 4 * CLOCKS_A_BAR, jitter);
  double const third  = add_clocks(s, second, 133, 4 * CLOCKS_A_BAR, jitter);
  add_clocks(s, third, 126, 4 * CLOCKS_A_BAR + 60, jitter);
  Drive d = exact(HOST_CV, 256);
  play(s, &d, 0, NULL);
  assert_on_bars(&d, 0, 3, 1, 90);
  assert_on_bars(&d, 4, 3, second, 133); // the one between has both
  assert_on_bars(&d, 8, 3, third, 126);
  drive_free(&d);
  free(s);
}

// A drive that a test feeds by hand, with what the window is told.
typedef struct {
  Drive     d;
  Listener* listener;
} Live;

static Live
live(void)
{
  Live l     = {.d = exact(HOST_MONITOR, 125)};
  l.listener = listener_new(l.d.host);
  return l;
}

static void
live_free(Live* const l)
{
  listener_free(l->listener);
  drive_free(&l->d);
}

static void
send(Live* const l, uint8_t const byte)
{
  host_midi(l->d.host, 0, &byte, 1);
}

// So many clocks at 80 bpm: 1500 frames each.
static void
tick(Live* const l, unsigned const clocks)
{
  for (unsigned i = 0; i < clocks; ++i) {
    send(l, CLOCK);
    for (unsigned k = 0; k < 12; ++k) {
      drive_frames(&l->d, 125);
      listener_take(l->listener, l->d.host);
    }
  }
}

static void
wait(Live* const l, uint32_t const frames)
{
  for (uint32_t done = 0; done < frames; done += 125) {
    drive_frames(&l->d, 125);
    listener_take(l->listener, l->d.host);
  }
}

static void
assert_follows(Live const* const l,
               MnMode const      mode,
               MnTempo const     tempo,
               double const      bpm)
{
  MnViewRoll const* const roll = &l->listener->view.roll;
  assert_int_equal(roll->mode, mode);
  assert_int_equal(roll->tempo_of, tempo);
  assert_true(fabs((double)roll->tempo - bpm) < 0.01);
  bool const bars = mode == MN_MODE_HOST || mode == MN_MODE_CLOCK;
  assert_true(host_get(l->d.host, "synced") == bars);
}

static void
a_clock_that_does_not_start_gives_its_tempo(void** const state)
{
  (void)state;
  Live l = live();
  wait(&l, BLOCK);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_OWN, 71);
  tick(&l, 48);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_CLOCK, 80);
  host_set(l.d.host, "tempo", 99);
  tick(&l, 4);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_CLOCK, 80);
  assert_false(l.listener->view.roll.listening);
  drive_note(&l.d, 0, true, 0, 60);
  tick(&l, 4);
  assert_true(l.listener->view.roll.listening); // the note began a bar
  live_free(&l);
}

static void
a_clock_that_stays_away_has_gone(void** const state)
{
  (void)state;
  Live l = live();
  send(&l, START);
  tick(&l, 100);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  // The last one was 1500 frames ago.
  wait(&l, DRIVE_RATE - 1500);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  wait(&l, 125);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_OWN, 71);
  // One that comes back has no bars until it starts.
  tick(&l, 50);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_CLOCK, 80);
  send(&l, CONTINUE);
  tick(&l, 50);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  send(&l, STOP);
  wait(&l, 125);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_CLOCK, 80);
  live_free(&l);
}

static void
the_hosts_transport_wins(void** const state)
{
  (void)state;
  Live l = live();
  send(&l, START);
  tick(&l, 50);
  drive_locate(&l.d, 7, 1, 1); // 120 bpm
  tick(&l, 50);
  assert_follows(&l, MN_MODE_HOST, MN_TEMPO_HOST, 120);
  assert_int_equal(l.listener->view.roll.bar_number, 7);

  // While it stands, the clock counts, wherever it has come to meanwhile.
  drive_locate(&l.d, 8, 0, 0);
  tick(&l, 92);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  assert_int_equal(l.listener->view.roll.bar_number, 1);
  drive_locate(&l.d, 8, 0, 0); // and does not stumble over what the host tells
  int64_t const breaks = l.listener->view.roll.start;
  tick(&l, 24);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  assert_int_equal(l.listener->view.roll.start, breaks);
  drive_locate(&l.d, 8, 0, -1);
  tick(&l, 24);
  assert_int_equal(l.listener->view.roll.mode, MN_MODE_STILL);
  // Without a clock, a host that stands still gives the tempo.
  drive_locate(&l.d, 8, 0, 0);
  send(&l, STOP);
  tick(&l, 24);
  assert_follows(&l, MN_MODE_FREE, MN_TEMPO_HOST, 120);
  live_free(&l);
}

static void
a_note_beside_the_first_clock_is_heard(void** const state)
{
  (void)state;
  enum { EARLY, BEFORE, AFTER, TIMES };
  for (unsigned time = 0; time < TIMES; ++time) {
    Live l = live();
    send(&l, START);
    wait(&l, 125);
    if (time != AFTER) {
      drive_note(&l.d, 0, true, 0, 72);
    }
    if (time == EARLY) {
      wait(&l, 125); // 2.6 ms, as by a cable of its own
    }
    send(&l, CLOCK);
    if (time == AFTER) {
      drive_note(&l.d, 0, true, 0, 72);
    }
    wait(&l, 1500);
    tick(&l, 20);
    assert_int_equal(l.listener->view.roll.tokens[0], 72 - MN_NOTE_OFFSET);
    live_free(&l);
  }
}

// Everything passes, as it came, and the plugin goes on.
static void
a_flood_of_clocks_passes_and_does_no_harm(void** const state)
{
  (void)state;
  static uint8_t const bytes[] = {
    CLOCK, CLOCK, START, CLOCK, STOP, CLOCK, CONTINUE, 0xF9, 0xFE, 0xFF};
  static uint8_t const place[] = {SONG_PLACE, 0x7F, 0x7F};
  Live                 l       = live();
  uint64_t             seed    = 99;
  for (unsigned block = 0; block < 60; ++block) {
    tape_clear(&l.d.tape);
    for (unsigned i = 0; i < 800; ++i) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      if (i % 97 == 5) {
        host_midi(l.d.host, i / 8, place, 3);
      } else {
        host_midi(l.d.host, i / 8, &bytes[(seed >> 33) % sizeof(bytes)], 1);
      }
    }
    drive_frames(&l.d, 125);
    assert_int_equal(l.d.tape.count, 800);
  }
  assert_true(l.d.tape.events[5].size == 3 && l.d.tape.events[6].size == 1);
  wait(&l, 2 * DRIVE_RATE);
  send(&l, START);
  tick(&l, 60);
  assert_follows(&l, MN_MODE_CLOCK, MN_TEMPO_CLOCK, 80);
  live_free(&l);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(windows_fall_on_the_bars_of_a_clock_that_jitters),
    cmocka_unit_test(a_tune_has_the_same_tokens_by_clock_and_by_host),
    cmocka_unit_test(a_song_stops_continues_and_starts_at_a_position),
    cmocka_unit_test(a_clock_may_change_its_tempo),
    cmocka_unit_test(a_clock_that_does_not_start_gives_its_tempo),
    cmocka_unit_test(a_clock_that_stays_away_has_gone),
    cmocka_unit_test(the_hosts_transport_wins),
    cmocka_unit_test(a_note_beside_the_first_clock_is_heard),
    cmocka_unit_test(a_flood_of_clocks_passes_and_does_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
