// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_long.h"

#include "model_layers.h"
#include "model_readout.h"

#include <stdio.h>
#include <string.h>

static char const folder[] = "long/";

// Whether the file has a tensor of level two.
static bool
any_tensor(MnLoader const* const l)
{
  char const* name = NULL;
  while ((name = mn_safetensors_next(l->file, name))) {
    if (!strncmp(name, folder, strlen(folder))) {
      return true;
    }
  }
  return false;
}

// Reads a number of an object of the metadata.
static bool
read_number(MnLoader const* const l,
            json_t const* const   object,
            char const* const     key,
            unsigned const        least,
            unsigned const        most,
            unsigned* const       number)
{
  json_t const* const value = json_object_get(object, key);
  json_int_t const    found = json_integer_value(value);
  if (!json_is_integer(value) || found < least || found > most) {
    mn_error_set(l->error,
                 MN_STATUS_BAD_INPUT,
                 "readout: long: %s is not a number from %u to %u",
                 key,
                 least,
                 most);
    return false;
  }
  *number = (unsigned)found;
  return true;
}

static bool
read_neurons(MnLoader const* const l, MnLongTable* const t)
{
  void*           words = NULL;
  uint16_t* const neuron =
    (uint16_t*)mn_loader_carve(l->model, t->neurons * sizeof(*neuron));
  if (!mn_loader_words(
        l, "long/neurons", MN_DTYPE_I32, 1, 1, t->neurons, t->neurons, &words)) {
    return false;
  }
  int32_t const* const numbers = (int32_t const*)words;
  for (unsigned i = 0; neuron && i < t->neurons; ++i) {
    if (numbers[i] < 0 || numbers[i] >= (int32_t)l->model->latent) {
      return mn_loader_fail(l, "long/neurons: one of them is no neuron of the model");
    }
    neuron[i] = (uint16_t)numbers[i];
  }
  t->neuron = neuron;
  return true;
}

// The rank of each neuron: music neurons first.
static bool
read_order(MnLoader const* const l, json_t const* const object, MnLongTable* const t)
{
  json_t* const   array = json_object_get(object, "order");
  uint16_t* const order = (uint16_t*)mn_loader_carve(l->model, t->latent * sizeof(*order));
  bool            good  = json_array_size(array) == t->latent;
  bool            seen[MN_MAX_LATENT] = {false};
  for (unsigned i = 0; good && i < t->latent; ++i) {
    json_t const* const item   = json_array_get(array, i);
    json_int_t const    neuron = json_is_integer(item) ? json_integer_value(item) : -1;
    good                       = neuron >= 0 && neuron < t->latent && !seen[neuron];
    if (good) {
      seen[neuron] = true;
    }
    if (good && order) {
      order[i] = (uint16_t)neuron;
    }
  }
  t->order = order;
  return good ||
         mn_loader_fail(l, "readout: long: order is not a permutation of its neurons");
}

static bool
read_linear(MnLoader const* const l,
            char const* const     name,
            size_t const          rows,
            size_t const          columns,
            MnLinear* const       linear)
{
  return mn_loader_linear(l, name, rows, columns, MN_LONG_BITS, linear);
}

static bool
read_encoder(MnLoader const* const l, MnLongTable* const t)
{
  static char const* const parts[] = {"in", "out"};
  size_t const             inputs  = MN_PHRASE * ((size_t)t->neurons + 1);
  if (!read_linear(l, "long/encoder/input", t->width, inputs, &t->input)) {
    return false;
  }
  for (unsigned i = 0; i < 2 * MN_LONG_BLOCKS; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "long/encoder/block_%u/%s", i / 2, parts[i % 2]);
    if (!read_linear(l, name, t->width, t->width, &t->block[i / 2][i % 2])) {
      return false;
    }
  }
  return read_linear(l, "long/encoder/mu", t->latent, t->width, &t->mu) &&
         read_linear(l, "long/encoder/sigma", t->latent, t->width, &t->sigma) &&
         mn_loader_quantiles(l, "long/quantiles", t->music, &t->quantiles);
}

static bool
read_parts(MnLoader const* const l, MnStyleTable* const s)
{
  static char const name[] = "long/style/parts";
  size_t const      music  = l->model->readout.music;
  size_t const      rows   = s->count * (music + 1);
  MnTensor          tensor;
  return !mn_safetensors_find(l->file, name, &tensor) ||
         (mn_loader_floats(l, name, 2, rows, music, &s->part) &&
          mn_loader_finite(l, name, s->part, rows * music));
}

static bool
read_styles(MnLoader const* const l, json_t const* const object, MnLongTable* const t)
{
  MnStyleTable* const s      = &t->style;
  json_t const* const styles = json_object_get(object, "styles");
  size_t const        count  = json_array_size(styles);
  if (!styles) {
    return true;
  }
  if (!json_is_array(styles) || !count || count > MN_STYLES) {
    return mn_loader_fail(l, "readout: long: styles is not an array of 1 to 8");
  }
  for (size_t i = 0; i < count; ++i) {
    json_t const* const item = json_array_get(styles, i);
    if (!json_is_object(item)) {
      return mn_loader_fail(l, "readout: long: one of the styles is not an object");
    }
    if (!mn_loader_text(l, item, "long: styles", "name", MN_MAX_LABEL, &s->name[i])) {
      return false;
    }
  }
  s->count = (unsigned)count;
  return read_number(l, object, "style_width", 1, MN_MAX_STYLE_WIDTH, &s->width) &&
         read_number(l, object, "style_hidden", 1, MN_MAX_STYLE_WIDTH, &s->hidden) &&
         read_linear(l, "long/style/window_0", s->width, t->neurons, &s->window[0]) &&
         read_linear(l, "long/style/window_1", s->width, s->width, &s->window[1]) &&
         read_linear(l, "long/style/phrase", s->hidden, 2 * (size_t)s->width, &s->phrase) &&
         read_linear(l, "long/style/output", s->count, s->hidden, &s->output) &&
         read_parts(l, s);
}

bool
mn_model_long_load(MnLoader const* const l, MnLongTable* const t)
{
  json_t const* const object = json_object_get(l->readout, "long");
  if (!object && !any_tensor(l)) {
    return true;
  }
  if (!json_is_object(object)) {
    return mn_loader_fail(l, "readout: long is not an object, and there are tensors of it");
  }
  if (l->model->steps != MN_STEPS_2BAR) {
    return mn_loader_fail(l, "a second level needs windows of 32 steps");
  }
  return read_number(l, object, "neurons", 1, MN_MAX_LONG_NEURONS, &t->neurons) &&
         read_number(l, object, "width", 1, MN_MAX_LONG_WIDTH, &t->width) &&
         read_number(l, object, "latent", 1, MN_MAX_LATENT, &t->latent) &&
         read_number(l, object, "music", 1, t->latent, &t->music) && read_neurons(l, t) &&
         read_order(l, object, t) && read_encoder(l, t) && read_styles(l, object, t) &&
         mn_loader_labels(l, object, "long: labels", t->music, &t->labels);
}
