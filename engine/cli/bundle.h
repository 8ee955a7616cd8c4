// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Where the program finds what is installed with it: the models of the bundle.

#ifndef MN_CLI_BUNDLE_H
#define MN_CLI_BUNDLE_H

#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

/// Loads a model: one of the bundle's by its short name, `open` or `magenta`, else
/// a file by its path. NULL is the default, open.
///
/// The bundle is looked for beside the program, in ../lib/lv2 from there, in the folder
/// that it was built to be installed in, in the folders of $LV2_PATH, ~/.lv2,
/// /usr/local/lib/lv2 and /usr/lib/lv2. The first that has the model counts.
///
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr.
int
mn_model_open(char const* name, MnModel** model);

/// Finds the bundle in the same places. Its path ends with a slash. @return false if it is
/// nowhere.
bool
mn_bundle_find(char* folder, size_t size);

/// The short name of a model of the bundle, the default's first; NULL past the last.
char const*
mn_bundle_model_name(unsigned index);

/// The folder of this program with a final slash. @return false if it cannot be known.
bool
mn_program_folder(char* folder, size_t size);

#endif // MN_CLI_BUNDLE_H
