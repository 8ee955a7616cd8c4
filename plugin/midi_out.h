// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The port `out`: the MIDI of `in` passes through it, with our controllers in
/// between. Events that pass come first: a controller never takes their room. Messages
/// to the UI come last, in what room is left: see notify.h.
///
/// All functions: audio thread.

#ifndef MN_MIDI_OUT_H
#define MN_MIDI_OUT_H

#include "base/common.h"
#include "protocol/uris.h"

#include <lv2/atom/util.h>
#include <stdbool.h>

typedef struct {
  MnUris const*      uris;
  LV2_Atom_Sequence* port; ///< NULL: not connected
  bool               mute; ///< no MIDI is written: the port is for messages alone
  uint32_t           room; ///< bytes of the sequence in this block; 0: nothing is written
  uint32_t           capacity; ///< of them for MIDI: all, or none
  uint32_t           reserved; ///< bytes of the events on `in` that are still to pass
  char const*        passing; ///< the first of some events in a row that are not copied yet
  uint32_t           row;     ///< their bytes, with padding
  uint32_t           padding; ///< of the last of them
  bool               full;    ///< no controller fits any more in this block
} MnMidiOut;

/// Begins the sequence of a block whose events come on `in`, which may be NULL.
static inline void
mn_midi_out_begin(MnMidiOut* const out, LV2_Atom_Sequence const* const in)
{
  // A host may give both ports one buffer. Then the events are there already, and
  // no controller can come between them.
  bool const shared = (void const*)out->port == (void const*)in;
  // Events are padded to 8 bytes. The padding must not pass the end of the buffer.
  out->room     = out->port && !shared ? out->port->atom.size & ~7U : 0;
  out->capacity = out->mute ? 0 : out->room;
  out->full     = !out->capacity;
  out->row      = 0;
  if (out->room) {
    out->port->atom.type = out->uris->atom_Sequence;
    out->port->atom.size = sizeof(LV2_Atom_Sequence_Body);
    out->port->body.unit = 0;
    out->port->body.pad  = 0;
  }
}

/// Copies the events that mn_midi_out_pass() took, as far as they fit. Call it at the end of
/// the block, too.
void
mn_midi_out_flush(MnMidiOut* out) MN_REALTIME;

/// Passes an event of `in` through, if it fits. Events that follow each other there are copied
/// together.
static inline void
mn_midi_out_pass(MnMidiOut* const out, LV2_Atom_Event const* const event)
{
  if (!out->row || (char const*)event != out->passing + out->row) {
    mn_midi_out_flush(out);
    out->passing = (char const*)event;
  }
  uint32_t const size  = (uint32_t)sizeof(LV2_Atom_Event) + event->body.size;
  uint32_t const whole = lv2_atom_pad_size(size);
  out->row += whole;
  out->padding = whole - size;
}

/// Whether so many messages of 3 bytes fit beside the events that are still to pass. Ask
/// before one is written: those that have passed are copied first.
bool
mn_midi_out_has_room(MnMidiOut* out, unsigned messages) MN_REALTIME;

/// Writes a message on a frame of the block, where there is room.
///
/// @param message [3].
void
mn_midi_out_write(MnMidiOut* out, uint32_t frame, uint8_t const* message) MN_REALTIME;

/// Writes a controller on a frame of the block, where there is room.
///
/// @param channel 0..15. @param value 0..127.
void
mn_midi_out_control(MnMidiOut* out,
                    uint32_t   frame,
                    unsigned   channel,
                    unsigned   controller,
                    int        value) MN_REALTIME;

#endif // MN_MIDI_OUT_H
