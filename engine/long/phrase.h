// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Which windows belong to a phrase: those of the last 16 bars, whatever the hop. A phrase knows
/// only when they began, in steps; what was heard of them is kept in the encoder of level two
/// (long_encoder.h), each in the place that the phrase has for it.
///
/// A phrase belongs to one thread at a time. Any thread, bounded work.

#ifndef MN_LONG_PHRASE_H
#define MN_LONG_PHRASE_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

enum {
  /// The windows before one that belong to its phrase.
  MN_PHRASE_BEFORE = MN_PHRASE - 1,
  /// Places of windows.
  MN_PHRASE_PLACES = MN_PHRASE * MN_STEPS_2BAR,
  /// No place: a window that was not heard.
  MN_PHRASE_UNHEARD = -1,
};

/// A window that is remembered.
typedef struct {
  int64_t  start; ///< its first step
  unsigned epoch; ///< one more than the phrase's, or it is forgotten
  bool     heard;
} MnPhraseWindow;

/// All zeros: there was no window yet.
typedef struct {
  unsigned       epoch; ///< how often it was cleared
  MnPhraseWindow window[MN_PHRASE_PLACES];
} MnPhrase;

/// Where the windows of a phrase lie.
typedef struct {
  int16_t before[MN_PHRASE_BEFORE]; ///< oldest first; MN_PHRASE_UNHEARD: none
  int16_t last;                     ///< where the last one is to be
} MnPhrasePlaces;

/// Forgets all windows: what comes has nothing to do with them.
void
mn_phrase_clear(MnPhrase* phrase) MN_REALTIME;

/// Adds a window. One of the same start is replaced.
///
/// Of the windows before it each ends where the next begins; if no window does, it is the
/// latest that ends before, by less than a window.
///
/// @param start Its first step. @param heard Whether it will be encoded.
/// @return The places of its phrase.
MnPhrasePlaces
mn_phrase_add(MnPhrase* phrase, int64_t start, bool heard) MN_REALTIME;

/// Forgets the window in a place: it is not encoded after all.
void
mn_phrase_forget(MnPhrase* phrase, int16_t place) MN_REALTIME;

#endif // MN_LONG_PHRASE_H
