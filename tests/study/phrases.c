// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Encodes phrases by a model's second level for a second implementation to look at:
// study_phrases MODEL < PHRASES. A phrase is MN_PHRASE bytes, which windows were heard, and
// then mu of level one of these windows, Q16 in 32 bits: [MN_PHRASE][neurons that are read].
// The last window was heard. Standard output gets of each mu and sigma [latent], Q16, and the
// probabilities of the styles, Q30, all in 32 bits. All kernels must agree, and slices.

#include "long/long_encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Encodes a phrase with a kernel, in slices of a unit or at once.
static MnLong*
encode(MnModel const* const  model,
       MnKernel const* const kernel,
       bool const            sliced,
       uint8_t const* const  heard,
       int32_t const* const  mu)
{
  MnLongTable const* const t      = &model->long_table;
  MnPhrase                 phrase = {0};
  MnLong* const            e = (MnLong*)aligned_alloc(MN_LONG_ALIGN, mn_long_size(model));
  int32_t* const           full = (int32_t*)calloc(model->latent, sizeof(*full));
  if (!e || !full) {
    exit(1);
  }
  memset(e, 0xA5, mn_long_size(model)); // the old content must not matter
  mn_long_init(e, model, kernel);
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    int64_t const        start  = 1000 + (int64_t)w * MN_STEPS_2BAR;
    MnPhrasePlaces const places = mn_phrase_add(&phrase, start, heard[w]);
    if (heard[w]) {
      for (unsigned i = 0; i < t->neurons; ++i) {
        full[t->neuron[i]] = mu[w * t->neurons + i];
      }
      mn_long_start(e, &places, full);
      while (!mn_long_run(e, sliced ? 1 : mn_long_units(model))) {
      }
    }
  }
  free(full);
  return e;
}

static bool
same(MnModel const* const model, MnLong const* const a, MnLong const* const b)
{
  MnLongTable const* const t    = &model->long_table;
  size_t const             size = t->latent * sizeof(int32_t);
  return !memcmp(mn_long_mu(a), mn_long_mu(b), size) &&
         !memcmp(mn_long_sigma(a), mn_long_sigma(b), size) &&
         !memcmp(mn_long_styles(a), mn_long_styles(b), t->style.count * sizeof(uint32_t));
}

static void
put(MnModel const* const model, MnLong const* const e)
{
  MnLongTable const* const t = &model->long_table;
  fwrite(mn_long_mu(e), sizeof(int32_t), t->latent, stdout);
  fwrite(mn_long_sigma(e), sizeof(int32_t), t->latent, stdout);
  fwrite(mn_long_styles(e), sizeof(uint32_t), t->style.count, stdout);
}

int
main(int const argc, char** const argv)
{
  MnError        error = {MN_STATUS_BAD_INPUT, "usage: study_phrases MODEL"};
  MnModel* const model = argc < 2 ? NULL : mn_model_load(argv[1], &error);
  if (!model || !model->long_table.neurons) {
    fprintf(stderr, "%s\n", model ? "no second level" : error.text);
    return 2;
  }
  size_t const   count = (size_t)MN_PHRASE * model->long_table.neurons;
  int32_t* const mu    = (int32_t*)malloc(count * sizeof(*mu));
  uint8_t        heard[MN_PHRASE];
  if (!mu) {
    return 1;
  }
  while (fread(heard, 1, MN_PHRASE, stdin) == MN_PHRASE &&
         fread(mu, sizeof(*mu), count, stdin) == count) {
    MnLong* const plain = encode(model, mn_kernels[0], false, heard, mu);
    for (unsigned k = 0; mn_kernels[k]; ++k) {
      if (mn_kernels[k]->supported()) {
        MnLong* const other = encode(model, mn_kernels[k], true, heard, mu);
        if (!same(model, plain, other)) {
          fprintf(stderr, "kernel %s has other bits\n", mn_kernels[k]->name);
          return 1;
        }
        free(other);
      }
    }
    put(model, plain);
    free(plain);
  }
  free(mu);
  mn_model_free(model);
  return 0;
}
