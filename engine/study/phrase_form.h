// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Form: what a phrase of 16 bars has over its length, and no window of two bars has. What
/// comes again in it, whether it moves by sequence, and which way its pitch and its density
/// go.
///
/// Two stretches are alike by the share of their onsets that are the same, step and pitch, of
/// all that either has (Jaccard's index).

#ifndef MN_PHRASE_FORM_H
#define MN_PHRASE_FORM_H

#include "base/common.h"
#include "window_features.h"

enum {
  /// The steps of a phrase.
  MN_FORM_STEPS = MN_PHRASE * MN_STEPS_2BAR,
  MN_FORMS      = 9,
};

/// What there is: the code has the letter of the kind, M for melody, P for pitch, R for rhythm.
extern MnFeature const mn_forms[MN_FORMS];

/// Computes the form of a phrase. Any thread.
///
/// @param tokens [MN_FORM_STEPS], each below MN_CLASSES. @param values [MN_FORMS]: all NAN if
/// there is no note.
void
mn_forms_compute(uint8_t const* tokens, double* values);

#endif // MN_PHRASE_FORM_H
