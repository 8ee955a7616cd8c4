// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "moves_fit.h"

#include "base/parallel.h"
#include "base/random.h"
#include "decoder/decoder.h"
#include "decoder/place_move.h"
#include "encoder/kernel.h"
#include "posteriors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The most windows that are encoded, and how many places are made of each.
enum { MOST_WINDOWS = 20000, PLACES = 3 };

// How often the axes are fitted. From the second time on, every other place is moved along
// two of the axes that were fitted before, so that they learn where they lead.
enum { ROUNDS = 3, MOVED = 2 };

static double const most_moved = 2.5;

enum { SEED = 4 };

// Places are moved by slopes, which must not follow single places.
static double const shrink = 1;

typedef struct {
  MnModel const*       model;
  MnCalibration const* calibration;
  MnProgress const*    progress; // or NULL
  size_t               windows;
  size_t               count;      // of places
  uint8_t*             heard;      // [windows][steps]
  MnPosteriors         posteriors; // of these
  int32_t*             mu;         // [count][music], by rank
  uint8_t*             written;    // [count][steps]
  unsigned             round;
  MnMoves const*       moves;  // of the round before, or NULL
  char*                memory; // of a decoder and a place for each worker
  size_t               decoder_size;
  size_t               worker_size;
} Task;

// Uniform in 0..1.
static double
draw(uint64_t* const random)
{
  return (double)(mn_random_next(random) >> 11) * 0x1p-53;
}

static void
make_places(Task* const t)
{
  uint64_t                  random = SEED;
  unsigned const            music  = t->calibration->music;
  MnPosteriors const* const heard  = &t->posteriors;
  for (size_t i = 0; i < t->count; ++i) {
    int32_t const* from[3];
    for (unsigned k = 0; k < 3; ++k) {
      size_t const window = mn_random_below(&random, (uint32_t)t->windows);
      from[k]             = heard->mu + window * heard->latent;
    }
    double const share = draw(&random);
    for (unsigned rank = 0; rank < music; ++rank) {
      unsigned const n        = t->calibration->order[rank];
      double const   way      = share * ((double)from[1][n] - from[2][n]);
      t->mu[i * music + rank] = from[0][n] + (int32_t)rint(way);
    }
  }
}

// Moves a place along two axes, or one that is drawn twice.
static void
move_place(Task const* const t, size_t const index, int32_t* const mu)
{
  uint64_t       random           = SEED + 1 + index;
  unsigned const music            = t->calibration->music;
  double         amounts[MN_AXES] = {0};
  for (unsigned k = 0; k < 2; ++k) {
    unsigned const axis = mn_random_below(&random, MN_AXES);
    amounts[axis]       = most_moved * (2 * draw(&random) - 1);
  }
  mn_place_move_by(t->moves, amounts, mu);
  for (unsigned rank = 0; rank < music; ++rank) {
    t->mu[index * music + rank] = mu[t->calibration->order[rank]];
  }
}

static void
decode_place(void* const context, size_t const index, unsigned const worker)
{
  Task const* const t       = (Task const*)context;
  unsigned const    music   = t->calibration->music;
  unsigned const    steps   = t->model->steps;
  char* const       memory  = t->memory + worker * t->worker_size;
  int32_t* const    mu      = (int32_t*)(memory + t->decoder_size);
  MnDecoder* const  decoder = mn_decoder_init(memory, t->model, mn_kernel_best());
  memset(mu, 0, t->model->latent * sizeof(*mu));
  for (unsigned rank = 0; rank < music; ++rank) {
    mu[t->calibration->order[rank]] = t->mu[index * music + rank];
  }
  if (t->moves && index % MOVED == 0) {
    move_place(t, index, mu);
  }
  mn_decoder_start(decoder, mu, &(MnChoice){0});
  mn_decoder_run(decoder, mn_decoder_units(t->model));
  memcpy(t->written + index * steps, mn_decoder_tokens(decoder), steps);
}

static void
tell(void* const context, size_t const done)
{
  Task const* const t = (Task const*)context;
  if (t->progress) {
    t->progress->tell(t->progress->context, t->round * t->count + done, ROUNDS * t->count);
  }
}

// Has the decoder write what lies between the windows.
static bool
write_places(Task* const t)
{
  make_places(t);
  unsigned const workers = mn_parallel_workers();
  t->decoder_size        = mn_decoder_size(t->model);
  t->worker_size =
    mn_round_up(t->decoder_size + t->model->latent * sizeof(int32_t), MN_DECODER_ALIGN);
  t->memory       = (char*)aligned_alloc(MN_DECODER_ALIGN, workers * t->worker_size);
  bool const good = t->memory;
  if (good) {
    mn_parallel_run(&(MnPieces){.count    = t->count,
                                .workers  = workers,
                                .context  = t,
                                .piece    = decode_place,
                                .progress = tell});
  }
  free(t->memory);
  return good;
}

// @param last Whether neurons are negated, as in the file.
static bool
fit_axes(Task const* const t, bool const last, MnAxes* const axes)
{
  unsigned const music   = t->calibration->music;
  uint8_t* const negated = (uint8_t*)malloc(music);
  if (!negated) {
    return false;
  }
  for (unsigned rank = 0; rank < music; ++rank) {
    negated[rank] = last && t->calibration->negated[t->calibration->order[rank]];
  }
  MnHeard const heard = {.tokens = t->written,
                         .steps  = t->model->steps,
                         .count  = t->count,
                         .mu     = t->mu,
                         .latent = music};
  MnHeard const like  = {.tokens = t->heard, .steps = t->model->steps, .count = t->windows};
  bool const    good  = mn_axes_fit(&heard, &like, negated, shrink, axes);
  free(negated);
  return good;
}

// Writes places, some of them moved along the axes of the round before, and fits the axes.
static bool
fit_round(Task* const t, unsigned const round, MnAxes* const axes)
{
  MnAxes            before = *axes;
  float             bend[MN_BENDS * MN_AXES];
  MnBendTable const table = {.values = MN_AXES,
                             .inputs = t->calibration->music,
                             .bends  = MN_BENDS,
                             .input  = before.swapped,
                             .offset = before.offset,
                             .bend   = bend};
  MnMoves const     moves = {&table, t->calibration->order, t->calibration->quantiles};
  for (unsigned i = 0; i < MN_BENDS * MN_AXES; ++i) {
    bend[i] = before.bend[i % MN_AXES][i / MN_AXES];
  }
  t->moves        = round ? &moves : NULL;
  t->round        = round;
  *axes           = (MnAxes){0};
  bool const good = write_places(t) && fit_axes(t, round + 1 == ROUNDS, axes);
  t->moves        = NULL;
  mn_axes_free(&before);
  return good;
}

bool
mn_moves_fit(MnModel const* const       model,
             MnWindows const* const     real,
             MnCalibration const* const calibration,
             MnProgress const* const    progress,
             MnMovesFit* const          fit)
{
  *fit = (MnMovesFit){0};
  if (!model->decoder.layers || !calibration->music || !real->count) {
    return true;
  }
  size_t const chosen = real->count < MOST_WINDOWS ? real->count : MOST_WINDOWS;
  Task         t      = {.model       = model,
                         .calibration = calibration,
                         .progress    = progress,
                         .windows     = chosen,
                         .count       = chosen * PLACES};
  t.heard             = (uint8_t*)malloc(chosen * model->steps);
  t.mu                = (int32_t*)malloc(t.count * calibration->music * sizeof(*t.mu));
  t.written           = (uint8_t*)malloc(t.count * model->steps);
  bool good           = t.heard && t.mu && t.written;
  for (size_t i = 0; good && i < chosen; ++i) {
    size_t const from = i * real->count / chosen;
    memcpy(t.heard + i * model->steps, real->tokens + from * model->steps, model->steps);
  }
  // It is freed below. NOLINTNEXTLINE(clang-analyzer-unix.Malloc)
  good = good && mn_posteriors_encode(model, t.heard, chosen, NULL, &t.posteriors);
  for (unsigned round = 0; good && round < ROUNDS; ++round) {
    good = fit_round(&t, round, &fit->axes);
  }
  fit->places = t.count;
  mn_posteriors_free(&t.posteriors);
  free(t.heard);
  free(t.mu);
  free(t.written);
  return good;
}

void
mn_moves_fit_free(MnMovesFit* const fit)
{
  mn_axes_free(&fit->axes);
}

void
mn_moves_fit_tensors(MnMovesFit const* const fit, MnModelTensor tensors[MN_MOVES_TENSORS])
{
  MnAxes const* const a = &fit->axes;
  tensors[0] =
    (MnModelTensor){"readout/moves", MN_DTYPE_F32, 2, {MN_AXES_ROWS, a->latent}, a->input};
  tensors[1] =
    (MnModelTensor){"readout/moves_offset", MN_DTYPE_F32, 1, {MN_AXES_ROWS, 0}, a->offset};
  tensors[2] =
    (MnModelTensor){"readout/moves_bend", MN_DTYPE_F32, 2, {MN_AXES, MN_BENDS}, a->bend};
}
