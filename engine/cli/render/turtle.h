// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a Turtle file says, statement by statement.

#ifndef MN_CLI_TURTLE_H
#define MN_CLI_TURTLE_H

#include "base/common.h"

#include <stdbool.h>

/// A statement. Addresses are whole; a blank subject or object has a name of its own.
typedef struct {
  char const* subject;
  char const* predicate;
  char const* object;
  bool        literal; ///< the object is a text, else an address
} MnStatement;

/// Takes a statement. @return false to stop reading.
typedef bool (*MnStatementTaker)(void* context, MnStatement const* statement);

/// Reads a file of at most 1 MiB. @return false with the reason, which names the file, if it
/// cannot be read or is no Turtle.
MN_NODISCARD bool
mn_turtle_read(char const* path, MnStatementTaker take, void* context, MnError* error);

/// The path of a file's address. @return false if it is no file's, or too long.
bool
mn_turtle_file(char const* address, char* path, size_t size);

#endif // MN_CLI_TURTLE_H
