// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns stored numbers into floats.

#ifndef MN_CHECKPOINT_CONVERT_H
#define MN_CHECKPOINT_CONVERT_H

#include "format.h"

/// Bytes of a stored element; 0 for STORED_OTHER.
size_t
convert_element_bytes(Stored stored);

/// Converts all elements of an entry, whose bytes have been found. float16 and
/// bfloat16 are exact; float64 rounds to the nearest; quantised values are
/// computed in double and rounded once, as TensorFlow.js does.
void
convert_to_floats(Entry const* entry, Bytes bytes, float* values);

#endif // MN_CHECKPOINT_CONVERT_H
