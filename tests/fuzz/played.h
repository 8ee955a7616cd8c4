// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What every model must do that was loaded, whatever its numbers are.

#ifndef MN_FUZZ_PLAYED_H
#define MN_FUZZ_PLAYED_H

#include "model.h"

/// Encodes windows and reads them out. Ends the program if a number is not
/// finite or out of its range, or if kernels differ in a bit.
void
fuzz_play_model(MnModel const* model);

#endif // MN_FUZZ_PLAYED_H
