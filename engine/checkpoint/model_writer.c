// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_writer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool
write_all(int const file, void const* const bytes, size_t const size)
{
  for (size_t done = 0; done < size;) {
    ssize_t const wrote = write(file, (char const*)bytes + done, size - done);
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote <= 0) {
      return false;
    }
    done += (size_t)wrote;
  }
  return true;
}

static bool
write_layout(int const file, Layout const* const layout)
{
  bool good = write_all(file, layout->header, layout->header_size);
  for (size_t i = 0; good && i < layout->count; ++i) {
    good = write_all(file, layout->tensors[i]->data, bytes_of(layout->tensors[i]));
  }
  return good && !fsync(file);
}

// Opens a new file in the folder of `path`. Its name goes to `temporary`.
static int
open_beside(char const* const path, char* const temporary, MnError* const error)
{
  struct stat there;
  if (!stat(path, &there) && !S_ISREG(there.st_mode)) {
    fail_at(error, MN_STATUS_BAD_INPUT, path, "is there, and is no regular file");
    return -1;
  }
  char const* const slash  = strrchr(path, '/');
  int const         folder = slash ? (int)(slash - path) + 1 : 0;
  int const         length =
    snprintf(temporary, PATH_MAX, "%.*s.music-neurons-XXXXXX", folder, path);
  if (length >= PATH_MAX) {
    fail_at(error, MN_STATUS_BAD_INPUT, path, "the path is too long");
    return -1;
  }
  int const file = mkstemp(temporary);
  if (file < 0) {
    fail_at(error, mn_status_of_errno(errno), path, strerror(errno));
  }
  return file;
}

MnModel*
mn_model_try(char const* const          path,
             MnModelTensor const* const tensors,
             size_t const               count,
             json_t* const              metadata,
             MnError* const             error)
{
  Layout   layout;
  MnModel* model = NULL;
  if (!lay_out(&layout, tensors, count, metadata)) {
    fail_at(error, MN_STATUS_NO_MEMORY, path, "out of memory");
  } else {
    char      temporary[PATH_MAX];
    int const file = open_beside(path, temporary, error);
    if (file >= 0) {
      // A file without a name cannot stay behind, even if the program is killed.
      unlink(temporary);
      char unnamed[32];
      snprintf(unnamed, sizeof(unnamed), "/proc/self/fd/%d", file);
      if (!write_layout(file, &layout)) {
        fail_at(error, mn_status_of_errno(errno), path, strerror(errno));
      } else {
        model = mn_model_load(unnamed, error);
      }
      close(file);
    }
  }
  layout_free(&layout);
  return model;
}

// Checks that the written file loads, and gives it the permissions of a new file:
// mkstemp() makes it readable by its owner only.
static bool
check_written(int const file, char const* const temporary, MnError* const error)
{
  MnModel* const model = mn_model_load(temporary, error);
  mn_model_free(model);
  mode_t const mask = umask(0);
  umask(mask);
  return model && (!fchmod(file, 0666 & ~mask) ||
                   fail_at(error, mn_status_of_errno(errno), temporary, strerror(errno)));
}

// Makes a rename durable: its folder must be on the disk. If this fails, the write has
// still succeeded.
static void
sync_folder(char const* const path)
{
  char              folder[PATH_MAX];
  char const* const slash = strrchr(path, '/');
  snprintf(folder,
           sizeof(folder),
           "%.*s",
           slash ? (int)(slash - path) + 1 : 1,
           slash ? path : ".");
  FILE* const opened = fopen(folder, "re");
  if (opened) {
    fsync(fileno(opened));
    fclose(opened);
  }
}

static bool
write_and_rename(char const* const path, Layout const* const layout, MnError* const error)
{
  char      temporary[PATH_MAX];
  int const file = open_beside(path, temporary, error);
  if (file < 0) {
    return false;
  }
  bool good = write_layout(file, layout) ||
              fail_at(error, mn_status_of_errno(errno), path, strerror(errno));
  good = good && check_written(file, temporary, error);
  good =
    (!close(file) || fail_at(error, mn_status_of_errno(errno), path, strerror(errno))) &&
    good;
  good = good && (!rename(temporary, path) ||
                  fail_at(error, mn_status_of_errno(errno), path, strerror(errno)));
  if (good) {
    sync_folder(path);
  } else {
    unlink(temporary);
  }
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
