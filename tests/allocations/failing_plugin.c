// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What the plugin allocates by beside failing.c: the pool of run(), and texts.

#include "failing.h"

#include "base/tlsf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void*
__real_mn_tlsf_malloc(MnTlsf* pool, size_t size);
void*
__real_mn_tlsf_aligned(MnTlsf* pool, size_t alignment, size_t size);
char*
__real_strndup(char const* text, size_t size);
char*
__real_realpath(char const* path, char* real);

void*
__wrap_mn_tlsf_malloc(MnTlsf* pool, size_t size);
void*
__wrap_mn_tlsf_aligned(MnTlsf* pool, size_t alignment, size_t size);
char*
__wrap_strndup(char const* text, size_t size);
char*
__wrap_realpath(char const* path, char* real);

void*
__wrap_mn_tlsf_malloc(MnTlsf* const pool, size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_mn_tlsf_malloc(pool, size);
}

void*
__wrap_mn_tlsf_aligned(MnTlsf* const pool, size_t const alignment, size_t const size)
{
  return mn_failing(__builtin_return_address(0))
           ? NULL
           : __real_mn_tlsf_aligned(pool, alignment, size);
}

char*
__wrap_strndup(char const* const text, size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_strndup(text, size);
}

char*
__wrap_realpath(char const* const path, char* const real)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_realpath(path, real);
}
