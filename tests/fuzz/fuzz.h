// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What all fuzzers share. Each is one file fuzz_NAME.c, which defines
/// LLVMFuzzerTestOneInput(); README.md tells how they are built and run.

#ifndef MN_FUZZ_H
#define MN_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Tries one input. The program ends if that does anything but what it should.
int
LLVMFuzzerTestOneInput(uint8_t const* input, size_t size);

/// An input as it is used up. Behind its end there are only zeros.
typedef struct {
  uint8_t const* at;
  uint8_t const* end;
} Input;

static inline size_t
input_left(Input const* const input)
{
  return (size_t)(input->end - input->at);
}

/// Takes a little-endian number of up to 8 bytes.
static inline uint64_t
input_take(Input* const input, unsigned const bytes)
{
  uint64_t number = 0;
  for (unsigned i = 0; i < bytes && input->at < input->end; ++i) {
    number |= (uint64_t)*input->at++ << 8 * i;
  }
  return number;
}

/// Takes up to `most` bytes, which stay where they are.
static inline uint8_t const*
input_bytes(Input* const input, size_t const most, size_t* const size)
{
  uint8_t const* const bytes = input->at;
  *size                      = most < input_left(input) ? most : input_left(input);
  input->at += *size;
  return bytes;
}

/// Ends the program, as a finding, unless the condition holds.
#define FUZZ_CHECK(condition) \
  ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))

_Noreturn void
fuzz_fail(char const* what, char const* file, int line);

/// Memory of exactly this size, so that the sanitizer sees the first byte too
/// many. Ends the program if there is none.
void*
fuzz_memory(size_t size);

/// The path of a file in memory that holds these bytes, until the next call.
char const*
fuzz_file(void const* bytes, size_t size);

/// Ends the program unless a text is one line without control characters that
/// starts with `path`.
void
fuzz_check_reason(char const* text, char const* path);

#endif // MN_FUZZ_H
