// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ask.h"

#include "options.h"
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 80, MAX_RUNS = 100000 };

// Finds a part by its name; false if there is none.
static bool
find_part(char const* const name, Part* const part)
{
  for (unsigned i = 0; i < PART_COUNT; ++i) {
    if (!strcmp(name, part_names[i])) {
      *part = (Part)i;
      return true;
    }
  }
  return false;
}

static bool
read_question(char const* const line, Part* const part, unsigned* const runs)
{
  char name[16];
  char rest;
  return sscanf(line, "%15s %6u %c", name, runs, &rest) == 2 && find_part(name, part) &&
         *runs > 0 && *runs <= MAX_RUNS;
}

static int
answer(Parts* const parts, char* const line)
{
  Part     part = PART_ENCODER;
  unsigned runs = 0;
  if (!read_question(line, &part, &runs)) {
    line[strcspn(line, "\n")] = '\0';
    return fail(
      EXIT_BAD_INPUT, "standard input: '%s' is not a part and a number of runs", line);
  }
  for (unsigned i = 0; i < runs; ++i) {
    printf("%s%.9f", i ? " " : "", parts_time(parts, part));
  }
  // Line by line: a program at the other end waits for it.
  return putchar('\n') == EOF || fflush(stdout) ? EXIT_FAILED : EXIT_GOOD;
}

int
bench_ask(MnModel const* const model, MnKernel const* const kernel)
{
  Parts* const parts = parts_new(model, kernel);
  if (!parts) {
    return fail(EXIT_FAILED, "out of memory");
  }
  int  status = EXIT_GOOD;
  char line[MAX_LINE];
  while (status == EXIT_GOOD && fgets(line, sizeof(line), stdin)) {
    status = answer(parts, line);
  }
  if (status == EXIT_GOOD && ferror(stdin)) {
    status = fail(EXIT_FAILED, "standard input: %s", strerror(errno));
  }
  parts_free(parts);
  return status;
}
