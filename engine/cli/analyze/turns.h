// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Threads work on numbered things side by side, and what they print comes out in the order
/// of the numbers, whoever ends first: the same bytes on any number of threads.
///
/// Memory is bounded. Nothing begins until all things that are `ahead` numbers before it are
/// out; and what has printed MN_TURN_BYTES waits until its turn comes.

#ifndef MN_CLI_TURNS_H
#define MN_CLI_TURNS_H

#include "common/terminal.h"

enum { MN_TURN_BYTES = 1 << 20 };

typedef struct MnTurns MnTurns;

/// A thing that a thread works on.
typedef struct {
  FILE*    out; ///< where to print; changes in mn_turn_pass()
  MnTurns* turns;
  size_t   index;
  bool     direct; ///< it is its turn, and `out` is where all comes out
  bool     ended;
  int      status;
  char*    text; ///< what it has printed, if it is not direct
  size_t   size;
  MnTold   told; ///< what it has to say on stderr
} MnTurn;

/// What has come out so far.
typedef struct {
  size_t good;
  size_t bad;  ///< ended with MN_EXIT_BAD_INPUT
  bool failed; ///< one failed otherwise, or the output has an error: nothing comes after it
} MnTurnCount;

/// @param ahead How many things are under way or wait for their turn, at most.
/// @param line Cleared before a message is printed.
/// @param tell Called after each thing that has come out, by one thread at a time.
/// @return NULL if memory runs out.
MnTurns*
mn_turns_new(FILE*           out,
             size_t          ahead,
             MnProgressLine* line,
             void (*tell)(void* context, MnTurnCount const* count),
             void* context);

/// Begins with a thing, perhaps after waiting. Threads must begin in the order of the
/// numbers, from 0, and leave none out. Until mn_turn_end(), what the thread says by
/// terminal.h waits for its turn, too.
///
/// @return NULL if there is nothing to do: one that came before has failed, or memory ran
/// out.
MnTurn*
mn_turn_begin(MnTurns* turns, size_t index);

/// To be called after each part that is printed. It may wait. @return The exit status: not
/// MN_EXIT_GOOD if it makes no sense to go on.
int
mn_turn_pass(MnTurn* turn);

/// Ends with a thing. @param status Its exit status.
void
mn_turn_end(MnTurn* turn, int status);

/// What has come out. When no thread is at work, that is all.
MnTurnCount
mn_turns_count(MnTurns const* turns);

void
mn_turns_free(MnTurns* turns);

#endif // MN_CLI_TURNS_H
