// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// libsmf could write this file, but it would bring GLib into every host that opens a window.

#include "save_midi.h"

#include "base/midi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TICKS = 480, STEP = TICKS / 4, VELOCITY = 100, MOST_NOTES = 1 << 15 };

// A track as it grows.
typedef struct {
  uint8_t* bytes;
  size_t   size;
  size_t   room;
  int64_t  tick; ///< of the last event
} Track;

static void
put(Track* const t, uint8_t const byte)
{
  if (t->size < t->room) {
    t->bytes[t->size++] = byte;
  }
}

// Starts an event: the time since the last one, as a variable-length quantity.
static void
put_time(Track* const t, int64_t const tick)
{
  uint64_t const passed = (uint64_t)(tick > t->tick ? tick - t->tick : 0);
  t->tick               = tick;
  for (int shift = 21; shift > 0; shift -= 7) {
    if (passed >> shift) {
      put(t, (uint8_t)(0x80 | (passed >> shift & 0x7F)));
    }
  }
  put(t, (uint8_t)(passed & 0x7F));
}

static void
put_tempo(Track* const t, double const bpm)
{
  uint32_t const micros = (uint32_t)lround(60e6 / (bpm >= 4 && bpm < 1000 ? bpm : 120));
  put_time(t, 0);
  put(t, 0xFF);
  put(t, 0x51);
  put(t, 3);
  put(t, (uint8_t)(micros >> 16));
  put(t, (uint8_t)(micros >> 8));
  put(t, (uint8_t)micros);
}

// A metre that a file can say: whole beats, a power of two to a whole note.
static void
put_metre(Track* const t, double const bar, double const beat)
{
  double const beats = bar / beat;
  double const unit  = log2(16 / beat);
  if (!(beats >= 1 && beats < 100 && unit >= 0 && unit <= 6) || beats != floor(beats) ||
      unit != floor(unit)) {
    return;
  }
  put_time(t, 0);
  put(t, 0xFF);
  put(t, 0x58);
  put(t, 4);
  put(t, (uint8_t)beats);
  put(t, (uint8_t)unit);
  put(t, 24);
  put(t, 8);
}

static void
put_note(Track* const t, int64_t const tick, bool const on, int const pitch)
{
  put_time(t, tick);
  put(t, on ? MN_MIDI_NOTE_ON : MN_MIDI_NOTE_OFF);
  put(t, (uint8_t)pitch);
  put(t, on ? VELOCITY : 0);
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
put_notes(Track* const            t,
          MnPastNote const* const notes,
          unsigned const          count,
          int64_t const           from)
{
  for (unsigned i = 0; i < count; ++i) {
    int64_t const next = i + 1 < count ? notes[i + 1].at : INT64_MAX;
    int64_t const end  = notes[i].end < next ? notes[i].end : next;
    put_note(t, (notes[i].at - from) * STEP, true, notes[i].pitch);
    put_note(t, (end - from) * STEP, false, notes[i].pitch);
  }
  put_time(t, t->tick);
  put(t, 0xFF);
  put(t, 0x2F);
  put(t, 0);
}

static bool
write_file(Track const* const t, FILE* const file)
{
  size_t const  size     = t->size;
  uint8_t const head[22] = {'M',
                            'T',
                            'h',
                            'd',
                            0,
                            0,
                            0,
                            6,
                            0,
                            0,
                            0,
                            1,
                            TICKS >> 8,
                            TICKS & 0xFF,
                            'M',
                            'T',
                            'r',
                            'k',
                            (uint8_t)(size >> 24),
                            (uint8_t)(size >> 16),
                            (uint8_t)(size >> 8),
                            (uint8_t)size};
  return fwrite(head, 1, sizeof(head), file) == sizeof(head) &&
         fwrite(t->bytes, 1, size, file) == size && fflush(file) == 0;
}

bool
mn_save_midi_write(MnView const* const view, FILE* const file)
{
  enum { EVENT = 4 + 3, HEAD = 64 };
  MnPastNote* const notes = (MnPastNote*)malloc(MOST_NOTES * sizeof(MnPastNote));
  int64_t           from  = 0;
  int64_t           to    = 0;
  find_range(view, &from, &to);
  unsigned const count =
    notes ? mn_past_notes(&view->past, from, to, MOST_NOTES, notes) : 0;
  Track t   = {.room = HEAD + (size_t)count * 2 * EVENT};
  t.bytes   = (uint8_t*)malloc(t.room);
  bool good = notes && t.bytes;
  if (good) {
    put_tempo(&t, (double)view->roll.tempo);
    put_metre(&t, view->roll.bar_length, view->roll.beat_length);
    put_notes(&t, notes, count, from);
    good = write_file(&t, file);
  }
  free(t.bytes);
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

void
mn_save_midi(MnView* const view)
{
  char        path[PATH_MAX] = "";
  int const   number         = open_new(path);
  FILE* const file           = number < 0 ? NULL : fdopen(number, "wb");
  bool        good           = file && mn_save_midi_write(view, file);
  int const   error          = errno;
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
}
