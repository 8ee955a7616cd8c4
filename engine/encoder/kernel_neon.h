// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the two kernels for ARM share. Every ARMv8-A supports these functions. Each does
/// what the function of its name in MnKernel does.

#ifndef MN_KERNEL_NEON_H
#define MN_KERNEL_NEON_H

#include "kernel.h"

void
mn_neon_product(MnMatrix const* matrix,
                int32_t const*  start,
                int16_t const*  state,
                int32_t*        sums) MN_REALTIME;

void
mn_neon_products(MnMatrix const*       matrix,
                 unsigned              count,
                 int32_t const* const* start,
                 int16_t const*        state,
                 int32_t*              sums);

void
mn_neon_gates(unsigned       units,
              unsigned       hidden_frac,
              int32_t const* sums,
              int32_t const* multiplier,
              int32_t*       cell,
              int16_t*       state) MN_REALTIME;

#endif // MN_KERNEL_NEON_H
