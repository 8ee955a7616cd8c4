// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "crc32c.h"

// The polynomial 0x1EDC6F41, with its bits reversed.
static uint32_t const polynomial = 0x82F63B78U;

static uint32_t const mask = 0xA282EAD8U;

void
mn_crc32c_init(MnCrc32c* const crc)
{
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = value >> 1 ^ (value & 1 ? polynomial : 0);
    }
    crc->table[0][byte] = value;
  }
  // Table s is for the byte with s zero bytes after it.
  for (unsigned s = 1; s < MN_CRC32C_SLICES; ++s) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      uint32_t const value = crc->table[s - 1][byte];
      crc->table[s][byte]  = value >> 8 ^ crc->table[0][value & 0xFF];
    }
  }
}

uint32_t
mn_crc32c_of(MnCrc32c const* const crc, MnBytes const bytes)
{
  uint32_t const(*const table)[256] = crc->table;

  uint32_t value = 0xFFFFFFFFU;
  size_t   i     = 0;
  for (; bytes.size - i >= MN_CRC32C_SLICES; i += MN_CRC32C_SLICES) {
    uint32_t const low  = value ^ mn_bytes_u32(bytes.data + i);
    uint32_t const high = mn_bytes_u32(bytes.data + i + 4);
    value = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
            table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^
            table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
  }
  for (; i < bytes.size; ++i) {
    value = value >> 8 ^ table[0][(value ^ bytes.data[i]) & 0xFF];
  }
  return ~value;
}

uint32_t
mn_crc32c_masked(MnCrc32c const* const crc, MnBytes const bytes)
{
  uint32_t const value = mn_crc32c_of(crc, bytes);
  return (value >> 15 | value << 17) + mask;
}
