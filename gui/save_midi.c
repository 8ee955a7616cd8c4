// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "save_midi.h"

#include "base/midi_track.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_NOTES = 1 << 15 };

// A metre that a file can say: whole beats, a power of two to a whole note.
static void
put_metre(MnMidiTrack* const t, double const bar, double const beat)
{
  double const beats = bar / beat;
  double const unit  = log2(16 / beat);
  if (beats >= 1 && beats < 100 && unit >= 0 && unit <= 6 && beats == floor(beats) &&
      unit == floor(unit)) {
    mn_midi_track_metre(t, (unsigned)beats, (unsigned)unit);
  }
}

// What is written, as steps of the past.
static void
find_range(MnView const* const view, int64_t* const from, int64_t* const to)
{
  MnPast const* const past  = &view->past;
  double const        a     = view->pointer.chosen;
  double const        b     = view->pointer.chosen_to;
  int const           first = a >= 0 ? mn_past_find(past, fmin(a, b)) : -1;
  int const           last  = a >= 0 ? mn_past_find(past, fmax(a, b)) : -1;
  *to                       = mn_past_end(past);
  if (first < 0 || last < 0) {
    double const bars =
      MN_SAVE_BARS * (view->roll.bar_length > 1 ? view->roll.bar_length : 16);
    *from = *to > (int64_t)bars ? *to - (int64_t)bars : 0;
    return;
  }
  *from = past->entry[first].at;
  *to   = past->entry[last].at + mn_past_length(past, (unsigned)last);
}

// One voice: a note ends where the next one begins, if not before.
static void
put_notes(MnMidiTrack* const      t,
          MnPastNote const* const notes,
          unsigned const          count,
          int64_t const           from)
{
  for (unsigned i = 0; i < count; ++i) {
    int64_t const next = i + 1 < count ? notes[i + 1].at : INT64_MAX;
    int64_t const end  = notes[i].end < next ? notes[i].end : next;
    mn_midi_track_note(t, notes[i].at - from, true, notes[i].pitch);
    mn_midi_track_note(t, end - from, false, notes[i].pitch);
  }
}

bool
mn_save_midi_write(MnView const* const view, FILE* const file)
{
  MnPastNote* const notes = (MnPastNote*)malloc(MOST_NOTES * sizeof(MnPastNote));
  int64_t           from  = 0;
  int64_t           to    = 0;
  find_range(view, &from, &to);
  unsigned const count =
    notes ? mn_past_notes(&view->past, from, to, MOST_NOTES, notes) : 0;
  MnMidiTrack track;
  bool        good = notes && mn_midi_track_init(&track, count);
  if (good) {
    mn_midi_track_tempo(&track, (double)view->roll.tempo);
    put_metre(&track, view->roll.bar_length, view->roll.beat_length);
    put_notes(&track, notes, count, from);
    good = mn_midi_track_write(&track, file);
    mn_midi_track_free(&track);
  }
  free(notes);
  return good;
}

// A new file that did not exist, or -1.
static int
open_new(char path[PATH_MAX])
{
  char const* const home = getenv("HOME");
  char              folder[PATH_MAX / 2];
  char              stamp[40];
  struct stat       status;
  time_t const      now = time(NULL);
  struct tm         local;
  snprintf(folder, sizeof(folder), "%s/Music", home && *home ? home : ".");
  if (stat(folder, &status) || !S_ISDIR(status.st_mode)) {
    snprintf(folder, sizeof(folder), "%s", home && *home ? home : ".");
  }
  localtime_r(&now, &local);
  strftime(stamp, sizeof(stamp), "%Y-%m-%d %H.%M.%S", &local);
  for (int i = 1; i < 100; ++i) {
    char more[8] = "";
    if (i > 1) {
      snprintf(more, sizeof(more), " %d", i);
    }
    snprintf(path, PATH_MAX, "%s/heard %s%s.mid", folder, stamp, more);
    int const file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) {
      return file;
    }
  }
  return -1;
}

bool
mn_save_midi(MnView* const view, char path[PATH_MAX])
{
  int const   number = open_new(path);
  FILE* const file   = number < 0 ? NULL : fdopen(number, "wb");
  bool        good   = file && mn_save_midi_write(view, file);
  int const   error  = errno;
  if (file) {
    good = fclose(file) == 0 && good;
  } else if (number >= 0) {
    close(number);
  }
  if (!good && number >= 0) {
    unlink(path);
  }
  snprintf(view->notice,
           sizeof(view->notice),
           good ? "Written: %.400s" : "%.400s cannot be written: %s",
           path,
           strerror(error));
  return good;
}
