// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midifile.h"

#include "base/midi.h"
#include "midibytes.h"
#include "smfclean.h"
#include "ticks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <smf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Some 100 bytes of libsmf's memory go to an event, which may be 3 bytes long.
enum {
  MAX_FILE     = 16 << 20,
  MAX_GIB      = 2, // of memory
  CPU_SECONDS  = 8,
  WALL_SECONDS = 30,
  PIPED        = 256, // events at once
};

// The address sanitizer reserves terabytes.
#if defined(__SANITIZE_ADDRESS__)
#  define LIMITS_MEMORY 0
#elif defined(__has_feature)
#  define LIMITS_MEMORY !__has_feature(address_sanitizer)
#else
#  define LIMITS_MEMORY 1
#endif

static bool
read_fully(int const fd, void* const bytes, size_t const size, size_t* const got)
{
  *got = 0;
  while (*got < size) {
    ssize_t const part = read(fd, (char*)bytes + *got, size - *got);
    if (part < 0 && errno == EINTR) {
      continue;
    }
    if (part <= 0) {
      return part == 0;
    }
    *got += (size_t)part;
  }
  return true;
}

static bool
write_fully(int const fd, void const* const bytes, size_t const size)
{
  for (size_t done = 0; done < size;) {
    ssize_t const part = write(fd, (char const*)bytes + done, size - done);
    if (part < 0 && errno != EINTR) {
      return false;
    }
    done += part > 0 ? (size_t)part : 0;
  }
  return true;
}

static bool
load_clean(char const* const path,
           bool const        strict,
           MnCleanSmf* const clean,
           MnError* const    error)
{
  MnContents file;
  if (!mn_midi_bytes(&file, path, MAX_FILE, error)) {
    return false;
  }
  bool const good = mn_smf_clean(file.data, file.size, strict, clean, error);
  mn_contents_free(&file);
  return good;
}

// Copies what we need of an event. @return false if we need nothing.
static bool
translate(smf_event_t const* const from, MnMidiEvent* const to)
{
  uint8_t const* const b    = from->midi_buffer;
  int const            size = from->midi_buffer_length;
  to->tick                  = (uint32_t)from->time_pulses;
  if (b[0] != MN_MIDI_META) {
    bool const program = (b[0] & MN_MIDI_KIND) == MN_MIDI_PROGRAM;
    to->kind           = program ? MN_MIDI_PROGRAM_CHANGE : MN_MIDI_MESSAGE;
    memcpy(to->bytes, b, size <= 3 ? (size_t)size : 0);
    return size == (program ? 2 : 3);
  }
  switch (b[1]) {
  case MN_META_TEMPO:
    to->kind  = MN_MIDI_TEMPO;
    to->tempo = (uint32_t)b[3] << 16 | (uint32_t)b[4] << 8 | b[5];
    return size == 3 + MN_TEMPO_BYTES;
  case MN_META_METRE:
    to->kind = MN_MIDI_METRE;
    memcpy(to->bytes, b + 3, 2);
    return size == 3 + MN_METRE_BYTES;
  case MN_META_END:
    to->kind = MN_MIDI_END;
    return true;
  default:
    return false;
  }
}

static bool
send_track(smf_track_t const* const track,
           uint16_t const           number,
           uint32_t* const          order,
           int const                fd)
{
  MnMidiEvent some[PIPED];
  size_t      used = 0;
  for (int i = 1; i <= track->number_of_events; ++i) {
    smf_event_t const* const event = smf_track_get_event_by_number(track, i);
    MnMidiEvent              taken = {.order = (*order)++, .track = number};
    if (!event || !event->midi_buffer) {
      return false;
    }
    if (translate(event, &taken)) {
      some[used++] = taken;
    }
    if (used == PIPED) {
      if (!write_fully(fd, some, sizeof(some))) {
        return false;
      }
      used = 0;
    }
  }
  return write_fully(fd, some, used * sizeof(*some));
}

// Sends all events; false unless libsmf has found every one of them.
static bool
send_events(MnCleanSmf const* const clean, int const fd)
{
  smf_t* const smf = smf_load_from_memory(clean->bytes, (int)clean->size);
  if (!smf || smf->number_of_tracks != (int)clean->tracks) {
    return false;
  }
  uint32_t order = 0;
  for (int t = 1; t <= smf->number_of_tracks; ++t) {
    if (!send_track(smf_get_track_by_number(smf, t), (uint16_t)(t - 1), &order, fd)) {
      return false;
    }
  }
  return order == clean->events;
}

static void
set_limit(int const what, rlim_t const value)
{
  struct rlimit const limit = {value, value};
  setrlimit((__rlimit_resource_t)what, &limit);
}

// The child process, from start to end.
static _Noreturn void
parse(MnCleanSmf const* const clean, int const fd)
{
  // Other threads have pipes to children, which end when all copies are closed.
  int const kept = dup2(fd, STDERR_FILENO + 1);
  close_range((unsigned)kept + 1, ~0U, 0);
  // libsmf and glib print messages about files.
  int const nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);

  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_CPU, CPU_SECONDS);
  if (LIMITS_MEMORY) { // what it writes to: threads reserve much more than they use
    set_limit(RLIMIT_DATA, (rlim_t)MAX_GIB << 30);
  }
  signal(SIGALRM, SIG_DFL);
  alarm(WALL_SECONDS);
  _exit(send_events(clean, kept) ? 0 : 1);
}

// Waits for the child. @return whether it succeeded.
static bool
reap(pid_t const child, MnError* const error)
{
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
      return false;
    }
  }
  if (WIFSIGNALED(status)) {
    int const  by   = WTERMSIG(status);
    bool const time = by == SIGXCPU || by == SIGALRM || by == SIGKILL;
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 time ? "it takes too long to read (%s)" : "libsmf crashed on it (%s)",
                 strsignal(by));
    return false;
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "libsmf cannot read it");
    return false;
  }
  return true;
}

static bool
is_sane(MnMidiEvent const* const event)
{
  return event->tick <= INT32_MAX && event->kind <= MN_MIDI_END &&
         ((event->kind != MN_MIDI_MESSAGE && event->kind != MN_MIDI_PROGRAM_CHANGE) ||
          (event->bytes[0] & MN_MIDI_STATUS && event->bytes[1] <= MN_MIDI_MAX));
}

// Takes the events that the child sends: at most `most`.
static bool
receive(int const fd, size_t const most, MnMidiEvent* const events, size_t* const count)
{
  size_t got = 0;
  if (!read_fully(fd, events, most * sizeof(*events), &got) || got % sizeof(*events)) {
    return false;
  }
  *count = got / sizeof(*events);
  for (size_t i = 0; i < *count; ++i) {
    if (!is_sane(&events[i])) {
      return false;
    }
  }
  return true;
}

// Nothing is wrong with the file: memory, processes or descriptors ran out.
static void
fail_to_start(MnError* const error)
{
  mn_error_set(error, MN_STATUS_NO_MEMORY, "%s", strerror(errno));
}

static bool
parse_apart(MnCleanSmf const* const clean,
            MnMidiEvent* const      events,
            size_t* const           count,
            MnError* const          error)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) {
    fail_to_start(error);
    return false;
  }
  pid_t const child = fork();
  if (child == 0) {
    close(ends[0]);
    parse(clean, ends[1]);
  }
  close(ends[1]);
  if (child < 0) {
    fail_to_start(error);
    close(ends[0]);
    return false;
  }
  bool const received = receive(ends[0], clean->events, events, count);
  close(ends[0]); // a child that would send more ends
  if (!reap(child, error)) {
    return false;
  }
  if (!received) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "libsmf made nonsense of it");
  }
  return received;
}

static int
compare(void const* const left, void const* const right)
{
  MnMidiEvent const* const a = (MnMidiEvent const*)left;
  MnMidiEvent const* const b = (MnMidiEvent const*)right;
  if (a->tick != b->tick) {
    return a->tick < b->tick ? -1 : 1;
  }
  return (a->order > b->order) - (a->order < b->order);
}

// Parses a file, and puts its events on one time in parts of a quarter note.
static bool
read_events(MnCleanSmf const* const clean, MnMidiFile* const file, MnError* const error)
{
  file->ppqn     = clean->ppqn;
  file->names    = clean->names;
  file->in_a_row = clean->in_a_row;
  file->faults   = clean->faults;
  file->events   = (MnMidiEvent*)malloc(clean->events * sizeof(*file->events));
  if (!file->events) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  if (!parse_apart(clean, file->events, &file->count, error) ||
      (clean->in_a_row && !mn_ticks_in_a_row(file->events, file->count, error))) {
    return false;
  }
  qsort(file->events, file->count, sizeof(*file->events), compare);
  return clean->seconds <= 0 ||
         mn_ticks_of_seconds(file->events, file->count, clean->seconds, clean->ppqn, error);
}

bool
mn_midifile_read(MnMidiFile* const file,
                 char const* const path,
                 bool const        strict,
                 MnError* const    error)
{
  MnError    reason = {0};
  MnCleanSmf clean  = {0};
  *file             = (MnMidiFile){0};
  bool good         = load_clean(path, strict, &clean, &reason);
  if (good) {
    good = read_events(&clean, file, &reason);
    free(clean.bytes);
  }
  if (!good) {
    free(file->events);
    file->events = NULL;
    mn_error_set(error, reason.status, "%.200s: %.280s", mn_midi_name(path), reason.text);
  }
  return good;
}
