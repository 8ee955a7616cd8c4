// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Two-level segregated fit: an allocator over one fixed pool whose every
/// operation takes a bounded number of instructions.
///
/// After M. Masmano, I. Ripoll, A. Crespo, J. Real, "TLSF: a new dynamic memory
/// allocator for real-time systems" (ECRTS 2004). Free blocks are kept in lists
/// by size class. Two levels of bit maps find the first list in which every block is
/// large enough (good fit). A freed block is joined with its free neighbours at once.
///
/// A pool has one owner thread. No function here locks or makes a system call.

#ifndef MN_TLSF_H
#define MN_TLSF_H

#include "common.h"

#include <stdbool.h>

typedef struct MnTlsf MnTlsf;

/// Sizes in bytes. `used` and `peak` count payload and block headers.
typedef struct {
  size_t capacity;     ///< the most that the pool can hold
  size_t used;         ///< allocated now
  size_t peak;         ///< the most that `used` has been
  size_t largest_free; ///< payload of the largest free block
} MnTlsfStats;

/// Alignment of every block's payload.
enum { MN_TLSF_ALIGN = 16 };

/// Makes an allocator inside `pool`. There is no function to end it: the pool can be
/// freed when its blocks are no longer used.
///
/// @param pool Memory of any alignment; it must outlive the allocator.
/// @param size Bytes in `pool`.
/// @return NULL if the pool is too small, or too large for the size classes.
MnTlsf*
mn_tlsf_init(void* pool, size_t size) MN_REALTIME;

/// Allocates at least `size` bytes (a size of 0 counts as 1), aligned to
/// MN_TLSF_ALIGN. O(1). Returns NULL if no block is large enough.
void*
mn_tlsf_malloc(MnTlsf* tlsf, size_t size) MN_REALTIME;

/// As mn_tlsf_malloc(), aligned to `align`, a power of two. O(1).
void*
mn_tlsf_aligned(MnTlsf* tlsf, size_t align, size_t size) MN_REALTIME;

/// Resizes a block, in place where it can. Apart from the copy, O(1).
///
/// As realloc(): NULL allocates, a size of 0 frees and returns NULL, and on
/// failure the result is NULL and the old block is untouched. A moved block is
/// aligned to MN_TLSF_ALIGN only.
void*
mn_tlsf_realloc(MnTlsf* tlsf, void* memory, size_t size) MN_REALTIME;

/// Frees a block of this pool. O(1). NULL is ignored.
void
mn_tlsf_free(MnTlsf* tlsf, void* memory) MN_REALTIME;

/// Bytes that the block at `memory` can hold: at least what was asked for.
size_t
mn_tlsf_usable_size(void const* memory) MN_REALTIME;

/// Reads the statistics. It walks the free lists to find the largest block.
MnTlsfStats
mn_tlsf_stats(MnTlsf const* tlsf);

/// Checks the whole pool and its lists. Returns NULL if they are consistent, else a
/// constant string that says what is broken. For tests and debugging: O(blocks).
char const*
mn_tlsf_check(MnTlsf const* tlsf);

#endif // MN_TLSF_H
