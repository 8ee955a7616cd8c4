// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_writer.h"

#include "base/newfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The data begins on a cache line, and tensors are sorted by their alignment to it.
enum { ALIGNMENT = 64, LENGTH_BYTES = 8 };

typedef struct {
  char*                 header; ///< with the length before it and padding after it
  size_t                header_size;
  MnModelTensor const** tensors; ///< in the order of the file
  size_t                count;
} Layout;

static bool
fail_at(MnError* const    error,
        MnStatus const    status,
        char const* const path,
        char const* const what)
{
  mn_error_set(error, status, "%.200s: %s", path, what);
  return false;
}

static size_t
bytes_of(MnModelTensor const* const t)
{
  size_t const width = t->dtype == MN_DTYPE_I8 ? 1 : t->dtype == MN_DTYPE_I16 ? 2 : 4;
  return width * t->shape[0] * (t->dimensions == 2 ? t->shape[1] : 1);
}

static char const*
name_of(MnDtype const dtype)
{
  return dtype == MN_DTYPE_I8    ? "I8"
         : dtype == MN_DTYPE_I16 ? "I16"
         : dtype == MN_DTYPE_I32 ? "I32"
                                 : "F32";
}

// The largest power of two, up to ALIGNMENT, that divides the size.
static size_t
alignment_of(MnModelTensor const* const t)
{
  size_t const size   = bytes_of(t);
  size_t const lowest = size & (~size + 1);
  return lowest && lowest < ALIGNMENT ? lowest : ALIGNMENT;
}

// The format forbids gaps, so odd sizes go last, where they misalign few tensors.
static int
compare_tensors(void const* const a, void const* const b)
{
  MnModelTensor const* const x = *(MnModelTensor const* const*)a;
  MnModelTensor const* const y = *(MnModelTensor const* const*)b;
  size_t const               p = alignment_of(x);
  size_t const               q = alignment_of(y);
  return p != q ? (p > q ? -1 : 1) : strcmp(x->name, y->name);
}

static json_t*
entry_of(MnModelTensor const* const t, size_t const offset)
{
  json_t* const shape = json_array();
  for (unsigned i = 0; i < t->dimensions; ++i) {
    json_array_append_new(shape, json_integer((json_int_t)t->shape[i]));
  }
  size_t const end = offset + bytes_of(t);
  return json_pack("{s:s,s:o,s:[I,I]}",
                   "dtype",
                   name_of(t->dtype),
                   "shape",
                   shape,
                   "data_offsets",
                   (json_int_t)offset,
                   (json_int_t)end);
}

// Prints the header, padded with spaces so that the data is aligned.
static bool
print_header(Layout* const layout, json_t* const metadata)
{
  json_t* const header = json_object();
  bool          good   = !json_object_set(header, "__metadata__", metadata);
  size_t        offset = 0;
  for (size_t i = 0; i < layout->count; ++i) {
    MnModelTensor const* const t = layout->tensors[i];
    good = good && !json_object_set_new(header, t->name, entry_of(t, offset));
    offset += bytes_of(t);
  }
  char* const text = good ? json_dumps(header, JSON_COMPACT) : NULL;
  json_decref(header);
  if (!text) {
    return false;
  }

  size_t const length = strlen(text);
  layout->header_size = mn_round_up(LENGTH_BYTES + length, ALIGNMENT);
  layout->header      = (char*)malloc(layout->header_size);
  if (layout->header) {
    memset(layout->header, ' ', layout->header_size);
    uint64_t const said = layout->header_size - LENGTH_BYTES;
    for (unsigned i = 0; i < LENGTH_BYTES; ++i) {
      layout->header[i] = (char)(said >> 8 * i & 0xFF);
    }
    memcpy(layout->header + LENGTH_BYTES, text, length);
  }
  free(text);
  return layout->header;
}

static bool
lay_out(Layout* const              layout,
        MnModelTensor const* const tensors,
        size_t const               count,
        json_t* const              metadata)
{
  *layout         = (Layout){.count = count};
  layout->tensors = (MnModelTensor const**)calloc(count + 1, sizeof(*layout->tensors));
  if (!layout->tensors) {
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    layout->tensors[i] = &tensors[i];
  }
  qsort(layout->tensors, count, sizeof(*layout->tensors), compare_tensors);
  return print_header(layout, metadata);
}

static void
layout_free(Layout* const layout)
{
  free(layout->tensors);
  free(layout->header);
}

// Closing the file tells whether it failed.
static void
write_layout(FILE* const file, Layout const* const layout)
{
  fwrite(layout->header, 1, layout->header_size, file);
  for (size_t i = 0; i < layout->count; ++i) {
    fwrite(layout->tensors[i]->data, 1, bytes_of(layout->tensors[i]), file);
  }
}

// Loads what is in a file that needs no name.
static MnModel*
load_open(FILE* const file, MnError* const error)
{
  char unnamed[32];
  snprintf(unnamed, sizeof(unnamed), "/proc/self/fd/%d", fileno(file));
  return mn_model_load(unnamed, error);
}

MnModel*
mn_model_try(char const* const          path,
             MnModelTensor const* const tensors,
             size_t const               count,
             json_t* const              metadata,
             MnError* const             error)
{
  Layout    layout;
  MnNewFile n;
  MnModel*  model = NULL;
  if (!lay_out(&layout, tensors, count, metadata)) {
    fail_at(error, MN_STATUS_NO_MEMORY, path, "out of memory");
  } else if (mn_newfile_open(&n, path, error)) {
    // A file without a name cannot stay behind, even if the program is killed.
    unlink(n.temporary);
    n.temporary[0] = '\0';
    write_layout(n.file, &layout);
    if (fflush(n.file) || ferror(n.file)) {
      fail_at(error, mn_status_of_errno(errno), path, strerror(errno));
    } else {
      model = load_open(n.file, error);
    }
    mn_newfile_drop(&n);
  }
  layout_free(&layout);
  return model;
}

// The file gets its name only if it loads.
static bool
write_and_rename(char const* const path, Layout const* const layout, MnError* const error)
{
  MnNewFile n;
  if (!mn_newfile_open(&n, path, error)) {
    return false;
  }
  write_layout(n.file, layout);
  bool good = mn_newfile_close(&n, error);
  if (good) {
    MnModel* const model = mn_model_load(n.temporary, error);
    good                 = model && mn_newfile_keep(&n, error);
    mn_model_free(model);
  }
  mn_newfile_drop(&n);
  return good;
}

bool
mn_model_write(char const* const          path,
               MnModelTensor const* const tensors,
               size_t const               count,
               json_t* const              metadata,
               size_t* const              size,
               MnError* const             error)
{
  Layout layout;
  bool   good = lay_out(&layout, tensors, count, metadata) ||
              fail_at(error, MN_STATUS_NO_MEMORY, path, "out of memory");
  good = good && write_and_rename(path, &layout, error);
  if (good && size) {
    *size = layout.header_size;
    for (size_t i = 0; i < count; ++i) {
      *size += bytes_of(&tensors[i]);
    }
  }
  layout_free(&layout);
  return good;
}
