// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A host around the plugin's own code, without lilv: it gives the plugin what a
/// fuzzer made up, and looks at all that comes back.

#ifndef MN_FUZZ_ATOM_HOST_H
#define MN_FUZZ_ATOM_HOST_H

#include "monitor.h"
#include "work.h"

enum { ATOM_HOST_EVENTS = 1 << 14, ATOM_HOST_WORK = 4 };

typedef struct {
  LV2_Descriptor const* descriptor;
  MnMonitor*            plugin; ///< its handle
  LV2_URID_Map          map;
  LV2_Log_Log           log;
  LV2_Worker_Schedule   schedule;
  MnUris                uris;
  bool                  has_cv;
  unsigned              queued;
  MnWork                work[ATOM_HOST_WORK];
  size_t                used; ///< bytes of events for the next block
  uint8_t               events[ATOM_HOST_EVENTS];
  float                 control[MN_PORT_COUNT];
} AtomHost;

/// Makes an instance, of a kind for each bit of `choice`: bit 0 is the sibling
/// with CV, bit 1 no worker.
AtomHost*
atom_host_new(unsigned choice);

void
atom_host_free(AtomHost* host);

/// Adds bytes to the sequence of the next block, as many as there is room for.
void
atom_host_put(AtomHost* host, void const* bytes, size_t size);

/// Runs a block with a sequence of these bytes, then there are none. What comes
/// out must be well-formed, hold every MIDI message of `in` if `room` (bytes on
/// `out`) is large, and every value must be in its range.
void
atom_host_run(AtomHost* host, uint32_t frames, uint32_t room);

/// Does what the worker was given.
void
atom_host_work(AtomHost* host);

/// Sets an input control, of those that there are.
void
atom_host_control(AtomHost* host, unsigned control, float value);

/// The path of a model that is good, or of none.
char const*
atom_host_model(AtomHost const* host, uint64_t choice);

/// Restores a state that holds one value: the model, or that it is the bundle's.
void
atom_host_restore(AtomHost* host, bool own, LV2_URID type, void const* bytes, size_t size);

#endif // MN_FUZZ_ATOM_HOST_H
