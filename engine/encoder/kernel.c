// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "kernel.h"

#include <string.h>

extern MnKernel const mn_kernel_scalar;

#if defined(__x86_64__)
extern MnKernel const mn_kernel_sse41;
extern MnKernel const mn_kernel_avx2;
extern MnKernel const mn_kernel_avxvnni;
extern MnKernel const mn_kernel_avx512;
#elif defined(__aarch64__)
extern MnKernel const mn_kernel_neon;
extern MnKernel const mn_kernel_neon_dot;
#endif

MnKernel const* const mn_kernels[] = {
  &mn_kernel_scalar,
#if defined(__x86_64__)
  &mn_kernel_sse41,
  &mn_kernel_avx2,
  &mn_kernel_avxvnni,
  &mn_kernel_avx512,
#elif defined(__aarch64__)
  &mn_kernel_neon,
  &mn_kernel_neon_dot,
#endif
  NULL,
};

MnKernel const*
mn_kernel_best(void)
{
  MnKernel const* best = mn_kernels[0];
  for (unsigned i = 1; mn_kernels[i]; ++i) {
    if (mn_kernels[i]->supported()) {
      best = mn_kernels[i];
    }
  }
  return best;
}

MnKernel const*
mn_kernel_find(char const* const name)
{
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    if (!strcmp(name, mn_kernels[i]->name)) {
      return mn_kernels[i];
    }
  }
  return NULL;
}
