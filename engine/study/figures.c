// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "figures.h"

#include "stats.h"

#include <math.h>

json_t*
mn_figures_number(double const value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

json_t*
mn_figures_complete(json_t* const array, size_t const count)
{
  if (json_array_size(array) == count) {
    return array;
  }
  json_decref(array);
  return NULL;
}

json_t*
mn_figures_array(double const* const values, size_t const count)
{
  json_t* const array = json_array();
  for (size_t i = 0; i < count; ++i) {
    json_array_append_new(array, mn_figures_number(values[i]));
  }
  return mn_figures_complete(array, count);
}

json_t*
mn_figures_quantiles(double* const values, size_t const count)
{
  mn_stats_sort(values, count);
  return json_pack("{s:o,s:o,s:o,s:o,s:o}",
                   "p10",
                   mn_figures_number(mn_stats_quantile(values, count, 0.1)),
                   "p25",
                   mn_figures_number(mn_stats_quantile(values, count, 0.25)),
                   "p50",
                   mn_figures_number(mn_stats_quantile(values, count, 0.5)),
                   "p75",
                   mn_figures_number(mn_stats_quantile(values, count, 0.75)),
                   "p90",
                   mn_figures_number(mn_stats_quantile(values, count, 0.9)));
}
