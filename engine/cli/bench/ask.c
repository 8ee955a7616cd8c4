// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ask.h"

#include "common/terminal.h"
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 80, MAX_RUNS = 100000 };

// Finds a part by its name; false if there is none.
static bool
find_part(char const* const name, MnPart* const part)
{
  for (unsigned i = 0; i < MN_PART_COUNT; ++i) {
    if (!strcmp(name, mn_part_names[i])) {
      *part = (MnPart)i;
      return true;
    }
  }
  return false;
}

static bool
read_question(char const* const line, MnPart* const part, unsigned* const runs)
{
  char name[16];
  char rest;
  return sscanf(line, "%15s %6u %c", name, runs, &rest) == 2 && find_part(name, part) &&
         *runs > 0 && *runs <= MAX_RUNS;
}

static int
answer(MnParts* const parts, char* const line)
{
  MnPart   part = MN_PART_ENCODER;
  unsigned runs = 0;
  if (!read_question(line, &part, &runs)) {
    line[strcspn(line, "\n")] = '\0';
    return mn_fail(
      MN_EXIT_BAD_INPUT, "standard input: '%s' is not a part and a number of runs", line);
  }
  for (unsigned i = 0; i < runs; ++i) {
    printf("%s%.9f", i ? " " : "", mn_parts_time(parts, part));
  }
  // Line by line: a program at the other end waits for it.
  return putchar('\n') == EOF || fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

int
mn_bench_ask(MnModel const* const model, MnKernel const* const kernel)
{
  MnParts* const parts = mn_parts_new(model, kernel);
  if (!parts) {
    return mn_fail_memory();
  }
  int  status = MN_EXIT_GOOD;
  char line[MAX_LINE];
  while (status == MN_EXIT_GOOD && fgets(line, sizeof(line), stdin)) {
    status = answer(parts, line);
  }
  if (status == MN_EXIT_GOOD && ferror(stdin)) {
    status = mn_fail(MN_EXIT_FAILED, "standard input: %s", strerror(errno));
  }
  mn_parts_free(parts);
  return status;
}
