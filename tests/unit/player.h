// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Plays on a melody and checks the tokens that it writes.

#ifndef MN_TEST_PLAYER_H
#define MN_TEST_PLAYER_H

#include "notes/melody.h"

enum { C4 = 60, CLASS_C4 = C4 - MN_NOTE_OFFSET };

/// Sends a message of 3 bytes. @return What mn_melody_midi() returns.
bool
play(MnMelody* melody, double position, unsigned status, unsigned data1, unsigned data2);

/// A note-on on channel 1.
bool
on(MnMelody* melody, double position, unsigned pitch);

/// A note-off on channel 1.
void
off(MnMelody* melody, double position, unsigned pitch);

/// A controller on channel 1..16.
void
control(MnMelody* melody,
        double    position,
        unsigned  channel,
        unsigned  controller,
        unsigned  value);

/// An MPE configuration message on channel 1 or 16.
void
configure_mpe(MnMelody* melody, double position, unsigned master, unsigned members);

/// An empty melody with MusicVAE's voice, which hears all channels except the drums.
MnMelody
empty(void);

/// Fails unless the window of 32 steps at `start` begins with these tokens and is 0
/// after them.
void
assert_tokens(MnMelody const* melody,
              int64_t         start,
              unsigned        count,
              uint8_t const*  expected);

#define ASSERT_TOKENS(melody, start, ...) \
  assert_tokens(                          \
    melody, start, sizeof((uint8_t const[]){__VA_ARGS__}), (uint8_t const[]){__VA_ARGS__})

#endif // MN_TEST_PLAYER_H
