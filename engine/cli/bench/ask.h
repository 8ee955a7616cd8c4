// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Measuring on demand: another program can take turns with it, and compare.

#ifndef MN_CLI_BENCH_ASK_H
#define MN_CLI_BENCH_ASK_H

#include "encoder/kernel.h"
#include "model/model.h"

/// Answers each line "PART COUNT" of standard input with the seconds that each of COUNT
/// runs took.
/// @return The exit status.
int
mn_bench_ask(MnModel const* model, MnKernel const* kernel);

#endif // MN_CLI_BENCH_ASK_H
