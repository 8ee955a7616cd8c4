// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Converts stored numbers to floats.

#ifndef MN_CHECKPOINT_CONVERT_H
#define MN_CHECKPOINT_CONVERT_H

#include "format.h"

/// The size of a stored element in bytes; 0 for MN_STORED_OTHER.
size_t
mn_convert_element_bytes(MnStored stored);

/// Converts all elements of an entry from its bytes. float16 and bfloat16 are exact;
/// float64 rounds to nearest. Quantised values are computed in double and rounded once,
/// as TensorFlow.js does.
void
mn_convert_to_floats(MnEntry const* entry, MnBytes bytes, float* values);

#endif // MN_CHECKPOINT_CONVERT_H
