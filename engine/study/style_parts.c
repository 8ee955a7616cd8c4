// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "style_parts.h"

#include "base/fixed.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// So many windows of music as a whole count as a style's, too.
static double const borrowed = 100;

static double const ridge = 1e-4;

static double const one_q30 = 1 << 30;

bool
mn_style_parts_init(MnStyleParts* const p, unsigned const styles, unsigned const music)
{
  size_t const count = (size_t)styles * music;
  *p                 = (MnStyleParts){.styles  = styles,
                                      .music   = music,
                                      .weight  = (double*)calloc(styles, sizeof(double)),
                                      .sum     = (double*)calloc(count, sizeof(double)),
                                      .product = (double*)calloc(count * music, sizeof(double))};
  return p->weight && p->sum && p->product;
}

void
mn_style_parts_free(MnStyleParts* const p)
{
  free(p->weight);
  free(p->sum);
  free(p->product);
  free(p->map);
  *p = (MnStyleParts){0};
}

void
mn_style_parts_add(MnStyleParts* const   p,
                   uint32_t const* const share_q30,
                   int32_t const* const  mu,
                   uint16_t const* const order)
{
  size_t const music = p->music;
  double       z[MN_MAX_LATENT];
  for (size_t i = 0; i < music; ++i) {
    z[i] = mn_from_q16(mu[order[i]]);
  }
  for (unsigned s = 0; s < p->styles; ++s) {
    double const  share   = share_q30[s] / one_q30;
    double* const product = p->product + s * music * music;
    p->weight[s] += share;
    for (size_t i = 0; i < music; ++i) {
      double const part = share * z[i];
      p->sum[s * music + i] += part;
      for (size_t k = i; k < music; ++k) {
        product[i * music + k] += part * z[k];
      }
    }
  }
}

// A Gaussian, and room for what is made of it. Matrices have both halves.
typedef struct {
  size_t  music;
  double* mean;  // [music]
  double* cov;   // [music][music]
  double* root;  // C^1/2 of music as a whole
  double* back;  // C^-1/2
  double* other; // the matrices of products
  double* again;
  double* value; // [music]: eigenvalues
} Room;

static bool
room_init(Room* const r, size_t const music)
{
  size_t const size = music * music * sizeof(double);
  *r                = (Room){.music = music,
                             .mean  = (double*)malloc(music * sizeof(double)),
                             .cov   = (double*)malloc(size),
                             .root  = (double*)malloc(size),
                             .back  = (double*)malloc(size),
                             .other = (double*)malloc(size),
                             .again = (double*)malloc(size),
                             .value = (double*)malloc(music * sizeof(double))};
  return r->mean && r->cov && r->root && r->back && r->other && r->again && r->value;
}

static void
room_free(Room* const r)
{
  free(r->mean);
  free(r->cov);
  free(r->root);
  free(r->back);
  free(r->other);
  free(r->again);
  free(r->value);
}

// The Gaussian of sums.
static void
fit(Room* const         r,
    double const        weight,
    double const* const sum,
    double const* const product)
{
  size_t const music = r->music;
  for (size_t i = 0; i < music; ++i) {
    r->mean[i] = sum[i] / weight;
  }
  for (size_t i = 0; i < music; ++i) {
    for (size_t k = i; k < music; ++k) {
      double const cov      = product[i * music + k] / weight - r->mean[i] * r->mean[k];
      r->cov[i * music + k] = cov + (i == k ? ridge : 0);
      r->cov[k * music + i] = r->cov[i * music + k];
    }
  }
}

static void
multiply(size_t const        n,
         double const* const a,
         double const* const b,
         double* const       product)
{
  memset(product, 0, n * n * sizeof(*product));
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      for (size_t j = 0; j < n; ++j) {
        product[i * n + j] += a[i * n + k] * b[k * n + j];
      }
    }
  }
}

// V e^power V' of a symmetric matrix with the vectors V and the values e of `r`.
static void
compose(Room* const r, double const* const vectors, double const power, double* const found)
{
  size_t const n = r->music;
  memset(found, 0, n * n * sizeof(*found));
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      double const part = vectors[i * n + k] * pow(fmax(r->value[k], ridge * ridge), power);
      for (size_t j = 0; j < n; ++j) {
        found[i * n + j] += part * vectors[j * n + k];
      }
    }
  }
}

// Makes of a symmetric matrix its vectors, and finds the values.
static bool
decompose(Room* const r, double* const matrix)
{
  lapack_int const n = (lapack_int)r->music;
  return !LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', n, matrix, n, r->value);
}

// The map to the style whose Gaussian `r` has.
static bool
find_map(Room* const r, double const* const mean, float* map)
{
  size_t const n = r->music;
  multiply(n, r->root, r->cov, r->other);
  multiply(n, r->other, r->root, r->again);
  if (!decompose(r, r->again)) {
    return false;
  }
  compose(r, r->again, 0.5, r->other);
  multiply(n, r->back, r->other, r->again);
  multiply(n, r->again, r->back, r->other);
  double const* const a = r->other;
  for (size_t i = 0; i < n; ++i) {
    double offset = r->mean[i];
    for (size_t k = 0; k < n; ++k) {
      offset -= a[i * n + k] * mean[k];
    }
    *map++ = (float)offset;
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      *map++ = (float)(a[i * n + k] - (i == k));
    }
  }
  return true;
}

// Sums up the windows of all styles, and lends some of them to each.
static void
add_all(MnStyleParts const* const p,
        double const              weight,
        double* const             sum,
        double* const             product)
{
  size_t const width  = p->music;
  size_t const square = width * width;
  double const share  = borrowed / weight;
  for (unsigned s = 0; s < p->styles; ++s) {
    for (size_t i = 0; i < width; ++i) {
      sum[i] += p->sum[s * width + i];
    }
    for (size_t i = 0; i < square; ++i) {
      product[i] += p->product[s * square + i];
    }
  }
  for (unsigned s = 0; s < p->styles; ++s) {
    p->weight[s] += borrowed;
    for (size_t i = 0; i < width; ++i) {
      p->sum[s * width + i] += share * sum[i];
    }
    for (size_t i = 0; i < square; ++i) {
      p->product[s * square + i] += share * product[i];
    }
  }
}

static bool
find_maps(MnStyleParts* const p, Room* const r, double* const sum, double* const product)
{
  size_t const square = (size_t)p->music * p->music;
  double       weight = 0;
  for (unsigned s = 0; s < p->styles; ++s) {
    weight += p->weight[s];
  }
  if (!(weight > 0)) {
    return true; // no window: the maps are 0
  }
  add_all(p, weight, sum, product);
  fit(r, weight, sum, product);
  memcpy(r->other, r->cov, square * sizeof(*r->other));
  if (!decompose(r, r->other)) {
    return false;
  }
  compose(r, r->other, 0.5, r->root);
  compose(r, r->other, -0.5, r->back);
  memcpy(sum, r->mean, p->music * sizeof(*sum));
  bool good = true;
  for (unsigned s = 0; s < p->styles && good; ++s) {
    fit(r, p->weight[s], p->sum + (size_t)s * p->music, p->product + s * square);
    good = find_map(r, sum, p->map + s * (square + p->music));
  }
  return good;
}

bool
mn_style_parts_solve(MnStyleParts* const p)
{
  size_t const  music   = p->music;
  double* const sum     = (double*)calloc(music, sizeof(double));
  double* const product = (double*)calloc(music * music, sizeof(double));
  Room          room;
  bool          good = room_init(&room, music);
  p->map = (float*)calloc((size_t)p->styles * music * (music + 1), sizeof(float));
  good   = good && sum && product && p->map && find_maps(p, &room, sum, product);
  room_free(&room);
  free(sum);
  free(product);
  return good;
}
