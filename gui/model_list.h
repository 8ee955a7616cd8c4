// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The models that the window offers: the bundle's own, then the last files that were used,
/// then the way to choose a file. The last files are remembered in the user's state folder
/// (XDG Base Directory Specification).

#ifndef MN_MODEL_LIST_H
#define MN_MODEL_LIST_H

#include "view.h"

#include <limits.h>

enum { MN_OWN_MODELS = 2, MN_RECENT_MODELS = MN_VIEW_MODELS - MN_OWN_MODELS - 1 };

typedef struct {
  char     bundle[PATH_MAX]; ///< with a slash at its end
  unsigned count;            ///< of recent files
  char     recent[MN_RECENT_MODELS][PATH_MAX];
} MnModelList;

/// Reads the remembered files. Those that are gone are left out.
void
mn_model_list_init(MnModelList* list, char const* bundle_path);

/// Fills the view's menu.
void
mn_model_list_show(MnModelList const* list, MnView* view);

/// The path of an item; NULL for the last one, which is the way to choose a file.
///
/// @param path [PATH_MAX].
char const*
mn_model_list_path(MnModelList const* list, unsigned item, char* path);

/// A model plays: a file of the user's becomes the first of the recent ones, and is
/// remembered.
void
mn_model_list_used(MnModelList* list, char const* path);

#endif // MN_MODEL_LIST_H
