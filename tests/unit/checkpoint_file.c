// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "checkpoint_file.h"

#include "check.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
put_bytes(Buffer* const buffer, void const* const bytes, size_t const size)
{
  if (size) {
    buffer->data = (uint8_t*)realloc(buffer->data, buffer->size + size);
    assert_non_null(buffer->data);
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
  }
}

void
put_text(Buffer* const buffer, char const* const text)
{
  put_bytes(buffer, text, strlen(text));
}

void
put_number(Buffer* const buffer, uint64_t const number, unsigned const bytes)
{
  for (unsigned i = 0; i < bytes; ++i) {
    uint8_t const byte = (uint8_t)(number >> 8 * i);
    put_bytes(buffer, &byte, 1);
  }
}

void
put_varint(Buffer* const buffer, uint64_t number)
{
  for (; number >= 0x80; number >>= 7) {
    put_number(buffer, (number & 0x7F) | 0x80, 1);
  }
  put_number(buffer, number, 1);
}

void
put_field(Buffer* const buffer, unsigned const field, uint64_t const number)
{
  put_varint(buffer, field << 3);
  put_varint(buffer, number);
}

void
put_field_bytes(Buffer* const buffer, unsigned const field, Buffer const* const bytes)
{
  put_varint(buffer, field << 3 | 2);
  put_varint(buffer, bytes->size);
  put_bytes(buffer, bytes->data, bytes->size);
}

void
put_field_32(Buffer* const buffer, unsigned const field, uint32_t const number)
{
  put_varint(buffer, field << 3 | 5);
  put_number(buffer, number, 4);
}

void
write_buffer(Buffer* const buffer, char const* const path)
{
  unlink(path);
  write_bytes(path, buffer->data ? (void const*)buffer->data : "", buffer->size);
  free(buffer->data);
  *buffer = (Buffer){0};
}

uint32_t
masked_crc(void const* const bytes, size_t const size)
{
  uint32_t crc = 0xFFFFFFFFU;
  for (size_t i = 0; i < size; ++i) {
    crc ^= ((uint8_t const*)bytes)[i];
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc & 1 ? crc >> 1 ^ 0x82F63B78U : crc >> 1;
    }
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xA282EAD8U;
}

// Ends a block and appends it to the file. Leaves its handle in `handle`.
static void
end_block(Table* const  table,
          Buffer* const entries,
          Buffer* const restarts,
          Buffer* const handle)
{
  if (!restarts->size) {
    put_number(restarts, 0, 4);
  }
  put_bytes(entries, restarts->data, restarts->size);
  put_number(entries, restarts->size / 4, 4);
  put_varint(handle, table->file.size);
  put_varint(handle, entries->size);
  put_number(entries, table->block_type, 1);
  put_number(entries, masked_crc(entries->data, entries->size), 4);
  put_bytes(&table->file, entries->data, entries->size);
  free(entries->data);
  free(restarts->data);
  *entries  = (Buffer){0};
  *restarts = (Buffer){0};
}

static void
end_data_block(Table* const table)
{
  Buffer handle = {0};
  end_block(table, &table->block, &table->restarts, &handle);
  put_number(&table->index_restarts, table->index.size, 4);
  put_varint(&table->index, 0);
  put_varint(&table->index, table->last.size);
  put_varint(&table->index, handle.size);
  put_bytes(&table->index, table->last.data, table->last.size);
  put_bytes(&table->index, handle.data, handle.size);
  free(handle.data);
  table->entries = 0;
}

void
table_add(Table* const        table,
          void const* const   key,
          size_t const        size,
          Buffer const* const value)
{
  uint8_t const* const bytes = (uint8_t const*)key;
  if (table->block_entries && table->entries == table->block_entries) {
    end_data_block(table);
  }
  unsigned const interval = table->restart_interval;
  size_t const   most     = size < table->last.size ? size : table->last.size;
  size_t         shared   = 0;
  if (!table->entries || (interval && !(table->entries % interval))) {
    put_number(&table->restarts, table->block.size, 4);
  } else {
    while (shared < most && bytes[shared] == table->last.data[shared]) {
      ++shared;
    }
  }
  put_varint(&table->block, shared);
  put_varint(&table->block, size - shared);
  put_varint(&table->block, value->size);
  put_bytes(&table->block, bytes + shared, size - shared);
  put_bytes(&table->block, value->data, value->size);
  table->last.size = 0;
  put_bytes(&table->last, key, size);
  ++table->entries;
}

Buffer
table_end(Table* const table)
{
  static uint8_t const magic[] = {0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB};

  Buffer footer  = {0};
  Buffer none[2] = {{0}};
  end_data_block(table);
  end_block(table, &none[0], &none[1], &footer);
  end_block(table, &table->index, &table->index_restarts, &footer);
  while (footer.size < 40) {
    put_number(&footer, 0, 1);
  }
  put_bytes(&footer, magic, sizeof(magic));
  put_bytes(&table->file, footer.data, footer.size);
  free(footer.data);
  free(table->last.data);
  Buffer const file = table->file;
  table->last       = (Buffer){0};
  table->file       = (Buffer){0};
  return file;
}

void
put_bundle_header(Buffer* const value, BundleHeader const header)
{
  Buffer version = {0};
  put_field(&version, 1, 1);
  if (header.least_reader) {
    put_field(&version, 2, header.least_reader);
  }
  put_field(value, 1, header.shards);
  if (header.byte_order) {
    put_field(value, 2, header.byte_order);
  }
  put_field_bytes(value, 3, &version);
  free(version.data);
}

void
put_bundle_entry(Buffer* const value, BundleTensor const* const tensor)
{
  Buffer shape = {0};
  for (unsigned i = 0; i < tensor->dimensions; ++i) {
    Buffer dimension = {0};
    put_field(&dimension, 1, tensor->shape[i]);
    put_field_bytes(&shape, 2, &dimension);
    free(dimension.data);
  }
  put_field(value, 1, tensor->type);
  put_field_bytes(value, 2, &shape);
  if (tensor->shard) {
    put_field(value, 3, tensor->shard);
  }
  if (tensor->offset) {
    put_field(value, 4, tensor->offset);
  }
  put_field(value, 5, tensor->size);
  put_field_32(value, 6, tensor->crc);
  free(shape.data);
}

void
write_index(char const* const         path,
            BundleHeader const        header,
            BundleTensor const* const tensors,
            size_t const              count)
{
  Table  table = {.restart_interval = 3, .block_entries = 7};
  Buffer value = {0};
  put_bundle_header(&value, header);
  table_add(&table, "", 0, &value);
  for (size_t i = 0; i < count; ++i) {
    value.size = 0;
    put_bundle_entry(&value, &tensors[i]);
    table_add(&table, tensors[i].name, strlen(tensors[i].name), &value);
  }
  free(value.data);
  Buffer file = table_end(&table);
  write_buffer(&file, path);
}

void
write_bundle(char const* const   name,
             unsigned const      shards,
             BundleTensor* const tensors,
             size_t const        count)
{
  char path[256];
  for (unsigned shard = 0; shard < shards; ++shard) {
    Buffer data = {0};
    for (size_t i = 0; i < count; ++i) {
      BundleTensor* const tensor = &tensors[i];
      if (tensor->shard == shard) {
        tensor->offset = data.size;
        tensor->crc    = masked_crc(tensor->data, tensor->size);
        put_bytes(&data, tensor->data, tensor->size);
      }
    }
    snprintf(path, sizeof(path), "%s.data-%05u-of-%05u", name, shard, shards);
    write_buffer(&data, path);
  }
  snprintf(path, sizeof(path), "%s.index", name);
  write_index(path, (BundleHeader){.shards = shards}, tensors, count);
}

MnCheckpoint*
open_checkpoint(char const* const path)
{
  MnError             error      = {0};
  MnCheckpoint* const checkpoint = mn_checkpoint_open(path, &error);
  if (!checkpoint) {
    fail_msg("%s", error.text);
  }
  return checkpoint;
}

void
assert_values(MnCheckpoint* const checkpoint,
              char const* const   name,
              float const* const  values,
              size_t const        count)
{
  MnError            error  = {0};
  MnCheckpointTensor tensor = {0};
  if (!mn_checkpoint_find(checkpoint, name, &tensor)) {
    fail_msg("no %s", name);
  }
  assert_string_equal(tensor.name, name);
  assert_true(tensor.readable);
  assert_int_equal(tensor.elements, count);
  float* const read = (float*)malloc(count * sizeof(float) + 1);
  assert_non_null(read);
  if (!mn_checkpoint_read(checkpoint, &tensor, read, &error)) {
    fail_msg("%s", error.text);
  }
  for (size_t i = 0; i < count; ++i) {
    if (memcmp(&read[i], &values[i], sizeof(float))) {
      fail_msg("%s[%zu] is %a, not %a", name, i, (double)read[i], (double)values[i]);
    }
  }
  free(read);
}

static void
check_reason(char const* const text, char const* const path, char const* const why)
{
  if (strncmp(text, path, strlen(path)) || strncmp(text + strlen(path), ": ", 2) ||
      !strstr(text, why)) {
    fail_msg("\"%s\" does not say \"%s\" of %s", text, why, path);
  }
  for (char const* c = text; *c; ++c) {
    assert_true((unsigned char)*c >= ' '); // no newline
  }
}

void
assert_not_opened(char const* const path, char const* const why)
{
  MnError             error      = {.text = "untouched"};
  MnCheckpoint* const checkpoint = mn_checkpoint_open(path, &error);
  if (checkpoint) {
    fail_msg("%s was opened, though: %s", path, why);
  }
  assert_int_not_equal(error.status, MN_SUCCESS);
  check_reason(error.text, path, why);
  assert_null(mn_checkpoint_open(path, NULL)); // the error is optional
}

void
assert_not_read(MnCheckpoint* const checkpoint,
                char const* const   name,
                char const* const   why)
{
  MnError            error  = {.text = "untouched"};
  MnCheckpointTensor tensor = {0};
  assert_true(mn_checkpoint_find(checkpoint, name, &tensor));
  float* const values = (float*)malloc(tensor.elements * sizeof(float) + 1);
  assert_non_null(values);
  if (mn_checkpoint_read(checkpoint, &tensor, values, &error)) {
    fail_msg("%s was read, though: %s", name, why);
  }
  free(values);
  assert_int_not_equal(error.status, MN_SUCCESS);
  if (!strstr(error.text, name) || !strstr(error.text, why)) {
    fail_msg("\"%s\" does not say \"%s\" of %s", error.text, why, name);
  }
}

size_t
try_checkpoint(char const* const path)
{
  enum { MOST = 1 << 20 }; // more than any test file has
  MnError             error      = {0};
  MnCheckpoint* const checkpoint = mn_checkpoint_open(path, &error);
  if (!checkpoint) {
    check_reason(error.text, path, "");
    return 0;
  }
  assert_non_null(mn_checkpoint_kind(checkpoint));
  size_t read = 0;
  for (size_t i = 0; i < mn_checkpoint_count(checkpoint); ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    MnCheckpointTensor       found  = {0};
    assert_true(mn_checkpoint_find(checkpoint, tensor.name, &found));
    assert_ptr_equal(found.name, tensor.name);
    assert_true(tensor.dimensions <= MN_CHECKPOINT_DIMENSIONS && strlen(tensor.dtype));
    if (tensor.readable && tensor.elements <= MOST) {
      float* const values = (float*)malloc(tensor.elements * sizeof(float) + 1);
      assert_non_null(values);
      read += mn_checkpoint_read(checkpoint, &tensor, values, &error);
      free(values);
    }
  }
  mn_checkpoint_close(checkpoint);
  return read;
}
