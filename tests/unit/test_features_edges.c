// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Features where a definition decides: ties, widths, registers, the ends of the keyboard.

#include "by_hand.h"

// Among equally common pitches the first one heard counts, among pitch classes the
// lowest: G4 G4 C4 C4, and B4 B4 C4 C4, where 11 semitones do not count as 1.
static void
ties_go_to_the_pitch_heard_first_and_to_the_lowest_class(void** const state)
{
  (void)state;
  Event const    g_and_c[]    = {{0, 67}, {1, 67}, {2, 60}, {3, 60}};
  Expected const of_g_and_c[] = {{"P5", 7}, {"P11", 67}, {"P16", 0}, {"P6", 7}};
  CHECK(16, g_and_c, of_g_and_c);
  Event const    b_and_c[]    = {{0, 71}, {1, 71}, {2, 60}, {3, 60}};
  Expected const of_b_and_c[] = {{"P5", 11}, {"P11", 71}, {"P16", 0}, {"P6", 11}};
  CHECK(16, b_and_c, of_b_and_c);
  // D4 twice, the others once: A4 comes before C4, but C is the lower class.
  Event const    d_and_a[]    = {{0, 69}, {1, 62}, {2, 62}, {3, 60}};
  Expected const of_d_and_a[] = {
    {"P3", 0.5}, {"P4", 0.5}, {"P5", 7}, {"P6", 2}, {"P11", 62}, {"P16", 2}};
  CHECK(16, d_and_a, of_d_and_a);
}

// C4 and C5 are one class of two pitches.
static void
octaves_are_pitches_of_one_class(void** const state)
{
  (void)state;
  Event const    events[]   = {{0, 60}, {1, 72}, {2, 60}, {3, 62}};
  Expected const expected[] = {{"P1", 2 / 4.0},
                               {"P2", 3 / 4.0},
                               {"P3", 1 / 2.0},
                               {"P4", 1 / 3.0},
                               {"P8", 3},
                               {"P9", 2}};
  CHECK(16, events, expected);
}

static void
registers_meet_at_54_and_72(void** const state)
{
  (void)state;
  Event const    events[]   = {{0, 54}, {1, 55}, {2, 72}, {3, 73}, {4, 108}};
  Expected const expected[] = {{"P13", 1 / 5.0}, {"P14", 2 / 5.0}, {"P15", 2 / 5.0}};
  CHECK(16, events, expected);
}

// Plays intervals one after the other, up if the next fits and else down.
static size_t
play(Event* const events, unsigned const* const widths, size_t const count)
{
  unsigned pitch = 21;
  events[0]      = (Event){0, pitch};
  for (size_t i = 0; i < count; ++i) {
    pitch         = pitch + widths[i] <= 108 ? pitch + widths[i] : pitch - widths[i];
    events[i + 1] = (Event){(unsigned)i + 1, pitch};
  }
  return count + 1;
}

// Each width from 0 to 18 once: 9 of 19 occur in arpeggios.
static void
each_width_counts_as_what_it_is(void** const state)
{
  (void)state;
  unsigned widths[19];
  for (unsigned i = 0; i < 19; ++i) {
    widths[i] = i;
  }
  Event          events[20];
  size_t const   count      = play(events, widths, 19);
  Expected const expected[] = {{"M2", 9},
                               {"M3", 0},
                               {"M4", 1},
                               {"M5", 1 / 19.0},
                               {"M6", 1},
                               {"M7", 0},
                               {"M8", 9 / 19.0},
                               {"M9", 1 / 19.0},
                               {"M10", 1 / 19.0},
                               {"M11", 2 / 19.0},
                               {"M12", 2 / 19.0},
                               {"M13", 1 / 19.0},
                               {"M14", 1 / 19.0},
                               {"M15", 1 / 19.0},
                               {"largest leap", 18}};
  double         values[LONGEST];
  compute(values, 32, events, count);
  check_features(values, expected, COUNT(expected), __FILE__, __LINE__);
}

// 12, 24, 48, 60, 72 and 84 count as octaves, 36 does not: music21's list skips it.
static void
octaves_are_the_multiples_that_music21_knows(void** const state)
{
  (void)state;
  unsigned const widths[] = {84, 72, 60, 48, 36, 24, 12, 35};
  Event          events[9];
  size_t const   count      = play(events, widths, COUNT(widths));
  Expected const expected[] = {{"M15", 6 / 8.0}, {"largest leap", 84}};
  double         values[LONGEST];
  compute(values, 16, events, count);
  check_features(values, expected, COUNT(expected), __FILE__, __LINE__);
}

// From A0 to C8 and back: 87 semitones, the widest there is.
static void
the_ends_of_the_keyboard_are_in_range(void** const state)
{
  (void)state;
  Event const    events[]   = {{0, 21}, {8, 108}, {16, 21}, {24, 108}};
  Expected const expected[] = {{"P10", 87},
                               {"P12", 64.5},
                               {"P5", 87},
                               {"M2", 87},
                               {"M3", 87},
                               {"M5", 1},
                               {"M18", 3 / 2.0},
                               {"M19", 87},
                               {"largest leap", 87},
                               {"M17", 2 / 3.0},
                               {"P6", 9},
                               {"R17", 1}};
  CHECK(32, events, expected);
}

// Some notes of C4, then some of D4.
static void
check_common(unsigned const of_c, unsigned const of_d, double const pitches)
{
  Event          events[MN_MAX_STEPS];
  unsigned const count = of_c + of_d;
  for (unsigned i = 0; i < count; ++i) {
    events[i] = (Event){i, i < of_c ? 60 : 62};
  }
  Expected const expected[] = {{"P7", pitches}};
  double         values[LONGEST];
  compute(values, MN_MAX_STEPS, events, count);
  check_features(values, expected, COUNT(expected), __FILE__, __LINE__);
}

static void
nine_in_a_hundred_are_common_and_less_is_not(void** const state)
{
  (void)state;
  check_common(1, 10, 2); // 1 of 11
  check_common(1, 11, 1); // 1 of 12
  check_common(9, 91, 2);
  check_common(8, 92, 1);
  // 2 repeats and 20 semitones; then 1 and 11.
  Event events[23];
  for (unsigned i = 0; i < COUNT(events); ++i) {
    events[i] = (Event){i, i < 3 ? 60 : 58 + i};
  }
  Expected const of_22[] = {{"M7", 2}};
  Expected const of_12[] = {{"M7", 1}};
  double         values[LONGEST];
  compute(values, 32, events, 23);
  check_features(values, of_22, COUNT(of_22), __FILE__, __LINE__);
  compute(values, 32, events + 1, 13);
  check_features(values, of_12, COUNT(of_12), __FILE__, __LINE__);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(ties_go_to_the_pitch_heard_first_and_to_the_lowest_class),
    cmocka_unit_test(octaves_are_pitches_of_one_class),
    cmocka_unit_test(registers_meet_at_54_and_72),
    cmocka_unit_test(each_width_counts_as_what_it_is),
    cmocka_unit_test(octaves_are_the_multiples_that_music21_knows),
    cmocka_unit_test(the_ends_of_the_keyboard_are_in_range),
    cmocka_unit_test(nine_in_a_hundred_are_common_and_less_is_not),
  };
  return cmocka_run_group_tests_name("features at their edges", tests, NULL, NULL);
}
