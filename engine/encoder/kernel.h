// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The inner loops of the encoder, one kernel for each instruction set. All kernels give
/// the same bits, because sums are exact integers.

#ifndef MN_KERNEL_H
#define MN_KERNEL_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

typedef struct {
  char const* name;

  /// Whether this processor supports the kernel.
  bool (*supported)(void);

  /// sums[r] = start[r] + sum over c of weight[r][c] * state[c].
  ///
  /// @param start [matrix->rows]. @param state [matrix->columns], Q(hidden_frac).
  /// @param sums [matrix->rows], 64-byte aligned; not the same as `start`.
  void (*product)(MnMatrix const* matrix,
                  int32_t const*  start,
                  int16_t const*  state,
                  int32_t*        sums) MN_REALTIME;

  /// The same for `count` windows at once, which share one read of the weights.
  ///
  /// @param start [count], each [matrix->rows]. @param state [count][matrix->columns].
  /// @param sums [count][matrix->rows], 64-byte aligned.
  void (*products)(MnMatrix const*       matrix,
                   unsigned              count,
                   int32_t const* const* start,
                   int16_t const*        state,
                   int32_t*              sums);

  /// The rest of an LSTM step: computes the next states from the accumulators.
  ///
  /// @param sums [4][units]: gates i, j, f, o. @param multiplier [4][units].
  /// @param cell [units], Q16. @param state [units], Q(hidden_frac).
  void (*gates)(unsigned       units,
                unsigned       hidden_frac,
                int32_t const* sums,
                int32_t const* multiplier,
                int32_t*       cell,
                int16_t*       state) MN_REALTIME;
} MnKernel;

/// All kernels that were built, the plainest first. NULL ends the list. This processor
/// supports the first; it may not support the others.
extern MnKernel const* const mn_kernels[];

/// The fastest kernel that this processor supports. Any thread.
MnKernel const*
mn_kernel_best(void);

/// Finds a kernel by its name, supported or not. NULL if there is none. Any thread.
MnKernel const*
mn_kernel_find(char const* name);

#endif // MN_KERNEL_H
