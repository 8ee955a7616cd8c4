// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "host_features.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>
#include <stdlib.h>
#include <time.h>

// Sample rates in Hz. At the lowest, a step is still longer than a frame at the fastest
// tempo that we take from a host, 10,000 beats a minute. No converter reaches the highest.
static double const lowest_rate  = 1000;
static double const highest_rate = 1e6;

// The environment variable names a kernel, to compare kernels or to avoid a bad one.
MnKernel const*
mn_host_features_kernel(MnHostFeatures* const host)
{
  char const* const name = getenv("MUSIC_NEURONS_KERNEL");
  if (!name) {
    return mn_kernel_best();
  }
  MnKernel const* const kernel = mn_kernel_find(name);
  if (!kernel || !kernel->supported()) {
    lv2_log_error(&host->logger, "music-neurons: no kernel %s on this processor\n", name);
    return mn_kernel_best();
  }
  return kernel;
}

// The log comes first: it gets a message if another feature is missing.
static bool
take_features(MnHostFeatures* const host, LV2_Feature const* const* const features)
{
  char const* const missing = lv2_features_query(features,
                                                 LV2_LOG__log,
                                                 &host->logger.log,
                                                 false,
                                                 LV2_URID__map,
                                                 &host->map,
                                                 true,
                                                 LV2_WORKER__schedule,
                                                 &host->schedule,
                                                 false,
                                                 NULL);
  lv2_log_logger_set_map(&host->logger, host->map);
  if (missing) {
    lv2_log_error(&host->logger, "music-neurons: the host lacks <%s>\n", missing);
    return false;
  }
  mn_uris_map(&host->uris, host->map);
  return true;
}

static bool
take_rate(MnHostFeatures* const host, double const rate)
{
  if (!(rate >= lowest_rate && rate <= highest_rate)) { // or NaN
    lv2_log_error(&host->logger,
                  "music-neurons: a sample rate of %g Hz is not from %.0f to %.0f\n",
                  rate,
                  lowest_rate,
                  highest_rate);
    return false;
  }
  host->rate = rate;
  return true;
}

bool
mn_host_features_take(MnHostFeatures* const           host,
                      double const                    rate,
                      LV2_Feature const* const* const features)
{
  return take_features(host, features) && take_rate(host, rate);
}

double
mn_host_features_now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}
