// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "view.h"

#include "controls.h"

#include <string.h>

enum {
  OCTAVE       = 12,
  LEAST_RANGE  = 2 * OCTAVE,
  MARGIN       = 2,          // semitones around the notes
  SNAP         = OCTAVE / 2, // the range moves by this much at once, so it moves seldom
  LOWEST_RANGE = 4 * OCTAVE, // shown while there are no notes: C3 to C5

  // The metre until the plugin says otherwise: 4/4, in steps.
  BAR  = 16,
  BEAT = 4,

  SPAN = 32 * BAR, // of the past
};

void
mn_view_init(MnView* const view)
{
  memset(view, 0, sizeof(*view));
  view->model.steps      = MN_STEPS_2BAR;
  view->roll.steps       = MN_STEPS_2BAR;
  view->roll.bar_length  = BAR;
  view->roll.beat_length = BEAT;
  view->pointer          = (MnViewPointer){.page    = MN_PAGE_NEURONS,
                                           .hovered = -1,
                                           .over    = MN_TARGET_NONE,
                                           .area    = -1,
                                           .pressed = MN_TARGET_NONE,
                                           .focused = MN_TARGET_NONE,
                                           .menu    = -1,
                                           .choice  = -1,
                                           .chosen  = -1,
                                           .span    = SPAN,
                                           .map     = {0, 1}};
  view->scale            = 1;
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    view->sent[slot] = MN_SENT_NOTHING;
  }
  for (unsigned target = 0; target < MN_TARGETS; ++target) {
    view->value[target] = mn_target_is_port((int)target) ? mn_target_initial(target) : 0;
  }
}

bool
mn_view_has_page(MnView const* const view, MnPage const page)
{
  bool const map = view->model.has_axes && mn_view_neurons(view);
  return page == MN_PAGE_NEURONS ||
         (!view->player && page == MN_PAGE_CC && !view->sibling) ||
         (!view->player && page == MN_PAGE_MAP && map);
}

unsigned
mn_view_menu_items(MnView const* const view, int const target)
{
  unsigned const models = view->models < MN_VIEW_MODELS ? view->models : MN_VIEW_MODELS;
  bool const     map    = target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y;
  return target == MN_TARGET_MODEL ? models
         : map                     ? (unsigned)MN_AXES
         : target >= 0             ? mn_control_choices((unsigned)target)
                                   : 0;
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

bool
mn_view_is_long(MnView const* const view)
{
  return !view->player && view->model.long_music && mn_view_neurons(view) &&
         view->value[MN_PORT_SPAN] > 0.5F;
}

typedef struct {
  int low;
  int high; // below `low`: empty
} Range;

static void
range_take(Range* const range, int const pitch)
{
  if (pitch >= 0 && pitch < MN_KEYS) {
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
  Range                   notes = {MN_KEYS, -1};
  range_take_tokens(&notes, roll->tokens, roll->steps);
  range_take_tokens(&notes, view->window.tokens, view->window.steps);
  for (unsigned i = 0; i < roll->notes && i < MN_VIEW_NOTES; ++i) {
    range_take(&notes, roll->note[i].pitch);
  }
  for (unsigned i = 0; i < roll->played && i < MN_VIEW_NOTES; ++i) {
    range_take(&notes, roll->play[i].pitch);
  }
  bool const fitted = roll->high > roll->low && roll->low >= 0 && roll->high <= 2 * MN_KEYS;
  *low              = fitted ? roll->low : LOWEST_RANGE;
  *high             = fitted ? roll->high : LOWEST_RANGE + LEAST_RANGE;
  if (notes.high < notes.low) {
    return;
  }
  // A range that is too narrow or far too wide is fitted anew.
  bool const fits = fitted && notes.low >= *low && notes.high <= *high;
  int const  span = notes.high - notes.low + 2 * MARGIN;
  int const  much = (span > LEAST_RANGE ? span : LEAST_RANGE) + 2 * OCTAVE;
  if (fits && *high - *low <= much) {
    return;
  }
  *low           = notes.low - MARGIN;
  *high          = notes.high + MARGIN;
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
