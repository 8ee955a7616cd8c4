// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The study's numbers for test_features.py, in and out as raw bytes:
///
///   study_compute names             code, name, high and low of each feature, a line each
///   study_compute features STEPS    windows of so many tokens -> rows of doubles
///   study_compute form 256          phrases of so many tokens -> rows of doubles
///   study_compute phik COUNT        pairs of columns of so many doubles -> a double each

#include "study/phik.h"
#include "study/phrase_form.h"
#include "study/window_features.h"
#include "study/windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
names(void)
{
  for (size_t i = 0; i < mn_feature_count; ++i) {
    MnFeature const* const f    = &mn_features[i];
    char const* const      high = f->high ? f->high : "";
    char const* const      low  = f->low ? f->low : "";
    printf("%s\t%s\t%s\t%s\n", f->code, f->name, high, low);
  }
  return 0;
}

static int
features(unsigned const steps)
{
  uint8_t       tokens[MN_MAX_STEPS];
  double* const values = (double*)malloc(mn_feature_count * sizeof(double));
  if (!values || !steps || steps % MN_STEPS_PER_BAR || steps > MN_MAX_STEPS) {
    free(values);
    return 1;
  }
  while (fread(tokens, 1, steps, stdin) == steps) {
    mn_features_compute(tokens, steps, values);
    fwrite(values, sizeof(double), mn_feature_count, stdout);
  }
  free(values);
  return 0;
}

static int
form(unsigned const steps)
{
  uint8_t tokens[MN_FORM_STEPS];
  double  values[MN_FORMS];
  while (steps == MN_FORM_STEPS && fread(tokens, 1, steps, stdin) == steps) {
    mn_forms_compute(tokens, values);
    fwrite(values, sizeof(double), MN_FORMS, stdout);
  }
  return steps != MN_FORM_STEPS;
}

static int
phik(size_t const count)
{
  double* const  values = (double*)malloc((count + 1) * sizeof(double));
  uint8_t* const bins   = (uint8_t*)malloc(2 * count + 1);
  if (!values || !bins) {
    free(values);
    free(bins);
    return 1;
  }
  for (size_t read = 0; fread(values, sizeof(double), count, stdin) == count; ++read) {
    mn_phik_bin(values, count, bins + read % 2 * count);
    if (read % 2) {
      double const answer = mn_phik(bins, bins + count, count);
      fwrite(&answer, sizeof(answer), 1, stdout);
    }
  }
  free(values);
  free(bins);
  return 0;
}

int
main(int const argc, char** const argv)
{
  if (argc == 2 && !strcmp(argv[1], "names")) {
    return names();
  }
  unsigned long const number = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (number && !strcmp(argv[1], "features")) {
    return features((unsigned)number);
  }
  if (number && !strcmp(argv[1], "form")) {
    return form((unsigned)number);
  }
  if (number && !strcmp(argv[1], "phik")) {
    return phik(number);
  }
  return 2;
}
