// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Hours of music through the built plugin, as fast as it goes: soak BUNDLE MINUTES
/// [SEED]. It checks of each window that it starts where the bars say, holds what was
/// played there and comes when it is due, and that memory is the same as after the first
/// minute.

#include "base/midi.h"
#include "host_private.h"
#include "memory.h"
#include "monitor.h"
#include "tune.h"

#include <lv2/atom/util.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double const rate = 48000;

// While the host is this near to what the plugin predicts, the plugin keeps its own count.
static double const near = 1.0 / 128;

enum { SETTLED = 60 /* seconds */, MOST_BLOCK = 2048 };

// Pages of the pool and of stacks count as resident from when they are first used. So a few
// more may come, once each; in a day, a leak of a page an hour would be more than this.
enum { FIRST_USES = 20 * 4096 /* bytes */ };

// Where the music is: a tempo from a frame on.
typedef struct {
  uint64_t    frame;
  long double step; ///< on that frame
  long double steps_per_frame;
} Clock;

typedef struct {
  Host*            host;
  MnMonitor const* monitor; ///< the instance from inside
  MnUris           uris;
  Random           random; ///< the host's: sizes of blocks
  Tune             tune;
  Clock            clock;
  uint64_t         frame;
  uint64_t         bar; ///< index of the current bar
  double   blocks[3];   ///< steps where this block and the last one began, and its end
  uint64_t next_window; ///< index of its first bar, or of an earlier bar
  int64_t  origin;      ///< step of the plugin's stream where the music began
  int64_t  retired;     ///< steps that no window holds any more

  uint64_t  events;
  unsigned  windows;
  unsigned  scored;
  uint64_t  steps_told;
  uint64_t  notes;    ///< played and retired
  uint64_t  onsets;   ///< steps on which they start
  uint64_t  tokens;   ///< note-ons in windows
  uint64_t  heard[4]; ///< onsets by the number of windows that contained them
  double    drift;    ///< the most that the plugin's place was off, in steps
  bool      settled;
  MemoryUse memory; ///< when it settled
  size_t    resident;
  uint64_t  measured; ///< seconds of music at the last look at `resident`
} Soak;

static _Noreturn MN_PRINTF(2, 3) void give_up(Soak const* const s,
                                              char const* const format,
                                              ...)
{
  va_list args;
  va_start(args, format);
  fprintf(stderr,
          "soak: after %.1f s of music, in bar %lld: ",
          (double)s->frame / rate,
          (long long)tune_bar(&s->tune, s->bar)->number);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(EXIT_FAILURE);
}

static double
step_at(Soak const* const s, uint64_t const frame)
{
  Clock const* const c = &s->clock;
  return (double)(c->step + (long double)(frame - c->frame) * c->steps_per_frame);
}

// The first frame that reaches a place, at the current tempo.
static uint64_t
frame_of(Soak const* const s, double const step)
{
  Clock const* const c      = &s->clock;
  long double const  frames = ((long double)step - c->step) / c->steps_per_frame;
  return frames > 0 ? c->frame + (uint64_t)ceill(frames - 1e-7L) : c->frame;
}

static void
say_position(Soak* const s, uint64_t const from, uint64_t const frame)
{
  TuneBar const* const bar  = tune_bar(&s->tune, s->bar);
  double const         in   = fmax(0, step_at(s, frame) - (double)bar->start);
  HostPosition const   said = {.speed         = 1,
                               .frame         = (int64_t)frame,
                               .bar           = bar->number,
                               .bar_beat      = in * bar->unit / 16,
                               .beats_per_bar = bar->beats,
                               .beat_unit     = bar->unit,
                               .bpm           = bar->bpm,
                               .as_doubles    = true};
  host_position(s->host, (uint32_t)(frame - from), &said);
}

// The next bar begins on a frame, with its tempo.
static void
begin_bar(Soak* const s, uint64_t const from, uint64_t const frame, bool const first)
{
  s->bar += !first;
  TuneBar const* const bar = tune_bar(&s->tune, s->bar);
  Clock* const         c   = &s->clock;
  c->step += (long double)(frame - c->frame) * c->steps_per_frame;
  c->frame           = frame;
  c->steps_per_frame = (long double)bar->bpm / 15 / (long double)rate;
  if (bar->is_news) {
    say_position(s, from, frame);
  }
}

static void
play_event(Soak* const s, uint64_t const from, uint64_t const frame)
{
  TuneEvent const* const event = tune_event(&s->tune);
  host_midi(s->host, (uint32_t)(frame - from), event->message, sizeof(event->message));
  if (event->message[0] >= MN_MIDI_NOTE_ON) {
    ++tune_step(&s->tune, (int64_t)floor(event->position + 0.5))->sent;
  }
  tune_take_event(&s->tune);
}

// Adds the events of the block that ends before frame `end`. Returns the number of
// messages.
static unsigned
fill_block(Soak* const s, uint64_t const end)
{
  uint64_t const from     = s->frame;
  uint64_t       last     = from;
  unsigned       messages = 0;
  tune_make(&s->tune, (int64_t)floor(step_at(s, from)));
  for (bool begins = true;; begins = false) {
    TuneEvent const* const next = tune_event(&s->tune);

    double const   bar   = (double)tune_bar(&s->tune, s->bar + 1)->start;
    double const   event = next ? next->position : (double)INFINITY;
    bool const     turns = bar <= event;
    uint64_t const at    = frame_of(s, turns ? bar : event);
    uint64_t const frame = at > last ? at : last;
    if (begins && tune_bar(&s->tune, s->bar)->every_block && !(turns && frame == from)) {
      say_position(s, from, from);
    }
    if (frame >= end) {
      return messages;
    }
    if (turns) {
      begin_bar(s, from, frame, false);
    } else {
      play_event(s, from, frame);
      ++messages;
    }
    tune_make(&s->tune, (int64_t)floor(step_at(s, frame)));
    last = frame;
  }
}

// The value of a property, which has to be there.
static LV2_Atom const*
property(Soak const* const            s,
         LV2_Atom_Object const* const object,
         LV2_URID const               key,
         LV2_URID const               type)
{
  LV2_Atom const* value = NULL;
  lv2_atom_object_get(object, key, &value, 0);
  if (!value || value->type != type) {
    give_up(s, "a message lacks what it should have");
  }
  return value;
}

static int64_t
long_of(Soak const* const s, LV2_Atom_Object const* const object, LV2_URID const key)
{
  return ((LV2_Atom_Long const*)property(s, object, key, s->uris.atom_Long))->body;
}

static int
int_of(Soak const* const s, LV2_Atom_Object const* const object, LV2_URID const key)
{
  return ((LV2_Atom_Int const*)property(s, object, key, s->uris.atom_Int))->body;
}

static double
double_of(Soak const* const s, LV2_Atom_Object const* const object, LV2_URID const key)
{
  return ((LV2_Atom_Double const*)property(s, object, key, s->uris.atom_Double))->body;
}

// The bar where the next window starts: with a hop of 2 bars, those of even numbers.
static TuneBar const*
next_window(Soak* const s)
{
  while (tune_bar(&s->tune, s->next_window)->number % 2) {
    ++s->next_window;
  }
  return tune_bar(&s->tune, s->next_window);
}

static double
close_of(TuneBar const* const bar)
{
  // Half a step before the end, from where notes round to the next step, less the margin
  // that melody.h promises.
  return (double)bar->start + TUNE_STEPS - 0.5 - 3.0 / 1024;
}

// Returns whether the window is scored.
static bool
check_tokens(Soak* const s, LV2_Atom_Object const* const object, int64_t const start)
{
  LV2_Atom_Vector const* const vector =
    (LV2_Atom_Vector const*)property(s, object, s->uris.mn_tokens, s->uris.atom_Vector);
  int32_t const* const told = (int32_t const*)(vector + 1);
  if (vector->atom.size != sizeof(LV2_Atom_Vector_Body) + TUNE_STEPS * sizeof(int32_t)) {
    give_up(s, "a window is not %d steps long", TUNE_STEPS);
  }
  uint8_t        tokens[TUNE_STEPS];
  unsigned const onsets = tune_tokens(&s->tune, start, tokens);
  for (int i = 0; i < TUNE_STEPS; ++i) {
    if (told[i] != tokens[i]) {
      give_up(s, "window %u: step %d is %d, not %d", s->windows, i, told[i], tokens[i]);
    }
    if (told[i] > MN_NOTE_OFF) {
      ++tune_step(&s->tune, start + i)->heard;
      ++s->tokens;
    }
  }
  LV2_Atom_Bool const* const scored =
    (LV2_Atom_Bool const*)property(s, object, s->uris.mn_scored, s->uris.atom_Bool);
  if (!scored->body != (onsets < MN_ONSETS_TO_SCORE)) {
    give_up(s,
            "window %u with %u notes is%s scored",
            s->windows,
            onsets,
            scored->body ? "" : " not");
  }
  s->scored += scored->body != 0;
  return scored->body != 0;
}

static void
check_window(Soak* const s, LV2_Atom_Object const* const object)
{
  TuneBar const* const bar   = next_window(s);
  int64_t const        start = long_of(s, object, s->uris.mn_start);
  if (!s->windows) {
    s->origin = start - bar->start;
  }
  ++s->windows;
  if (int_of(s, object, s->uris.mn_number) != (int)s->windows ||
      int_of(s, object, s->uris.mn_late)) {
    give_up(s,
            "window %u is told as %d, and %d are late",
            s->windows,
            int_of(s, object, s->uris.mn_number),
            int_of(s, object, s->uris.mn_late));
  }
  if (start - s->origin != bar->start) {
    give_up(s,
            "window %u starts on step %lld, not on %lld",
            s->windows,
            (long long)(start - s->origin),
            (long long)bar->start);
  }
  bool const scored = check_tokens(s, object, bar->start);

  // The worker answers a block after it closed. A window that is not scored needs no worker.
  double const closed = close_of(bar);
  if (closed < s->blocks[!scored] - near || closed > s->blocks[1 + !scored] + near) {
    give_up(s,
            "window %u was due on step %.3f, and came for %.3f to %.3f",
            s->windows,
            closed,
            s->blocks[!scored],
            s->blocks[1 + !scored]);
  }
  ++s->next_window;
}

static void
check_step(Soak* const s, LV2_Atom_Object const* const object)
{
  if (!s->windows) {
    return; // the start of the stream is not known yet
  }
  double const place = double_of(s, object, s->uris.mn_position) - (double)s->origin;
  double const off   = fabs(place - s->blocks[2]);
  s->drift           = fmax(s->drift, off);
  ++s->steps_told;
  if (!(off <= near)) {
    give_up(s, "the plugin is on step %.4f, the host on %.4f", place, s->blocks[2]);
  }
  // For bars other than the current one, the plugin knows only the metre.
  TuneBar const* const bar = tune_bar(&s->tune, s->bar);
  double const  start      = double_of(s, object, s->uris.mn_barStart) - (double)s->origin;
  int64_t const shown      = long_of(s, object, s->uris.mn_start) - s->origin - bar->start;
  if (shown >= 0 && shown < bar->length &&
      (fabs(start - (double)bar->start) > near ||
       long_of(s, object, s->uris.mn_barNumber) != bar->number)) {
    give_up(s,
            "bar %lld on step %lld is told as %lld on %.3f",
            (long long)bar->number,
            (long long)bar->start,
            (long long)long_of(s, object, s->uris.mn_barNumber),
            start);
  }
}

// Checks the steps that no window holds any more: each note was played, and its onset is
// in every window that covers it, and in no other.
static void
retire(Soak* const s)
{
  int64_t const played = (int64_t)floor(s->blocks[2]) - 1;
  int64_t const next   = next_window(s)->start;
  int64_t const until  = next < played ? next : played;
  for (; s->retired < until; ++s->retired) {
    TuneStep* const step  = tune_step(&s->tune, s->retired);
    bool const      onset = step->token > MN_NOTE_OFF;
    if (step->sent != step->notes || step->heard != (onset ? step->windows : 0)) {
      give_up(s,
              "of step %lld %d notes were sent, %d are due; in %d windows, %d are due",
              (long long)s->retired,
              step->sent,
              step->notes,
              step->heard,
              onset ? step->windows : 0);
    }
    s->notes += step->notes;
    s->onsets += onset;
    s->heard[step->heard < 3 ? step->heard : 3] += onset;
    *step = (TuneStep){0};
  }
}

static void
check_memory(Soak* const s)
{
  MemoryUse const now     = memory_use(s->monitor->pool);
  uint64_t const  seconds = (uint64_t)((double)s->frame / rate);
  if (seconds < SETTLED) {
    return;
  }
  if (!s->settled) {
    s->settled  = true;
    s->memory   = now;
    s->resident = memory_resident();
    s->measured = seconds;
  }
  MemoryUse const then = s->memory;
  if (now.pool != then.pool || now.peak != then.peak || now.heap != then.heap) {
    give_up(
      s,
      "pool %zu, at the most %zu, heap %zu bytes; after the first minute it was %zu, %zu, %zu",
      now.pool,
      now.peak,
      now.heap,
      then.pool,
      then.peak,
      then.heap);
  }
  if (seconds >= s->measured + SETTLED) {
    s->measured           = seconds;
    size_t const resident = memory_resident();
    if (resident > s->resident + FIRST_USES) {
      give_up(s,
              "%zu bytes are resident; after the first minute it was %zu",
              resident,
              s->resident);
    }
  }
}

static void
check_block(Soak* const s, unsigned const messages)
{
  s->events += messages;
  if (host_out_count(s->host) != messages) {
    give_up(s, "%u messages came in, %u went out", messages, host_out_count(s->host));
  }
  unsigned const windows = s->windows;
  LV2_ATOM_SEQUENCE_FOREACH(host_notify(s->host), event)
  {
    LV2_Atom_Object const* const object = (LV2_Atom_Object const*)&event->body;
    if (object->body.otype == s->uris.mn_Window) {
      check_window(s, object);
    } else if (object->body.otype == s->uris.mn_Step) {
      check_step(s, object);
    }
  }
  if (s->windows != windows) {
    retire(s);
    check_memory(s);
  }
}

static void
play_block(Soak* const s)
{
  uint32_t const usual    = tune_bar(&s->tune, s->bar)->block;
  uint32_t const frames   = usual ? usual : 1 + random_below(&s->random, MOST_BLOCK);
  uint64_t const end      = s->frame + frames;
  unsigned const messages = fill_block(s, end);
  host_run(s->host, frames);
  s->frame     = end;
  s->blocks[0] = s->blocks[1];
  s->blocks[1] = s->blocks[2];
  s->blocks[2] = step_at(s, end);
  check_block(s, messages);
  // Otherwise nobody would notice an overdue window.
  if (close_of(next_window(s)) < s->blocks[0] - near) {
    give_up(s, "window %u does not come", s->windows + 1);
  }
}

static double
seconds_now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void
report(Soak const* const s, double const seconds)
{
  printf("measured: %.1f minutes of music in %.1f s, %.0f times as fast\n",
         (double)s->frame / rate / 60,
         seconds,
         (double)s->frame / rate / seconds);
  printf(
    "measured: %u windows, %u scored, 0 steps off, none late; the plugin's place at most "
    "%.2g steps off in %llu looks\n",
    s->windows,
    s->scored,
    s->drift,
    (unsigned long long)s->steps_told);
  printf(
    "measured: %llu messages through; %llu notes with %llu onsets: %llu in one window, "
    "%llu in two, %llu in more, %llu in none; %llu note-ons in windows\n",
    (unsigned long long)s->events,
    (unsigned long long)s->notes,
    (unsigned long long)s->onsets,
    (unsigned long long)s->heard[1],
    (unsigned long long)s->heard[2],
    (unsigned long long)s->heard[3],
    (unsigned long long)s->heard[0],
    (unsigned long long)s->tokens);
  printf(
    "measured: %zu bytes of the pool in use, at most %zu; %zu on the heap; %zu resident%s\n",
    s->memory.pool,
    s->memory.peak,
    s->memory.heap,
    s->resident,
    s->resident ? "" : " (not told here)");
}

int
main(int const argc, char** const argv)
{
  double const minutes = argc == 3 || argc == 4 ? strtod(argv[2], NULL) : 0;
  if (!(minutes >= 2 && minutes < 1e6)) {
    fprintf(stderr, "Usage: %s BUNDLE MINUTES [SEED], at least 2 minutes\n", argv[0]);
    return 2;
  }
  memory_begin();
  uint64_t const seed = argc == 4 ? strtoull(argv[3], NULL, 10) : 1;
  static Soak    soak;
  Soak* const    s = &soak;
  s->host          = host_new(argv[1], rate, HOST_WORKER_AFTER);
  s->monitor       = (MnMonitor const*)lilv_instance_get_handle(s->host->instance);
  s->random.state  = ~seed;
  mn_uris_map(&s->uris, host_map(s->host));
  host_set(s->host, "hop", MN_HOP_2_BARS);
  tune_init(&s->tune, seed);
  tune_make(&s->tune, 0);
  begin_bar(s, 0, 0, true);

  double const start = seconds_now();
  while ((double)s->frame < minutes * 60 * rate) {
    play_block(s);
  }
  if (!s->settled) {
    give_up(s, "there is no window after the first minute");
  }
  report(s, seconds_now() - start);
  host_free(s->host);
  return 0;
}
