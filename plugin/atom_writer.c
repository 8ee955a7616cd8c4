// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "atom_writer.h"

#include <string.h>

// The forge writes to a buffer. It has no sink that could wait.
MN_TRUST_BEGIN

void
mn_write_sequence(LV2_Atom_Forge* const       forge,
                  LV2_Atom_Sequence* const    port,
                  LV2_Atom_Forge_Frame* const frame)
{
  lv2_atom_forge_set_buffer(forge, (uint8_t*)port, port->atom.size);
  lv2_atom_forge_sequence_head(forge, frame, 0);
}

bool
mn_write_object(LV2_Atom_Forge* const       forge,
                LV2_Atom_Forge_Frame* const frame,
                LV2_URID const              type,
                size_t const                size)
{
  if (forge->offset + size + 64 > forge->size) {
    return false;
  }
  lv2_atom_forge_frame_time(forge, 0);
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

// A stability after a tab: "0.25".
typedef char Hundredths[1 + 4];

static void
write_hundredths(LV2_Atom_Forge* const forge, double const value)
{
  int const        hundredths = value < 1 ? (int)(value * 100) : 100; // never too many
  Hundredths const text       = {'\t',
                                 (char)('0' + hundredths / 100),
                                 '.',
                                 (char)('0' + hundredths / 10 % 10),
                                 (char)('0' + hundredths % 10)};
  lv2_atom_forge_raw(forge, text, sizeof(text));
}

static void
write_piece(LV2_Atom_Forge* const forge, char const* const text, char const* const end)
{
  lv2_atom_forge_raw(forge, text, (uint32_t)strlen(text));
  lv2_atom_forge_raw(forge, end, (uint32_t)strlen(end));
}

size_t
mn_write_labels_size(MnReadoutTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; table->labels && i < table->music; ++i) {
    MnLabel const* const label = &table->labels[i];
    size += strlen(label->label) + strlen(label->features) + 2;
    size += label->stability > 0 ? sizeof(Hundredths) : 0;
  }
  return size;
}

// Writes the text piece by piece: only the model bounds its size.
void
mn_write_labels(LV2_Atom_Forge* const       forge,
                LV2_URID const              key,
                MnReadoutTable const* const table,
                size_t const                size)
{
  lv2_atom_forge_key(forge, key);
  lv2_atom_forge_atom(forge, (uint32_t)size + 1, forge->String);
  for (unsigned i = 0; table->labels && i < table->music; ++i) {
    MnLabel const* const label = &table->labels[i];
    write_piece(forge, label->label, "\t");
    write_piece(forge, label->features, "");
    if (label->stability > 0) {
      write_hundredths(forge, label->stability);
    }
    write_piece(forge, "", "\n");
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

size_t
mn_write_axes_size(MnReadoutTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; table->axes && i < MN_AXES; ++i) {
    MnAxis const* const axis = &table->axes[i];
    size += strlen(axis->name) + strlen(axis->low) + strlen(axis->high) + 3;
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
    write_piece(forge, table->axes[i].name, "\t");
    write_piece(forge, table->axes[i].low, "\t");
    write_piece(forge, table->axes[i].high, "\n");
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

MN_TRUST_END
