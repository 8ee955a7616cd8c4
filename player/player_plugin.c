// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player as LV2 sees it: makes and frees instances, connects ports, works.

#include "player_plugin.h"

#include "work.h"

#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Holds a job of any model.
enum { POOL_SIZE = 8 << 20 };

static void
cleanup(LV2_Handle const instance)
{
  MnPlayer* const p = (MnPlayer*)instance;
  mn_model_swap_free(&p->swap);
  mn_slots_free(&p->slots);
  free(p->memory);
  free(p);
}

static bool
allocate(MnPlayer* const p, MnHostFeatures const* const host, char const* const bundle_path)
{
  p->host   = *host;
  p->memory = calloc(1, POOL_SIZE);
  p->pool   = p->memory ? mn_tlsf_init(p->memory, POOL_SIZE) : NULL;
  return p->pool && mn_model_swap_init(&p->swap, &p->host, p->pool, bundle_path);
}

static void
map_slots(MnPlayer* const p)
{
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    char uri[sizeof(MN_PLAYER_SLOT_URI) + 1];
    snprintf(uri, sizeof(uri), "%s%c", MN_PLAYER_SLOT_URI, (char)('A' + i));
    p->slot_urid[i] = p->host.map->map(p->host.map->handle, uri);
  }
}

static LV2_Handle
instantiate(LV2_Descriptor const* const     descriptor,
            double const                    rate,
            char const* const               bundle_path,
            LV2_Feature const* const* const features)
{
  (void)descriptor;
  MnHostFeatures host = {0};
  if (!mn_host_features_take(&host, rate, features)) {
    return NULL;
  }
  MnPlayer* const p = (MnPlayer*)calloc(1, sizeof(MnPlayer));
  if (!p || !allocate(p, &host, bundle_path)) {
    lv2_log_error(&host.logger, "music-neurons: out of memory\n");
    free(p ? p->memory : NULL);
    free(p);
    return NULL;
  }

  lv2_atom_forge_init(&p->forge, host.map);
  p->now_ms   = mn_host_features_now_ms;
  p->out.uris = &p->host.uris;
  map_slots(p);
  mn_turn_work_init(&p->work, &p->host, mn_host_features_kernel(&p->host), p->pool);
  mn_slots_init(&p->slots);
  mn_player_ports_init(&p->ports);
  mn_listening_init(&p->listening, rate);
  mn_player_restart(p);

  // Without a model the plugin still passes MIDI, and shows that it has none.
  mn_model_swap_load(&p->swap, NULL, false);
  if (mn_model_swap_take(&p->swap)) {
    mn_listening_set_steps(&p->listening, p->swap.model->steps);
  }
  return p;
}

static void
connect_port(LV2_Handle const instance, uint32_t const port, void* const data)
{
  MnPlayer* const p = (MnPlayer*)instance;
  if (port == MN_PLAYER_PORT_IN) {
    p->in = (LV2_Atom_Sequence const*)data;
  } else if (port == MN_PLAYER_PORT_OUT) {
    p->out.port = (LV2_Atom_Sequence*)data;
  } else if (port < MN_PLAYER_PORT_COUNT) {
    mn_player_ports_connect(&p->ports, port, (float*)data);
    p->retold = true;
  }
}

static void
activate(LV2_Handle const instance)
{
  MnPlayer* const p = (MnPlayer*)instance;
  mn_timeline_init(&p->listening.timeline,
                   p->host.rate,
                   (double)mn_player_port(MN_PLAYER_PORT_TEMPO)->initial);
  mn_midi_clock_init(&p->listening.clock, p->host.rate);
  mn_player_restart(p);
  mn_turn_work_restart(&p->work);
  mn_model_swap_forget_messages(&p->swap);
}

static void
run(LV2_Handle const instance, uint32_t const frames)
{
  mn_player_run((MnPlayer*)instance, frames);
}

static LV2_Worker_Status
work(LV2_Handle const                  instance,
     LV2_Worker_Respond_Function const respond,
     LV2_Worker_Respond_Handle const   handle,
     uint32_t const                    size,
     void const* const                 data)
{
  (void)respond;
  (void)handle;
  MnPlayer* const p = (MnPlayer*)instance;
  MnWork          message;
  if (size != sizeof(message)) {
    return LV2_WORKER_ERR_UNKNOWN;
  }
  memcpy(&message, data, sizeof(message));

  switch (message) {
  case MN_WORK_ENCODE:
    mn_turn_work_serve(&p->work, p->now_ms);
    break;
  case MN_WORK_LOAD:
    mn_model_swap_serve(&p->swap);
    break;
  case MN_WORK_COLLECT:
    mn_model_swap_collect(&p->swap);
    break;
  }
  return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status
work_response(LV2_Handle const instance, uint32_t const size, void const* const body)
{
  (void)instance;
  (void)size;
  (void)body;
  return LV2_WORKER_SUCCESS; // work() sends no responses: run() looks for results itself
}

static void const*
extension_data(char const* const uri)
{
  static LV2_Worker_Interface const worker = {work, work_response, NULL};
  return !strcmp(uri, LV2_WORKER__interface)  ? &worker
         : !strcmp(uri, LV2_STATE__interface) ? mn_player_state_interface()
                                              : NULL;
}

LV2_Descriptor const mn_player_descriptor = {
  MN_PLAYER_URI,
  instantiate,
  connect_port,
  activate,
  run,
  NULL,
  cleanup,
  extension_data,
};
