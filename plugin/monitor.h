// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin's instance: what run.c, monitor.c, worker.c and state.c share.

#ifndef MN_MONITOR_H
#define MN_MONITOR_H

#include "cc.h"
#include "control_ports.h"
#include "cv.h"
#include "desk.h"
#include "host_features.h"
#include "listening.h"
#include "midi_out.h"
#include "notify.h"
#include "outputs.h"

#include <lv2/core/lv2.h>
#include <pthread.h>

/// The input ports that settings come from, with others that are read as seldom.
enum { MN_SETTING_PORTS = MN_PORT_RESET - MN_PORT_ENABLED + 1 };

typedef struct {
  // Set when the instance is made, constant after.
  MnHostFeatures  host;
  MnKernel const* kernel;
  char*           default_model; ///< path in the bundle
  MnClock         now_ms;        ///< the worker's; tests have their own

  // Ports.
  LV2_Atom_Sequence const* in; ///< NULL: not connected
  MnMidiOut                out;
  MnControlPorts           ports;
  MnCv                     cv;

  // The audio thread's own.
  void*          memory; ///< the pool's
  MnTlsf*        pool;
  MnModel*       model;                           ///< NULL: none could be loaded
  uint32_t       setting_ports[MN_SETTING_PORTS]; ///< as they were read
  bool           settings_known;                  ///< they were read since activate()
  MnListening    listening;
  MnJobs         jobs;
  MnOutputs      outputs;
  MnCc           cc;
  MnNotify       notify;
  unsigned       stale;      ///< jobs in work whose results no longer count
  MnLoadRequest* wanted;     ///< the newest model asked for, not yet sent
  MnLoadRequest* loading;    ///< the one that the worker has
  bool           collecting; ///< the worker was told to free the old model
  uint32_t       windows;    ///< that are done
  float          encode_ms;  ///< of the newest
  uint32_t       credit;     ///< frames not yet spent on work in run()
  uint32_t       block;      ///< frames in this block
  uint64_t       frame;      ///< frames since the instance was made
  uint64_t       due;        ///< until this frame there is nothing to do but to play

  MnDesk desk; ///< between the audio thread and the worker

  // Between threads. A loader publishes a model in `incoming`; run() takes it
  // and leaves the old one in `retired`, which any other thread may free.
  _Atomic(MnModel*) incoming;
  _Atomic(MnModel*) retired;

  // Likewise of an error: written while `failed` is false, read while it is true.
  atomic_bool failed;
  MnError     failure;

  // Among the threads that are not run(): the path of the model that is wanted,
  // NULL for the default.
  pthread_mutex_t lock;
  char*           path;
  bool            has_default; ///< the bundle's model is the newest published
} MnMonitor;

/// Loads a model and publishes it. If that fails, the reason is logged and the
/// old one plays on. Any thread but the audio thread.
///
/// @param path The file; NULL for the bundle's own.
/// @param keep Whether save() keeps the path of a model that fails to load.
bool
mn_monitor_load(MnMonitor* monitor, char const* path, bool keep);

/// Time that passes, in ms. Any thread but the audio thread.
double
mn_monitor_now_ms(void);

/// Frees what run() has let go. Any thread but the audio thread.
void
mn_monitor_collect(MnMonitor* monitor);

/// The value of an input port within its range; `fallback` if it is not connected, or
/// not a number. Audio thread.
static inline double
mn_monitor_control(MnMonitor const* const monitor,
                   unsigned const         port,
                   double const           low,
                   double const           high,
                   double const           fallback)
{
  return mn_control_ports_read(&monitor->ports, port, low, high, fallback);
}

/// run(): see run.c.
void
mn_monitor_run(MnMonitor* monitor, uint32_t frames) MN_REALTIME;

/// Restarts listening, forgetting all notes and counts; for activate().
void
mn_monitor_restart(MnMonitor* monitor) MN_REALTIME;

/// Messages to the worker.
typedef struct {
  enum { MN_WORK_ENCODE, MN_WORK_LOAD, MN_WORK_COLLECT } kind;
  void* subject; ///< an MnLoadRequest, else NULL
} MnWork;

/// The interfaces behind extension_data(): see worker.c and state.c.
extern LV2_Worker_Interface const mn_monitor_worker;

struct LV2_State_Interface_s;
void const*
mn_monitor_state_interface(void);

#endif // MN_MONITOR_H
