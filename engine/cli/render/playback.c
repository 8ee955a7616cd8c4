// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "playback.h"

#include "common/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HOURS = 24, FIRST_ROOM = 256 };

static double const steps_per_quarter = 4.0;
static double const steps_per_whole   = 16.0;

// Of a frame and of a step: what rounding may move a bar line.
static double const margin = 1e-6;

typedef struct {
  MnPluginHost*      host;
  MnMidiScore const* score;
  MnTempoMap const*  map;
  MnMidiScore        metres; // a reader of the score's metres
  MnBar              bar;
  MnBar              coming;  // the first of the next metre
  bool               comes;   // there is one
  size_t             next;    // event that may be a message to play
  size_t             passed;  // event that may be a message to come out
  size_t             changed; // event that may be a change of tempo or metre
  uint64_t           told;    // the frame of the last position, and 1
  double             heard;   // seconds of the last message that came out
  MnControllers*     out;
  MnProgressLine     progress;
} Playback;

static double
seconds_of(Playback const* const p, size_t const event)
{
  return mn_tempo_map_seconds(p->map, p->score->events[event].tick);
}

static uint64_t
message_frame(Playback const* const p, size_t const event)
{
  return (uint64_t)llround(seconds_of(p, event) * MN_PLAYBACK_RATE);
}

static uint64_t
change_frame(Playback const* const p, size_t const event)
{
  return (uint64_t)ceil(fmax(seconds_of(p, event) * MN_PLAYBACK_RATE - margin, 0));
}

static size_t
find_message(Playback const* const p, size_t event)
{
  while (event < p->score->count && p->score->events[event].kind != MN_MIDI_MESSAGE) {
    ++event;
  }
  return event;
}

static size_t
find_change(Playback const* const p, size_t event)
{
  while (event < p->score->count && p->score->events[event].kind != MN_MIDI_TEMPO &&
         p->score->events[event].kind != MN_MIDI_METRE) {
    ++event;
  }
  return event;
}

static void
find_metre(Playback* const p)
{
  int64_t from = 0;
  p->coming    = p->bar;
  p->comes     = mn_midi_score_next_metre(&p->metres, INT64_MAX, &p->coming, &from);
}

// The bar at a position in steps. Positions must not decrease.
static MnBar
bar_at(Playback* const p, double const position)
{
  while (p->comes && p->coming.start <= position + margin) {
    p->bar = p->coming;
    find_metre(p);
  }
  return mn_bar_at(&p->bar, position + margin);
}

// Tells the plugin where the transport is. @param from Where the block begins.
static bool
tell_position(Playback* const p, uint64_t const frame, uint64_t const from)
{
  double const     seconds  = (double)frame / MN_PLAYBACK_RATE;
  double const     tick     = mn_tempo_map_tick(p->map, seconds);
  double const     position = tick * steps_per_quarter / p->map->ppqn;
  MnBar const      bar      = bar_at(p, position);
  MnPosition const here     = {
        .speed         = 1,
        .bar           = bar.number,
        .bar_beat      = fmax(position - bar.start, 0) / bar.beat,
        .beats_per_bar = bar.length / bar.beat,
        .beat_unit     = (int)lround(steps_per_whole / bar.beat),
        .bpm           = mn_tempo_map_bpm(p->map, seconds + margin / MN_PLAYBACK_RATE),
  };
  p->told = frame + 1;
  return mn_plugin_host_position(p->host, (uint32_t)(frame - from), &here);
}

// Tells of all changes before frame `until` of the block.
static bool
tell_changes(Playback* const p, uint64_t const from, uint64_t const until)
{
  for (; p->changed < p->score->count; p->changed = find_change(p, p->changed + 1)) {
    uint64_t const frame = change_frame(p, p->changed);
    if (frame >= until) {
      break;
    }
    if (frame >= p->told && !tell_position(p, frame, from)) {
      return false;
    }
  }
  return true;
}

// Gives the plugin what happens in a block.
static bool
fill_block(Playback* const p, uint64_t const from, uint64_t const end)
{
  if (from == 0 && !tell_position(p, 0, 0)) {
    return false;
  }
  for (; p->next < p->score->count; p->next = find_message(p, p->next + 1)) {
    uint64_t const frame = message_frame(p, p->next);
    if (frame >= end) {
      break;
    }
    if (!tell_changes(p, from, frame + 1) ||
        !mn_plugin_host_midi(
          p->host, (uint32_t)(frame - from), p->score->events[p->next].bytes)) {
      return false;
    }
  }
  return tell_changes(p, from, end);
}

static bool
add(MnControllers* const c, double const seconds, uint8_t const* const bytes)
{
  if (c->count == c->room) {
    size_t const        room = c->room ? 2 * c->room : FIRST_ROOM;
    MnController* const list = (MnController*)realloc(c->list, room * sizeof(*list));
    if (!list) {
      return false;
    }
    c->list = list;
    c->room = room;
  }
  MnController* const now = &c->list[c->count++];
  now->seconds            = seconds;
  memcpy(now->bytes, bytes, sizeof(now->bytes));
  return true;
}

// Takes what came out. What went in passes in its order; all else is the plugin's own.
static bool
take_block(Playback* const p, uint64_t const from)
{
  LV2_Atom_Event const* e = NULL;
  while ((e = mn_plugin_host_next(p->host, e))) {
    uint8_t const* const bytes = (uint8_t const*)(e + 1);
    uint64_t const       frame = from + (uint64_t)e->time.frames;
    if (p->passed < p->next && message_frame(p, p->passed) == frame &&
        !memcmp(p->score->events[p->passed].bytes, bytes, 3)) {
      p->heard  = seconds_of(p, p->passed);
      p->passed = find_message(p, p->passed + 1);
    } else if (!add(p->out, fmax((double)frame / MN_PLAYBACK_RATE, p->heard), bytes)) {
      return false;
    }
  }
  return true;
}

static bool
play(Playback* const p, uint64_t const frames, uint32_t const block)
{
  for (uint64_t from = 0; from < frames;) {
    uint64_t const left = frames - from;
    uint32_t const now  = left < block ? (uint32_t)left : block;
    if (!fill_block(p, from, from + now) || !mn_plugin_host_run(p->host, now) ||
        !take_block(p, from)) {
      return false;
    }
    from += now;
    mn_progress_line_show(
      &p->progress, "render: %.0f %%", 100 * (double)from / (double)frames);
  }
  return true;
}

bool
mn_playback_run(MnPluginHost* const      host,
                MnMidiScore const* const score,
                MnTempoMap const* const  map,
                int64_t const            end,
                uint32_t const           block,
                MnControllers* const     controllers,
                MnError* const           error)
{
  double const ticks   = (double)end * score->ppqn / steps_per_quarter;
  double const seconds = mn_tempo_map_seconds(map, ticks);
  if (seconds > MOST_HOURS * 3600.0) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "it lasts %.0f hours, more than %d",
                 seconds / 3600,
                 MOST_HOURS);
    return false;
  }
  Playback p = {.host   = host,
                .score  = score,
                .map    = map,
                .metres = *score,
                .bar    = mn_bar_default,
                .out    = controllers};
  p.next     = find_message(&p, 0);
  p.passed   = p.next;
  p.changed  = find_change(&p, 0);
  find_metre(&p);
  p.progress      = mn_progress_line();
  bool const good = play(&p, (uint64_t)ceil(seconds * MN_PLAYBACK_RATE), block);
  mn_progress_line_clear(&p.progress);
  if (!good) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  return good;
}
