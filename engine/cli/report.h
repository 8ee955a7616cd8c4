// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Prints windows as records: text, JSON lines or CSV.

#ifndef MN_CLI_REPORT_H
#define MN_CLI_REPORT_H

#include "encoding.h"
#include "notes/window.h"
#include "options.h"

#include <stdio.h>

/// A window's record.
typedef struct {
  char const*        file;   ///< its name, if the report names files
  MnHeardPart const* heard;  ///< which notes
  unsigned long      number; ///< from 1
  MnWindow const*    window;
  double             seconds; ///< of its start
  bool               scored;  ///< whether the encoding is of this window
} MnRecord;

/// Where its window starts, in quarter notes.
static inline double
mn_record_beat(MnRecord const* const record)
{
  return (double)record->window->start / 4.0;
}

/// Where records go, and how.
typedef struct {
  FILE*          out;
  MnOutputFormat format;
  bool           latent; ///< with mu and sigma of all neurons
  bool           named;  ///< with the file of each record
} MnReport;

/// Prints the header of the records.
void
mn_report_start(MnReport const* to, MnModel const* model);

/// Prints a record. @return The exit status. Where it is not MN_EXIT_GOOD, the reason is on
/// stderr, or `out` has an error.
int
mn_report_record(MnReport const* to, MnRecord const* record, MnEncoding const* encoding);

#endif // MN_CLI_REPORT_H
