// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phrase_form.h"

#include "windows.h"

#include <math.h>

enum {
  FOURS      = MN_PHRASE / 2, // stretches of four bars
  FOUR_STEPS = 2 * MN_STEPS_2BAR,
  HALF       = MN_PHRASE / 2,
  QUARTER    = MN_PHRASE / 4,
  MOST_SHIFT = 12, // semitones of a sequence
};

MnFeature const mn_forms[MN_FORMS] = {
  {"M", "2 bars come again", NULL, NULL},
  {"M", "4 bars come again", NULL, NULL},
  {"M", "sequence", NULL, NULL},
  {"M", "opening returns", NULL, NULL},
  {"M", "halves alike", NULL, NULL},
  {"P", "arch of 16 bars", NULL, NULL},
  {"P", "rise over 16 bars", NULL, NULL},
  {"R", "denser half", NULL, NULL},
  {"R", "arch of density", NULL, NULL},
};

// How alike two stretches are, the first moved by some semitones.
static double
alike(uint8_t const* const a, uint8_t const* const b, unsigned const steps, int const move)
{
  unsigned same = 0;
  unsigned all  = 0;
  for (unsigned i = 0; i < steps; ++i) {
    bool const in_a = mn_is_onset(a[i]);
    bool const in_b = mn_is_onset(b[i]);
    bool const both = in_a && in_b && a[i] + move == b[i];
    same += both;
    all += (unsigned)in_a + (unsigned)in_b - both;
  }
  return all ? (double)same / all : 0;
}

// Of each part but the first its likeness to that earlier one that is most like it: the mean.
static double
comes_again(uint8_t const* const tokens, unsigned const parts)
{
  unsigned const steps = MN_FORM_STEPS / parts;
  double         sum   = 0;
  for (unsigned part = 1; part < parts; ++part) {
    double most = 0;
    for (unsigned earlier = 0; earlier < part; ++earlier) {
      most = fmax(most, alike(tokens + part * steps, tokens + earlier * steps, steps, 0));
    }
    sum += most;
  }
  return sum / (parts - 1);
}

// The same of each window and the one before it, moved up or down.
static double
sequence(uint8_t const* const tokens)
{
  double sum = 0;
  for (unsigned w = 1; w < MN_PHRASE; ++w) {
    uint8_t const* const own    = tokens + (size_t)w * MN_STEPS_2BAR;
    uint8_t const* const before = own - MN_STEPS_2BAR;
    double               most   = 0;
    for (int move = 1; move <= MOST_SHIFT; ++move) {
      most = fmax(most, alike(before, own, MN_STEPS_2BAR, move));
      most = fmax(most, alike(before, own, MN_STEPS_2BAR, -move));
    }
    sum += most;
  }
  return sum / (MN_PHRASE - 1);
}

static double
opening_returns(uint8_t const* const tokens)
{
  double most = 0;
  for (unsigned part = 2; part < FOURS; ++part) {
    most = fmax(most, alike(tokens, tokens + (size_t)part * FOUR_STEPS, FOUR_STEPS, 0));
  }
  return most;
}

// Of the windows in the middle against those at both ends.
static double
arch(double const x[MN_PHRASE])
{
  double middle = 0;
  double ends   = 0;
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    *(w < QUARTER || w >= MN_PHRASE - QUARTER ? &ends : &middle) += x[w];
  }
  return (middle / (MN_PHRASE - 2 * QUARTER)) - ends / (2 * QUARTER);
}

// Of the second half against the first.
static double
later(double const x[MN_PHRASE])
{
  double sum = 0;
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    sum += w < HALF ? -x[w] : x[w];
  }
  return sum / HALF;
}

void
mn_forms_compute(uint8_t const* const tokens, double* const values)
{
  double   notes[MN_PHRASE] = {0};
  double   pitch[MN_PHRASE] = {0};
  unsigned all              = 0;
  double   sum              = 0;
  for (unsigned i = 0; i < MN_FORM_STEPS; ++i) {
    if (mn_is_onset(tokens[i])) {
      notes[i / MN_STEPS_2BAR] += 1;
      pitch[i / MN_STEPS_2BAR] += tokens[i];
      sum += tokens[i];
      ++all;
    }
  }
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    pitch[w] = notes[w] > 0 ? pitch[w] / notes[w] : sum / fmax(all, 1);
  }
  double const found[MN_FORMS] = {
    comes_again(tokens, MN_PHRASE),
    comes_again(tokens, FOURS),
    sequence(tokens),
    opening_returns(tokens),
    alike(tokens, tokens + MN_FORM_STEPS / 2, MN_FORM_STEPS / 2, 0),
    arch(pitch),
    later(pitch),
    later(notes),
    arch(notes),
  };
  for (unsigned k = 0; k < MN_FORMS; ++k) {
    values[k] = all ? found[k] : NAN;
  }
}
