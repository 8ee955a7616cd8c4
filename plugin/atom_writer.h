// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes messages to the UI into an atom forge. All functions: audio thread.

#ifndef MN_ATOM_WRITER_H
#define MN_ATOM_WRITER_H

#include "model/model.h"

#include <lv2/atom/forge.h>
#include <stdbool.h>

/// Bytes of a property whose value has at most 8: its head, and the padded value.
enum { MN_WRITE_PROPERTY = 16 + 8 };

/// Bytes of a message beside its properties, and some to spare.
enum { MN_WRITE_OBJECT = 64 };

/// Bytes of a property that is a vector of numbers of 4 bytes.
static inline size_t
mn_write_vector_size(size_t const elements)
{
  return MN_WRITE_PROPERTY + 8 + 4 * elements;
}

/// Begins to append to a sequence of whole events, whose body may grow to `room` bytes.
void
mn_write_behind(LV2_Atom_Forge* forge, LV2_Atom_Sequence* sequence, uint32_t room)
  MN_REALTIME;

/// Begins a message at `time` in frames, whose properties take `size` bytes;
/// lv2_atom_forge_pop() ends it.
/// @return false if the sequence has no room for it.
bool
mn_write_object(LV2_Atom_Forge*       forge,
                LV2_Atom_Forge_Frame* frame,
                int64_t               time,
                LV2_URID              type,
                size_t                size) MN_REALTIME;

void
mn_write_int(LV2_Atom_Forge* forge, LV2_URID key, int64_t value) MN_REALTIME;
void
mn_write_long(LV2_Atom_Forge* forge, LV2_URID key, int64_t value) MN_REALTIME;
void
mn_write_bool(LV2_Atom_Forge* forge, LV2_URID key, bool value) MN_REALTIME;
void
mn_write_float(LV2_Atom_Forge* forge, LV2_URID key, double value) MN_REALTIME;
void
mn_write_double(LV2_Atom_Forge* forge, LV2_URID key, double value) MN_REALTIME;
void
mn_write_urid(LV2_Atom_Forge* forge, LV2_URID key, LV2_URID value) MN_REALTIME;
void
mn_write_path(LV2_Atom_Forge* forge, LV2_URID key, char const* path) MN_REALTIME;
void
mn_write_string(LV2_Atom_Forge* forge, LV2_URID key, char const* text) MN_REALTIME;

/// Writes numbers of 4 bytes: `type` is atom:Int or atom:Float.
void
mn_write_vector(LV2_Atom_Forge* forge,
                LV2_URID        key,
                LV2_URID        type,
                unsigned        elements,
                void const*     values) MN_REALTIME;

/// Writes at most MN_MAX_STEPS tokens as a vector of atom:Int, which is `type`.
void
mn_write_tokens(LV2_Atom_Forge* forge,
                LV2_URID        key,
                LV2_URID        type,
                unsigned        steps,
                uint8_t const*  tokens) MN_REALTIME;

/// Bytes that a message's properties may take so that the sequence has room for it.
static inline size_t
mn_write_room(LV2_Atom_Forge const* const forge)
{
  size_t const used = forge->offset + MN_WRITE_OBJECT;
  return used < forge->size ? forge->size - used : 0;
}

/// Bytes of a label's line.
size_t
mn_write_label_size(MnLabel const* label) MN_REALTIME;

/// Writes labels of music neurons, a line each, which are `size` bytes together.
void
mn_write_labels(LV2_Atom_Forge* forge,
                LV2_URID        key,
                MnLabel const*  labels,
                unsigned        count,
                size_t          size) MN_REALTIME;

/// Bytes of mn_write_axes()'s text, without the 0 at its end.
size_t
mn_write_axes_size(MnReadoutTable const* table) MN_REALTIME;

/// Bytes of the properties of mn_write_landmarks().
size_t
mn_write_landmarks_size(MnReadoutTable const* table) MN_REALTIME;

/// Writes the names of a model's landmarks, a line each, and their places.
void
mn_write_landmarks(LV2_Atom_Forge*       forge,
                   LV2_URID              names,
                   LV2_URID              places,
                   MnReadoutTable const* table) MN_REALTIME;

/// Writes the names of a model's axes, a line each, which are `size` bytes.
void
mn_write_axes(LV2_Atom_Forge* forge, LV2_URID key, MnReadoutTable const* table, size_t size)
  MN_REALTIME;

/// Bytes of mn_write_styles()'s text, without the 0 at its end.
size_t
mn_write_styles_size(MnStyleTable const* table) MN_REALTIME;

/// Writes the names of a model's styles, a line each, which are `size` bytes.
void
mn_write_styles(LV2_Atom_Forge* forge, LV2_URID key, MnStyleTable const* table, size_t size)
  MN_REALTIME;

#endif // MN_ATOM_WRITER_H
