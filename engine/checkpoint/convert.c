// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "convert.h"

#include <string.h>

_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "IEEE 754 sizes");

size_t
mn_convert_element_bytes(MnStored const stored)
{
  switch (stored) {
  case MN_STORED_QUANTISED_UINT8:
    return 1;
  case MN_STORED_FLOAT16:
  case MN_STORED_BFLOAT16:
  case MN_STORED_QUANTISED_UINT16:
    return 2;
  case MN_STORED_FLOAT32:
    return 4;
  case MN_STORED_FLOAT64:
    return 8;
  case MN_STORED_OTHER:
    break;
  }
  return 0;
}

static float
float_of_bits(uint32_t const bits)
{
  float value = 0;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

static double
double_of_bits(uint64_t const bits)
{
  double value = 0;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// float16 has 1 sign bit, 5 exponent bits and 10 fraction bits.
static float
float_of_half(uint16_t const half)
{
  uint32_t const sign     = (uint32_t)(half & 0x8000) << 16;
  uint32_t const exponent = half >> 10 & 0x1F;
  uint32_t const fraction = half & 0x3FF;
  if (exponent == 0x1F) { // infinite or not a number
    return float_of_bits(sign | 0x7F800000U | fraction << 13);
  }
  if (exponent) {
    return float_of_bits(sign | (exponent + 127 - 15) << 23 | fraction << 13);
  }
  float const value = (float)fraction * 0x1p-24F; // subnormal
  return sign ? -value : value;
}

void
mn_convert_to_floats(MnEntry const* const entry, MnBytes const bytes, float* const values)
{
  size_t const         count = entry->tensor.elements;
  uint8_t const* const in    = bytes.data;
  switch (entry->stored) {
  case MN_STORED_FLOAT32:
    for (size_t i = 0; i < count; ++i) {
      values[i] = float_of_bits(mn_bytes_u32(in + 4 * i));
    }
    break;
  case MN_STORED_FLOAT16:
    for (size_t i = 0; i < count; ++i) {
      values[i] = float_of_half(mn_bytes_u16(in + 2 * i));
    }
    break;
  case MN_STORED_BFLOAT16:
    for (size_t i = 0; i < count; ++i) {
      values[i] = float_of_bits((uint32_t)mn_bytes_u16(in + 2 * i) << 16);
    }
    break;
  case MN_STORED_FLOAT64:
    for (size_t i = 0; i < count; ++i) {
      values[i] = (float)double_of_bits(mn_bytes_u64(in + 8 * i));
    }
    break;
  case MN_STORED_QUANTISED_UINT8:
    for (size_t i = 0; i < count; ++i) {
      values[i] = (float)(in[i] * entry->scale + entry->min);
    }
    break;
  case MN_STORED_QUANTISED_UINT16:
    for (size_t i = 0; i < count; ++i) {
      values[i] = (float)(mn_bytes_u16(in + 2 * i) * entry->scale + entry->min);
    }
    break;
  case MN_STORED_OTHER:
    break;
  }
}
