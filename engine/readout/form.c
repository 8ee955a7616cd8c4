// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "form.h"

enum { REACH = 8 * 16 };

float
mn_form_next(MnForm* const f, int64_t const start, float const sense)
{
  int64_t const steps = start - f->start;
  f->start            = start;
  if (!f->reach) {
    f->reach = MN_STEPS_2BAR;
    f->mean  = (double)sense;
    return 0.5F;
  }
  double const   off = (double)sense - f->mean;
  unsigned const by  = steps < 1 ? 1 : steps < REACH ? (unsigned)steps : REACH;
  f->reach           = f->reach + by < REACH ? f->reach + by : REACH;
  f->mean += off * by / f->reach;
  double const form = 0.5 + off;
  return form < 0 ? 0.0F : form > 1 ? 1.0F : (float)form;
}
