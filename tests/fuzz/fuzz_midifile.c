// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The reader of MIDI files. The first byte chooses: any file; the body of a track
// in a file that is fine else; or one of these through the reader as the program
// calls it, which takes a process of its own and is slow. What is cleaned goes to
// libsmf in this very process, for which an assertion would be the end.

#include "base/midi.h"
#include "fuzz.h"
#include "midi/midifile.h"
#include "midi/smfclean.h"

#include <smf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 14, CHUNK = 8, WHOLE = 250, MOST_PPQN = 0x7FFF };

// Libsmf must find all that the cleaner says there is, in bounds.
static void
check_parsed(MnCleanSmf const* const clean)
{
  // Not a byte more than there is, for valgrind to see what libsmf does.
  uint8_t* const bytes = (uint8_t*)fuzz_memory(clean->size);
  memcpy(bytes, clean->bytes, clean->size);
  smf_t* const smf = smf_load_from_memory(bytes, (int)clean->size);
  FUZZ_CHECK(smf && smf->number_of_tracks == (int)clean->tracks);
  FUZZ_CHECK(smf->ppqn == (int)clean->ppqn);
  size_t events = 0;
  for (int t = 1; t <= smf->number_of_tracks; ++t) {
    smf_track_t* const track = smf_get_track_by_number(smf, t);
    uint8_t const*     last  = NULL;
    for (int i = 1; i <= track->number_of_events; ++i) {
      smf_event_t const* const event = smf_track_get_event_by_number(track, i);
      FUZZ_CHECK(event && event->midi_buffer && event->midi_buffer_length > 0);
      FUZZ_CHECK(event->time_pulses >= 0);
      last = event->midi_buffer;
      ++events;
    }
    FUZZ_CHECK(last && last[0] == MN_MIDI_META && last[1] == MN_META_END);
  }
  FUZZ_CHECK(events == clean->events);
  smf_delete(smf);
  free(bytes);
}

// What was cleaned is clean: cleaned again, it is the same.
static void
check_clean(MnCleanSmf const* const clean)
{
  MnError    error = {0};
  MnCleanSmf again = {0};
  FUZZ_CHECK(clean->ppqn > 0 && clean->ppqn <= MOST_PPQN && clean->tracks > 0);
  FUZZ_CHECK(mn_smf_clean(clean->bytes, clean->size, true, &again, &error));
  FUZZ_CHECK(!again.faults.count && again.size == clean->size &&
             again.events == clean->events);
  FUZZ_CHECK(!memcmp(again.bytes, clean->bytes, clean->size));
  free(again.bytes);
}

// A file without faults is read as the strict read it, and each fault is told.
static void
check_faults(uint8_t const* const bytes, size_t const size, MnCleanSmf const* const clean)
{
  MnError    error  = {0};
  MnCleanSmf strict = {0};
  if (mn_smf_clean(bytes, size, true, &strict, &error)) {
    FUZZ_CHECK(!strict.faults.count);
    FUZZ_CHECK(clean->faults.count || (strict.size == clean->size &&
                                       !memcmp(strict.bytes, clean->bytes, clean->size)));
    free(strict.bytes);
  }
  for (size_t i = 0; i < clean->faults.count && i < MN_FAULTS_TOLD; ++i) {
    FUZZ_CHECK(*clean->faults.first[i].what && *clean->faults.first[i].mended);
  }
}

// What was mended for writing is sound, and holds the same as what was cleaned.
static void
check_mended(uint8_t const* const bytes, size_t const size, MnCleanSmf const* const clean)
{
  MnError    error  = {0};
  MnCleanSmf mended = {0};
  MnCleanSmf again  = {0};
  FUZZ_CHECK(mn_smf_mend(bytes, size, false, &mended, &error));
  FUZZ_CHECK(mended.events == clean->events && mended.tracks == clean->tracks);
  FUZZ_CHECK(mn_smf_clean(mended.bytes, mended.size, false, &again, &error));
  FUZZ_CHECK(!again.faults.count && again.size == clean->size &&
             !memcmp(again.bytes, clean->bytes, clean->size));
  free(again.bytes);
  free(mended.bytes);
}

static void
try_cleaner(uint8_t const* const bytes, size_t const size)
{
  MnError    error = {0};
  MnCleanSmf clean = {0};
  if (mn_smf_clean(bytes, size, false, &clean, &error)) {
    check_clean(&clean);
    check_parsed(&clean);
    check_faults(bytes, size, &clean);
    check_mended(bytes, size, &clean);
    free(clean.bytes);
  } else {
    FUZZ_CHECK(*error.text);
    FUZZ_CHECK(!mn_smf_clean(bytes, size, true, &clean, &error));
  }
}

static void
try_reader(uint8_t const* const bytes, size_t const size)
{
  char const* const path  = fuzz_file(bytes, size);
  MnError           error = {0};
  MnMidiFile        file;
  if (!mn_midifile_read(&file, path, false, &error)) {
    FUZZ_CHECK(!file.events);
    fuzz_check_reason(error.text, path);
    FUZZ_CHECK(!strstr(error.text, "libsmf")); // the child is the last resort
    return;
  }
  MnMidiEvent const* const events = file.events;
  FUZZ_CHECK(file.ppqn > 0 && file.ppqn <= MOST_PPQN);
  for (size_t i = 0; i < file.count; ++i) {
    FUZZ_CHECK(events[i].tick <= INT32_MAX && events[i].kind <= MN_MIDI_END);
    FUZZ_CHECK(!i || events[i].tick >= events[i - 1].tick);
    FUZZ_CHECK(events[i].kind != MN_MIDI_MESSAGE ||
               (events[i].bytes[0] & 0x80 && !(events[i].bytes[1] & 0x80) &&
                !(events[i].bytes[2] & 0x80)));
  }
  free(file.events);
}

// A file of one track with this body.
static uint8_t*
wrap(uint8_t const* const body, size_t const length)
{
  static uint8_t const head[] = "MThd\0\0\0\6\0\1\0\1\0\x60MTrk";
  uint8_t* const       file   = (uint8_t*)fuzz_memory(HEADER + CHUNK + length);
  memcpy(file, head, HEADER + 4);
  for (unsigned i = 0; i < 4; ++i) {
    file[HEADER + 4 + i] = (uint8_t)(length >> 8 * (3 - i));
  }
  memcpy(file + HEADER + CHUNK, body, length);
  return file;
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  if (!size) {
    return 0;
  }
  bool const     is_body = input[0] & 1;
  size_t const   length  = size - 1;
  size_t const   all     = is_body ? HEADER + CHUNK + length : length;
  uint8_t* const file    = is_body ? wrap(input + 1, length) : (uint8_t*)fuzz_memory(all);
  if (!is_body) {
    memcpy(file, input + 1, length);
  }
  try_cleaner(file, all);
  if (input[0] >= WHOLE) {
    try_reader(file, all);
  }
  free(file);
  return 0;
}
