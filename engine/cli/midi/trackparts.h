// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The parts of a MIDI file: what each track plays on one instrument; and which of them is
/// likely the melody.

#ifndef MN_CLI_TRACKPARTS_H
#define MN_CLI_TRACKPARTS_H

#include "midifile.h"
#include "notes/channels.h"

enum { MN_NO_PROGRAM = -1 };

/// Channels of one track that have the same program are one part: the strings of a guitar,
/// or the notes of MPE. The drums are a part of their own.
typedef struct {
  unsigned     track; ///< from 1
  MnChannelSet channels;
  int          program; ///< 0..127, the first one; or MN_NO_PROGRAM
  bool         drums;
  size_t       notes;     ///< on any key
  size_t       heard;     ///< of those, in the range of MusicVAE, and not of drums
  unsigned     lowest;    ///< key, 0..127
  unsigned     highest;   ///< likewise
  unsigned     polyphony; ///< the most notes at once
  double       likeness;  ///< to a melody, 0..2
} MnTrackPart;

typedef struct {
  MnTrackPart* parts; ///< with notes; by track, and then by channel
  size_t       count;
  size_t       heard;  ///< parts with notes that are heard
  unsigned     melody; ///< index of the likeliest melody; `count` if no part is heard
} MnTrackParts;

/// Finds the parts of a file, and the one that is likely the melody: that with the greatest
/// likeness, of equal ones that with the most notes, and then the first.
///
/// The likeness is a product. A line is the part's highest note at each time at which notes
/// start.
///
/// - the square of the share of its time with sound in which one note sounds alone;
/// - the share of its line's intervals that are at most a major third;
/// - the square root of its share of the file's bars (of 4/4) in which notes start;
/// - its register: 0 for a line whose mean is at or below E2 (40), 1 at or above C4 (60);
/// - its variety: the number of its keys, of 6 at most, over 6;
/// - 2 if its name says that it is a melody, a voice or a lead.
///
/// Of the songs of POP909 (Wang et al., ISMIR 2020) it finds the melody, without their
/// names, in 442 of the 454 with even numbers, on which it was tuned, and in 444 of the 455
/// others.
///
/// @param parts Freed with mn_trackparts_free(). @return false with the reason in `error`.
MN_NODISCARD bool
mn_trackparts_find(MnMidiFile const* file, MnTrackParts* parts, MnError* error);

void
mn_trackparts_free(MnTrackParts* parts);

#endif // MN_CLI_TRACKPARTS_H
