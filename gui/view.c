// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "view.h"

#include <string.h>

enum {
  OCTAVE       = 12,
  LEAST_RANGE  = 2 * OCTAVE,
  MARGIN       = 2,          // semitones around what is heard
  SNAP         = OCTAVE / 2, // the range moves by so much, so that it seldom does
  LOWEST_RANGE = 4 * OCTAVE, // shown while nothing is heard: C3 to C5
  KEYS         = MN_KEYS,
};

void
mn_view_init(MnView* const view)
{
  memset(view, 0, sizeof(*view));
  view->model.steps      = MN_STEPS_2BAR;
  view->roll.steps       = MN_STEPS_2BAR;
  view->roll.bar_length  = mn_bar_default.length;
  view->roll.beat_length = mn_bar_default.beat;
  view->pointer          = (MnViewPointer){.page    = MN_PAGE_NEURONS,
                                           .hovered = -1,
                                           .over    = MN_TARGET_NONE,
                                           .pressed = MN_TARGET_NONE,
                                           .focused = MN_TARGET_NONE,
                                           .menu    = -1,
                                           .choice  = -1};
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    view->value[port] = mn_port_initial(port);
  }
}

unsigned
mn_view_neurons(MnView const* const view)
{
  return view->model.latent < MN_MAX_LATENT ? view->model.latent : MN_MAX_LATENT;
}

unsigned
mn_view_music(MnView const* const view)
{
  unsigned const neurons = mn_view_neurons(view);
  return view->model.music < neurons ? view->model.music : neurons;
}

typedef struct {
  int low;
  int high; // below `low`: empty
} Range;

static void
range_take(Range* const range, int const pitch)
{
  if (pitch >= 0 && pitch < KEYS) {
    range->low  = pitch < range->low ? pitch : range->low;
    range->high = pitch > range->high ? pitch : range->high;
  }
}

static void
range_take_tokens(Range* const range, uint8_t const* const tokens, unsigned const steps)
{
  for (unsigned i = 0; i < steps && i < MN_MAX_STEPS; ++i) {
    if (tokens[i] > MN_NOTE_OFF && tokens[i] < MN_CLASSES) {
      range_take(range, tokens[i] + MN_NOTE_OFFSET);
    }
  }
}

void
mn_view_pitches(MnView const* const view, int* const low, int* const high)
{
  MnViewRoll const* const roll  = &view->roll;
  Range                   heard = {KEYS, -1};
  range_take_tokens(&heard, roll->tokens, roll->steps);
  range_take_tokens(&heard, view->window.tokens, view->window.steps);
  for (unsigned i = 0; i < roll->notes && i < MN_VIEW_NOTES; ++i) {
    range_take(&heard, roll->note[i].pitch);
  }
  bool const fitted = roll->high > roll->low && roll->low >= 0 && roll->high <= 2 * KEYS;
  *low              = fitted ? roll->low : LOWEST_RANGE;
  *high             = fitted ? roll->high : LOWEST_RANGE + LEAST_RANGE;
  if (heard.high < heard.low) {
    return;
  }
  // A range that has become far too wide is fitted anew, as is one too narrow.
  bool const fits = fitted && heard.low >= *low && heard.high <= *high;
  int const  span = heard.high - heard.low + 2 * MARGIN;
  int const  much = (span > LEAST_RANGE ? span : LEAST_RANGE) + 2 * OCTAVE;
  if (fits && *high - *low <= much) {
    return;
  }
  *low           = heard.low - MARGIN;
  *high          = heard.high + MARGIN;
  int const more = LEAST_RANGE - (*high - *low);
  if (more > 0) {
    *low -= more / 2;
    *high += more - more / 2;
  }
  *low = *low < 0 ? 0 : *low;
  *low -= *low % SNAP;
  *high += (SNAP - *high % SNAP) % SNAP;
}

void
mn_view_fit_pitches(MnView* const view)
{
  mn_view_pitches(view, &view->roll.low, &view->roll.high);
}
