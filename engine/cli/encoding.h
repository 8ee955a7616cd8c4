// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model with an encoder for it, and what it says of windows.

#ifndef MN_CLI_ENCODING_H
#define MN_CLI_ENCODING_H

#include "encoder.h"
#include "kernel.h"
#include "model.h"
#include "readout.h"

#include <jansson.h>

typedef struct {
  MnModel*       model;
  MnEncoder*     encoder;
  int32_t const* mu;    ///< of the last window, [model->latent], Q16
  int32_t const* sigma; ///< likewise
  MnReadout      readout;
} Encoding;

/// Loads a model: one of the bundle's by its short name, `magenta` or `open`, else
/// a file by its path. NULL is the default, magenta.
///
/// @return The exit status; if it is not EXIT_GOOD, the reason is on stderr.
int
model_open(char const* name, MnModel** model);

/// Loads a model as model_open() and makes an encoder for it.
int
encoding_open(Encoding* encoding, char const* name, MnKernel const* kernel);

/// Takes over a model and makes an encoder for it.
int
encoding_init(Encoding* encoding, MnModel* model, MnKernel const* kernel);

/// Encodes and reads out a window of model->steps tokens.
void
encoding_run(Encoding* encoding, uint8_t const* tokens);

/// Frees the encoder and the model.
void
encoding_close(Encoding* encoding);

/// The folder of this program with a final slash. @return false if it cannot be known.
bool
program_folder(char* folder, size_t size);

/// An array of reals from numbers in Q16; NULL if there is no memory.
json_t*
json_q16_array(int32_t const* values, unsigned count);

/// Prints numbers in Q16 with commas between them, and `before` first.
void
csv_q16_cells(int32_t const* values, unsigned count, char const* before);

/// Prints an object as one line and lets go of it.
///
/// @param object What json_pack() made: NULL counts as a lack of memory.
/// @return The exit status; if it is not EXIT_GOOD, the reason is on stderr.
int
json_print(json_t* object);

#endif // MN_CLI_ENCODING_H
