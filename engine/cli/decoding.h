// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Places in the latent space, one after the other, and the melody that a model's decoder
/// makes of them: a window for each.

#ifndef MN_CLI_DECODING_H
#define MN_CLI_DECODING_H

#include "model/model.h"
#include "options.h"

typedef struct {
  MnModel const* model;
  size_t         count; ///< windows so far
  size_t         room;
  int32_t*       mu;     ///< [count][latent], Q16: z with the signs of the model's mu
  bool*          rests;  ///< [count]: nothing sounds in the window
  uint8_t*       tokens; ///< [count][steps], once they are decoded
} MnDecoding;

/// Begins with no windows. @return The exit status; a model without a decoder is refused.
int
mn_decoding_open(MnDecoding* decoding, MnModel const* model);

void
mn_decoding_close(MnDecoding* decoding);

/// Adds a window. @param mu [latent], Q16; NULL is a rest. @return false if memory runs out.
MN_NODISCARD bool
mn_decoding_add(MnDecoding* decoding, int32_t const* mu);

/// Pulls all windows towards the styles, and moves them along the axes, that the options name,
/// "name=amount". @return The exit status; a model that cannot move is refused.
int
mn_decoding_move(MnDecoding* decoding, MnOptions const* options);

/// Decodes all windows on all processors, with the temperature and the seed of the options;
/// each window's notes depend on these, its number and its mu alone. Then writes them as a
/// MIDI file to the output that the options name, at their tempo; or prints the tokens of
/// each window in a line if they name none.
///
/// @return The exit status.
int
mn_decoding_finish(MnDecoding* decoding, MnOptions const* options);

#endif // MN_CLI_DECODING_H
