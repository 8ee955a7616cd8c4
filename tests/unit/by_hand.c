// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "by_hand.h"

#include <math.h>
#include <string.h>

bool looked_at[LONGEST];

static size_t
find(char const* const key)
{
  for (size_t i = 0; i < mn_feature_count; ++i) {
    MnFeature const* const f = &mn_features[i];
    if (!strcmp(*f->code ? f->code : f->name, key)) {
      return i;
    }
  }
  fail_msg("no feature %s", key);
  return 0;
}

void
compute(double* const      values,
        unsigned const     steps,
        Event const* const events,
        size_t const       count)
{
  uint8_t tokens[MN_MAX_STEPS] = {0};
  for (size_t i = 0; i < count; ++i) {
    unsigned const pitch   = events[i].pitch;
    tokens[events[i].step] = (uint8_t)(pitch ? pitch - MN_NOTE_OFFSET : MN_NOTE_OFF);
  }
  assert_true(mn_feature_count <= LONGEST);
  mn_features_compute(tokens, steps, values);
}

void
check_features(double const* const   values,
               Expected const* const expected,
               size_t const          count,
               char const* const     file,
               int const             line)
{
  for (size_t i = 0; i < count; ++i) {
    size_t const feature = find(expected[i].key);
    double const value   = values[feature];
    if (!isnan(expected[i].value)) {
      looked_at[feature] = true;
      check_close(value, expected[i].value, 1e-12, expected[i].key, file, line);
    } else if (!isnan(value)) {
      print_error("%s is %g where it is undefined\n", expected[i].key, value);
      _fail(file, line);
    }
  }
}
