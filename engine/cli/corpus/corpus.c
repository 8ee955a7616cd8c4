// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "corpus.h"

#include "filelist.h"
#include "melcorp.h"
#include "midi/cut.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Tunes of different files have numbers so far apart that they rarely meet.
enum { TUNES_PER_FILE = 1 << 20 };

enum { MAGIC_BYTES = 8 };

// Only what a held-out part belongs to: MIDI files may well hold both.
static bool
is_train_part(char const* const name)
{
  return filelist_ends_with(name, "-train.bin") ||
         filelist_ends_with(name, "-train.bin.xz");
}

static bool
is_train(char const* const name)
{
  return filelist_ends_with(name, ".mid") || filelist_ends_with(name, ".midi") ||
         is_train_part(name);
}

static bool
is_heldout(char const* const name)
{
  return filelist_ends_with(name, "-heldout.bin") ||
         filelist_ends_with(name, "-heldout.bin.xz");
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
  Cut const  cut   = {windows->steps, MN_HOP_BAR, MN_VOICE_HIGHEST, MN_CHANNEL_ANY};
  MidiTune   taker = {windows, tune, score.end};
  bool const good  = score_cut(&score, &cut, take_window, &taker) == EXIT_GOOD ||
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
  FILE* const file = fopen(path, "rbe");
  if (!file) {
    mn_error_set(error, "%.200s: %s", path, strerror(errno));
    return false;
  }
  size_t const size = fread(start, 1, sizeof(start), file);
  fclose(file);
  return melcorp_recognise(start, size) ? melcorp_read(path, tune, windows, error)
                                        : read_midi(path, tune, windows, error);
}

// @param all Whether it is an error if one of them cannot be read.
static int
read_files(FileList const* const list, bool const all, MnWindows* const windows)
{
  size_t bad = 0;
  for (size_t i = 0; i < list->count && windows->count < MN_MAX_WINDOWS; ++i) {
    MnError error = {""};
    if (!read_music(list->paths[i], (uint32_t)i * TUNES_PER_FILE, windows, &error)) {
      ++bad;
      // Said where the next one says why the program ends.
      if (list->count > 1 && !all) {
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

static int
list_files(FileList* const          list,
           char const* const* const paths,
           size_t const             count,
           FileKind const           kind)
{
  int status = EXIT_GOOD;
  for (size_t i = 0; i < count && status == EXIT_GOOD; ++i) {
    status = filelist_add(list, paths[i], kind);
  }
  return status;
}

int
corpus_read(char const* const* const paths, size_t const count, MnWindows* const windows)
{
  FileList list   = {NULL, 0, 0};
  int      status = list_files(&list, paths, count, is_train);
  if (status == EXIT_GOOD) {
    status = list.count
               ? read_files(&list, false, windows)
               : fail(EXIT_BAD_INPUT,
                      "%s: no MIDI file (.mid, .midi) and no corpus (-train.bin.xz)",
                      paths[0]);
  }
  filelist_free(&list);
  return status;
}

static int
read_heldout_files(FileList const* const list, Heldout* const h)
{
  for (size_t i = 0; i < list->count && h->windows.count < MN_MAX_WINDOWS; ++i) {
    MnError error = {""};
    if (!melcorp_read_styles(list->paths[i], &h->styles, &h->windows, &error)) {
      return fail(EXIT_BAD_INPUT, "%s", error.text);
    }
  }
  return mn_windows_make_distinct(&h->windows) ? EXIT_GOOD
                                               : fail(EXIT_FAILED, "out of memory");
}

// Takes out the windows that another set has, too. Both are sorted.
static void
drop_known(MnWindows* const w, MnWindows const* const known)
{
  size_t at   = 0;
  size_t kept = 0;
  for (size_t i = 0; i < w->count; ++i) {
    uint8_t const* const tokens = w->tokens + i * w->steps;
    int                  order  = -1;
    while (at < known->count &&
           (order = memcmp(known->tokens + at * w->steps, tokens, w->steps)) < 0) {
      ++at;
    }
    if (at == known->count || order) {
      memmove(w->tokens + kept * w->steps, tokens, w->steps);
      w->tune[kept++] = w->tune[i];
    }
  }
  w->count = kept;
}

// Looks up what the segments of the windows are.
static int
find_styles(Heldout* const h)
{
  h->style = (uint16_t*)malloc((h->windows.count + 1) * sizeof(*h->style));
  if (!h->style) {
    return fail(EXIT_FAILED, "out of memory");
  }
  for (size_t i = 0; i < h->windows.count; ++i) {
    MelcorpSegment const segment = h->styles.segments[h->windows.tune[i]];
    h->style[i]                  = segment.style;
    h->windows.tune[i]           = segment.group;
  }
  return EXIT_GOOD;
}

static int
read_split(FileList* const   train_files,
           FileList* const   heldout_files,
           char const* const where,
           size_t const      most,
           MnWindows* const  train,
           Heldout* const    h)
{
  filelist_keep(train_files, is_train_part);
  filelist_keep(heldout_files, is_heldout);
  if (!heldout_files->count) {
    return fail(EXIT_BAD_INPUT,
                "%s: no held-out part of a corpus (-heldout.bin, -heldout.bin.xz)",
                where);
  }
  if (!train_files->count) {
    return fail(EXIT_BAD_INPUT,
                "%s: no train part (-train.bin, -train.bin.xz) beside the held-out one",
                where);
  }
  int status = read_heldout_files(heldout_files, h);
  status     = status ? status : read_files(train_files, true, train);
  if (status) {
    return status;
  }
  drop_known(&h->windows, train);
  if (!h->windows.count) {
    return fail(EXIT_BAD_INPUT,
                "the held-out part has no window of %u steps with notes enough that "
                "the train part has not",
                train->steps);
  }
  if (most) {
    mn_windows_thin(&h->windows, most);
  }
  return find_styles(h);
}

int
corpus_read_heldout(char const* const* const paths,
                    size_t const             count,
                    size_t const             most,
                    MnWindows* const         train,
                    Heldout* const           heldout)
{
  FileList train_files   = {NULL, 0, 0};
  FileList heldout_files = {NULL, 0, 0};
  int      status        = list_files(&train_files, paths, count, is_train_part);
  status = status ? status : list_files(&heldout_files, paths, count, is_heldout);
  status = status
             ? status
             : read_split(&train_files, &heldout_files, paths[0], most, train, heldout);
  filelist_free(&train_files);
  filelist_free(&heldout_files);
  return status;
}

void
heldout_free(Heldout* const h)
{
  mn_windows_free(&h->windows);
  free(h->style);
  melcorp_styles_free(&h->styles);
  *h = (Heldout){.windows = {.steps = h->windows.steps}};
}
