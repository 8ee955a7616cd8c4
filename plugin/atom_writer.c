// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "atom_writer.h"

#include <string.h>

// The forge writes to a buffer. It has no sink that could wait.
MN_TRUST_BEGIN

void
mn_write_behind(LV2_Atom_Forge* const    forge,
                LV2_Atom_Sequence* const sequence,
                uint32_t const           room)
{
  uint32_t const used = sequence->atom.size;
  lv2_atom_forge_set_buffer(forge, (uint8_t*)&sequence->body + used, room - used);
}

bool
mn_write_object(LV2_Atom_Forge* const       forge,
                LV2_Atom_Forge_Frame* const frame,
                int64_t const               time,
                LV2_URID const              type,
                size_t const                size)
{
  if (size > mn_write_room(forge)) {
    return false;
  }
  lv2_atom_forge_frame_time(forge, time);
  lv2_atom_forge_object(forge, frame, 0, type);
  return true;
}

void
mn_write_int(LV2_Atom_Forge* const forge, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_int(forge, (int32_t)value);
}

void
mn_write_long(LV2_Atom_Forge* const forge, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_long(forge, value);
}

void
mn_write_bool(LV2_Atom_Forge* const forge, LV2_URID const key, bool const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_bool(forge, value);
}

void
mn_write_float(LV2_Atom_Forge* const forge, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_float(forge, (float)value);
}

void
mn_write_double(LV2_Atom_Forge* const forge, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_double(forge, value);
}

void
mn_write_string(LV2_Atom_Forge* const forge, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_string(forge, text, (uint32_t)strlen(text));
}

void
mn_write_vector(LV2_Atom_Forge* const forge,
                LV2_URID const        key,
                LV2_URID const        type,
                unsigned const        elements,
                void const* const     values)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_vector(forge, sizeof(int32_t), type, elements, values);
}

void
mn_write_urid(LV2_Atom_Forge* const forge, LV2_URID const key, LV2_URID const value)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_urid(forge, value);
}

void
mn_write_path(LV2_Atom_Forge* const forge, LV2_URID const key, char const* const path)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_path(forge, path, (uint32_t)strlen(path));
}

// The end of a label's line, with its stability after a tab if that is known.
typedef char LineEnd[1 + 4 + 1];

static size_t
write_line_end(LineEnd end, double const stability)
{
  if (!(stability > 0)) {
    end[0] = '\n';
    return 1;
  }
  int const     hundredths = stability < 1 ? (int)(stability * 100) : 100; // cut off
  LineEnd const known      = {'\t',
                              (char)('0' + hundredths / 100),
                              '.',
                              (char)('0' + hundredths / 10 % 10),
                              (char)('0' + hundredths % 10),
                              '\n'};
  memcpy(end, known, sizeof(known));
  return sizeof(known);
}

void
mn_write_tokens(LV2_Atom_Forge* const forge,
                LV2_URID const        key,
                LV2_URID const        type,
                unsigned const        steps,
                uint8_t const* const  tokens)
{
  int32_t values[MN_MAX_STEPS];
  for (unsigned i = 0; i < steps; ++i) {
    values[i] = tokens[i];
  }
  mn_write_vector(forge, key, type, steps, values);
}

size_t
mn_write_label_size(MnLabel const* const label)
{
  return strlen(label->label) + 1 + strlen(label->opposite) + 1 + strlen(label->features) +
         (label->stability > 0 ? sizeof(LineEnd) : 1);
}

// Writes the text piece by piece: only the model bounds its size.
void
mn_write_labels(LV2_Atom_Forge* const forge,
                LV2_URID const        key,
                MnLabel const* const  labels,
                unsigned const        count,
                size_t const          size)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_atom(forge, (uint32_t)size + 1, forge->String);
  for (unsigned i = 0; i < count; ++i) {
    MnLabel const* const label = &labels[i];
    LineEnd              end;
    size_t const         length = write_line_end(end, label->stability);
    lv2_atom_forge_raw(forge, label->label, (uint32_t)strlen(label->label));
    lv2_atom_forge_raw(forge, "\t", 1);
    lv2_atom_forge_raw(forge, label->opposite, (uint32_t)strlen(label->opposite));
    lv2_atom_forge_raw(forge, "\t", 1);
    lv2_atom_forge_raw(forge, label->features, (uint32_t)strlen(label->features));
    lv2_atom_forge_raw(forge, end, (uint32_t)length);
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

size_t
mn_write_axes_size(MnReadoutTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; table->axes && i < MN_AXES; ++i) {
    size += strlen(table->axes[i].name) + 1;
  }
  return size;
}

void
mn_write_axes(LV2_Atom_Forge* const       forge,
              LV2_URID const              key,
              MnReadoutTable const* const table,
              size_t const                size)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_atom(forge, (uint32_t)size + 1, forge->String);
  for (unsigned i = 0; table->axes && i < MN_AXES; ++i) {
    char const* const name = table->axes[i].name;
    lv2_atom_forge_raw(forge, name, (uint32_t)strlen(name));
    lv2_atom_forge_raw(forge, "\n", 1);
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

size_t
mn_write_styles_size(MnStyleTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; i < table->count; ++i) {
    size += strlen(table->name[i]) + 1;
  }
  return size;
}

void
mn_write_styles(LV2_Atom_Forge* const     forge,
                LV2_URID const            key,
                MnStyleTable const* const table,
                size_t const              size)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_atom(forge, (uint32_t)size + 1, forge->String);
  for (unsigned i = 0; i < table->count; ++i) {
    lv2_atom_forge_raw(forge, table->name[i], (uint32_t)strlen(table->name[i]));
    lv2_atom_forge_raw(forge, "\n", 1);
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

static size_t
landmark_text_size(MnReadoutTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; i < table->landmark_count; ++i) {
    size += strlen(table->landmarks[i].name) + 1;
  }
  return size;
}

size_t
mn_write_landmarks_size(MnReadoutTable const* const table)
{
  return MN_WRITE_PROPERTY + landmark_text_size(table) +
         mn_write_vector_size(MN_AXES * (size_t)table->landmark_count);
}

void
mn_write_landmarks(LV2_Atom_Forge* const       forge,
                   LV2_URID const              names,
                   LV2_URID const              places,
                   MnReadoutTable const* const table)
{
  uint32_t const size = (uint32_t)landmark_text_size(table) + 1;
  float          all[MN_MAX_LANDMARKS * MN_AXES];
  lv2_atom_forge_key(forge, names);
  lv2_atom_forge_atom(forge, size, forge->String);
  for (unsigned i = 0; i < table->landmark_count; ++i) {
    char const* const name = table->landmarks[i].name;
    lv2_atom_forge_raw(forge, name, (uint32_t)strlen(name));
    lv2_atom_forge_raw(forge, "\n", 1);
    memcpy(all + MN_AXES * i, table->landmarks[i].axes, MN_AXES * sizeof(float));
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, size);
  mn_write_vector(forge, places, forge->Float, MN_AXES * table->landmark_count, all);
}

MN_TRUST_END
