// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checks the bytes of a standard MIDI file, mends what is wrong, and keeps only what
/// matters here. So libsmf sees nothing that it mishandles: it asserts on continued system
/// exclusive messages and on tracks without an end, and misreads long meta events and
/// unexpected header fields.

#ifndef MN_CLI_SMFCLEAN_H
#define MN_CLI_SMFCLEAN_H

#include "faults.h"
#include "tracknames.h"

/// Types of meta events.
enum {
  MN_META_TEXT   = 0x01,
  MN_META_NAME   = 0x03, ///< of the track
  MN_META_END    = 0x2F,
  MN_META_TEMPO  = 0x51, ///< 3 bytes: microseconds a quarter note
  MN_META_METRE  = 0x58, ///< 4 bytes: numerator, log2 of the denominator, 2 more
  MN_TEMPO_BYTES = 3,
  MN_METRE_BYTES = 4,
};

typedef struct {
  uint8_t*     bytes; ///< a file that is equal for us; the caller frees it
  size_t       size;
  size_t       events; ///< in all its tracks
  size_t       kept;   ///< of them, channel messages, tempo and metre
  unsigned     tracks;
  unsigned     division; ///< of time, as the header has it
  unsigned     ppqn;     ///< ticks a quarter note; with seconds, it means nothing
  double       seconds;  ///< a tick, 0 if ticks are parts of a quarter note
  bool         in_a_row; ///< each track begins where the one before ends
  bool         whole;    ///< all events are kept, not only those that matter here
  MnTrackNames names;
  MnMidiFaults faults;
} MnCleanSmf;

/// Reads a file from its first byte to the end of its last track.
///
/// In the result all tracks end with their end, no event relies on the status
/// of the one before, and each event but channel messages, tempo, metre and end
/// is an empty text. Time in ticks stays under 2^31.
///
/// What is not as the standard says is mended, and counted in `clean->faults`. Nothing is
/// counted where the meaning is certain: running status after other events, realtime
/// messages in a track, RIFF around the file. In a file in which nothing is left of the
/// music, the first fault is an error.
///
/// @param strict Any fault is an error; so are formats but 0 and 1, times in seconds, and
/// what is certain. @return false with the reason in `error`.
MN_NODISCARD bool
mn_smf_clean(uint8_t const* bytes,
             size_t         size,
             bool           strict,
             MnCleanSmf*    clean,
             MnError*       error);

/// The same for a file to be written again: all events stay as they are, but those with a
/// fault; time is counted as it was. The result is in format 1.
MN_NODISCARD bool
mn_smf_mend(uint8_t const* bytes,
            size_t         size,
            bool           strict,
            MnCleanSmf*    clean,
            MnError*       error);

#endif // MN_CLI_SMFCLEAN_H
