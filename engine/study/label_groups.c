// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "label_groups.h"

#include "base/parallel.h"
#include "window_features.h"
#include "windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

unsigned const mn_register_end[MN_REGISTERS] = {48, 60, 72, 84, MN_KEYS};

enum { BEAT = 4 };

// What a window is grouped by, and so the groups that it is in.
enum { BY_STYLE, BY_REGISTER, BY_BEAT, KINDS };

// More windows of a group would not change the second digit of a correlation.
enum { MOST_WINDOWS = 10000 };

typedef struct {
  uint32_t key; // kind and value
  uint32_t window;
} Item;

static int
compare_items(void const* const a, void const* const b)
{
  Item const* const x   = (Item const*)a;
  Item const* const y   = (Item const*)b;
  int const         key = (x->key > y->key) - (x->key < y->key);
  return key ? key : (x->window > y->window) - (x->window < y->window);
}

static double
mean_pitch(uint8_t const* const tokens, unsigned const steps)
{
  unsigned sum   = 0;
  unsigned count = 0;
  for (unsigned i = 0; i < steps; ++i) {
    if (mn_is_onset(tokens[i])) {
      sum += tokens[i] + MN_NOTE_OFFSET;
      ++count;
    }
  }
  return count ? (double)sum / count : NAN;
}

static unsigned
register_of(double const pitch)
{
  unsigned r = 0;
  while (r + 1 < MN_REGISTERS && pitch >= mn_register_end[r]) {
    ++r;
  }
  return r;
}

// The step of the beat on which most notes start, and whether nearly all start on it or an
// eighth from it. Where a few do not, timing alone may tell how a window lies in the bar.
static unsigned
beat_of(uint8_t const* const tokens, unsigned const steps)
{
  unsigned count[BEAT] = {0};
  unsigned most        = 0;
  unsigned all         = 0;
  for (unsigned i = 0; i < steps; ++i) {
    count[i % BEAT] += mn_is_onset(tokens[i]);
    all += mn_is_onset(tokens[i]);
  }
  for (unsigned i = 1; i < BEAT; ++i) {
    most = count[i] > count[most] ? i : most;
  }
  unsigned const even = count[most] + count[(most + BEAT / 2) % BEAT];
  return most + (8 * even >= 7 * all ? BEAT : 0);
}

static uint32_t
key_of(unsigned const kind, unsigned const value)
{
  return (uint32_t)kind << 16 | value;
}

static void
key_windows(MnHeard const* const heard, double* const pitch, Item* const items)
{
  for (size_t i = 0; i < heard->count; ++i) {
    uint8_t const* const tokens = heard->tokens + i * heard->steps;
    uint32_t const       window = (uint32_t)i;
    unsigned const       style  = heard->style ? heard->style[i] : 0;
    Item* const          item   = items + i * KINDS;
    pitch[i]                    = mean_pitch(tokens, heard->steps);
    item[BY_STYLE]              = (Item){key_of(BY_STYLE, style), window};
    item[BY_REGISTER] = (Item){key_of(BY_REGISTER, register_of(pitch[i])), window};
    item[BY_BEAT]     = (Item){key_of(BY_BEAT, beat_of(tokens, heard->steps)), window};
  }
}

bool
mn_label_groups_make(MnHeard const* const heard, MnLabelGroups* const g)
{
  size_t const count = heard->count * KINDS;
  Item* const  items = (Item*)malloc((count + 1) * sizeof(*items));
  *g = (MnLabelGroups){.first = (size_t*)calloc(count / MN_GROUP_LEAST + 2, sizeof(size_t)),
                       .member = (uint32_t*)malloc((count + 1) * sizeof(uint32_t)),
                       .pitch  = (double*)malloc((heard->count + 1) * sizeof(double))};
  bool const good = items && g->first && g->member && g->pitch;
  if (good) {
    key_windows(heard, g->pitch, items);
    qsort(items, count, sizeof(*items), compare_items);
    for (size_t from = 0, next = 0; from < count; from = next) {
      while (next < count && items[next].key == items[from].key) {
        ++next;
      }
      if (next - from < MN_GROUP_LEAST) {
        continue;
      }
      size_t const at = g->first[g->count++];
      for (size_t i = from; i < next; ++i) {
        g->member[at + i - from] = items[i].window;
      }
      g->first[g->count] = at + next - from;
    }
  } else {
    mn_label_groups_free(g);
  }
  free(items);
  return good;
}

void
mn_label_groups_free(MnLabelGroups* const g)
{
  free(g->first);
  free(g->member);
  free(g->pitch);
  *g = (MnLabelGroups){0};
}

// Room for the windows of a group.
typedef struct {
  uint8_t* tokens; // [MOST_WINDOWS][steps]
  int32_t* mu;     // [MOST_WINDOWS][latent]
  double*  rho;    // [neurons][mn_feature_count]
} Room;

// The windows of a group, evenly spread if there are many.
static MnHeard
pick_windows(MnHeard const* const  heard,
             uint32_t const* const member,
             size_t const          count,
             Room const* const     room)
{
  size_t const latent = heard->latent;
  size_t       kept   = count;
  if (kept > MOST_WINDOWS) {
    kept = MOST_WINDOWS;
  }
  for (size_t i = 0; i < kept; ++i) {
    size_t const from = member[i * count / kept];
    memcpy(
      room->tokens + i * heard->steps, heard->tokens + from * heard->steps, heard->steps);
    memcpy(room->mu + i * latent, heard->mu + from * latent, latent * sizeof(*room->mu));
  }
  return (MnHeard){room->tokens, heard->steps, kept, room->mu, heard->latent, NULL};
}

bool
mn_label_groups_least(MnHeard const* const       heard,
                      MnLabelGroups const* const g,
                      uint16_t const* const      neurons,
                      unsigned const             count,
                      double const* const        rho,
                      double* const              least)
{
  size_t const cells = count * mn_feature_count;
  Room const   room  = {
       .tokens = (uint8_t*)malloc((size_t)MOST_WINDOWS * heard->steps),
       .mu     = (int32_t*)malloc((size_t)MOST_WINDOWS * heard->latent * sizeof(int32_t)),
       .rho    = (double*)malloc((cells + 1) * sizeof(double))};
  bool good = room.tokens && room.mu && room.rho;
  for (size_t i = 0; i < cells; ++i) {
    least[i] = fabs(rho[i]);
  }
  for (size_t k = 0; good && k < g->count; ++k) {
    size_t const  size = g->first[k + 1] - g->first[k];
    MnHeard const own  = pick_windows(heard, g->member + g->first[k], size, &room);
    good               = mn_labels_correlate(&own, neurons, count, room.rho);
    for (size_t i = 0; good && i < cells; ++i) {
      least[i] = fmin(least[i], rho[i] < 0 ? -room.rho[i] : room.rho[i]);
    }
  }
  free(room.tokens);
  free(room.mu);
  free(room.rho);
  return good;
}
