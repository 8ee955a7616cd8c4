// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons draw --piece`: a picture of a whole MIDI file.

#ifndef MN_CLI_DRAW_PIECE_H
#define MN_CLI_DRAW_PIECE_H

#include "options.h"

/// Draws a file, as options say. @return The exit status.
int
mn_draw_piece(MnOptions const* options);

#endif // MN_CLI_DRAW_PIECE_H
