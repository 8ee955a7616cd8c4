// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How long drawing takes.

#ifndef MN_CLI_BENCH_DRAWING_H
#define MN_CLI_BENCH_DRAWING_H

#include "model/model.h"

#include <stdbool.h>

/// Measures and prints how long the picture of the plugin's window takes.
///
/// @param seconds How long to measure each size. @param json Whether to print objects
/// instead of a table. @return The exit status.
int
mn_bench_draw(MnModel const* model, double seconds, bool json);

#endif // MN_CLI_BENCH_DRAWING_H
