// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_fields.h"

#include "common/numbers.h"
#include "common/texts.h"
#include "readout_fields.h"

#include "base/fixed.h"

#include <math.h>

// Of each of the most excited neurons.
enum { TOP_CELLS = 6 };

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

// A neuron of level two, as a record tells it.
typedef struct {
  unsigned    rank;
  unsigned    neuron;
  double      mu;
  double      sigma;
  char const* words; // what its mu means; empty: no trait
} Neuron;

static Neuron
neuron_at(MnEncoding const* const e, unsigned const rank)
{
  MnLongTable const* const t      = &e->model->long_table;
  unsigned const           neuron = t->order[rank];
  double const             mu     = mn_from_q16(mn_long_mu(e->second)[neuron]);
  return (Neuron){
    .rank   = rank,
    .neuron = neuron,
    .mu     = mu,
    .sigma  = mn_from_q16(mn_long_sigma(e->second)[neuron]),
    .words  = t->labels ? mn_label_trait(&t->labels[rank], mu) : "",
  };
}

// The most excited music neurons of level two; of equals, the first by rank. @return How many.
static unsigned
find_top(MnEncoding const* const e, Neuron top[MN_TOP])
{
  unsigned count = 0;
  for (unsigned rank = 0; rank < e->model->long_table.music; ++rank) {
    Neuron const found = neuron_at(e, rank);
    unsigned     place = count;
    while (place > 0 && fabs(top[place - 1].mu) < fabs(found.mu)) {
      --place;
    }
    if (place == MN_TOP) {
      continue;
    }
    count += count < MN_TOP;
    for (unsigned i = count - 1; i > place; --i) {
      top[i] = top[i - 1];
    }
    top[place] = found;
  }
  return count;
}

static json_t*
neuron_object(MnEncoding const* const e, Neuron const* const n)
{
  return json_pack("{s:i,s:i,s:f,s:f,s:f,s:o}",
                   "neuron",
                   (int)n->neuron,
                   "rank",
                   (int)n->rank + 1,
                   "mu",
                   n->mu,
                   "sigma",
                   n->sigma,
                   "percentile",
                   (double)mn_readout_long_percentile(e->model, n->rank, n->mu),
                   "label",
                   *n->words ? json_string(n->words) : json_null());
}

static json_t*
top_array(MnEncoding const* const e)
{
  Neuron         top[MN_TOP];
  unsigned const count = find_top(e, top);
  json_t* const  array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    if (json_array_append_new(array, neuron_object(e, &top[i]))) {
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
    return json_pack("{s:n,s:n,s:n,s:n,s:n,s:n}",
                     "bars_heard",
                     "style_top",
                     "style_confidence",
                     "styles",
                     "long_neurons",
                     "long_top");
  }
  return json_pack("{s:i,s:i,s:f,s:o,s:o,s:o}",
                   "bars_heard",
                   (int)e->view.bars,
                   "style_top",
                   (int)e->view.top,
                   "style_confidence",
                   (double)e->view.confidence,
                   "styles",
                   style_array(e),
                   "long_neurons",
                   neuron_array(e),
                   "long_top",
                   top_array(e));
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
mn_text_long(MnEncoding const* const e, unsigned const most, FILE* const out)
{
  Neuron         top[MN_TOP];
  unsigned const count = is_known(e, true) ? find_top(e, top) : 0;
  for (unsigned i = 0; i < count && i < most; ++i) {
    fputs(i ? ", " : " | ", out);
    mn_text_neuron(top[i].rank, top[i].neuron, top[i].words, top[i].mu, out);
  }
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
  for (unsigned i = 1; i <= MN_TOP; ++i) {
    fprintf(out, ",long_top_%u_neuron,long_top_%u_mu,long_top_%u_rank", i, i, i);
    fprintf(out, ",long_top_%u_sigma,long_top_%u_percentile,long_top_%u_label", i, i, i);
  }
  for (unsigned i = 0; i < 2 * latent; ++i) {
    fprintf(out, ",%s_%u", i < latent ? "long_mu" : "long_sigma", i % latent);
  }
}

static void
print_empty_cells(unsigned const count, FILE* const out)
{
  for (unsigned i = 0; i < count; ++i) {
    putc(',', out);
  }
}

static void
print_top_cells(MnEncoding const* const e, FILE* const out)
{
  Neuron         top[MN_TOP];
  unsigned const count = find_top(e, top);
  for (unsigned i = 0; i < count; ++i) {
    Neuron const* const n = &top[i];
    fprintf(out,
            ",%u,%.9g,%u,%.9g,%.9g,",
            n->neuron,
            n->mu,
            n->rank + 1,
            n->sigma,
            (double)mn_readout_long_percentile(e->model, n->rank, n->mu));
    mn_csv_text(n->words, out);
  }
  print_empty_cells(TOP_CELLS * (MN_TOP - count), out);
}

void
mn_csv_long_cells(MnEncoding const* const e,
                  bool const              scored,
                  unsigned const          latent,
                  FILE* const             out)
{
  MnLongView const* const v = &e->view;
  if (!is_known(e, scored)) {
    print_empty_cells(3 + MN_STYLES + MN_RANKED + TOP_CELLS * MN_TOP + 2 * latent, out);
    return;
  }
  fprintf(out, ",%u,%u,%.9g", v->bars, v->top, (double)v->confidence);
  for (unsigned i = 0; i < MN_STYLES; ++i) {
    fprintf(out, ",%.9g", (double)v->styles[i]);
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    fprintf(out, ",%.9g", (double)v->ranked[i]);
  }
  print_top_cells(e, out);
  if (latent) {
    mn_csv_q16_cells(mn_long_mu(e->second), latent, ",", out);
    mn_csv_q16_cells(mn_long_sigma(e->second), latent, ",", out);
  }
}
