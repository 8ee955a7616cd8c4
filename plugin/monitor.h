// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin's instance, shared by the files of this folder.

#ifndef MN_MONITOR_H
#define MN_MONITOR_H

#include "cc.h"
#include "cv.h"
#include "desk.h"
#include "notes/melody.h"
#include "notes/timeline.h"
#include "notes/window.h"
#include "notify.h"
#include "outputs.h"
#include "protocol/ports.h"
#include "protocol/uris.h"

#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/log/logger.h>
#include <lv2/worker/worker.h>
#include <pthread.h>

/// What run() keeps of the input ports, to see them change.
typedef struct {
  bool     enabled;
  MnHop    hop;
  unsigned channel;
  MnVoice  voice;
  bool     reset;
} MnSettings;

/// The input ports that they come from, with others that are read as seldom.
enum { MN_SETTING_PORTS = MN_PORT_RESET - MN_PORT_ENABLED + 1 };

/// What the host was told last, so that outputs are written only when they change.
typedef struct {
  bool     all; ///< false: nothing yet, or the buffers are new
  uint32_t windows;
  unsigned late;
  float    encode_ms;
  int      mode;     ///< an MnTimelineMode
  bool     progress; ///< other than 0
} MnTold;

struct MnMonitor {
  // The host: set when the instance is made, constant after.
  LV2_URID_Map*        map;
  LV2_Worker_Schedule* schedule; ///< NULL: slices of work in run()
  LV2_Log_Logger       logger;
  MnUris               uris;
  MnKernel const*      kernel;
  double               rate;
  char*                default_model; ///< path in the bundle
  MnClock              now_ms;        ///< the worker's; tests have their own

  // Ports, any of which may be NULL but the controls.
  LV2_Atom_Sequence const* in;
  LV2_Atom_Sequence*       out;
  LV2_Atom_Sequence*       notify;
  float*                   control[MN_PORT_COUNT - MN_PORT_FIRST_CONTROL]; ///< never NULL
  float nowhere[MN_PORT_COUNT - MN_PORT_FIRST_CONTROL]; ///< NAN, for those without a buffer
  MnCv  cv;                                             ///< with what they are made of

  // The audio thread's own.
  void*          memory; ///< the pool's
  MnTlsf*        pool;
  MnModel*       model; ///< NULL if none could be loaded
  MnSettings     settings;
  uint32_t       setting_ports[MN_SETTING_PORTS]; ///< as they were read
  bool           settings_known;                  ///< they have been read since activate()
  MnTold         told;
  MnTimeline     timeline;
  MnMelody       melody;
  MnGrid         grid;
  MnJobs         jobs;
  MnOutputs      outputs;
  unsigned       stale;      ///< jobs in work whose results no longer count
  MnLoadRequest* wanted;     ///< the newest model asked for, not yet sent
  MnLoadRequest* loading;    ///< the one that the worker has
  bool           collecting; ///< the worker was told to free the old model
  bool           listening;  ///< windows are open
  bool           resting;    ///< values are neutral, or on their way there
  MnNotify       tell;       ///< what is due on notify
  double         last_heard; ///< position at which a note last sounded
  uint32_t       windows;
  float          encode_ms;
  uint32_t       credit; ///< frames not yet spent on work in run()
  uint32_t       block;  ///< frames in this block
  LV2_Atom_Forge forge;
  uint64_t       frame;      ///< frames since the instance was made
  uint64_t       due;        ///< until this frame there is nothing to do but to play
  double         hold_steps; ///< silence until values fall back
  uint32_t       out_capacity;
  uint32_t       in_left; ///< bytes of events on `in` that may have to pass yet
  MnCc           cc;

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
};

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

/// Writes the control outputs that have changed. Audio thread.
void
mn_monitor_present(MnMonitor* monitor) MN_REALTIME;

/// Whether input ports say something else than when they were last `seen`, bit by
/// bit, which is updated. Audio thread.
///
/// @param port The first. @param seen [count].
bool
mn_monitor_inputs_changed(MnMonitor const* monitor,
                          unsigned         port,
                          unsigned         count,
                          uint32_t*        seen) MN_REALTIME;

/// The value of an input port within its range; its initial one if it is not
/// connected, or not a number. Audio thread.
static inline double
mn_monitor_control(MnMonitor const* const monitor, unsigned const port)
{
  return (double)mn_port_value(port, *monitor->control[port - MN_PORT_FIRST_CONTROL]);
}

/// Sends all values on their way to a readout from the current frame on.
/// `noise_neurons` is how many the model has. Audio thread.
void
mn_monitor_aim(MnMonitor* monitor, MnReadout const* readout, unsigned noise_neurons)
  MN_REALTIME;

/// Whether nothing has been heard for so long that values are neutral, whatever
/// windows say. Audio thread.
bool
mn_monitor_is_silent(MnMonitor const* monitor) MN_REALTIME;

/// Opens windows from the current position on. Audio thread.
void
mn_monitor_listen(MnMonitor* monitor) MN_REALTIME;

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
