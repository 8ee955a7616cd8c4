// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Lanes: windows side by side, as rows of MN_LANES floats. The functions of vectors give
/// the same bits everywhere, which mathematics libraries do not promise.

#ifndef MN_LANES_H
#define MN_LANES_H

#include <stdint.h>

/// Two of the widest registers that MnProduct uses.
enum { MN_LANES = 16 };

/// As many floats as the vector registers of all 64-bit processors hold.
typedef float    MnVector __attribute__((vector_size(16), may_alias));
typedef uint32_t MnWords __attribute__((vector_size(16), may_alias));

/// A row.
enum { MN_VECTORS = MN_LANES * sizeof(float) / sizeof(MnVector) };

/// `a` where all bits of `which` are set, `b` where none is.
static inline MnVector
mn_choose(MnWords const which, MnVector const a, MnVector const b)
{
  return (MnVector)((which & (MnWords)a) | (~which & (MnWords)b));
}

/// 2^x, clamped to 2^-126 and 2^126, by the series of e^(x ln 2) around a whole number.
/// The relative error is below 2e-7.
static inline MnVector
mn_power_of_two(MnVector const x)
{
  static float const most = 126.0F;
  static float const ln_2 = 0.69314718F;
  // Floats of this size have no fraction: adding it rounds, and leaves the whole number
  // in the last bits.
  static float const shift = 12582912.0F; // 1.5 2^23

  MnVector const zero    = {0};
  MnVector const floored = mn_choose((MnWords)(x > -most), x, zero - most); // NaN, too
  MnVector const kept    = mn_choose((MnWords)(floored < most), floored, zero + most);
  MnVector const shifted = kept + shift;
  MnVector const r       = (kept - (shifted - shift)) * ln_2;

  // r^k / k! up to k = 7; what is left out is below 1e-8, for abs(r) < 0.35.
  MnVector sum = 1.0F + r * (1.0F / 7.0F);
  sum          = 1.0F + r * (1.0F / 6.0F) * sum;
  sum          = 1.0F + r * (1.0F / 5.0F) * sum;
  sum          = 1.0F + r * (1.0F / 4.0F) * sum;
  sum          = 1.0F + r * (1.0F / 3.0F) * sum;
  sum          = 1.0F + r * (1.0F / 2.0F) * sum;
  sum          = 1.0F + r * sum;
  return (MnVector)((MnWords)sum + ((MnWords)shifted << 23)); // into the exponent
}

static inline MnVector
mn_sigmoid(MnVector const x)
{
  static float const log2_e = 1.44269504F;
  return 1.0F / (1.0F + mn_power_of_two(-log2_e * x));
}

static inline MnVector
mn_tanh(MnVector const x)
{
  return 2.0F * mn_sigmoid(2.0F * x) - 1.0F;
}

#endif // MN_LANES_H
