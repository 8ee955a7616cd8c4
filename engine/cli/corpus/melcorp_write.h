// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes melody corpora (MELCORP1), packed with xz, and lists of their segments.

#ifndef MN_CLI_MELCORP_WRITE_H
#define MN_CLI_MELCORP_WRITE_H

#include "melcorp.h"

enum { MN_MELCORP_NAMES = 256 };

/// A corpus that is being written; all zeros at first.
typedef struct {
  char                 sources[MN_MELCORP_NAMES][MN_MELCORP_NAME];
  char                 styles[MN_MELCORP_NAMES][MN_MELCORP_NAME];
  size_t               source_count;
  size_t               style_count;
  struct MelcorpPiece* pieces; ///< segments, and where they are from
  size_t               count;
  size_t               room;
  uint8_t*             steps;
  size_t               step_count;
  size_t               step_room;
} MnMelcorpWriter;

/// A segment to add.
typedef struct {
  char const*    source; ///< cut to 31 characters, others than ASCII become '?'
  char const*    style;  ///< likewise; when there are 255, it becomes "other"
  uint32_t       group;
  char const*    origin; ///< file and voice
  uint8_t const* tokens;
  size_t         length; ///< whole bars of 16 steps
} MnMelcorpNew;

MN_NODISCARD bool
mn_melcorp_add(MnMelcorpWriter* writer, MnMelcorpNew const* segment, MnError* error);

/// How much of a part was written.
typedef struct {
  size_t segments;
  size_t steps;
} MnMelcorpCount;

/// Writes NAME-train.bin.xz and NAME-train.index.tsv.xz, and if `parts` is 2 both
/// for "heldout", too. The files appear when all are complete.
///
/// @param heldout [group]: whether it is in the second part.
MN_NODISCARD bool
mn_melcorp_write(MnMelcorpWriter const* writer,
                 char const*            name,
                 unsigned               parts,
                 bool const*            heldout,
                 MnMelcorpCount         counts[2],
                 MnError*               error);

void
mn_melcorp_writer_free(MnMelcorpWriter* writer);

#endif // MN_CLI_MELCORP_WRITE_H
