// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns stored numbers into floats.

#ifndef MN_CHECKPOINT_CONVERT_H
#define MN_CHECKPOINT_CONVERT_H

#include "format.h"

/// Bytes of a stored element; 0 for STORED_OTHER.
size_t
mn_convert_element_bytes(MnStored stored);

/// Converts all elements of an entry, whose bytes have been found. float16 and
/// bfloat16 are exact; float64 rounds to the nearest; quantised values are
/// computed in double and rounded once, as TensorFlow.js does.
void
mn_convert_to_floats(MnEntry const* entry, MnBytes bytes, float* values);

#endif // MN_CHECKPOINT_CONVERT_H
