// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantised.h"

#include <stdlib.h>
#include <string.h>

// Up to this size, int16 weights that are read in every step stay in a cache of the
// processor.
enum { INT16_BYTES_MOST = 4 << 20 };

MnWeightsType
mn_quantised_type_of(size_t const count, MnWeightsType const type)
{
  return type != MN_WEIGHTS_AUTO         ? type
         : 2 * count <= INT16_BYTES_MOST ? MN_WEIGHTS_INT16
                                         : MN_WEIGHTS_INT8;
}

// Adds a tensor, with memory for its values.
static void*
add_tensor(MnQuantised* const q,
           char const* const  name,
           MnDtype const      dtype,
           unsigned const     dimensions,
           size_t const       rows,
           size_t const       columns)
{
  size_t const width = dtype == MN_DTYPE_I8 ? 1 : dtype == MN_DTYPE_I16 ? 2 : 4;
  void* const  data  = malloc(width * rows * columns);
  if (data) {
    q->arrays[q->count] = data;
    q->tensors[q->count++] =
      (MnModelTensor){name, dtype, dimensions, {rows, columns}, data};
  }
  return data;
}

bool
mn_quantised_add(MnQuantised* const            q,
                 MnQuantisedNames const* const names,
                 bool const                    table,
                 MnQuantiseMatrix              m,
                 MnError* const                error)
{
  m.name = names->weight;
  m.q =
    add_tensor(q, names->weight, m.wide ? MN_DTYPE_I16 : MN_DTYPE_I8, 2, m.rows, m.columns);
  m.units =
    (int32_t*)(table
                 ? add_tensor(q, names->constant, MN_DTYPE_I32, 2, m.constant_count, m.rows)
                 : add_tensor(q, names->constant, MN_DTYPE_I32, 1, m.rows, 1));
  m.multiplier = (int32_t*)add_tensor(q, names->multiplier, MN_DTYPE_I32, 1, m.rows, 1);
  if (!m.q || !m.units || !m.multiplier) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  return mn_quantise_matrix(&m, error);
}

void*
mn_quantised_values(MnQuantised const* const q, char const* const name, size_t shape[2])
{
  size_t i = 0;
  while (strcmp(q->tensors[i].name, name)) {
    ++i;
  }
  memcpy(shape, q->tensors[i].shape, sizeof(q->tensors[i].shape));
  return q->arrays[i];
}

void
mn_quantised_free(MnQuantised* const q)
{
  for (size_t i = 0; i < q->count; ++i) {
    free(q->arrays[i]);
  }
  q->count = 0;
}
