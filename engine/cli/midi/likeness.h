// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How like a melody a part is: see mn_trackparts_find().

#ifndef MN_CLI_LIKENESS_H
#define MN_CLI_LIKENESS_H

#include "midifile.h"
#include "notes/channels.h"

/// What is known of a part's notes so far.
typedef struct {
  unsigned ppqn;
  size_t   heard;    ///< notes in the range of MusicVAE
  unsigned sounding; ///< notes
  unsigned most;     ///< of those, at once
  uint32_t last;     ///< tick of the last message
  uint64_t sound;    ///< ticks in which notes sound
  uint64_t alone;    ///< in which one does
  size_t   bars;     ///< of 4/4, in which notes start
  int64_t  bar;      ///< the last of them
  uint32_t tick;     ///< of the line's last note
  unsigned pitch;    ///< its pitch, 0 if there is none
  unsigned before;   ///< the pitch before that
  size_t   line;     ///< notes of the line before the last
  uint64_t pitches;  ///< their sum
  size_t   near;     ///< intervals of a major third or less, up to the last but one
  bool     on[MN_CHANNELS][128];
  bool     played[128]; ///< keys
} MnLikeness;

void
mn_likeness_init(MnLikeness* likeness, unsigned ppqn);

/// Takes the next message on a channel. Ticks must not decrease.
void
mn_likeness_take(MnLikeness* likeness, MnMidiEvent const* event);

/// Takes of a note only the bar in which it starts.
void
mn_likeness_count_bar(MnLikeness* likeness, MnMidiEvent const* note);

/// The likeness of a part. @param bars Of the file, in which notes start.
double
mn_likeness_of(MnLikeness* likeness, size_t bars, char const* name);

#endif // MN_CLI_LIKENESS_H
