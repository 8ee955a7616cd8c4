// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "terminal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
mn_print_plain(char const* const text, size_t const length, FILE* const out)
{
  for (size_t i = 0; i < length; ++i) {
    putc(mn_plain(text[i]), out);
  }
}

// Threads that work on files side by side must not mix their messages.
static _Thread_local MnTold* kept;

void
mn_tell_to(MnTold* const told)
{
  kept = told;
}

static void
keep_line(char const* const line, size_t const length)
{
  if (length <= sizeof(kept->text) - kept->used) {
    memcpy(kept->text + kept->used, line, length);
    kept->used += length;
  }
}

// Whether stderr shows colours, and the user wants them: https://no-color.org.
static bool
shows_colours(void)
{
  char const* const no   = getenv("NO_COLOR");
  char const* const term = getenv("TERM");
  return !(no && *no) && term && *term && strcmp(term, "dumb") != 0 &&
         isatty(STDERR_FILENO);
}

static void MN_PRINTF(3, 0) print_line(char const* const colour,
                                       char const* const start,
                                       char const* const format,
                                       va_list           args)
{
  char       line[1024];
  bool const coloured = shows_colours();
  size_t     length   = (size_t)snprintf(line,
                                   sizeof(line) - 1,
                                   "%s%s%s",
                                   coloured ? colour : "",
                                   start,
                                   coloured ? "\033[0m" : "");
  vsnprintf(line + length, sizeof(line) - 1 - length, format, args);
  for (; line[length]; ++length) {
    line[length] = mn_plain(line[length]);
  }
  line[length++] = '\n';
  if (kept) {
    keep_line(line, length);
  } else {
    fwrite(line, 1, length, stderr);
  }
}

int
mn_fail(int const status, char const* const format, ...)
{
  va_list args;
  va_start(args, format);
  print_line("\033[31m", "music-neurons: ", format, args);
  va_end(args);
  return status;
}

void
mn_warn(char const* const format, ...)
{
  va_list args;
  va_start(args, format);
  print_line("\033[33m", "music-neurons: warning: ", format, args);
  va_end(args);
}

// The one place where kinds of failures become exit statuses.
int
mn_exit_reading(MnStatus const kind)
{
  switch (kind) {
  case MN_SUCCESS:
    return MN_EXIT_GOOD;
  case MN_STATUS_BAD_INPUT:
  case MN_STATUS_UNSUPPORTED:
  case MN_STATUS_IO:
    return MN_EXIT_BAD_INPUT;
  case MN_STATUS_NO_MEMORY:
    break;
  }
  return MN_EXIT_FAILED;
}

int
mn_fail_reading(MnError const* const error)
{
  return mn_fail(mn_exit_reading(error->status), "%s", error->text);
}

int
mn_fail_writing(MnError const* const error)
{
  return mn_fail(MN_EXIT_FAILED, "%s", error->text);
}

int
mn_fail_memory(void)
{
  return mn_fail(MN_EXIT_FAILED, "out of memory");
}

MnProgressLine
mn_progress_line(void)
{
  return (MnProgressLine){.on = isatty(STDERR_FILENO), .interval = 0.1};
}

void
mn_progress_line_show(MnProgressLine* const line, char const* const format, ...)
{
  struct timespec now;
  if (!line->on || clock_gettime(CLOCK_MONOTONIC, &now)) {
    return;
  }
  double const seconds = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
  if (seconds - line->shown < line->interval) {
    return;
  }
  line->shown = seconds;
  va_list args;
  va_start(args, format);
  putc('\r', stderr);
  vfprintf(stderr, format, args);
  fputs("\033[K", stderr);
  va_end(args);
}

void
mn_progress_line_clear(MnProgressLine* const line)
{
  if (line->shown > 0) {
    fputs("\r\033[K", stderr);
    line->shown = 0;
  }
}
