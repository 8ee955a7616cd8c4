// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The score against sequences that are closer to music than the paper's.

#include "base/random.h"
#include "figures.h"
#include "study_columns.h"
#include "study_measures.h"
#include "study_parts.h"

#include <stdlib.h>

// The count of each kind, and the seed of the first.
enum { HARDER_COUNT = 3000, HARDER_SEED = 10 };

// Random sequences with pitches of a range, or of C major in it.
static bool
add_narrow(MnWindows* const w,
           size_t const     count,
           unsigned const   low,
           unsigned const   high,
           bool const       c_major,
           uint64_t const   seed)
{
  static char const white[] = "x.x.xx.x.x.x"; // keys from C to B
  uint8_t           tokens[MN_NOTE_OFFSET + MN_CLASSES];
  uint32_t          choices = 0;
  for (unsigned pitch = low; pitch <= high; ++pitch) {
    if (!c_major || white[pitch % 12] == 'x') {
      tokens[choices++] = (uint8_t)(pitch - MN_NOTE_OFFSET);
    }
  }
  uint64_t state = seed;
  if (!mn_windows_add_random(w, count, mn_random_next(&state))) {
    return false;
  }
  for (size_t i = 0; i < w->count * w->steps; ++i) {
    if (mn_is_onset(w->tokens[i])) {
      w->tokens[i] = tokens[mn_random_below(&state, choices)];
    }
  }
  return true;
}

// Real windows, evenly spread, with their pitches in another order. The rhythm stays.
static bool
add_shuffled(MnWindows* const       w,
             MnWindows const* const real,
             size_t const           count,
             uint64_t const         seed)
{
  uint64_t state = seed;
  for (size_t i = 0; i < count; ++i) {
    // A real window has enough notes to be added unchanged.
    if (!mn_windows_add(w, real->tokens + i * real->count / count * w->steps, 0)) {
      return false;
    }
    uint8_t* const tokens = w->tokens + (w->count - 1) * w->steps;
    uint32_t       notes  = 0;
    uint8_t        at[MN_MAX_STEPS];
    for (unsigned k = 0; k < w->steps; ++k) {
      if (mn_is_onset(tokens[k])) {
        at[notes++] = (uint8_t)k;
      }
    }
    for (; notes > 1; --notes) {
      uint32_t const other  = mn_random_below(&state, notes);
      uint8_t const  keep   = tokens[at[notes - 1]];
      tokens[at[notes - 1]] = tokens[at[other]];
      tokens[at[other]]     = keep;
    }
  }
  return true;
}

enum { HARDER = 3 };

static char const* const harder_names[HARDER] = {"pitches_55_79",
                                                 "c_major_60_84",
                                                 "real_pitches_shuffled"};

static bool
add_harder(MnStudy const* const s, unsigned const kind, MnWindows* const w)
{
  uint64_t const seed = HARDER_SEED + kind;
  switch (kind) {
  case 0:
    return add_narrow(w, HARDER_COUNT, 55, 79, false, seed);
  case 1:
    return add_narrow(w, HARDER_COUNT, 60, 84, true, seed);
  default:
    return add_shuffled(
      w, s->in->heldout, s->count < HARDER_COUNT ? s->count : HARDER_COUNT, seed);
  }
}

json_t*
mn_study_harder(MnStudy const* const s)
{
  json_t* const result = json_object();
  bool          good   = result;
  for (unsigned kind = 0; good && kind < HARDER; ++kind) {
    MnWindows  windows  = {.steps = s->model->steps};
    MnMeasures measures = {0};
    MnColumn   real     = {0};
    MnColumn   harder   = {0};
    good                = add_harder(s, kind, &windows) &&
           mn_measures_encode(s, "harder sequences", &windows, NULL, &measures) &&
           mn_column_take_score(&real, &s->real, NULL, 0) &&
           mn_column_take_score(&harder, &measures, NULL, 0) &&
           !json_object_set_new(
             result, harder_names[kind], mn_figures_number(mn_column_auc(&real, &harder)));
    mn_windows_free(&windows);
    mn_measures_free(&measures);
    free(real.values);
    free(harder.values);
  }
  if (!good) {
    json_decref(result);
    return NULL;
  }
  return result;
}
