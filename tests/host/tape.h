// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Records all output of a plugin, frame by frame: MIDI and voltages.

#ifndef MN_TAPE_H
#define MN_TAPE_H

#include "host.h"
#include "protocol/ports.h"

#include <stddef.h>

typedef struct {
  uint64_t frame;
  uint32_t size;
  uint8_t  bytes[12]; ///< the first ones
} TapeEvent;

typedef struct {
  uint64_t   frames;
  TapeEvent* events;
  unsigned   count;
  unsigned   room;
  float*     cv[MN_CV_COUNT]; ///< of the plugin with CV ports
  size_t     cv_room;
} Tape;

/// For song_play(), after every block. `data` is the Tape. A zeroed Tape is empty.
void
tape_block(Host* host, void* data);

/// Erases the tape, but keeps counting frames.
void
tape_clear(Tape* tape);

void
tape_free(Tape* tape);

/// Whether an event is a given controller on a channel (0..15).
bool
tape_is_control(TapeEvent const* event, unsigned channel, unsigned controller);

/// The number of such events.
unsigned
tape_controls(Tape const* tape, unsigned channel, unsigned controller);

/// The last of them, or NULL.
TapeEvent const*
tape_last_control(Tape const* tape, unsigned channel, unsigned controller);

/// Finds the frames on which a gate opens. Returns how often it does; `frames` has room
/// for `room`.
unsigned
tape_gates(Tape const* tape, unsigned cv, uint64_t* frames, unsigned room);

/// Fails the test unless both tapes are the same, byte for byte on every frame.
void
tape_assert_same(Tape const* a, Tape const* b);

#endif // MN_TAPE_H
