// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// MIDI files heard by a model's encoder, for its decoder.

#ifndef MN_CLI_HEARD_H
#define MN_CLI_HEARD_H

#include "decoding.h"
#include "encoding.h"

typedef struct {
  MnEncoding encoding;
  MnDecoding decoding; ///< of what was heard: windows one after the other
} MnHeard;

/// Loads the model that the options name, which must have a decoder. It must not move in
/// memory until it is closed. @return The exit status; if it is not MN_EXIT_GOOD, there is
/// nothing to close.
int
mn_heard_open(MnHeard* heard, MnOptions const* options);

void
mn_heard_close(MnHeard* heard);

/// Encodes a MIDI file, two bars after two bars. Windows with fewer than 2 notes are rests.
/// @return The exit status.
int
mn_heard_add(MnHeard* heard, MnOptions const* options, char const* path);

#endif // MN_CLI_HEARD_H
