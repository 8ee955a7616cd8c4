// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Model files made up for tests: valid ones with random weights, whose every
/// part can be changed before they are written.

#ifndef MN_TEST_MODEL_FILE_H
#define MN_TEST_MODEL_FILE_H

#include "base/common.h"
#include "model/model.h"

#include <jansson.h>
#include <stdbool.h>

/// What to make up.
typedef struct {
  unsigned layers; ///< 0 and 1 are one layer, which needs no metadata
  unsigned steps;
  unsigned hidden;
  unsigned latent;
  unsigned hidden_frac;
  bool     wide; ///< weights are int16, else int8
  uint64_t seed;
} ModelShape;

/// A file that is not yet written. Everything may be changed.
typedef struct {
  json_t*  metadata;    ///< part of `header`
  json_t*  readout;     ///< becomes metadata "readout", unless that is set
  json_t*  header;      ///< entries of the tensors and __metadata__, in order
  char*    header_text; ///< NULL, or what is written in place of `header`
  bool     has_length;
  uint64_t length; ///< if `has_length`: written in place of the header's length
  char*    data;   ///< of all tensors, one after the other
  size_t   size;
} ModelFile;

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

/// Sets metadata to a text; NULL removes it.
void
model_file_set(ModelFile* file, char const* key, char const* text);

/// The file as bytes, which the caller frees.
char*
model_file_bytes(ModelFile const* file, size_t* size);

void
model_file_write(ModelFile const* file, char const* path);

/// Writes anything to a file. Fails the test if that cannot be done.
void
write_bytes(char const* path, void const* bytes, size_t size);

/// Where a test writes its model.
extern char const model_path[];

/// Loads a model, or fails the test with the reason.
MnModel*
load_model(char const* path);

/// Fails unless loading fails with one line that names the file and says `why`.
void
assert_refused(char const* path, char const* why);

/// Writes a file, which must be refused, and frees it.
void
assert_file_refused(ModelFile* file, char const* why);

/// Set-up and tear-down of a test that writes files: the first makes a directory
/// of its own and changes to it, the second goes back and removes it with them.
int
enter_scratch(void** state);

int
leave_scratch(void** state);

#endif // MN_TEST_MODEL_FILE_H
