// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void
mn_error_set(MnError* const error, MnStatus const status, char const* const format, ...)
{
  if (!error) {
    return;
  }
  error->status = status;
  va_list args;
  va_start(args, format);
  vsnprintf(error->text, sizeof(error->text), format, args);
  va_end(args);
  // Names from files may hold any byte, but the text must stay one line.
  for (char* c = error->text; *c; ++c) {
    *c = mn_plain(*c);
  }
}

MnStatus
mn_status_of_errno(int const code)
{
  return code == ENOMEM ? MN_STATUS_NO_MEMORY : MN_STATUS_IO;
}
