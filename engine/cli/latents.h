// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads places in the latent space, as `latent` and `encode` print them.

#ifndef MN_CLI_LATENTS_H
#define MN_CLI_LATENTS_H

#include "decoding.h"

/// Reads a file, or standard input if `path` is NULL, and adds its windows. A line is
/// - of `latent`: z with the signs of the source. CSV with its header, objects with "z", or
///   the rows of an array of arrays.
/// - of `encode`: mu with the signs of the model, then sigma, which is not read. Objects
///   with "mu", or CSV, which has no header.
/// A window without numbers is a rest.
///
/// @return The exit status. A line that is none of these is named by its number.
int
mn_latents_read(char const* path, MnDecoding* decoding);

#endif // MN_CLI_LATENTS_H
