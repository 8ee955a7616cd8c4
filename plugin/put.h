// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes atoms to the port `notify`. All functions: audio thread.

#ifndef MN_PUT_H
#define MN_PUT_H

#include "model/model.h"

#include <lv2/atom/forge.h>
#include <stdbool.h>

typedef struct MnMonitor MnMonitor;

/// Each property takes its head, and its value is padded to 8 bytes.
enum { MN_PUT_PROPERTY = 16 + 8 };

/// What a property takes that is a vector of numbers of 4 bytes.
static inline size_t
mn_put_vector_size(size_t const elements)
{
  return MN_PUT_PROPERTY + 8 + 4 * elements;
}

/// Begins the sequence; lv2_atom_forge_pop() ends it.
void
mn_put_sequence(MnMonitor* monitor, LV2_Atom_Forge_Frame* sequence) MN_REALTIME;

/// Begins a message, whose properties take `size` bytes; lv2_atom_forge_pop() ends
/// it. @return false if it has no room: it waits for the next block.
bool
mn_put_object(MnMonitor* monitor, LV2_Atom_Forge_Frame* frame, LV2_URID type, size_t size)
  MN_REALTIME;

void
mn_put_int(MnMonitor* monitor, LV2_URID key, int64_t value) MN_REALTIME;
void
mn_put_long(MnMonitor* monitor, LV2_URID key, int64_t value) MN_REALTIME;
void
mn_put_bool(MnMonitor* monitor, LV2_URID key, bool value) MN_REALTIME;
void
mn_put_float(MnMonitor* monitor, LV2_URID key, double value) MN_REALTIME;
void
mn_put_double(MnMonitor* monitor, LV2_URID key, double value) MN_REALTIME;
void
mn_put_urid(MnMonitor* monitor, LV2_URID key, LV2_URID value) MN_REALTIME;
void
mn_put_path(MnMonitor* monitor, LV2_URID key, char const* path) MN_REALTIME;
void
mn_put_text(MnMonitor* monitor, LV2_URID key, char const* text) MN_REALTIME;

/// Numbers of 4 bytes: atom:Int or atom:Float.
void
mn_put_vector(MnMonitor*  monitor,
              LV2_URID    key,
              LV2_URID    type,
              unsigned    elements,
              void const* values) MN_REALTIME;

/// The labels of a model, which are `size` bytes.
void
mn_put_labels(MnMonitor* monitor, MnReadoutTable const* table, size_t size) MN_REALTIME;

#endif // MN_PUT_H
