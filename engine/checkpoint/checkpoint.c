// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "checkpoint.h"

#include "convert.h"
#include "folder.h"
#include "formats.h"
#include "sstable.h"
#include "tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int
compare_entries(void const* const a, void const* const b)
{
  return strcmp(((MnEntry const*)a)->name, ((MnEntry const*)b)->name);
}

// Sorts the tensors, and completes what all formats have in common.
static bool
settle_entries(MnCheckpoint* const checkpoint, MnError* const error)
{
  if (checkpoint->count) {
    qsort(checkpoint->entries, checkpoint->count, sizeof(MnEntry), compare_entries);
  }
  for (size_t i = 0; i < checkpoint->count; ++i) {
    MnEntry* const entry   = &checkpoint->entries[i];
    entry->tensor.readable = entry->stored != MN_STORED_OTHER && !entry->sliced;
    if (i && !compare_entries(entry - 1, entry)) {
      mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: listed twice", entry->name);
      return false;
    }
  }
  return true;
}

// Opens NAME.index for a prefix NAME, which is not a file itself.
static bool
open_prefix(MnCheckpoint* const checkpoint, char const* const path, MnError* const error)
{
  int const reason = errno;
  char*     index  = NULL;
  if (asprintf(&index, "%s.index", path) < 0) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  struct stat info;
  MnFile      file;
  bool        good = false;
  if (!*path || stat(index, &info)) {
    mn_error_set(error, mn_status_of_errno(reason), "%s", strerror(reason));
  } else if (mn_file_open(&file, index, error)) {
    good = mn_tfbundle_open(checkpoint, index, &file, error);
    mn_file_close(&file);
  }
  free(index);
  return good;
}

static bool
ends_with(char const* const text, char const* const end)
{
  size_t const length = strlen(text);
  size_t const least  = strlen(end);
  return length >= least && !strcmp(text + length - least, end);
}

// Names the format of a file that is not a checkpoint but likely to be tried as one.
static char const*
name_stranger(char const* const path, MnBytes const file)
{
  static struct {
    char const* magic;
    char const* name;
  } const strangers[] = {
    {"\x1F\x8B", "compressed with gzip: decompress it first"},
    {"\xFD"
     "7zXZ",
     "compressed with xz: decompress it first"},
    {"BZh", "compressed with bzip2: decompress it first"},
    {"\x28\xB5\x2F\xFD", "compressed with zstd: decompress it first"},
    {"PK\x03\x04", "a zip archive, perhaps of PyTorch: not supported"},
    {"\x89HDF", "an HDF5 file: not supported"},
  };
  for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); ++i) {
    size_t const length = strlen(strangers[i].magic);
    if (file.size >= length && !memcmp(file.data, strangers[i].magic, length)) {
      return strangers[i].name;
    }
  }
  return strstr(path, ".data-") ? "the data of a checkpoint: give its .index file" : NULL;
}

// Opens what is neither a TensorFlow checkpoint nor an archive.
static bool
open_other(MnCheckpoint* const checkpoint,
           char const* const   path,
           MnBytes const       start,
           MnError* const      error)
{
  // The header of safetensors is JSON, padded with spaces only at its end.
  bool const        json     = start.size > 8 && start.data[8] == '{';
  char const* const stranger = name_stranger(path, start);
  if (json || ends_with(path, ".safetensors")) {
    return mn_tensorfile_open(checkpoint, path, error);
  }
  mn_error_set(error,
               stranger ? MN_STATUS_UNSUPPORTED : MN_STATUS_BAD_INPUT,
               "not a checkpoint: %s",
               stranger ? stranger : "no .index file, no tar with one, no safetensors");
  return false;
}

// Tells the format of a file from its first and last bytes.
static bool
open_file(MnCheckpoint* const checkpoint, char const* const path, MnError* const error)
{
  uint8_t start[MN_TAR_BLOCK];
  uint8_t end[MN_SSTABLE_FOOTER];
  MnFile  file;
  if (!mn_file_open(&file, path, error)) {
    return false;
  }
  MnBytes const first = {start, file.size < sizeof(start) ? file.size : sizeof(start)};
  MnBytes const last  = {end, file.size < sizeof(end) ? file.size : sizeof(end)};
  bool          good  = mn_file_read(&file, 0, first.size, start, error) &&
              mn_file_read(&file, file.size - last.size, last.size, end, error);
  if (good && !ends_with(path, ".index") && !mn_sstable_detect(last) &&
      mn_tar_detect(first)) {
    return mn_tfbundle_open_archive(checkpoint, file, error);
  }
  if (good) {
    good = ends_with(path, ".index") || mn_sstable_detect(last)
             ? mn_tfbundle_open(checkpoint, path, &file, error)
             : open_other(checkpoint, path, first, error);
  }
  mn_file_close(&file);
  return good;
}

// A manifest.json beside that of magenta.js may belong to anything. If both are missing,
// the error is about that of magenta.js.
static bool
open_folder(MnCheckpoint* const checkpoint, char const* const path, MnError* const error)
{
  bool const raw =
    mn_folder_has(path, "manifest.json") && !mn_folder_has(path, "weights_manifest.json");
  return raw ? mn_rawfolder_open(checkpoint, path, error)
             : mn_magentajs_open(checkpoint, path, error);
}

static bool
open_any(MnCheckpoint* const checkpoint, char const* const path, MnError* const error)
{
  struct stat info;
  if (stat(path, &info)) {
    return open_prefix(checkpoint, path, error);
  }
  return S_ISDIR(info.st_mode) ? open_folder(checkpoint, path, error)
                               : open_file(checkpoint, path, error);
}

MnCheckpoint*
mn_checkpoint_open(char const* const path, MnError* const error)
{
  MnError             reason     = {0};
  MnCheckpoint* const checkpoint = (MnCheckpoint*)calloc(1, sizeof(*checkpoint));

  bool good = checkpoint && (checkpoint->path = strdup(path));
  if (!good) {
    mn_error_set(&reason, MN_STATUS_NO_MEMORY, "out of memory");
  } else {
    good = open_any(checkpoint, path, &reason) && settle_entries(checkpoint, &reason);
  }
  if (!good) {
    mn_checkpoint_close(checkpoint);
    mn_error_set(error, reason.status, "%.200s: %.280s", path, reason.text);
    return NULL;
  }
  return checkpoint;
}

void
mn_checkpoint_close(MnCheckpoint* const checkpoint)
{
  if (checkpoint) {
    if (checkpoint->reader) {
      checkpoint->format->close(checkpoint->reader);
    }
    for (size_t i = 0; i < checkpoint->count; ++i) {
      free(checkpoint->entries[i].name);
    }
    free(checkpoint->entries);
    free(checkpoint->path);
    free(checkpoint);
  }
}

char const*
mn_checkpoint_path(MnCheckpoint const* const checkpoint)
{
  return checkpoint->path;
}

char const*
mn_checkpoint_kind(MnCheckpoint const* const checkpoint)
{
  return checkpoint->format->kind;
}

char const*
mn_checkpoint_text(MnCheckpoint const* const checkpoint, char const* const key)
{
  MnFormat const* const format = checkpoint->format;
  return format->text ? format->text(checkpoint->reader, key) : NULL;
}

size_t
mn_checkpoint_count(MnCheckpoint const* const checkpoint)
{
  return checkpoint->count;
}

MnCheckpointTensor
mn_checkpoint_tensor(MnCheckpoint const* const checkpoint, size_t const index)
{
  return checkpoint->entries[index].tensor;
}

static MnEntry const*
find_entry(MnCheckpoint const* const checkpoint, char const* const name)
{
  size_t low  = 0;
  size_t high = checkpoint->count;
  while (low < high) {
    size_t const middle = low + (high - low) / 2;
    int const    order  = strcmp(name, checkpoint->entries[middle].name);
    if (!order) {
      return &checkpoint->entries[middle];
    }
    *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
  }
  return NULL;
}

bool
mn_checkpoint_find(MnCheckpoint const* const checkpoint,
                   char const* const         name,
                   MnCheckpointTensor* const tensor)
{
  MnEntry const* const entry = find_entry(checkpoint, name);
  if (entry) {
    *tensor = entry->tensor;
  }
  return entry;
}

static bool
read_entry(MnCheckpoint* const  checkpoint,
           MnEntry const* const entry,
           float* const         values,
           MnError* const       error)
{
  if (entry->sliced) {
    mn_error_set(
      error, MN_STATUS_UNSUPPORTED, "partitioned into slices, which is not supported");
    return false;
  }
  if (entry->stored == MN_STORED_OTHER) {
    mn_error_set(
      error, MN_STATUS_UNSUPPORTED, "%s values are no weights", entry->tensor.dtype);
    return false;
  }
  MnBytes bytes = {0};
  if (!checkpoint->format->find(checkpoint->reader, entry, &bytes, error)) {
    return false;
  }
  // The last check: whatever a format has found, nothing beyond it is read.
  if (bytes.size != entry->tensor.elements * mn_convert_element_bytes(entry->stored)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "its size does not fit its shape");
    return false;
  }
  mn_convert_to_floats(entry, bytes, values);
  return true;
}

bool
mn_checkpoint_read_tensor(MnCheckpoint* const             checkpoint,
                          MnCheckpointTensor const* const tensor,
                          float* const                    values,
                          MnError* const                  error)
{
  MnError              reason = {MN_STATUS_BAD_INPUT, "is missing"};
  MnEntry const* const entry  = find_entry(checkpoint, tensor->name);
  bool const           good   = entry && read_entry(checkpoint, entry, values, &reason);
  if (!good) {
    mn_error_set(error, reason.status, "tensor %.120s: %.200s", tensor->name, reason.text);
  }
  return good;
}

bool
mn_checkpoint_read(MnCheckpoint* const             checkpoint,
                   MnCheckpointTensor const* const tensor,
                   float* const                    values,
                   MnError* const                  error)
{
  MnError    reason = {0};
  bool const good   = mn_checkpoint_read_tensor(checkpoint, tensor, values, &reason);
  if (!good) {
    mn_error_set(error, reason.status, "%.150s: %.340s", checkpoint->path, reason.text);
  }
  return good;
}
