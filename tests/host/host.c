// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "host.h"

#include "worker.h"

#include <lv2/atom/util.h>
#include <lv2/log/log.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_URI "urn:music-neurons:monitor#model"

enum { SEQUENCE_SIZE = 1 << 18, MAX_URIDS = 1024, MAX_PORTS = 256, LOG_SIZE = 1 << 16 };

typedef union {
  LV2_Atom_Sequence sequence;
  uint8_t           bytes[SEQUENCE_SIZE];
} Buffer;

struct Host {
  LilvWorld*          world;
  LilvPlugin const*   plugin;
  LilvInstance*       instance;
  Worker*             worker;
  LV2_URID_Map        map;
  LV2_URID_Unmap      unmap;
  LV2_Log_Log         log;
  LV2_Feature         features[4];
  LV2_Feature const*  feature_list[5];
  pthread_mutex_t     lock; // of the URIDs and the log: plugins use them anywhere
  char*               urids[MAX_URIDS];
  unsigned            urid_count;
  char                log_text[LOG_SIZE];
  LV2_Atom_Forge      forge;
  LV2_Atom_Forge_Frame frame;
  Buffer              in;
  Buffer              out;
  Buffer              notify;
  uint32_t            notify_room;
  char                told_model[4096];
  bool                has_told;
  float               control[MAX_PORTS];
};

static LV2_URID
map_uri(LV2_URID_Map_Handle const handle, char const* const uri)
{
  Host* const host = (Host*)handle;
  pthread_mutex_lock(&host->lock);
  unsigned i = 0;
  while (i < host->urid_count && strcmp(host->urids[i], uri) != 0) {
    ++i;
  }
  if (i == host->urid_count) {
    host->urids[host->urid_count++] = strdup(uri);
  }
  pthread_mutex_unlock(&host->lock);
  return i + 1;
}

static char const*
unmap_uri(LV2_URID_Unmap_Handle const handle, LV2_URID const urid)
{
  Host* const host = (Host*)handle;
  return urid && urid <= host->urid_count ? host->urids[urid - 1] : NULL;
}

static LV2_URID
urid(Host* const host, char const* const uri)
{
  return map_uri(host, uri);
}

static int
log_vprintf(LV2_Log_Handle const handle,
            LV2_URID const       type,
            char const* const    format,
            va_list              args)
{
  (void)type;
  Host* const host = (Host*)handle;
  pthread_mutex_lock(&host->lock);
  size_t const used = strlen(host->log_text);
  int const    n = vsnprintf(host->log_text + used, LOG_SIZE - used, format, args);
  pthread_mutex_unlock(&host->lock);
  return n;
}

static int
log_printf(LV2_Log_Handle const handle,
           LV2_URID const       type,
           char const* const    format,
           ...)
{
  va_list args;
  va_start(args, format);
  int const n = log_vprintf(handle, type, format, args);
  va_end(args);
  return n;
}

static void
die(char const* const what)
{
  fprintf(stderr, "host: %s\n", what);
  exit(EXIT_FAILURE);
}

static LilvPlugin const*
load_plugin(LilvWorld* const world, char const* const bundle)
{
  char* const     folder = realpath(bundle, NULL);
  char            path[4096];
  snprintf(path, sizeof(path), "%s/", folder ? folder : bundle);
  free(folder);

  LilvNode* const node = lilv_new_file_uri(world, NULL, path);
  LilvNode* const uri  = lilv_new_uri(world, "urn:music-neurons:monitor");
  lilv_world_load_specifications(world);
  lilv_world_load_bundle(world, node);
  LilvPlugin const* const plugin =
    lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
  lilv_node_free(uri);
  lilv_node_free(node);
  return plugin;
}

static void
add_features(Host* const host)
{
  host->map         = (LV2_URID_Map){host, map_uri};
  host->unmap       = (LV2_URID_Unmap){host, unmap_uri};
  host->log         = (LV2_Log_Log){host, log_printf, log_vprintf};
  host->features[0] = (LV2_Feature){LV2_URID__map, &host->map};
  host->features[1] = (LV2_Feature){LV2_URID__unmap, &host->unmap};
  host->features[2] = (LV2_Feature){LV2_LOG__log, &host->log};
  host->features[3] =
    (LV2_Feature){LV2_WORKER__schedule, worker_schedule(host->worker)};
  for (unsigned i = 0; i < (worker_schedule(host->worker) ? 4 : 3); ++i) {
    host->feature_list[i] = &host->features[i];
  }
}

// Control values start at their defaults.
static void
connect_ports(Host* const host)
{
  uint32_t const ports = lilv_plugin_get_num_ports(host->plugin);
  if (ports > MAX_PORTS) {
    die("more ports than expected");
  }
  lilv_plugin_get_port_ranges_float(host->plugin, NULL, NULL, host->control);
  void* const buffers[] = {&host->in, &host->out, &host->notify};
  for (uint32_t p = 0; p < ports; ++p) {
    lilv_instance_connect_port(
      host->instance, p, p < 3 ? buffers[p] : &host->control[p]);
  }
}

static void
begin_events(Host* const host)
{
  lv2_atom_forge_set_buffer(&host->forge, host->in.bytes, SEQUENCE_SIZE);
  lv2_atom_forge_sequence_head(&host->forge, &host->frame, 0);
}

Host*
host_new(char const* const bundle, double const rate, HostWorker const worker)
{
  Host* const host = (Host*)calloc(1, sizeof(Host));
  pthread_mutex_init(&host->lock, NULL);
  host->worker      = worker_new(worker);
  host->notify_room = SEQUENCE_SIZE;
  host->world  = lilv_world_new();
  host->plugin = load_plugin(host->world, bundle);
  if (!host->plugin) {
    die("the bundle does not hold the plugin");
  }
  add_features(host);
  lv2_atom_forge_init(&host->forge, &host->map);
  host->instance = lilv_plugin_instantiate(host->plugin, rate, host->feature_list);
  if (!host->instance) {
    die("the plugin refuses to be instantiated");
  }
  worker_attach(host->worker,
                lilv_instance_get_handle(host->instance),
                (LV2_Worker_Interface const*)lilv_instance_get_extension_data(
                  host->instance, LV2_WORKER__interface));
  connect_ports(host);
  lilv_instance_activate(host->instance);
  begin_events(host);
  return host;
}

void
host_free(Host* const host)
{
  lilv_instance_deactivate(host->instance);
  worker_free(host->worker);
  lilv_instance_free(host->instance);
  lilv_world_free(host->world);
  for (unsigned i = 0; i < host->urid_count; ++i) {
    free(host->urids[i]);
  }
  pthread_mutex_destroy(&host->lock);
  free(host);
}

void
host_midi(Host* const host, uint32_t const frame, uint8_t const* const message, uint32_t const size)
{
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_atom(&host->forge, size, urid(host, LV2_MIDI__MidiEvent));
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
  lv2_atom_forge_key(&host->forge, urid(host, key));
  if (wide) {
    lv2_atom_forge_double(&host->forge, value);
  } else {
    lv2_atom_forge_float(&host->forge, (float)value);
  }
}

static void
write_integer(Host* const host, char const* const key, int64_t const value, bool const wide)
{
  lv2_atom_forge_key(&host->forge, urid(host, key));
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
  LV2_URID const       type = urid(host, LV2_TIME__Position);
  lv2_atom_forge_frame_time(&host->forge, frame);
  if (p->is_blank) {
    LV2_Atom_Object const blank = {
      {sizeof(LV2_Atom_Object_Body), urid(host, LV2_ATOM__Blank)}, {0, type}};
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
  LV2_Atom_Forge_Frame object;
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_object(&host->forge, &object, 0, urid(host, LV2_PATCH__Set));
  lv2_atom_forge_key(&host->forge, urid(host, LV2_PATCH__property));
  lv2_atom_forge_urid(&host->forge, urid(host, MODEL_URI));
  lv2_atom_forge_key(&host->forge, urid(host, LV2_PATCH__value));
  lv2_atom_forge_path(&host->forge, path, (uint32_t)strlen(path));
  lv2_atom_forge_pop(&host->forge, &object);
}

void
host_get_model(Host* const host, uint32_t const frame)
{
  LV2_Atom_Forge_Frame object;
  lv2_atom_forge_frame_time(&host->forge, frame);
  lv2_atom_forge_object(&host->forge, &object, 0, urid(host, LV2_PATCH__Get));
  lv2_atom_forge_pop(&host->forge, &object);
}

static void
read_notify(Host* const host)
{
  LV2_ATOM_SEQUENCE_FOREACH (&host->notify.sequence, event) {
    LV2_Atom_Object const* const object = (LV2_Atom_Object const*)&event->body;
    LV2_Atom const*              value  = NULL;
    if (object->body.otype == urid(host, LV2_PATCH__Set)) {
      lv2_atom_object_get(object, urid(host, LV2_PATCH__value), &value, 0);
    }
    if (value && value->type == urid(host, LV2_ATOM__Path)) {
      snprintf(host->told_model, sizeof(host->told_model), "%s", (char const*)(value + 1));
      host->has_told = true;
    }
  }
}

void
host_run(Host* const host, uint32_t const frames)
{
  lv2_atom_forge_pop(&host->forge, &host->frame);
  host->out.sequence.atom.size    = SEQUENCE_SIZE - sizeof(LV2_Atom);
  host->notify.sequence.atom.size = host->notify_room - (uint32_t)sizeof(LV2_Atom);
  host->notify.sequence.atom.type = 0;
  lilv_instance_run(host->instance, frames);
  if (host->notify.sequence.atom.type != urid(host, LV2_ATOM__Sequence)) {
    host->notify.sequence.atom.size = sizeof(LV2_Atom_Sequence_Body); // it had no room
  }
  read_notify(host);
  worker_after_run(host->worker);
  begin_events(host);
}

void
host_disconnect(Host* const host, uint32_t const port)
{
  lilv_instance_connect_port(host->instance, port, NULL);
}

void
host_garble(Host* const host, uint64_t* const seed)
{
  for (unsigned i = 0; i < 4; ++i) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    // The sequence's own size stays within the buffer: that much a host owes.
    size_t const used = host->forge.offset - sizeof(LV2_Atom_Sequence);
    host->in.bytes[sizeof(LV2_Atom_Sequence) + *seed % used] = (uint8_t)(*seed >> 32);
  }
}

static uint32_t
port_index(Host const* const host, char const* const symbol)
{
  LilvNode* const       node = lilv_new_string(host->world, symbol);
  LilvPort const* const port = lilv_plugin_get_port_by_symbol(host->plugin, node);
  lilv_node_free(node);
  if (!port) {
    die(symbol);
  }
  return lilv_port_get_index(host->plugin, port);
}

float
host_get(Host* const host, char const* const symbol)
{
  return host->control[port_index(host, symbol)];
}

void
host_set(Host* const host, char const* const symbol, float const value)
{
  host->control[port_index(host, symbol)] = value;
}

float*
host_control(Host* const host, uint32_t const port)
{
  return &host->control[port];
}

LV2_Atom_Sequence const*
host_notify(Host const* const host)
{
  return &host->notify.sequence;
}

void
host_set_notify_room(Host* const host, uint32_t const size)
{
  host->notify_room = size;
}

LV2_URID_Map*
host_map(Host* const host)
{
  return &host->map;
}

LV2_Feature const*
host_log_feature(Host const* const host)
{
  return &host->features[2];
}

unsigned
host_out_count(Host const* const host)
{
  unsigned count = 0;
  LV2_ATOM_SEQUENCE_FOREACH (&host->out.sequence, event) {
    ++count;
  }
  return count;
}

LV2_Atom_Event const*
host_out(Host const* const host, unsigned index)
{
  LV2_ATOM_SEQUENCE_FOREACH (&host->out.sequence, event) {
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

char const*
host_log(Host const* const host)
{
  return host->log_text;
}

void
host_settle(Host* const host)
{
  worker_settle(host->worker);
}

void
host_refuse_work(Host* const host, unsigned const count)
{
  worker_refuse(host->worker, count);
}

static void const*
get_value(char const* const symbol, void* const data, uint32_t* const size, uint32_t* const type)
{
  Host* const host = (Host*)data;
  *size            = sizeof(float);
  *type            = urid(host, LV2_ATOM__Float);
  return &host->control[port_index(host, symbol)];
}

static void
set_value(char const* const symbol,
          void* const       data,
          void const* const value,
          uint32_t const    size,
          uint32_t const    type)
{
  Host* const host = (Host*)data;
  if (type == urid(host, LV2_ATOM__Float) && size == sizeof(float)) {
    memcpy(&host->control[port_index(host, symbol)], value, size);
  }
}

char*
host_save(Host* const host, char const* const folder)
{
  LilvState* const state =
    lilv_state_new_from_instance(host->plugin, host->instance, &host->map, folder,
                                 folder, folder, folder, get_value, host,
                                 LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, NULL);
  char* const text = lilv_state_to_string(
    host->world, &host->map, &host->unmap, state, "urn:music-neurons:test-state", NULL);
  lilv_state_free(state);
  return text;
}

bool
host_restore(Host* const host, char const* const text)
{
  LilvState* const state = lilv_state_new_from_string(host->world, &host->map, text);
  if (state) {
    lilv_state_restore(state, host->instance, set_value, host, 0, NULL);
    lilv_state_free(state);
  }
  return state;
}

LilvPlugin const*
host_plugin(Host const* const host)
{
  return host->plugin;
}

LilvWorld*
host_world(Host const* const host)
{
  return host->world;
}
