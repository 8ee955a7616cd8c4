// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_bends.h"

#include <stdio.h>

enum { NAME_ROOM = 32, TEXT_ROOM = 96 };

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

static bool
fail_shape(MnLoader const* const l, char const* const name)
{
  char text[TEXT_ROOM];
  snprintf(text, sizeof(text), "tensor %s is missing or has a wrong shape", name);
  return mn_loader_fail(l, text);
}

// Reads the tensors `name`, `name`_offset and `name`_bend, which is absent without bends.
// The file stores the weights by rows. Readout reads them by inputs and by bends.
static bool
read_bends(MnLoader const* const l, char const* const name, MnBendTable* const t)
{
  char     offset_name[NAME_ROOM];
  char     bend_name[NAME_ROOM];
  MnTensor input;
  MnTensor bend;
  snprintf(offset_name, sizeof(offset_name), "%s_offset", name);
  snprintf(bend_name, sizeof(bend_name), "%s_bend", name);
  if (!mn_safetensors_find(l->file, name, &input) || input.dtype != MN_DTYPE_F32 ||
      input.dimensions != 2 || input.shape[0] < t->values ||
      input.shape[0] > t->values + MN_MAX_BENDS || input.shape[1] != t->inputs) {
    return fail_shape(l, name);
  }
  size_t const rows = input.shape[0];
  t->bends          = (unsigned)(rows - t->values);
  t->input          = mn_loader_transposed(l, &input);
  if (!mn_loader_finite(l, name, t->input, rows * t->inputs) ||
      !mn_loader_floats(l, offset_name, 1, 1, rows, &t->offset) ||
      !mn_loader_finite(l, offset_name, t->offset, rows)) {
    return false;
  }
  if (!t->bends) {
    return true;
  }
  if (!mn_safetensors_find(l->file, bend_name, &bend) || bend.dtype != MN_DTYPE_F32 ||
      bend.dimensions != 2 || bend.shape[0] != t->values || bend.shape[1] != t->bends) {
    return fail_shape(l, bend_name);
  }
  t->bend = mn_loader_transposed(l, &bend);
  return mn_loader_finite(l, bend_name, t->bend, bend.elements);
}

bool
mn_model_axes_load(MnLoader const* const l, MnReadoutTable* const table)
{
  json_t const* const array = json_object_get(l->readout, "axes");
  if (!array) {
    return true;
  }
  table->axis_table = (MnBendTable){.values = MN_AXES, .inputs = l->model->latent};
  return read_words(l, array, table) && read_bends(l, "readout/axes", &table->axis_table) &&
         mn_loader_quantiles(l, "readout/axes_quantiles", MN_AXES, &table->axis_quantiles);
}

bool
mn_model_moves_load(MnLoader const* const l, MnReadoutTable* const table)
{
  static char const name[] = "readout/moves";
  MnTensor          tensor;
  if (!mn_safetensors_find(l->file, name, &tensor)) {
    return true;
  }
  if (!json_object_get(l->readout, "axes")) {
    return mn_loader_fail(l, "readout/moves needs axes, which the file has not");
  }
  table->move_table = (MnBendTable){.values = MN_AXES, .inputs = table->music};
  return read_bends(l, name, &table->move_table);
}

bool
mn_model_sense_load(MnLoader const* const l, MnReadoutTable* const table)
{
  static char const name[] = "readout/sense";
  MnTensor          tensor;
  if (!mn_safetensors_find(l->file, name, &tensor)) {
    return true;
  }
  if (!l->model->surprise.known) {
    return mn_loader_fail(l, "readout/sense needs surprise, which the file has not");
  }
  table->sense_table =
    (MnBendTable){.values = 1, .inputs = MN_SENSE_FEATURES + 2 * l->model->latent};
  return read_bends(l, name, &table->sense_table);
}
