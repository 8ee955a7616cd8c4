// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "work.h"

// The LV2 worker extension asks of hosts that schedule_work() does not wait.
MN_TRUST_BEGIN

bool
mn_work_send(MnHostFeatures const* const host, MnWork const message)
{
  return host->schedule &&
         host->schedule->schedule_work(host->schedule->handle, sizeof(message), &message) ==
           LV2_WORKER_SUCCESS;
}

MN_TRUST_END
