// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Prints windows as records: text, JSON lines or CSV.

#ifndef MN_CLI_REPORT_H
#define MN_CLI_REPORT_H

#include "encoding.h"
#include "notes/window.h"
#include "options.h"

/// A window's record.
typedef struct {
  unsigned long   number; ///< from 1
  MnWindow const* window;
  double          seconds; ///< of its start
  bool            scored;  ///< whether the encoding is of this window
} MnRecord;

/// Prints the header of the records.
void
mn_report_start(MnOutputFormat format, bool latent, MnModel const* model);

/// Prints a record. @return The exit status.
int
mn_report_record(MnOutputFormat    format,
                 bool              latent,
                 MnRecord const*   record,
                 MnEncoding const* encoding);

#endif // MN_CLI_REPORT_H
