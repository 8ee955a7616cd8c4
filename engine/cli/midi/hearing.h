// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Which notes of a MIDI file are heard, and what became of the others.

#ifndef MN_CLI_HEARING_H
#define MN_CLI_HEARING_H

#include "midifile.h"
#include "notes/melody.h"

/// What to hear of a file, and how.
typedef struct {
  MnVoice     voice;
  unsigned    channel;  ///< 1..16, or MN_CHANNEL_ANY
  char const* track;    ///< its number, from 1, or its name; NULL: all, or see `choose`
  bool        choose;   ///< where several parts play at a time, hear the likeliest melody
  bool        no_pedal; ///< without the sustain pedal
  double      upbeat;   ///< quarter notes before the first whole bar; 0 if there are none
  bool        guess;    ///< that
  bool        strict;   ///< as for mn_midifile_read()
} MnHearing;

/// What is heard.
typedef struct {
  unsigned     track;    ///< from 1; 0: all
  MnChannelSet channels; ///< 0: all
  size_t       parts; ///< of which the likeliest melody was chosen; 0: there was no choice
  unsigned     channel; ///< the one that was asked for, or MN_CHANNEL_ANY
  size_t       notes;   ///< that could be heard
  size_t       drums;   ///< of them on channel 10, which is not heard
  size_t       outside; ///< others that are not in the range of MusicVAE
  bool         upbeat;  ///< whether the first bar is one that was made for it
} MnHeardPart;

/// Removes from a file the notes that are not to be heard, by track and part, with the
/// controllers of other tracks, and the pedals if they are not wanted; and puts the bar
/// lines where the upbeat wants them. The channel that was asked for is for the melody to
/// hear.
///
/// @return false with the reason in `error`.
MN_NODISCARD bool
mn_hear(MnMidiFile* file, MnHearing const* hearing, MnHeardPart* heard, MnError* error);

enum { MN_HEARD_TEXT = 200 };

/// Says why no note is heard, where none is.
void
mn_heardpart_silence(MnHeardPart const* heard, char text[MN_HEARD_TEXT]);

/// Says which part was chosen. @return false if there was no choice.
bool
mn_heardpart_choice(MnHeardPart const*  heard,
                    MnTrackNames const* names,
                    char                text[MN_HEARD_TEXT]);

/// The only channel that is heard, 1..16; 0 if there are more.
unsigned
mn_heardpart_channel(MnHeardPart const* heard);

#endif // MN_CLI_HEARING_H
