// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "format.h"

#include <stdlib.h>
#include <string.h>

// Far more than any model has. This bounds what a file can make us allocate: 20 MB.
enum { MAX_TENSORS = 1 << 14, MAX_NAME = 1024 };

// This bound keeps counts of bytes from overflowing.
static size_t const max_elements = SIZE_MAX / 16;

static bool
checkpoint_grow(MnCheckpoint* const checkpoint)
{
  size_t const   room    = checkpoint->room ? 2 * checkpoint->room : 64;
  MnEntry* const entries = (MnEntry*)realloc(checkpoint->entries, room * sizeof(MnEntry));
  if (entries) {
    checkpoint->entries = entries;
    checkpoint->room    = room;
  }
  return entries;
}

MnEntry*
mn_checkpoint_add(MnCheckpoint* const checkpoint, MnBytes const name, MnError* const error)
{
  if (!name.size || name.size > MAX_NAME || memchr(name.data, 0, name.size)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "a tensor has an impossible name");
    return NULL;
  }
  if (checkpoint->count == MAX_TENSORS) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "more than %d tensors", MAX_TENSORS);
    return NULL;
  }
  char* const copy = (char*)malloc(name.size + 1);
  if (!copy || (checkpoint->count == checkpoint->room && !checkpoint_grow(checkpoint))) {
    free(copy);
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  memcpy(copy, name.data, name.size);
  copy[name.size] = '\0';

  MnEntry* const entry = &checkpoint->entries[checkpoint->count++];
  *entry               = (MnEntry){.name = copy, .tensor = {.name = copy, .elements = 1}};
  return entry;
}

bool
mn_entry_extend(MnEntry* const entry, uint64_t const size, MnError* const error)
{
  MnCheckpointTensor* const tensor = &entry->tensor;
  if (tensor->dimensions == MN_CHECKPOINT_DIMENSIONS) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: more than %d dimensions",
                 entry->name,
                 MN_CHECKPOINT_DIMENSIONS);
    return false;
  }
  if (size > max_elements ||
      __builtin_mul_overflow(tensor->elements, (size_t)size, &tensor->elements) ||
      tensor->elements > max_elements) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: impossible shape", entry->name);
    return false;
  }
  tensor->shape[tensor->dimensions++] = (size_t)size;
  return true;
}

bool
mn_entry_fits(MnEntry const* const entry, size_t const bytes, MnError* const error)
{
  if (entry->size != entry->tensor.elements * bytes) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: its size does not fit its shape",
                 entry->name);
    return false;
  }
  return true;
}
