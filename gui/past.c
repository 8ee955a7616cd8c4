// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "past.h"

#include "base/common.h"

#include <string.h>

enum { GAP = 16 };

static unsigned
count_of(MnPast const* const past)
{
  return past->count < MN_PAST ? past->count : MN_PAST;
}

static unsigned
steps_of(MnPastEntry const* const e)
{
  return e->said.steps < sizeof(e->said.tokens) ? e->said.steps : sizeof(e->said.tokens);
}

unsigned
mn_past_number(MnPast const* const past)
{
  unsigned const count = count_of(past);
  return count ? (unsigned)past->entry[count - 1].said.number : 0;
}

// Of the older half, every second entry goes.
static void
thin(MnPast* const past)
{
  unsigned const half = MN_PAST / 2;
  unsigned       kept = 0;
  for (unsigned i = 0; i < MN_PAST; i += i < half ? 2 : 1) {
    past->entry[kept++] = past->entry[i];
  }
  past->count = kept;
}

MnPastEntry*
mn_past_newest(MnPast* const past, MnPastWindow const* const window, int64_t const start)
{
  if (past->count && mn_past_number(past) == (unsigned)window->number) {
    MnPastEntry* const same = &past->entry[past->count - 1];
    same->said              = *window;
    return same;
  }
  if (past->count >= MN_PAST) {
    thin(past);
  }
  MnPastEntry* const next   = &past->entry[past->count];
  MnPastEntry const* before = past->count ? next - 1 : NULL;
  int64_t            at     = 0;
  if (before) {
    int64_t const way = start - before->start;
    bool const    on  = way > 0 && way <= (int64_t)steps_of(before);
    at                = before->at + (on ? way : (int64_t)steps_of(before) + GAP);
  }
  *next = (MnPastEntry){.said = *window, .start = start, .at = at, .model = past->model};
  ++past->count;
  return next;
}

unsigned
mn_past_length(MnPast const* const past, unsigned const index)
{
  MnPastEntry const* const e     = &past->entry[index];
  unsigned const           whole = steps_of(e);
  if (index + 1 >= count_of(past)) {
    return whole;
  }
  int64_t const way = e[1].at - e->at;
  return way > 0 && way < (int64_t)whole ? (unsigned)way : whole;
}

int64_t
mn_past_end(MnPast const* const past)
{
  unsigned const count = count_of(past);
  return count ? past->entry[count - 1].at + mn_past_length(past, count - 1) : 0;
}

int
mn_past_find(MnPast const* const past, double const at)
{
  int low  = 0;
  int high = (int)count_of(past);
  while (low < high) {
    int const middle = (low + high) / 2;
    if ((double)past->entry[middle].at <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

// Where the note that starts on a step of an entry ends, as its window has it.
static int64_t
end_of(MnPastEntry const* const e, unsigned const step)
{
  unsigned end = step + 1;
  while (end < steps_of(e) && e->said.tokens[end] == MN_HOLD) {
    ++end;
  }
  return e->at + end;
}

unsigned
mn_past_notes(MnPast const* const past,
              int64_t const       from,
              int64_t const       to,
              unsigned const      most,
              MnPastNote* const   notes)
{
  unsigned const count = count_of(past);
  int const      first = mn_past_find(past, (double)from);
  unsigned       found = 0;
  for (unsigned i = first < 0 ? 0 : (unsigned)first; i < count; ++i) {
    MnPastEntry const* const e = &past->entry[i];
    if (e->at >= to) {
      break;
    }
    unsigned const length = mn_past_length(past, i);
    for (unsigned step = 0; step < length && found < most; ++step) {
      uint8_t const token = e->said.tokens[step];
      int64_t const at    = e->at + step;
      if (token > MN_NOTE_OFF && token < MN_CLASSES && at >= from && at < to) {
        notes[found++] = (MnPastNote){at, end_of(e, step), token + MN_NOTE_OFFSET};
      }
    }
  }
  return found;
}
