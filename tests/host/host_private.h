// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Shared by the source files of the host.

#ifndef MN_HOST_PRIVATE_H
#define MN_HOST_PRIVATE_H

#include "host.h"
#include "worker.h"

#include "monitor.h"
#include "player_plugin.h"

#include <lv2/log/log.h>
#include <lv2/urid/urid.h>
#include <pthread.h>

enum { SEQUENCE_SIZE = 1 << 18, MAX_URIDS = 1024, MAX_PORTS = 256, LOG_SIZE = 1 << 16 };

typedef union {
  LV2_Atom_Sequence sequence;
  uint8_t           bytes[SEQUENCE_SIZE];
} Buffer;

struct Host {
  LilvWorld*           world;
  LilvPlugin const*    plugin;
  double               rate;
  LilvInstance*        instance;
  MnMonitor*           monitor; // the same, from inside; NULL: it is the player
  MnClock*             clock;   // the plugin's
  MnClock              own_clock;
  Worker*              worker;
  LV2_URID_Map         map;
  LV2_URID_Unmap       unmap;
  LV2_Log_Log          log;
  LV2_Feature          features[4];
  LV2_Feature const*   feature_list[5];
  pthread_mutex_t      lock; // for the URIDs and the log: plugins use them from any thread
  char*                urids[MAX_URIDS];
  unsigned             urid_count;
  char                 log_text[LOG_SIZE];
  LV2_Atom_Forge       forge;
  LV2_Atom_Forge_Frame frame;
  Buffer               in;
  Buffer               from_plugin; // the one output of events, as the plugin writes it
  Buffer               out;         // its MIDI
  Buffer               notify;      // the rest of it
  char                 told_model[4096];
  bool                 has_told;
  uint32_t             frames;
  uint32_t             out_capacity;
  bool                 shares_buffer;
  float                control[MAX_PORTS];
  float*               cv[MAX_PORTS]; // of CV ports: two buffers, used in turn
  bool                 odd_block;
};

LV2_URID
host_urid(Host* host, char const* uri);

/// Begin the events of the next block, and complete them before it runs.
void
host_begin_events(Host* host);
void
host_end_events(Host* host);

/// Routes what the plugin wrote as hosts do: MIDI on, the rest to the window. Reads the
/// messages among it.
void
host_route(Host* host);

#endif // MN_HOST_PRIVATE_H
