// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Checkpoints that are one safetensors file.

#include "formats.h"
#include "model/safetensors.h"

#include <string.h>

static struct {
  char const* name;
  MnStored    stored;
  size_t      bytes;
} const types[] = {
  [MN_DTYPE_I8]   = {"int8", MN_STORED_OTHER, 1},
  [MN_DTYPE_I16]  = {"int16", MN_STORED_OTHER, 2},
  [MN_DTYPE_I32]  = {"int32", MN_STORED_OTHER, 4},
  [MN_DTYPE_F32]  = {"float32", MN_STORED_FLOAT32, 4},
  [MN_DTYPE_U8]   = {"uint8", MN_STORED_OTHER, 1},
  [MN_DTYPE_BOOL] = {"bool", MN_STORED_OTHER, 1},
  [MN_DTYPE_U16]  = {"uint16", MN_STORED_OTHER, 2},
  [MN_DTYPE_F16]  = {"float16", MN_STORED_FLOAT16, 2},
  [MN_DTYPE_BF16] = {"bfloat16", MN_STORED_BFLOAT16, 2},
  [MN_DTYPE_U32]  = {"uint32", MN_STORED_OTHER, 4},
  [MN_DTYPE_I64]  = {"int64", MN_STORED_OTHER, 8},
  [MN_DTYPE_U64]  = {"uint64", MN_STORED_OTHER, 8},
  [MN_DTYPE_F64]  = {"float64", MN_STORED_FLOAT64, 8},
};

static bool
find_tensor(void* const          reader,
            MnEntry const* const entry,
            MnBytes* const       bytes,
            MnError* const       error)
{
  MnTensor tensor;
  if (!mn_safetensors_find((MnSafetensors const*)reader, entry->name, &tensor)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "is missing");
    return false;
  }
  *bytes = (MnBytes){(uint8_t const*)tensor.data, (size_t)entry->size};
  return true;
}

static void
close_file(void* const reader)
{
  mn_safetensors_close((MnSafetensors*)reader);
}

static char const*
find_text(void const* const reader, char const* const key)
{
  return mn_safetensors_metadata((MnSafetensors const*)reader, key);
}

static MnFormat const format = {"safetensors file", find_tensor, close_file, find_text};

static bool
list_tensor(MnCheckpoint* const checkpoint, char const* const name, MnError* const error)
{
  MnTensor      tensor;
  MnBytes const text = {(uint8_t const*)name, strlen(name)};
  if (!mn_safetensors_find((MnSafetensors const*)checkpoint->reader, name, &tensor)) {
    return true; // the metadata
  }
  MnEntry* const entry = mn_checkpoint_add(checkpoint, text, error);
  if (!entry) {
    return false;
  }
  for (unsigned i = 0; i < tensor.dimensions; ++i) {
    if (!mn_entry_extend(entry, tensor.shape[i], error)) {
      return false;
    }
  }
  entry->tensor.dtype = types[tensor.dtype].name;
  entry->stored       = types[tensor.dtype].stored;
  entry->size         = tensor.elements * types[tensor.dtype].bytes;
  return true;
}

bool
mn_tensorfile_open(MnCheckpoint* const checkpoint,
                   char const* const   path,
                   MnError* const      error)
{
  MnSafetensors* const file = mn_safetensors_open(path, error);
  if (!file) {
    return false;
  }
  checkpoint->format = &format;
  checkpoint->reader = file;
  char const* name   = NULL;
  while ((name = mn_safetensors_next(file, name))) {
    if (!list_tensor(checkpoint, name, error)) {
      return false;
    }
  }
  return true;
}
