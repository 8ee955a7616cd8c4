// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// A stream of MIDI bytes into a melody, and windows out of it: tokens are of the
// alphabet, and what the melody remembers stays consistent.

#include "fuzz.h"
#include "notes/melody.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 8, CHECKED_EVERY = 16 };

// The numbers of notes and of those that a pedal holds agree with the table.
static void
check_held(MnMelody const* const m)
{
  unsigned sounding = 0;
  for (unsigned c = 0; c < MN_CHANNELS; ++c) {
    for (unsigned k = 0; k < MN_KEYS; ++k) {
      bool const held     = m->held[c][k] != INT64_MIN;
      bool const released = m->released[k] >> c & 1;
      FUZZ_CHECK(!held || (k >= MN_LOWEST_NOTE && k <= MN_HIGHEST_NOTE));
      FUZZ_CHECK(!released || held);
      FUZZ_CHECK(!released || m->channels.sustained >> c & 1);
      sounding += held;
    }
  }
  FUZZ_CHECK(sounding == m->sounding);
}

// A window: as many note-ons as it says, and a note ends once, after it began.
static void
check_window(MnMelody const* const m, int64_t const start, unsigned const steps)
{
  uint8_t* const tokens = (uint8_t*)fuzz_memory(steps);
  memset(tokens, 0xFF, steps);
  unsigned const onsets = mn_melody_tokens(m, start, steps, tokens);
  unsigned       found  = 0;
  bool           sounds = false;
  for (unsigned i = 0; i < steps; ++i) {
    FUZZ_CHECK(tokens[i] < MN_CLASSES);
    FUZZ_CHECK(tokens[i] != MN_NOTE_OFF || sounds);
    found += tokens[i] > MN_NOTE_OFF;
    sounds = tokens[i] == MN_HOLD ? sounds : tokens[i] > MN_NOTE_OFF;
  }
  FUZZ_CHECK(found == onsets);
  free(tokens);
}

static MnVoice
take_voice(Input* const in)
{
  return (MnVoice)(input_take(in, 1) % MN_VOICE_COUNT);
}

static unsigned
take_channel(Input* const in)
{
  return (unsigned)input_take(in, 1) % (MN_CHANNELS + 1); // with MN_CHANNEL_ANY
}

// Time never goes back by more than half a step, and may leap.
static double
move(Input* const in, double const position)
{
  uint64_t const by = input_take(in, 1);
  return by < 192   ? position + (double)by / 32
         : by < 224 ? position + (double)(by - 192) * 16
         : by < 240 ? position + (double)input_take(in, 4)
                    : position;
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  Input           in       = {input, input + size};
  MnMelody* const m        = (MnMelody*)fuzz_memory(sizeof(*m));
  MnVoice const   voice    = take_voice(&in);
  double          position = (double)(int32_t)input_take(&in, 4);
  mn_melody_init(m, voice, take_channel(&in));
  for (unsigned i = 1; input_left(&in); ++i) {
    uint64_t const what = input_take(&in, 1);
    position            = move(&in, position);
    double const jitter = what & 0x40 ? -0.5 : 0;
    if (what & 0x80) { // a message as it should be
      uint8_t const message[] = {
        (uint8_t)what, (uint8_t)input_take(&in, 1), (uint8_t)input_take(&in, 1)};
      mn_melody_midi(m, position, message, sizeof(message));
    } else if (what % 8 < 4) { // any bytes
      size_t               length   = 0;
      uint8_t const* const bytes    = input_bytes(&in, what % MOST_BYTES, &length);
      uint8_t* const       own_copy = (uint8_t*)fuzz_memory(length);
      memcpy(own_copy, bytes, length);
      mn_melody_midi(m, position + jitter, own_copy, length);
      free(own_copy);
    } else if (what % 8 == 4) {
      MnVoice const other = take_voice(&in);
      mn_melody_set_filter(m, other, take_channel(&in));
    } else if (what % 8 == 5) {
      mn_melody_clear(m);
    } else {
      unsigned const steps = 1 + (unsigned)input_take(&in, 1) % MN_MAX_STEPS;
      int64_t const  back  = (int64_t)input_take(&in, 2);
      check_window(m, mn_step_round(position) - back, steps);
    }
    if (i % CHECKED_EVERY == 0) {
      check_held(m); // takes longer than all the rest
    }
  }
  check_held(m);
  check_window(m, mn_step_round(position) - MN_MAX_STEPS + 1, MN_MAX_STEPS);
  free(m);
  return 0;
}
