// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The events of one track of a standard MIDI file, cleaned: see smfclean.h.

#ifndef MN_CLI_SMFTRACK_H
#define MN_CLI_SMFTRACK_H

#include "smfclean.h"

/// Bytes before a chunk: a name and a length.
enum { MN_CHUNK_BYTES = 8 };

/// Bytes at the end of a track that are added if they are missing.
enum { MN_TRACK_GROWTH = 4 };

typedef struct {
  uint8_t const* start; ///< of the events
  uint8_t const* end;   ///< where they end, by the track's length
  uint8_t const* limit; ///< the end of the file
  unsigned       number;
  bool           told;     ///< that the length is wrong, or the track cut off
  uint8_t const* stop;     ///< result: the first byte that is not read
  bool           extended; ///< result: the track goes on behind its end
} MnSmfTrack;

static inline uint32_t
mn_big_endian(uint8_t const* const bytes, unsigned const count)
{
  uint32_t value = 0;
  for (unsigned i = 0; i < count; ++i) {
    value = value << 8 | bytes[i];
  }
  return value;
}

static inline void
mn_big_endian_put(uint8_t* const bytes, uint32_t const value, unsigned const count)
{
  for (unsigned i = 0; i < count; ++i) {
    bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
  }
}

/// Appends bytes to a file that has room for them.
void
mn_smf_put(MnCleanSmf* clean, void const* bytes, size_t size);

/// Whether a chunk seems to begin at a byte.
bool
mn_smf_is_chunk(uint8_t const* at, uint8_t const* limit);

/// Appends a track with its events to `out`. It takes at most twice the bytes that are read,
/// and MN_TRACK_GROWTH. After a fault that hides where the next event begins, the rest of
/// the track is not read.
///
/// @return false if a fault ends the reading.
MN_NODISCARD bool
mn_smf_track_clean(MnSmfTrack* track, MnCleanSmf* out);

#endif // MN_CLI_SMFTRACK_H
