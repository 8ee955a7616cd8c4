// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_readout.h"

#include "model_bends.h"
#include "model_landmarks.h"

#include <math.h>
#include <string.h>

static bool
read_order(MnLoader const* const l, MnReadoutTable* const table)
{
  size_t const    latent = l->model->latent;
  json_t* const   order  = json_object_get(l->readout, "order");
  uint16_t* const rank_to_neuron =
    (uint16_t*)mn_loader_carve(l->model, latent * sizeof(uint16_t));
  uint16_t* const neuron_to_rank =
    (uint16_t*)mn_loader_carve(l->model, latent * sizeof(uint16_t));
  if (json_array_size(order) != latent) {
    return mn_loader_fail(l, "readout: order does not name every neuron");
  }
  if (!rank_to_neuron) {
    return true;
  }
  for (size_t i = 0; i < latent; ++i) {
    neuron_to_rank[i] = UINT16_MAX;
  }
  for (size_t i = 0; i < latent; ++i) {
    json_t const* const item   = json_array_get(order, i);
    json_int_t const    neuron = json_is_integer(item) ? json_integer_value(item) : -1;
    if (neuron < 0 || (size_t)neuron >= latent || neuron_to_rank[neuron] != UINT16_MAX) {
      return mn_loader_fail(l, "readout: order is not a permutation of the neurons");
    }
    rank_to_neuron[i]      = (uint16_t)neuron;
    neuron_to_rank[neuron] = (uint16_t)i;
  }
  table->order = rank_to_neuron;
  table->rank  = neuron_to_rank;
  return true;
}

// Reads which neurons are negated: they have the opposite sign of the weights they came
// from. The key in the file is "turned". Without it no neuron is negated.
static bool
read_negated(MnLoader const* const l, MnReadoutTable* const table)
{
  size_t const   latent  = l->model->latent;
  json_t* const  array   = json_object_get(l->readout, "turned");
  size_t const   count   = json_array_size(array); // 0 if it is none
  uint8_t* const negated = (uint8_t*)mn_loader_carve(l->model, latent);
  if (array && (!json_is_array(array) || count > latent)) {
    return mn_loader_fail(l, "readout: turned is not an array of neurons");
  }
  if (!negated) {
    return true;
  }
  memset(negated, 0, latent);
  json_int_t last = -1;
  for (size_t i = 0; i < count; ++i) {
    json_t const* const item   = json_array_get(array, i);
    json_int_t const    neuron = json_is_integer(item) ? json_integer_value(item) : -1;
    if (neuron <= last || neuron >= (json_int_t)latent) {
      return mn_loader_fail(l, "readout: turned is not an ascending array of neurons");
    }
    negated[neuron] = 1;
    last            = neuron;
  }
  table->negated = negated;
  return true;
}

static bool
fail_labels(MnLoader const* const l, char const* const list, char const* const what)
{
  mn_error_set(l->error, MN_STATUS_BAD_INPUT, "readout: %s%s", list, what);
  return false;
}

// What is known of where a label holds. All of it is optional.
static bool
read_hold(MnLoader const* const l,
          json_t const* const   item,
          char const* const     list,
          MnLabel* const        label)
{
  json_t const* const stability = json_object_get(item, "stability");
  json_t const* const pitches   = json_object_get(item, "pitches");
  json_t const* const low       = json_array_get(pitches, 0);
  json_t const* const high      = json_array_get(pitches, 1);
  label->stability              = stability ? json_number_value(stability) : 0;
  if (stability &&
      !(json_is_number(stability) && label->stability >= 0 && label->stability <= 1)) {
    return fail_labels(l, list, ": stability is no correlation");
  }
  if (pitches && !(json_array_size(pitches) == 2 && json_is_integer(low) &&
                   json_is_integer(high) && json_integer_value(low) >= 0 &&
                   json_integer_value(low) < json_integer_value(high) &&
                   json_integer_value(high) <= MN_KEYS)) {
    return fail_labels(l, list, ": pitches are no range of MIDI pitches");
  }
  label->low  = pitches ? (unsigned)json_integer_value(low) : 0;
  label->high = pitches ? (unsigned)json_integer_value(high) : MN_KEYS;
  return true;
}

bool
mn_loader_labels(MnLoader const* const l,
                 json_t const* const   object,
                 char const* const     list,
                 unsigned const        music,
                 MnLabel const** const labels)
{
  json_t const* const array = json_object_get(object, "labels");
  size_t const        count = json_array_size(array); // 0 if it is none
  if (!array) {
    return true;
  }
  if (!json_is_array(array)) {
    return fail_labels(l, list, " is not an array");
  }
  if (count > music) {
    return fail_labels(l, list, ": more labels than music neurons");
  }
  MnLabel* const read = (MnLabel*)mn_loader_carve(l->model, music * sizeof(MnLabel));
  for (size_t i = 0; i < music; ++i) {
    json_t const* const item  = json_array_get(array, i);
    MnLabel             label = {.label = NULL};
    if (i < count && !json_is_object(item)) {
      return fail_labels(l, list, ": one of them is not an object");
    }
    if (!mn_loader_text(l, item, list, "label", MN_MAX_LABEL, &label.label) ||
        !mn_loader_text(l, item, list, "opposite", MN_MAX_LABEL, &label.opposite) ||
        !mn_loader_text(l, item, list, "features", MN_MAX_FEATURES, &label.features) ||
        !mn_loader_text(l, item, list, "feature", MN_MAX_LABEL, &label.feature) ||
        !read_hold(l, item, list, &label)) {
      return false;
    }
    if (read) {
      read[i] = label;
    }
  }
  *labels = read;
  return true;
}

// The file stores the projection by rows. Readout reads it by inputs. Older files have mu as
// the only inputs.
static bool
read_projection(MnLoader const* const l, MnReadoutTable* const table)
{
  unsigned const latent = l->model->latent;
  MnTensor       tensor;
  if (!mn_safetensors_find(l->file, "readout/projection", &tensor) ||
      tensor.dtype != MN_DTYPE_F32 || tensor.dimensions != 2 || !tensor.shape[0] ||
      tensor.shape[0] > MN_MAX_PROJECTIONS ||
      (tensor.shape[1] != latent && tensor.shape[1] != mn_score_inputs(latent))) {
    return mn_loader_fail(l, "tensor readout/projection is missing or has a wrong shape");
  }
  size_t const inputs = tensor.shape[1];
  table->projections  = (unsigned)tensor.shape[0];
  table->score_inputs = (unsigned)inputs;
  table->projection   = mn_loader_transposed(l, &tensor);
  return mn_loader_floats(l, "readout/center", 1, 1, inputs, &table->center) &&
         mn_loader_finite(l, "readout/projection", table->projection, tensor.elements) &&
         mn_loader_finite(l, "readout/center", table->center, inputs);
}

// Copies numbers, [count]; false if one is none.
static bool
copy_numbers(json_t* const array, size_t const count, double* const to)
{
  bool good = json_array_size(array) == count;
  for (size_t i = 0; good && i < count; ++i) {
    json_t const* const at = json_array_get(array, i);
    good                   = json_is_number(at);
    to[i]                  = json_number_value(at);
  }
  return good;
}

static bool
ascend(double const* const s, size_t const count)
{
  for (size_t i = 1; i < count; ++i) {
    // Values between knots are interpolated, so their distance must be finite too.
    if (!(s[i] > s[i - 1] && isfinite(s[i] - s[i - 1]))) {
      return false;
    }
  }
  return true;
}

static bool
are_probabilities(double const* const p, size_t const count)
{
  for (size_t i = 0; i < count; ++i) {
    if (!(p[i] >= 0 && p[i] <= 1)) {
      return false;
    }
  }
  return true;
}

// The score has a row of probabilities for each number of onsets. Older files have one
// row for all.
static bool
read_score(MnLoader const* const l, MnReadoutTable* const table)
{
  json_t* const score       = json_object_get(l->readout, "score");
  json_t* const statistic   = json_object_get(score, "statistic");
  json_t* const probability = json_object_get(score, "probability");
  size_t const  knots       = json_array_size(statistic);
  bool const    has_rows    = json_is_array(json_array_get(probability, 0));
  size_t const  rows        = has_rows ? json_array_size(probability) : 1;
  if (knots < 2 || knots > MN_MAX_KNOTS || rows > MN_MAX_ROWS ||
      (!has_rows && json_array_size(probability) != knots)) {
    return mn_loader_fail(
      l, "readout: the score needs 2 knots or more, and a row for each number of onsets");
  }
  double* const s = (double*)mn_loader_carve(l->model, knots * sizeof(double));
  double* const p = (double*)mn_loader_carve(l->model, rows * knots * sizeof(double));
  if (!s) {
    return true;
  }
  bool good = copy_numbers(statistic, knots, s) && ascend(s, knots);
  for (size_t n = 0; good && n < rows; ++n) {
    json_t* const row = has_rows ? json_array_get(probability, n) : probability;
    good =
      copy_numbers(row, knots, p + n * knots) && are_probabilities(p + n * knots, knots);
  }
  if (!good) {
    return mn_loader_fail(l, "readout: knots of the score are out of range or order");
  }
  table->knots       = (unsigned)knots;
  table->statistic   = s;
  table->rows        = (unsigned)rows;
  table->probability = p;
  return true;
}

bool
mn_model_readout_load(MnLoader const* const l, MnReadoutTable* const table)
{
  json_t const* const music  = json_object_get(l->readout, "music");
  json_t const* const active = json_object_get(l->readout, "active");
  if (!json_is_integer(music) || json_integer_value(music) < 0 ||
      json_integer_value(music) > l->model->latent) {
    return mn_loader_fail(l, "readout: music is not a number of neurons");
  }
  table->music  = (unsigned)json_integer_value(music);
  table->active = json_number_value(active);
  if (!(table->active > 0 && table->active < 100)) {
    return mn_loader_fail(l, "readout: active is not a threshold");
  }
  return read_order(l, table) && read_negated(l, table) &&
         mn_loader_labels(l, l->readout, "labels", table->music, &table->labels) &&
         mn_loader_quantiles(l, "readout/quantiles", l->model->latent, &table->quantiles) &&
         read_projection(l, table) && read_score(l, table) &&
         mn_model_axes_load(l, table) && mn_model_moves_load(l, table) &&
         mn_model_landmarks_load(l, table);
}
