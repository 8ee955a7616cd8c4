// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_flaw.h"

#include "decoder/decoder.h"
#include "encoder/encoder.h"
#include "long/long_encoder.h"
#include "readout/long_view.h"
#include "readout/readout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The limit of mn_scale_q16(): a sum of 31 bits and sign times such a multiplier, over
// 2^32.
static int32_t const largest_q16 = (int32_t)1 << 30;

#define RETURN_UNLESS(condition) \
  if (!(condition)) {            \
    return #condition;           \
  }

static bool
is_share(float const number)
{
  return number >= 0 && number <= 1; // false for NaN
}

static char const*
top_flaw(MnModel const* const model, MnReadout const* const r)
{
  for (unsigned i = 0; i < MN_TOP; ++i) {
    RETURN_UNLESS(r->top[i].neuron >= MN_NO_NEURON && r->top[i].neuron < (int)model->latent)
    RETURN_UNLESS((r->top[i].neuron == MN_NO_NEURON) == (i >= model->latent))
    RETURN_UNLESS(!i || r->top[i].neuron == MN_NO_NEURON ||
                  fabsf(r->top[i].mu) <= fabsf(r->top[i - 1].mu))
  }
  return NULL;
}

static char const*
readout_flaw(MnModel const* const model,
             int32_t const* const mu,
             int32_t const* const sigma)
{
  MnReadout      r;
  unsigned const music                = model->readout.music;
  uint8_t        tokens[MN_MAX_STEPS] = {0};
  for (unsigned onsets = 0; onsets <= model->steps; ++onsets) {
    mn_readout_compute(model, tokens, mu, sigma, &r);
    RETURN_UNLESS(is_share(r.musicality))
    RETURN_UNLESS(isfinite(mn_readout_statistic(model, tokens, mu, sigma)))
    if (onsets < model->steps) {
      tokens[onsets] = MN_CLASSES - 1; // the highest register
    }
  }
  RETURN_UNLESS(r.music_active <= music && r.noise_active <= model->latent - music)
  RETURN_UNLESS(isfinite(r.noise_energy) && r.noise_energy >= 0)
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    RETURN_UNLESS(is_share(r.ranked[i]))
  }
  return top_flaw(model, &r);
}

static char const*
numbers_flaw(MnModel const* const model, MnEncoder const* const a, MnEncoder const* const b)
{
  int32_t const* const mu    = mn_encoder_mu(a);
  int32_t const* const sigma = mn_encoder_sigma(a);
  size_t const         size  = model->latent * sizeof(*mu);
  RETURN_UNLESS(!memcmp(mu, mn_encoder_mu(b), size))
  RETURN_UNLESS(!memcmp(sigma, mn_encoder_sigma(b), size))
  for (unsigned n = 0; n < model->latent; ++n) {
    RETURN_UNLESS(mu[n] <= largest_q16 && mu[n] >= -largest_q16)
    RETURN_UNLESS(sigma[n] >= 0 && sigma[n] <= largest_q16)
  }
  return readout_flaw(model, mu, sigma);
}

static MnEncoder*
encode(MnModel const* const  model,
       MnKernel const* const kernel,
       uint8_t const* const  tokens)
{
  size_t const size   = mn_encoder_size(model);
  void* const  memory = aligned_alloc(MN_ENCODER_ALIGN, size);
  if (memory) {
    memset(memory, 0xA5, size); // the old content must not matter
    mn_encoder_init(memory, model, kernel);
    mn_encoder_start((MnEncoder*)memory, tokens);
    mn_encoder_run((MnEncoder*)memory, mn_encoder_units(model));
  }
  return (MnEncoder*)memory;
}

static char const*
window_flaw(MnModel const* const model, uint8_t const* const tokens)
{
  MnEncoder* const  plain = encode(model, mn_kernels[0], tokens);
  MnEncoder* const  best  = encode(model, mn_kernel_best(), tokens);
  char const* const flaw =
    plain && best ? numbers_flaw(model, plain, best) : "there is memory";
  free(plain);
  free(best);
  return flaw;
}

// A window that any kernel decodes, at a temperature of 1, for each seed another.
static MnDecoder*
decode(MnModel const* const model, MnKernel const* const kernel, int32_t const* const mu)
{
  size_t const size   = mn_decoder_size(model);
  void* const  memory = aligned_alloc(MN_DECODER_ALIGN, size);
  if (memory) {
    memset(memory, 0xA5, size);
    mn_decoder_init(memory, model, kernel);
    mn_decoder_start(
      (MnDecoder*)memory, mu, &(MnChoice){.temperature_q16 = 1 << 16, .seed = 1});
    mn_decoder_run((MnDecoder*)memory, mn_decoder_units(model));
  }
  return (MnDecoder*)memory;
}

static char const*
decoded_flaw(MnModel const* const model, MnDecoder const* const a, MnDecoder const* const b)
{
  RETURN_UNLESS(a && b)
  RETURN_UNLESS(!memcmp(mn_decoder_tokens(a), mn_decoder_tokens(b), model->steps))
  RETURN_UNLESS(!memcmp(
    mn_decoder_logits(a), mn_decoder_logits(b), MN_CLASSES * sizeof(*mn_decoder_logits(a))))
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    RETURN_UNLESS(abs(mn_decoder_logits(a)[k]) <= largest_q16)
  }
  for (unsigned i = 0; i < model->steps; ++i) {
    RETURN_UNLESS(mn_decoder_tokens(a)[i] < MN_CLASSES)
  }
  return NULL;
}

static char const*
decoder_flaw(MnModel const* const model, int32_t const* const mu)
{
  MnDecoder* const  plain = decode(model, mn_kernels[0], mu);
  MnDecoder* const  best  = decode(model, mn_kernel_best(), mu);
  char const* const flaw  = decoded_flaw(model, plain, best);
  free(plain);
  free(best);
  return flaw;
}

// A phrase of which some windows were heard, by any kernel.
static MnLong*
encode_phrase(MnModel const* const  model,
              MnKernel const* const kernel,
              int32_t const* const  mu)
{
  MnPhrase      phrase = {0};
  MnLong* const e      = (MnLong*)aligned_alloc(MN_LONG_ALIGN, mn_long_size(model));
  if (e) {
    memset(e, 0xA5, mn_long_size(model));
    mn_long_init(e, model, kernel);
    for (int64_t start = 0; start < 5 * MN_STEPS_2BAR; start += 2 * MN_STEPS_2BAR) {
      MnPhrasePlaces const places = mn_phrase_add(&phrase, start, true);
      mn_long_start(e, &places, mu);
      mn_long_run(e, mn_long_units(model));
    }
  }
  return e;
}

static char const*
phrase_flaw(MnModel const* const model, MnLong const* const a, MnLong const* const b)
{
  MnLongTable const* const t    = &model->long_table;
  size_t const             size = t->latent * sizeof(int32_t);
  uint64_t                 sum  = 0;
  MnLongView               view;
  RETURN_UNLESS(a && b)
  RETURN_UNLESS(mn_long_heard(a) == 3)
  RETURN_UNLESS(!memcmp(mn_long_mu(a), mn_long_mu(b), size))
  RETURN_UNLESS(!memcmp(mn_long_sigma(a), mn_long_sigma(b), size))
  RETURN_UNLESS(
    !memcmp(mn_long_styles(a), mn_long_styles(b), t->style.count * sizeof(uint32_t)))
  for (unsigned n = 0; n < t->latent; ++n) {
    RETURN_UNLESS(abs(mn_long_mu(a)[n]) <= largest_q16)
    RETURN_UNLESS(mn_long_sigma(a)[n] >= 0 && mn_long_sigma(a)[n] <= largest_q16)
  }
  mn_long_view(
    model, mn_long_heard(a), mn_long_mu(a), mn_long_sigma(a), mn_long_styles(a), &view);
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    RETURN_UNLESS(is_share(view.ranked[i]))
  }
  for (unsigned k = 0; k < MN_STYLES; ++k) {
    RETURN_UNLESS(is_share(view.styles[k]) && view.styles[k] <= view.confidence)
  }
  RETURN_UNLESS(view.top <= t->style.count && (view.top > 0) == (t->style.count > 0))
  for (unsigned k = 0; k < t->style.count; ++k) {
    sum += mn_long_styles(a)[k];
  }
  // Each is rounded on its own.
  RETURN_UNLESS(!t->style.count ||
                (sum > (1U << 30) - MN_STYLES && sum < (1U << 30) + MN_STYLES))
  return NULL;
}

static char const*
long_flaw(MnModel const* const model, int32_t const* const mu)
{
  MnLong* const     plain = encode_phrase(model, mn_kernels[0], mu);
  MnLong* const     best  = encode_phrase(model, mn_kernel_best(), mu);
  char const* const flaw  = phrase_flaw(model, plain, best);
  free(plain);
  free(best);
  return flaw;
}

char const*
model_flaw(MnModel const* const model)
{
  // Silence first, then all tokens and bytes that are not tokens.
  uint8_t     tokens[MN_MAX_STEPS] = {0};
  char const* flaw                 = window_flaw(model, tokens);
  for (unsigned i = 0; i < MN_MAX_STEPS; ++i) {
    tokens[i] = (uint8_t)(i * 7);
  }
  flaw = flaw ? flaw : window_flaw(model, tokens);

  // The largest mu that any encoder can give, even if this one cannot.
  int32_t mu[MN_MAX_LATENT];
  int32_t sigma[MN_MAX_LATENT];
  for (unsigned n = 0; n < model->latent; ++n) {
    mu[n]    = n % 2 ? largest_q16 : -largest_q16;
    sigma[n] = n % 2 ? 0 : largest_q16;
  }
  flaw = flaw ? flaw : readout_flaw(model, mu, sigma);
  if (!flaw && model->long_table.neurons) {
    flaw = long_flaw(model, mu);
  }
  return flaw || !model->decoder.layers ? flaw : decoder_flaw(model, mu);
}
