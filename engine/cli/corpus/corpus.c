// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "corpus.h"

#include "base/file.h"
#include "common/terminal.h"
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

bool
mn_corpus_is_train(char const* const name)
{
  return mn_filelist_ends_with(name, "-train.bin") ||
         mn_filelist_ends_with(name, "-train.bin.xz");
}

static bool
is_music(char const* const name)
{
  return mn_filelist_is_midi(name) || mn_corpus_is_train(name);
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

bool
mn_corpus_read_midi(char const* const path,
                    uint32_t const    tune,
                    MnWindows* const  windows,
                    MnError* const    error)
{
  MnMidiScore     score;
  MnHearing const all = {.voice = MN_VOICE_HIGHEST};
  if (!mn_midi_score_read(&score, path, &all, error)) {
    return false;
  }
  if (!windows->told) {
    mn_midi_score_warn(&score, path);
  }
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
                 : mn_corpus_read_midi(path, tune, windows, error));
}

int
mn_corpus_read_files(MnFileList const* const list, bool const all, MnWindows* const windows)
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
      if (list->count == 1 || all) {
        return mn_fail_reading(&error);
      }
      // The program goes on, but says why.
      if (!windows->told) {
        mn_fail(MN_EXIT_BAD_INPUT, "passed over: %s", error.text);
      }
    }
  }
  if (!mn_windows_make_distinct(windows)) {
    return mn_fail_memory();
  }
  if (bad == list->count) {
    return mn_fail(MN_EXIT_BAD_INPUT, "no file of the corpus can be read");
  }
  return MN_EXIT_GOOD;
}

int
mn_corpus_list(MnFileList* const        list,
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
mn_corpus_check(MnWindows const* const windows)
{
  return windows->count ? MN_EXIT_GOOD
                        : mn_fail(MN_EXIT_BAD_INPUT,
                                  "the corpus has no window of %u steps with notes enough",
                                  windows->steps);
}

int
mn_corpus_read(char const* const* const paths, size_t const count, MnWindows* const windows)
{
  MnFileList list   = {NULL, 0, 0};
  int        status = mn_corpus_list(&list, paths, count, is_music);
  if (status == MN_EXIT_GOOD) {
    status = list.count ? mn_corpus_read_files(&list, false, windows)
                        : mn_fail(MN_EXIT_BAD_INPUT,
                                  "%s: no MIDI file (" MN_MIDI_NAMES
                                  ") and no corpus (-train.bin.xz)",
                                  paths[0]);
  }
  mn_filelist_free(&list);
  return status ? status : mn_corpus_check(windows);
}

int
mn_corpus_read_lines(char const* const* const paths,
                     size_t const             count,
                     MnMelodyLines* const     lines)
{
  MnFileList list   = {NULL, 0, 0};
  int        status = mn_corpus_list(&list, paths, count, is_music);
  for (size_t i = 0; i < list.count && status == MN_EXIT_GOOD; ++i) {
    MnError error  = {0};
    bool    corpus = false;
    lines->adding  = (uint16_t)(i * STYLES_PER_FILE);
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
