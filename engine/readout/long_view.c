// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_view.h"

#include "base/fixed.h"
#include "readout.h"

#define HALF4 0.5F, 0.5F, 0.5F, 0.5F

enum { BARS_OF_A_WINDOW = 2 };

MnLongView const mn_long_view_neutral = {.ranked = {HALF4, HALF4, HALF4, HALF4}};

void
mn_long_view(MnModel const* const  model,
             unsigned const        heard,
             int32_t const* const  mu,
             int32_t const* const  sigma,
             uint32_t const* const styles_q30,
             MnLongView* const     view)
{
  MnLongTable const* const t = &model->long_table;
  *view                      = mn_long_view_neutral;
  view->bars                 = BARS_OF_A_WINDOW * heard;
  for (unsigned i = 0; i < MN_RANKED && i < t->music; ++i) {
    unsigned const neuron = t->order[i];
    double const   value  = mn_from_q16(mu[neuron]);
    view->ranked[i]       = mn_readout_long_percentile(model, i, value);
    view->mu[i]           = (float)value;
    view->sigma[i]        = (float)mn_from_q16(sigma[neuron]);
  }
  for (unsigned k = 0; k < t->style.count; ++k) {
    float const share = (float)styles_q30[k] / (float)(1 << 30);
    view->styles[k]   = share < 1 ? share : 1;
    if (view->styles[k] > view->confidence) {
      view->top        = k + 1;
      view->confidence = view->styles[k];
    }
  }
}
