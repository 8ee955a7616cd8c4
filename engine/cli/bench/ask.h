// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Measuring on demand, so that another program can pair it with what it measures
/// itself.

#ifndef MN_CLI_BENCH_ASK_H
#define MN_CLI_BENCH_ASK_H

#include "encoder/kernel.h"
#include "model/model.h"

/// Answers lines of standard input, "PART COUNT", each with the seconds that so many
/// runs took.
/// @return The exit status.
int
mn_bench_ask(MnModel const* model, MnKernel const* kernel);

#endif // MN_CLI_BENCH_ASK_H
