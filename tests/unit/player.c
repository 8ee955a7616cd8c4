// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"

#include "player.h"

#include <string.h>

bool
play(MnMelody* const m,
     double const    position,
     unsigned const  status,
     unsigned const  data1,
     unsigned const  data2)
{
  uint8_t const message[] = {(uint8_t)status, (uint8_t)data1, (uint8_t)data2};
  return mn_melody_midi(m, position, message, sizeof(message));
}

bool
on(MnMelody* const m, double const position, unsigned const pitch)
{
  return play(m, position, 0x90, pitch, 100);
}

void
off(MnMelody* const m, double const position, unsigned const pitch)
{
  assert_false(play(m, position, 0x80, pitch, 64));
}

void
control(MnMelody* const m,
        double const    position,
        unsigned const  channel,
        unsigned const  controller,
        unsigned const  value)
{
  assert_false(play(m, position, 0xB0 | (channel - 1), controller, value));
}

void
configure_mpe(MnMelody* const m,
              double const    position,
              unsigned const  master,
              unsigned const  members)
{
  control(m, position, master, 101, 0);
  control(m, position, master, 100, 6);
  control(m, position, master, 6, members);
}

MnMelody
empty(void)
{
  MnMelody m;
  mn_melody_init(&m, MN_VOICE_HIGHEST, MN_CHANNEL_ANY);
  return m;
}

void
assert_tokens(MnMelody const* const m,
              int64_t const         start,
              unsigned const        count,
              uint8_t const* const  expected)
{
  uint8_t  all[MN_STEPS_2BAR] = {0};
  uint8_t  tokens[MN_STEPS_2BAR];
  unsigned onsets = 0;
  memcpy(all, expected, count);
  for (unsigned i = 0; i < count; ++i) {
    onsets += expected[i] > MN_NOTE_OFF;
  }
  assert_int_equal(mn_melody_tokens(m, start, MN_STEPS_2BAR, tokens), onsets);
  assert_memory_equal(tokens, all, sizeof(all));
}
