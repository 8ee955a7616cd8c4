// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoded.h"

#include "base/fixed.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// In Q16 a sigma may be 0; its logarithm must not be.
static double const least_sigma = 1e-6;

// So many windows at a time have answers in full. So many neurons are one piece of
// work: theirs lie side by side in a cache line.
enum { BLOCK = 4096, GROUP = 16 };

// Until all windows are in, what will be means are sums.
typedef struct {
  MnEncoded*        encoded;
  double*           sum;      // [latent], of mu; the variance's sum is that of squares
  MnAnswers const*  answers;  // of the block
  MnProgress const* progress; // or NULL
  size_t            before;   // windows of earlier blocks
} Task;

// Adds a block's answers to the sums of some neurons.
static void
add_neurons(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const t      = (Task const*)context;
  MnEncoded* const  e      = t->encoded;
  size_t const      latent = e->latent;
  size_t const      first  = index * GROUP;
  size_t const      last   = first + GROUP < latent ? first + GROUP : latent;
  for (size_t i = 0; i < t->answers->count; ++i) {
    for (size_t n = first; n < last; ++n) {
      double const m = mn_from_q16(t->answers->mu[i * latent + n]);
      double const s = fmax(mn_from_q16(t->answers->sigma[i * latent + n]), least_sigma);
      e->kl[n] += (m * m + s * s - 1) / 2 - log(s);
      e->sigma[n] += s;
      e->variance[n] += m * m;
      t->sum[n] += m;
    }
  }
}

static void
tell_progress(void* const context, size_t const done, size_t const count)
{
  (void)count;
  Task const* const t = (Task const*)context;
  if (t->progress) {
    t->progress->tell(t->progress->context, t->before + done, t->encoded->count);
  }
}

static bool
encode_block(Task* const          t,
             MnModel const* const model,
             uint8_t const* const tokens,
             size_t const         count)
{
  MnEncoded* const e    = t->encoded;
  MnProgress const told = {tell_progress, t};
  MnAnswers        answers;
  if (!mn_answers_take(model, tokens, count, &told, &answers)) {
    return false;
  }
  memcpy(
    e->mu + t->before * e->latent, answers.mu, count * e->latent * sizeof(*answers.mu));
  t->answers         = &answers;
  MnPieces const job = {
    .count = (e->latent + GROUP - 1) / GROUP, .context = t, .piece = add_neurons};
  mn_parallel_run(&job);
  t->answers = NULL;
  mn_answers_free(&answers);
  return true;
}

static bool
encode_all(Task* const t, MnModel const* const model, MnWindows const* const windows)
{
  for (; t->before < windows->count; t->before += BLOCK) {
    size_t const         rest   = windows->count - t->before;
    uint8_t const* const tokens = windows->tokens + t->before * windows->steps;
    if (!encode_block(t, model, tokens, rest < BLOCK ? rest : BLOCK)) {
      return false;
    }
  }
  return true;
}

static void
sums_to_means(MnEncoded* const e, double const* const sum)
{
  double const count = e->count ? (double)e->count : 1;
  for (size_t n = 0; n < e->latent; ++n) {
    double const mean = sum[n] / count;
    e->kl[n] /= count;
    e->sigma[n] /= count;
    e->variance[n] = fmax(e->variance[n] / count - mean * mean, 0);
  }
}

bool
mn_encoded_take(MnModel const* const    model,
                MnWindows const* const  windows,
                MnProgress const* const progress,
                MnEncoded* const        e)
{
  size_t const latent = model->latent;

  *e = (MnEncoded){.count  = windows->count,
                   .latent = model->latent,
                   .mu     = (int32_t*)calloc(windows->count + 1, latent * sizeof(int32_t)),
                   .kl     = (double*)calloc(latent, sizeof(double)),
                   .sigma  = (double*)calloc(latent, sizeof(double)),
                   .variance = (double*)calloc(latent, sizeof(double))};

  Task t = {
    .encoded = e, .sum = (double*)calloc(latent, sizeof(double)), .progress = progress};
  bool const good =
    e->mu && e->kl && e->sigma && e->variance && t.sum && encode_all(&t, model, windows);
  if (good) {
    sums_to_means(e, t.sum);
  } else {
    mn_encoded_free(e);
  }
  free(t.sum);
  return good;
}

void
mn_encoded_free(MnEncoded* const e)
{
  free(e->mu);
  free(e->kl);
  free(e->sigma);
  free(e->variance);
  *e = (MnEncoded){0};
}
