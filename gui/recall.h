// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Between the newest window of the view and its past.

#ifndef MN_RECALL_H
#define MN_RECALL_H

#include "view.h"

/// Keeps the newest window, with all that is known of it.
///
/// @param bar In which it begins, from 0.
void
mn_recall_keep(MnView* view, int64_t bar);

/// The window that the view shows: the one of the past that was chosen, or NULL: the
/// newest one.
MnPastEntry const*
mn_recall_chosen(MnView const* view);

/// A window of the past as it was shown.
void
mn_recall(MnView const* view, MnPastEntry const* entry, MnViewWindow* window);

#endif // MN_RECALL_H
