// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What drawing costs.

#ifndef MN_CLI_BENCH_DRAW_H
#define MN_CLI_BENCH_DRAW_H

#include "model/model.h"
#include "options.h"

/// Measures and prints how long the picture of the plugin's window takes.
/// @return The exit status.
int
mn_bench_draw(MnOptions const* options, MnModel const* model);

#endif // MN_CLI_BENCH_DRAW_H
