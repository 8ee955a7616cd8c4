// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a process and an instance hold, in bytes.

#ifndef MN_SOAK_MEMORY_H
#define MN_SOAK_MEMORY_H

#include "base/tlsf.h"

typedef struct {
  size_t pool; ///< of the instance's pool, in use
  size_t peak; ///< the most of it
  size_t heap; ///< of malloc(), in use; 0 where the library does not tell
} MemoryUse;

/// Keeps the kernel from choosing larger pages, which would fill memory that nobody asked
/// for. Call it first.
void
memory_begin(void);

MemoryUse
memory_use(MnTlsf const* pool);

/// The process's own memory in RAM or swap, without files; 0 if the system does not
/// report it.
size_t
memory_resident(void);

#endif // MN_SOAK_MEMORY_H
