// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The events of a block, in and out.

#include "host_private.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <stdio.h>
#include <string.h>

#define MODEL_URI "urn:music-neurons:monitor#model"

void
host_begin_events(Host* const host)
{
  lv2_atom_forge_set_buffer(&host->forge, host->in.bytes, SEQUENCE_SIZE);
  lv2_atom_forge_sequence_head(&host->forge, &host->frame, 0);
}

void
host_end_events(Host* const host)
{
  lv2_atom_forge_pop(&host->forge, &host->frame);
}

void
host_midi(Host* const          host,
          uint32_t const       frame,
          uint8_t const* const message,
          uint32_t const       size)
{
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_atom(&host->forge, size, host_urid(host, LV2_MIDI__MidiEvent));
  lv2_atom_forge_write(&host->forge, message, size);
}

void
host_send(Host* const host, uint32_t const frame, LV2_Atom const* const atom)
{
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_write(&host->forge, atom, lv2_atom_total_size(atom));
}

static void
write_real(Host* const host, char const* const key, double const value, bool const wide)
{
  lv2_atom_forge_key(&host->forge, host_urid(host, key));
  if (wide) {
    lv2_atom_forge_double(&host->forge, value);
  } else {
    lv2_atom_forge_float(&host->forge, (float)value);
  }
}

static void
write_integer(Host* const host, char const* const key, int64_t const value, bool const wide)
{
  lv2_atom_forge_key(&host->forge, host_urid(host, key));
  if (wide) {
    lv2_atom_forge_long(&host->forge, value);
  } else {
    lv2_atom_forge_int(&host->forge, (int32_t)value);
  }
}

void
host_position(Host* const host, uint32_t const frame, HostPosition const* const p)
{
  LV2_Atom_Forge_Frame object;
  LV2_URID const       type = host_urid(host, LV2_TIME__Position);
  lv2_atom_forge_frame_time(&host->forge, frame);
  if (p->is_blank) {
    LV2_Atom_Object const blank = {
      {sizeof(LV2_Atom_Object_Body), host_urid(host, LV2_ATOM__Blank)}, {0, type}};
    LV2_Atom_Forge_Ref const ref =
      lv2_atom_forge_write(&host->forge, &blank, sizeof(blank));
    lv2_atom_forge_push(&host->forge, &object, ref);
  } else {
    lv2_atom_forge_object(&host->forge, &object, 0, type);
  }
  write_integer(host, LV2_TIME__frame, p->frame, true);
  write_real(host, LV2_TIME__speed, p->speed, p->as_doubles);
  if (!p->no_bars) {
    write_integer(host, LV2_TIME__bar, p->bar, true);
    write_real(host, LV2_TIME__barBeat, p->bar_beat, p->as_doubles);
    write_integer(host, LV2_TIME__beatUnit, p->beat_unit, p->as_doubles);
    write_real(host, LV2_TIME__beatsPerBar, p->beats_per_bar, p->as_doubles);
    write_real(host, LV2_TIME__beatsPerMinute, p->bpm, p->as_doubles);
  }
  lv2_atom_forge_pop(&host->forge, &object);
}

void
host_set_model(Host* const host, uint32_t const frame, char const* const path)
{
  host_set_model_by(host, frame, path, (uint32_t)strlen(path) + 1);
}

void
host_set_model_by(Host* const       host,
                  uint32_t const    frame,
                  char const* const path,
                  uint32_t const    size)
{
  LV2_Atom_Forge_Frame object;
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_object(&host->forge, &object, 0, host_urid(host, LV2_PATCH__Set));
  lv2_atom_forge_key(&host->forge, host_urid(host, LV2_PATCH__property));
  lv2_atom_forge_urid(&host->forge, host_urid(host, MODEL_URI));
  lv2_atom_forge_key(&host->forge, host_urid(host, LV2_PATCH__value));
  lv2_atom_forge_atom(&host->forge, size, host->forge.Path);
  lv2_atom_forge_write(&host->forge, path, size);
  lv2_atom_forge_pop(&host->forge, &object);
}

void
host_get_model(Host* const host, uint32_t const frame)
{
  LV2_Atom_Forge_Frame object;
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_object(&host->forge, &object, 0, host_urid(host, LV2_PATCH__Get));
  lv2_atom_forge_pop(&host->forge, &object);
}

void
host_garble(Host* const host, uint64_t* const seed)
{
  for (unsigned i = 0; i < 4; ++i) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    // The sequence's own size stays within the buffer: every host guarantees that.
    size_t const used = host->forge.offset - sizeof(LV2_Atom_Sequence);
    host->in.bytes[sizeof(LV2_Atom_Sequence) + *seed % used] = (uint8_t)(*seed >> 32);
  }
}

// Keeps the path of a patch:Set.
static void
read_message(Host* const host, LV2_Atom_Object const* const object)
{
  LV2_Atom const* value = NULL;
  if (object->body.otype == host_urid(host, LV2_PATCH__Set)) {
    lv2_atom_object_get(object, host_urid(host, LV2_PATCH__value), &value, 0);
  }
  if (value && value->type == host_urid(host, LV2_ATOM__Path)) {
    snprintf(host->told_model, sizeof(host->told_model), "%s", (char const*)(value + 1));
    host->has_told = true;
  }
}

void
host_route(Host* const host)
{
  lv2_atom_sequence_clear(&host->out.sequence);
  lv2_atom_sequence_clear(&host->notify.sequence);
  if (host->from_plugin.sequence.atom.type != host_urid(host, LV2_ATOM__Sequence)) {
    return; // the plugin had no room
  }
  LV2_URID const midi = host_urid(host, LV2_MIDI__MidiEvent);
  LV2_ATOM_SEQUENCE_FOREACH(&host->from_plugin.sequence, event)
  {
    bool const is_midi = event->body.type == midi;
    lv2_atom_sequence_append_event(
      is_midi ? &host->out.sequence : &host->notify.sequence, SEQUENCE_SIZE, event);
    if (event->body.type == host->forge.Object) {
      read_message(host, (LV2_Atom_Object const*)&event->body);
    }
  }
}

unsigned
host_out_count(Host const* const host)
{
  unsigned count = 0;
  LV2_ATOM_SEQUENCE_FOREACH(&host->out.sequence, event)
  {
    ++count;
  }
  return count;
}

LV2_Atom_Event const*
host_out(Host const* const host, unsigned index)
{
  LV2_ATOM_SEQUENCE_FOREACH(&host->out.sequence, event)
  {
    if (!index--) {
      return event;
    }
  }
  return NULL;
}

char const*
host_told_model(Host const* const host)
{
  return host->has_told ? host->told_model : NULL;
}
