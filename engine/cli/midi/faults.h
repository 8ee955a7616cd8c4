// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What is wrong in a MIDI file that can be read all the same.

#ifndef MN_CLI_FAULTS_H
#define MN_CLI_FAULTS_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_FAULTS_TOLD = 3, MN_FAULT_TEXT = 160 };

typedef struct {
  char        what[MN_FAULT_TEXT];
  char const* mended; ///< what was done about it
} MnMidiFault;

typedef struct {
  bool        strict; ///< the first fault ends the reading
  size_t      count;
  MnMidiFault first[MN_FAULTS_TOLD];
} MnMidiFaults;

/// Counts a fault, which the text names. @param mended What is done about it.
/// @return false if the reading ends.
MN_NODISCARD bool
mn_midi_fault(MnMidiFaults* faults, char const* mended, char const* format, ...)
  MN_PRINTF(3, 4);

#endif // MN_CLI_FAULTS_H
