// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How good the model's score is: its reliability, and the score by style.

#include "figures.h"
#include "study_columns.h"
#include "study_parts.h"

#include <math.h>
#include <stdlib.h>

// Bins of probability.
enum { BINS = 10 };

typedef struct {
  double weight; ///< of the windows in it; 1 in all bins
  double said;   ///< weight times probability
  double real;   ///< weight of the real ones
} Bin;

// As many real windows as random ones: each weighs by what its kind has.
static void
fill_bins(MnMeasures const* const m, unsigned const onsets, bool const real, Bin bins[BINS])
{
  size_t count = 0;
  for (size_t i = 0; i < m->count; ++i) {
    count += m->of[MN_MEASURE_ONSETS][i] >= onsets;
  }
  for (size_t i = 0; i < m->count; ++i) {
    if (m->of[MN_MEASURE_ONSETS][i] >= onsets) {
      double const   said   = m->of[MN_MEASURE_SCORE][i];
      double const   weight = 0.5 / (double)count;
      unsigned const k      = (unsigned)(said * BINS);
      Bin* const     bin    = &bins[k < BINS ? k : BINS - 1];
      bin->weight += weight;
      bin->said += weight * said;
      bin->real += real ? weight : 0;
    }
  }
}

// The mean score and the share of real windows, in bins of the score. The error is the
// mean gap between the two.
static json_t*
reliability_json(MnStudy const* const s, unsigned const onsets)
{
  Bin           bins[BINS] = {{0}};
  double        error      = 0;
  json_t* const rows       = json_array();
  fill_bins(&s->real, onsets, true, bins);
  fill_bins(&s->random, onsets, false, bins);
  for (unsigned k = 0; k < BINS; ++k) {
    double const weight = bins[k].weight;
    error += fabs(bins[k].real - bins[k].said);
    json_array_append_new(
      rows,
      json_pack("{s:o,s:o,s:o}",
                "weight",
                mn_figures_number(weight),
                "said",
                mn_figures_number(weight > 0 ? bins[k].said / weight : NAN),
                "real",
                mn_figures_number(weight > 0 ? bins[k].real / weight : NAN)));
  }
  return json_pack("{s:o,s:o}",
                   "error",
                   mn_figures_number(error),
                   "bins",
                   mn_figures_complete(rows, BINS));
}

// Quantiles of the score, of all windows or of a style's.
static json_t*
score_json(MnMeasures const* const m, uint16_t const* const style, size_t const wanted)
{
  MnColumn c      = {0};
  json_t*  result = NULL;
  if (mn_column_take_score(&c, m, style, wanted)) {
    for (size_t i = 0; i < c.count; ++i) {
      c.values[i] = -c.values[i];
    }
    result = mn_figures_quantiles(c.values, c.count);
  }
  free(c.values);
  return result;
}

static double
share_below_half(MnMeasures const* const m)
{
  size_t below = 0;
  for (size_t i = 0; i < m->count; ++i) {
    below += m->of[MN_MEASURE_SCORE][i] < 0.5;
  }
  return (double)below / (double)m->count;
}

json_t*
mn_study_score(MnStudy const* const s)
{
  return json_pack("{s:{s:o,s:o},s:{s:o,s:o},s:o,s:o}",
                   "real",
                   "quantiles",
                   score_json(&s->real, NULL, 0),
                   "below_half",
                   mn_figures_number(share_below_half(&s->real)),
                   "random",
                   "quantiles",
                   score_json(&s->random, NULL, 0),
                   "below_half",
                   mn_figures_number(share_below_half(&s->random)),
                   "reliability",
                   reliability_json(s, 0),
                   "reliability_8_onsets",
                   reliability_json(s, MN_MANY_ONSETS));
}

json_t*
mn_study_styles(MnStudy const* const s)
{
  json_t* const rows   = json_array();
  MnColumn      random = {0};
  bool          good   = rows && mn_column_take_score(&random, &s->random, NULL, 0);
  for (size_t k = 0; good && k < s->in->style_count; ++k) {
    MnColumn real = {0};
    good          = mn_column_take_score(&real, &s->real, s->in->style, k);
    if (good && real.count) {
      good =
        !json_array_append_new(rows,
                               json_pack("{s:s,s:I,s:o,s:o}",
                                         "style",
                                         s->in->styles[k],
                                         "count",
                                         (json_int_t)real.count,
                                         "auc",
                                         mn_figures_number(mn_column_auc(&real, &random)),
                                         "score",
                                         score_json(&s->real, s->in->style, k)));
    }
    free(real.values);
  }
  free(random.values);
  if (!good) {
    json_decref(rows);
    return NULL;
  }
  return rows;
}
