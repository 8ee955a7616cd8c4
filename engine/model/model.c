// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model.h"

#include "json.h"
#include "model_bends.h"
#include "model_loader.h"
#include "model_readout.h"
#include "model_surprise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_HIDDEN_FRAC = 8, MAX_HIDDEN_FRAC = 14 };

static bool
read_integers(MnLoader const* const l,
              char const* const     name,
              size_t const          columns,
              int32_t const** const array)
{
  void*      words = NULL;
  bool const good  = mn_loader_words(
    l, name, MN_DTYPE_I32, 1, 1, columns, mn_round_up(columns, MN_ROWS_PACKED), &words);
  *array = (int32_t const*)words;
  return good;
}

static bool
read_table(MnLoader const* const l,
           char const* const     name,
           size_t const          columns,
           int32_t const** const array)
{
  void*      words = NULL;
  bool const good  = mn_loader_words(l,
                                    name,
                                    MN_DTYPE_I32,
                                    2,
                                    MN_CLASSES,
                                    columns,
                                    mn_round_up(columns, MN_ROWS_PACKED),
                                    &words);
  *array           = (int32_t const*)words;
  return good;
}

static bool
read_matrix(MnLoader const* const l,
            char const* const     name,
            size_t const          rows,
            size_t const          columns,
            MnMatrix* const       matrix)
{
  MnTensor tensor;
  if (!mn_loader_find(l, name, 2, rows, columns, &tensor)) {
    return false;
  }
  if (tensor.dtype != MN_DTYPE_I8 && tensor.dtype != MN_DTYPE_I16) {
    mn_error_set(
      l->error, MN_STATUS_BAD_INPUT, "tensor %s: weights must be I8 or I16", name);
    return false;
  }
  matrix->rows            = (unsigned)mn_round_up(rows, MN_ROWS_PACKED);
  matrix->columns         = (unsigned)mn_round_up(columns, MN_COLUMNS_PACKED);
  bool const     wide     = tensor.dtype == MN_DTYPE_I16;
  size_t const   elements = (size_t)matrix->rows * matrix->columns;
  char* const    out      = (char*)mn_loader_carve(l->model, elements * (wide ? 2 : 1));
  int32_t* const offset =
    wide ? NULL : (int32_t*)mn_loader_carve(l->model, matrix->rows * sizeof(int32_t));
  if (!out) {
    return true;
  }

  memset(out, 0, elements * (wide ? 2 : 1));
  matrix->w16          = wide ? (int16_t const*)out : NULL;
  matrix->w8           = wide ? NULL : (int8_t const*)out;
  matrix->offset       = offset;
  char const* const in = (char const*)tensor.data;
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      size_t const to = mn_matrix_at(matrix, r, c);
      if (wide) {
        memcpy(out + 2 * to, in + 2 * (r * columns + c), 2);
      } else {
        out[to] = in[r * columns + c];
      }
    }
  }
  for (size_t r = 0; offset && r < matrix->rows; ++r) {
    int64_t sum = 0;
    for (size_t c = 0; c < columns; ++c) {
      sum += matrix->w8[mn_matrix_at(matrix, r, c)];
    }
    offset[r] = (int32_t)(-sum * (1 << 15)); // modulo 2^32
  }
  return true;
}

// The sum of abs(weight) over a row of a packed matrix.
static int64_t
row_norm(MnMatrix const* const m, size_t const row)
{
  int64_t sum = 0;
  for (size_t c = 0; c < m->columns; ++c) {
    size_t const at = mn_matrix_at(m, row, c);
    sum += abs(m->w16 ? m->w16[at] : m->w8[at]);
  }
  return sum;
}

// Checks that no accumulator can overflow with any hidden state, which is at most 1. Then
// integer sums are exact, and their order does not matter.
static bool
check_rows(MnLoader const* const l,
           char const* const     name,
           MnMatrix const* const matrix,
           int32_t const* const  start,
           size_t const          starts,
           int32_t const* const  multiplier,
           size_t const          rows)
{
  for (size_t r = 0; r < rows; ++r) {
    int64_t largest = 0;
    for (size_t s = 0; s < starts; ++s) {
      int64_t const value = llabs((long long)start[s * matrix->rows + r]);
      largest             = value > largest ? value : largest;
    }
    int64_t const bound = row_norm(matrix, r) << l->model->hidden_frac;
    if (largest + bound > INT32_MAX) {
      mn_error_set(
        l->error, MN_STATUS_BAD_INPUT, "%s: row %zu can overflow 32 bits", name, r);
      return false;
    }
    if (multiplier[r] <= 0) {
      mn_error_set(l->error,
                   MN_STATUS_BAD_INPUT,
                   "%s: multiplier of row %zu is not positive",
                   name,
                   r);
      return false;
    }
  }
  return true;
}

static bool
read_direction(MnLoader const* const l, char const* const name, MnDirection* const d)
{
  size_t const rows = 4 * (size_t)l->model->hidden;
  char         tensor[32];

  snprintf(tensor, sizeof(tensor), "%s/recurrent", name);
  if (!read_matrix(l, tensor, rows, l->model->hidden, &d->recurrent)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/input", name);
  if (!read_table(l, tensor, rows, &d->input)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  if (!read_integers(l, tensor, rows, &d->multiplier)) {
    return false;
  }
  return !l->model->arena ||
         check_rows(l, name, &d->recurrent, d->input, MN_CLASSES, d->multiplier, rows);
}

static bool
read_linear(MnLoader const* const l,
            char const* const     name,
            size_t const          rows,
            size_t const          columns,
            MnLinear* const       linear)
{
  char tensor[48];
  snprintf(tensor, sizeof(tensor), "%s/weight", name);
  if (!read_matrix(l, tensor, rows, columns, &linear->weight)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/bias", name);
  if (!read_integers(l, tensor, rows, &linear->bias)) {
    return false;
  }
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  if (!read_integers(l, tensor, rows, &linear->multiplier)) {
    return false;
  }
  return !l->model->arena ||
         check_rows(l, name, &linear->weight, linear->bias, 1, linear->multiplier, rows);
}

static bool
read_upper(MnLoader const* const l)
{
  MnModel* const m      = l->model;
  size_t const   hidden = m->hidden;
  return m->layers == 1 ||
         (read_linear(l, "encoder/fw/layer_1", 4 * hidden, 3 * hidden, &m->upper[0]) &&
          read_linear(l, "encoder/bw/layer_1", 4 * hidden, 3 * hidden, &m->upper[1]));
}

// Reads all arrays. The pass without an arena only adds up their sizes.
static bool
read_arrays(MnLoader const* const l)
{
  MnModel* const m      = l->model;
  size_t const   states = 2 * (size_t)m->hidden;
  m->bytes              = 0;
  return read_direction(l, "encoder/fw", &m->direction[0]) &&
         read_direction(l, "encoder/bw", &m->direction[1]) && read_upper(l) &&
         read_linear(l, "encoder/mu", m->latent, states, &m->mu) &&
         read_linear(l, "encoder/sigma", m->latent, states, &m->sigma) &&
         mn_model_readout_load(l, &m->readout) && mn_model_surprise_load(l, &m->surprise) &&
         mn_model_sense_load(l, &m->readout);
}

static bool
read_number(MnLoader const* const l,
            char const* const     key,
            unsigned const        least,
            unsigned const        most,
            unsigned* const       number)
{
  char const* const text = mn_safetensors_metadata(l->file, key);
  char*             end  = NULL;
  errno                  = 0;
  unsigned long const n =
    text && *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
  if (!end || *end || errno || n < least || n > most) {
    mn_error_set(l->error,
                 MN_STATUS_BAD_INPUT,
                 "metadata %s: not a number from %u to %u",
                 key,
                 least,
                 most);
    return false;
  }
  *number = (unsigned)n;
  return true;
}

static bool
read_text(MnLoader const* const l, char const* const key, char** const text)
{
  char const* const found = mn_safetensors_metadata(l->file, key);
  *text                   = strdup(found ? found : "");
  return *text || mn_loader_no_memory(l);
}

static bool
read_metadata(MnLoader* const l)
{
  char const* const format = mn_safetensors_metadata(l->file, "format");
  if (!format || strcmp(format, "music-neurons-model")) {
    return mn_loader_fail(l, "not a Music Neurons model (metadata format)");
  }
  MnModel* const m       = l->model;
  unsigned       version = 0;
  unsigned       classes = 0;
  m->layers              = 1; // the default, if the file has no such key
  if (!read_number(l, "version", 1, 1, &version) ||
      !read_number(l, "classes", MN_CLASSES, MN_CLASSES, &classes) ||
      !read_number(l, "steps", 1, MN_MAX_STEPS, &m->steps) ||
      (mn_safetensors_metadata(l->file, "layers") &&
       !read_number(l, "layers", 1, MN_MAX_LAYERS, &m->layers)) ||
      !read_number(l, "hidden", 1, MN_MAX_HIDDEN, &m->hidden) ||
      !read_number(l, "latent", 1, MN_MAX_LATENT, &m->latent) ||
      !read_number(l, "hidden_frac", MIN_HIDDEN_FRAC, MAX_HIDDEN_FRAC, &m->hidden_frac) ||
      !read_text(l, "name", &m->name) || !read_text(l, "provenance", &m->provenance) ||
      !read_text(l, "licence", &m->licence) ||
      !read_text(l, "attribution", &m->attribution)) {
    return false;
  }

  char const* const readout = mn_safetensors_metadata(l->file, "readout");
  MnError           reason  = {MN_STATUS_BAD_INPUT, ""};
  l->readout = readout ? mn_json_parse(readout, strlen(readout), &reason) : NULL;
  if (!json_is_object(l->readout)) {
    mn_error_set(l->error,
                 reason.status,
                 "metadata readout: no JSON object%s%s",
                 *reason.text ? ": " : "",
                 reason.text);
    return false;
  }
  return true;
}

static bool
read_model(MnLoader* const l)
{
  return read_metadata(l) && read_arrays(l) && mn_loader_map(l) && read_arrays(l) &&
         mn_loader_seal(l);
}

MnModel*
mn_model_load(char const* const path, MnError* const error)
{
  MnError  reason = {0};
  MnLoader l      = {.error = &reason, .model = (MnModel*)calloc(1, sizeof(MnModel))};

  bool good = l.model && (l.model->path = strdup(path));
  if (!good) {
    mn_error_set(&reason, MN_STATUS_NO_MEMORY, "out of memory");
  } else {
    MnSafetensors* const file = mn_safetensors_open(path, &reason);
    l.file                    = file;
    good                      = file && read_model(&l);
    json_decref(l.readout);
    mn_safetensors_close(file);
  }
  if (!good) {
    mn_model_free(l.model);
    mn_error_set(error, reason.status, "%.200s: %.280s", path, reason.text);
    return NULL;
  }
  return l.model;
}

void
mn_model_free(MnModel* const model)
{
  if (model) {
    free(model->path);
    free(model->name);
    free(model->provenance);
    free(model->licence);
    free(model->attribution);
    mn_loader_unmap(model);
    free(model);
  }
}
