// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sense.h"

#include "base/fixed.h"
#include "bend_values.h"
#include "notes/surprise_line.h"

#include <assert.h>
#include <string.h>

enum { CLASSES = 12, DEGREES = 7 };

// What is counted of a window: features are in the order in which they are added.
typedef struct {
  uint8_t const* tokens;
  unsigned       steps;
  unsigned       onsets;
  int32_t*       next; // where the next feature goes
} Features;

static bool
is_onset(Features const* const f, unsigned const step)
{
  return f->tokens[step] > MN_NOTE_OFF;
}

// Adds a quotient; 0 of 0 is 0.
static void
add(Features* const f, int64_t const number, unsigned const of)
{
  *f->next++ = of ? (int32_t)(number * MN_ONE_Q16 / of) : 0;
}

// Adds mean, mean square and shares above some limits of the bits of one view.
static void
add_bits(Features* const       f,
         uint16_t const* const bits,
         uint8_t const* const  limits,
         unsigned const        limit_count)
{
  int64_t  sum    = 0;
  int64_t  square = 0;
  unsigned known  = 0;
  for (unsigned i = 0; i < f->steps; ++i) {
    if (bits[i] != MN_NO_BITS) {
      sum += bits[i];
      square += (int64_t)bits[i] * bits[i];
      ++known;
    }
  }
  add(f, sum, known * MN_BIT_Q8);
  add(f, square, known * MN_BIT_Q8 * MN_BIT_Q8);
  for (unsigned k = 0; k < limit_count; ++k) {
    unsigned above = 0;
    for (unsigned i = 0; i < f->steps; ++i) {
      above += bits[i] != MN_NO_BITS && bits[i] > limits[k] * MN_BIT_Q8;
    }
    add(f, above, known);
  }
}

// Puts a number where it belongs among the largest so far, and drops the least.
static void
keep_largest(unsigned* const largest, unsigned const count, unsigned number)
{
  for (unsigned i = 0; i < count; ++i) {
    if (number > largest[i]) {
      unsigned const smaller = largest[i];
      largest[i]             = number;
      number                 = smaller;
    }
  }
}

static uint8_t const interval_limits[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12};
static uint8_t const duration_limits[] = {1, 2, 3, 4, 5, 6};

// How well each note could be foreseen from those before it in the window.
static void
add_surprise(Features* const f, MnSurpriseTable const* const table)
{
  MnWindowBits bits;
  unsigned     largest[5] = {0};
  unsigned     longest[1] = {0};
  mn_surprise_of_tokens(table, f->tokens, f->steps, &bits);
  uint16_t const* const intervals = bits.of[MN_SURPRISE_INTERVAL];
  uint16_t const* const durations = bits.of[MN_SURPRISE_DURATION];
  add_bits(f, intervals, interval_limits, sizeof(interval_limits));
  add_bits(f, durations, duration_limits, sizeof(duration_limits));
  for (unsigned i = 0; i < f->steps; ++i) {
    if (intervals[i] != MN_NO_BITS) {
      keep_largest(largest, 5, intervals[i]);
      keep_largest(longest, 1, durations[i]);
    }
  }
  for (unsigned i = 0; i < 5; ++i) {
    add(f, largest[i], MN_BIT_Q8);
  }
  add(f, longest[0], MN_BIT_Q8);
}

static uint8_t const major[DEGREES] = {0, 2, 4, 5, 7, 9, 11};

// How many notes are in the scales that most are in, how the pitch classes share them, and
// how far the pitches reach.
static void
add_pitches(Features* const f)
{
  unsigned notes[CLASSES]  = {0};
  unsigned scales[CLASSES] = {0}; // most notes first
  unsigned shares[CLASSES] = {0}; // likewise
  unsigned distinct        = 0;
  unsigned low             = MN_CLASSES;
  unsigned high            = 0;
  for (unsigned i = 0; i < f->steps; ++i) {
    if (is_onset(f, i)) {
      unsigned const token = f->tokens[i];
      ++notes[(token + MN_NOTE_OFFSET) % CLASSES];
      low  = token < low ? token : low;
      high = token > high ? token : high;
    }
  }
  for (unsigned tonic = 0; tonic < CLASSES; ++tonic) {
    unsigned inside = 0;
    for (unsigned d = 0; d < DEGREES; ++d) {
      inside += notes[(tonic + major[d]) % CLASSES];
    }
    distinct += notes[tonic] > 0;
    keep_largest(scales, CLASSES, inside);
    keep_largest(shares, CLASSES, notes[tonic]);
  }
  add(f, f->onsets - scales[0], f->onsets);
  add(f, f->onsets - scales[1], f->onsets);
  add(f, f->onsets - scales[2], f->onsets);
  add(f, f->onsets - scales[4], f->onsets);
  add(f, distinct, CLASSES);
  add(f, distinct, f->onsets);
  add(f, shares[0], f->onsets);
  add(f, shares[1], f->onsets);
  add(f, shares[2], f->onsets);
  add(f, f->onsets - shares[0] - shares[1] - shares[2] - shares[3] - shares[4], f->onsets);
  add(f, f->onsets ? high - low : 0, CLASSES);
}

static uint8_t const distances[] = {1, 2, 3, 4, 6, 8, 12, 16};
static uint8_t const lengths[]   = {2, 3, 4, 8};

// How often an onset has another one at some distance, and how many share a place in a beat
// or bar that may begin anywhere.
static void
add_rhythm(Features* const f)
{
  for (unsigned k = 0; k < sizeof(distances); ++k) {
    unsigned pairs = 0;
    for (unsigned i = distances[k]; i < f->steps; ++i) {
      pairs += is_onset(f, i) && is_onset(f, i - distances[k]);
    }
    add(f, pairs, f->onsets);
  }
  for (unsigned k = 0; k < sizeof(lengths); ++k) {
    unsigned most = 0;
    for (unsigned first = 0; first < lengths[k]; ++first) {
      unsigned together = 0;
      for (unsigned i = first; i < f->steps; i += lengths[k]) {
        together += is_onset(f, i);
      }
      most = together > most ? together : most;
    }
    add(f, most, f->onsets);
  }
}

void
mn_sense_inputs(MnModel const* const model,
                uint8_t const* const tokens,
                int32_t const* const mu,
                int32_t const* const sigma,
                int32_t* const       inputs)
{
  unsigned const onsets = (unsigned)mn_count_onsets(tokens, model->steps);
  Features       f      = {tokens, model->steps, onsets, inputs};
  add(&f, f.onsets, MN_STEPS_2BAR);
  add(&f, 1, f.onsets);
  add_surprise(&f, &model->surprise);
  add_pitches(&f);
  add_rhythm(&f);
  assert(f.next == inputs + MN_SENSE_FEATURES);
  memcpy(f.next, mu, model->latent * sizeof(*mu));
  for (unsigned n = 0; n < model->latent; ++n) {
    f.next[model->latent + n] = mn_log2_q16(sigma[n]);
  }
}

float
mn_sense(MnModel const* const model,
         uint8_t const* const tokens,
         int32_t const* const mu,
         int32_t const* const sigma)
{
  if (!model->readout.sense_table.values ||
      mn_count_onsets(tokens, model->steps) < MN_SENSE_ONSETS) {
    return 0.5F;
  }
  int32_t inputs[MN_SENSE_FEATURES + 2 * MN_MAX_LATENT];
  double  value = 0;
  mn_sense_inputs(model, tokens, mu, sigma, inputs);
  mn_bend_values(&model->readout.sense_table, inputs, &value);
  return value < 0 ? 0.0F : value > 1 ? 1.0F : (float)value;
}
