// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void
fuzz_fail(char const* const what, char const* const file, int const line)
{
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  abort();
}

void*
fuzz_memory(size_t const size)
{
  void* const memory = malloc(size ? size : 1);
  FUZZ_CHECK(memory);
  return memory;
}

char const*
fuzz_file(void const* const bytes, size_t const size)
{
  static int  fd = -1;
  static char path[32];
  if (fd < 0) {
    fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  }
  FUZZ_CHECK(!ftruncate(fd, 0) && pwrite(fd, bytes, size, 0) == (ssize_t)size);
  return path;
}

void
fuzz_check_reason(char const* const text, char const* const path)
{
  FUZZ_CHECK(!strncmp(text, path, strlen(path)) && text[strlen(path)] == ':');
  FUZZ_CHECK(strlen(text) > strlen(path) + 2);
  for (char const* c = text; *c; ++c) {
    FUZZ_CHECK((unsigned char)*c >= 0x20 && *c != 0x7F);
  }
}

// Without libFuzzer: tries the files that are given.
#ifdef FUZZ_STANDALONE
static void
try_file(char const* const path)
{
  FILE* const in = fopen(path, "rb");
  if (!in || fseek(in, 0, SEEK_END)) {
    perror(path);
    exit(EXIT_FAILURE);
  }
  long const size = ftell(in);
  FUZZ_CHECK(size >= 0);
  rewind(in);
  uint8_t* const input = (uint8_t*)fuzz_memory((size_t)size);
  FUZZ_CHECK(fread(input, 1, (size_t)size, in) == (size_t)size);
  fclose(in);
  LLVMFuzzerTestOneInput(input, (size_t)size);
  free(input);
}

int
main(int const count, char** const paths)
{
  for (int i = 1; i < count; ++i) {
    try_file(paths[i]);
  }
  printf("%d inputs\n", count - 1);
  return count > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
#endif
