// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The readers of checkpoints. The first byte of the input chooses what the rest is.

#include "checkpoint/crc32c.h"
#include "checkpoint/decoder_weights.h"
#include "checkpoint/weights.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DATA_BYTES = 256, MOST_ELEMENTS = 1 << 16 };

static char folder[] = "/tmp/music-neurons-fuzz-XXXXXX";

static void
write_file(char const* const name, void const* const bytes, size_t const size)
{
  FILE* const out = fopen(name, "wb");
  if (!out || (size && fwrite(bytes, 1, size, out) != size) || fclose(out)) {
    abort();
  }
}

static void
leave(void)
{
  static char const* const names[] = {"a.index",
                                      "a.data-00000-of-00001",
                                      "a.tar",
                                      "a.safetensors",
                                      "weights_manifest.json",
                                      "manifest.json",
                                      "config.json",
                                      "x",
                                      "y"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    unlink(names[i]);
  }
  rmdir(folder);
}

// Data for readers that get so far: the same for each kind.
static void
enter(void)
{
  static bool entered = false;
  if (!entered) {
    uint8_t data[DATA_BYTES] = {1, 2, 3};
    entered                  = true;
    if (!mkdtemp(folder) || chdir(folder)) {
      abort();
    }
    write_file("a.data-00000-of-00001", data, sizeof(data));
    write_file("x", data, 63);
    write_file("y", data, 49);
    atexit(leave);
  }
}

static void
put_u32(uint8_t* const at, uint32_t const number)
{
  for (unsigned i = 0; i < 4; ++i) {
    at[i] = (uint8_t)(number >> 8 * i);
  }
}

// Appends a block with its trailer, and leaves its handle in `footer`.
static size_t
put_block(uint8_t* const       file,
          size_t               at,
          uint8_t const* const block,
          size_t const         size,
          uint8_t** const      footer)
{
  MnCrc32c crc;
  mn_crc32c_init(&crc);
  size_t const numbers[] = {at, size};
  for (unsigned i = 0; i < 2; ++i) {
    size_t number = numbers[i];
    for (; number >= 0x80; number >>= 7) {
      *(*footer)++ = (uint8_t)(number | 0x80);
    }
    *(*footer)++ = (uint8_t)number;
  }
  memcpy(file + at, block, size);
  file[at + size] = 0;
  put_u32(file + at + size + 1, mn_crc32c_masked(&crc, (MnBytes){file + at, size + 1}));
  return at + size + 5;
}

// Makes a table of a block, so that no check sum keeps the fuzzer out.
static void
write_table(uint8_t const* const block, size_t const size)
{
  static uint8_t const none[8]  = {0, 0, 0, 0, 1};
  static uint8_t const magic[8] = {0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB};

  uint8_t* const file       = (uint8_t*)malloc(size + 256);
  uint8_t        handle[32] = {0};
  uint8_t        footer[48] = {0};
  uint8_t        index[64]  = {0};
  uint8_t*       end        = handle;
  if (!file) {
    abort();
  }
  size_t at = put_block(file, 0, block, size, &end);

  // The index of blocks: one entry, whose key nobody reads.
  size_t const length = (size_t)(end - handle);
  index[1]            = 1;
  index[2]            = (uint8_t)length;
  index[3]            = 'z';
  memcpy(index + 4, handle, length);
  index[4 + length + 4] = 1;

  end = footer;
  at  = put_block(file, at, none, sizeof(none), &end);
  at  = put_block(file, at, index, 4 + length + 8, &end);
  memcpy(footer + sizeof(footer) - sizeof(magic), magic, sizeof(magic));
  memcpy(file + at, footer, sizeof(footer));
  write_file("a.index", file, at + sizeof(footer));
  free(file);
}

// Puts the sums of all headers right that follow each other.
static void
write_archive(uint8_t const* const bytes, size_t const size)
{
  uint8_t* const file = (uint8_t*)malloc(size + 1);
  if (!file) {
    abort();
  }
  memcpy(file, bytes, size);
  for (size_t at = 0; at + 512 <= size; at += 512) {
    if (!memcmp(file + at + 257, "ustar", 5)) {
      unsigned sum = 0;
      char     text[16];
      memset(file + at + 148, ' ', 8);
      for (size_t i = at; i < at + 512; ++i) {
        sum += file[i];
      }
      snprintf(text, sizeof(text), "%06o", sum);
      memcpy(file + at + 148, text, 7);
    }
  }
  write_file("a.tar", file, size);
  free(file);
}

static void
try_checkpoint(char const* const path)
{
  MnError             error      = {0};
  MnCheckpoint* const checkpoint = mn_checkpoint_open(path, &error);
  if (!checkpoint) {
    if (strncmp(error.text, path, strlen(path)) || strchr(error.text, '\n')) {
      abort();
    }
    return;
  }
  for (size_t i = 0; i < mn_checkpoint_count(checkpoint); ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    MnCheckpointTensor       found;
    if (!mn_checkpoint_find(checkpoint, tensor.name, &found) || found.name != tensor.name) {
      abort();
    }
    if (tensor.elements <= MOST_ELEMENTS) {
      // On the heap and no larger than it must be, for the sanitizer to see.
      float* const values = (float*)malloc(tensor.elements * sizeof(float) + 1);
      if (values && mn_checkpoint_read(checkpoint, &tensor, values, &error) &&
          !tensor.readable) {
        abort();
      }
      free(values);
    }
  }
  mn_weights_free(mn_weights_read(checkpoint, &error));
  mn_decoder_weights_free(mn_decoder_weights_read(checkpoint, &error));
  mn_checkpoint_close(checkpoint);
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  enter();
  if (!size) {
    return 0;
  }
  uint8_t const* const rest   = input + 1;
  size_t const         length = size - 1;
  switch (input[0] % 7) {
  case 0:
    write_file("a.index", rest, length);
    try_checkpoint("a");
    break;
  case 1:
    write_table(rest, length);
    try_checkpoint("a.index");
    break;
  case 2:
    write_archive(rest, length);
    try_checkpoint("a.tar");
    break;
  case 3:
    unlink("config.json");
    write_file("weights_manifest.json", rest, length);
    try_checkpoint(".");
    break;
  case 4:
    write_file("config.json", rest, length);
    write_file("weights_manifest.json", "[{\"paths\":[],\"weights\":[]}]", 27);
    try_checkpoint(".");
    break;
  case 5:
    unlink("weights_manifest.json");
    write_file("manifest.json", rest, length);
    try_checkpoint(".");
    break;
  default:
    write_file("a.safetensors", rest, length);
    try_checkpoint("a.safetensors");
  }
  return 0;
}
