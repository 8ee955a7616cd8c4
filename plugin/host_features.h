// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the host gave when the instance was made. It is constant after that.

#ifndef MN_HOST_FEATURES_H
#define MN_HOST_FEATURES_H

#include "protocol/uris.h"

#include <lv2/log/logger.h>
#include <lv2/worker/worker.h>

typedef struct {
  LV2_URID_Map*        map;
  LV2_Worker_Schedule* schedule; ///< NULL: there is no worker, run() encodes
  LV2_Log_Logger       logger;
  MnUris               uris;
  double               rate; ///< frames a second
} MnHostFeatures;

#endif // MN_HOST_FEATURES_H
