// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads the properties of an atom:Object, and checks the type and range of each. A
/// property that is wrong or missing makes `good` false. Check that before you use
/// the values; a pointer may be NULL then.

#ifndef MN_PROPERTIES_H
#define MN_PROPERTIES_H

#include "protocol/atoms.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  MnUris const*          uris;
  LV2_Atom_Object const* object;
  bool                   good; ///< every property so far was right
} MnProperties;

double
mn_property_number(MnProperties* reader, LV2_URID key, double low, double high);

unsigned
mn_property_count(MnProperties* reader, LV2_URID key, unsigned low, unsigned high);

bool
mn_property_bool(MnProperties* reader, LV2_URID key);

/// A text; one of no bytes if there is none.
MnText
mn_property_text(MnProperties* reader, LV2_URID key);

/// A vector of at most `most` finite numbers, and its length.
float const*
mn_property_floats(MnProperties* reader, LV2_URID key, unsigned most, unsigned* count);

/// A vector of exactly `count` finite numbers.
float const*
mn_property_all_floats(MnProperties* reader, LV2_URID key, unsigned count);

/// A vector of at most `most` words of any value, and its length.
int32_t const*
mn_property_words(MnProperties* reader, LV2_URID key, unsigned most, unsigned* count);

/// A vector of at most `most` integers from 0 to `high`, and its length.
int32_t const*
mn_property_ints(MnProperties* reader,
                 LV2_URID      key,
                 int32_t       high,
                 unsigned      most,
                 unsigned*     count);

#endif // MN_PROPERTIES_H
