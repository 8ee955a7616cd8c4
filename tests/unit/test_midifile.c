// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What libsmf may do to the program that reads a MIDI file. It is linked so that a function
// here is called in its place.

#include "check.h"
#include "midi/midifile.h"
#include "model_file.h"

#include <smf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char const path[] = "some.mid";

// One note, and the end of the track.
static uint8_t const note[] = {'M', 'T', 'h', 'd',  0,   0,   0, 6,    0,    0,  0, 1,
                               0,   96,  'M', 'T',  'r', 'k', 0, 0,    0,    12, 0, 0x90,
                               60,  64,  96,  0x80, 60,  64,  0, 0xFF, 0x2F, 0};

static enum { READS, LOOKS_AT_LIMITS, TAKES_MEMORY, NEVER_RETURNS, CRASHES } libsmf;

enum { MOST_SECONDS = 10, MOST_WAIT = 60 };

static size_t const too_much = (size_t)3 << 30;

smf_t*
__real_smf_load_from_memory(void const* bytes, int size);

smf_t*
__wrap_smf_load_from_memory(void const* bytes, int size);

// Whether nothing runs for long, or leaves a core.
static bool
has_limits(void)
{
  struct rlimit  cpu;
  struct rlimit  core;
  unsigned const left = alarm(0);
  return !getrlimit(RLIMIT_CPU, &cpu) && cpu.rlim_max <= MOST_SECONDS &&
         !getrlimit(RLIMIT_CORE, &core) && !core.rlim_max && left && left <= MOST_WAIT;
}

// Called in the process that parses. NULL means that libsmf cannot read the file.
smf_t*
__wrap_smf_load_from_memory(void const* const bytes, int const size)
{
  bool good = true;
  switch (libsmf) {
  case LOOKS_AT_LIMITS:
    good = has_limits();
    break;
  case TAKES_MEMORY: {
    void* volatile const memory = malloc(too_much);
    good                        = !memory;
    free(memory);
    break;
  }
  case NEVER_RETURNS:
    for (unsigned volatile i = 0;; ++i) {
    }
  case CRASHES:
    abort();
  default:
    break;
  }
  return good ? __real_smf_load_from_memory(bytes, size) : NULL;
}

static bool
read_note(MnError* const error)
{
  MnMidiFile file;
  write_bytes(path, note, sizeof(note));
  bool const good = mn_midifile_read(&file, path, false, error);
  if (good) {
    assert_int_equal(file.count, 3);
    assert_int_equal(file.ppqn, 96);
    assert_int_equal(file.events[1].tick, 96);
    assert_int_equal(file.faults.count, 0);
  }
  free(file.events);
  return good;
}

static void
a_file_is_read(void** const state)
{
  (void)state;
  MnError error = {0};
  libsmf        = READS;
  assert_true(read_note(&error));
}

static void
libsmf_has_little_time(void** const state)
{
  (void)state;
  MnError error = {0};
  libsmf        = LOOKS_AT_LIMITS;
  assert_true(read_note(&error));
}

static void
libsmf_has_little_memory(void** const state)
{
  (void)state;
#if defined(__SANITIZE_ADDRESS__)
  print_message("skipped: a sanitizer takes more memory than the limit\n");
  skip();
#endif
  MnError error = {0};
  libsmf        = TAKES_MEMORY;
  assert_true(read_note(&error));
}

static void
a_file_that_libsmf_never_ends_with_is_refused(void** const state)
{
  (void)state;
  MnError error = {0};
  libsmf        = NEVER_RETURNS;
  alarm(MOST_WAIT); // ends this program, too
  assert_false(read_note(&error));
  alarm(0);
  assert_int_equal(error.status, MN_STATUS_BAD_INPUT);
  assert_non_null(strstr(error.text, "it takes too long to read"));
}

static void
a_file_that_crashes_libsmf_is_refused(void** const state)
{
  (void)state;
  MnError error = {0};
  libsmf        = CRASHES;
  assert_false(read_note(&error));
  assert_int_equal(error.status, MN_STATUS_BAD_INPUT);
  assert_non_null(strstr(error.text, "libsmf crashed on it"));
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(a_file_is_read),
    FILE_TEST(libsmf_has_little_time),
    FILE_TEST(libsmf_has_little_memory),
    FILE_TEST(a_file_that_libsmf_never_ends_with_is_refused),
    FILE_TEST(a_file_that_crashes_libsmf_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
