// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A player that a test drives by hand, on a small model with random weights, whose decoder plays
/// random notes; what it is to play, from encoder, place and decoder; and what its tape has.

#ifndef MN_PLAYER_DRIVE_H
#define MN_PLAYER_DRIVE_H

#include "decoder/choice.h"
#include "drive.h"
#include "model/model.h"
#include "model_file.h"

#include <stdbool.h>
#include <stdint.h>

enum { TURN_FRAMES = 2 * BAR_FRAMES, STEPS = 32, LATENT = 24 };

/// The port `mode`.
enum { ANSWER, VARY, MORPH, DRIFT };

/// The model's file; another one in each process.
extern char player_model[64];

/// What the model is made up from: steps and latent are those above.
extern ModelShape const player_shape;

/// Setup and teardown of a group of tests: writes and removes the file.
int
make_player_model(void** state);
int
remove_player_model(void** state);

/// A player with the model, with one port set. It hears all that it is told, and passes no notes.
Drive
player_new(HostWorker worker, char const* mode_name, double mode);

/// The same in a mode, at the start of bar 0 of a transport that rolls.
Drive
player_rolling(double mode);

/// The same, three turns later: slot A has the scale of drive_bars(), slot B the other tune, and
/// the mode is MORPH.
Drive
player_with_two_slots(void);

/// Pushes a button.
void
player_press(Drive* d, char const* symbol);

/// Stops the transport.
void
player_stop(Drive* d);

/// Plays a tune of two bars that is not the scale of drive_bars().
void
play_other(Drive* d);

/// STEPS tokens: what is heard of drive_bars(2), and of play_other(), from their definitions.
void
scale_tokens(uint8_t* tokens);
void
other_tokens(uint8_t* tokens);

/// The place of a phrase, without its noise neurons.
void
encode(MnModel const* model, uint8_t const* tokens, int32_t* mu);

/// What the decoder writes from a place.
void
decode(MnModel const* model, int32_t const* mu, MnChoice const* choice, uint8_t* tokens);

/// Whether an event begins a note.
bool
is_on(TapeEvent const* e);

/// The notes that begin from a frame on and before another one.
unsigned
count_onsets(Tape const* tape, uint64_t from, uint64_t end);

/// Fails unless each note-on has its note-off, and only one note sounds at a time. Returns the
/// number of notes.
unsigned
assert_paired(Tape const* tape);

/// Fails unless the tape has exactly the notes of the tokens from a frame on.
void
assert_plays(Tape const* tape, uint64_t from, uint8_t const* tokens);

#endif // MN_PLAYER_DRIVE_H
