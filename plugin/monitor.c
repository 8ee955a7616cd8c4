// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugins as LV2 sees them: makes and frees instances, and connects ports.

#include "monitor.h"

#include <lv2/state/state.h>
#include <stdlib.h>
#include <string.h>

// Holds a burst of jobs of any model of 2 bars, and two of the largest published one of
// 16 bars.
enum { POOL_SIZE = 8 << 20 };

static void
cleanup(LV2_Handle const instance)
{
  MnMonitor* const m = (MnMonitor*)instance;
  mn_model_swap_free(&m->swap);
  free(m->memory);
  free(m);
}

static bool
allocate(MnMonitor* const            m,
         MnHostFeatures const* const host,
         char const* const           bundle_path)
{
  m->host   = *host;
  m->memory = calloc(1, POOL_SIZE);
  m->pool   = m->memory ? mn_tlsf_init(m->memory, POOL_SIZE) : NULL;
  return m->pool && mn_model_swap_init(&m->swap, &m->host, m->pool, bundle_path);
}

static LV2_Handle
instantiate(LV2_Descriptor const* const     descriptor,
            double const                    rate,
            char const* const               bundle_path,
            LV2_Feature const* const* const features)
{
  MnHostFeatures host = {0};
  if (!mn_host_features_take(&host, rate, features)) {
    return NULL;
  }
  MnMonitor* const m = (MnMonitor*)calloc(1, sizeof(MnMonitor));
  if (!m || !allocate(m, &host, bundle_path)) {
    lv2_log_error(&host.logger, "music-neurons: out of memory\n");
    free(m ? m->memory : NULL);
    free(m);
    return NULL;
  }

  m->now_ms          = mn_host_features_now_ms;
  m->requests.host   = &m->host;
  m->requests.kernel = mn_host_features_kernel(&m->host);
  m->out.uris        = &m->host.uris;
  m->cv.used         = descriptor == &mn_cv_descriptor;
  m->out.mute        = m->cv.used;
  mn_encode_queue_init(&m->requests.queue, m->pool);
  mn_control_ports_init(&m->ports);
  mn_notify_init(&m->notify, &m->host);
  mn_cc_init(&m->cc, rate);
  mn_listening_init(&m->listening, rate);
  mn_monitor_restart(m);

  // Without a model the plugin still passes MIDI, and shows that it has none.
  mn_model_swap_load(&m->swap, NULL, false);
  if (mn_model_swap_take(&m->swap)) {
    mn_listening_set_steps(&m->listening, m->swap.model->steps);
    mn_encode_requests_set_model(&m->requests, m->swap.model);
  }
  mn_notify_model(&m->notify);
  return m;
}

static void
connect_port(LV2_Handle const instance, uint32_t const port, void* const data)
{
  MnMonitor* const m = (MnMonitor*)instance;
  if (port == MN_PORT_IN) {
    m->in = (LV2_Atom_Sequence const*)data;
  } else if (port == MN_PORT_OUT) {
    m->out.port = (LV2_Atom_Sequence*)data;
  } else if (port < MN_PORT_COUNT) {
    mn_control_ports_connect(&m->ports, port, (float*)data);
  }
}

// The sibling has some of the monitor's ports, and CV.
static void
connect_cv_port(LV2_Handle const instance, uint32_t const port, void* const data)
{
  MnMonitor* const m = (MnMonitor*)instance;
  if (port >= MN_CV_PORT_COUNT) {
    return;
  }
  if (port >= MN_CV_PORT_FIRST_CV && port <= MN_CV_PORT_LAST_CV) {
    m->cv.port[port - MN_CV_PORT_FIRST_CV] = (float*)data;
  } else {
    connect_port(instance,
                 port == MN_CV_PORT_IN     ? MN_PORT_IN
                 : port == MN_CV_PORT_SPAN ? MN_PORT_SPAN
                 : port == MN_CV_PORT_NOTIFY
                   ? MN_PORT_OUT
                   : MN_PORT_FIRST_CONTROL + port - MN_CV_PORT_FIRST_CONTROL,
                 data);
  }
}

static void
activate(LV2_Handle const instance)
{
  MnMonitor* const m = (MnMonitor*)instance;
  mn_timeline_init(
    &m->listening.timeline, m->host.rate, (double)mn_port_initial(MN_PORT_TEMPO));
  mn_midi_clock_init(&m->listening.clock, m->host.rate);
  mn_cc_init(&m->cc, m->host.rate);
  mn_monitor_restart(m);
  mn_encode_requests_restart(&m->requests);
  mn_model_swap_forget_messages(&m->swap);
  m->ports.fresh    = true;
  m->due            = 0;
  m->settings_known = false;
}

static void
run(LV2_Handle const instance, uint32_t const frames)
{
  mn_monitor_run((MnMonitor*)instance, frames);
}

static void const*
extension_data(char const* const uri)
{
  return !strcmp(uri, LV2_WORKER__interface)  ? &mn_monitor_worker
         : !strcmp(uri, LV2_STATE__interface) ? mn_monitor_state_interface()
                                              : NULL;
}

LV2_Descriptor const mn_monitor_descriptor = {
  MN_MONITOR_URI,
  instantiate,
  connect_port,
  activate,
  run,
  NULL,
  cleanup,
  extension_data,
};

LV2_Descriptor const mn_cv_descriptor = {
  MN_CV_URI,
  instantiate,
  connect_cv_port,
  activate,
  run,
  NULL,
  cleanup,
  extension_data,
};
