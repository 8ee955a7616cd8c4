// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What records of windows say of a model's second level.

#ifndef MN_CLI_LONG_FIELDS_H
#define MN_CLI_LONG_FIELDS_H

#include "encoding.h"

#include <jansson.h>
#include <stdio.h>

/// The fields, null without a second level or where the window was not scored: bars_heard,
/// style_top, the number of the likeliest style, style_confidence, styles with their names,
/// long_neurons, the percentiles of its first music neurons, and long_top, its most excited
/// music neurons, each with what its mu means. NULL without memory.
json_t*
mn_json_long(MnEncoding const* encoding, bool scored);

/// Its mu and sigma, null likewise: long_mu and long_sigma.
json_t*
mn_json_long_latent(MnEncoding const* encoding, bool scored);

/// Its most excited music neurons as text, after a bar; nothing where it has none.
void
mn_text_long(MnEncoding const* encoding, unsigned most, FILE* out);

/// The names of the cells, each with a comma before it.
///
/// @param latent With mu and sigma of so many neurons; 0: without.
void
mn_csv_long_header(unsigned latent, FILE* out);

/// The cells, empty where the fields are null.
///
/// @param latent With mu and sigma of so many neurons; 0: without.
void
mn_csv_long_cells(MnEncoding const* encoding, bool scored, unsigned latent, FILE* out);

#endif // MN_CLI_LONG_FIELDS_H
