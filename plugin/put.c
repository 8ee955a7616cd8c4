// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "put.h"

#include "monitor.h"

#include <string.h>

// The forge writes to a buffer here: it has no sink, which might wait.
MN_TRUST_BEGIN

void
mn_put_sequence(MnMonitor* const m, LV2_Atom_Forge_Frame* const sequence)
{
  lv2_atom_forge_set_buffer(&m->forge, (uint8_t*)m->notify, m->notify->atom.size);
  lv2_atom_forge_sequence_head(&m->forge, sequence, 0);
}

bool
mn_put_object(MnMonitor* const            m,
              LV2_Atom_Forge_Frame* const frame,
              LV2_URID const              type,
              size_t const                size)
{
  LV2_Atom_Forge* const forge = &m->forge;
  if (forge->offset + size + 64 > forge->size) {
    return false;
  }
  lv2_atom_forge_frame_time(forge, 0);
  lv2_atom_forge_object(forge, frame, 0, type);
  return true;
}

void
mn_put_int(MnMonitor* const m, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_int(&m->forge, (int32_t)value);
}

void
mn_put_long(MnMonitor* const m, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_long(&m->forge, value);
}

void
mn_put_bool(MnMonitor* const m, LV2_URID const key, bool const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_bool(&m->forge, value);
}

void
mn_put_float(MnMonitor* const m, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_float(&m->forge, (float)value);
}

void
mn_put_double(MnMonitor* const m, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_double(&m->forge, value);
}

void
mn_put_text(MnMonitor* const m, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_string(&m->forge, text, (uint32_t)strlen(text));
}

void
mn_put_vector(MnMonitor* const  m,
              LV2_URID const    key,
              LV2_URID const    type,
              unsigned const    elements,
              void const* const values)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_vector(&m->forge, sizeof(int32_t), type, elements, values);
}

void
mn_put_urid(MnMonitor* const m, LV2_URID const key, LV2_URID const value)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_urid(&m->forge, value);
}

void
mn_put_path(MnMonitor* const m, LV2_URID const key, char const* const path)
{
  lv2_atom_forge_key(&m->forge, key);
  lv2_atom_forge_path(&m->forge, path, (uint32_t)strlen(path));
}

// A line a neuron, piece by piece, since nothing bounds the whole but the model.
void
mn_put_labels(MnMonitor* const m, MnReadoutTable const* const table, size_t const size)
{
  LV2_Atom_Forge* const forge = &m->forge;
  lv2_atom_forge_key(forge, m->uris.mn_labels);
  lv2_atom_forge_atom(forge, (uint32_t)size + 1, m->uris.atom_String);
  for (unsigned i = 0; table->labels && i < table->music; ++i) {
    MnLabel const* const label = &table->labels[i];
    lv2_atom_forge_raw(forge, label->label, (uint32_t)strlen(label->label));
    lv2_atom_forge_raw(forge, "\t", 1);
    lv2_atom_forge_raw(forge, label->features, (uint32_t)strlen(label->features));
    lv2_atom_forge_raw(forge, "\n", 1);
  }
  lv2_atom_forge_raw(forge, "", 1);
  lv2_atom_forge_pad(forge, (uint32_t)size + 1);
}

MN_TRUST_END
