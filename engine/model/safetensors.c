// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "safetensors.h"

#include "base/file.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8 };

// Room for the float weights of the largest published model, with its decoder.
static uint64_t const max_file = (uint64_t)4 << 30;

static char const metadata_key[] = "__metadata__";

struct MnSafetensors {
  uint64_t   available; // bytes of tensors
  MnContents tensors;
  json_t*    header;
};

static struct {
  char const* name;
  MnDtype     dtype;
  size_t      bytes;
} const dtypes[] = {
  {"I8", MN_DTYPE_I8, 1},
  {"I16", MN_DTYPE_I16, 2},
  {"I32", MN_DTYPE_I32, 4},
  {"F32", MN_DTYPE_F32, 4},
  {"U8", MN_DTYPE_U8, 1},
  {"BOOL", MN_DTYPE_BOOL, 1},
  {"U16", MN_DTYPE_U16, 2},
  {"F16", MN_DTYPE_F16, 2},
  {"BF16", MN_DTYPE_BF16, 2},
  {"U32", MN_DTYPE_U32, 4},
  {"I64", MN_DTYPE_I64, 8},
  {"U64", MN_DTYPE_U64, 8},
  {"F64", MN_DTYPE_F64, 8},
};

typedef struct {
  size_t begin;
  size_t end;
} Range;

// Reads a JSON integer as a size. Returns false if it is not one.
static bool
read_size(json_t const* const json, size_t* const size)
{
  json_int_t const value = json_is_integer(json) ? json_integer_value(json) : -1;
  *size                  = (size_t)value;
  return value >= 0 && (unsigned long long)value <= SIZE_MAX;
}

// Reads an entry of the header. `range` is relative to the first tensor.
static bool
read_tensor(char const* const   name,
            json_t const* const entry,
            uint64_t const      available,
            MnTensor* const     tensor,
            Range* const        range,
            MnError* const      error)
{
  char const* const dtype   = json_string_value(json_object_get(entry, "dtype"));
  json_t* const     shape   = json_object_get(entry, "shape");
  json_t* const     offsets = json_object_get(entry, "data_offsets");
  if (!dtype || !json_is_array(shape) || json_array_size(offsets) != 2) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "tensor %s: needs dtype, shape and data_offsets", name);
    return false;
  }

  size_t bytes = 0;
  for (size_t i = 0; i < sizeof(dtypes) / sizeof(*dtypes); ++i) {
    if (!strcmp(dtype, dtypes[i].name)) {
      tensor->dtype = dtypes[i].dtype;
      bytes         = dtypes[i].bytes;
    }
  }
  if (!bytes) {
    mn_error_set(
      error, MN_STATUS_UNSUPPORTED, "tensor %s: unknown dtype %.16s", name, dtype);
    return false;
  }

  tensor->dimensions = (unsigned)json_array_size(shape);
  if (json_array_size(shape) > MN_MAX_DIMENSIONS) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: more than %d dimensions",
                 name,
                 MN_MAX_DIMENSIONS);
    return false;
  }
  tensor->elements = 1;
  for (unsigned i = 0; i < tensor->dimensions; ++i) {
    if (!read_size(json_array_get(shape, i), &tensor->shape[i]) ||
        __builtin_mul_overflow(tensor->elements, tensor->shape[i], &tensor->elements)) {
      mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: impossible shape", name);
      return false;
    }
  }

  size_t size = 0;
  if (!read_size(json_array_get(offsets, 0), &range->begin) ||
      !read_size(json_array_get(offsets, 1), &range->end) || range->begin > range->end ||
      range->end > available) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "tensor %s: lies outside the file (truncated?)", name);
    return false;
  }
  if (__builtin_mul_overflow(tensor->elements, bytes, &size) ||
      size != range->end - range->begin) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "tensor %s: its size does not fit its shape", name);
    return false;
  }
  return true;
}

static int
compare_ranges(void const* const a, void const* const b)
{
  Range const* const x = (Range const*)a;
  Range const* const y = (Range const*)b;
  return x->begin != y->begin ? (x->begin > y->begin) - (x->begin < y->begin)
                              : (x->end > y->end) - (x->end < y->end);
}

static bool
check_tensors(MnSafetensors const* const file, MnError* const error)
{
  Range* const ranges = (Range*)calloc(json_object_size(file->header) + 1, sizeof(Range));
  if (!ranges) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }

  bool        good  = true;
  size_t      count = 0;
  char const* name  = NULL;
  json_t*     entry = NULL;
  json_object_foreach(file->header, name, entry)
  {
    MnTensor tensor = {0};
    if (!strcmp(name, metadata_key)) {
      if (!json_is_object(entry)) {
        mn_error_set(error, MN_STATUS_BAD_INPUT, "%s is not an object", metadata_key);
        good = false;
      }
    } else {
      good = read_tensor(name, entry, file->available, &tensor, &ranges[count++], error);
    }
    if (!good) {
      break;
    }
  }

  if (good) {
    qsort(ranges, count, sizeof(*ranges), compare_ranges);
    size_t end = 0;
    for (size_t i = 0; i < count && good; end = ranges[i++].end) {
      good = ranges[i].begin == end;
    }
    good = good && end == file->available;
    if (!good) {
      mn_error_set(error, MN_STATUS_BAD_INPUT, "tensors overlap or leave gaps");
    }
  }
  free(ranges);
  return good;
}

// Reads the length of the header, which lies before it.
static bool
read_length(MnFile const* const file, uint64_t* const length, MnError* const error)
{
  uint8_t bytes[LENGTH_BYTES];
  if (file->size < LENGTH_BYTES) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 file->size ? "not a safetensors file: too short" : "empty file");
    return false;
  }
  if (file->size > max_file) {
    mn_error_set(error,
                 MN_STATUS_UNSUPPORTED,
                 "larger than %llu MiB",
                 (unsigned long long)(max_file >> 20));
    return false;
  }
  if (!mn_file_read(file, 0, sizeof(bytes), bytes, error)) {
    return false;
  }
  *length = 0;
  for (int i = LENGTH_BYTES - 1; i >= 0; --i) {
    *length = *length << 8 | bytes[i];
  }
  if (*length > MN_JSON_MAX_BYTES || *length > file->size - LENGTH_BYTES) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "not a safetensors file: header length out of bounds");
    return false;
  }
  return true;
}

static bool
parse_header(MnSafetensors* const s, MnContents const text, MnError* const error)
{
  MnError reason = {MN_STATUS_BAD_INPUT, "bad JSON (not an object)"};
  s->header      = mn_json_parse((char const*)text.data, text.size, &reason);
  if (!json_is_object(s->header)) {
    bool const bad = reason.status == MN_STATUS_BAD_INPUT;
    mn_error_set(error,
                 reason.status,
                 "%s%s",
                 bad ? "not a safetensors file: header: " : "",
                 reason.text);
    return false;
  }
  return check_tensors(s, error);
}

// Reads the header first: nothing is read that it does not account for.
static bool
read_file(MnSafetensors* const s, MnFile const* const file, MnError* const error)
{
  uint64_t   length = 0;
  MnContents text;
  if (!read_length(file, &length, error) ||
      !mn_file_load(file, LENGTH_BYTES, length, &text, error)) {
    return false;
  }
  uint64_t const start = LENGTH_BYTES + length;
  s->available         = file->size - start;
  bool const good      = parse_header(s, text, error);
  mn_contents_free(&text);
  return good && mn_file_load(file, start, s->available, &s->tensors, error);
}

MnSafetensors*
mn_safetensors_open(char const* const path, MnError* const error)
{
  MnSafetensors* const s = (MnSafetensors*)calloc(1, sizeof(*s));
  MnFile               file;
  if (!s) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  bool good = mn_file_open(&file, path, error);
  if (good) {
    good = read_file(s, &file, error);
    mn_file_close(&file);
  }
  if (!good) {
    mn_safetensors_close(s);
    return NULL;
  }
  return s;
}

void
mn_safetensors_close(MnSafetensors* const file)
{
  if (file) {
    json_decref(file->header);
    mn_contents_free(&file->tensors);
    free(file);
  }
}

bool
mn_safetensors_find(MnSafetensors const* const file,
                    char const* const          name,
                    MnTensor* const            tensor)
{
  json_t const* const entry = json_object_get(file->header, name);
  Range               range = {0};
  if (!entry || !strcmp(name, metadata_key) ||
      !read_tensor(name, entry, file->available, tensor, &range, NULL)) {
    return false;
  }
  // Tensors without elements may be all there are.
  tensor->data = file->tensors.data ? file->tensors.data + range.begin : NULL;
  return true;
}

char const*
mn_safetensors_next(MnSafetensors const* const file, char const* const name)
{
  json_t* const header = file->header;
  void* const   last   = name ? json_object_iter_at(header, name) : NULL;
  return json_object_iter_key(last || name ? json_object_iter_next(header, last)
                                           : json_object_iter(header));
}

char const*
mn_safetensors_metadata(MnSafetensors const* const file, char const* const key)
{
  return json_string_value(
    json_object_get(json_object_get(file->header, metadata_key), key));
}
