// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "study.h"

#include "base/parallel.h"
#include "study_measures.h"
#include "study_parts.h"
#include "window_features.h"

#include <stdlib.h>

// Models are calibrated on other random sequences, with seed 1.
enum { RANDOM_SEED = 2 };

static void
compute_features(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  MnStudy const* const   s = (MnStudy const*)context;
  MnWindows const* const w = s->in->heldout;
  mn_features_compute(
    w->tokens + index * w->steps, w->steps, s->features + index * mn_feature_count);
}

static bool
init(MnStudy* const s)
{
  MnReadoutTable const* const t = &s->model->readout;

  s->noise_neurons     = (uint16_t*)malloc((s->noise + 1) * sizeof(uint16_t));
  s->excitation.size   = (double*)calloc(s->latent, sizeof(double));
  s->excitation.active = (double*)calloc(s->latent, sizeof(double));
  s->features = (double*)malloc((s->count * mn_feature_count + 1) * sizeof(double));
  if (!s->noise_neurons || !s->excitation.size || !s->excitation.active || !s->features) {
    return false;
  }
  for (unsigned n = 0, at = 0; n < s->latent; ++n) {
    if (t->rank[n] >= t->music) {
      s->noise_neurons[at++] = (uint16_t)n;
    }
  }
  MnPieces const job = {.count = s->count, .context = s, .piece = compute_features};
  mn_parallel_run(&job);
  return true;
}

// Encodes and measures all windows.
static bool
listen(MnStudy* const s)
{
  MnWindows const* const heldout = s->in->heldout;
  MnWindows              random  = {.steps = s->model->steps};
  bool const             good =
    mn_study_encode(s, "held-out music", heldout, 0, heldout->count, &s->posteriors) &&
    mn_yardstick_learn(s) && mn_measures_init(&s->real, s->count) &&
    mn_measures_take(s, &s->posteriors, heldout->tokens, &s->real, 0) &&
    mn_windows_add_random(&random, s->in->random, RANDOM_SEED) &&
    mn_measures_encode(s, "random sequences", &random, &s->excitation, &s->random);
  mn_windows_free(&random);
  return good;
}

static json_t*
study_about(MnStudy const* const s)
{
  MnModel const* const m = s->model;
  return json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:f,s:I,s:I,s:I,s:i}",
                   "name",
                   m->name,
                   "steps",
                   (int)m->steps,
                   "hidden",
                   (int)m->hidden,
                   "layers",
                   (int)m->layers,
                   "latent",
                   (int)m->latent,
                   "music",
                   (int)s->music,
                   "active",
                   m->readout.active,
                   "heldout_windows",
                   (json_int_t)s->count,
                   "train_windows",
                   (json_int_t)s->in->train->count,
                   "random_windows",
                   (json_int_t)s->random.count,
                   "random_seed",
                   (int)RANDOM_SEED);
}

// The parts: each becomes a member of the result.
static struct {
  char const* name;
  json_t* (*make)(MnStudy const* study);
} const parts[] = {
  {"about", study_about},
  {"neurons", mn_study_neurons},
  {"orders", mn_study_orders},
  {"correlation", mn_study_correlation},
  {"decoder_neurons", mn_study_decoder_neurons},
  {"features", mn_study_features},
  {"activated", mn_study_activated},
  {"detectors", mn_study_detectors},
  {"score", mn_study_score},
  {"harder", mn_study_harder},
  {"styles", mn_study_styles},
  {"axes", mn_study_axes},
  {"labels", mn_study_labels},
  {"attributes", mn_study_attributes},
  {"reconstruction", mn_study_reconstruction},
  {"long", mn_study_long},
};

json_t*
mn_study(MnStudyInput const* const in, MnError* const error)
{
  MnModel const* const m = in->model;
  MnStudy              s = {.in     = in,
                            .model  = m,
                            .latent = m->latent,
                            .music  = m->readout.music,
                            .noise  = m->latent - m->readout.music,
                            .count  = in->heldout->count};
  if (!in->heldout->count || !in->train->count || !in->random) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "no windows to study the model on");
    return NULL;
  }
  bool    good   = init(&s) && listen(&s);
  json_t* result = good ? json_object() : NULL;
  for (size_t i = 0; good && i < sizeof(parts) / sizeof(*parts); ++i) {
    good = !json_object_set_new(result, parts[i].name, parts[i].make(&s));
  }
  if (!good) {
    json_decref(result);
    result = NULL;
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  mn_posteriors_free(&s.posteriors);
  mn_measures_free(&s.real);
  mn_measures_free(&s.random);
  mn_yardstick_free(&s.yardstick);
  free(s.excitation.size);
  free(s.excitation.active);
  free(s.noise_neurons);
  free(s.features);
  return result;
}
