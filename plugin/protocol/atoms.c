// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "atoms.h"

#include <string.h>

LV2_Atom_Event const*
mn_atoms_first(MnUris const* const uris, LV2_Atom_Sequence const* const sequence)
{
  if (!sequence || sequence->atom.type != uris->atom_Sequence ||
      sequence->atom.size < sizeof(LV2_Atom_Sequence_Body)) {
    return NULL;
  }
  return mn_atoms_event_at(sequence, (char const*)(&sequence->body + 1));
}

uint32_t
mn_atoms_left(LV2_Atom_Sequence const* const sequence, LV2_Atom_Event const* const event)
{
  return (uint32_t)mn_atoms_padded((size_t)(mn_atoms_end(sequence) - (char const*)event));
}

LV2_Atom_Object const*
mn_atoms_object(MnUris const* const uris, LV2_Atom const* const atom)
{
  bool const is_object =
    (atom->type == uris->atom_Object || atom->type == uris->atom_Blank) &&
    atom->size >= sizeof(LV2_Atom_Object_Body);
  return is_object ? (LV2_Atom_Object const*)atom : NULL;
}

LV2_Atom const*
mn_atoms_get(LV2_Atom_Object const* const object, LV2_URID const key)
{
  size_t const head = offsetof(LV2_Atom_Property_Body, value) + sizeof(LV2_Atom);
  size_t       left = object->atom.size - sizeof(LV2_Atom_Object_Body);
  char const*  at   = (char const*)(&object->body + 1);
  while (left >= head) {
    LV2_Atom_Property_Body const* const property =
      (LV2_Atom_Property_Body const*)(void const*)at;
    if (property->value.size > left - head) {
      return NULL;
    }
    if (property->key == key) {
      return &property->value;
    }
    size_t const size = head + mn_atoms_padded(property->value.size);
    if (size >= left) {
      return NULL;
    }
    at += size;
    left -= size;
  }
  return NULL;
}

bool
mn_atoms_number(MnUris const* const          uris,
                LV2_Atom_Object const* const object,
                LV2_URID const               key,
                double* const                number)
{
  LV2_Atom const* const atom = mn_atoms_get(object, key);
  if (!atom) {
    return false;
  }
  if (atom->type == uris->atom_Float && atom->size == sizeof(float)) {
    *number = (double)((LV2_Atom_Float const*)atom)->body;
  } else if (atom->type == uris->atom_Double && atom->size == sizeof(double)) {
    *number = ((LV2_Atom_Double const*)atom)->body;
  } else if (atom->type == uris->atom_Int && atom->size == sizeof(int32_t)) {
    *number = ((LV2_Atom_Int const*)atom)->body;
  } else if (atom->type == uris->atom_Long && atom->size == sizeof(int64_t)) {
    *number = (double)((LV2_Atom_Long const*)atom)->body;
  } else {
    return false;
  }
  return true;
}

LV2_URID
mn_atoms_urid(MnUris const* const uris, LV2_Atom const* const atom)
{
  return atom && atom->type == uris->atom_URID && atom->size == sizeof(LV2_URID)
           ? ((LV2_Atom_URID const*)atom)->body
           : 0;
}

MnText
mn_atoms_text(LV2_Atom const* const atom)
{
  char const* const text = (char const*)(atom + 1);
  char const* const end  = (char const*)memchr(text, '\0', atom->size);
  return (MnText){text, end ? (size_t)(end - text) : atom->size};
}

MnText
mn_atoms_model_path(MnUris const* const uris, LV2_Atom_Object const* const object)
{
  LV2_URID const property = mn_atoms_urid(uris, mn_atoms_get(object, uris->patch_property));
  LV2_Atom const* const value = mn_atoms_get(object, uris->patch_value);
  if (object->body.otype != uris->patch_Set || property != uris->model || !value ||
      value->type != uris->atom_Path) {
    return (MnText){NULL, 0};
  }
  return mn_atoms_text(value);
}
