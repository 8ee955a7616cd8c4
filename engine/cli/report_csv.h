// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows as comma-separated values (RFC 4180, with line feeds). Where the plugin has a port
/// for a column, they have one name.

#ifndef MN_CLI_REPORT_CSV_H
#define MN_CLI_REPORT_CSV_H

#include "report.h"

/// Prints the names of the columns.
void
mn_report_csv_header(MnReport const* to, MnModel const* model);

/// Prints a row.
void
mn_report_csv(MnReport const* to, MnRecord const* record, MnEncoding const* encoding);

#endif // MN_CLI_REPORT_CSV_H
