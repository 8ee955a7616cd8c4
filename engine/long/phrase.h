// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What level two remembers of the windows that level one has encoded: those of the last
/// 16 bars, whatever the hop.
///
/// A phrase lives in memory of its caller, belongs to one thread at a time, and never
/// allocates. Any thread, bounded work.

#ifndef MN_LONG_PHRASE_H
#define MN_LONG_PHRASE_H

#include "base/carve.h"
#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// Alignment of a phrase's memory.
enum { MN_PHRASE_ALIGN = MN_CARVE_ALIGN };

/// The windows before one that belong to its phrase.
enum { MN_PHRASE_BEFORE = MN_PHRASE - 1 };

typedef struct MnPhrase MnPhrase;

/// A window as it is remembered. Both are NULL if it was not heard.
typedef struct {
  int16_t const* mu;    ///< [neurons] that level two reads, Q(MN_LONG_FRAC)
  int16_t const* units; ///< [style.width] of the style's window layers, likewise
} MnPhraseWindow;

/// The size of a phrase for `model`, which has a second level, in bytes.
size_t
mn_phrase_size(MnModel const* model) MN_REALTIME;

/// Makes an empty phrase in `memory`, aligned to MN_PHRASE_ALIGN. The model is used no more.
MnPhrase*
mn_phrase_init(void* memory, MnModel const* model) MN_REALTIME;

/// Forgets all windows: what comes has nothing to do with them.
void
mn_phrase_clear(MnPhrase* phrase) MN_REALTIME;

/// Remembers a window, which is copied. One of the same start is replaced.
///
/// @param start Its first step. @param window What was heard of it.
void
mn_phrase_add(MnPhrase* phrase, int64_t start, MnPhraseWindow const* window) MN_REALTIME;

/// Finds the windows before one that begins at `start`, oldest first. Each ends where the
/// next begins; if no window does, it is the latest that ends before, by less than a
/// window. They are valid until the next mn_phrase_add().
void
mn_phrase_before(MnPhrase const* phrase,
                 int64_t         start,
                 MnPhraseWindow  before[MN_PHRASE_BEFORE]) MN_REALTIME;

#endif // MN_LONG_PHRASE_H
