// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "memory.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void
memory_begin(void)
{
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

MemoryUse
memory_use(MnTlsf const* const pool)
{
  MnTlsfStats const      stats = mn_tlsf_stats(pool);
  struct mallinfo2 const m     = mallinfo2();
  return (MemoryUse){stats.used, stats.peak, m.uordblks + m.hblkhd};
}

static size_t
line_kb(char const* const text, char const* const name)
{
  char const* const line = strstr(text, name);
  return line ? strtoul(line + strlen(name), NULL, 10) : 0;
}

// Reads without a buffer from malloc(). /proc/self/statm may lag by some pages; this file
// is exact.
size_t
memory_resident(void)
{
  char      text[4096];
  int const file = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  ssize_t const size = read(file, text, sizeof(text) - 1);
  close(file);
  text[size > 0 ? size : 0] = '\0';
  return 1024 * (line_kb(text, "\nAnonymous:") + line_kb(text, "\nSwap:"));
}
