// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "faults.h"

#include <stdarg.h>
#include <stdio.h>

bool
mn_midi_fault(MnMidiFaults* const faults,
              char const* const   mended,
              char const* const   format,
              ...)
{
  if (faults->count < MN_FAULTS_TOLD) {
    MnMidiFault* const fault = &faults->first[faults->count];
    va_list            args;
    va_start(args, format);
    vsnprintf(fault->what, sizeof(fault->what), format, args);
    va_end(args);
    fault->mended = mended;
  }
  ++faults->count;
  return !faults->strict;
}
