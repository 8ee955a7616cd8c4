// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_axes.h"

static bool
read_words(MnLoader const* const l, json_t const* const array, MnReadoutTable* const table)
{
  if (!json_is_array(array) || json_array_size(array) != MN_AXES) {
    return mn_loader_fail(l, "readout: axes is not an array of 8 axes");
  }
  MnAxis* const axes = (MnAxis*)mn_loader_carve(l->model, MN_AXES * sizeof(MnAxis));
  for (size_t i = 0; i < MN_AXES; ++i) {
    json_t const* const item = json_array_get(array, i);
    MnAxis              axis = {NULL, NULL, NULL, NULL};
    if (!json_is_object(item)) {
      return mn_loader_fail(l, "readout: axes: one of them is not an object");
    }
    if (!mn_loader_text(l, item, "axes", "name", MN_MAX_AXIS, &axis.name) ||
        !mn_loader_text(l, item, "axes", "low", MN_MAX_LABEL, &axis.low) ||
        !mn_loader_text(l, item, "axes", "high", MN_MAX_LABEL, &axis.high) ||
        !mn_loader_text(l, item, "axes", "feature", MN_MAX_LABEL, &axis.feature)) {
      return false;
    }
    if (axes) {
      axes[i] = axis;
    }
  }
  table->axes = axes;
  return true;
}

// The file stores the weights by rows. Readout reads them by neurons and by bends.
static bool
read_weights(MnLoader const* const l, MnAxisTable* const t)
{
  size_t const latent = l->model->latent;
  MnTensor     input;
  MnTensor     bend;
  if (!mn_safetensors_find(l->file, "readout/axes", &input) ||
      input.dtype != MN_DTYPE_F32 || input.dimensions != 2 || input.shape[0] < MN_AXES ||
      input.shape[0] > MN_AXES + MN_MAX_BENDS || input.shape[1] != latent) {
    return mn_loader_fail(l, "tensor readout/axes is missing or has a wrong shape");
  }
  size_t const rows = input.shape[0];
  t->bends          = (unsigned)(rows - MN_AXES);
  t->input          = mn_loader_transposed(l, &input);
  if (!mn_loader_finite(l, "readout/axes", t->input, rows * latent) ||
      !mn_loader_floats(l, "readout/axes_offset", 1, 1, rows, &t->offset) ||
      !mn_loader_finite(l, "readout/axes_offset", t->offset, rows)) {
    return false;
  }
  if (!t->bends) {
    return true;
  }
  if (!mn_safetensors_find(l->file, "readout/axes_bend", &bend) ||
      bend.dtype != MN_DTYPE_F32 || bend.dimensions != 2 || bend.shape[0] != MN_AXES ||
      bend.shape[1] != t->bends) {
    return mn_loader_fail(l, "tensor readout/axes_bend is missing or has a wrong shape");
  }
  t->bend = mn_loader_transposed(l, &bend);
  return mn_loader_finite(l, "readout/axes_bend", t->bend, bend.elements);
}

bool
mn_model_axes_load(MnLoader const* const l, MnReadoutTable* const table)
{
  json_t const* const array = json_object_get(l->readout, "axes");
  MnAxisTable* const  t     = &table->axis_table;
  if (!array) {
    return true;
  }
  return read_words(l, array, table) && read_weights(l, t) &&
         mn_loader_quantiles(l, "readout/axes_quantiles", MN_AXES, &t->quantiles);
}
