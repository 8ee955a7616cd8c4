// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "studyfiles.h"

#include "base/newfile.h"
#include "bundle.h"
#include "common/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Digits of the figures: enough for what they say, and so few that every run gives the
// same.
enum { DIGITS = 6 };

enum { MAX_KEYS = 64, FOLDER_MODE = 0777 };

static int
open_in(char const* const folder, char const* const name, MnNewFile* const n)
{
  char      path[PATH_MAX];
  MnError   error  = {0};
  int const length = snprintf(path, sizeof(path), "%s/%s", folder, name);
  if (length < 0 || (size_t)length >= sizeof(path)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%.200s: a path too long", folder);
  }
  return mn_newfile_open(n, path, &error) ? MN_EXIT_GOOD : mn_fail_writing(&error);
}

int
mn_studyfiles_prepare(char const* const folder)
{
  struct stat what;
  bool const  made = !mkdir(folder, FOLDER_MODE);
  if (!made && errno != EEXIST) {
    return mn_fail(MN_EXIT_FAILED, "%.400s: %s", folder, strerror(errno));
  }
  if (stat(folder, &what) || !S_ISDIR(what.st_mode)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%.400s: not a folder", folder);
  }
  MnNewFile n      = {{0}, {0}, NULL};
  int const status = open_in(folder, "study.json", &n);
  if (status == MN_EXIT_GOOD) {
    mn_newfile_drop(&n);
  }
  if (made) {
    rmdir(folder);
  }
  return status;
}

static int
compare_keys(void const* const a, void const* const b)
{
  return strcmp(*(char const* const*)a, *(char const* const*)b);
}

static size_t
sort_keys(json_t* const object, char const* keys[MAX_KEYS])
{
  size_t count = 0;
  for (void* i = json_object_iter(object); i && count < MAX_KEYS;
       i       = json_object_iter_next(object, i)) {
    keys[count++] = json_object_iter_key(i);
  }
  qsort(keys, count, sizeof(*keys), compare_keys);
  return count;
}

// One member a line, so that a text tool can compare two studies.
static bool
write_json(json_t* const study, FILE* const file)
{
  char const*  keys[MAX_KEYS];
  size_t const count = sort_keys(study, keys);
  bool         good  = true;
  for (size_t i = 0; good && i < count; ++i) {
    char* const text = json_dumps(json_object_get(study, keys[i]),
                                  JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS |
                                    JSON_REAL_PRECISION(DIGITS));
    good             = text;
    fprintf(file, "%s\"%s\":%s", i ? ",\n" : "{\n", keys[i], text ? text : "");
    free(text);
  }
  fputs("\n}\n", file);
  return good;
}

// A cell after the first. Text is quoted, and null is empty.
static void
write_cell(json_t const* const value, FILE* const file)
{
  fputc(',', file);
  if (json_is_integer(value)) {
    fprintf(file, "%lld", (long long)json_integer_value(value));
  } else if (json_is_real(value)) {
    fprintf(file, "%.*g", DIGITS, json_real_value(value));
  } else if (json_is_string(value)) {
    fputc('"', file);
    for (char const* c = json_string_value(value); *c; ++c) {
      fputs(*c == '"' ? "\"" : "", file);
      fputc(*c, file);
    }
    fputc('"', file);
  }
}

// The columns of a neuron, in this order; those of a decoder may be missing.
static char const* const neuron_columns[]  = {"rank",
                                              "music",
                                              "label",
                                              "turned",
                                              "kl",
                                              "sigma",
                                              "sigma_sd",
                                              "mu",
                                              "mu_variance",
                                              "mu_abs",
                                              "mu_abs_random",
                                              "active",
                                              "active_random"};
static char const* const decoder_columns[] = {"use", "sigma_head"};

enum {
  NEURON_COLUMNS  = sizeof(neuron_columns) / sizeof(*neuron_columns),
  DECODER_COLUMNS = sizeof(decoder_columns) / sizeof(*decoder_columns),
};

static bool
write_neurons(json_t* const study, FILE* const file)
{
  json_t const* const neurons = json_object_get(study, "neurons");
  json_t const* const decoder = json_object_get(study, "decoder_neurons");
  fputs("neuron", file);
  for (size_t c = 0; c < NEURON_COLUMNS; ++c) {
    fprintf(file, ",%s", neuron_columns[c]);
  }
  for (size_t c = 0; c < DECODER_COLUMNS; ++c) {
    fprintf(file, ",decoder_%s", decoder_columns[c]);
  }
  fputc('\n', file);
  size_t const count = json_array_size(json_object_get(neurons, neuron_columns[0]));
  for (size_t n = 0; n < count; ++n) {
    fprintf(file, "%zu", n);
    for (size_t c = 0; c < NEURON_COLUMNS; ++c) {
      write_cell(json_array_get(json_object_get(neurons, neuron_columns[c]), n), file);
    }
    for (size_t c = 0; c < DECODER_COLUMNS; ++c) {
      write_cell(json_array_get(json_object_get(decoder, decoder_columns[c]), n), file);
    }
    fputc('\n', file);
  }
  return true;
}

// One row for each music neuron, by rank; one column for each feature.
static bool
write_phik(json_t* const study, FILE* const file)
{
  json_t const* const features = json_object_get(study, "features");
  json_t const* const names    = json_object_get(features, "names");
  json_t const* const rows     = json_object_get(features, "phik");
  fputs("rank", file);
  for (size_t f = 0; f < json_array_size(names); ++f) {
    json_t const* const name = json_array_get(names, f);
    char const* const   code = json_string_value(json_object_get(name, "code"));
    fprintf(file,
            ",%s%s%s",
            code ? code : "",
            code && *code ? " " : "",
            json_string_value(json_object_get(name, "name")));
  }
  fputc('\n', file);
  for (size_t r = 0; r < json_array_size(rows); ++r) {
    fprintf(file, "%zu", r + 1);
    for (size_t f = 0; f < json_array_size(names); ++f) {
      write_cell(json_array_get(json_array_get(rows, r), f), file);
    }
    fputc('\n', file);
  }
  return true;
}

typedef bool (*Writer)(json_t* study, FILE* file);

static struct {
  char const* name;
  Writer      writer;
} const files[] = {
  {"study.json", write_json},
  {"neurons.csv", write_neurons},
  {"phik.csv", write_phik},
};

enum { FILES = sizeof(files) / sizeof(*files) };

// Writes a file that has no name yet.
static int
write_file(char const* const folder,
           size_t const      index,
           json_t* const     study,
           MnNewFile* const  n)
{
  int const status = open_in(folder, files[index].name, n);
  if (status) {
    return status;
  }
  MnError error = {0};
  bool    good  = files[index].writer(study, n->file);
  if (!good) {
    mn_error_set(&error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  good = good && mn_newfile_close(n, &error);
  return good ? MN_EXIT_GOOD : mn_fail_writing(&error);
}

// Files that were written get their names when all are: a study is there whole or not at all.
int
mn_studyfiles_write(char const* const folder, json_t* const study)
{
  bool const made     = !mkdir(folder, FOLDER_MODE);
  MnNewFile  n[FILES] = {{{0}, {0}, NULL}};
  int        status   = MN_EXIT_GOOD;
  for (size_t i = 0; status == MN_EXIT_GOOD && i < FILES; ++i) {
    status = write_file(folder, i, study, &n[i]);
  }
  size_t kept = 0;
  for (; status == MN_EXIT_GOOD && kept < FILES; ++kept) {
    MnError error = {0};
    status = mn_newfile_keep(&n[kept], &error) ? MN_EXIT_GOOD : mn_fail_writing(&error);
  }
  for (size_t i = 0; i < FILES; ++i) {
    mn_newfile_drop(&n[i]);
    if (status && made && i < kept) {
      unlink(n[i].path);
    }
  }
  if (status && made) {
    rmdir(folder);
  }
  return status;
}

// Runs a program. @return its exit status, or -1 if it cannot be run.
static int
run_program(char const* const* const arguments, bool const silent)
{
  posix_spawn_file_actions_t actions;
  pid_t                      child  = 0;
  int                        status = 0;
  if (posix_spawn_file_actions_init(&actions)) {
    return -1;
  }
  if (silent) {
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  // posix_spawnp() does not write to the arguments; its type is older than const.
  char* const* const own = (char* const*)(uintptr_t)arguments;
  int const          bad = posix_spawnp(&child, own[0], &actions, NULL, own, environ);
  posix_spawn_file_actions_destroy(&actions);
  while (!bad && waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return -1;
    }
  }
  return !bad && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A Python with matplotlib, or NULL: the first in the path, or the system's, for which
// distributions make their packages.
static char const*
find_python(void)
{
  static char const* const pythons[] = {"python3", "/usr/bin/python3"};
  for (size_t i = 0; i < sizeof(pythons) / sizeof(*pythons); ++i) {
    char const* const arguments[] = {pythons[i], "-c", "import matplotlib", NULL};
    if (run_program(arguments, true) == 0) {
      return pythons[i];
    }
  }
  return NULL;
}

// Finds the script beside the program: in its build, or where it was installed.
static bool
find_script(char* const path, size_t const size)
{
  static char const* const places[] = {"", "../"};
  char                     own[PATH_MAX];
  if (!mn_program_folder(own, sizeof(own))) {
    return false;
  }
  for (size_t i = 0; i < sizeof(places) / sizeof(*places); ++i) {
    int const length =
      snprintf(path, size, "%s%sshare/music-neurons/report.py", own, places[i]);
    if (length > 0 && (size_t)length < size && !access(path, R_OK)) {
      return true;
    }
  }
  return false;
}

int
mn_studyfiles_report(char const* const folder)
{
  char      script[2 * PATH_MAX];
  char      study[PATH_MAX];
  char      report[PATH_MAX];
  int const a = snprintf(study, sizeof(study), "%s/study.json", folder);
  int const b = snprintf(report, sizeof(report), "%s/report.html", folder);
  if (a < 0 || b < 0 || (size_t)b >= sizeof(report)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%.200s: a path too long", folder);
  }
  if (!find_script(script, sizeof(script))) {
    return mn_fail(MN_EXIT_GOOD,
                   "no report: share/music-neurons/report.py is not where the program is");
  }
  char const* const python = find_python();
  if (!python) {
    return mn_fail(MN_EXIT_GOOD,
                   "no report: it takes Python 3 with matplotlib (Debian: "
                   "python3-matplotlib); later, run python3 %.300s %.300s -o %.300s",
                   script,
                   study,
                   report);
  }
  char const* const arguments[] = {python, script, study, "-o", report, NULL};
  return run_program(arguments, false) == 0
           ? MN_EXIT_GOOD
           : mn_fail(MN_EXIT_FAILED, "%.400s: the report could not be made", report);
}
