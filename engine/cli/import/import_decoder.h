// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Brings a decoder along when a model is imported.

#ifndef MN_CLI_IMPORT_DECODER_H
#define MN_CLI_IMPORT_DECODER_H

#include "checkpoint/quantised.h"
#include "import_metadata.h"
#include "options.h"

/// Reads and quantises the decoder that the options name, if any, and tells the metadata of
/// it, which know the encoder's sizes.
///
/// @param decoder Empty; the caller frees it, also after a failure. @return The exit status.
int
mn_import_decoder(MnOptions const*  options,
                  MnImportMetadata* metadata,
                  MnQuantised*      decoder);

#endif // MN_CLI_IMPORT_DECODER_H
