// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Events of MIDI files whose time is not that of a score.

#ifndef MN_CLI_TICKS_H
#define MN_CLI_TICKS_H

#include "midifile.h"

/// Lets each track begin where the one before ends. @param events In the order of the
/// file; each track's last is its end. @return false with the reason in `error`.
MN_NODISCARD bool
mn_ticks_in_a_row(MnMidiEvent* events, size_t count, MnError* error);

/// Puts events that are timed in seconds on beats, by the tempo that holds: 120 bpm up to
/// the first one. @param events In order of time. @param seconds A tick, before. @param
/// ppqn Ticks a quarter note, afterwards. @return false with the reason in `error`.
MN_NODISCARD bool
mn_ticks_of_seconds(MnMidiEvent* events,
                    size_t       count,
                    double       seconds,
                    unsigned     ppqn,
                    MnError*     error);

#endif // MN_CLI_TICKS_H
