// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The files of a study: its figures as JSON and CSV, and the report.

#ifndef MN_CLI_STUDYFILES_H
#define MN_CLI_STUDYFILES_H

#include <jansson.h>

/// Makes sure that a study can be written to a folder, which it makes if need be.
///
/// @return The exit status; if it is not EXIT_GOOD, the reason is on stderr.
int
mn_studyfiles_prepare(char const* folder);

/// Writes study.json, neurons.csv and phik.csv: the same figures, the same bytes.
int
mn_studyfiles_write(char const* folder, json_t* study);

/// Has report.html made of study.json. Where there is no Python with matplotlib it
/// says so on stderr, and that is no failure.
int
mn_studyfiles_report(char const* folder);

#endif // MN_CLI_STUDYFILES_H
