// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A musical idea: a window of notes, as tokens.

#ifndef MN_IDEA_H
#define MN_IDEA_H

#include "base/common.h"

/// The slots A to D.
enum { MN_SLOTS = 4 };

/// What was heard last, and the slots from MN_IDEA_SLOTS on.
enum { MN_IDEA_HEARD, MN_IDEA_SLOTS, MN_IDEAS = MN_IDEA_SLOTS + MN_SLOTS };

typedef struct {
  unsigned steps; ///< 0: nothing
  uint8_t  tokens[MN_MAX_STEPS];
} MnIdea;

#endif // MN_IDEA_H
