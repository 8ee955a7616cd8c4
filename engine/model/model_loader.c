// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_loader.h"

#include "base/carve.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// With the address sanitizer there are poisoned gaps between the arrays of the arena, so
// that it finds accesses beyond an array. Without it there are no gaps.
#if defined(__SANITIZE_ADDRESS__)
#  define HAS_ASAN 1
#elif defined(__has_feature)
#  define HAS_ASAN __has_feature(address_sanitizer)
#else
#  define HAS_ASAN 0
#endif
#if HAS_ASAN
#  include <sanitizer/asan_interface.h>
enum { GAP = MN_CARVE_ALIGN };
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

bool
mn_loader_no_memory(MnLoader const* const l)
{
  mn_error_set(l->error, MN_STATUS_NO_MEMORY, "out of memory");
  return false;
}

bool
mn_loader_number(MnLoader const* const l,
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

bool
mn_loader_map(MnLoader const* const l)
{
  MnModel* const m     = l->model;
  void* const    arena = mmap(NULL,
                           m->bytes,
                           PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                           -1,
                           0);
  if (arena == MAP_FAILED) {
    return mn_loader_no_memory(l);
  }
  m->arena  = arena;
  m->mapped = m->bytes;
  return true;
}

bool
mn_loader_seal(MnLoader const* const l)
{
  bool const sealed = !mprotect(l->model->arena, l->model->mapped, PROT_READ);
  if (!sealed) {
    mn_error_set(
      l->error, mn_status_of_errno(errno), "its memory cannot be made read-only");
  }
  return sealed;
}

void
mn_loader_unmap(MnModel* const model)
{
  if (model->arena) {
    ASAN_UNPOISON_MEMORY_REGION(model->arena, model->mapped);
    munmap(model->arena, model->mapped);
  }
}

void*
mn_loader_carve(MnModel* const model, size_t const size)
{
  size_t const at = model->bytes;
  model->bytes += mn_round_up(size, MN_CARVE_ALIGN) + GAP;
  if (!model->arena) {
    return NULL;
  }
  char* const memory = (char*)model->arena + at;
  ASAN_POISON_MEMORY_REGION(memory + size, model->bytes - at - size);
  return memory;
}

bool
mn_loader_find(MnLoader const* const l,
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

bool
mn_loader_words(MnLoader const* const l,
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
  if (!mn_loader_find(l, name, dimensions, first, columns, &tensor)) {
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
    mn_loader_words(l, name, MN_DTYPE_F32, dimensions, rows, columns, columns, &words);
  *array = (float const*)words;
  return good;
}

bool
mn_loader_finite(MnLoader const* const l,
                 char const* const     name,
                 float const* const    values,
                 size_t const          count)
{
  for (size_t i = 0; values && i < count; ++i) {
    if (!isfinite(values[i])) {
      mn_error_set(l->error, MN_STATUS_BAD_INPUT, "%s: not finite", name);
      return false;
    }
  }
  return true;
}

float const*
mn_loader_transposed(MnLoader const* const l, MnTensor const* const tensor)
{
  size_t const rows    = tensor->shape[0];
  size_t const columns = tensor->shape[1];
  float* const out     = (float*)mn_loader_carve(l->model, sizeof(float) * rows * columns);
  for (size_t r = 0; out && r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      memcpy(&out[c * rows + r],
             (char const*)tensor->data + sizeof(float) * (r * columns + c),
             sizeof(float));
    }
  }
  return out;
}

bool
mn_loader_quantiles(MnLoader const* const l,
                    char const* const     name,
                    size_t const          rows,
                    float const** const   array)
{
  if (!mn_loader_floats(l, name, 2, rows, MN_QUANTILES, array) ||
      !mn_loader_finite(l, name, *array, rows * MN_QUANTILES)) {
    return false;
  }
  for (size_t i = 1; *array && i < rows * MN_QUANTILES; ++i) {
    if (i % MN_QUANTILES && (*array)[i] < (*array)[i - 1]) {
      mn_error_set(l->error, MN_STATUS_BAD_INPUT, "%s: not ascending", name);
      return false;
    }
  }
  return true;
}

// Whether a UTF-8 text contains a control character: C0, DEL, or C1, which has two bytes.
static bool
has_control(char const* const text)
{
  for (unsigned char const* c = (unsigned char const*)text; *c; ++c) {
    if (*c < 0x20 || *c == 0x7F || (*c == 0xC2 && c[1] < 0xA0)) {
      return true;
    }
  }
  return false;
}

bool
mn_loader_text(MnLoader const* const l,
               json_t const* const   object,
               char const* const     list,
               char const* const     key,
               size_t const          most,
               char const** const    text)
{
  json_t const* const value  = json_object_get(object, key);
  char const* const   found  = value ? json_string_value(value) : "";
  size_t const        length = found ? strlen(found) : 0;
  if (!found || length > most || has_control(found)) {
    mn_error_set(l->error,
                 MN_STATUS_BAD_INPUT,
                 "readout: %s: %s is not a text of up to %zu bytes without control "
                 "characters",
                 list,
                 key,
                 most);
    return false;
  }
  char* const out = (char*)mn_loader_carve(l->model, length + 1);
  if (out) {
    memcpy(out, found, length + 1);
  }
  *text = out;
  return true;
}
