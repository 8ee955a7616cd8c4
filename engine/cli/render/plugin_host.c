// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "plugin_host.h"

#include "atom_writer.h"
#include "protocol/uris.h"

#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_URIS   = 256,
  FIRST_ROOM  = 1 << 16, // bytes of events; more are made when they are needed
  OWN_ROOM    = 1 << 17, // for what the plugin adds to a block
  POSITION    = 512,     // bytes of a position, at most
  TOLD        = 256,
  PROPERTIES  = 7, // of a position
  MIDI_BYTES  = 3,
  ATOM_ALIGNS = 8,
};

// Before each line that the plugin logs, as before those of the program.
static char const own_name[] = "music-neurons: ";

struct MnPluginHost {
  LV2_URID_Map          map;
  LV2_Log_Log           log;
  char const*           uris[MOST_URIS]; // constants of the program
  uint32_t              uri_count;
  char                  told[TOLD]; // what the plugin logged last
  MnUris                known;
  LV2_Atom_Forge        forge;
  LV2_Descriptor const* plugin;
  LV2_Handle            instance;
  char const*           model; // while it is restored
  float                 control[MN_PORT_COUNT];
  LV2_Atom_Sequence*    in;
  LV2_Atom_Sequence*    out;
  uint32_t              in_room;  // bytes behind the head of an atom
  uint32_t              out_room; // likewise
};

static LV2_URID
map_uri(LV2_URID_Map_Handle const handle, char const* const uri)
{
  MnPluginHost* const host = (MnPluginHost*)handle;
  uint32_t            i    = 0;
  while (i < host->uri_count && strcmp(host->uris[i], uri) != 0) {
    ++i;
  }
  if (i == MOST_URIS) {
    return 0;
  }
  if (i == host->uri_count) {
    host->uris[host->uri_count++] = uri;
  }
  return i + 1;
}

static int MN_PRINTF(3, 0) log_list(LV2_Log_Handle const handle,
                                    LV2_URID const       type,
                                    char const* const    format,
                                    va_list              values)
{
  (void)type;
  MnPluginHost* const host   = (MnPluginHost*)handle;
  int const           length = vsnprintf(host->told, TOLD, format, values);
  size_t const        name   = strlen(own_name);
  if (!strncmp(host->told, own_name, name)) {
    memmove(host->told, host->told + name, strlen(host->told + name) + 1);
  }
  host->told[strcspn(host->told, "\n")] = '\0';
  return length;
}

static int MN_PRINTF(3, 4)
  log_line(LV2_Log_Handle const handle, LV2_URID const type, char const* const format, ...)
{
  va_list values;
  va_start(values, format);
  int const length = log_list(handle, type, format, values);
  va_end(values);
  return length;
}

static bool
instantiate(MnPluginHost* const host, double const rate, char const* const bundle)
{
  host->map                      = (LV2_URID_Map){host, map_uri};
  host->log                      = (LV2_Log_Log){host, log_line, log_list};
  LV2_Feature const        map   = {LV2_URID__map, &host->map};
  LV2_Feature const        log   = {LV2_LOG__log, &host->log};
  LV2_Feature const* const all[] = {&map, &log, NULL};
  mn_uris_map(&host->known, &host->map);
  lv2_atom_forge_init(&host->forge, &host->map);
  host->plugin   = lv2_descriptor(0);
  host->instance = host->plugin->instantiate(host->plugin, rate, bundle, all);
  return host->instance;
}

static void const*
retrieve(LV2_State_Handle const handle,
         uint32_t const         key,
         size_t* const          size,
         uint32_t* const        type,
         uint32_t* const        flags)
{
  MnPluginHost const* const host = (MnPluginHost const*)handle;
  if (key != host->known.model) {
    return NULL;
  }
  *size  = strlen(host->model) + 1;
  *type  = host->known.atom_Path;
  *flags = LV2_STATE_IS_POD;
  return host->model;
}

// Gives the plugin its model, as a host does that restores its state.
static bool
restore(MnPluginHost* const host, char const* const model)
{
  LV2_State_Interface const* const state =
    (LV2_State_Interface const*)host->plugin->extension_data(LV2_STATE__interface);
  LV2_Feature const* const none = NULL;
  host->model                   = model;
  return state->restore(host->instance, retrieve, host, 0, &none) == LV2_STATE_SUCCESS;
}

static void
clear_in(MnPluginHost* const host)
{
  host->in->atom = (LV2_Atom){sizeof(LV2_Atom_Sequence_Body), host->known.atom_Sequence};
  host->in->body = (LV2_Atom_Sequence_Body){0, 0};
}

// Makes room for so many more bytes of events.
static bool
reserve(MnPluginHost* const host, size_t const more)
{
  size_t const used = host->in ? host->in->atom.size : sizeof(LV2_Atom_Sequence_Body);
  if (used + more <= host->in_room) {
    return true;
  }
  size_t const room = used + more > FIRST_ROOM ? 2 * (used + more) : FIRST_ROOM;
  if (room > UINT32_MAX / 2) {
    return false;
  }
  LV2_Atom_Sequence* const in =
    (LV2_Atom_Sequence*)realloc(host->in, sizeof(LV2_Atom) + room);
  if (!in) {
    return false;
  }
  if (!host->in) {
    in->atom.size = 0;
  }
  host->in      = in;
  host->in_room = (uint32_t)room;
  return true;
}

// Makes room for what comes out: all that goes in, and what the plugin adds.
static bool
reserve_out(MnPluginHost* const host)
{
  if (host->out_room >= host->in_room + OWN_ROOM) {
    return true;
  }
  free(host->out);
  host->out_room = host->in_room + OWN_ROOM;
  host->out      = (LV2_Atom_Sequence*)malloc(sizeof(LV2_Atom) + host->out_room);
  return host->out;
}

static bool
connect(MnPluginHost* const host, MnControlValues const* const values)
{
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    host->control[port] = values->value[port];
    host->plugin->connect_port(host->instance, port, &host->control[port]);
  }
  host->control[MN_PORT_FREEWHEEL] = 1;
  if (!reserve(host, 0)) {
    return false;
  }
  clear_in(host);
  host->plugin->activate(host->instance);
  return true;
}

MnPluginHost*
mn_plugin_host_new(double const                 rate,
                   char const* const            bundle,
                   char const* const            model,
                   MnControlValues const* const values,
                   MnError* const               error)
{
  MnPluginHost* const host = (MnPluginHost*)calloc(1, sizeof(MnPluginHost));
  if (!host || !instantiate(host, rate, bundle)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    free(host);
    return NULL;
  }
  if (!restore(host, model)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "%s", host->told);
  } else if (!connect(host, values)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  } else {
    return host;
  }
  mn_plugin_host_free(host);
  return NULL;
}

void
mn_plugin_host_free(MnPluginHost* const host)
{
  host->plugin->cleanup(host->instance);
  free(host->in);
  free(host->out);
  free(host);
}

bool
mn_plugin_host_midi(MnPluginHost* const  host,
                    uint32_t const       frame,
                    uint8_t const* const message)
{
  struct {
    LV2_Atom_Event head;
    uint8_t        message[MIDI_BYTES];
  } event = {
    .head = {.time = {.frames = frame}, .body = {MIDI_BYTES, host->known.midi_MidiEvent}}};
  memcpy(event.message, message, MIDI_BYTES);
  return reserve(host, sizeof(event) + ATOM_ALIGNS) &&
         lv2_atom_sequence_append_event(host->in, host->in_room, &event.head);
}

bool
mn_plugin_host_position(MnPluginHost* const     host,
                        uint32_t const          frame,
                        MnPosition const* const p)
{
  MnUris const* const   u     = &host->known;
  LV2_Atom_Forge* const forge = &host->forge;
  LV2_Atom_Forge_Frame  object;
  if (!reserve(host, POSITION)) {
    return false;
  }
  mn_write_behind(forge, host->in, host->in_room);
  if (!mn_write_object(
        forge, &object, frame, u->time_Position, (size_t)PROPERTIES * MN_WRITE_PROPERTY)) {
    return false;
  }
  mn_write_double(forge, u->time_speed, p->speed);
  mn_write_long(forge, u->time_bar, p->bar);
  mn_write_double(forge, u->time_barBeat, p->bar_beat);
  mn_write_int(forge, u->time_beatUnit, p->beat_unit);
  mn_write_double(forge, u->time_beatsPerBar, p->beats_per_bar);
  mn_write_double(forge, u->time_beatsPerMinute, p->bpm);
  lv2_atom_forge_pop(forge, &object);
  host->in->atom.size += forge->offset;
  return true;
}

bool
mn_plugin_host_run(MnPluginHost* const host, uint32_t const frames)
{
  if (!reserve_out(host)) {
    return false;
  }
  host->out->atom = (LV2_Atom){host->out_room, 0};
  host->plugin->connect_port(host->instance, MN_PORT_IN, host->in);
  host->plugin->connect_port(host->instance, MN_PORT_OUT, host->out);
  host->plugin->run(host->instance, frames);
  clear_in(host);
  return true;
}

LV2_Atom_Event const*
mn_plugin_host_next(MnPluginHost const* const host, LV2_Atom_Event const* const before)
{
  LV2_Atom_Sequence const* const out = host->out;
  LV2_Atom_Event const*          event =
    before ? lv2_atom_sequence_next(before) : lv2_atom_sequence_begin(&out->body);
  while (!lv2_atom_sequence_is_end(&out->body, out->atom.size, event) &&
         event->body.type != host->known.midi_MidiEvent) {
    event = lv2_atom_sequence_next(event);
  }
  return lv2_atom_sequence_is_end(&out->body, out->atom.size, event) ? NULL : event;
}
