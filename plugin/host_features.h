// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the host gave when the instance was made. It is constant after that.

#ifndef MN_HOST_FEATURES_H
#define MN_HOST_FEATURES_H

#include "encoder/kernel.h"
#include "protocol/uris.h"

#include <lv2/core/lv2.h>
#include <lv2/log/logger.h>
#include <lv2/worker/worker.h>
#include <stdbool.h>

/// Tells the time in ms.
typedef double (*MnClock)(void);

typedef struct {
  LV2_URID_Map*        map;
  LV2_Worker_Schedule* schedule; ///< NULL: there is no worker, run() encodes
  LV2_Log_Logger       logger;
  MnUris               uris;
  double               rate; ///< frames a second
} MnHostFeatures;

/// Takes the features and the sample rate. Not on the audio thread, as all here.
/// @return false if one that is needed is missing, or the rate is impossible, which is logged.
bool
mn_host_features_take(MnHostFeatures*           host,
                      double                    rate,
                      LV2_Feature const* const* features);

/// The kernel that the environment names, or else the fastest.
MnKernel const*
mn_host_features_kernel(MnHostFeatures* host);

/// Time that passes, in ms. Any thread but the audio thread.
double
mn_host_features_now_ms(void);

#endif // MN_HOST_FEATURES_H
