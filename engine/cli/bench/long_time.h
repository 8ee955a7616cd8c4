// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Times a model's second level, as a part of the time that the first takes.

#ifndef MN_CLI_LONG_TIME_H
#define MN_CLI_LONG_TIME_H

#include "encoder/kernel.h"
#include "model/model.h"

#include <stdbool.h>

/// Measures how long a phrase takes with a kernel, and how much that is of a window of the
/// first level: both take turns for `seconds`. Prints the medians. @return The exit status.
int
mn_bench_long(MnModel const* model, MnKernel const* kernel, double seconds, bool json);

#endif // MN_CLI_LONG_TIME_H
