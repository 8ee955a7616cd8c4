// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How little a note could be foreseen: its information content, -log2 p, in bits.
///
/// A variable-order Markov model of two views of a note: its interval from the note
/// before, and the time from that note's onset to its own, a rest included. After
/// M. Pearce, "The construction and evaluation of statistical models of melodic structure
/// in music perception and composition" (2005; IDyOM), whose escape probabilities are
/// PPM's (method C). The long-term part is a table of the model's file. The short-term
/// part is the phrase itself: what followed before, where the last symbols were the same.
/// The two are added, the phrase by a share that grows with its evidence.
///
/// Neither view depends on transposition, nor on where bars and windows begin. The same
/// notes give the same bits. All functions: audio thread, bounded work, no memory.

#ifndef MN_SURPRISE_H
#define MN_SURPRISE_H

#include "base/surprise_table.h"

#include <stdbool.h>

enum {
  MN_PHRASE_NOTES  = 128, ///< that the phrase remembers; a power of 2
  MN_PHRASE_VOTES  = 4,   ///< earlier places that say what comes next
  MN_SURPRISE_MEAN = 8,   ///< notes of the smoothed value
};

/// One in the format of bits, Q8.
enum { MN_BIT_Q8 = 256 };

/// What the phrase remembers of one view of a note.
typedef struct {
  int32_t  key;      ///< of the last symbols, this note's the newest
  uint32_t previous; ///< the last note before that had the same symbol; 0: none
} MnPhraseNote;

/// What the phrase remembers of one view. Notes are numbered from 1.
typedef struct {
  MnPhraseNote note[MN_PHRASE_NOTES];   ///< ring
  uint32_t     newest[MN_SYMBOLS_MOST]; ///< by symbol; 0: none
} MnPhraseView;

typedef struct {
  uint32_t     notes;   ///< since it was cleared; all but the first have symbols
  int64_t      step;    ///< of the last note
  unsigned     pitch;   ///< likewise
  unsigned     counted; ///< notes in the smoothed value
  uint32_t     recent[MN_SURPRISE_MEAN]; ///< their bits, Q8: a ring
  MnPhraseView view[MN_SURPRISE_VIEWS];
} MnSurprise;

/// The bits of a note, Q8. A note that nothing came before has none: known is false.
typedef struct {
  bool     known;
  uint16_t bits[MN_SURPRISE_VIEWS];
} MnNoteBits;

/// What foresees a symbol.
typedef struct {
  uint32_t table_q30; ///< its probability by the table
  unsigned hits;      ///< weight of the places in the phrase that it followed
  unsigned evidence;  ///< weight of all such places
} MnForeseen;

/// Forgets everything.
void
mn_surprise_clear(MnSurprise* surprise) MN_REALTIME;

/// Forgets the smoothed value alone.
void
mn_surprise_rest(MnSurprise* surprise) MN_REALTIME;

/// Takes the next note, and learns from it. Steps must ascend.
///
/// @param table If it is not known, no note's bits are.
MnNoteBits
mn_surprise_note(MnSurprise*            surprise,
                 MnSurpriseTable const* table,
                 int64_t                step,
                 unsigned               pitch) MN_REALTIME;

/// The mean bits of the last MN_SURPRISE_MEAN notes, both views together; 0 without any.
float
mn_surprise_mean(MnSurprise const* surprise) MN_REALTIME;

/// Both views together, Q8.
static inline unsigned
mn_note_bits_sum(MnNoteBits const bits)
{
  return (unsigned)bits.bits[MN_SURPRISE_INTERVAL] + bits.bits[MN_SURPRISE_DURATION];
}

/// The symbol of an interval in semitones.
unsigned
mn_interval_symbol(int semitones) MN_REALTIME;

/// The symbol of a time between onsets, 1 or more steps.
unsigned
mn_duration_symbol(int64_t steps) MN_REALTIME;

/// The key of the last `length` symbols. If there are not so many, it is that of all there
/// are.
int32_t
mn_surprise_key(MnSurprise const* surprise, MnSurpriseView view, unsigned length)
  MN_REALTIME;

/// What foresees a symbol as the next one of a view.
MnForeseen
mn_surprise_foresee(MnSurprise const*      surprise,
                    MnSurpriseTable const* table,
                    MnSurpriseView         view,
                    unsigned               symbol) MN_REALTIME;

/// The class of evidence, below MN_SURPRISE_EVIDENCE: 0 is none.
unsigned
mn_surprise_class(unsigned evidence) MN_REALTIME;

/// The symbols of a note, if it came next. Not for the first note.
void
mn_surprise_symbols_of(MnSurprise const* surprise,
                       int64_t           step,
                       unsigned          pitch,
                       unsigned          symbols[MN_SURPRISE_VIEWS]) MN_REALTIME;

#endif // MN_SURPRISE_H
