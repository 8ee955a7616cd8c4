// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window of another client, on which things can be dropped: XDND's other side.

#ifndef MN_DRAG_TARGET_H
#define MN_DRAG_TARGET_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Target Target;

typedef struct {
  unsigned version;   ///< of XDND that it knows; 0: none
  bool     proxied;   ///< its messages go to another window
  bool     lost;      ///< its proxy is a window that does not know of it
  bool     refuses;   ///< it takes nothing
  bool     silent;    ///< it never answers
  bool     thankless; ///< it does not say that it has what was dropped
} TargetWays;

/// What it was told.
typedef struct {
  unsigned enters;
  unsigned positions;
  unsigned leaves;
  unsigned drops;
  unsigned version; ///< that the source speaks
  bool     offered; ///< text/uri-list
  int      x;       ///< of the last position, on the screen
  int      y;
  char     uris[4096]; ///< what was dropped
} TargetTold;

/// Opens it at a place of the screen, 200 x 200 pixels. Ends the program if that fails.
Target*
target_new(TargetWays const* ways, int x, int y);
void
target_free(Target* target);

/// Handles what has come.
void
target_run(Target* target);

TargetTold const*
target_told(Target const* target);

/// Whether any client has something to drag.
bool
target_sees_a_source(Target const* target);

#endif // MN_DRAG_TARGET_H
