// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a second level says of phrases, and of the same phrases when something is done to
/// them: their windows in another order, or one window from another phrase.

#ifndef MN_LONG_PHRASES_H
#define MN_LONG_PHRASES_H

#include "encoder/batches.h"
#include "model/model.h"
#include "phrase_form.h"
#include "windows.h"

/// Of phrases, by their index. Phrase i with another window has that of a random phrase in
/// place i modulo MN_PHRASE.
typedef struct {
  size_t    count;
  unsigned  latent;
  unsigned  styles;
  int32_t*  mu;       ///< [count][latent], Q16
  int32_t*  sigma;    ///< likewise
  int32_t*  shuffled; ///< mu of the windows in a random order
  int32_t*  replaced; ///< mu with one other window
  uint32_t* style;    ///< [count][styles], Q30
} MnLongPhrases;

/// Keeps the phrases that are heard from end to end, two notes a window, and of these at most
/// so many of each style, evenly spread.
///
/// @param phrases Windows of MN_FORM_STEPS.
void
mn_long_phrases_choose(MnWindows* phrases, size_t most);

/// Encodes phrases that were chosen, on all processors. The number of processors makes no
/// difference.
///
/// @param model With a second level. @param progress May be NULL.
/// @return false if memory runs out; then there is nothing to free.
MN_NODISCARD bool
mn_long_phrases_encode(MnModel const*    model,
                       MnWindows const*  phrases,
                       MnProgress const* progress,
                       MnLongPhrases*    found);

void
mn_long_phrases_free(MnLongPhrases* found);

#endif // MN_LONG_PHRASES_H
