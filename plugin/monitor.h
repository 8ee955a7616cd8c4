// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin's instance: what run.c, monitor.c, worker.c and state.c share.

#ifndef MN_MONITOR_H
#define MN_MONITOR_H

#include "cc.h"
#include "control_ports.h"
#include "cv.h"
#include "encode_requests.h"
#include "host_features.h"
#include "listening.h"
#include "midi_out.h"
#include "model_swap.h"
#include "notify.h"
#include "outputs.h"
#include "readout/course.h"

#include <lv2/core/lv2.h>

/// The input ports that settings come from, with others that are read as seldom.
enum { MN_SETTING_PORTS = MN_PORT_RESET - MN_PORT_ENABLED + 1 };

typedef struct {
  MnHostFeatures host;
  MnClock        now_ms; ///< the worker's; tests have their own

  // Between threads: what they may do with it is said there.
  MnModelSwap      swap;
  MnEncodeRequests requests;

  // The audio thread's own.
  void*    memory; ///< the pool's
  MnTlsf*  pool;
  uint64_t frame;     ///< frames since the instance was made
  uint64_t due;       ///< until this frame there is nothing to do but to play
  uint32_t windows;   ///< that are done
  float    encode_ms; ///< of the newest scored one

  uint32_t    setting_ports[MN_SETTING_PORTS]; ///< as they were read
  bool        settings_known;                  ///< they were read since activate()
  MnListening listening;
  MnCourse    course; ///< of the windows since the last break
  MnOutputs   outputs;

  // Ports, with what is written to them.
  LV2_Atom_Sequence const* in; ///< NULL: not connected
  MnMidiOut                out;
  MnControlPorts           ports;
  MnCc                     cc;
  MnCv                     cv;
  MnNotify                 notify;
} MnMonitor;

/// The value of an input port within its range; its default if it is not connected, or
/// not a number. Audio thread.
static inline double
mn_monitor_control(MnMonitor const* const monitor, unsigned const port)
{
  return mn_control_ports_read(&monitor->ports, port);
}

/// Runs a block: see run.c.
void
mn_monitor_run(MnMonitor* monitor, uint32_t frames) MN_REALTIME;

/// Restarts listening, and forgets all notes and counts; for activate().
void
mn_monitor_restart(MnMonitor* monitor) MN_REALTIME;

/// The interfaces behind extension_data(): see worker.c and state.c.
extern LV2_Worker_Interface const mn_monitor_worker;

struct LV2_State_Interface_s;
void const*
mn_monitor_state_interface(void);

/// The plugins of this folder: see monitor.c.
extern LV2_Descriptor const mn_monitor_descriptor;
extern LV2_Descriptor const mn_cv_descriptor;

#endif // MN_MONITOR_H
