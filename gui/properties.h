// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The properties of an atom:Object, each checked for its type and its range. What
/// is wrong or missing lowers `good`, and what is returned then is harmless.

#ifndef MN_PROPERTIES_H
#define MN_PROPERTIES_H

#include "protocol/uris.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  MnUris const*          uris;
  LV2_Atom_Object const* object;
  bool                   good; ///< every property so far was there and right
} MnProperties;

double
mn_property_number(MnProperties* reader, LV2_URID key, double low, double high);

unsigned
mn_property_count(MnProperties* reader, LV2_URID key, unsigned low, unsigned high);

bool
mn_property_bool(MnProperties* reader, LV2_URID key);

/// A text that ends within its atom.
char const*
mn_property_text(MnProperties* reader, LV2_URID key);

/// At most so many finite numbers, and how many there are.
float const*
mn_property_floats(MnProperties* reader, LV2_URID key, unsigned most, unsigned* count);

/// Exactly `count` of them.
float const*
mn_property_all_floats(MnProperties* reader, LV2_URID key, unsigned count);

/// At most so many whole numbers from 0 to `high`.
int32_t const*
mn_property_ints(MnProperties* reader,
                 LV2_URID      key,
                 int32_t       high,
                 unsigned      most,
                 unsigned*     count);

#endif // MN_PROPERTIES_H
