// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "lines.h"

#include "base/midi.h"
#include "common/terminal.h"

#include <stdlib.h>
#include <string.h>

enum {
  MOST_REST = 1,                          // whole bars of rest that a stretch goes on over
  MOST_HELD = MN_MAX_STEPS / MN_LINE_BAR, // bars, as far as the melody remembers
};

// Whole bars in a row.
typedef struct {
  int64_t start; // step
  size_t  bars;
} Run;

typedef struct {
  Run*   runs;
  size_t count;
  size_t most; // bars in one
} Runs;

// The messages of a track.
typedef struct {
  MnMidiEvent const* events; // in order of time
  size_t             count;
} Track;

// A track on one channel while it is played.
typedef struct {
  MnMidiScore const* score;
  Runs const*        runs;
  Track              track;
  MnMelody           melody;
  unsigned           channel;
  int64_t            struck; // the step of the last note so far
  size_t             run;    // the bar that comes next
  size_t             bar;
  uint8_t*           line; // of this run so far
  MnLineTaker        take;
  void*              context;
} Player;

// Whether bars have 16 steps, or two of them have: 2/4.
static bool
is_regular(MnBar const* const bar)
{
  return bar->length == MN_LINE_BAR || 2 * bar->length == MN_LINE_BAR;
}

// Adds the whole bars between two steps; those at the end of the music may be begun.
static void
add_run(Runs* const runs, int64_t const from, int64_t const to, bool const last)
{
  int64_t const bars = (to - from + (last ? MN_LINE_BAR - 1 : 0)) / MN_LINE_BAR;
  Run* const    run  = runs->count ? &runs->runs[runs->count - 1] : NULL;
  if (bars <= 0) {
    return;
  }
  if (run && run->start + (int64_t)run->bars * MN_LINE_BAR == from) {
    run->bars += (size_t)bars; // the same metre said again, or one like it
  } else {
    runs->runs[runs->count++] = (Run){from, (size_t)bars};
  }
  size_t const now = runs->runs[runs->count - 1].bars;
  runs->most       = now > runs->most ? now : runs->most;
}

// Finds where bars follow each other without a break.
static bool
find_runs(MnMidiScore const* const score, Runs* const runs)
{
  MnMidiScore metres = *score; // whose place among the metres moves on
  MnBar       bar    = mn_bar_default;
  int64_t     from   = 0;
  bool        found  = true;
  *runs              = (Runs){(Run*)malloc((score->count + 1) * sizeof(Run)), 0, 0};
  while (runs->runs && found && from < score->end) {
    MnBar   next    = bar;
    int64_t until   = score->end;
    found           = mn_midi_score_next_metre(&metres, INT64_MAX, &next, &until);
    bool const last = !found || until >= score->end;
    if (is_regular(&bar)) {
      add_run(runs, from, last ? score->end : until, last);
    }
    from = until;
    bar  = next;
  }
  return runs->runs;
}

// Passes the bars from `first` to `last` on. One alone is no window.
static int
take_bars(Player const* const p, size_t const first, size_t const last)
{
  size_t const bars = last + 1 - first;
  return bars < 2 ? MN_EXIT_GOOD
                  : p->take(p->context,
                            p->track.events->track + 1U,
                            p->channel,
                            p->line + first * MN_LINE_BAR,
                            bars * MN_LINE_BAR);
}

// Cuts the line of a run where it rests. A bar of rest has no onset, and no note that
// goes on.
static int
take_run(Player const* const p, size_t const bars)
{
  bool   sounds = false; // a note, at this step
  size_t struck = 0;     // the bar in which it was
  bool   open   = false;
  size_t first  = 0;
  size_t last   = 0;
  int    status = MN_EXIT_GOOD;
  for (size_t b = 0; b < bars && status == MN_EXIT_GOOD; ++b) {
    uint8_t const* const bar   = p->line + b * MN_LINE_BAR;
    bool const           held  = sounds && bar[0] != MN_NOTE_OFF && b - struck < MOST_HELD;
    bool                 onset = false;
    for (unsigned i = 0; i < MN_LINE_BAR; ++i) {
      onset  = onset || bar[i] > MN_NOTE_OFF;
      sounds = bar[i] > MN_NOTE_OFF || (sounds && bar[i] != MN_NOTE_OFF);
    }
    struck = onset ? b : struck;
    if (!held && !onset) {
      continue;
    }
    if (open && b - last - 1 > MOST_REST) {
      status = take_bars(p, first, last);
      open   = false;
    }
    first = open ? first : b;
    last  = b;
    open  = true;
  }
  return status == MN_EXIT_GOOD && open ? take_bars(p, first, last) : status;
}

// Takes the next bar, which is complete. Notes that began before it count, because they
// may end in it, as far back as the melody remembers.
static int
take_bar(Player* const p)
{
  Run const* const run = &p->runs->runs[p->run];
  size_t const     before =
    p->bar < MN_MAX_STEPS / MN_LINE_BAR ? p->bar * MN_LINE_BAR : MN_MAX_STEPS - MN_LINE_BAR;
  int64_t const start = run->start + (int64_t)(p->bar * MN_LINE_BAR - before);
  uint8_t       tokens[MN_MAX_STEPS] = {0};
  if (start <= p->struck) {
    mn_melody_tokens(&p->melody, start, (unsigned)before + MN_LINE_BAR, tokens);
  }
  memcpy(p->line + p->bar * MN_LINE_BAR, tokens + before, MN_LINE_BAR);
  if (++p->bar < run->bars) {
    return MN_EXIT_GOOD;
  }
  p->bar = 0;
  ++p->run;
  return take_run(p, run->bars);
}

// Takes all bars that end at or before a step.
static int
take_until(Player* const p, int64_t const step)
{
  int status = MN_EXIT_GOOD;
  while (status == MN_EXIT_GOOD && p->run < p->runs->count &&
         p->runs->runs[p->run].start + (int64_t)(p->bar + 1) * MN_LINE_BAR <= step) {
    status = take_bar(p);
  }
  return status;
}

static int
play(Player* const p)
{
  MnMidiScore const* const score  = p->score;
  int                      status = MN_EXIT_GOOD;
  p->run                          = 0;
  p->bar                          = 0;
  p->struck                       = INT64_MIN;
  for (size_t i = 0; i < p->track.count && status == MN_EXIT_GOOD; ++i) {
    MnMidiEvent const* const event    = &p->track.events[i];
    double const             position = mn_midi_score_position(score, event);
    int64_t const            step     = mn_step_round(position);
    status                            = take_until(p, step);
    if (mn_melody_midi(&p->melody, position, event->bytes, sizeof(event->bytes))) {
      p->struck = step;
    }
  }
  return status == MN_EXIT_GOOD ? take_until(p, INT64_MAX) : status;
}

// Bit n - 1 stands for channel n.
static unsigned
channels_with_notes(Track const* const track)
{
  unsigned channels = 0;
  for (size_t i = 0; i < track->count; ++i) {
    MnMidiEvent const* const e = &track->events[i];
    if (mn_midi_strikes(e->bytes, sizeof(e->bytes))) {
      channels |= 1U << (e->bytes[0] & MN_MIDI_CHANNEL);
    }
  }
  return channels & ~(1U << (MN_CHANNEL_DRUM - 1));
}

static int
play_track(Player* const p, MnVoice const voice)
{
  int            status = MN_EXIT_GOOD;
  unsigned const heard  = channels_with_notes(&p->track);
  for (unsigned channel = 1; channel <= MN_CHANNELS && status == MN_EXIT_GOOD; ++channel) {
    if (heard & 1U << (channel - 1)) {
      p->channel = channel;
      mn_melody_init(&p->melody, voice, channel);
      status = play(p);
    }
  }
  return status;
}

static int
compare_tracks(void const* const left, void const* const right)
{
  MnMidiEvent const* const a = (MnMidiEvent const*)left;
  MnMidiEvent const* const b = (MnMidiEvent const*)right;
  if (a->track != b->track) {
    return a->track < b->track ? -1 : 1;
  }
  if (a->tick != b->tick) {
    return a->tick < b->tick ? -1 : 1;
  }
  return (a->order > b->order) - (a->order < b->order);
}

// The messages of a score, track after track. @return NULL if memory runs out.
static MnMidiEvent*
sort_messages(MnMidiScore const* const score, size_t* const count)
{
  MnMidiEvent* const events = (MnMidiEvent*)malloc((score->count + 1) * sizeof(*events));
  *count                    = 0;
  for (size_t i = 0; i < score->count && events; ++i) {
    if (score->events[i].kind == MN_MIDI_MESSAGE) {
      events[(*count)++] = score->events[i];
    }
  }
  if (events) {
    qsort(events, *count, sizeof(*events), compare_tracks);
  }
  return events;
}

int
mn_lines_cut(MnMidiScore const* const score,
             MnVoice const            voice,
             MnLineTaker const        take,
             void* const              context)
{
  Runs               runs;
  size_t             count  = 0;
  bool const         good   = find_runs(score, &runs);
  MnMidiEvent* const events = sort_messages(score, &count);
  Player             p = {.score = score, .runs = &runs, .take = take, .context = context};
  p.line               = good ? (uint8_t*)malloc(runs.most * MN_LINE_BAR + 1) : NULL;
  int status           = events && p.line ? MN_EXIT_GOOD : mn_fail_memory();
  for (size_t from = 0; from < count && status == MN_EXIT_GOOD; from += p.track.count) {
    p.track = (Track){events + from, 1};
    while (from + p.track.count < count &&
           events[from + p.track.count].track == events[from].track) {
      ++p.track.count;
    }
    status = play_track(&p, voice);
  }
  free(p.line);
  free(events);
  free(runs.runs);
  return status;
}
