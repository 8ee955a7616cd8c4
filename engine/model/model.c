// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model.h"

#include "model_loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, MIN_HIDDEN_FRAC = 8, MAX_HIDDEN_FRAC = 14 };

// The address sanitizer is told what lies between the arrays of the arena, so that
// it sees who reads or writes beyond one. Without it there is nothing between them.
#if defined(__SANITIZE_ADDRESS__)
#  define HAS_ASAN 1
#elif defined(__has_feature)
#  define HAS_ASAN __has_feature(address_sanitizer)
#else
#  define HAS_ASAN 0
#endif
#if HAS_ASAN
#  include <sanitizer/asan_interface.h>
enum { GAP = CACHE_LINE };
#else
#  define ASAN_POISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
#  define ASAN_UNPOISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
enum { GAP = 0 };
#endif

bool
mn_loader_fail(MnLoader const* const l, char const* const what)
{
  mn_error_set(l->error, MN_STATUS_BAD_INPUT, "%s", what);
  return false;
}

static size_t
pad(size_t const count, size_t const unit)
{
  return (count + unit - 1) / unit * unit;
}

void*
mn_loader_carve(MnModel* const model, size_t const size)
{
  size_t const at = model->bytes;
  model->bytes += pad(size, CACHE_LINE) + GAP;
  if (!model->arena) {
    return NULL;
  }
  char* const memory = (char*)model->arena + at;
  ASAN_POISON_MEMORY_REGION(memory + size, model->bytes - at - size);
  return memory;
}

static bool
find_tensor(MnLoader const* const l,
            char const* const     name,
            unsigned const        dimensions,
            size_t const          rows,
            size_t const          columns,
            MnTensor* const       tensor)
{
  if (!mn_safetensors_find(l->file, name, tensor)) {
    mn_error_set(l->error, MN_STATUS_BAD_INPUT, "tensor %s is missing", name);
    return false;
  }
  if (tensor->dimensions != dimensions || tensor->shape[0] != rows ||
      (dimensions == 2 && tensor->shape[1] != columns)) {
    mn_error_set(l->error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: not the shape that the metadata says",
                 name);
    return false;
  }
  return true;
}

// Copies an array of 4-byte elements, each row padded with zeros. While there
// is no arena, *array becomes NULL.
static bool
read_words(MnLoader const* const l,
           char const* const     name,
           MnDtype const         dtype,
           unsigned const        dimensions,
           size_t const          rows,
           size_t const          columns,
           size_t const          padded_columns,
           void** const          array)
{
  *array = mn_loader_carve(l->model, 4 * rows * padded_columns);
  if (!*array) {
    return true;
  }
  MnTensor     tensor;
  size_t const first = dimensions == 1 ? columns : rows;
  if (!find_tensor(l, name, dimensions, first, columns, &tensor)) {
    return false;
  }
  if (tensor.dtype != dtype) {
    mn_error_set(l->error, MN_STATUS_BAD_INPUT, "tensor %s: wrong dtype", name);
    return false;
  }
  char* const out = (char*)*array;
  memset(out, 0, 4 * rows * padded_columns);
  for (size_t r = 0; r < rows; ++r) {
    memcpy(out + 4 * r * padded_columns,
           (char const*)tensor.data + 4 * r * columns,
           4 * columns);
  }
  return true;
}

static bool
read_integers(MnLoader const* const l,
              char const* const     name,
              size_t const          columns,
              int32_t const** const array)
{
  void*      words = NULL;
  bool const good =
    read_words(l, name, MN_DTYPE_I32, 1, 1, columns, pad(columns, MN_ROWS_PACKED), &words);
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
  bool const good  = read_words(
    l, name, MN_DTYPE_I32, 2, MN_CLASSES, columns, pad(columns, MN_ROWS_PACKED), &words);
  *array = (int32_t const*)words;
  return good;
}

bool
mn_loader_floats(MnLoader const* const l,
                 char const* const     name,
                 unsigned const        dimensions,
                 size_t const          rows,
                 size_t const          columns,
                 float const** const   array)
{
  void*      words = NULL;
  bool const good =
    read_words(l, name, MN_DTYPE_F32, dimensions, rows, columns, columns, &words);
  *array = (float const*)words;
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
  if (!find_tensor(l, name, 2, rows, columns, &tensor)) {
    return false;
  }
  if (tensor.dtype != MN_DTYPE_I8 && tensor.dtype != MN_DTYPE_I16) {
    mn_error_set(
      l->error, MN_STATUS_BAD_INPUT, "tensor %s: weights must be I8 or I16", name);
    return false;
  }
  matrix->rows            = (unsigned)pad(rows, MN_ROWS_PACKED);
  matrix->columns         = (unsigned)pad(columns, MN_COLUMNS_PACKED);
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

// The sum of abs(weight) along a row of a packed matrix.
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

// No accumulator may overflow, whatever the hidden state (at most 1): then
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

// Reads all arrays; in the pass without an arena, only adds up their sizes.
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
         mn_loader_readout(l, &m->readout);
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
no_memory(MnLoader const* const l)
{
  mn_error_set(l->error, MN_STATUS_NO_MEMORY, "out of memory");
  return false;
}

static bool
read_text(MnLoader const* const l, char const* const key, char** const text)
{
  char const* const found = mn_safetensors_metadata(l->file, key);
  *text                   = strdup(found ? found : "");
  return *text || no_memory(l);
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
  m->layers              = 1; // what a file without the key has
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
  json_error_t      reason  = {0};
  l->readout = readout ? json_loads(readout, JSON_REJECT_DUPLICATES, &reason) : NULL;
  return json_is_object(l->readout) ||
         mn_loader_fail(l, "metadata readout: no JSON object");
}

static bool
read_model(MnLoader* const l)
{
  MnModel* const m = l->model;
  if (!read_metadata(l) || !read_arrays(l)) {
    return false;
  }
  void* const arena =
    mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (arena == MAP_FAILED) {
    return no_memory(l);
  }
  m->arena  = arena;
  m->mapped = m->bytes;
  if (!read_arrays(l)) {
    return false;
  }
  // From then on nobody writes to it, whoever has a pointer.
  bool const sealed = !mprotect(arena, m->mapped, PROT_READ);
  if (!sealed) {
    mn_error_set(
      l->error, mn_status_of_errno(errno), "its memory cannot be made read-only");
  }
  return sealed;
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
    if (model->arena) {
      ASAN_UNPOISON_MEMORY_REGION(model->arena, model->mapped);
      munmap(model->arena, model->mapped);
    }
    free(model);
  }
}
