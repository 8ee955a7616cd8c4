// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What every loaded model must do, whatever its numbers are.

#ifndef MN_TEST_MODEL_FLAW_H
#define MN_TEST_MODEL_FLAW_H

#include "model/model.h"

/// Encodes windows with the plainest and with the best kernel, and reads them out. Decodes one
/// if the model has a decoder.
///
/// @return NULL if every number is finite, in its range and the same from both kernels.
/// Otherwise the condition that failed.
char const*
model_flaw(MnModel const* model);

#endif // MN_TEST_MODEL_FLAW_H
