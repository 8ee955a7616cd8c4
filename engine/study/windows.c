// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "windows.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

// One onset in so many steps is the least: 4 in two bars.
enum { STEPS_PER_ONSET = 8 };

// Random sequences.
enum { FEWEST_ONSETS = 2, LOWEST_RANDOM = 30, HIGHEST_RANDOM = 100 };

enum { FIRST_ROOM = 1024 };

static bool
make_room(MnWindows* const w)
{
  if (w->count < w->room) {
    return true;
  }
  if (w->count >= MN_MAX_WINDOWS) {
    return false;
  }
  size_t const   room   = w->room ? 2 * w->room : FIRST_ROOM;
  uint8_t* const tokens = (uint8_t*)realloc(w->tokens, room * w->steps);
  if (!tokens) {
    return false;
  }
  w->tokens            = tokens;
  uint32_t* const tune = (uint32_t*)realloc(w->tune, room * sizeof(*tune));
  if (!tune) {
    return false;
  }
  w->tune               = tune;
  uint16_t* const style = (uint16_t*)realloc(w->style, room * sizeof(*style));
  if (!style) {
    return false;
  }
  w->style = style;
  w->room  = room;
  return true;
}

static bool
add(MnWindows* const w, uint8_t const* const tokens, uint32_t const tune)
{
  if (!make_room(w)) {
    return false;
  }
  memcpy(w->tokens + w->count * w->steps, tokens, w->steps);
  w->style[w->count]  = w->adding;
  w->tune[w->count++] = tune;
  return true;
}

bool
mn_windows_add(MnWindows* const w, uint8_t const* const tokens, uint32_t const tune)
{
  unsigned first  = w->steps;
  unsigned onsets = 0;
  for (unsigned i = 0; i < w->steps; ++i) {
    if (mn_is_onset(tokens[i])) {
      first = onsets++ ? first : i;
    }
  }
  if (!onsets || first >= MN_STEPS_PER_BAR || onsets < w->steps / STEPS_PER_ONSET) {
    return true;
  }
  uint8_t clean[MN_MAX_STEPS] = {MN_HOLD};
  memcpy(clean + first, tokens + first, w->steps - first);
  return add(w, clean, tune);
}

bool
mn_windows_cut(MnWindows* const     w,
               uint8_t const* const line,
               size_t const         length,
               uint32_t const       tune)
{
  for (size_t at = 0; at + w->steps <= length; at += MN_STEPS_PER_BAR) {
    if (!mn_windows_add(w, line + at, tune)) {
      return false;
    }
  }
  return true;
}

static void
draw_window(unsigned const  steps,
            unsigned        onsets,
            uint64_t* const state,
            uint8_t* const  tokens)
{
  memset(tokens, MN_HOLD, steps);
  // Each step is taken with the probability that leaves all choices equal.
  for (unsigned i = 0; i < steps; ++i) {
    if (mn_random_below(state, steps - i) < onsets) {
      unsigned const pitch =
        LOWEST_RANDOM + mn_random_below(state, HIGHEST_RANDOM - LOWEST_RANDOM + 1);
      tokens[i] = (uint8_t)(pitch - MN_NOTE_OFFSET);
      --onsets;
    }
  }
}

bool
mn_windows_add_random(MnWindows* const w, size_t const count, uint64_t const seed)
{
  unsigned const fewest = w->steps < FEWEST_ONSETS ? w->steps : FEWEST_ONSETS;
  uint64_t       state  = seed;
  for (size_t i = 0; i < count; ++i) {
    uint8_t        tokens[MN_MAX_STEPS];
    unsigned const onsets = fewest + mn_random_below(&state, w->steps - fewest + 1);
    draw_window(w->steps, onsets, &state, tokens);
    if (!add(w, tokens, (uint32_t)i)) {
      return false;
    }
  }
  return true;
}

bool
mn_windows_add_random_like(MnWindows* const       w,
                           MnWindows const* const like,
                           size_t const           count,
                           uint64_t const         seed)
{
  uint64_t state = seed;
  for (size_t i = 0; like->count && i < count; ++i) {
    size_t const   at     = i * like->count / count;
    unsigned const onsets = mn_count_onsets(like->tokens + at * like->steps, like->steps);
    uint8_t        tokens[MN_MAX_STEPS];
    draw_window(w->steps, onsets, &state, tokens);
    if (!add(w, tokens, (uint32_t)i)) {
      return false;
    }
  }
  return true;
}

uint16_t*
mn_windows_onsets(MnWindows const* const w)
{
  uint16_t* const onsets = (uint16_t*)malloc((w->count + 1) * sizeof(*onsets));
  for (size_t i = 0; onsets && i < w->count; ++i) {
    onsets[i] = (uint16_t)mn_count_onsets(w->tokens + i * w->steps, w->steps);
  }
  return onsets;
}

typedef struct {
  uint8_t const* tokens;
  uint32_t       tune;
  uint16_t       style;
} Item;

static int
compare_items(void const* const a, void const* const b, void* const steps)
{
  Item const* const x     = (Item const*)a;
  Item const* const y     = (Item const*)b;
  int const         order = memcmp(x->tokens, y->tokens, *(unsigned const*)steps);
  int const         tunes = (x->tune > y->tune) - (x->tune < y->tune);
  return order ? order : tunes ? tunes : (x->style > y->style) - (x->style < y->style);
}

bool
mn_windows_make_distinct(MnWindows* const w)
{
  if (!w->count) {
    return true;
  }
  Item* const    items  = (Item*)malloc(w->count * sizeof(*items));
  uint8_t* const sorted = (uint8_t*)malloc(w->count * w->steps);
  if (!items || !sorted) {
    free(items);
    free(sorted);
    return false;
  }
  for (size_t i = 0; i < w->count; ++i) {
    items[i] = (Item){w->tokens + i * w->steps, w->tune[i], w->style[i]};
  }
  qsort_r(items, w->count, sizeof(*items), compare_items, &w->steps);

  size_t kept = 0;
  for (size_t i = 0; i < w->count; ++i) {
    if (!i || memcmp(items[i].tokens, items[i - 1].tokens, w->steps)) {
      memcpy(sorted + kept * w->steps, items[i].tokens, w->steps);
      w->style[kept]  = items[i].style;
      w->tune[kept++] = items[i].tune;
    }
  }
  free(items);
  free(w->tokens);
  w->tokens = sorted;
  w->room   = w->count;
  w->count  = kept;
  return true;
}

void
mn_windows_move(MnWindows* const w, size_t const to, size_t const from)
{
  memmove(w->tokens + to * w->steps, w->tokens + from * w->steps, w->steps);
  w->tune[to]  = w->tune[from];
  w->style[to] = w->style[from];
}

void
mn_windows_thin(MnWindows* const w, size_t const count)
{
  if (w->count <= count) {
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    mn_windows_move(w, i, i * w->count / count); // never from below i
  }
  w->count = count;
}

void
mn_windows_name_style(MnWindows* const     w,
                      uint16_t const       style,
                      uint8_t const* const name,
                      size_t const         most)
{
  if (w->names == MN_MOST_STYLES) {
    return;
  }
  MnStyleName* const one = &w->name[w->names++];
  *one                   = (MnStyleName){.style = style};
  for (size_t i = 0; i < most && i + 1 < MN_STYLE_NAME && name[i]; ++i) {
    one->text[i] = (char)(name[i] > ' ' && name[i] < 0x7F ? name[i] : '?');
  }
}

void
mn_windows_free(MnWindows* const w)
{
  free(w->tokens);
  free(w->tune);
  free(w->style);
  *w = (MnWindows){.steps = w->steps};
}
