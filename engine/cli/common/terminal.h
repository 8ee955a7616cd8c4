// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How the program ends, and what it says of that on the terminal.

#ifndef MN_CLI_TERMINAL_H
#define MN_CLI_TERMINAL_H

#include "base/common.h"

#include <stdbool.h>
#include <stdio.h>

/// The exit status of the program.
enum {
  MN_EXIT_GOOD      = 0,
  MN_EXIT_FAILED    = 1, ///< memory ran out, or the output cannot be written
  MN_EXIT_BAD_INPUT = 2, ///< an argument or an input file is bad or missing
};

enum { MN_TOLD = 8 << 10 };

/// Prints on stderr, in one line, why the program ends. @return `status`.
int
mn_fail(int status, char const* format, ...) MN_PRINTF(2, 3);

/// Prints on stderr, in one line, what is amiss while the program goes on.
void
mn_warn(char const* format, ...) MN_PRINTF(1, 2);

/// Messages of a thread that wait to be printed: whole lines.
typedef struct {
  size_t used;
  char   text[MN_TOLD];
} MnTold;

/// From now on, what this thread says by the functions here is kept. What there is no room
/// for is lost. @param told NULL: it is printed again, as it is at first.
void
mn_tell_to(MnTold* told);

/// The exit status for a kind of failure while an input is read. A lack of memory is a
/// failure of the program. All other kinds are bad input, also a file that the system
/// cannot open or read.
int
mn_exit_reading(MnStatus kind);

/// Prints why an input cannot be read. @return mn_exit_reading() of the kind.
int
mn_fail_reading(MnError const* error);

/// Prints why the result cannot be made or written. @return MN_EXIT_FAILED: the input was
/// good.
int
mn_fail_writing(MnError const* error);

/// Prints that memory ran out. @return MN_EXIT_FAILED.
int
mn_fail_memory(void);

/// Prints text that may hold anything, on one line: control characters become '?'.
void
mn_print_plain(char const* text, size_t length, FILE* out);

/// A line on stderr that shows the progress of the work, where stderr is a terminal.
typedef struct {
  bool   on;
  double interval; ///< seconds between two texts, at least
  double shown;    ///< when it was last written, in seconds; 0 while there is none
} MnProgressLine;

/// A line that is written every 0.1 seconds at most.
MnProgressLine
mn_progress_line(void);

/// Writes the line anew, unless the last text is too young.
void
mn_progress_line_show(MnProgressLine* line, char const* format, ...) MN_PRINTF(2, 3);

/// Erases the line, so that other text can take its place.
void
mn_progress_line_clear(MnProgressLine* line);

#endif // MN_CLI_TERMINAL_H
