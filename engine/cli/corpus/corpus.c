// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "corpus.h"

#include "base/file.h"
#include "common/terminal.h"
#include "filelist.h"
#include "melcorp.h"
#include "midi/lines.h"
#include "midi/midi_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The numbers of tunes in different files lie so far apart that they rarely collide.
enum { TUNES_PER_FILE = 1 << 20 };

// Those of styles, too; after 256 files they begin again.
enum { STYLES_PER_FILE = 256 };

enum { MAGIC_BYTES = 8 };

// Files that have a held-out part beside them: a MIDI file may hold both.
static bool
is_train_part(char const* const name)
{
  return mn_filelist_ends_with(name, "-train.bin") ||
         mn_filelist_ends_with(name, "-train.bin.xz");
}

static bool
is_train(char const* const name)
{
  return mn_filelist_is_midi(name) || is_train_part(name);
}

static bool
is_heldout(char const* const name)
{
  return mn_filelist_ends_with(name, "-heldout.bin") ||
         mn_filelist_ends_with(name, "-heldout.bin.xz");
}

typedef struct {
  MnWindows* windows;
  uint32_t   tune;
  int64_t    end;
} MidiTune;

static int
take_window(void* const               context,
            MnWindow const* const     window,
            MnWindowBits const* const bits)
{
  (void)bits;
  MidiTune* const t = (MidiTune*)context;
  // Windows in the silence after the last bar teach nothing.
  if (window->start + window->steps >= t->end + MN_STEPS_PER_BAR) {
    return MN_EXIT_GOOD;
  }
  return mn_windows_add(t->windows, window->tokens, t->tune) ? MN_EXIT_GOOD
                                                             : MN_EXIT_FAILED;
}

static bool
read_midi(char const* const path,
          uint32_t const    tune,
          MnWindows* const  windows,
          MnError* const    error)
{
  MnMidiScore     score;
  MnHearing const all = {.voice = MN_VOICE_HIGHEST};
  if (!mn_midi_score_read(&score, path, &all, error)) {
    return false;
  }
  mn_midi_score_warn(&score, path);
  MnMidiWindows const cut = {
    windows->steps, MN_HOP_BAR, MN_VOICE_HIGHEST, MN_CHANNEL_ANY, NULL};
  MidiTune   taker = {windows, tune, score.end};
  bool const good =
    mn_midi_windows_cut(&score, &cut, take_window, &taker) == MN_EXIT_GOOD ||
    windows->count == MN_MAX_WINDOWS;
  mn_midi_score_free(&score);
  if (!good) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  return good;
}

static int
take_line(void* const          context,
          unsigned const       track,
          unsigned const       channel,
          uint8_t const* const tokens,
          size_t const         length)
{
  (void)track;
  (void)channel;
  return mn_melody_lines_add((MnMelodyLines*)context, tokens, length) ? MN_EXIT_GOOD
                                                                      : MN_EXIT_FAILED;
}

static bool
read_midi_lines(char const* const path, MnMelodyLines* const lines, MnError* const error)
{
  MnMidiScore     score;
  MnHearing const all = {.voice = MN_VOICE_HIGHEST};
  if (!mn_midi_score_read(&score, path, &all, error)) {
    return false;
  }
  mn_midi_score_warn(&score, path);
  bool const good =
    mn_lines_cut(&score, MN_VOICE_HIGHEST, take_line, lines) == MN_EXIT_GOOD;
  mn_midi_score_free(&score);
  if (!good) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  return good;
}

// Whether a file is a corpus. @return false if it cannot be read.
static bool
look_at(char const* const path, bool* const corpus, MnError* const error)
{
  MnError reason = {0};
  uint8_t start[MAGIC_BYTES];
  size_t  size = 0;
  MnFile  file;
  bool    good = mn_file_open(&file, path, &reason);
  if (good) {
    size = file.size < sizeof(start) ? (size_t)file.size : sizeof(start);
    good = mn_file_read(&file, 0, size, start, &reason);
    mn_file_close(&file);
  }
  if (!good) {
    mn_error_set(error, reason.status, "%.200s: %s", path, reason.text);
    return false;
  }
  *corpus = mn_melcorp_recognise(start, size);
  return true;
}

static bool
read_music(char const* const path,
           uint32_t const    tune,
           MnWindows* const  windows,
           MnError* const    error)
{
  bool corpus = false;
  return look_at(path, &corpus, error) &&
         (corpus ? mn_melcorp_read(path, tune, windows, error)
                 : read_midi(path, tune, windows, error));
}

// @param all Whether it is an error if one of them cannot be read.
static int
read_files(MnFileList const* const list, bool const all, MnWindows* const windows)
{
  size_t bad = 0;
  for (size_t i = 0; i < list->count && windows->count < MN_MAX_WINDOWS; ++i) {
    MnError error   = {0};
    windows->adding = (uint16_t)(i * STYLES_PER_FILE);
    if (!read_music(list->paths[i], (uint32_t)i * TUNES_PER_FILE, windows, &error)) {
      if (error.status == MN_STATUS_NO_MEMORY) {
        return mn_fail_reading(&error);
      }
      ++bad;
      // The program goes on, but says why.
      if (list->count > 1 && !all) {
        mn_fail(MN_EXIT_BAD_INPUT, "passed over: %s", error.text);
      } else {
        return mn_fail_reading(&error);
      }
    }
  }
  if (!mn_windows_make_distinct(windows)) {
    return mn_fail_memory();
  }
  if (bad == list->count) {
    return mn_fail(MN_EXIT_BAD_INPUT, "no file of the corpus can be read");
  }
  return windows->count ? MN_EXIT_GOOD
                        : mn_fail(MN_EXIT_BAD_INPUT,
                                  "the corpus has no window of %u steps with notes enough",
                                  windows->steps);
}

static int
list_files(MnFileList* const        list,
           char const* const* const paths,
           size_t const             count,
           MnFileKind const         kind)
{
  int status = MN_EXIT_GOOD;
  for (size_t i = 0; i < count && status == MN_EXIT_GOOD; ++i) {
    status = mn_filelist_add(list, paths[i], kind);
  }
  return status;
}

int
mn_corpus_read(char const* const* const paths, size_t const count, MnWindows* const windows)
{
  MnFileList list   = {NULL, 0, 0};
  int        status = list_files(&list, paths, count, is_train);
  if (status == MN_EXIT_GOOD) {
    status = list.count ? read_files(&list, false, windows)
                        : mn_fail(MN_EXIT_BAD_INPUT,
                                  "%s: no MIDI file (" MN_MIDI_NAMES
                                  ") and no corpus (-train.bin.xz)",
                                  paths[0]);
  }
  mn_filelist_free(&list);
  return status;
}

int
mn_corpus_read_lines(char const* const* const paths,
                     size_t const             count,
                     MnMelodyLines* const     lines)
{
  MnFileList list   = {NULL, 0, 0};
  int        status = list_files(&list, paths, count, is_train);
  for (size_t i = 0; i < list.count && status == MN_EXIT_GOOD; ++i) {
    MnError error  = {0};
    bool    corpus = false;
    if (!look_at(list.paths[i], &corpus, &error) ||
        !(corpus ? mn_melcorp_read_lines(list.paths[i], lines, &error)
                 : read_midi_lines(list.paths[i], lines, &error))) {
      status = mn_fail_reading(&error);
    }
  }
  if (status == MN_EXIT_GOOD && !lines->count) {
    status = mn_fail(MN_EXIT_BAD_INPUT, "%s: no line of two bars or more", paths[0]);
  }
  mn_filelist_free(&list);
  return status;
}

static int
read_heldout_files(MnFileList const* const list, MnHeldout* const h)
{
  for (size_t i = 0; i < list->count && h->windows.count < MN_MAX_WINDOWS; ++i) {
    MnError error = {0};
    if (!mn_melcorp_read_styles(list->paths[i], &h->styles, &h->windows, &error)) {
      return mn_fail_reading(&error);
    }
  }
  return mn_windows_make_distinct(&h->windows) ? MN_EXIT_GOOD : mn_fail_memory();
}

// Removes the windows that another set has, too. Both are sorted.
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
      mn_windows_move(w, kept++, i);
    }
  }
  w->count = kept;
}

// Looks up the style and the group of each window's segment.
static int
find_styles(MnHeldout* const h)
{
  h->style = (uint16_t*)malloc((h->windows.count + 1) * sizeof(*h->style));
  if (!h->style) {
    return mn_fail_memory();
  }
  for (size_t i = 0; i < h->windows.count; ++i) {
    MnMelcorpSegment const segment = h->styles.segments[h->windows.tune[i]];
    h->style[i]                    = segment.style;
    h->windows.tune[i]             = segment.group;
  }
  return MN_EXIT_GOOD;
}

static int
read_split(MnFileList* const train_files,
           MnFileList* const heldout_files,
           char const* const where,
           size_t const      most,
           MnWindows* const  train,
           MnHeldout* const  h)
{
  mn_filelist_keep(train_files, is_train_part);
  mn_filelist_keep(heldout_files, is_heldout);
  if (!heldout_files->count) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "%s: no held-out part of a corpus (-heldout.bin, -heldout.bin.xz)",
                   where);
  }
  if (!train_files->count) {
    return mn_fail(MN_EXIT_BAD_INPUT,
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
    return mn_fail(MN_EXIT_BAD_INPUT,
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
mn_corpus_read_heldout(char const* const* const paths,
                       size_t const             count,
                       size_t const             most,
                       MnWindows* const         train,
                       MnHeldout* const         heldout)
{
  MnFileList train_files   = {NULL, 0, 0};
  MnFileList heldout_files = {NULL, 0, 0};
  int        status        = list_files(&train_files, paths, count, is_train_part);
  status = status ? status : list_files(&heldout_files, paths, count, is_heldout);
  status = status
             ? status
             : read_split(&train_files, &heldout_files, paths[0], most, train, heldout);
  mn_filelist_free(&train_files);
  mn_filelist_free(&heldout_files);
  return status;
}

void
mn_heldout_free(MnHeldout* const h)
{
  mn_windows_free(&h->windows);
  free(h->style);
  mn_melcorp_styles_free(&h->styles);
  *h = (MnHeldout){.windows = {.steps = h->windows.steps}};
}
