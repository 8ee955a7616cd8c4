// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Numbers as values of options. What is none, or out of range, is told in a line. For
/// options.c alone.

#ifndef MN_CLI_OPTION_NUMBERS_H
#define MN_CLI_OPTION_NUMBERS_H

#include "options.h"

/// Reads a whole number.
MnParsed
mn_option_count(char const* option,
                char const* value,
                unsigned    least,
                unsigned    most,
                unsigned*   number);

/// Reads a real number.
MnParsed
mn_option_real(char const* option,
               char const* value,
               double      least,
               double      most,
               double*     number);

/// Reads a seed.
MnParsed
mn_option_seed(char const* value, uint64_t* seed);

#endif // MN_CLI_OPTION_NUMBERS_H
