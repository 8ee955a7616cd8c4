// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "study_columns.h"

#include "curve.h"

#include <math.h>
#include <stdlib.h>

bool
mn_column_take(MnColumn* const         c,
               MnMeasures const* const m,
               MnMeasure const         measure,
               bool const              falls,
               unsigned const          onsets)
{
  c->values = (double*)malloc((m->count + 1) * sizeof(double));
  c->count  = 0;
  for (size_t i = 0; c->values && i < m->count; ++i) {
    if (m->of[MN_MEASURE_ONSETS][i] >= onsets) {
      double const value    = m->of[measure][i];
      c->values[c->count++] = falls ? -value : value;
    }
  }
  return c->values;
}

bool
mn_column_take_score(MnColumn* const         c,
                     MnMeasures const* const m,
                     uint16_t const* const   style,
                     size_t const            wanted)
{
  c->values = (double*)malloc((m->count + 1) * sizeof(double));
  c->count  = 0;
  for (size_t i = 0; c->values && i < m->count; ++i) {
    if (!style || style[i] == wanted) {
      c->values[c->count++] = -m->of[MN_MEASURE_SCORE][i];
    }
  }
  return c->values;
}

double
mn_column_auc(MnColumn* const real, MnColumn* const random)
{
  return real->count && random->count
           ? mn_curve_auc(real->values, real->count, random->values, random->count)
           : NAN;
}
