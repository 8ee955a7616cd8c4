// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
bytes_of(char const* const dtype)
{
  return !strcmp(dtype, "I8") ? 1 : !strcmp(dtype, "I16") ? 2 : 4;
}

void*
model_add_tensor(ModelFile* const  file,
                 char const* const name,
                 char const* const dtype,
                 size_t const      rows,
                 size_t const      columns)
{
  size_t const  size  = bytes_of(dtype) * (rows ? rows : 1) * columns;
  json_t* const shape = json_array();
  if (rows) {
    json_array_append_new(shape, json_integer((json_int_t)rows));
  }
  json_array_append_new(shape, json_integer((json_int_t)columns));
  json_object_set_new(file->header,
                      name,
                      json_pack("{s:s, s:o, s:[I, I]}",
                                "dtype",
                                dtype,
                                "shape",
                                shape,
                                "data_offsets",
                                (json_int_t)file->size,
                                (json_int_t)(file->size + size)));
  file->data = (char*)realloc(file->data, file->size + size);
  assert_non_null(file->data);
  memset(file->data + file->size, 0, size);
  file->size += size;
  return file->data + file->size - size;
}

// No accumulator may exceed this: half of what the loader allows.
static int64_t const most = (int64_t)1 << 30;

// Adds random weights. Returns the largest possible sum of a row, which is at most half
// of `most`: the other half is for the start value.
static int32_t
add_matrix(ModelFile* const        file,
           char const* const       name,
           size_t const            rows,
           size_t const            columns,
           ModelShape const* const shape,
           Random* const           random)
{
  int64_t const fair  = (most / 2 >> shape->hidden_frac) / (int64_t)columns;
  int64_t const range = shape->wide ? INT16_MAX : INT8_MAX;
  int32_t const limit = (int32_t)(fair < range ? fair : range);
  void* const out = model_add_tensor(file, name, shape->wide ? "I16" : "I8", rows, columns);
  for (size_t i = 0; i < rows * columns; ++i) {
    int32_t const weight = random_from(random, -limit, limit);
    if (shape->wide) {
      int16_t const narrow = (int16_t)weight;
      memcpy((char*)out + 2 * i, &narrow, sizeof(narrow));
    } else {
      ((int8_t*)out)[i] = (int8_t)weight;
    }
  }
  return (int32_t)(limit * (int64_t)columns << shape->hidden_frac);
}

void
model_add_integers(ModelFile* const  file,
                   char const* const name,
                   size_t const      rows,
                   size_t const      columns,
                   int32_t const     low,
                   int32_t const     high,
                   Random* const     random)
{
  char* const  out   = (char*)model_add_tensor(file, name, "I32", rows, columns);
  size_t const count = (rows ? rows : 1) * columns;
  for (size_t i = 0; i < count; ++i) {
    int32_t const value = random_from(random, low, high);
    memcpy(out + 4 * i, &value, sizeof(value));
  }
}

void
model_add_floats(ModelFile* const  file,
                 char const* const name,
                 size_t const      rows,
                 size_t const      columns,
                 bool const        ascending,
                 Random* const     random)
{
  char* const out = (char*)model_add_tensor(file, name, "F32", rows, columns);
  float       sum = 0;
  for (size_t i = 0; i < (rows ? rows : 1) * columns; ++i) {
    float const value = (float)random_from(random, 0, 1000) / 1000;
    sum               = i % columns != 0 ? sum + value : -30;
    float const put   = ascending ? sum : value - 0.5F;
    memcpy(out + 4 * i, &put, sizeof(put));
  }
}

// Scales sums of up to 2 * `bound` to at most 8 in Q16, which opens a gate wide.
static void
add_multipliers(ModelFile* const  file,
                char const* const name,
                size_t const      rows,
                int32_t const     bound,
                Random* const     random)
{
  int64_t const high = ((int64_t)1 << 50) / bound;
  int32_t const cut  = (int32_t)(high < INT32_MAX ? high : INT32_MAX);
  model_add_integers(file, name, 0, rows, cut / 32, cut, random);
}

void
model_add_linear(ModelFile* const        file,
                 char const* const       name,
                 size_t const            rows,
                 size_t const            columns,
                 ModelShape const* const shape,
                 Random* const           random)
{
  char tensor[80];
  snprintf(tensor, sizeof(tensor), "%s/weight", name);
  int32_t const bound = add_matrix(file, tensor, rows, columns, shape, random);
  snprintf(tensor, sizeof(tensor), "%s/bias", name);
  model_add_integers(file, tensor, 0, rows, -bound, bound, random);
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  add_multipliers(file, tensor, rows, bound, random);
}

void
model_add_lstm(ModelFile* const        file,
               char const* const       folder,
               unsigned const          hidden,
               ModelShape const* const shape,
               Random* const           random)
{
  size_t const gates = 4 * (size_t)hidden;
  char         name[64];
  snprintf(name, sizeof(name), "%s/recurrent", folder);
  int32_t const bound = add_matrix(file, name, gates, hidden, shape, random);
  snprintf(name, sizeof(name), "%s/input", folder);
  model_add_integers(file, name, MN_CLASSES, gates, -bound, bound, random);
  snprintf(name, sizeof(name), "%s/multiplier", folder);
  add_multipliers(file, name, gates, bound, random);
}
