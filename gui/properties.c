// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "properties.h"

#include <math.h>
#include <string.h>

double
mn_property_number(MnProperties* const reader,
                   LV2_URID const      key,
                   double const        low,
                   double const        high)
{
  double value = 0;
  if (!mn_atoms_number(reader->uris, reader->object, key, &value) ||
      !(value >= low && value <= high)) {
    reader->good = false;
    return low;
  }
  return value;
}

unsigned
mn_property_count(MnProperties* const reader,
                  LV2_URID const      key,
                  unsigned const      low,
                  unsigned const      high)
{
  return (unsigned)mn_property_number(reader, key, low, high);
}

bool
mn_property_bool(MnProperties* const reader, LV2_URID const key)
{
  LV2_Atom const* const atom = mn_atoms_get(reader->object, key);
  if (!atom || atom->type != reader->uris->atom_Bool || atom->size != sizeof(int32_t)) {
    reader->good = false;
    return false;
  }
  return ((LV2_Atom_Bool const*)atom)->body;
}

MnText
mn_property_text(MnProperties* const reader, LV2_URID const key)
{
  LV2_Atom const* const atom = mn_atoms_get(reader->object, key);
  if (!atom || atom->type != reader->uris->atom_String) {
    reader->good = false;
    return (MnText){"", 0};
  }
  return mn_atoms_text(atom);
}

// The elements of a vector of numbers of 4 bytes, and its length.
static void const*
get_vector(MnProperties* const reader,
           LV2_URID const      key,
           LV2_URID const      type,
           unsigned const      most,
           unsigned* const     count)
{
  LV2_Atom_Vector const* const vector =
    (LV2_Atom_Vector const*)mn_atoms_get(reader->object, key);
  *count = 0;
  if (!vector || vector->atom.type != reader->uris->atom_Vector ||
      vector->atom.size < sizeof(LV2_Atom_Vector_Body) ||
      vector->body.child_size != sizeof(float) || vector->body.child_type != type ||
      (vector->atom.size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float) > most) {
    reader->good = false;
    return NULL;
  }
  *count = (unsigned)((vector->atom.size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float));
  return vector + 1;
}

float const*
mn_property_floats(MnProperties* const reader,
                   LV2_URID const      key,
                   unsigned const      most,
                   unsigned* const     count)
{
  float const* const values =
    (float const*)get_vector(reader, key, reader->uris->atom_Float, most, count);
  for (unsigned i = 0; i < *count; ++i) {
    if (!isfinite(values[i])) {
      reader->good = false;
    }
  }
  return values;
}

float const*
mn_property_all_floats(MnProperties* const reader, LV2_URID const key, unsigned const count)
{
  unsigned           found  = 0;
  float const* const values = mn_property_floats(reader, key, count, &found);
  reader->good              = reader->good && found == count;
  return values;
}

int32_t const*
mn_property_words(MnProperties* const reader,
                  LV2_URID const      key,
                  unsigned const      most,
                  unsigned* const     count)
{
  return (int32_t const*)get_vector(reader, key, reader->uris->atom_Int, most, count);
}

int32_t const*
mn_property_ints(MnProperties* const reader,
                 LV2_URID const      key,
                 int32_t const       high,
                 unsigned const      most,
                 unsigned* const     count)
{
  int32_t const* const values =
    (int32_t const*)get_vector(reader, key, reader->uris->atom_Int, most, count);
  for (unsigned i = 0; i < *count; ++i) {
    if (values[i] < 0 || values[i] > high) {
      reader->good = false;
    }
  }
  return values;
}
