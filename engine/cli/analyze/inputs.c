// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "inputs.h"

#include "common/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_folder(char const* const path)
{
  struct stat what;
  return !stat(path, &what) && S_ISDIR(what.st_mode);
}

// A folder that cannot be read is told, and does not end the work.
static int
add_folder(MnInputs* const in, char const* const path)
{
  size_t const before = in->files.count;
  int          status = mn_filelist_add(&in->files, path, mn_filelist_is_midi);
  if (status == MN_EXIT_GOOD && in->files.count == before) {
    status = mn_fail(MN_EXIT_BAD_INPUT, "%s: no MIDI file (" MN_MIDI_NAMES ")", path);
  }
  in->several = true;
  if (status == MN_EXIT_BAD_INPUT) {
    ++in->bad;
    return MN_EXIT_GOOD;
  }
  return status;
}

static int
add_path(MnInputs* const in, char const* const path)
{
  bool const is_input = !strcmp(path, "-");
  return !is_input && is_folder(path) ? add_folder(in, path)
                                      : mn_filelist_append(&in->files, path);
}

static int
add_lines(MnInputs* const in, FILE* const from, char const* const name)
{
  char*   line   = NULL;
  size_t  room   = 0;
  ssize_t length = 0;
  int     status = MN_EXIT_GOOD;
  errno          = 0;
  while (status == MN_EXIT_GOOD && (length = getline(&line, &room, from)) > 0) {
    line[length - 1] = line[length - 1] == '\n' ? '\0' : line[length - 1];
    status           = *line ? add_path(in, line) : MN_EXIT_GOOD;
    errno            = 0;
  }
  if (status == MN_EXIT_GOOD && (ferror(from) || errno)) {
    status =
      mn_fail(mn_exit_reading(mn_status_of_errno(errno)), "%s: %s", name, strerror(errno));
  }
  free(line);
  return status;
}

static int
add_list(MnInputs* const in, char const* const path)
{
  in->several = true;
  if (!strcmp(path, "-")) {
    return add_lines(in, stdin, "standard input");
  }
  FILE* const from = fopen(path, "re");
  if (!from) {
    return mn_fail(
      mn_exit_reading(mn_status_of_errno(errno)), "%s: %s", path, strerror(errno));
  }
  int const status = add_lines(in, from, path);
  fclose(from);
  return status;
}

static bool
reads_input_twice(MnOptions const* const options)
{
  bool const list = options->files_from && !strcmp(options->files_from, "-");
  for (size_t i = 0; i < options->corpus_count && list; ++i) {
    if (!strcmp(options->corpora[i], "-")) {
      return true;
    }
  }
  return false;
}

int
mn_inputs_find(MnOptions const* const options, MnInputs* const in)
{
  *in        = (MnInputs){.several = options->corpus_count > 1};
  int status = MN_EXIT_GOOD;
  if (reads_input_twice(options)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "standard input: is it the list or a MIDI file?");
  }
  for (size_t i = 0; i < options->corpus_count && status == MN_EXIT_GOOD; ++i) {
    status = add_path(in, options->corpora[i]);
  }
  if (status == MN_EXIT_GOOD && options->files_from) {
    status = add_list(in, options->files_from);
  }
  if (status == MN_EXIT_GOOD && !in->files.count) {
    return in->bad ? MN_EXIT_BAD_INPUT
                   : mn_fail(MN_EXIT_BAD_INPUT, "--files-from: the list names no file");
  }
  return status;
}

void
mn_inputs_free(MnInputs* const in)
{
  mn_filelist_free(&in->files);
}
