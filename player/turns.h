// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Where on the stream turns begin, end and close. Positions are in steps.
/// Audio thread, O(1).

#ifndef MN_TURNS_H
#define MN_TURNS_H

#include "notes/timeline.h"

typedef struct {
  bool     open;       ///< there is a turn
  bool     closed;     ///< what it has heard is settled
  uint64_t count;      ///< which turn it is, since the instance was made
  double   start;      ///< of its first bar
  double   end;        ///< of its last bar; INFINITY: a phrase, which is not over yet
  double   bar_length; ///< of its bars
} MnTurn;

/// Begins a turn at the bars of a transport: the turn that holds `position`, which may have
/// begun before. Turns of n bars begin on bars whose number is a multiple of n.
///
/// @param steps Those of a window, which it holds.
void
mn_turn_open(MnTurn* turn, MnBar const* bar, double position, unsigned steps) MN_REALTIME;

/// Begins a phrase at the start of a bar.
void
mn_turn_open_phrase(MnTurn* turn, MnBar const* bar) MN_REALTIME;

/// Ends a phrase: the next bar that is half a step and `lead` steps away, or more, ends it.
void
mn_turn_end_phrase(MnTurn* turn, MnBar const* bar, double position, unsigned lead)
  MN_REALTIME;

/// Goes on with the turn after one that has ended.
void
mn_turn_next(MnTurn* turn, MnBar const* bar, unsigned steps) MN_REALTIME;

/// The step that, once it begins, closes the turn.
int64_t
mn_turn_close(MnTurn const* turn, unsigned lead) MN_REALTIME;

/// The number of the turn that begins where this one ends.
int64_t
mn_turn_number(MnTurn const* turn, MnBar const* bar, unsigned steps) MN_REALTIME;

/// The first step of the window in which a phrase ends whose last note began on a step: whole
/// bars after the phrase's start.
int64_t
mn_turn_phrase_window(MnTurn const* turn, int64_t last, unsigned steps) MN_REALTIME;

#endif // MN_TURNS_H
