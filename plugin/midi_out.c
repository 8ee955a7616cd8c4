// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midi_out.h"

#include "base/midi.h"

bool
mn_midi_out_has_room(MnMidiOut const* const out, unsigned const controllers)
{
  size_t const size = controllers * lv2_atom_pad_size(sizeof(LV2_Atom_Event) + 3);
  return (size_t)out->port->atom.size + size + out->reserved <= out->capacity;
}

void
mn_midi_out_control(MnMidiOut* const out,
                    uint32_t const   frame,
                    unsigned const   channel,
                    unsigned const   controller,
                    int const        value)
{
  struct {
    LV2_Atom_Event head;
    uint8_t        message[3];
  } const event = {
    .head    = {.time = {.frames = frame}, .body = {3, out->uris->midi_MidiEvent}},
    .message = {(uint8_t)(MN_MIDI_CONTROL | channel), (uint8_t)controller, (uint8_t)value},
  };
  lv2_atom_sequence_append_event(out->port, out->capacity, &event.head);
}
