// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model: the integer weights of the encoder, what readout needs to know about its
/// neurons, and a decoder and a second level if the file has them. engine/models/README.md
/// describes the file.
///
/// A loaded model never changes, so any thread may read it. It holds copies, so the file
/// may be changed or removed while the model is in use.

#ifndef MN_MODEL_H
#define MN_MODEL_H

#include "base/common.h"
#include "base/surprise_table.h"

#include <stdbool.h>

/// Limits that keep all sizes and buffers in bounds.
enum {
  MN_MAX_LAYERS         = 2,
  MN_MAX_HIDDEN         = 4096,
  MN_MAX_DECODER_LAYERS = 8, ///< MusicVAE's largest flat decoder has 3
  MN_MAX_PROJECTIONS    = 256,
  MN_MAX_KNOTS          = 1024,
  MN_MAX_BENDS          = 256,
  MN_SENSE_FEATURES     = 51, ///< of a window's notes, that sense reads beside the neurons
  MN_MAX_ROWS           = MN_MAX_STEPS + 1, ///< of the score: numbers of onsets
  MN_QUANTILES          = 65,               ///< 0, 1/64, ..., 1
};

/// What the score reads: mu of each neuron, the logarithm of each sigma, and the register of
/// the window and its square.
static inline unsigned
mn_score_inputs(unsigned const latent)
{
  return 2 * latent + 2;
}

/// The rows and columns of a packed matrix are padded to multiples of these.
enum { MN_ROWS_PACKED = 16, MN_COLUMNS_PACKED = 4 };

/// Integer weights in the order in which the kernels read them:
/// [rows / 16][columns / n][16][n], padded with zeros. n weights fill the 32 bits of a
/// lane: 2 weights of 16 bits, or 4 of 8.
typedef struct {
  unsigned       rows;    ///< a multiple of MN_ROWS_PACKED
  unsigned       columns; ///< a multiple of MN_COLUMNS_PACKED
  int16_t const* w16;     ///< one of the two is NULL
  int8_t const*  w8;
  /// [rows], only with w8: -2^15 times the sum of the weights of a row, modulo 2^32. A
  /// kernel that multiplies bytes adds 2^15 to each state, to make it unsigned; adding
  /// this corrects the sum.
  int32_t const* offset;
} MnMatrix;

/// The index of a weight in w16 or w8.
static inline size_t
mn_matrix_at(MnMatrix const* const m, size_t const row, size_t const column)
{
  size_t const n     = m->w16 ? 2 : 4;
  size_t const group = row / MN_ROWS_PACKED * (m->columns / n) + column / n;
  return (group * MN_ROWS_PACKED + row % MN_ROWS_PACKED) * n + column % n;
}

/// A matrix of `count` rows, from row `from` on. Both are multiples of MN_ROWS_PACKED.
/// It shares the weights.
static inline MnMatrix
mn_matrix_rows(MnMatrix const* const matrix, unsigned const from, unsigned const count)
{
  size_t const at   = (size_t)from * matrix->columns;
  MnMatrix     rows = *matrix;
  rows.rows         = count;
  rows.w16          = rows.w16 ? rows.w16 + at : NULL;
  rows.w8           = rows.w8 ? rows.w8 + at : NULL;
  rows.offset       = rows.offset ? rows.offset + from : NULL;
  return rows;
}

/// One direction of the LSTM that reads tokens. The rows are the gates i, j, f, o, each of
/// `hidden` units. An accumulator times the multiplier of its row, over 2^32, is a
/// pre-activation in Q16.
typedef struct {
  int32_t const* input; ///< [classes][recurrent.rows]: input weights plus biases
  MnMatrix       recurrent;
  int32_t const* multiplier; ///< [recurrent.rows]
} MnDirection;

/// A linear layer on states in Q(hidden_frac).
typedef struct {
  MnMatrix       weight;
  int32_t const* bias;       ///< [weight.rows], in the unit of the accumulator
  int32_t const* multiplier; ///< [weight.rows]: to Q16
} MnLinear;

/// How a decoder reads z: in Q16, cut off at 8 either way, in two parts. The high part
/// counts in units of 2^-MN_Z_FRAC; the low part has the bits below. So no part is beyond
/// 2^MN_Z_BITS. A linear layer on z has accumulators in units of the high part.
enum {
  MN_Z_FRAC     = 6,
  MN_Z_LOW_BITS = 16 - MN_Z_FRAC,
  MN_Z_BITS     = MN_Z_LOW_BITS,
  MN_Z_MOST_Q16 = 8 << 16,
};

/// A flat decoder. Layer 0 of its LSTMs reads the class of the step before and z; each
/// other layer reads the one below. The rows of an LSTM are as those of MnDirection.
typedef struct {
  unsigned    layers; ///< of LSTMs; 0: the file has none, and all that follows is empty
  unsigned    hidden;
  MnLinear    start; ///< of z: c and h of layer 0, of layer 1, ..., before their tanh
  MnLinear    given; ///< of z: its share of the gates of layer 0, with their biases
  MnDirection first; ///< layer 0: what the class before adds, and its own state
  MnLinear    upper[MN_MAX_DECODER_LAYERS - 1]; ///< of [h of the layer below, own h]
  MnLinear    output;                           ///< of the last h: a logit for each class
} MnDecoderTable;

/// How level two counts: its states are in Q(MN_LONG_FRAC), and none is beyond
/// 2^MN_LONG_BITS, which is 16.
enum { MN_LONG_FRAC = 9, MN_LONG_BITS = 13 };

enum {
  MN_LONG_BLOCKS      = 2,
  MN_MAX_LONG_NEURONS = 511, ///< of level one, that level two reads
  MN_MAX_LONG_WIDTH   = 1024,
  MN_MAX_STYLE_WIDTH  = 512,
};

/// The meaning of a high value of a neuron, in words. The texts are UTF-8 without control
/// characters, empty if the file has none, and never NULL.
typedef struct {
  char const* label;     ///< what it goes with wherever it was looked for, in a few words
  char const* opposite;  ///< the same of a low value
  char const* features;  ///< its strongest features with their correlations
  char const* feature;   ///< the feature that the label speaks of
  double      stability; ///< its least correlation in any style or register; 0: not known
  unsigned    low;       ///< holds where the mean pitch of a window is this or more
  unsigned    high;      ///< and less than this; MN_KEYS: everywhere
} MnLabel;

/// Which style a phrase has, and where the windows of each style lie. Each window goes through
/// the same two layers; a third reads the mean and then the largest of each unit over the
/// windows heard, and a last one that.
typedef struct {
  unsigned    count; ///< of styles; 0: the file tells none, and all that follows is empty
  unsigned    width; ///< units of each window
  unsigned    hidden;
  char const* name[MN_STYLES]; ///< as the texts of MnLabel
  MnLinear    window[2];
  MnLinear    phrase;
  MnLinear    output; ///< a logit for each style
  /// For each style the map that takes music to its part of the prior, less the identity:
  /// [count][1 + music][music], by the music neurons' rank; first the offset. NULL if the
  /// file has none.
  float const* part;
} MnStyleTable;

/// Level two: it reads mu of level one for MN_PHRASE windows, oldest first, 0 where a window
/// was not heard, and then for each window whether it was.
typedef struct {
  unsigned        neurons; ///< of level one, that it reads; 0: the file has none
  unsigned        width;
  unsigned        latent;
  uint16_t const* neuron;                   ///< [neurons]: which these are
  MnLinear        input;                    ///< [width][MN_PHRASE (neurons + 1)]
  MnLinear        block[MN_LONG_BLOCKS][2]; ///< h + relu(h W + b) W + b
  MnLinear        mu;
  MnLinear        sigma;
  unsigned        music;     ///< number of its own music neurons
  uint16_t const* order;     ///< [latent]: rank to neuron; music neurons first
  float const*    quantiles; ///< [music][MN_QUANTILES] of mu on real music, by rank
  MnLabel const*  labels;    ///< [music], by rank; NULL if the file has none
  MnStyleTable    style;
} MnLongTable;

/// An axis, in words: as the texts of MnLabel.
typedef struct {
  char const* name;    ///< such as "density"
  char const* low;     ///< what its low end means
  char const* high;    ///< what its high end means
  char const* feature; ///< the feature of a window that it was fitted to
} MnAxis;

/// Where music of a kind lies: the medians of its windows along the axes.
typedef struct {
  char const* name;          ///< such as "march"; as the texts of MnLabel
  float       axes[MN_AXES]; ///< percentiles, 0..1
} MnLandmark;

/// Values that are linear in their inputs, but for bends that they share. A bend is a sum h
/// of its own over the inputs, of which h^2 / (1 + abs(h)) counts: where a neuron means one
/// thing in low and another in high music, a sum alone cannot follow.
typedef struct {
  unsigned     values; ///< 0: the file has none, and all that follows is empty
  unsigned     inputs;
  unsigned     bends;
  float const* input;  ///< [inputs][values + bends]
  float const* offset; ///< [values + bends]
  float const* bend;   ///< [bends][values]: weights of the bends
} MnBendTable;

/// How readout ranks and scores the neurons.
typedef struct {
  uint16_t const* order;     ///< [latent]: rank to neuron; music neurons first
  uint16_t const* rank;      ///< [latent]: neuron to rank
  unsigned        music;     ///< number of music neurons
  uint8_t const*  negated;   ///< [latent]: 1 where mu is the negative of the source's mu
  double          active;    ///< a neuron is excited if abs(mu) is above this
  MnLabel const*  labels;    ///< [music], by rank; NULL if the file has none
  float const*    quantiles; ///< [latent][MN_QUANTILES] of mu on real music
  unsigned        projections;
  unsigned        score_inputs; ///< latent: mu alone; else mn_score_inputs(latent)
  float const*    projection;   ///< [score_inputs][projections]
  float const*    center;       ///< [score_inputs]
  unsigned        knots;
  double const*   statistic;   ///< [knots], ascending
  unsigned        rows;        ///< of probability: for 0, 1, ... onsets; the last for more
  double const*   probability; ///< [rows][knots]: that the window is real music
  MnAxis const*   axes;        ///< [MN_AXES]; NULL if the file has none
  MnBendTable     axis_table;  ///< of mu
  float const*    axis_quantiles; ///< [MN_AXES][MN_QUANTILES] of the axes on real music
  MnBendTable     move_table;     ///< of mu of the music neurons by rank: the axes of what
                                  ///< the decoder writes; values 0: the file has none
  unsigned          landmark_count;
  MnLandmark const* landmarks;   ///< [landmark_count]; NULL if the file has none
  MnBendTable       sense_table; ///< of what mn_sense_inputs() makes of a window
} MnReadoutTable;

typedef struct {
  char*           path; ///< as it was given to mn_model_load()
  char*           name;
  unsigned        steps; ///< of a window
  unsigned        hidden;
  unsigned        latent;
  unsigned        hidden_frac;  ///< the hidden state is Q(hidden_frac)
  unsigned        layers;       ///< of LSTMs: 1 or 2
  MnDirection     direction[2]; ///< layer 0: forward, backward
  MnLinear        upper[2];     ///< layer 1: reads [fw, bw] of layer 0 and its own state
  MnLinear        mu;           ///< reads the last states [fw, bw] of the last layer
  MnLinear        sigma;        ///< likewise
  MnReadoutTable  readout;
  MnSurpriseTable surprise;
  MnDecoderTable  decoder;
  MnLongTable     long_table;
  char*           provenance; ///< texts; empty if the file has none
  char*           licence;
  char*           attribution;
  void*           arena;  ///< holds all arrays above, read-only
  size_t          mapped; ///< size of the arena in bytes
  size_t          bytes;  ///< bytes of it in use
} MnModel;

/// Loads a model. Blocks and allocates: any thread but the audio thread.
///
/// Every offset, shape and number is checked, so later arithmetic cannot overflow.
/// @return NULL with the reason, which names the file, in `error`.
MN_NODISCARD MnModel*
mn_model_load(char const* path, MnError* error);

/// Frees a model; NULL is ignored. Any thread but the audio thread.
void
mn_model_free(MnModel* model);

#endif // MN_MODEL_H
