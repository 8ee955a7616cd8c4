// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A melody implemented the slow way: it keeps every note of a piece, and searches all
/// of them when it already knows where they end.

#ifndef MN_TEST_NAIVE_PLAYER_H
#define MN_TEST_NAIVE_PLAYER_H

#include "check.h"
#include "notes/melody.h"

enum { NAIVE_MOST_NOTES = 512 };

/// A note. Times are in steps.
typedef struct {
  int64_t  onset;
  int64_t  end;     ///< INT64_MAX while it sounds
  unsigned channel; ///< 1..16
  unsigned pitch;
  bool     released; ///< its key is up
  int64_t  up;       ///< since which step; INT64_MAX: it is down
  bool     again;    ///< the note before on its key has not been released
  double   struck;   ///< the position, exactly
} NaiveNote;

typedef struct {
  unsigned  chosen; ///< the channel to listen to; 0: any
  unsigned  lower;  ///< members of the lower MPE zone
  unsigned  upper;
  bool      pedal[17]; ///< by channel
  NaiveNote notes[NAIVE_MOST_NOTES];
  unsigned  count;
} NaivePlayer;

void
naive_init(NaivePlayer* player, unsigned channel);

/// Handles a note-on, note-off or controller. Takes any data entry for an MPE
/// configuration. @return true if a note started and is heard.
bool
naive_midi(NaivePlayer* player,
           double       position,
           unsigned     status,
           unsigned     data1,
           unsigned     data2);

unsigned
naive_sounding(NaivePlayer const* player);

/// Picks a random sounding note, if there is one. `channel` is 0..15.
void
naive_choose_sounding(NaivePlayer const* player,
                      Random*            random,
                      unsigned*          channel,
                      unsigned*          pitch);

/// Writes the tokens of a window by the rules of a voice. @return The number of note-ons.
unsigned
naive_tokens(NaivePlayer const* player,
             MnVoice            voice,
             int64_t            start,
             unsigned           steps,
             uint8_t*           tokens);

#endif // MN_TEST_NAIVE_PLAYER_H
