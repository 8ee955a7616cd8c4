// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What a decoder shows about neurons: which of them its weights use, and which melodies
// it makes from them.

#include "figures.h"
#include "study_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// With these limits Google's 2-bar weights name 88 of their 256 neurons, and setting
// the others to 0 changes nothing in what is decoded from fitted posteriors.
static double const heard_use   = 1.5;
static double const heard_sigma = 1.1;

// How many windows are decoded at a time, so that progress shows.
enum { PIECE = 512 };

// Reads a matrix. @return its values, or NULL if there is none of that shape.
static float*
read_matrix(MnCheckpoint* const       checkpoint,
            char const* const         name,
            size_t const              least_rows,
            size_t const              columns, ///< 0: any
            MnCheckpointTensor* const tensor)
{
  if (!checkpoint || !mn_checkpoint_find(checkpoint, name, tensor) || !tensor->readable ||
      tensor->dimensions != 2 || tensor->shape[0] < least_rows ||
      (columns && tensor->shape[1] != columns)) {
    return NULL;
  }
  float* const values = (float*)malloc((tensor->elements + 1) * sizeof(*values));
  MnError      error  = {0};
  if (values && !mn_checkpoint_read(checkpoint, tensor, values, &error)) {
    free(values); // the decoder could be read, but its file changed since
    return NULL;
  }
  return values;
}

// Adds the squares of some rows up, row after row.
static void
add_rows(float const* const values,
         size_t const       first,
         size_t const       rows,
         size_t const       columns,
         double* const      sums)
{
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      double const value = (double)values[(first + r) * columns + c];
      sums[r] += value * value;
    }
  }
}

// How much a decoder uses each neuron: the norm of its rows in both matrices
// that z enters by. @return false if they cannot be read.
static bool
measure_use(MnStudy const* const s, double* const use)
{
  MnCheckpointTensor initial = {0};
  MnCheckpointTensor cell    = {0};
  float* const       a       = read_matrix(
    s->in->checkpoint, "decoder/z_to_initial_state/kernel", s->latent, 0, &initial);
  float* const b    = read_matrix(s->in->checkpoint,
                               "decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
                               MN_CLASSES + s->latent,
                               0,
                               &cell);
  bool const   good = a && b;
  if (good) {
    add_rows(a, 0, s->latent, initial.shape[1], use);
    add_rows(b, MN_CLASSES, s->latent, cell.shape[1], use);
    for (unsigned n = 0; n < s->latent; ++n) {
      use[n] = sqrt(use[n]);
    }
  }
  free(a);
  free(b);
  return good;
}

// The norm of each neuron's column in the head of sigma. @return false if there is none,
// because a decoder may come without an encoder.
static bool
measure_head(MnStudy const* const s, double* const norm)
{
  MnCheckpointTensor head = {0};
  float* const       values =
    read_matrix(s->in->checkpoint, "encoder/sigma/kernel", 1, s->latent, &head);
  for (size_t r = 0; values && r < head.shape[0]; ++r) {
    for (unsigned n = 0; n < s->latent; ++n) {
      double const value = (double)values[r * s->latent + n];
      norm[n] += value * value;
    }
  }
  for (unsigned n = 0; n < s->latent; ++n) {
    norm[n] = sqrt(norm[n]);
  }
  free(values);
  return values;
}

static json_t*
compare_named(MnStudy const* const s, double const* const use, double const* const norm)
{
  json_t* const named = json_array();
  int           both  = 0;
  for (unsigned n = 0; n < s->latent; ++n) {
    if (use[n] > heard_use && norm[n] > heard_sigma) {
      json_array_append_new(named, json_integer(n));
      both += s->model->readout.rank[n] < s->music;
    }
  }
  int const count  = (int)json_array_size(named);
  int const either = count + (int)s->music - both;
  return json_pack("{s:o,s:i,s:i,s:o}",
                   "neurons",
                   named,
                   "count",
                   count,
                   "also_music",
                   both,
                   "jaccard",
                   mn_figures_number(either ? (double)both / either : NAN));
}

json_t*
mn_study_decoder_neurons(MnStudy const* const s)
{
  double* const use    = (double*)calloc(2 * (size_t)s->latent, sizeof(*use));
  json_t*       result = NULL;
  if (use && (!s->in->checkpoint || !measure_use(s, use))) {
    result = json_null();
  } else if (use) {
    double* const norm     = use + s->latent;
    bool const    has_head = measure_head(s, norm);
    result                 = json_pack("{s:o,s:o,s:o}",
                       "use",
                       mn_figures_array(use, s->latent),
                       "sigma_head",
                       has_head ? mn_figures_array(norm, s->latent) : json_null(),
                       "named",
                       has_head ? compare_named(s, use, norm) : json_null());
  }
  free(use);
  return result;
}

// How well windows were decoded: sums of each style.
typedef struct {
  double* steps; ///< right, of all steps of the style's windows
  double* whole; ///< windows without a mistake
  double  all_steps;
  double  all_whole;
} Right;

// How a decoder is run.
typedef struct {
  char const* name;
  bool        taught;
  bool        silent; ///< noise neurons are set to 0
} Way;

enum { WAYS = 4 };

static Way const ways[WAYS] = {{"free", false, false},
                               {"taught", true, false},
                               {"free_without_noise", false, true},
                               {"taught_without_noise", true, true}};

// Writes z: mu with the signs that the decoder knows.
static void
write_latents(MnStudy const* const s,
              size_t const         first,
              size_t const         count,
              bool const           silent,
              float* const         z)
{
  MnReadoutTable const* const t = &s->model->readout;
  for (size_t i = 0; i < count; ++i) {
    for (size_t n = 0; n < s->latent; ++n) {
      double const mu      = mn_from_q16(s->posteriors.mu[(first + i) * s->latent + n]);
      bool const   off     = silent && t->rank[n] >= t->music;
      z[i * s->latent + n] = off ? 0.0F : (float)(t->negated[n] ? -mu : mu);
    }
  }
}

static void
count_right(MnStudy const* const s,
            size_t const         first,
            size_t const         count,
            uint8_t const* const guesses,
            Right* const         right)
{
  unsigned const steps = s->model->steps;
  for (size_t i = 0; i < count; ++i) {
    uint8_t const* const truth = s->in->heldout->tokens + (first + i) * steps;
    unsigned             same  = 0;
    for (unsigned k = 0; k < steps; ++k) {
      same += truth[k] == guesses[i * steps + k];
    }
    unsigned const style = s->in->style[first + i];
    right->steps[style] += same;
    right->whole[style] += same == steps;
    right->all_steps += same;
    right->all_whole += same == steps;
  }
}

static bool
decode(MnStudy const* const s, Way const* const way, Right* const right)
{
  unsigned const steps  = s->model->steps;
  float* const   z      = (float*)malloc((size_t)PIECE * s->latent * sizeof(*z));
  uint8_t* const tokens = (uint8_t*)malloc((size_t)PIECE * steps);
  char           what[64];
  snprintf(what, sizeof(what), "decoding, %s", way->name);
  bool good = z && tokens;
  for (size_t at = 0; good && at < s->count; at += PIECE) {
    size_t const count = s->count - at < PIECE ? s->count - at : PIECE;
    write_latents(s, at, count, way->silent, z);
    good = mn_float_decoder_run(s->in->decoder,
                                z,
                                count,
                                steps,
                                way->taught ? s->in->heldout->tokens + at * steps : NULL,
                                tokens);
    if (good) {
      count_right(s, at, count, tokens, right);
      mn_study_progress(s, what, at + count, s->count);
    }
  }
  free(z);
  free(tokens);
  return good;
}

static json_t*
right_json(double const   steps,
           double const   whole,
           double const   windows,
           unsigned const length)
{
  return json_pack("{s:o,s:o}",
                   "steps",
                   mn_figures_number(steps / (windows * length)),
                   "windows",
                   mn_figures_number(whole / windows));
}

// A row for each style that has windows.
static json_t*
styles_json(MnStudy const* const s, Right const right[WAYS])
{
  json_t* const rows   = json_array();
  double* const counts = (double*)calloc(s->in->style_count + 1, sizeof(*counts));
  for (size_t i = 0; counts && i < s->count; ++i) {
    ++counts[s->in->style[i]];
  }
  bool good = counts;
  for (size_t k = 0; good && k < s->in->style_count; ++k) {
    if (!(counts[k] > 0)) {
      continue;
    }
    json_t* const row =
      json_pack("{s:s,s:I}", "style", s->in->styles[k], "count", (json_int_t)counts[k]);
    good = row;
    for (unsigned w = 0; good && w < WAYS; ++w) {
      json_t* const shares =
        right_json(right[w].steps[k], right[w].whole[k], counts[k], s->model->steps);
      good = !json_object_set_new(row, ways[w].name, shares);
    }
    good = !json_array_append_new(rows, row) && good;
  }
  free(counts);
  if (!good) {
    json_decref(rows);
    return NULL;
  }
  return rows;
}

static json_t*
reconstruction_json(MnStudy const* const s, Right const right[WAYS])
{
  double const  windows = (double)s->count;
  double const  steps   = windows * s->model->steps;
  json_t* const result  = json_pack(
    "{s:o,s:o}",
    "styles",
    styles_json(s, right),
    "noise_costs",
    json_pack("{s:o,s:o}",
              "free",
              mn_figures_number((right[0].all_steps - right[2].all_steps) / steps),
              "taught",
              mn_figures_number((right[1].all_steps - right[3].all_steps) / steps)));
  bool good = result;
  for (unsigned w = 0; good && w < WAYS; ++w) {
    json_t* const shares =
      right_json(right[w].all_steps, right[w].all_whole, windows, s->model->steps);
    good = !json_object_set_new(result, ways[w].name, shares);
  }
  if (!good) {
    json_decref(result);
    return NULL;
  }
  return result;
}

json_t*
mn_study_reconstruction(MnStudy const* const s)
{
  if (!s->in->decoder) {
    return json_null();
  }
  size_t const  styles      = s->in->style_count;
  Right         right[WAYS] = {{0}};
  double* const sums        = (double*)calloc(2 * WAYS * styles + 1, sizeof(*sums));
  bool          good        = sums;
  for (unsigned w = 0; good && w < WAYS; ++w) {
    right[w].steps = sums + 2 * w * styles;
    right[w].whole = right[w].steps + styles;
    good           = decode(s, &ways[w], &right[w]);
  }
  json_t* const result = good ? reconstruction_json(s, right) : NULL;
  free(sums);
  return result;
}
