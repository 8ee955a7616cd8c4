// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Notes to steps: one melody line in MusicVAE's coding.
///
/// The rules are those of MusicVAE's converter (note-seq,
/// OneHotMelodyConverter): starts and ends round to the nearest step, a note
/// lasts at least one step, of notes on one step one counts (the highest), a
/// later note cuts an earlier one, and a note-off stands where a note ends
/// unless another starts there. Pitches outside 21..108 do not count.
///
/// A note lasts until its key is up and no sustain pedal is down on its channel,
/// or until the key is struck again.
///
/// Notes come as they are played, in order; a ring remembers the last
/// MN_MAX_STEPS steps. All functions: audio thread, bounded work.

#ifndef MN_MELODY_H
#define MN_MELODY_H

#include "base/common.h"
#include "channels.h"

#include <stdbool.h>

/// Which note counts among those that start on one step.
typedef enum {
  MN_VOICE_HIGHEST, ///< MusicVAE's rule
  MN_VOICE_LOWEST,
  MN_VOICE_LATEST,  ///< the one that was played last
  MN_VOICE_SKYLINE, ///< the highest, if no higher one sounds from before
  MN_VOICE_COUNT,
} MnVoice;

enum { MN_MELODY_RING = 2 * MN_MAX_STEPS };

/// The note that counts on a step.
typedef struct {
  int64_t step; ///< which of the steps that share this slot
  int64_t end;  ///< step of its end, or INT64_MAX while it sounds
  uint8_t channel;
  uint8_t pitch;   ///< 0 if no note starts here, which only the skyline knows
  uint8_t ceiling; ///< the skyline's: the highest note that sounded here, of
                   ///< those that have ended
} MnOnset;

typedef struct {
  MnVoice      voice;
  unsigned     channel;  ///< 1..16, or MN_CHANNEL_ANY
  unsigned     sounding; ///< notes that sound now, by keys or by pedals
  MnChannels   channels;
  MnChannelSet heard;                      ///< channels whose notes count
  MnChannelSet released[MN_KEYS];          ///< where a key is up but its note sounds on
  int64_t      held[MN_CHANNELS][MN_KEYS]; ///< onsets, INT64_MIN: none
  MnOnset      ring[MN_MELODY_RING];
} MnMelody;

/// The step that a position rounds to: floor(position + 1/2), where positions
/// less than 3/1024 of a step short of the boundary count as on it.
///
/// The margin is less than a tick at 960 ticks a quarter and more than what a
/// host's rounding to frames and ticks takes away, so that a note written on
/// the boundary falls on the same step at every sample rate.
int64_t
mn_step_round(double position) MN_REALTIME;

/// An empty line, without pedals and MPE zones. `channel` is 1..16, where the
/// master of a zone means all of it, or MN_CHANNEL_ANY.
void
mn_melody_init(MnMelody* melody, MnVoice voice, unsigned channel) MN_REALTIME;

/// Forgets all notes, held ones too. Pedals and MPE zones stay as they are: a
/// foot does not move when the transport does.
void
mn_melody_clear(MnMelody* melody) MN_REALTIME;

/// Listens to another voice or channel from now on, and forgets all notes.
void
mn_melody_set_filter(MnMelody* melody, MnVoice voice, unsigned channel) MN_REALTIME;

/// Takes in a MIDI message at a position in steps. Notes count, and the
/// controllers 64 (sustain), 120 (all sound off), 121 (reset controllers, which
/// lifts the pedal), 123 (all notes off: all keys are up, but a pedal that is
/// down sustains them) and those that configure MPE zones; the rest is ignored.
/// Positions must not decrease by more than half a step.
///
/// @return true if a note started that passes the filter.
bool
mn_melody_midi(MnMelody* melody, double position, uint8_t const* message, size_t size)
  MN_REALTIME;

/// Writes the `steps` tokens of the window that starts at step `start`, at most
/// MN_MAX_STEPS of them.
///
/// Note-offs before the first note-on are 0, so notes held across the left
/// edge leave nothing. @return The number of note-ons.
unsigned
mn_melody_tokens(MnMelody const* melody, int64_t start, unsigned steps, uint8_t* tokens)
  MN_REALTIME;

#endif // MN_MELODY_H
