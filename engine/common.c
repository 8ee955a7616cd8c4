// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "common.h"

#include <stdarg.h>
#include <stdio.h>

void
mn_error_set(MnError* const error, char const* const format, ...)
{
  if (!error) {
    return;
  }
  va_list args;
  va_start(args, format);
  vsnprintf(error->text, sizeof(error->text), format, args);
  va_end(args);
}
