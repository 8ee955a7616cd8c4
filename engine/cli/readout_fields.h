// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The readout of a window, as the program prints it. In JSON, the arrays hold what the
/// plugin's ports of that name and number hold: "axes" from axis_1 on, "neurons" from
/// neuron_1 on, "top" from top_1_neuron on.

#ifndef MN_CLI_READOUT_FIELDS_H
#define MN_CLI_READOUT_FIELDS_H

#include "encoding.h"

#include <jansson.h>
#include <stdio.h>

/// What a mu of this sign means, if one trait describes the neuron of a label; else empty.
char const*
mn_label_trait(MnLabel const* label, double mu);

/// The same of a neuron of level one.
char const*
mn_neuron_trait(MnModel const* model, unsigned neuron, double mu);

/// A music neuron as text: its rank, from 0, with what its mu means, and the index in brackets.
void
mn_text_neuron(unsigned rank, unsigned neuron, char const* words, double mu, FILE* out);

/// Sense or form: null if the model has none.
json_t*
mn_json_sense(MnEncoding const* encoding, float value);

/// The axes of a window, in the order of `info`: an array, or null if the model has none.
json_t*
mn_json_axes(MnEncoding const* encoding);

/// The percentiles of the first MN_RANKED neurons, by rank.
json_t*
mn_json_neurons(MnEncoding const* encoding);

/// The most excited neurons: at most MN_TOP.
json_t*
mn_json_top(MnEncoding const* encoding);

#endif // MN_CLI_READOUT_FIELDS_H
