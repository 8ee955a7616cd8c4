// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// TensorFlow's checkpoints ("tensor bundles"). An index is a table from names to entries;
// data files ("shards") contain the values. Entries are protocol buffers. The numbers of
// their fields are from tensorflow/core/protobuf/tensor_bundle.proto and its imports.

#include "formats.h"
#include "sstable.h"
#include "tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHARDS = 4096, MAX_INDEX = 4 << 20, KNOWN_VERSION = 1 };

static char const index_suffix[] = ".index";

typedef struct {
  MnFile     archive; // with everything
  bool       archived;
  char*      prefix; // of the names of the files
  uint32_t   shards; // 0 until the header has been read
  MnContents values; // of the last tensor that was read
  MnCrc32c   crc;
} Bundle;

// The context of the visit of the index.
typedef struct {
  MnCheckpoint* checkpoint;
  Bundle*       bundle;
} Listing;

// Indexed by the numbers of tensorflow/core/framework/types.proto. A size of 0 varies.
// clang-format off
static struct {
  char const* name;
  MnStored      stored;
  size_t      bytes;
} const types[] = {
  [1]  = {"float32", MN_STORED_FLOAT32, 4},
  [2]  = {"float64", MN_STORED_FLOAT64, 8},
  [3]  = {"int32", MN_STORED_OTHER, 4},
  [4]  = {"uint8", MN_STORED_OTHER, 1},
  [5]  = {"int16", MN_STORED_OTHER, 2},
  [6]  = {"int8", MN_STORED_OTHER, 1},
  [7]  = {"string", MN_STORED_OTHER, 0},
  [8]  = {"complex64", MN_STORED_OTHER, 8},
  [9]  = {"int64", MN_STORED_OTHER, 8},
  [10] = {"bool", MN_STORED_OTHER, 1},
  [11] = {"qint8", MN_STORED_OTHER, 1},
  [12] = {"quint8", MN_STORED_OTHER, 1},
  [13] = {"qint32", MN_STORED_OTHER, 4},
  [14] = {"bfloat16", MN_STORED_BFLOAT16, 2},
  [15] = {"qint16", MN_STORED_OTHER, 2},
  [16] = {"quint16", MN_STORED_OTHER, 2},
  [17] = {"uint16", MN_STORED_OTHER, 2},
  [18] = {"complex128", MN_STORED_OTHER, 16},
  [19] = {"float16", MN_STORED_FLOAT16, 2},
  [20] = {"resource", MN_STORED_OTHER, 0},
  [21] = {"variant", MN_STORED_OTHER, 0},
  [22] = {"uint32", MN_STORED_OTHER, 4},
  [23] = {"uint64", MN_STORED_OTHER, 8},
};
// clang-format on

static bool
read_version(MnBytes message, uint64_t* const least_reader)
{
  *least_reader = 0;
  MnField field;
  while (message.size) {
    if (!mn_bytes_take_field(&message, &field)) {
      return false;
    }
    if (field.tag == MN_FIELD_TAG(2, MN_WIRE_VARINT)) {
      *least_reader = field.number;
    }
  }
  return true;
}

// Reads the value of the empty name: number of shards, byte order, version.
static bool
read_bundle_header(Bundle* const bundle, MnBytes message, MnError* const error)
{
  uint64_t shards       = 0;
  uint64_t byte_order   = 0;
  uint64_t least_reader = 0;
  bool     good         = true;
  MnField  field;
  while (good && message.size) {
    good = mn_bytes_take_field(&message, &field);
    if (!good) {
      break;
    }
    switch (field.tag) {
    case MN_FIELD_TAG(1, MN_WIRE_VARINT):
      shards = field.number;
      break;
    case MN_FIELD_TAG(2, MN_WIRE_VARINT):
      byte_order = field.number;
      break;
    case MN_FIELD_TAG(3, MN_WIRE_BYTES):
      good = read_version(field.bytes, &least_reader);
      break;
    default:
      break;
    }
  }

  if (!good || !shards || shards > MAX_SHARDS) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "not a TensorFlow checkpoint of version 2: bad header in the index");
  } else if (byte_order) {
    mn_error_set(error, MN_STATUS_UNSUPPORTED, "big-endian data is not supported");
  } else if (least_reader > KNOWN_VERSION) {
    mn_error_set(error, MN_STATUS_UNSUPPORTED, "written for readers of a newer version");
  } else {
    bundle->shards = (uint32_t)shards;
    return true;
  }
  return false;
}

static bool
entry_fail(MnEntry const* const entry, char const* const reason, MnError* const error)
{
  mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: %s", entry->name, reason);
  return false;
}

static bool
read_dimension(MnEntry* const entry, MnBytes message, MnError* const error)
{
  uint64_t size = 0;
  MnField  field;
  while (message.size) {
    if (!mn_bytes_take_field(&message, &field)) {
      return entry_fail(entry, "malformed entry", error);
    }
    if (field.tag == MN_FIELD_TAG(1, MN_WIRE_VARINT)) {
      size = field.number;
    }
  }
  return mn_entry_extend(entry, size, error);
}

static bool
read_shape(MnEntry* const entry, MnBytes message, MnError* const error)
{
  MnField field;
  while (message.size) {
    if (!mn_bytes_take_field(&message, &field)) {
      return entry_fail(entry, "malformed entry", error);
    }
    if (field.tag == MN_FIELD_TAG(2, MN_WIRE_BYTES) &&
        !read_dimension(entry, field.bytes, error)) {
      return false;
    }
    if (field.tag == MN_FIELD_TAG(3, MN_WIRE_VARINT) && field.number) {
      return entry_fail(entry, "its shape is unknown", error);
    }
  }
  return true;
}

// Reads the fields of a tensor's entry. `type` and `shard` are not checked here.
static bool
read_fields(MnEntry* const  entry,
            MnBytes         message,
            uint64_t* const type,
            uint64_t* const shard,
            MnError* const  error)
{
  MnField field;
  while (message.size) {
    if (!mn_bytes_take_field(&message, &field)) {
      return entry_fail(entry, "malformed entry", error);
    }
    switch (field.tag) {
    case MN_FIELD_TAG(1, MN_WIRE_VARINT):
      *type = field.number;
      break;
    case MN_FIELD_TAG(2, MN_WIRE_BYTES):
      if (!read_shape(entry, field.bytes, error)) {
        return false;
      }
      break;
    case MN_FIELD_TAG(3, MN_WIRE_VARINT):
      *shard = field.number;
      break;
    case MN_FIELD_TAG(4, MN_WIRE_VARINT):
      entry->offset = field.number;
      break;
    case MN_FIELD_TAG(5, MN_WIRE_VARINT):
      entry->size = field.number;
      break;
    case MN_FIELD_TAG(6, MN_WIRE_32):
      entry->crc = (uint32_t)field.number;
      break;
    case MN_FIELD_TAG(7, MN_WIRE_BYTES):
      entry->sliced = true;
      break;
    default:
      break;
    }
  }
  return true;
}

static bool
read_entry(Bundle const* const bundle,
           MnEntry* const      entry,
           MnBytes const       message,
           MnError* const      error)
{
  uint64_t type  = 0;
  uint64_t shard = 0;
  if (!read_fields(entry, message, &type, &shard, error)) {
    return false;
  }
  if (!type) {
    return entry_fail(entry, "has no dtype", error);
  }
  if (shard >= bundle->shards) {
    return entry_fail(entry, "lies in a data file beyond the last", error);
  }
  bool const known    = type < sizeof(types) / sizeof(*types);
  entry->part         = (uint32_t)shard;
  entry->tensor.dtype = known ? types[type].name : "unknown";
  entry->stored       = known ? types[type].stored : MN_STORED_OTHER;
  size_t const bytes  = known ? types[type].bytes : 0;
  return !bytes || entry->sliced || mn_entry_fits(entry, bytes, error);
}

// Called with each name in the index.
static bool
list_tensor(void* const    context,
            MnBytes const  key,
            MnBytes const  value,
            MnError* const error)
{
  Listing const* const listing = (Listing const*)context;
  Bundle* const        bundle  = listing->bundle;
  if (!key.size) {
    return read_bundle_header(bundle, value, error);
  }
  if (!bundle->shards) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "not a TensorFlow checkpoint of version 2: no header in the index");
    return false;
  }
  if (!key.data[0]) {
    return true; // the encoded name of a slice of a partitioned tensor
  }
  MnEntry* const entry = mn_checkpoint_add(listing->checkpoint, key, error);
  return entry && read_entry(bundle, entry, value, error);
}

static bool
list_tensors(MnCheckpoint* const checkpoint, MnBytes const index, MnError* const error)
{
  Listing listing = {checkpoint, (Bundle*)checkpoint->reader};
  if (!mn_sstable_visit(index, &listing.bundle->crc, list_tensor, &listing, error)) {
    return false;
  }
  if (!listing.bundle->shards) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "not a TensorFlow checkpoint of version 2: the index is empty");
  }
  return listing.bundle->shards;
}

// Reads the values of a tensor from a data file that lies in `file` from `start` on.
static bool
read_values(MnFile const* const  file,
            uint64_t const       start,
            uint64_t const       size,
            MnEntry const* const entry,
            MnContents* const    values,
            MnError* const       error)
{
  if (entry->offset > size || entry->size > size - entry->offset) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "lies outside its data file (truncated?)");
    return false;
  }
  return mn_file_load(file, start + entry->offset, entry->size, values, error);
}

static bool
read_archived(Bundle* const        bundle,
              char const* const    name,
              MnEntry const* const entry,
              MnError* const       error)
{
  MnTarMember data;
  return mn_tar_find(&bundle->archive, name, &data, error) &&
         read_values(
           &bundle->archive, data.offset, data.size, entry, &bundle->values, error);
}

static bool
read_file(Bundle* const        bundle,
          char const* const    name,
          MnEntry const* const entry,
          MnError* const       error)
{
  MnError reason = {0};
  MnFile  file;
  if (!mn_file_open(&file, name, &reason)) {
    char const* const slash = strrchr(name, '/');
    mn_error_set(
      error, reason.status, "data file %s: %s", slash ? slash + 1 : name, reason.text);
    return false;
  }
  bool const good = read_values(&file, 0, file.size, entry, &bundle->values, error);
  mn_file_close(&file);
  return good;
}

static bool
find_tensor(void* const          reader,
            MnEntry const* const entry,
            MnBytes* const       bytes,
            MnError* const       error)
{
  Bundle* const bundle = (Bundle*)reader;
  char*         name   = NULL;
  if (asprintf(&name, "%s.data-%05u-of-%05u", bundle->prefix, entry->part, bundle->shards) <
      0) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  mn_contents_free(&bundle->values);
  bool const good = bundle->archived ? read_archived(bundle, name, entry, error)
                                     : read_file(bundle, name, entry, error);
  free(name);
  *bytes = mn_contents_bytes(bundle->values);
  if (good && mn_crc32c_masked(&bundle->crc, *bytes) != entry->crc) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "its check sum does not match: the data file is damaged");
    return false;
  }
  return good;
}

static void
close_bundle(void* const reader)
{
  Bundle* const bundle = (Bundle*)reader;
  if (bundle->archived) {
    mn_file_close(&bundle->archive);
  }
  mn_contents_free(&bundle->values);
  free(bundle->prefix);
  free(bundle);
}

static MnFormat const format = {"TensorFlow checkpoint", find_tensor, close_bundle, NULL};

// Sets up the reader, given the name of the index: its own, or that in an archive.
static Bundle*
start(MnCheckpoint* const checkpoint, char const* const name, MnError* const error)
{
  Bundle* const bundle = (Bundle*)calloc(1, sizeof(*bundle));
  char* const   prefix = strdup(name);
  if (!bundle || !prefix) {
    free(bundle);
    free(prefix);
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  size_t const length = strlen(prefix);
  size_t const suffix = sizeof(index_suffix) - 1;
  if (length >= suffix && !strcmp(prefix + length - suffix, index_suffix)) {
    prefix[length - suffix] = '\0';
  }
  bundle->prefix     = prefix;
  checkpoint->format = &format;
  checkpoint->reader = bundle;
  mn_crc32c_init(&bundle->crc);
  return bundle;
}

// Reads the index, which is a part of a file.
static bool
read_index(MnCheckpoint* const checkpoint,
           MnFile const* const file,
           uint64_t const      at,
           uint64_t const      size,
           MnError* const      error)
{
  MnContents index;
  if (size > MAX_INDEX) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "the index is larger than any that we know");
    return false;
  }
  if (!mn_file_load(file, at, size, &index, error)) {
    return false;
  }
  bool const good = list_tensors(checkpoint, mn_contents_bytes(index), error);
  mn_contents_free(&index);
  return good;
}

bool
mn_tfbundle_open(MnCheckpoint* const checkpoint,
                 char const* const   path,
                 MnFile const* const index,
                 MnError* const      error)
{
  return start(checkpoint, path, error) &&
         read_index(checkpoint, index, 0, index->size, error);
}

// Finds the one index in an archive.
static bool
find_index(MnFile const* const archive, MnTarMember* const index, MnError* const error)
{
  MnTar       tar = {archive, 0};
  MnTarMember member;
  *index = (MnTarMember){.name = ""};
  do {
    if (!mn_tar_next(&tar, &member, error)) {
      return false;
    }
    size_t const length = strlen(member.name);
    size_t const suffix = sizeof(index_suffix) - 1;
    if (length > suffix && !strcmp(member.name + length - suffix, index_suffix)) {
      if (*index->name) {
        mn_error_set(error,
                     MN_STATUS_BAD_INPUT,
                     "two checkpoints: %.120s and %.120s",
                     index->name,
                     member.name);
        return false;
      }
      *index = member;
    }
  } while (*member.name);
  if (!*index->name) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "no .index file in the archive");
  }
  return *index->name;
}

bool
mn_tfbundle_open_archive(MnCheckpoint* const checkpoint,
                         MnFile const        archive,
                         MnError* const      error)
{
  MnTarMember   index;
  Bundle* const bundle =
    find_index(&archive, &index, error) ? start(checkpoint, index.name, error) : NULL;
  if (!bundle) {
    MnFile file = archive;
    mn_file_close(&file);
    return false;
  }
  bundle->archive  = archive;
  bundle->archived = true;
  return read_index(checkpoint, &archive, index.offset, index.size, error);
}
