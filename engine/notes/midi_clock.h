// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads a MIDI clock: 24 messages a quarter, with start, stop, continue and song position
/// (MIDI 1.0, "System Real Time Messages").
///
/// The messages of a clock jitter, by some ms where they come over USB. The frames of the last
/// ones are smoothed by a straight line through them: a fit of least squares while there are
/// up to MN_MIDI_CLOCK_FIT, two beats, and from there on one that forgets older ones at that
/// pace (Brookner, "Tracking and Kalman Filtering Made Easy", 1998, section 1.2.10, the filter
/// of growing memory). A message that is more than half of their distance away from the line
/// begins a new one, with the old tempo until there are two more: the tempo has changed. One
/// that is later than one and a half waits for those that were held up with it, 24 at the most.
///
/// All functions: audio thread, O(1). Frames do not decrease.

#ifndef MN_MIDI_CLOCK_H
#define MN_MIDI_CLOCK_H

#include "base/common.h"
#include "base/midi.h"
#include "timeline.h"

#include <stdbool.h>

enum {
  MN_MIDI_CLOCK_STEP = 6,  ///< clocks in a sixteenth
  MN_MIDI_CLOCK_FIT  = 48, ///< clocks that are smoothed
  /// A clock that has been away for so long has gone, and must start anew.
  MN_MIDI_CLOCK_SECONDS = 1,
};

/// Slower and faster clocks give no tempo, in quarters a minute.
#define MN_MIDI_CLOCK_LEAST 20.0
#define MN_MIDI_CLOCK_MOST 400.0

typedef struct {
  double   rate;    ///< frames a second
  bool     rolling; ///< between a start or continue and a stop
  uint32_t next;    ///< the number of the next clock in the song, from 0
  unsigned fitted;  ///< clocks in the line, at most MN_MIDI_CLOCK_FIT; 0: none has come
  unsigned waited;  ///< clocks in a row that came too late for it
  double   period;  ///< frames from one to the next on the line; 0: not known
  double   ahead;   ///< frames from the last clock to its place on the line
  uint64_t last;    ///< its frame
  uint64_t heard;   ///< frame of the last clock, start or continue
} MnMidiClock;

/// No clock has come.
void
mn_midi_clock_init(MnMidiClock* clock, double rate) MN_REALTIME;

/// Whether a MIDI message is one of a clock's.
static inline bool
mn_midi_clock_minds(uint8_t const* const message, size_t const size)
{
  return (size == 1 && message[0] >= MN_MIDI_CLOCK) ||
         (size == 3 && message[0] == MN_MIDI_SONG_POSITION);
}

/// Takes a message that comes on a frame. @return what it says of the song; `told` is false
/// if that is nothing.
MnClockPlace
mn_midi_clock_take(MnMidiClock* clock, uint64_t frame, uint8_t const* message, size_t size)
  MN_REALTIME;

/// The frame on which a clock that does not go on has gone; UINT64_MAX if there is none.
static inline uint64_t
mn_midi_clock_end(MnMidiClock const* const clock)
{
  return clock->fitted || clock->rolling
           ? clock->heard + (uint64_t)(MN_MIDI_CLOCK_SECONDS * clock->rate)
           : UINT64_MAX;
}

#endif // MN_MIDI_CLOCK_H
