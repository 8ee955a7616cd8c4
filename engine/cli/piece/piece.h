// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a picture of a whole piece shows, in so many columns as it has room for.

#ifndef MN_CLI_PIECE_H
#define MN_CLI_PIECE_H

#include "encoding.h"
#include "midi/score.h"

enum {
  MN_PIECE_COLUMNS = 2048, ///< at most
  MN_PIECE_NEURONS = 64,   ///< likewise
  MN_PIECE_NOTES   = 4096, ///< columns of notes, likewise
};

/// One window or several in a row, from where the first begins to where the next does. Of
/// several, means.
typedef struct {
  int64_t  start;
  unsigned scored; ///< windows with a score; 0: the values below are 0
  float    musicality;
  float    sense;
  float    axes[MN_AXES];             ///< percentiles
  float    neurons[MN_PIECE_NEURONS]; ///< percentiles
  unsigned notes;                     ///< that have bits
  float    bits;                      ///< a note
} MnPieceColumn;

/// Keys that sound, and that begin to, in a column of notes: bit by bit.
typedef struct {
  uint64_t sounds[2];
  uint64_t begins[2];
} MnPieceNotes;

typedef struct {
  int64_t       end;     ///< in steps: the end of the last bar that has music
  int64_t       bars;    ///< up to there
  unsigned long windows; ///< in all
  unsigned long each;    ///< in a column, but for the last
  unsigned      neurons; ///< that are shown
  uint16_t      ranks[MN_PIECE_NEURONS];
  unsigned      columns;
  MnPieceColumn column[MN_PIECE_COLUMNS];
  unsigned      note_columns; ///< of equal length, from 0 to `end`
  MnPieceNotes  notes[MN_PIECE_NOTES];
  MnPieceColumn mean; ///< of the whole piece

  // While it is read: a window counts up to where the next begins.
  unsigned long taken; ///< windows
  MnWindow      last;
  MnWindowBits  bits; ///< of its notes
} MnPiece;

/// Reads a score, encodes all of its windows, and sums them up. The neurons are those that have
/// the name of a trait, by rank; all music neurons if none has.
///
/// @param encoding Open; its reporter is replaced. @param columns At most. @return The exit
/// status.
int
mn_piece_read(MnPiece*           piece,
              MnOptions const*   options,
              MnMidiScore const* score,
              MnEncoding*        encoding,
              unsigned           columns);

/// Whether a key sounds or begins in a column of notes.
static inline bool
mn_piece_has_key(uint64_t const keys[2], unsigned const pitch)
{
  return keys[pitch / 64] >> pitch % 64 & 1;
}

#endif // MN_CLI_PIECE_H
