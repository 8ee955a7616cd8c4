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
/// Notes come as they are played, in order; a ring remembers the last
/// MN_MAX_STEPS steps. All functions: audio thread, bounded work.

#ifndef MN_MELODY_H
#define MN_MELODY_H

#include "common.h"

#include <stdbool.h>

/// Which note counts among those that start on one step.
typedef enum {
  MN_VOICE_HIGHEST, ///< MusicVAE's rule
  MN_VOICE_LOWEST,
  MN_VOICE_LATEST, ///< the one that was played last
  MN_VOICE_COUNT,
} MnVoice;

enum {
  MN_CHANNELS     = 16,
  MN_KEYS         = 128,
  MN_CHANNEL_ANY  = 0, ///< all but the drums' channel
  MN_CHANNEL_DRUM = 10,
  MN_MELODY_RING  = 2 * MN_MAX_STEPS,
};

/// The note that counts on a step.
typedef struct {
  int64_t step; ///< which of the steps that share this slot
  int64_t end;  ///< step of its end, or INT64_MAX while it sounds
  uint8_t channel;
  uint8_t pitch;
} MnOnset;

typedef struct {
  MnVoice  voice;
  unsigned channel; ///< 1..16, or MN_CHANNEL_ANY
  unsigned sounding; ///< notes that are held now
  int64_t  held[MN_CHANNELS][MN_KEYS]; ///< step of the onset, or -1
  MnOnset  ring[MN_MELODY_RING];
} MnMelody;

/// The step that a position rounds to: floor(position + 1/2), where positions
/// less than 3/1024 of a step short of the boundary count as on it.
///
/// The margin is less than a tick at 960 ticks a quarter and more than what a
/// host's rounding to frames and ticks takes away, so that a note written on
/// the boundary falls on the same step at every sample rate.
int64_t
mn_step_round(double position) MN_REALTIME;

/// Empties the line. `channel` is 1..16 or MN_CHANNEL_ANY.
void
mn_melody_init(MnMelody* melody, MnVoice voice, unsigned channel) MN_REALTIME;

/// Forgets all notes, held ones too.
void
mn_melody_clear(MnMelody* melody) MN_REALTIME;

/// Takes in a MIDI message at a position in steps. Note-on, note-off and the
/// controllers 120 and 123 (all sound, all notes off) count; the rest is
/// ignored. Positions must not decrease by more than half a step.
///
/// @return true if a note started that passes the filter.
bool
mn_melody_midi(MnMelody* melody, double position, uint8_t const* message, size_t size)
  MN_REALTIME;

/// Writes the `steps` tokens of the window that starts at step `start`.
///
/// Note-offs before the first note-on are 0, so notes held across the left
/// edge leave nothing. @return The number of note-ons.
unsigned
mn_melody_tokens(MnMelody const* melody, int64_t start, unsigned steps, uint8_t* tokens)
  MN_REALTIME;

#endif // MN_MELODY_H
