// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "move.h"

#include "base/fixed.h"
#include "decoder/place.h"
#include "decoder/place_move.h"
#include "decoder/place_style.h"
#include "readout/bend_values.h"

#include <math.h>
#include <string.h>

// Quantiles 10/64 and 54/64 are 1.00999 standard deviations of a normal distribution from its
// middle.
enum { BELOW = 10, ABOVE = 54 };

static double const deviations = 2 * 1.00999;

// The axes, in the order in which every model has them.
enum { REGISTER, DENSITY, CONTOUR = 3, RANGE };

static unsigned const pitch_axes = 1U << REGISTER | 1U << CONTOUR | 1U << RANGE;

bool
mn_move_has_base(MnPlayMode const mode, bool const is_there[MN_IDEAS])
{
  bool slot = false;
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    slot = slot || is_there[MN_IDEA_SLOTS + i];
  }
  return mode == MN_PLAY_DRIFT || (mode == MN_PLAY_MORPH ? slot : is_there[MN_IDEA_HEARD]);
}

// Nothing is the origin.
static void
keep(int32_t* const to, int32_t const* const from, unsigned const latent)
{
  if (from) {
    memcpy(to, from, latent * sizeof(*to));
  } else {
    memset(to, 0, latent * sizeof(*to));
  }
}

// The way from one place to another; if one is missing it is the other. @return whether there
// is any.
static bool
mix(int32_t const* const a,
    int32_t const* const b,
    unsigned const       latent,
    double const         t,
    int32_t* const       mixed)
{
  if (a && b) {
    mn_place_mix(a, b, latent, t, mixed);
  } else {
    keep(mixed, a ? a : b, latent);
  }
  return a || b;
}

// Noise neurons would turn the arcs.
static int32_t const*
music_of(MnModel const* const model, int32_t const* const mu, int32_t* const music)
{
  if (!mu) {
    return NULL;
  }
  keep(music, mu, model->latent);
  mn_place_silence_noise(model, music);
  return music;
}

static void
morph(MnMove const* const  move,
      MnModel const* const model,
      int32_t const* const mu[MN_IDEAS],
      int32_t* const       place)
{
  int32_t left[MN_MAX_LATENT];
  int32_t right[MN_MAX_LATENT];
  int32_t row[2][MN_MAX_LATENT];
  bool    there[2];
  for (unsigned i = 0; i < 2; ++i) {
    int32_t const* const a = music_of(model, mu[MN_IDEA_SLOTS + 2 * i], left);
    int32_t const* const b = music_of(model, mu[MN_IDEA_SLOTS + 2 * i + 1], right);
    there[i]               = mix(a, b, model->latent, move->x, row[i]);
  }
  mix(there[0] ? row[0] : NULL, there[1] ? row[1] : NULL, model->latent, move->y, place);
}

static int64_t
floor_share(int64_t const number, int64_t const pace)
{
  return number / pace - (number % pace < 0);
}

// A walk from place to place, each of them drawn by its own number: so it is the same wherever
// the transport comes from.
static void
drift(MnMove const* const move, MnModel const* const model, int32_t* const place)
{
  int32_t       to[MN_MAX_LATENT];
  int64_t const pace = move->pace ? move->pace : 1;
  int64_t const from = floor_share(move->number, pace);
  double const  part = (double)(move->number - from * pace) / (double)pace;
  keep(to, place, model->latent);
  mn_place_vary(model, move->amount, move->seed, (uint64_t)from, place);
  mn_place_vary(model, move->amount, move->seed, (uint64_t)from + 1, to);
  mn_place_mix(place, to, model->latent, part, place);
}

// The weight of music neuron `n` on an axis; 0 of a noise neuron.
static double
weight(MnModel const* const model, unsigned const n, unsigned const axis)
{
  MnBendTable const* const t = &model->readout.axis_table;
  return model->readout.rank[n] < model->readout.music
           ? (double)t->input[(size_t)n * (t->values + t->bends) + axis]
           : 0;
}

static double
product(MnModel const* const model, unsigned const a, unsigned const b)
{
  double sum = 0;
  for (unsigned n = 0; n < model->latent; ++n) {
    sum += weight(model, n, a) * weight(model, n, b);
  }
  return sum;
}

static double
spread(float const* const quantiles)
{
  return ((double)quantiles[ABOVE] - (double)quantiles[BELOW]) / deviations;
}

// Solves a x = b by elimination with pivots, in place; a direction that depends on others gets
// 0.
static void
solve(double a[MN_AXES][MN_AXES], double b[MN_AXES], unsigned const count)
{
  bool used[MN_AXES]   = {false};
  int  row_of[MN_AXES] = {0};
  for (unsigned c = 0; c < count; ++c) {
    unsigned best = count;
    for (unsigned r = 0; r < count; ++r) {
      if (!used[r] && (best == count || fabs(a[r][c]) > fabs(a[best][c]))) {
        best = r;
      }
    }
    row_of[c] = fabs(a[best][c]) > 1e-9 ? (int)best : -1;
    if (row_of[c] < 0) {
      continue;
    }
    used[best] = true;
    for (unsigned r = 0; r < count; ++r) {
      double const share = r == best ? 0 : a[r][c] / a[best][c];
      for (unsigned k = c; k < count; ++k) {
        a[r][k] -= share * a[best][k];
      }
      b[r] -= share * b[best];
    }
  }
  double x[MN_AXES] = {0};
  for (unsigned c = 0; c < count; ++c) {
    x[c] = row_of[c] < 0 ? 0 : b[row_of[c]] / a[row_of[c]][c];
  }
  memcpy(b, x, sizeof(x));
}

// Moves z the least way so that some axes have the values that `there` has.
static void
hold_axes(MnModel const* const model,
          unsigned const       axes,
          int32_t const* const there,
          double* const        z)
{
  unsigned list[MN_AXES];
  unsigned count                  = 0;
  double   gram[MN_AXES][MN_AXES] = {{0}};
  double   lack[MN_AXES]          = {0};
  for (unsigned axis = 0; axis < MN_AXES; ++axis) {
    if (axes >> axis & 1) {
      list[count++] = axis;
    }
  }
  for (unsigned i = 0; i < count; ++i) {
    for (unsigned k = 0; k < count; ++k) {
      gram[i][k] = product(model, list[i], list[k]);
    }
    for (unsigned n = 0; n < model->latent; ++n) {
      lack[i] += weight(model, n, list[i]) * (mn_from_q16(there[n]) - z[n]);
    }
  }
  solve(gram, lack, count);
  for (unsigned i = 0; i < count; ++i) {
    for (unsigned n = 0; n < model->latent; ++n) {
      z[n] += weight(model, n, list[i]) * lack[i];
    }
  }
}

static void
add_neurons(MnMove const* const move, MnModel const* const model, double* const z)
{
  MnReadoutTable const* const t = &model->readout;
  for (unsigned i = 0; i < MN_RANKED && i < t->music; ++i) {
    if (move->neuron[i] != 0) {
      unsigned const n = t->order[i];
      z[n] += move->neuron[i] * spread(t->quantiles + (size_t)n * MN_QUANTILES);
    }
  }
}

static void
add_axes(MnMove const* const move, MnModel const* const model, double* const z)
{
  MnReadoutTable const* const t = &model->readout;
  for (unsigned a = 0; t->axis_table.values && a < MN_AXES; ++a) {
    double const square = move->axis[a] != 0 ? product(model, a, a) : 0;
    if (square > 0) {
      double const far =
        move->axis[a] * spread(t->axis_quantiles + (size_t)a * MN_QUANTILES);
      for (unsigned n = 0; n < model->latent; ++n) {
        z[n] += weight(model, n, a) * far / square;
      }
    }
  }
}

static unsigned
locked_axes(MnLock const lock)
{
  unsigned const all = (1U << MN_AXES) - 1;
  return lock == MN_LOCK_PITCH    ? pitch_axes
         : lock == MN_LOCK_RHYTHM ? all & ~pitch_axes
                                  : 0;
}

static unsigned
following_axes(MnMove const* const move, int32_t const* const heard)
{
  return heard ? (move->follow_density ? 1U << DENSITY : 0) |
                   (move->follow_register ? 1U << REGISTER : 0)
               : 0;
}

// Of a model that knows only what its encoder hears along the axes.
static void
move_linear(MnMove const* const  move,
            MnModel const* const model,
            int32_t const* const base,
            int32_t const* const heard,
            double* const        z)
{
  bool const known = model->readout.axis_table.values;
  if (known && heard) {
    hold_axes(model, following_axes(move, heard), heard, z);
  }
  add_neurons(move, model, z);
  add_axes(move, model, z);
  if (known) {
    hold_axes(model, locked_axes(move->lock), base, z);
  }
}

// The axes of what the decoder writes at a place.
static void
written_at(MnModel const* const model, int32_t const* const mu, double values[MN_AXES])
{
  int32_t by_rank[MN_MAX_LATENT];
  for (unsigned i = 0; i < model->readout.music; ++i) {
    by_rank[i] = mu[model->readout.order[i]];
  }
  mn_bend_values(&model->readout.move_table, by_rank, values);
}

static void
move_written(MnMove const* const  move,
             MnModel const* const model,
             int32_t const* const base,
             int32_t const* const heard,
             int32_t* const       place)
{
  unsigned const locked = locked_axes(move->lock);
  unsigned const follow = following_axes(move, heard);
  double         now[MN_AXES];
  double         kept[MN_AXES];
  double         led[MN_AXES];
  double         amounts[MN_AXES];
  written_at(model, place, now);
  written_at(model, base, kept);
  written_at(model, heard ? heard : base, led);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    double const to = follow >> a & 1 ? led[a] - now[a] : 0;
    amounts[a]      = locked >> a & 1 ? kept[a] - now[a] : move->axis[a] + to;
  }
  mn_place_move(model, amounts, place);
}

void
mn_move_find(MnMove const* const  move,
             MnModel const* const model,
             int32_t const* const mu[MN_IDEAS],
             int32_t* const       place)
{
  int32_t              base[MN_MAX_LATENT];
  double               z[MN_MAX_LATENT];
  int32_t const* const heard = mu[MN_IDEA_HEARD];
  if (move->mode == MN_PLAY_MORPH) {
    morph(move, model, mu, place);
  } else {
    keep(place, heard, model->latent);
  }
  mn_place_silence_noise(model, place);
  keep(base, place, model->latent);
  if (move->mode == MN_PLAY_DRIFT) {
    drift(move, model, place);
  } else {
    mn_place_vary(model, move->amount, move->seed, (uint64_t)move->number, place);
  }
  mn_place_pull(model, move->style, move->pull, place);
  for (unsigned n = 0; n < model->latent; ++n) {
    z[n] = mn_from_q16(place[n]);
  }
  if (mn_place_can_move(model)) {
    add_neurons(move, model, z);
  } else {
    move_linear(move, model, base, heard, z);
  }
  for (unsigned n = 0; n < model->latent; ++n) {
    double const most = MN_Z_MOST_Q16;
    place[n]          = (int32_t)rint(fmin(fmax(z[n] * MN_ONE_Q16, -most), most));
  }
  if (mn_place_can_move(model)) {
    move_written(move, model, base, heard, place);
  }
}
