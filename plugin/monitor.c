// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugins as LV2 sees them: makes and frees instances, and connects ports.

#include "monitor.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <stdlib.h>
#include <string.h>

// Holds a burst of jobs of any model of 2 bars, and two of the largest published one of
// 16 bars.
enum { POOL_SIZE = 8 << 20 };

// Sample rates in Hz. At the lowest, a step is still longer than a frame at the fastest
// tempo that we take from a host, 10,000 beats a minute. No converter reaches the highest.
static double const lowest_rate  = 1000;
static double const highest_rate = 1e6;

static void
cleanup(LV2_Handle const instance)
{
  MnMonitor* const m = (MnMonitor*)instance;
  mn_model_swap_free(&m->swap);
  free(m->memory);
  free(m);
}

// The environment variable names a kernel, to compare kernels or to avoid a bad one.
static MnKernel const*
choose_kernel(LV2_Log_Logger* const logger)
{
  char const* const name = getenv("MUSIC_NEURONS_KERNEL");
  if (!name) {
    return mn_kernel_best();
  }
  MnKernel const* const kernel = mn_kernel_find(name);
  if (!kernel || !kernel->supported()) {
    lv2_log_error(logger, "music-neurons: no kernel %s on this processor\n", name);
    return mn_kernel_best();
  }
  return kernel;
}

// The log comes first: it gets a message if another feature is missing.
static bool
take_features(MnHostFeatures* const host, LV2_Feature const* const* const features)
{
  char const* const missing = lv2_features_query(features,
                                                 LV2_LOG__log,
                                                 &host->logger.log,
                                                 false,
                                                 LV2_URID__map,
                                                 &host->map,
                                                 true,
                                                 LV2_WORKER__schedule,
                                                 &host->schedule,
                                                 false,
                                                 NULL);
  lv2_log_logger_set_map(&host->logger, host->map);
  if (missing) {
    lv2_log_error(&host->logger, "music-neurons: the host lacks <%s>\n", missing);
    return false;
  }
  mn_uris_map(&host->uris, host->map);
  return true;
}

static bool
take_rate(MnHostFeatures* const host, double const rate)
{
  if (!(rate >= lowest_rate && rate <= highest_rate)) { // or NaN
    lv2_log_error(&host->logger,
                  "music-neurons: a sample rate of %g Hz is not from %.0f to %.0f\n",
                  rate,
                  lowest_rate,
                  highest_rate);
    return false;
  }
  host->rate = rate;
  return true;
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

static LV2_Descriptor const cv_descriptor;

static LV2_Handle
instantiate(LV2_Descriptor const* const     descriptor,
            double const                    rate,
            char const* const               bundle_path,
            LV2_Feature const* const* const features)
{
  MnHostFeatures host = {0};
  if (!take_features(&host, features) || !take_rate(&host, rate)) {
    return NULL;
  }
  MnMonitor* const m = (MnMonitor*)calloc(1, sizeof(MnMonitor));
  if (!m || !allocate(m, &host, bundle_path)) {
    lv2_log_error(&host.logger, "music-neurons: out of memory\n");
    free(m ? m->memory : NULL);
    free(m);
    return NULL;
  }

  m->now_ms          = mn_monitor_now_ms;
  m->requests.host   = &m->host;
  m->requests.kernel = choose_kernel(&m->host.logger);
  m->out.uris        = &m->host.uris;
  m->cv.used         = descriptor == &cv_descriptor;
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
    mn_long_memory_set_model(&m->requests.second, m->pool, m->swap.model);
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
  if (port >= MN_CV_PORT_FIRST_CV) {
    m->cv.port[port - MN_CV_PORT_FIRST_CV] = (float*)data;
  } else {
    connect_port(instance,
                 port == MN_CV_PORT_IN ? MN_PORT_IN
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

static LV2_Descriptor const monitor_descriptor = {
  MN_MONITOR_URI,
  instantiate,
  connect_port,
  activate,
  run,
  NULL,
  cleanup,
  extension_data,
};

static LV2_Descriptor const cv_descriptor = {
  MN_CV_URI,
  instantiate,
  connect_cv_port,
  activate,
  run,
  NULL,
  cleanup,
  extension_data,
};

LV2_SYMBOL_EXPORT LV2_Descriptor const*
lv2_descriptor(uint32_t const index)
{
  return index == 0 ? &monitor_descriptor : index == 1 ? &cv_descriptor : NULL;
}
