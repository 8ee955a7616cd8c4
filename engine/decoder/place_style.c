// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "place_style.h"

#include "base/fixed.h"

#include <math.h>

void
mn_place_pull(MnModel const* const model,
              unsigned const       style,
              double const         amount,
              int32_t* const       mu)
{
  MnStyleTable const* const s     = &model->long_table.style;
  unsigned const            music = model->readout.music;
  double                    way[MN_MAX_LATENT];
  if (!s->part || style >= s->count || amount == 0) {
    return;
  }
  float const* row = s->part + (size_t)style * (music + 1) * music;
  for (unsigned i = 0; i < music; ++i) {
    way[i] = (double)*row++;
  }
  for (unsigned i = 0; i < music; ++i) {
    double const z = mn_from_q16(mu[model->readout.order[i]]);
    for (unsigned k = 0; k < music; ++k) {
      way[k] += z * (double)*row++;
    }
  }
  for (unsigned i = 0; i < music; ++i) {
    double const   most = MN_Z_MOST_Q16;
    int32_t* const z    = &mu[model->readout.order[i]];
    *z = (int32_t)rint(fmin(fmax(*z + amount * way[i] * MN_ONE_Q16, -most), most));
  }
}
