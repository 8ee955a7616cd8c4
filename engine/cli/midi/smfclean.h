// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checks the bytes of a standard MIDI file and keeps only what matters here. So libsmf
/// sees nothing that it mishandles: it asserts on continued system exclusive messages and
/// on tracks without an end, and misreads long meta events and unexpected header fields.

#ifndef MN_CLI_SMFCLEAN_H
#define MN_CLI_SMFCLEAN_H

#include "base/common.h"

#include <stdbool.h>

/// Types of meta events.
enum {
  MN_META_TEXT   = 0x01,
  MN_META_END    = 0x2F,
  MN_META_TEMPO  = 0x51, ///< 3 bytes: microseconds a quarter note
  MN_META_METRE  = 0x58, ///< 4 bytes: numerator, log2 of the denominator, 2 more
  MN_TEMPO_BYTES = 3,
  MN_METRE_BYTES = 4,
};

typedef struct {
  uint8_t* bytes; ///< a file that is equal for us; the caller frees it
  size_t   size;
  size_t   events; ///< in all its tracks
  unsigned tracks;
  unsigned ppqn; ///< ticks a quarter note
} MnCleanSmf;

/// Checks a file from its first byte to the end of its last track.
///
/// In the result all tracks end with their end, no event relies on the status
/// of the one before, and each event but channel messages, tempo, metre and end
/// is an empty text. Time in ticks stays under 2^31.
///
/// @return false with the reason in `error`.
MN_NODISCARD bool
mn_smf_clean(uint8_t const* bytes, size_t size, MnCleanSmf* clean, MnError* error);

#endif // MN_CLI_SMFCLEAN_H
