// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_surprise.h"

#include <string.h>

enum { NAME_ROOM = 48 };

static char const* const folders[MN_SURPRISE_VIEWS] = {"surprise/intervals",
                                                       "surprise/durations"};
static char const        share[]                    = "surprise/share";

static bool
fail_tensor(MnLoader const* const l, char const* const name, char const* const what)
{
  mn_error_set(l->error, MN_STATUS_BAD_INPUT, "tensor %s: %s", name, what);
  return false;
}

static bool
keys_are_good(MnLoader const* const       l,
              MnSurpriseView const        view,
              MnSurpriseRows const* const rows,
              char const* const           name)
{
  if (rows->keys[0] != 0) {
    return fail_tensor(l, name, "the first context is not the empty one");
  }
  for (unsigned i = 0; i < rows->rows; ++i) {
    if (!mn_surprise_key_is_valid(view, rows->keys[i])) {
      return fail_tensor(l, name, "not the key of a context");
    }
    if (i && rows->keys[i] <= rows->keys[i - 1]) {
      return fail_tensor(l, name, "not ascending");
    }
  }
  return true;
}

static bool
read_keys(MnLoader const* const l, MnSurpriseView const view, MnSurpriseRows* const rows)
{
  char     name[NAME_ROOM];
  MnTensor tensor;
  snprintf(name, sizeof(name), "%s/keys", folders[view]);
  if (!mn_safetensors_find(l->file, name, &tensor)) {
    return fail_tensor(l, name, "missing, while there are others of surprise");
  }
  if (tensor.dtype != MN_DTYPE_I32 || tensor.dimensions != 1 || !tensor.shape[0] ||
      tensor.shape[0] > MN_SURPRISE_ROWS) {
    return fail_tensor(l, name, "not a list of contexts");
  }
  rows->rows = (unsigned)tensor.shape[0];
  rows->mask = mn_surprise_index_size(rows->rows) - 1;

  void*           words = NULL;
  uint16_t* const index =
    (uint16_t*)mn_loader_carve(l->model, (rows->mask + 1) * sizeof(uint16_t));
  if (!mn_loader_words(l, name, MN_DTYPE_I32, 1, 1, rows->rows, rows->rows, &words)) {
    return false;
  }
  rows->keys  = (int32_t const*)words;
  rows->index = index;
  return !index || (keys_are_good(l, view, rows, name) &&
                    (mn_surprise_index_fill(rows, index) ||
                     fail_tensor(l, name, "too many contexts share a place")));
}

static bool
read_bits(MnLoader const* const l, MnSurpriseView const view, MnSurpriseRows* const rows)
{
  char     name[NAME_ROOM];
  MnTensor tensor;
  rows->symbols = mn_surprise_symbols[view];
  snprintf(name, sizeof(name), "%s/bits", folders[view]);
  if (!mn_loader_find(l, name, 2, rows->rows, rows->symbols, &tensor)) {
    return false;
  }
  if (tensor.dtype != MN_DTYPE_I8) {
    return fail_tensor(l, name, "wrong dtype");
  }
  uint8_t* const bits = (uint8_t*)mn_loader_carve(l->model, tensor.elements);
  if (!bits) {
    return true;
  }
  memcpy(bits, tensor.data, tensor.elements);
  for (size_t i = 0; i < tensor.elements; ++i) {
    if (bits[i] > INT8_MAX) {
      return fail_tensor(l, name, "a number of bits is negative");
    }
  }
  rows->bits = bits;
  return true;
}

static bool
read_share(MnLoader const* const l, MnSurpriseTable* const table)
{
  void*        words = NULL;
  size_t const count = (size_t)MN_SURPRISE_VIEWS * MN_SURPRISE_EVIDENCE;
  if (!mn_loader_words(l,
                       share,
                       MN_DTYPE_I32,
                       2,
                       MN_SURPRISE_VIEWS,
                       MN_SURPRISE_EVIDENCE,
                       MN_SURPRISE_EVIDENCE,
                       &words)) {
    return false;
  }
  table->share = (int32_t const*)words;
  for (size_t i = 0; words && i < count; ++i) {
    if (table->share[i] < 0 || table->share[i] > UINT16_MAX) {
      return fail_tensor(l, share, "not from 0 to 65535");
    }
  }
  return true;
}

static bool
has_any(MnLoader const* const l)
{
  char const* name  = NULL;
  bool        found = false;
  while (!found && (name = mn_safetensors_next(l->file, name))) {
    found = !strncmp(name, "surprise/", strlen("surprise/"));
  }
  return found;
}

bool
mn_model_surprise_load(MnLoader const* const l, MnSurpriseTable* const table)
{
  if (!has_any(l)) {
    return true;
  }
  table->known = true;
  for (unsigned view = 0; view < MN_SURPRISE_VIEWS; ++view) {
    if (!read_keys(l, (MnSurpriseView)view, &table->view[view]) ||
        !read_bits(l, (MnSurpriseView)view, &table->view[view])) {
      return false;
    }
  }
  return read_share(l, table);
}
