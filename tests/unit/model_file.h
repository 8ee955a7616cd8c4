// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Model files made up for tests: valid, with random weights. Tests can change any part
/// of them before they are written.

#ifndef MN_TEST_MODEL_FILE_H
#define MN_TEST_MODEL_FILE_H

#include "base/common.h"
#include "model/model.h"

#include <jansson.h>
#include <stdbool.h>

/// The model to make up.
typedef struct {
  unsigned layers; ///< 0 and 1 are one layer, which needs no metadata
  unsigned steps;
  unsigned hidden;
  unsigned latent;
  unsigned hidden_frac;
  bool     wide; ///< weights are int16, otherwise int8
  uint64_t seed;
} ModelShape;

/// A file before it is written. Tests may change all of it.
typedef struct {
  json_t*  metadata;    ///< part of `header`
  json_t*  readout;     ///< becomes metadata "readout" unless that is already set
  json_t*  header;      ///< entries of the tensors and __metadata__, in order
  char*    header_text; ///< if not NULL, written in place of `header`
  bool     has_length;
  uint64_t length; ///< if `has_length`: written in place of the header's length
  char*    data;   ///< of all tensors, back to back
  size_t   size;
} ModelFile;

/// Adds a table of surprise: random rows for the empty context and for each single symbol.
void
model_file_add_surprise(ModelFile* file, uint64_t seed);

ModelFile*
model_file_new(ModelShape const* shape);

void
model_file_free(ModelFile* file);

/// The bytes of a tensor in `data`.
void*
model_file_tensor(ModelFile const* file, char const* name);

/// The header's entry of a tensor.
json_t*
model_file_entry(ModelFile const* file, char const* name);

/// Adds axes that share so many bends, with random weights.
void
model_file_add_axes(ModelFile* file, ModelShape const* shape, unsigned bends);

/// Adds moves along the axes that share so many bends, with random weights.
void
model_file_add_moves(ModelFile* file, ModelShape const* shape, unsigned bends);

/// Gives the score all inputs, with random weights, in place of mu alone.
void
model_file_widen_score(ModelFile* file, ModelShape const* shape);

/// Adds a decoder with random weights, of the kinds that the shape says.
void
model_file_add_decoder(ModelFile*        file,
                       ModelShape const* shape,
                       unsigned          layers,
                       unsigned          hidden);

/// A second level to make up.
typedef struct {
  unsigned neurons; ///< of level one, that it reads: the last one first, some again
  unsigned width;
  unsigned latent;
  unsigned music;
  unsigned styles; ///< 0: it tells none
  unsigned style_width;
  unsigned style_hidden;
} LongShape;

/// Adds a second level with random weights, of the kinds that the shape says. Its own neurons
/// are ranked in reverse.
void
model_file_add_long(ModelFile* file, ModelShape const* shape, LongShape const* second);

/// Adds the parts of so many styles in the prior, with random numbers, for a file with a second
/// level.
void
model_file_add_parts(ModelFile* file, ModelShape const* shape, unsigned styles);

/// Sets metadata to a text; NULL removes it.
void
model_file_set(ModelFile* file, char const* key, char const* text);

/// Sets metadata to a number.
void
model_file_set_number(ModelFile* file, char const* key, unsigned number);

/// The file as bytes, which the caller frees.
char*
model_file_bytes(ModelFile const* file, size_t* size);

void
model_file_write(ModelFile const* file, char const* path);

/// Writes bytes to a file, or fails the test.
void
write_bytes(char const* path, void const* bytes, size_t size);

/// The file to which a test writes its model.
extern char const model_path[];

/// Loads a model, or fails the test with the reason.
MnModel*
load_model(char const* path);

/// Fails unless loading fails with one line that names the file and says `why`.
void
assert_refused(char const* path, char const* why);

/// Writes a file and frees it. Fails unless the loader refuses it and says `why`.
void
assert_file_refused(ModelFile* file, char const* why);

/// Setup and teardown of a test that writes files. Setup makes a directory and changes
/// to it; teardown changes back and removes it with its files.
int
enter_scratch(void** state);

int
leave_scratch(void** state);

#endif // MN_TEST_MODEL_FILE_H
