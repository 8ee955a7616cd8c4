// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "heldout.h"

#include "common/terminal.h"
#include "corpus.h"
#include "filelist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_heldout(char const* const name)
{
  return mn_filelist_ends_with(name, "-heldout.bin") ||
         mn_filelist_ends_with(name, "-heldout.bin.xz");
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
  return MN_EXIT_GOOD;
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

// Of MIDI files without a corpus, every second one is compared with.
static int
share_midi(MnFileList* const midi, MnFileList* const train)
{
  int    status = MN_EXIT_GOOD;
  size_t kept   = 0;
  for (size_t i = 0; i < midi->count; ++i) {
    if (i % 2) {
      status = status ? status : mn_filelist_append(train, midi->paths[i]);
      free(midi->paths[i]);
    } else {
      midi->paths[kept++] = midi->paths[i];
    }
  }
  midi->count = kept;
  return status;
}

// The folder that a file is in below one of the paths, or the name of that path.
static void
style_of(char const* const        path,
         char const* const* const roots,
         size_t const             count,
         char                     style[MN_MELCORP_NAME + 1])
{
  char const* name   = "music";
  size_t      length = strlen(name);
  for (size_t i = 0; i < count; ++i) {
    size_t root = strlen(roots[i]);
    while (root && roots[i][root - 1] == '/') {
      --root;
    }
    if (strncmp(path, roots[i], root) != 0 || path[root] != '/') {
      continue;
    }
    char const* const below = path + root + strspn(path + root, "/");
    char const* const slash = strchr(below, '/');
    char const* const last  = (char const*)memrchr(roots[i], '/', root);
    char const* const own   = last ? last + 1 : roots[i];
    if (slash) {
      name   = below;
      length = (size_t)(slash - below);
    } else if (*own != '.') {
      name   = own;
      length = (size_t)(roots[i] + root - own);
    }
    break;
  }
  snprintf(style, MN_MELCORP_NAME + 1, "%.*s", (int)length, name);
}

static int
read_heldout_midi(MnFileList const* const  list,
                  char const* const* const roots,
                  size_t const             count,
                  MnHeldout* const         h)
{
  size_t bad = 0;
  for (size_t i = 0; i < list->count && h->windows.count < MN_MAX_WINDOWS; ++i) {
    MnError  error                      = {0};
    uint32_t number                     = 0;
    char     style[MN_MELCORP_NAME + 1] = "";
    style_of(list->paths[i], roots, count, style);
    if (!mn_melcorp_add_tune(&h->styles, style, (uint32_t)i, &number, &error) ||
        !mn_corpus_read_midi(list->paths[i], number, &h->windows, &error)) {
      if (error.status == MN_STATUS_NO_MEMORY) {
        return mn_fail_reading(&error);
      }
      if (!h->windows.told) {
        mn_fail(MN_EXIT_BAD_INPUT, "passed over: %s", error.text);
      }
      ++bad;
    }
  }
  return bad && bad == list->count && !h->windows.count
           ? mn_fail(MN_EXIT_BAD_INPUT, "no MIDI file of the corpus can be read")
           : MN_EXIT_GOOD;
}

typedef struct {
  MnFileList train;
  MnFileList heldout;
  MnFileList midi;
} Files;

static int
list_files(Files* const f, char const* const* const paths, size_t const count)
{
  int status = mn_corpus_list(&f->train, paths, count, mn_corpus_is_train);
  status     = status ? status : mn_corpus_list(&f->heldout, paths, count, is_heldout);
  status = status ? status : mn_corpus_list(&f->midi, paths, count, mn_filelist_is_midi);
  mn_filelist_keep(&f->train, mn_corpus_is_train);
  mn_filelist_keep(&f->heldout, is_heldout);
  mn_filelist_keep(&f->midi, mn_filelist_is_midi);
  if (status) {
    return status;
  }
  if (!f->train.count && !f->heldout.count && f->midi.count > 1) {
    return share_midi(&f->midi, &f->train);
  }
  if (!f->heldout.count && !f->midi.count) {
    return mn_fail(
      MN_EXIT_BAD_INPUT,
      "%s: no held-out part of a corpus (-heldout.bin, -heldout.bin.xz) and no "
      "MIDI file (.mid, .midi)",
      paths[0]);
  }
  if (!f->train.count) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "%s: %s",
                   paths[0],
                   f->heldout.count
                     ? "no train part (-train.bin, -train.bin.xz) beside the held-out one"
                     : "one MIDI file is not enough: it takes two, or the train part of a "
                       "corpus (-train.bin, -train.bin.xz), to compare with");
  }
  return MN_EXIT_GOOD;
}

static int
read_all(Files const* const       f,
         char const* const* const paths,
         size_t const             count,
         MnWindows* const         train,
         MnHeldout* const         h)
{
  bool const corpora = f->train.count && mn_corpus_is_train(f->train.paths[0]);
  int        status  = read_heldout_files(&f->heldout, h);
  status             = status ? status : read_heldout_midi(&f->midi, paths, count, h);
  status             = status ? status : mn_corpus_read_files(&f->train, corpora, train);
  if (status) {
    return status;
  }
  if (!mn_windows_make_distinct(&h->windows)) {
    return mn_fail_memory();
  }
  drop_known(&h->windows, train);
  return MN_EXIT_GOOD;
}

int
mn_heldout_read(char const* const* const paths,
                size_t const             count,
                size_t const             most,
                MnWindows* const         train,
                MnHeldout* const         heldout)
{
  Files files  = {{NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}};
  int   status = list_files(&files, paths, count);
  status       = status ? status : read_all(&files, paths, count, train, heldout);
  mn_filelist_free(&files.train);
  mn_filelist_free(&files.heldout);
  mn_filelist_free(&files.midi);
  if (status == MN_EXIT_GOOD && most) {
    mn_windows_thin(&heldout->windows, most);
  }
  return status ? status : find_styles(heldout);
}

void
mn_heldout_free(MnHeldout* const h)
{
  mn_windows_free(&h->windows);
  free(h->style);
  mn_melcorp_styles_free(&h->styles);
  *h = (MnHeldout){.windows = {.steps = h->windows.steps}};
}
