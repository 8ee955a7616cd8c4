// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "corpus.h"

#include "cut.h"
#include "melcorp.h"
#include "options.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

// Folders in folders; links can make circles.
enum { MAX_DEPTH = 16 };

// Tunes of different files have numbers so far apart that they rarely meet.
enum { TUNES_PER_FILE = 1 << 20 };

enum { MAGIC_BYTES = 8 };

typedef struct {
  char** paths;
  size_t count;
  size_t room;
} FileList;

static void
list_free(FileList* const list)
{
  for (size_t i = 0; i < list->count; ++i) {
    free(list->paths[i]);
  }
  free(list->paths);
}

static int
list_add(FileList* const list, char const* const path)
{
  if (list->count == list->room) {
    size_t const room  = list->room ? 2 * list->room : 64;
    char** const paths = (char**)realloc(list->paths, room * sizeof(*paths));
    if (!paths) {
      return fail(EXIT_FAILED, "out of memory");
    }
    list->paths = paths;
    list->room  = room;
  }
  char* const copy = strdup(path);
  if (!copy) {
    return fail(EXIT_FAILED, "out of memory");
  }
  list->paths[list->count++] = copy;
  return EXIT_GOOD;
}

static bool
ends_with(char const* const name, char const* const end)
{
  size_t const length = strlen(name);
  size_t const wanted = strlen(end);
  return length >= wanted && !strcasecmp(name + length - wanted, end);
}

static bool
is_music(char const* const name)
{
  return ends_with(name, ".mid") || ends_with(name, ".midi") ||
         ends_with(name, "-train.bin") || ends_with(name, "-train.bin.xz");
}

static int
compare_entries(struct dirent const** const a, struct dirent const** const b)
{
  return strcmp((*a)->d_name, (*b)->d_name); // not alphasort(), which asks the locale
}

static int
add_folder(FileList* const list, char const* const path, unsigned const depth);

static int
add_entry(FileList* const   list,
          char const* const folder,
          char const* const name,
          unsigned const    depth)
{
  char        path[PATH_MAX];
  struct stat what;
  if (*name == '.' ||
      snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
      stat(path, &what)) {
    return EXIT_GOOD;
  }
  if (S_ISDIR(what.st_mode)) {
    return depth < MAX_DEPTH ? add_folder(list, path, depth + 1) : EXIT_GOOD;
  }
  return is_music(name) ? list_add(list, path) : EXIT_GOOD;
}

static int
add_folder(FileList* const list, char const* const path, unsigned const depth)
{
  struct dirent** entries = NULL;
  int const       count   = scandir(path, &entries, NULL, compare_entries);
  if (count < 0) {
    return fail(EXIT_BAD_INPUT, "%s: %s", path, strerror(errno));
  }
  int status = EXIT_GOOD;
  for (int i = 0; i < count; ++i) {
    status = status ? status : add_entry(list, path, entries[i]->d_name, depth);
    free(entries[i]);
  }
  free(entries);
  return status;
}

static int
add_path(FileList* const list, char const* const path)
{
  struct stat what;
  if (stat(path, &what)) {
    return fail(EXIT_BAD_INPUT, "%s: %s", path, strerror(errno));
  }
  return S_ISDIR(what.st_mode) ? add_folder(list, path, 0) : list_add(list, path);
}

typedef struct {
  MnWindows* windows;
  uint32_t   tune;
  int64_t    end;
} MidiTune;

static int
take_window(void* const context, MnWindow const* const window)
{
  MidiTune* const t = (MidiTune*)context;
  // Windows that lie in the silence after the last bar say nothing.
  if (window->start + window->steps >= t->end + MN_STEPS_PER_BAR) {
    return EXIT_GOOD;
  }
  return mn_windows_add(t->windows, window->tokens, t->tune) ? EXIT_GOOD : EXIT_FAILED;
}

static bool
read_midi(char const* const path,
          uint32_t const    tune,
          MnWindows* const  windows,
          MnError* const    error)
{
  Score score;
  if (!score_read(&score, path, MN_VOICE_HIGHEST, MN_CHANNEL_ANY, error)) {
    return false;
  }
  Cut const cut  = {windows->steps, MN_HOP_BAR, MN_VOICE_HIGHEST, MN_CHANNEL_ANY};
  MidiTune  taker = {windows, tune, score.end};
  bool const good = score_cut(&score, &cut, take_window, &taker) == EXIT_GOOD ||
                    windows->count == MN_MAX_WINDOWS;
  score_free(&score);
  if (!good) {
    mn_error_set(error, "out of memory");
  }
  return good;
}

static bool
read_music(char const* const path,
           uint32_t const    tune,
           MnWindows* const  windows,
           MnError* const    error)
{
  struct stat what;
  if (!stat(path, &what) && !S_ISREG(what.st_mode)) {
    mn_error_set(error, "%.200s: not a regular file", path);
    return false;
  }
  uint8_t     start[MAGIC_BYTES];
  FILE* const file = fopen(path, "rb");
  if (!file) {
    mn_error_set(error, "%.200s: %s", path, strerror(errno));
    return false;
  }
  size_t const size = fread(start, 1, sizeof(start), file);
  fclose(file);
  return melcorp_recognise(start, size) ? melcorp_read(path, tune, windows, error)
                                        : read_midi(path, tune, windows, error);
}

static int
read_files(FileList const* const list, MnWindows* const windows)
{
  size_t bad = 0;
  for (size_t i = 0; i < list->count && windows->count < MN_MAX_WINDOWS; ++i) {
    MnError error = {""};
    if (!read_music(list->paths[i], (uint32_t)i * TUNES_PER_FILE, windows, &error)) {
      ++bad;
      // Said where the next one says why the program ends.
      if (list->count > 1) {
        fail(EXIT_BAD_INPUT, "passed over: %s", error.text);
      } else {
        return fail(EXIT_BAD_INPUT, "%s", error.text);
      }
    }
  }
  if (!mn_windows_make_distinct(windows)) {
    return fail(EXIT_FAILED, "out of memory");
  }
  if (bad == list->count) {
    return fail(EXIT_BAD_INPUT, "no file of the corpus can be read");
  }
  return windows->count ? EXIT_GOOD
                        : fail(EXIT_BAD_INPUT,
                               "the corpus has no window of %u steps with notes enough",
                               windows->steps);
}

int
corpus_read(char const* const* const paths, size_t const count, MnWindows* const windows)
{
  FileList list   = {NULL, 0, 0};
  int      status = EXIT_GOOD;
  for (size_t i = 0; i < count && status == EXIT_GOOD; ++i) {
    status = add_path(&list, paths[i]);
  }
  if (status == EXIT_GOOD) {
    status = list.count
               ? read_files(&list, windows)
               : fail(EXIT_BAD_INPUT,
                      "%s: no MIDI file (.mid, .midi) and no corpus (-train.bin.xz)",
                      paths[0]);
  }
  list_free(&list);
  return status;
}
