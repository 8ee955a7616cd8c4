// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phrase.h"

#include <assert.h>

void
mn_phrase_clear(MnPhrase* const p)
{
  ++p->epoch;
}

// A window's place is its start, modulo the places. So it stays until one of 16 bars later
// takes the place: with a hop that divides a window, none that is older is looked for. Any
// other hop leaves the places of older windows alone.
static unsigned
place_of(int64_t const start)
{
  static_assert((MN_PHRASE_PLACES & (MN_PHRASE_PLACES - 1)) == 0, "also below 0");
  return (unsigned)((uint64_t)start % MN_PHRASE_PLACES);
}

// The window that begins at `start`, or the latest that begins before, by less than a
// window. NULL if there is none.
static MnPhraseWindow const*
find(MnPhrase const* const p, int64_t const start)
{
  for (int64_t at = start; at > start - MN_STEPS_2BAR; --at) {
    MnPhraseWindow const* const w = &p->window[place_of(at)];
    if (w->epoch == p->epoch + 1 && w->start == at) {
      return w;
    }
  }
  return NULL;
}

MnPhrasePlaces
mn_phrase_add(MnPhrase* const p, int64_t const start, bool const heard)
{
  MnPhrasePlaces places = {.last = (int16_t)place_of(start)};
  int64_t        next   = start;
  for (unsigned i = MN_PHRASE_BEFORE; i-- > 0;) {
    MnPhraseWindow const* const w = find(p, next - MN_STEPS_2BAR);
    next                          = w ? w->start : next - MN_STEPS_2BAR;
    places.before[i] = w && w->heard ? (int16_t)(w - p->window) : MN_PHRASE_UNHEARD;
  }
  p->window[places.last] = (MnPhraseWindow){start, p->epoch + 1, heard};
  return places;
}

void
mn_phrase_forget(MnPhrase* const p, int16_t const place)
{
  p->window[place].epoch = p->epoch;
}
