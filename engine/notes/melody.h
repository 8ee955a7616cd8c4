// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns notes into steps: one melody line in MusicVAE's tokens.
///
/// The rules are those of MusicVAE's converter (note-seq, OneHotMelodyConverter). Starts
/// and ends round to the nearest step. A note lasts at least one step. Of the notes that
/// start on one step only the highest counts. A later note ends an earlier one. A
/// note-off stands where a note ends, unless another note starts there. Pitches outside
/// 21..108 are ignored.
///
/// A note lasts until its key is released and no pedal sustains its channel, or until
/// the key is struck again. Files, and some keyboards, send the new note first: if a key
/// is struck again before it is released, a note-off less than a step later is that of the
/// note before. Readers of files say so too (pretty_midi, which MusicVAE's data went
/// through), for a note-off on the same tick.
///
/// Notes arrive in order, as they are played. A ring keeps the last MN_MAX_STEPS steps.
/// All functions: audio thread, bounded work.

#ifndef MN_MELODY_H
#define MN_MELODY_H

#include "base/common.h"
#include "base/midi.h"
#include "channels.h"

#include <stdbool.h>

/// Which of the notes that start on one step counts.
typedef enum {
  MN_VOICE_HIGHEST, ///< MusicVAE's rule
  MN_VOICE_LOWEST,
  MN_VOICE_LATEST,  ///< the one played last
  MN_VOICE_SKYLINE, ///< the highest, unless the key of a higher note is still down
  MN_VOICE_COUNT,
} MnVoice;

enum { MN_MELODY_RING = 2 * MN_MAX_STEPS };

/// The note that counts on a step.
typedef struct {
  int64_t step; ///< the step that now has this slot
  int64_t end;  ///< the step at which it ends; INT64_MAX while it sounds
  uint8_t channel;
  uint8_t pitch;   ///< 0 if no note starts here: only with the skyline
  uint8_t ceiling; ///< for the skyline: the highest note whose key was down here and
                   ///< has come up
} MnOnset;

typedef struct {
  MnVoice      voice;
  unsigned     channel;  ///< 1..16, or MN_CHANNEL_ANY
  unsigned     sounding; ///< number of notes that sound now, held or sustained
  MnChannels   channels;
  MnChannelSet heard;                      ///< channels whose notes count
  MnChannelSet sounds[MN_KEYS];            ///< channels on which a note of the key sounds
  MnChannelSet released[MN_KEYS];          ///< channels that sustain a released key
  int64_t      held[MN_CHANNELS][MN_KEYS]; ///< the step of the onset; INT64_MIN: not held
  /// Up to here a note-off is that of the note before, which has not had it yet.
  double  overlap[MN_CHANNELS][MN_KEYS];
  MnOnset ring[MN_MELODY_RING];
} MnMelody;

/// Rounds a position to a step: floor(position + 1/2). Positions less than 3/1024 of a
/// step before a boundary count as on the boundary.
///
/// This margin is less than a tick at 960 ticks a quarter, and more than the error of a
/// host that rounds to frames and ticks. So a note written on the boundary falls on the
/// same step at every sample rate.
int64_t
mn_step_round(double position) MN_REALTIME;

/// Starts with an empty line, no pedals and no MPE zones. `channel` is 1..16, where the
/// master of a zone stands for the whole zone, or MN_CHANNEL_ANY.
void
mn_melody_init(MnMelody* melody, MnVoice voice, unsigned channel) MN_REALTIME;

/// Forgets all notes, also those that are held. Pedals and MPE zones stay: a foot does
/// not move when the transport does.
void
mn_melody_clear(MnMelody* melody) MN_REALTIME;

/// Listens to another voice or channel from now on, and forgets all notes.
void
mn_melody_set_filter(MnMelody* melody, MnVoice voice, unsigned channel) MN_REALTIME;

/// Whether mn_melody_midi() reads a controller.
static inline bool
mn_melody_minds(unsigned const controller)
{
  switch (controller) {
  case MN_MIDI_CC_DATA_ENTRY:
  case MN_MIDI_CC_SUSTAIN:
  case MN_MIDI_CC_NRPN_LSB:
  case MN_MIDI_CC_NRPN_MSB:
  case MN_MIDI_CC_RPN_LSB:
  case MN_MIDI_CC_RPN_MSB:
  case MN_MIDI_CC_ALL_SOUND_OFF:
  case MN_MIDI_CC_RESET_CONTROLLERS:
  case MN_MIDI_CC_ALL_NOTES_OFF:
    return true;
  default:
    return false;
  }
}

/// Whether the key that a note-on strikes is heard: its channel, and its pitch.
static inline bool
mn_melody_hears(MnMelody const* const melody, uint8_t const* const message)
{
  return (melody->heard >> (message[0] & MN_MIDI_CHANNEL) & 1) &&
         message[1] >= MN_LOWEST_NOTE && message[1] <= MN_HIGHEST_NOTE;
}

/// Reads a MIDI message at a position in steps: notes, the controllers that configure MPE
/// zones, and the controllers 64 (sustain), 120 (all sound off), 121 (reset controllers,
/// which lifts the pedal) and 123 (all notes off: releases all keys, but a pedal still
/// sustains them). Everything else is ignored. Positions must not decrease by more than
/// half a step.
///
/// @return true if a note started and the filter let it pass.
bool
mn_melody_midi(MnMelody* melody, double position, uint8_t const* message, size_t size)
  MN_REALTIME;

/// Writes the tokens of the window that starts at step `start`.
///
/// A note-off before the first note-on becomes 0, so a note held across the left edge
/// leaves no trace.
///
/// @param steps At most MN_MAX_STEPS. @return The number of note-ons.
unsigned
mn_melody_tokens(MnMelody const* melody, int64_t start, unsigned steps, uint8_t* tokens)
  MN_REALTIME;

#endif // MN_MELODY_H
