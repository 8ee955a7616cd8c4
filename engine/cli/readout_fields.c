// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "readout_fields.h"

#include "base/fixed.h"

#include <string.h>

char const*
mn_label_trait(MnLabel const* const label, double const mu)
{
  char const* const words = mu < 0 && *label->opposite ? label->opposite : label->label;
  return strcmp(words, "mixed") ? words : "";
}

char const*
mn_neuron_trait(MnModel const* const model, unsigned const neuron, double const mu)
{
  MnReadoutTable const* const table = &model->readout;
  unsigned const              rank  = table->rank[neuron];
  bool const                  named = table->labels && rank < table->music;
  return named ? mn_label_trait(&table->labels[rank], mu) : "";
}

void
mn_text_neuron(unsigned const    rank,
               unsigned const    neuron,
               char const* const words,
               double const      mu,
               FILE* const       out)
{
  fprintf(out, "%u %s%s[%u] %+.2f", rank + 1, words, *words ? " " : "", neuron, mu);
}

json_t*
mn_json_sense(MnEncoding const* const e, float const value)
{
  return e->model->readout.sense_table.values ? json_real((double)value) : json_null();
}

static json_t*
array_of(float const* const values, unsigned const count)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    if (json_array_append_new(array, json_real((double)values[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

json_t*
mn_json_axes(MnEncoding const* const e)
{
  return e->model->readout.axes ? array_of(e->readout.axes, MN_AXES) : json_null();
}

json_t*
mn_json_neurons(MnEncoding const* const e)
{
  return array_of(e->readout.ranked, MN_RANKED);
}

static json_t*
neuron_object(MnEncoding const* const e, unsigned const neuron)
{
  double const      mu    = mn_from_q16(e->mu[neuron]);
  char const* const words = mn_neuron_trait(e->model, neuron, mu);
  return json_pack("{s:i,s:i,s:f,s:f,s:f,s:o}",
                   "neuron",
                   (int)neuron,
                   "rank",
                   e->model->readout.rank[neuron] + 1,
                   "mu",
                   mu,
                   "sigma",
                   mn_from_q16(e->sigma[neuron]),
                   "percentile",
                   (double)mn_readout_percentile(e->model, neuron, mu),
                   "label",
                   *words ? json_string(words) : json_null());
}

json_t*
mn_json_top(MnEncoding const* const e)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < MN_TOP && e->readout.top[i].neuron != MN_NO_NEURON; ++i) {
    unsigned const neuron = (unsigned)e->readout.top[i].neuron;
    if (json_array_append_new(array, neuron_object(e, neuron))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}
