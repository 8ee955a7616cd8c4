// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "likeness.h"

#include "base/midi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAJOR_THIRD = 4, QUARTERS = 4, VARIETY = 6 };

// The register, as mean pitches.
static double const no_melody = 40;
static double const melody    = 60;

static double const name_counts = 2;

static bool
is_heard(unsigned const key)
{
  return key >= MN_LOWEST_NOTE && key <= MN_HIGHEST_NOTE;
}

void
mn_likeness_init(MnLikeness* const l, unsigned const ppqn)
{
  memset(l, 0, sizeof(*l));
  l->ppqn = ppqn;
  l->bar  = -1;
}

void
mn_likeness_count_bar(MnLikeness* const l, MnMidiEvent const* const note)
{
  int64_t const bar = note->tick / ((int64_t)QUARTERS * l->ppqn);
  if (is_heard(note->bytes[1]) && bar != l->bar) {
    l->bar = bar;
    ++l->bars;
  }
}

// Once the line goes on, the note before it is known.
static void
end_line_note(MnLikeness* const l)
{
  if (!l->pitch) {
    return;
  }
  ++l->line;
  l->pitches += l->pitch;
  l->near += l->before && abs((int)l->pitch - (int)l->before) <= MAJOR_THIRD;
  l->before = l->pitch;
  l->pitch  = 0;
}

static void
strike(MnLikeness* const l, MnMidiEvent const* const e)
{
  unsigned const key = e->bytes[1];
  if (!is_heard(key)) {
    return;
  }
  ++l->heard;
  mn_likeness_count_bar(l, e);
  l->played[key] = true;
  if (e->tick != l->tick) {
    end_line_note(l);
  }
  l->tick  = e->tick;
  l->pitch = key > l->pitch ? key : l->pitch;
}

void
mn_likeness_take(MnLikeness* const l, MnMidiEvent const* const e)
{
  l->sound += l->sounding ? e->tick - l->last : 0;
  l->alone += l->sounding == 1 ? e->tick - l->last : 0;
  l->last        = e->tick;
  bool* const on = &l->on[e->bytes[0] & MN_MIDI_CHANNEL][e->bytes[1]];
  if (mn_midi_strikes(e->bytes, 3)) {
    l->sounding += !*on;
    *on = true;
    strike(l, e);
  } else if (mn_midi_releases(e->bytes, 3)) {
    l->sounding -= *on;
    *on = false;
  }
  l->most = l->sounding > l->most ? l->sounding : l->most;
}

static bool
says_melody(char const* const name)
{
  static char const* const words[] = {"melod", "vocal", "voice", "vox", "lead", "singer"};
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); ++i) {
    if (strcasestr(name, words[i])) {
      return true;
    }
  }
  return false;
}

double
mn_likeness_of(MnLikeness* const l, size_t const bars, char const* const name)
{
  end_line_note(l);
  if (l->line < 2 || !l->sound || !bars) {
    return 0;
  }
  unsigned keys = 0;
  for (unsigned k = 0; k < sizeof(l->played); ++k) {
    keys += l->played[k];
  }
  double const alone   = (double)l->alone / (double)l->sound;
  double const near    = (double)l->near / (double)(l->line - 1);
  double const present = (double)l->bars / (double)bars;
  double const mean    = (double)l->pitches / (double)l->line;
  double const place   = (mean - no_melody) / (melody - no_melody);
  double const pitch   = place < 0 ? 0 : place > 1 ? 1 : place;
  double const variety = keys < VARIETY ? (double)keys / VARIETY : 1;
  return alone * alone * near * sqrt(present) * pitch * variety *
         (says_melody(name) ? name_counts : 1);
}
