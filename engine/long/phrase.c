// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phrase.h"

#include <string.h>

// A window can be asked for while one begins less than a phrase later, and may then lie
// a window before its place. With a window on each step, so many are in reach.
enum { REACH = MN_PHRASE * MN_STEPS_2BAR, SLOTS = REACH };

typedef struct {
  int64_t start;
  bool    used;
  bool    heard;
} Slot;

struct MnPhrase {
  size_t   neurons;
  size_t   width;
  Slot     slot[SLOTS];
  int16_t* mu;    // [SLOTS][neurons]
  int16_t* units; // [SLOTS][width]
};

// Lays out the arrays behind the struct. Returns the size in bytes.
static size_t
lay_out(MnPhrase* const p, MnModel const* const model, void* const memory)
{
  MnCarve carve = {(char*)memory, 0};
  p->neurons    = model->long_table.neurons;
  p->width      = model->long_table.style.width;
  mn_carve(&carve, sizeof(MnPhrase));
  p->mu    = (int16_t*)mn_carve(&carve, SLOTS * p->neurons * sizeof(int16_t));
  p->units = (int16_t*)mn_carve(&carve, SLOTS * p->width * sizeof(int16_t));
  return carve.used;
}

size_t
mn_phrase_size(MnModel const* const model)
{
  MnPhrase counted;
  return lay_out(&counted, model, NULL);
}

MnPhrase*
mn_phrase_init(void* const memory, MnModel const* const model)
{
  MnPhrase* const p = (MnPhrase*)memory;
  lay_out(p, model, memory);
  mn_phrase_clear(p);
  return p;
}

void
mn_phrase_clear(MnPhrase* const p)
{
  memset(p->slot, 0, sizeof(p->slot));
}

// The slot of a window that begins at `start`, or else the first that holds nothing within
// reach: so a wide hop touches little memory.
static unsigned
slot_for(MnPhrase const* const p, int64_t const start)
{
  unsigned free = SLOTS;
  for (unsigned i = 0; i < SLOTS; ++i) {
    Slot const* const s   = &p->slot[i];
    int64_t const     off = start - s->start;
    if (s->used && off == 0) {
      return i;
    }
    if (free == SLOTS && (!s->used || off < 0 || off >= REACH)) {
      free = i;
    }
  }
  return free;
}

void
mn_phrase_add(MnPhrase* const p, int64_t const start, MnPhraseWindow const* const window)
{
  unsigned const at = slot_for(p, start);
  p->slot[at]       = (Slot){.start = start, .used = true, .heard = window->mu};
  if (window->mu) {
    memcpy(p->mu + at * p->neurons, window->mu, p->neurons * sizeof(*p->mu));
  }
  if (window->units) {
    memcpy(p->units + at * p->width, window->units, p->width * sizeof(*p->units));
  }
}

// The window that begins at `start`, or the latest that begins before, by less than a
// window. NULL if there is none.
static Slot const*
find(MnPhrase const* const p, int64_t const start)
{
  Slot const* found = NULL;
  for (unsigned i = 0; i < SLOTS; ++i) {
    Slot const* const s     = &p->slot[i];
    int64_t const     ahead = start - s->start;
    if (s->used && ahead >= 0 && ahead < MN_STEPS_2BAR &&
        (!found || s->start > found->start)) {
      found = s;
    }
  }
  return found;
}

void
mn_phrase_before(MnPhrase const* const p,
                 int64_t const         start,
                 MnPhraseWindow        before[MN_PHRASE_BEFORE])
{
  int64_t next = start;
  for (unsigned i = MN_PHRASE_BEFORE; i-- > 0;) {
    Slot const* const s = find(p, next - MN_STEPS_2BAR);
    next                = s ? s->start : next - MN_STEPS_2BAR;
    before[i]           = (MnPhraseWindow){NULL, NULL};
    if (s && s->heard) {
      size_t const at = (size_t)(s - p->slot);
      before[i].mu    = p->mu + at * p->neurons;
      before[i].units = p->units + at * p->width;
    }
  }
}
