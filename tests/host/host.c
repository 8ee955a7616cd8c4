// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// An instance of a plugin: its features, ports and state.

#include "host_private.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>
#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

LV2_URID
host_urid(Host* const host, char const* const uri)
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
  int const    n    = vsnprintf(host->log_text + used, LOG_SIZE - used, format, args);
  pthread_mutex_unlock(&host->lock);
  return n;
}

static int
log_printf(LV2_Log_Handle const handle, LV2_URID const type, char const* const format, ...)
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
load_plugin(LilvWorld* const world, char const* const bundle, char const* const plugin_uri)
{
  char* const folder = realpath(bundle, NULL);
  char        path[4096];
  snprintf(path, sizeof(path), "%s/", folder ? folder : bundle);
  free(folder);

  LilvNode* const node = lilv_new_file_uri(world, NULL, path);
  LilvNode* const uri  = lilv_new_uri(world, plugin_uri);
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
  host->features[3] = (LV2_Feature){LV2_WORKER__schedule, worker_schedule(host->worker)};
  for (unsigned i = 0; i < (worker_schedule(host->worker) ? 4 : 3); ++i) {
    host->feature_list[i] = &host->features[i];
  }
}

static LilvPort const*
port_at(Host const* const host, uint32_t const index)
{
  return lilv_plugin_get_port_by_index(host->plugin, index);
}

static bool
port_is(Host const* const host, uint32_t const index, char const* const type)
{
  LilvNode* const uri = lilv_new_uri(host->world, type);
  bool const      is  = lilv_port_is_a(host->plugin, port_at(host, index), uri);
  lilv_node_free(uri);
  return is;
}

static Buffer*
events_of(Host* const host, char const* const symbol)
{
  return !strcmp(symbol, "in") ? &host->in : &host->from_plugin;
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
  for (uint32_t p = 0; p < ports; ++p) {
    LilvNode const* const symbol = lilv_port_get_symbol(host->plugin, port_at(host, p));
    void*                 data   = &host->control[p];
    if (port_is(host, p, LV2_ATOM__AtomPort)) {
      data = events_of(host, lilv_node_as_string(symbol));
    } else if (port_is(host, p, LV2_CORE__CVPort)) {
      host->cv[p] = (float*)calloc(2 * HOST_MAX_BLOCK, sizeof(float));
      data        = host->cv[p];
    }
    lilv_instance_connect_port(host->instance, p, data);
  }
}

static float*
cv_block(Host const* const host, uint32_t const port)
{
  return host->cv[port] + (host->odd_block ? HOST_MAX_BLOCK : 0);
}

// Some hosts connect other buffers for every block.
static void
connect_cv(Host* const host, uint32_t const frames)
{
  host->odd_block = !host->odd_block;
  for (uint32_t p = 0; p < MAX_PORTS; ++p) {
    if (host->cv[p]) {
      float* const block = cv_block(host, p);
      for (uint32_t i = 0; i < HOST_MAX_BLOCK && i <= frames; ++i) {
        block[i] = (float)NAN;
      }
      lilv_instance_connect_port(host->instance, p, block);
    }
  }
}

// The clock of the tests. Any worker may read it.
static double
tick(void)
{
  static atomic_uint microseconds;
  return atomic_fetch_add(&microseconds, 1) * 1e-3;
}

void
host_set_clock(Host* const host, double (*const now_ms)(void))
{
  *host->clock = now_ms ? now_ms : host->own_clock;
  worker_set_clock(host->worker, *host->clock);
}

static void
free_cv(Host* const host)
{
  for (unsigned p = 0; p < MAX_PORTS; ++p) {
    free(host->cv[p]);
    host->cv[p] = NULL;
  }
}

static void
free_instance(Host* const host)
{
  if (host->instance) {
    lilv_instance_deactivate(host->instance);
    lilv_instance_free(host->instance);
    host->instance = NULL;
  }
}

static bool
host_is(Host const* const host, char const* const uri)
{
  return !strcmp(lilv_node_as_uri(lilv_plugin_get_uri(host->plugin)), uri);
}

bool
host_renew(Host* const host)
{
  free_instance(host);
  free_cv(host);
  host->instance = lilv_plugin_instantiate(host->plugin, host->rate, host->feature_list);
  if (!host->instance) {
    return false;
  }
  worker_attach(host->worker,
                lilv_instance_get_handle(host->instance),
                (LV2_Worker_Interface const*)lilv_instance_get_extension_data(
                  host->instance, LV2_WORKER__interface));
  void* const handle = lilv_instance_get_handle(host->instance);
  bool const  plays  = host_is(host, HOST_PLAYER);
  host->monitor      = plays ? NULL : (MnMonitor*)handle;
  host->clock        = plays ? &((MnPlayer*)handle)->now_ms : &host->monitor->now_ms;
  host->own_clock    = *host->clock;
  host_set_clock(host, tick);
  connect_ports(host);
  lilv_instance_activate(host->instance);
  return true;
}

Host*
host_new_plugin(char const* const bundle,
                char const* const uri,
                double const      rate,
                HostWorker const  worker)
{
  Host* const host = (Host*)calloc(1, sizeof(Host));
  pthread_mutex_init(&host->lock, NULL);
  host->out_capacity = SEQUENCE_SIZE - sizeof(LV2_Atom);
  host->worker       = worker_new(worker);
  host->world        = lilv_world_new();
  host->plugin       = load_plugin(host->world, bundle, uri);
  if (!host->plugin) {
    die("the bundle does not hold the plugin");
  }
  add_features(host);
  lv2_atom_forge_init(&host->forge, &host->map);
  host->rate = rate;
  if (!host_renew(host)) {
    die("the plugin refuses to be instantiated");
  }
  host_begin_events(host);
  return host;
}

Host*
host_new(char const* const bundle, double const rate, HostWorker const worker)
{
  return host_new_plugin(bundle, HOST_MONITOR, rate, worker);
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
  free_cv(host);
  pthread_mutex_destroy(&host->lock);
  free(host);
}

// Writes marks beyond the capacity of the output, or checks that they are intact.
static void
guard_out(Host* const host, bool const after)
{
  enum { GUARD = 64, MARK = 0xA5 };
  uint8_t* const end = host->from_plugin.bytes + sizeof(LV2_Atom) + host->out_capacity;
  for (unsigned i = 0; i < GUARD && end + i < host->from_plugin.bytes + SEQUENCE_SIZE;
       ++i) {
    if (after && end[i] != MARK) {
      die("the plugin wrote beyond the end of its output");
    }
    end[i] = MARK;
  }
}

void
host_run(Host* const host, uint32_t const frames)
{
  host_end_events(host);
  host->from_plugin.sequence.atom = (LV2_Atom){host->out_capacity, 0};
  host->frames                    = frames;
  connect_cv(host, frames);
  guard_out(host, false);
  lilv_instance_run(host->instance, frames);
  guard_out(host, true);
  if (host->shares_buffer) {
    memcpy(&host->from_plugin, &host->in, sizeof(LV2_Atom) + host->in.sequence.atom.size);
  }
  host_route(host);
  worker_after_run(host->worker);
  host_begin_events(host);
}

void
host_reactivate(Host* const host)
{
  lilv_instance_deactivate(host->instance);
  lilv_instance_activate(host->instance);
}

void
host_limit_out(Host* const host, uint32_t const capacity)
{
  host->out_capacity = capacity;
}

void
host_disconnect(Host* const host, uint32_t const port)
{
  lilv_instance_connect_port(host->instance, port, NULL);
  free(host->cv[port]);
  host->cv[port] = NULL;
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

void
host_share_buffer(Host* const host)
{
  lilv_instance_connect_port(host->instance, port_index(host, "out"), &host->in);
  host->shares_buffer = true;
}

float const*
host_cv(Host const* const host, uint32_t const port)
{
  return cv_block(host, port);
}

bool
host_is_cv(Host const* const host)
{
  return host_is(host, HOST_CV);
}

uint32_t
host_frames(Host const* const host)
{
  return host->frames;
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

LV2_Atom_Sequence const*
host_events(Host const* const host)
{
  return &host->from_plugin.sequence;
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

void
host_lose_work(Host* const host, unsigned const count)
{
  worker_lose(host->worker, count);
}

void
host_limit_work(Host* const host, unsigned const requests)
{
  worker_limit(host->worker, requests);
}

static void const*
get_value(char const* const symbol,
          void* const       data,
          uint32_t* const   size,
          uint32_t* const   type)
{
  Host* const host = (Host*)data;
  *size            = sizeof(float);
  *type            = host_urid(host, LV2_ATOM__Float);
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
  if (type == host_urid(host, LV2_ATOM__Float) && size == sizeof(float)) {
    memcpy(&host->control[port_index(host, symbol)], value, size);
  }
}

char*
host_save(Host* const host, char const* const folder)
{
  LilvState* const state =
    lilv_state_new_from_instance(host->plugin,
                                 host->instance,
                                 &host->map,
                                 folder,
                                 folder,
                                 folder,
                                 folder,
                                 get_value,
                                 host,
                                 LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE,
                                 NULL);
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
