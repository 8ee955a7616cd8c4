// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "played.h"

#include "encoder.h"
#include "fuzz.h"
#include "readout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A sum of 31 bits and sign times such a multiplier, over 2^32; see mn_scale_q16().
static int32_t const largest_q16 = (int32_t)1 << 30;

static bool
is_share(float const number)
{
  return number >= 0 && number <= 1; // false for NaN
}

static void
check_excited(MnModel const* const model, MnReadout const* const r)
{
  for (unsigned i = 0; i < MN_TOP; ++i) {
    FUZZ_CHECK(r->top[i].neuron >= MN_NO_NEURON && r->top[i].neuron < (int)model->latent);
    FUZZ_CHECK((r->top[i].neuron == MN_NO_NEURON) == (i >= model->latent));
    FUZZ_CHECK(!i || r->top[i].neuron == MN_NO_NEURON ||
               fabsf(r->top[i].mu) <= fabsf(r->top[i - 1].mu));
  }
}

static void
check_readout(MnModel const* const model, int32_t const* const mu)
{
  MnReadout      r;
  unsigned const music = model->readout.music;
  mn_readout_compute(model, mu, &r);
  FUZZ_CHECK(is_share(r.musicality));
  FUZZ_CHECK(r.music_active <= music && r.noise_active <= model->latent - music);
  FUZZ_CHECK(isfinite(r.noise_energy) && r.noise_energy >= 0);
  FUZZ_CHECK(isfinite(mn_readout_statistic(model, mu)));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    FUZZ_CHECK(is_share(r.ranked[i]));
  }
  check_excited(model, &r);
}

static MnEncoder*
new_encoder(MnModel const* const model, MnKernel const* const kernel)
{
  size_t const size   = mn_encoder_size(model);
  void* const  memory = aligned_alloc(MN_ENCODER_ALIGN, size);
  FUZZ_CHECK(memory);
  memset(memory, 0xA5, size); // what it was before must not matter
  return mn_encoder_init(memory, model, kernel);
}

static void
check_window(MnModel const* const model, uint8_t const* const tokens)
{
  MnKernel const* const kernels[] = {mn_kernels[0], mn_kernel_best()};
  MnEncoder*            encoders[2];
  for (unsigned k = 0; k < 2; ++k) {
    encoders[k] = new_encoder(model, kernels[k]);
    mn_encoder_start(encoders[k], tokens);
    FUZZ_CHECK(mn_encoder_run(encoders[k], mn_encoder_units(model)));
  }
  int32_t const* const mu    = mn_encoder_mu(encoders[0]);
  int32_t const* const sigma = mn_encoder_sigma(encoders[0]);
  size_t const         size  = model->latent * sizeof(*mu);
  FUZZ_CHECK(!memcmp(mu, mn_encoder_mu(encoders[1]), size));
  FUZZ_CHECK(!memcmp(sigma, mn_encoder_sigma(encoders[1]), size));
  for (unsigned n = 0; n < model->latent; ++n) {
    FUZZ_CHECK(abs(mu[n]) <= largest_q16 && sigma[n] >= 0 && sigma[n] <= largest_q16);
  }
  check_readout(model, mu);
  free(encoders[0]);
  free(encoders[1]);
}

void
fuzz_play_model(MnModel const* const model)
{
  // Silence, and all tokens in turn: the bytes of a window are tokens or not.
  uint8_t tokens[MN_MAX_STEPS] = {0};
  check_window(model, tokens);
  for (unsigned i = 0; i < MN_MAX_STEPS; ++i) {
    tokens[i] = (uint8_t)(i * 7);
  }
  check_window(model, tokens);

  // No encoder gives these, but the readout takes any.
  int32_t* const mu = (int32_t*)fuzz_memory(model->latent * sizeof(*mu));
  for (unsigned n = 0; n < model->latent; ++n) {
    mu[n] = n % 2 ? largest_q16 : -largest_q16;
  }
  check_readout(model, mu);
  free(mu);
}
