// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The files of a study: its figures as JSON and CSV, and the report.

#ifndef MN_CLI_STUDYFILES_H
#define MN_CLI_STUDYFILES_H

#include <jansson.h>

/// Checks that a study can be written into a folder, which may be new. It leaves nothing
/// there.
///
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr.
int
mn_studyfiles_prepare(char const* folder);

/// Writes study.json, neurons.csv and phik.csv, and makes the folder if there is none. The
/// same figures give the same bytes. If it fails, it leaves nothing.
int
mn_studyfiles_write(char const* folder, json_t* study);

/// Runs Python to make report.html from study.json. If there is no Python with
/// matplotlib, it says so on stderr; that is no failure.
int
mn_studyfiles_report(char const* folder);

#endif // MN_CLI_STUDYFILES_H
