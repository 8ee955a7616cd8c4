// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midi_out.h"

#include "base/midi.h"

#include <string.h>

// Where the room for all is too small, each event goes in that still fits.
static MN_REALTIME void
copy_each(MnMidiOut* const out)
{
  for (uint32_t at = 0; at < out->row;) {
    LV2_Atom_Event const* const event =
      (LV2_Atom_Event const*)(void const*)(out->passing + at);
    lv2_atom_sequence_append_event(out->port, out->capacity, event);
    at += lv2_atom_pad_size((uint32_t)sizeof(LV2_Atom_Event) + event->body.size);
  }
}

void
mn_midi_out_flush(MnMidiOut* const out)
{
  if (out->row && out->capacity) {
    LV2_Atom* const sequence = &out->port->atom;
    if (out->row <= out->capacity - sequence->size) {
      char* const end = (char*)(sequence + 1) + sequence->size;
      memcpy(end, out->passing, out->row - out->padding); // it may end with its buffer
      sequence->size += out->row;
    } else {
      copy_each(out);
    }
  }
  out->row = 0;
}

bool
mn_midi_out_has_room(MnMidiOut* const out, unsigned const messages)
{
  mn_midi_out_flush(out);
  size_t const size = messages * lv2_atom_pad_size(sizeof(LV2_Atom_Event) + 3);
  return (size_t)out->port->atom.size + size + out->reserved <= out->capacity;
}

void
mn_midi_out_write(MnMidiOut* const out, uint32_t const frame, uint8_t const* const message)
{
  struct {
    LV2_Atom_Event head;
    uint8_t        message[3];
  } const event = {
    .head    = {.time = {.frames = frame}, .body = {3, out->uris->midi_MidiEvent}},
    .message = {message[0], message[1], message[2]},
  };
  lv2_atom_sequence_append_event(out->port, out->capacity, &event.head);
}

void
mn_midi_out_control(MnMidiOut* const out,
                    uint32_t const   frame,
                    unsigned const   channel,
                    unsigned const   controller,
                    int const        value)
{
  mn_midi_out_write(out,
                    frame,
                    (uint8_t const[]){(uint8_t)(MN_MIDI_CONTROL | channel),
                                      (uint8_t)controller,
                                      (uint8_t)value});
}
