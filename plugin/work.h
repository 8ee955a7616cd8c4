// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Messages to the worker.

#ifndef MN_WORK_H
#define MN_WORK_H

#include "base/common.h"
#include "host_features.h"

#include <stdbool.h>

typedef struct {
  enum { MN_WORK_ENCODE, MN_WORK_LOAD, MN_WORK_COLLECT } kind;
  void* subject; ///< an MnLoadRequest, else NULL
} MnWork;

/// Sends a message; the host may do the work at once. Audio thread.
/// @return false if the host refuses it, or has no worker.
bool
mn_work_send(MnHostFeatures const* host, MnWork message) MN_REALTIME;

#endif // MN_WORK_H
