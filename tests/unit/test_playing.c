// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What players and their instruments do: pedals, keys struck twice, panic, floods.

#include "check.h"

#include "player.h"

static void
the_pedal_sustains_a_note_whose_key_is_up(void** const state)
{
  (void)state;
  for (unsigned down = 0; down < 128; down += 21) {
    MnMelody m = empty();
    control(&m, 0, 1, 64, down);
    on(&m, 0, C4);
    off(&m, 1, C4);
    assert_int_equal(m.sounding, down >= 64);
    control(&m, 4, 1, 64, 63);
    assert_int_equal(m.sounding, 0);
    uint8_t const held[]   = {CLASS_C4, 0, 0, 0, MN_NOTE_OFF};
    uint8_t const short_[] = {CLASS_C4, MN_NOTE_OFF, 0, 0, 0};
    assert_tokens(&m, 0, 5, down >= 64 ? held : short_);
  }
}

static void
the_pedal_leaves_keys_that_are_down_alone(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  control(&m, 2, 1, 64, 0);
  assert_int_equal(m.sounding, 1);
  off(&m, 4, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
a_pedal_pressed_after_the_key_is_up_is_too_late(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  off(&m, 1, C4);
  control(&m, 1, 1, 64, 127);
  ASSERT_TOKENS(&m, 0, CLASS_C4, MN_NOTE_OFF);
}

static void
the_noise_of_a_half_pedal_does_nothing(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 100);
  on(&m, 0, C4);
  off(&m, 1, C4);
  for (unsigned value = 64; value < 128; ++value) {
    control(&m, 1 + value / 64.0, 1, 64, value);
  }
  off(&m, 3, C4); // nor does a second release
  assert_int_equal(m.sounding, 1);
  control(&m, 4, 1, 64, 40);
  control(&m, 5, 1, 64, 10);
  control(&m, 6, 1, 64, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
a_pedal_acts_on_its_own_channel(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 2, 64, 127);
  on(&m, 0, C4);
  play(&m, 0, 0x91, C4 - 12, 100);
  off(&m, 1, C4);
  play(&m, 1, 0x81, C4 - 12, 0);
  assert_int_equal(m.sounding, 1);
  ASSERT_TOKENS(&m, 0, CLASS_C4, MN_NOTE_OFF);
  control(&m, 2, 1, 64, 0);
  assert_int_equal(m.sounding, 1);
  control(&m, 3, 2, 64, 0);
  assert_int_equal(m.sounding, 0);
}

static void
a_sustained_key_struck_again_ends_and_starts_a_note(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  off(&m, 1, C4);
  on(&m, 3, C4);
  assert_int_equal(m.sounding, 1);
  control(&m, 5, 1, 64, 0); // its key is still down
  assert_int_equal(m.sounding, 1);
  off(&m, 6, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, CLASS_C4, 0, 0, MN_NOTE_OFF);
}

static void
a_sustained_key_struck_again_on_its_step_is_one_note(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  off(&m, 0.1, C4);
  on(&m, 0.2, C4);
  control(&m, 2, 1, 64, 0);
  assert_int_equal(m.sounding, 1);
  off(&m, 4, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
all_sound_off_ends_sustained_notes_too(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  on(&m, 0, C4 - 5);
  off(&m, 1, C4);
  control(&m, 3, 1, 120, 0);
  assert_int_equal(m.sounding, 0);
  on(&m, 4, C4); // the pedal is still down
  off(&m, 5, C4);
  assert_int_equal(m.sounding, 1);
  control(&m, 6, 1, 64, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, MN_NOTE_OFF, CLASS_C4, 0, MN_NOTE_OFF);
}

static void
all_notes_off_releases_keys_which_the_pedal_sustains(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  control(&m, 2, 1, 123, 0);
  assert_int_equal(m.sounding, 1);
  control(&m, 4, 1, 64, 0);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
reset_all_controllers_lifts_the_pedal(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4 - 5);
  on(&m, 0, C4);
  off(&m, 1, C4);
  control(&m, 3, 1, 121, 0);
  assert_int_equal(m.sounding, 1); // the note of the key that is down
  off(&m, 4, C4 - 5);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, MN_NOTE_OFF);
}

static void
a_break_forgets_notes_but_the_foot_stays_on_the_pedal(void** const state)
{
  (void)state;
  for (unsigned way = 0; way < 3; ++way) {
    MnMelody m = empty();
    control(&m, 0, 1, 64, 127);
    configure_mpe(&m, 0, 16, 6);
    on(&m, 0, C4 + 7);
    off(&m, 1, C4 + 7);
    if (way == 0) {
      mn_melody_clear(&m);
    } else if (way == 1) {
      mn_melody_set_filter(&m, MN_VOICE_LOWEST, MN_CHANNEL_ANY);
    } else {
      mn_melody_init(&m, MN_VOICE_HIGHEST, MN_CHANNEL_ANY);
    }
    assert_int_equal(m.sounding, 0);
    on(&m, 2, C4);
    off(&m, 3, C4);
    assert_int_equal(m.sounding, way < 2);
    assert_int_equal(play(&m, 3, 0x99, C4, 100), way < 2);
    control(&m, 5, 1, 64, 0);
    assert_int_equal(m.sounding, way < 2); // the note of channel 10
  }
}

static void
another_filter_is_heard_at_once_and_forgets_the_notes(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  mn_melody_set_filter(&m, MN_VOICE_LOWEST, 2);
  assert_false(on(&m, 1, C4));
  assert_true(play(&m, 1, 0x91, C4, 100));
  assert_true(play(&m, 1, 0x91, C4 + 4, 100));
  off(&m, 2, C4);
  play(&m, 3, 0x81, C4, 0);
  ASSERT_TOKENS(&m, 0, 0, CLASS_C4, 0, MN_NOTE_OFF);
}

static void
a_key_on_two_channels_is_two_notes(void** const state)
{
  (void)state;
  MnMelody m = empty();
  play(&m, 0, 0x90, C4, 100);
  play(&m, 2, 0x93, C4, 100);
  assert_int_equal(m.sounding, 2);
  play(&m, 4, 0x90, C4, 0); // releases the first note, by velocity 0
  assert_int_equal(m.sounding, 1);
  play(&m, 6, 0x83, C4, 0);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
floods_leave_nothing_behind(void** const state)
{
  (void)state;
  for (MnVoice voice = MN_VOICE_HIGHEST; voice < MN_VOICE_COUNT; ++voice) {
    MnMelody m;
    mn_melody_init(&m, voice, MN_CHANNEL_ANY);
    configure_mpe(&m, 0, 1, 15);
    double position = 0;
    for (unsigned round = 0; round < 40; ++round) {
      control(&m, position, 1, 64, round % 3 ? 127 : 0);
      for (unsigned i = 0; i < 16 * 128; ++i) {
        play(&m, position, 0x90 | i % 16, i / 16, 100);
        position += 1.0 / 128;
      }
      assert_int_equal(m.sounding, 16 * 88);
      for (unsigned i = 0; i < 16 * 128; ++i) {
        play(&m, position, round % 2 ? 0x80 | i % 16 : 0x90 | i % 16, i / 16, 0);
      }
      assert_int_equal(m.sounding, round % 3 ? 16 * 88 : 0);
      control(&m, position, 1, round % 3 == 1 ? 120 : 121, 0);
      assert_int_equal(m.sounding, 0);
    }
    on(&m, position + 1, C4);
    off(&m, position + 2, C4);
    ASSERT_TOKENS(&m, mn_step_round(position), 0, CLASS_C4, MN_NOTE_OFF);
  }
}

static void
random_bytes_never_lose_count(void** const state)
{
  (void)state;
  Random   random = {77};
  uint8_t  tokens[MN_MAX_STEPS];
  MnMelody m;
  mn_melody_init(&m, MN_VOICE_SKYLINE, MN_CHANNEL_ANY);
  for (unsigned i = 0; i < 300000; ++i) {
    uint64_t const bits      = random_next(&random);
    uint8_t const  message[] = {
       (uint8_t)(bits | 0x80), (uint8_t)(bits >> 8), (uint8_t)(bits >> 16)};
    double const position = (double)i / 50;
    mn_melody_midi(&m, position, message, bits >> 24 & 15 ? 3 : bits >> 28 & 7);
    if (i % 97 == 0) {
      mn_melody_tokens(&m, mn_step_round(position) - MN_MAX_STEPS, MN_MAX_STEPS, tokens);
    }
    if (i % 997 == 0) {
      unsigned held = 0;
      for (unsigned key = 0; key < MN_CHANNELS * MN_KEYS; ++key) {
        held += m.held[key % MN_CHANNELS][key / MN_CHANNELS] != INT64_MIN;
      }
      assert_int_equal(m.sounding, held);
    }
  }
  for (unsigned channel = 1; channel <= 16; ++channel) {
    control(&m, 6000, channel, 120, 0);
  }
  assert_int_equal(m.sounding, 0);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_pedal_sustains_a_note_whose_key_is_up),
    cmocka_unit_test(the_pedal_leaves_keys_that_are_down_alone),
    cmocka_unit_test(a_pedal_pressed_after_the_key_is_up_is_too_late),
    cmocka_unit_test(the_noise_of_a_half_pedal_does_nothing),
    cmocka_unit_test(a_pedal_acts_on_its_own_channel),
    cmocka_unit_test(a_sustained_key_struck_again_ends_and_starts_a_note),
    cmocka_unit_test(a_sustained_key_struck_again_on_its_step_is_one_note),
    cmocka_unit_test(all_sound_off_ends_sustained_notes_too),
    cmocka_unit_test(all_notes_off_releases_keys_which_the_pedal_sustains),
    cmocka_unit_test(reset_all_controllers_lifts_the_pedal),
    cmocka_unit_test(a_break_forgets_notes_but_the_foot_stays_on_the_pedal),
    cmocka_unit_test(another_filter_is_heard_at_once_and_forgets_the_notes),
    cmocka_unit_test(a_key_on_two_channels_is_two_notes),
    cmocka_unit_test(floods_leave_nothing_behind),
    cmocka_unit_test(random_bytes_never_lose_count),
  };
  return cmocka_run_group_tests_name("playing", tests, NULL, NULL);
}
