// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads the decoder of a model. For model.c alone.

#ifndef MN_MODEL_DECODER_H
#define MN_MODEL_DECODER_H

#include "model_loader.h"

/// Reads the decoder. A file without one, that is without any tensor of it and without the
/// metadata of its sizes, is no error.
MN_NODISCARD bool
mn_model_decoder_load(MnLoader const* l, MnDecoderTable* decoder);

#endif // MN_MODEL_DECODER_H
