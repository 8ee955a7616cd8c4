// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "notes/timeline.h"
#include "player.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS_PER_STEP = 240 };

static void
a_note_is_an_onset_holds_and_a_note_off(void** const state)
{
  (void)state;
  MnMelody m = empty();
  assert_true(on(&m, 2, C4));
  off(&m, 5, C4);
  ASSERT_TOKENS(&m, 0, 0, 0, CLASS_C4, 0, 0, MN_NOTE_OFF);
}

static void
legato_notes_have_no_note_off_between_them(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  off(&m, 2, C4);
  on(&m, 2, C4 + 2);
  off(&m, 4, C4 + 2);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_C4 + 2, 0, MN_NOTE_OFF);
}

static void
a_note_that_sounds_on_has_no_note_off_yet(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 3, C4);
  ASSERT_TOKENS(&m, 0, 0, 0, 0, CLASS_C4);
}

static void
starts_and_ends_round_to_the_nearest_step(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0.4, C4);
  off(&m, 2.6, C4);
  on(&m, 5.6, C4);
  off(&m, 7.4, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, MN_NOTE_OFF, 0, 0, CLASS_C4, MN_NOTE_OFF);
}

static void
a_note_lasts_at_least_one_step(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 3.1, C4);
  off(&m, 3.2, C4);
  ASSERT_TOKENS(&m, 0, 0, 0, 0, CLASS_C4, MN_NOTE_OFF);
}

static void
a_later_note_cuts_an_earlier_one_whose_end_no_longer_counts(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4 + 7);
  on(&m, 2, C4);
  off(&m, 3, C4 + 7);
  off(&m, 5, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4 + 7, 0, CLASS_C4, 0, 0, MN_NOTE_OFF);
}

static void
the_end_of_a_cutting_note_does_not_bring_the_cut_one_back(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4 + 7);
  on(&m, 2, C4);
  off(&m, 3, C4);
  off(&m, 6, C4 + 7);
  ASSERT_TOKENS(&m, 0, CLASS_C4 + 7, 0, CLASS_C4, MN_NOTE_OFF);
}

static void
of_notes_on_one_step_the_voice_counts(void** const state)
{
  (void)state;
  static struct {
    MnVoice  voice;
    unsigned counts; // of C4 + 4, C4, C4 + 7, C4 + 3, in this order
  } const voices[] = {
    {MN_VOICE_HIGHEST, C4 + 7}, {MN_VOICE_LOWEST, C4}, {MN_VOICE_LATEST, C4 + 3}};
  for (unsigned i = 0; i < sizeof(voices) / sizeof(*voices); ++i) {
    MnMelody m;
    mn_melody_init(&m, voices[i].voice, MN_CHANNEL_ANY);
    on(&m, 0.6, C4 + 4);
    on(&m, 0.8, C4);
    on(&m, 1.2, C4 + 7);
    on(&m, 1.4, C4 + 3);
    for (unsigned pitch = C4; pitch <= C4 + 7; ++pitch) {
      off(&m, pitch == voices[i].counts ? 4 : 9, pitch); // only its own end counts
    }
    uint8_t const class = (uint8_t)(voices[i].counts - MN_NOTE_OFFSET);
    ASSERT_TOKENS(&m, 0, 0, class, 0, 0, MN_NOTE_OFF);
  }
}

static void
pitches_outside_the_alphabet_do_not_count(void** const state)
{
  (void)state;
  MnMelody m = empty();
  for (unsigned pitch = 0; pitch < 128; ++pitch) {
    bool const inside = pitch >= 21 && pitch <= 108;
    assert_int_equal(on(&m, 0, pitch), inside);
    assert_int_equal(m.sounding, inside);
    off(&m, 1, pitch);
    assert_int_equal(m.sounding, 0);
  }
  ASSERT_TOKENS(&m, 0, 89, MN_NOTE_OFF);

  m = empty();
  on(&m, 0, 21);
  on(&m, 1, 109);
  on(&m, 2, 20);
  off(&m, 4, 21);
  ASSERT_TOKENS(&m, 0, 2, 0, 0, 0, MN_NOTE_OFF);
}

static void
any_channel_is_all_but_the_drums(void** const state)
{
  (void)state;
  for (unsigned channel = 0; channel < 16; ++channel) {
    MnMelody m = empty();
    assert_int_equal(play(&m, 0, 0x90 | channel, C4, 1), channel != 9);
    uint8_t const class = channel != 9 ? CLASS_C4 : 0;
    ASSERT_TOKENS(&m, 0, class);
  }
}

static void
a_chosen_channel_is_heard_alone_the_drums_too(void** const state)
{
  (void)state;
  for (unsigned chosen = 1; chosen <= 16; ++chosen) {
    for (unsigned channel = 1; channel <= 16; ++channel) {
      MnMelody m;
      mn_melody_init(&m, MN_VOICE_HIGHEST, chosen);
      assert_int_equal(play(&m, 0, 0x90 | (channel - 1), C4, 1), channel == chosen);
      assert_int_equal(m.sounding, channel == chosen);
    }
  }
}

static void
a_note_ends_on_its_own_channel_only(void** const state)
{
  (void)state;
  MnMelody m = empty();
  play(&m, 0, 0x93, C4, 100);
  play(&m, 2, 0x84, C4, 0);
  assert_int_equal(m.sounding, 1);
  play(&m, 4, 0x83, C4, 0);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
a_note_on_with_velocity_0_is_a_note_off(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  assert_false(play(&m, 3, 0x90, C4, 0));
  assert_false(play(&m, 5, 0x90, C4 + 1, 0)); // its note does not sound
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, MN_NOTE_OFF);
}

static void
all_notes_off_and_all_sound_off_end_the_notes_of_their_channel(void** const state)
{
  (void)state;
  unsigned const controllers[] = {120, 123};
  for (unsigned i = 0; i < 2; ++i) {
    MnMelody m = empty();
    play(&m, 0, 0x92, C4, 100);
    play(&m, 0, 0x92, C4 - 5, 100);
    play(&m, 2, 0x95, C4 + 5, 100);
    assert_false(play(&m, 3, 0xB7, controllers[i], 0)); // another channel
    assert_int_equal(m.sounding, 3);
    assert_false(play(&m, 4, 0xB2, controllers[i], 0));
    assert_int_equal(m.sounding, 1);
    assert_false(play(&m, 5, 0xB5, controllers[i], 0));
    assert_int_equal(m.sounding, 0);
    ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_C4 + 5, 0, 0, MN_NOTE_OFF);
  }
}

static void
other_messages_are_ignored(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  for (unsigned controller = 0; controller < 128; ++controller) {
    if (controller != 120 && controller != 123) {
      assert_false(play(&m, 1, 0xB0, controller, 0));
    }
  }
  unsigned const statuses[] = {0xA0, 0xE0, 0xF0, 0xF2, 0xFF, 0x00, 0x3C, 0x7F};
  for (unsigned i = 0; i < sizeof(statuses) / sizeof(*statuses); ++i) {
    assert_false(play(&m, 2, statuses[i], C4, 64));
  }
  assert_int_equal(m.sounding, 1);
  ASSERT_TOKENS(&m, 0, CLASS_C4);
}

static void
malformed_messages_are_ignored(void** const state)
{
  (void)state;
  static uint8_t const note_on[8]  = {0x90, C4, 100};
  static uint8_t const note_off[8] = {0x80, C4, 0};
  MnMelody             m           = empty();
  for (size_t size = 0; size <= 8; ++size) {
    if (size != 3) {
      assert_false(mn_melody_midi(&m, 0, note_on, size));
    }
  }
  assert_false(play(&m, 0, 0x90, C4 | 0x80, 100));
  assert_false(play(&m, 0, 0x90, C4, 100 | 0x80));
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, 0);

  on(&m, 0, C4);
  play(&m, 0, 0x91, C4, 100); // the place of key 128 + C4 of the channel below
  for (size_t size = 0; size <= 8; ++size) {
    if (size != 3) {
      assert_false(mn_melody_midi(&m, 2, note_off, size));
    }
  }
  play(&m, 2, 0x80, C4 | 0x80, 0);
  play(&m, 2, 0xB0, 123, 0x80);
  assert_int_equal(m.sounding, 2);
  ASSERT_TOKENS(&m, 0, CLASS_C4);
}

static void
a_key_struck_again_starts_a_new_note(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  on(&m, 4, C4);
  assert_int_equal(m.sounding, 1);
  off(&m, 6, C4);
  off(&m, 8, C4); // the end of the first note no longer counts
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, CLASS_C4, 0, MN_NOTE_OFF);
}

// Files, and some keyboards, send the new note before the end of the old one.
static void
a_note_off_right_after_a_key_was_struck_again_ends_the_note_before(void** const state)
{
  (void)state;
  static double const soon[] = {0, 1.0 / 240, 0.5, 239.0 / 240};
  for (unsigned i = 0; i < 2 * sizeof(soon) / sizeof(*soon); ++i) {
    double const at = 4 + 0.4 * (i % 2); // it need not be on a step
    MnMelody     m  = empty();
    on(&m, 0, C4);
    on(&m, at, C4);
    off(&m, at + soon[i / 2], C4);
    assert_int_equal(m.sounding, 1);
    off(&m, 6, C4);
    assert_int_equal(m.sounding, 0);
    ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, CLASS_C4, 0, MN_NOTE_OFF);
  }
}

static void
a_note_off_a_step_after_a_key_was_struck_again_ends_the_new_note(void** const state)
{
  (void)state;
  for (unsigned late = 0; late < 3; ++late) {
    MnMelody m = empty();
    on(&m, 0, C4);
    on(&m, 4, C4);
    off(&m, 5 + late, C4);
    assert_int_equal(m.sounding, 0);
  }
}

static void
only_the_first_note_off_belongs_to_the_note_before(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  on(&m, 4, C4);
  off(&m, 4, C4);
  off(&m, 4.2, C4);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, CLASS_C4, MN_NOTE_OFF);

  m = empty(); // the note before has ended already
  on(&m, 0, C4);
  off(&m, 4, C4);
  on(&m, 4, C4);
  off(&m, 4.2, C4);
  assert_int_equal(m.sounding, 0);

  m = empty(); // by another message
  on(&m, 0, C4);
  on(&m, 4, C4);
  control(&m, 4, 1, 120, 0);
  on(&m, 4.1, C4);
  off(&m, 4.2, C4);
  assert_int_equal(m.sounding, 0);
}

static void
a_key_struck_again_on_its_step_waits_for_two_note_offs(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 4, C4);
  on(&m, 4.3, C4);
  off(&m, 4.3, C4);
  assert_int_equal(m.sounding, 1);
  off(&m, 6, C4);
  ASSERT_TOKENS(&m, 0, 0, 0, 0, 0, CLASS_C4, 0, MN_NOTE_OFF);
}

static void
a_sustained_key_struck_again_has_no_note_off_to_come(void** const state)
{
  (void)state;
  MnMelody m = empty();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, C4);
  off(&m, 1, C4);
  on(&m, 4, C4);
  control(&m, 4, 1, 64, 0);
  off(&m, 4.2, C4);
  assert_int_equal(m.sounding, 0);
}

static void
steps_before_0_are_steps_like_others(void** const state)
{
  (void)state;
  MnMelody m = empty();
  for (int step = -4; step < 4; ++step) {
    on(&m, step, C4);
    assert_int_equal(m.sounding, 1);
    off(&m, step + 0.9, C4);
    assert_int_equal(m.sounding, 0);
  }
  ASSERT_TOKENS(&m,
                -4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                CLASS_C4,
                MN_NOTE_OFF);
}

static void
a_note_held_across_the_left_edge_leaves_nothing(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 14, C4);
  off(&m, 18, C4);
  on(&m, 20, C4 + 2);
  off(&m, 21, C4 + 2);
  ASSERT_TOKENS(&m, 16, 0, 0, 0, 0, CLASS_C4 + 2, MN_NOTE_OFF);
  ASSERT_TOKENS(&m, 17, 0, 0, 0, CLASS_C4 + 2, MN_NOTE_OFF);
}

static void
what_is_forgotten_is_gone_even_if_held(void** const state)
{
  (void)state;
  MnMelody m = empty();
  on(&m, 0, C4);
  off(&m, 1, C4);
  on(&m, 2, C4);
  mn_melody_clear(&m);
  assert_int_equal(m.sounding, 0);
  off(&m, 4, C4);
  ASSERT_TOKENS(&m, 0, 0);
  assert_int_equal(m.channel, MN_CHANNEL_ANY);
}

static void
the_ring_remembers_the_longest_window_and_nothing_older_leaks(void** const state)
{
  (void)state;
  MnMelody m = empty();
  uint8_t  tokens[MN_MAX_STEPS];
  for (int step = 0; step < 3000; ++step) {
    on(&m, step, (unsigned)(30 + step % 70));
    off(&m, step + 0.9, (unsigned)(30 + step % 70));
    int const start = step + 1 - MN_MAX_STEPS;
    if (start >= 0) {
      assert_int_equal(mn_melody_tokens(&m, start, MN_MAX_STEPS, tokens), MN_MAX_STEPS);
      for (int i = 0; i < MN_MAX_STEPS; ++i) {
        assert_int_equal(tokens[i], 11 + (start + i) % 70);
      }
    }
  }
  // The steps to come are empty, although their places in the ring hold older notes.
  assert_int_equal(mn_melody_tokens(&m, 3001, MN_MAX_STEPS, tokens), 0);
}

static void
half_steps_go_up(void** const state)
{
  (void)state;
  for (int step = 0; step < 100000; step += 17) {
    assert_int_equal(mn_step_round(step), step);
    assert_int_equal(mn_step_round(step + 0.25), step);
    assert_int_equal(mn_step_round(step + 0.5), step + 1);
    assert_int_equal(mn_step_round(step + 0.75), step + 1);
  }
  assert_int_equal(mn_step_round(-0.5), 0);
  assert_int_equal(mn_step_round(-0.75), -1);
  Random random = {1};
  for (unsigned i = 0; i < 100000; ++i) {
    double const position = (double)random_from(&random, -1000000, 1000000) / 1024;
    assert_int_equal(mn_step_round(position), (int64_t)floor(position + 0.5 + 3.0 / 1024));
  }
}

static void
a_tick_before_the_half_step_goes_down(void** const state)
{
  (void)state;
  for (int step = 0; step < 100000; step += 17) {
    assert_int_equal(mn_step_round(step + 0.5 - 1.0 / TICKS_PER_STEP), step);
  }
}

// The step of a tick in whole numbers: floor(tick / 240 + 1/2).
static int
step_of(int const tick)
{
  return (tick + TICKS_PER_STEP / 2) / TICKS_PER_STEP;
}

static void
positions_rounded_to_frames_fall_on_the_steps_of_exact_ones(void** const state)
{
  (void)state;
  double const rates[]  = {44100, 48000, 88200, 96000, 192000};
  double const tempos[] = {30, 60, 89.7, 120, 133.333, 180, 250, 300};
  for (unsigned r = 0; r < sizeof(rates) / sizeof(*rates); ++r) {
    for (unsigned b = 0; b < sizeof(tempos) / sizeof(*tempos); ++b) {
      double const frames_per_tick = rates[r] * 60 / tempos[b] / (4 * TICKS_PER_STEP);
      for (int tick = 0; tick < 64 * TICKS_PER_STEP; ++tick) {
        double const at       = tick * frames_per_tick;
        double const frames[] = {floor(at), round(at), ceil(at)};
        for (unsigned i = 0; i < 3; ++i) {
          MnTimeline t;
          mn_timeline_init(&t, rates[r], tempos[b]);
          mn_timeline_advance(&t, (uint32_t)frames[i]);
          assert_int_equal(mn_step_round(mn_timeline_position(&t)), step_of(tick));
        }
      }
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_note_is_an_onset_holds_and_a_note_off),
    cmocka_unit_test(legato_notes_have_no_note_off_between_them),
    cmocka_unit_test(a_note_that_sounds_on_has_no_note_off_yet),
    cmocka_unit_test(starts_and_ends_round_to_the_nearest_step),
    cmocka_unit_test(a_note_lasts_at_least_one_step),
    cmocka_unit_test(a_later_note_cuts_an_earlier_one_whose_end_no_longer_counts),
    cmocka_unit_test(the_end_of_a_cutting_note_does_not_bring_the_cut_one_back),
    cmocka_unit_test(of_notes_on_one_step_the_voice_counts),
    cmocka_unit_test(pitches_outside_the_alphabet_do_not_count),
    cmocka_unit_test(any_channel_is_all_but_the_drums),
    cmocka_unit_test(a_chosen_channel_is_heard_alone_the_drums_too),
    cmocka_unit_test(a_note_ends_on_its_own_channel_only),
    cmocka_unit_test(a_note_on_with_velocity_0_is_a_note_off),
    cmocka_unit_test(all_notes_off_and_all_sound_off_end_the_notes_of_their_channel),
    cmocka_unit_test(other_messages_are_ignored),
    cmocka_unit_test(malformed_messages_are_ignored),
    cmocka_unit_test(a_key_struck_again_starts_a_new_note),
    cmocka_unit_test(a_note_off_right_after_a_key_was_struck_again_ends_the_note_before),
    cmocka_unit_test(a_note_off_a_step_after_a_key_was_struck_again_ends_the_new_note),
    cmocka_unit_test(only_the_first_note_off_belongs_to_the_note_before),
    cmocka_unit_test(a_key_struck_again_on_its_step_waits_for_two_note_offs),
    cmocka_unit_test(a_sustained_key_struck_again_has_no_note_off_to_come),
    cmocka_unit_test(steps_before_0_are_steps_like_others),
    cmocka_unit_test(a_note_held_across_the_left_edge_leaves_nothing),
    cmocka_unit_test(what_is_forgotten_is_gone_even_if_held),
    cmocka_unit_test(the_ring_remembers_the_longest_window_and_nothing_older_leaks),
    cmocka_unit_test(half_steps_go_up),
    cmocka_unit_test(a_tick_before_the_half_step_goes_down),
    cmocka_unit_test(positions_rounded_to_frames_fall_on_the_steps_of_exact_ones),
  };
  return cmocka_run_group_tests_name("melody", tests, NULL, NULL);
}
