// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Messages to the worker. They say what to do and name nothing: what there is to do stands in
/// the instance. So one that comes late, or twice, finds what is left to do, or nothing.

#ifndef MN_WORK_H
#define MN_WORK_H

#include "base/common.h"
#include "host_features.h"

#include <stdbool.h>

typedef enum {
  MN_WORK_ENCODE,  ///< a slice of the windows to encode
  MN_WORK_LOAD,    ///< load the model that is asked for
  MN_WORK_COLLECT, ///< free the old model
} MnWork;

/// A host that accepts a message may still lose it. One that is not answered for so many
/// seconds of music is sent again.
enum { MN_WORK_PATIENCE = 4 };

/// Sends a message; the host may do the work at once. Audio thread.
/// @return false if the host refuses it, or has no worker.
bool
mn_work_send(MnHostFeatures const* host, MnWork message) MN_REALTIME;

#endif // MN_WORK_H
