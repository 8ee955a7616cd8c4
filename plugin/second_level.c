// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "second_level.h"

static size_t
head(void)
{
  return mn_round_up(sizeof(MnSecondLevel), MN_LONG_ALIGN);
}

size_t
mn_second_level_size(MnModel const* const model)
{
  return head() + mn_long_size(model);
}

MnSecondLevel*
mn_second_level_init(void* const memory, MnModel const* const model)
{
  MnSecondLevel* const level = (MnSecondLevel*)memory;
  *level = (MnSecondLevel){.model = model, .units = mn_long_units(model)};
  return level;
}

void
mn_second_level_start(MnSecondLevel* const        level,
                      MnKernel const* const       kernel,
                      MnPhrasePlaces const* const places,
                      int32_t const* const        mu)
{
  if (!level->encoder) {
    level->encoder = mn_long_init((char*)level + head(), level->model, kernel);
  }
  mn_long_start(level->encoder, places, mu);
}

void
mn_second_level_view(MnSecondLevel* const level,
                     unsigned const       stream,
                     int64_t const        start,
                     MnLongView* const    view)
{
  MnLong const* const encoder = level->encoder;
  if (level->stream != stream) {
    level->stream = stream;
    level->styles = (MnStyleCourse){.known = false};
  }
  mn_style_take(
    &level->styles, start, mn_long_styles(encoder), level->model->long_table.style.count);
  mn_long_view(level->model,
               mn_long_heard(encoder),
               mn_long_mu(encoder),
               mn_long_sigma(encoder),
               level->styles.q30,
               view);
}
