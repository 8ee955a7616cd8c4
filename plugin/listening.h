// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin listens to: the place in the music, the notes there, and the
/// windows that are open. Windows open when the host's transport or a MIDI clock starts or, in a free
/// stream, on the first note. A break of the stream closes them.
///
/// All functions: audio thread, bounded work.

#ifndef MN_LISTENING_H
#define MN_LISTENING_H

#include "flood.h"
#include "model/model.h"
#include "notes/melody.h"
#include "notes/midi_clock.h"
#include "notes/surprise_line.h"
#include "notes/timeline.h"
#include "notes/window.h"

#include <stdbool.h>

/// What run() keeps of the input ports, to see them change.
typedef struct {
  bool     enabled;
  MnHop    hop;
  unsigned channel;
  MnVoice  voice;
  bool     reset;
} MnSettings;

typedef struct {
  MnSettings     settings;
  MnTimeline     timeline;
  MnMelody       melody;
  MnFlood        flood; ///< of notes that the melody does not hear
  MnMidiClock    clock;
  MnFlood        clocks;        ///< of clocks that it does not take
  MnFlood        starts;        ///< of its other messages
  MnSurpriseLine surprise;      ///< the bits of the melody's notes
  MnGrid         grid;          ///< while windows are open
  unsigned       steps;         ///< in a window of the model
  bool           open;          ///< windows are open
  bool           resting;       ///< values are neutral, or on their way there
  double         last_sounding; ///< position at which a note last sounded
  double         hold_steps;    ///< silence until values fall back
} MnListening;

/// Starts a free stream with windows of 2 bars. Follow it with mn_listening_restart().
void
mn_listening_init(MnListening* listening, double rate) MN_REALTIME;

/// Forgets notes, pedals and MPE zones, and breaks the stream.
void
mn_listening_restart(MnListening* listening) MN_REALTIME;

/// Forgets notes and closes windows: what came before has nothing to do with what
/// follows. New windows open at once if the host's transport or a MIDI clock rolls.
void
mn_listening_break(MnListening* listening) MN_REALTIME;

/// Opens windows from the current position on.
void
mn_listening_open(MnListening* listening) MN_REALTIME;

/// Sets the steps of a window. Windows that are open begin anew if their length changes.
void
mn_listening_set_steps(MnListening* listening, unsigned steps) MN_REALTIME;

/// Takes the next window that is complete at the current frame. Call it until it
/// returns false, before the events on that frame.
bool
mn_listening_next_window(MnListening* listening, MnWindow* window) MN_REALTIME;

/// Takes a message of a MIDI clock on a frame. Of a flood, only the first ones.
MnClockPlace
mn_listening_take_clock(MnListening*   listening,
                        uint64_t       frame,
                        uint8_t const* message,
                        size_t         size) MN_REALTIME;

/// Asks how little the notes could be foreseen that are settled at the current frame. Call
/// it before the events on that frame.
///
/// @param model NULL: there is none, so no note has bits. @return true if a note was
/// settled.
bool
mn_listening_settle(MnListening* listening, MnModel const* model) MN_REALTIME;

/// Frames until mn_listening_is_due_after(), at most `frames`; more only where that is
/// cheap to see.
uint32_t
mn_listening_idle_frames(MnListening const* listening, uint32_t frames) MN_REALTIME;

/// The position of an event a number of frames from now.
///
/// It is a ten-thousandth of a frame ahead. The frame on which a step begins then never
/// depends on the last bit, which differs with the host's blocks: a position that falls
/// on a frame exactly is far from it.
static inline double
mn_listening_position_after(MnListening const* const listening, uint32_t const frames)
{
  return mn_timeline_position_after(&listening->timeline, frames + 1e-4);
}

/// Whether there have been `hold_steps` of silence at a position.
static inline bool
mn_listening_is_silent_at(MnListening const* const listening, double const position)
{
  return !listening->melody.sounding &&
         position - listening->last_sounding >= listening->hold_steps;
}

/// Whether silence asks for something at a position: values to fall back, or the windows
/// of a free stream to close.
static inline bool
mn_listening_must_rest_at(MnListening const* const listening, double const position)
{
  bool const free = listening->open && listening->timeline.mode == MN_TIMELINE_FREE;
  return (!listening->resting || free) && mn_listening_is_silent_at(listening, position);
}

/// Whether a step begins or values must rest in so many frames, if nothing comes in.
static inline bool
mn_listening_is_due_after(MnListening const* const listening, uint32_t const frames)
{
  if (!listening->open && listening->resting) {
    return false;
  }
  double const position = mn_listening_position_after(listening, frames);
  return (listening->open && mn_step_round(position) >= listening->grid.next) ||
         mn_listening_must_rest_at(listening, position);
}

/// Takes note of a note that sounds at the current frame.
static inline void
mn_listening_note_sounds(MnListening* const listening)
{
  listening->last_sounding = mn_timeline_position(&listening->timeline);
}

#endif // MN_LISTENING_H
