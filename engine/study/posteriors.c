// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "posteriors.h"

#include "base/fixed.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// In Q16 a sigma may be 0, which has no logarithm.
static double const least_sigma = 1e-6;

// The sizes of a block, in windows, and of a piece of work, in neurons: those of a
// group lie side by side in a cache line.
enum { BLOCK = 4096, GROUP = 16 };

// Until all windows are in, the summary holds sums instead of means.
typedef struct {
  MnPosteriorSummary* summary;
  double*             sum; // [latent], of mu; the variance's sum is that of squares
  MnPosteriors const* block;
  MnProgress const*   progress; // or NULL
  size_t              before;   // windows of earlier blocks
} Task;

bool
mn_posteriors_encode(MnModel const* const    model,
                     uint8_t const* const    tokens,
                     size_t const            count,
                     MnProgress const* const progress,
                     MnPosteriors* const     p)
{
  size_t const     size    = count * model->latent * sizeof(int32_t);
  MnBatches* const batches = mn_batches_new(model, mn_kernel_best());

  *p = (MnPosteriors){
    count, model->latent, (int32_t*)malloc(size + 1), (int32_t*)malloc(size + 1)};
  bool const good = batches && p->mu && p->sigma;
  if (good) {
    mn_batches_run(batches, tokens, count, progress, p->mu, p->sigma);
  } else {
    mn_posteriors_free(p);
  }
  mn_batches_free(batches);
  return good;
}

void
mn_posteriors_free(MnPosteriors* const p)
{
  free(p->mu);
  free(p->sigma);
  *p = (MnPosteriors){0};
}

double
mn_posterior_kl(double const mu, double const sigma)
{
  double const s = fmax(sigma, least_sigma);
  return (mu * mu + s * s - 1) / 2 - log(s);
}

// Adds a block to the sums of some neurons.
static void
add_neurons(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const         t      = (Task const*)context;
  MnPosteriorSummary* const p      = t->summary;
  size_t const              latent = p->latent;
  size_t const              first  = index * GROUP;
  size_t const              last   = first + GROUP < latent ? first + GROUP : latent;
  for (size_t i = 0; i < t->block->count; ++i) {
    for (size_t n = first; n < last; ++n) {
      double const m = mn_from_q16(t->block->mu[i * latent + n]);
      double const s = fmax(mn_from_q16(t->block->sigma[i * latent + n]), least_sigma);
      p->kl[n] += mn_posterior_kl(m, s);
      p->sigma[n] += s;
      p->variance[n] += m * m;
      t->sum[n] += m;
    }
  }
}

static void
add_progress(void* const context, size_t const done, size_t const count)
{
  (void)count;
  Task const* const t = (Task const*)context;
  if (t->progress) {
    t->progress->tell(t->progress->context, t->before + done, t->summary->count);
  }
}

static bool
encode_block(Task* const          t,
             MnModel const* const model,
             uint8_t const* const tokens,
             size_t const         count)
{
  MnPosteriorSummary* const p    = t->summary;
  MnProgress const          told = {add_progress, t};
  MnPosteriors              block;
  if (!mn_posteriors_encode(model, tokens, count, &told, &block)) {
    return false;
  }
  memcpy(p->mu + t->before * p->latent, block.mu, count * p->latent * sizeof(*block.mu));
  for (size_t i = 0; i < count * p->latent; ++i) {
    p->log[t->before * p->latent + i] = mn_log2_q16(block.sigma[i]);
  }
  t->block           = &block;
  MnPieces const job = {
    .count = (p->latent + GROUP - 1) / GROUP, .context = t, .piece = add_neurons};
  mn_parallel_run(&job);
  t->block = NULL;
  mn_posteriors_free(&block);
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
sums_to_means(MnPosteriorSummary* const p, double const* const sum)
{
  double const count = p->count ? (double)p->count : 1;
  for (size_t n = 0; n < p->latent; ++n) {
    double const mean = sum[n] / count;
    p->kl[n] /= count;
    p->sigma[n] /= count;
    p->variance[n] = fmax(p->variance[n] / count - mean * mean, 0);
  }
}

bool
mn_posterior_summary_encode(MnModel const* const      model,
                            MnWindows const* const    windows,
                            MnProgress const* const   progress,
                            MnPosteriorSummary* const p)
{
  size_t const latent = model->latent;

  *p = (MnPosteriorSummary){
    .count    = windows->count,
    .latent   = model->latent,
    .mu       = (int32_t*)calloc(windows->count + 1, latent * sizeof(int32_t)),
    .log      = (int32_t*)calloc(windows->count + 1, latent * sizeof(int32_t)),
    .kl       = (double*)calloc(latent, sizeof(double)),
    .sigma    = (double*)calloc(latent, sizeof(double)),
    .variance = (double*)calloc(latent, sizeof(double))};

  Task t = {
    .summary = p, .sum = (double*)calloc(latent, sizeof(double)), .progress = progress};
  bool const good = p->mu && p->log && p->kl && p->sigma && p->variance && t.sum &&
                    encode_all(&t, model, windows);
  if (good) {
    sums_to_means(p, t.sum);
  } else {
    mn_posterior_summary_free(p);
  }
  free(t.sum);
  return good;
}

void
mn_posterior_summary_free(MnPosteriorSummary* const p)
{
  free(p->mu);
  free(p->log);
  free(p->kl);
  free(p->sigma);
  free(p->variance);
  *p = (MnPosteriorSummary){0};
}
