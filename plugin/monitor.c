// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugins as LV2 sees them: making and unmaking an instance, and its ports.

#include "monitor.h"
#include "models.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Holds a burst of jobs of any model of 2 bars, and a job in work and one that
// waits of the largest published one of 16 bars.
enum { POOL_SIZE = 8 << 20 };

// Sample rates in Hz. At the lowest, a step is still longer than a frame at the fastest
// tempo that a host may say, 10,000 beats a minute; converters end well below the other.
static double const lowest_rate  = 1000;
static double const highest_rate = 1e6;

static char const default_model_file[] = "melody-2bar.safetensors";

static void
cleanup(LV2_Handle const instance)
{
  MnMonitor* const m = (MnMonitor*)instance;
  mn_models_release(m->model);
  mn_models_release(atomic_load(&m->incoming));
  mn_models_release(atomic_load(&m->retired));
  pthread_mutex_destroy(&m->lock);
  free(m->path);
  free(m->default_model);
  free(m->memory);
  free(m);
}

static char*
join(char const* const folder, char const* const file)
{
  size_t const length = strlen(folder);
  bool const   slash  = length && folder[length - 1] == '/';
  char*        path   = NULL;
  return asprintf(&path, "%s%s%s", folder, slash ? "" : "/", file) < 0 ? NULL : path;
}

// MUSIC_NEURONS_KERNEL names a kernel, to compare or to work around one.
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

static LV2_Descriptor const cv_descriptor;

// One that has no buffer has none that anybody else reads or writes.
static void
connect_control(MnMonitor* const m, unsigned const control, float* const buffer)
{
  m->nowhere[control] = NAN;
  m->control[control] = buffer ? buffer : &m->nowhere[control];
}

static LV2_Handle
instantiate(LV2_Descriptor const* const     descriptor,
            double const                    rate,
            char const* const               bundle_path,
            LV2_Feature const* const* const features)
{
  MnMonitor* const m = (MnMonitor*)calloc(1, sizeof(MnMonitor));
  if (!m) {
    return NULL;
  }
  atomic_init(&m->incoming, NULL);
  atomic_init(&m->retired, NULL);
  atomic_init(&m->failed, false);
  pthread_mutex_init(&m->lock, NULL);

  // The log comes first, for what is missing is told there.
  char const* const missing = lv2_features_query(features,
                                                 LV2_LOG__log,
                                                 &m->logger.log,
                                                 false,
                                                 LV2_URID__map,
                                                 &m->map,
                                                 true,
                                                 LV2_WORKER__schedule,
                                                 &m->schedule,
                                                 false,
                                                 NULL);
  lv2_log_logger_set_map(&m->logger, m->map);
  if (missing) {
    lv2_log_error(&m->logger, "music-neurons: the host lacks <%s>\n", missing);
    cleanup(m);
    return NULL;
  }
  if (!(rate >= lowest_rate && rate <= highest_rate)) { // or NaN
    lv2_log_error(&m->logger,
                  "music-neurons: a sample rate of %g Hz is not from %.0f to %.0f\n",
                  rate,
                  lowest_rate,
                  highest_rate);
    cleanup(m);
    return NULL;
  }
  m->default_model = join(bundle_path, default_model_file);
  m->memory        = calloc(1, POOL_SIZE);
  m->pool          = mn_tlsf_init(m->memory, POOL_SIZE);
  if (!m->default_model || !m->pool) {
    lv2_log_error(&m->logger, "music-neurons: out of memory\n");
    cleanup(m);
    return NULL;
  }

  for (unsigned i = 0; i < MN_PORT_COUNT - MN_PORT_FIRST_CONTROL; ++i) {
    connect_control(m, i, NULL);
  }
  m->rate   = rate;
  m->now_ms = mn_monitor_now_ms;
  m->kernel = choose_kernel(&m->logger);
  mn_uris_map(&m->uris, m->map);
  lv2_atom_forge_init(&m->forge, m->map);
  mn_jobs_init(&m->jobs, m->pool);
  mn_desk_init(&m->desk);
  mn_cc_init(&m->cc);
  m->cv.used  = descriptor == &cv_descriptor;
  m->settings = (MnSettings){.enabled = mn_port_initial(MN_PORT_ENABLED) > 0,
                             .hop     = (MnHop)mn_port_initial(MN_PORT_HOP),
                             .channel = (unsigned)mn_port_initial(MN_PORT_CHANNEL),
                             .voice   = (MnVoice)mn_port_initial(MN_PORT_VOICE)};
  mn_timeline_init(&m->timeline, rate, (double)mn_port_initial(MN_PORT_TEMPO));
  mn_monitor_restart(m);

  // Without a model the plugin still passes MIDI, and shows that it has none.
  mn_monitor_load(m, NULL, false);
  m->model = atomic_exchange(&m->incoming, NULL);
  mn_notify_model(m);
  return m;
}

static void
connect_port(LV2_Handle const instance, uint32_t const port, void* const data)
{
  MnMonitor* const m = (MnMonitor*)instance;
  if (port == MN_PORT_IN) {
    m->in = (LV2_Atom_Sequence const*)data;
  } else if (port == MN_PORT_OUT) {
    m->out = (LV2_Atom_Sequence*)data;
  } else if (port == MN_PORT_NOTIFY) {
    m->notify = (LV2_Atom_Sequence*)data;
  } else if (port < MN_PORT_COUNT) {
    connect_control(m, port - MN_PORT_FIRST_CONTROL, (float*)data);
    m->told.all = false;
  }
}

// The sibling's ports are some of the monitor's, and CV.
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
                   ? MN_PORT_NOTIFY
                   : MN_PORT_FIRST_CONTROL + port - MN_CV_PORT_FIRST_CONTROL,
                 data);
  }
}

static void
activate(LV2_Handle const instance)
{
  MnMonitor* const m = (MnMonitor*)instance;
  mn_timeline_init(&m->timeline, m->rate, (double)mn_port_initial(MN_PORT_TEMPO));
  mn_cc_init(&m->cc);
  mn_monitor_restart(m);
  m->told.all       = false;
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
