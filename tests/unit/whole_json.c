// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// MemorySanitizer sees no write of a library that is not built with it. What jansson
// allocates counts as written.

#include "base/common.h"

#if defined(__has_feature)
#  if __has_feature(memory_sanitizer)

#    include <jansson.h>
#    include <sanitizer/msan_interface.h>
#    include <stdlib.h>

static void*
whole_memory(size_t const size)
{
  void* const memory = malloc(size);
  if (memory) {
    __msan_unpoison(memory, size);
  }
  return memory;
}

__attribute__((constructor)) static void
begin(void)
{
  json_set_alloc_funcs(whole_memory, free);
}

#  endif
#endif
