// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_fields.h"

#include "common/numbers.h"

static bool
is_known(MnEncoding const* const e, bool const scored)
{
  return scored && e->second;
}

static json_t*
style_array(MnEncoding const* const e)
{
  MnStyleTable const* const s     = &e->model->long_table.style;
  json_t* const             array = json_array();
  for (unsigned i = 0; i < s->count; ++i) {
    json_t* const object =
      json_pack("{s:s,s:f}", "name", s->name[i], "probability", (double)e->view.styles[i]);
    if (json_array_append_new(array, object)) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

static json_t*
neuron_array(MnEncoding const* const e)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    if (json_array_append_new(array, json_real((double)e->view.ranked[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

json_t*
mn_json_long(MnEncoding const* const e, bool const scored)
{
  if (!is_known(e, scored)) {
    return json_pack("{s:n,s:n,s:n,s:n,s:n}",
                     "bars_heard",
                     "style_top",
                     "style_confidence",
                     "styles",
                     "long_neurons");
  }
  return json_pack("{s:i,s:i,s:f,s:o,s:o}",
                   "bars_heard",
                   (int)e->view.bars,
                   "style_top",
                   (int)e->view.top,
                   "style_confidence",
                   (double)e->view.confidence,
                   "styles",
                   style_array(e),
                   "long_neurons",
                   neuron_array(e));
}

json_t*
mn_json_long_latent(MnEncoding const* const e, bool const scored)
{
  unsigned const latent = e->model->long_table.latent;
  return is_known(e, scored)
           ? json_pack("{s:o,s:o}",
                       "long_mu",
                       mn_json_q16_array(mn_long_mu(e->second), latent),
                       "long_sigma",
                       mn_json_q16_array(mn_long_sigma(e->second), latent))
           : json_pack("{s:n,s:n}", "long_mu", "long_sigma");
}

void
mn_csv_long_header(unsigned const latent, FILE* const out)
{
  fputs(",bars_heard,style_top,style_confidence", out);
  for (unsigned i = 1; i <= MN_STYLES; ++i) {
    fprintf(out, ",style_%u", i);
  }
  for (unsigned i = 1; i <= MN_RANKED; ++i) {
    fprintf(out, ",long_neuron_%u", i);
  }
  for (unsigned i = 0; i < 2 * latent; ++i) {
    fprintf(out, ",%s_%u", i < latent ? "long_mu" : "long_sigma", i % latent);
  }
}

void
mn_csv_long_cells(MnEncoding const* const e,
                  bool const              scored,
                  unsigned const          latent,
                  FILE* const             out)
{
  MnLongView const* const v = &e->view;
  if (!is_known(e, scored)) {
    unsigned const cells = 3 + MN_STYLES + MN_RANKED + 2 * latent;
    for (unsigned i = 0; i < cells; ++i) {
      putc(',', out);
    }
    return;
  }
  fprintf(out, ",%u,%u,%.9g", v->bars, v->top, (double)v->confidence);
  for (unsigned i = 0; i < MN_STYLES; ++i) {
    fprintf(out, ",%.9g", (double)v->styles[i]);
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    fprintf(out, ",%.9g", (double)v->ranked[i]);
  }
  if (latent) {
    mn_csv_q16_cells(mn_long_mu(e->second), latent, ",", out);
    mn_csv_q16_cells(mn_long_sigma(e->second), latent, ",", out);
  }
}
