// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How long a model's decoder takes for a window.

#ifndef MN_CLI_BENCH_DECODER_TIME_H
#define MN_CLI_BENCH_DECODER_TIME_H

#include "encoder/kernel.h"
#include "model/model.h"

#include <stdbool.h>

/// Measures a kernel for so many seconds, but at least one window, and prints its times: a
/// row, or an object a line. @return The exit status.
int
mn_bench_decoder(MnModel const* model, MnKernel const* kernel, double seconds, bool json);

#endif // MN_CLI_BENCH_DECODER_TIME_H
