// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Features of tunes, against values worked out by hand.

#include "by_hand.h"

#include <math.h>

// C4 D4 E4 C4, a rest, G4 G4, a rest: durations 4 4 4 2 4 8, intervals
// +2 +2 -4 +7 0.
static Event const tune[] =
  {{0, 60}, {4, 62}, {8, 64}, {12, 60}, {14, OFF}, {16, 67}, {20, 67}, {28, OFF}};

static void
a_tune_has_all_scalars_of_pitch(void** const state)
{
  (void)state;
  Expected const expected[] = {
    {"P1", 2 / 6.0}, // C4 and G4 twice each
    {"P2", 2 / 6.0},
    {"P3", 1},
    {"P4", 1},
    {"P5", 7}, // C4 to G4
    {"P6", 7},
    {"P7", 4}, // the rarest are 1 of 6
    {"P8", 4},
    {"P9", 4},
    {"P10", 7},
    {"P11", 60}, // heard before G4
    {"P12", 380 / 6.0},
    {"P13", 0},
    {"P14", 1},
    {"P15", 0},
    {"P16", 0},
    {"highest", 67},
    {"lowest", 60},
    {"first pitch", 60},
    {"last pitch", 67},
    {"mean from D5", 74 - 380 / 6.0},
    {"first from D5", 14},
    {"last from D5", 7},
    {"scale fit", 1},
    // C is 2 fifths below D, E 2 above, G 1 below, of 12 in the circle.
    {"sharpness", (-2 * sqrt(3) / 2 + 0 + sqrt(3) / 2 - 2 * 0.5) / 6},
    {"white keys", 1},
    {"first sharpness", -sqrt(3) / 2},
    {"first black key", 0},
  };
  CHECK(32, tune, expected);
}

static void
a_tune_has_all_scalars_of_melody(void** const state)
{
  (void)state;
  Expected const expected[] = {
    {"M2", 15 / 5.0},
    {"M3", 2},
    {"M4", 2}, // to 0, the narrowest of those that occur once
    {"M5", 2 / 5.0},
    {"M6", 1 / 2.0},
    {"M7", 4},
    {"M8", 3 / 5.0}, // 4, 7 and 0
    {"M9", 1 / 5.0},
    {"M10", 0},
    {"M11", 2 / 5.0},
    {"M12", 1 / 5.0},
    {"M13", 1 / 5.0},
    {"M14", 0},
    {"M15", 0},
    {"M17", 3 / 4.0},
    {"M18", 4 / 2.0}, // 4 intervals that move, 2 turns
    {"M19", 8 / 2.0}, // 4 up and 4 down; the last arc does not end
    {"largest leap", 7},
    // Starts -10 -6 .. 10 from their mean.
    {"slope", (-600 - 6 * 62 - 2 * 64 + 2 * 60 + 6 * 67 + 670) / 280.0},
    {"arch", (64 + 60 + 67 + 67) / 4.0 - 61},
    {"second half pitch", 67 - (60 + 62 + 64 + 60) / 4.0},
  };
  CHECK(32, tune, expected);
}

static void
a_tune_has_all_scalars_of_rhythm(void** const state)
{
  (void)state;
  Expected const expected[] = {
    {"R15", 6 / 3.5}, // it ends at step 28
    {"R17", 26 / 6.0 / 8},
    {"R18", sqrt(132 / 6.0 - 26 * 26 / 36.0) / 8}, // 132: sum of squares
    {"R19", 1},
    {"R20", 0.25},
    {"R22", 0.5},
    {"R23", 0},
    {"rests", 6 / 32.0},
    {"off-beat", 0},
    {"off-beat eighths", 0},
    {"odd sixteenths", 0},
    {"mean onset", 10},
    {"first onset", 0},
    {"second half notes", 2 / 6.0},
    {"first half early", 2 / 4.0},
    {"second half early", 1},
    {"middle notes", 4 / 6.0},
    {"mid-bar notes", 3 / 6.0}, // 4, 8 and 20
  };
  CHECK(32, tune, expected);
}

// The example in music21's documentation, which gives 7/3 and 4.
static void
arcs_are_those_of_music21(void** const state)
{
  (void)state;
  Event const events[] = {
    {0, 72}, {2, 74}, {4, 76}, {6, 74}, {8, 72}, {10, 74}, {12, 76}, {16, 72}, {20, 72}};
  Expected const expected[] = {{"M18", 7 / 3.0}, {"M19", 4}};
  CHECK(32, events, expected);
}

// Up 5 (2, a repeat, 3), down 1, up 9, down 9: the repeat neither counts nor turns.
static void
repeated_notes_do_not_turn_an_arc(void** const state)
{
  (void)state;
  Event const    events[] = {{0, 60}, {1, 62}, {2, 62}, {3, 65}, {4, 64}, {5, 73}, {6, 64}};
  Expected const expected[] = {
    {"M17", 3 / 5.0}, {"M18", 5 / 3.0}, {"M19", (5 + 1 + 9) / 3.0}};
  CHECK(16, events, expected);
}

static void
a_line_that_never_turns_has_no_arcs(void** const state)
{
  (void)state;
  Event const    rising[]     = {{0, 60}, {4, 61}, {8, 61}, {12, 70}};
  Expected const of_rising[]  = {{"M17", 1}, {"M18", NAN}, {"M19", NAN}};
  Event const    falling[]    = {{0, 60}, {4, 50}};
  Expected const of_falling[] = {{"M17", 0}, {"M18", NAN}, {"M19", NAN}};
  CHECK(16, rising, of_rising);
  CHECK(16, falling, of_falling);
}

// A0 on the last step of the window, without a note-off.
static void
a_single_note_has_pitch_and_duration_but_no_intervals(void** const state)
{
  (void)state;
  Event const    events[]   = {{31, 21}};
  Expected const expected[] = {
    {"P1", 1},
    {"P2", 1},
    {"P3", 0},
    {"P4", 0},
    {"P5", NAN},
    {"P6", NAN},
    {"P7", 1},
    {"P8", 1},
    {"P9", 1},
    {"P10", 0},
    {"P11", 21},
    {"P12", 21},
    {"P13", 1},
    {"P14", 0},
    {"P15", 0},
    {"P16", 9}, // A
    {"scale fit", 1},
    {"R15", 1 / 4.0},
    {"R17", 0.125},
    {"R18", 0},
    {"R19", 0.125},
    {"R20", 0.125},
    {"R22", NAN},
    {"R23", NAN},
    {"rests", 31 / 32.0},
    {"off-beat", 1},
    {"odd sixteenths", 1},
    {"first onset", 31},
    {"second half early", 0},
    {"first half early", NAN}, // the first half has no note
    {"second half pitch", NAN},
    {"arch", NAN},
    {"slope", NAN},
    {"largest leap", NAN},
  };
  CHECK(32, events, expected);

  char const* const melody[] = {"M2",
                                "M3",
                                "M4",
                                "M5",
                                "M6",
                                "M7",
                                "M8",
                                "M9",
                                "M10",
                                "M11",
                                "M12",
                                "M13",
                                "M14",
                                "M15",
                                "M17",
                                "M18",
                                "M19"};
  for (size_t i = 0; i < COUNT(melody); ++i) {
    Expected const undefined[] = {{melody[i], NAN}};
    CHECK(32, events, undefined);
  }
}

// C8 every 4 steps, each held for 3.
static void
a_repeated_note_has_one_pitch_and_one_interval(void** const state)
{
  (void)state;
  Event const events[] = {
    {0, 108}, {3, OFF}, {4, 108}, {7, OFF}, {8, 108}, {11, OFF}, {12, 108}, {15, OFF}};
  Expected const expected[] = {
    {"P1", 1},           {"P3", 0},
    {"P5", NAN},         {"P6", NAN},
    {"P7", 1},           {"P8", 1},
    {"P10", 0},          {"P12", 108},
    {"P15", 1},          {"P16", 0},
    {"M2", 0},           {"M3", 0},
    {"M4", NAN},         {"M5", 1},
    {"M6", 0},           {"M7", 1},
    {"M8", 1},           {"M9", 1},
    {"M11", 0},          {"M15", 0},
    {"M17", NAN},        {"M18", NAN},
    {"M19", NAN},        {"slope", 0},
    {"largest leap", 0}, {"R15", 4 / (15 / 8.0)},
    {"R17", 3 / 8.0},    {"R18", 0},
    {"R22", 0.5},        {"R23", 0},
    {"rests", 4 / 16.0},
  };
  CHECK(16, events, expected);
}

// C4 and a rest, D4, E4 over the middle of the bar; F4, G4, and a rest.
static void
rhythm_is_syncopated_uneven_and_comes_again(void** const state)
{
  (void)state;
  Event const events[] = {
    {0, 60}, {3, OFF}, {4, 62}, {6, 64}, {16, 65}, {20, 67}, {24, OFF}};
  Expected const expected[] = {
    {"legato", (3 / 4.0 + 1 + 1 + 1 + 4 / 12.0) / 5},
    {"gap variation", 3 / 5.0}, // gaps of 4, 2, 10 and 4
    {"syncopation", 2 / 5.0},   // E4, on a step of -3, sounds over one of -1
    {"same rhythm", 2 / 3.0},   // steps 0 and 4 come again, 6 does not
    {"rise", 20 * 86.4 / 284.8},
  };
  CHECK(32, events, expected);
  Event const    pickup[]    = {{15, 60}, {16, 62}, {31, 64}};
  Expected const of_pickup[] = {
    {"syncopation", 0},
    {"same rhythm", 1 / 2.0},
    {"legato", 1},
    {"gap variation", 7 / 8.0},
  };
  CHECK(32, pickup, of_pickup);
  Event const    one[]    = {{3, 60}};
  Expected const of_one[] = {{"syncopation", 4},
                             {"same rhythm", 0},
                             {"legato", 1},
                             {"gap variation", NAN},
                             {"rise", NAN}};
  CHECK(32, one, of_one);
}

static void
a_window_without_notes_has_nothing(void** const state)
{
  (void)state;
  Event const offs[] = {{0, OFF}, {7, OFF}, {31, OFF}};
  for (unsigned count = 0; count <= COUNT(offs); ++count) {
    double values[LONGEST] = {0};
    compute(values, 32, offs, count);
    for (size_t i = 0; i < mn_feature_count; ++i) {
      assert_true(isnan(values[i]));
    }
  }
}

// An off before the first note, two after it, and one on the last step.
static void
note_offs_end_a_note_once_and_are_no_events_else(void** const state)
{
  (void)state;
  Event const    events[]   = {{1, OFF}, {5, 60}, {7, OFF}, {9, OFF}, {10, 64}, {15, OFF}};
  Expected const expected[] = {
    {"first onset", 5},
    {"R15", 2 / (15 / 8.0)},
    {"R17", 7 / 2.0 / 8},
    {"R18", 1.5 / 8},
    {"R19", 5 / 8.0},
    {"R20", 2 / 8.0},
    {"R22", 5 / 8.0},
    {"R23", 0}, // of one gap
    {"M3", 4},  // across the rest
    {"rests", 9 / 16.0},
  };
  CHECK(16, events, expected);
}

// No major scale has F, F# and G; C major has all notes but F#.
static void
keys_are_told_by_black_and_white_and_by_fifths(void** const state)
{
  (void)state;
  Event const    events[]   = {{0, 66}, {1, 67}, {2, 65}, {3, 65}};
  Expected const expected[] = {
    {"scale fit", 3 / 4.0},
    {"white keys", 3 / 4.0},
    {"first black key", 1},
    // F# is 4 fifths above D, G 1 below, F 3 below.
    {"first sharpness", sqrt(3) / 2},
    {"sharpness", (sqrt(3) / 2 - 0.5 - 2) / 4},
  };
  CHECK(16, events, expected);
}

// Beats 1, 1, 1 and 2 of the first bar and 3 of the second.
static void
places_in_the_bar_and_in_the_window_are_shares_of_the_notes(void** const state)
{
  (void)state;
  Event const    events[]   = {{0, 60}, {2, 60}, {3, 60}, {6, 60}, {25, 65}};
  Expected const expected[] = {
    {"off-beat", 4 / 5.0},
    {"off-beat eighths", 2 / 5.0},
    {"odd sixteenths", 2 / 5.0},
    {"mid-bar notes", 2 / 5.0},
    {"mean onset", 36 / 5.0},
    {"second half notes", 1 / 5.0},
    {"first half early", 1},
    {"second half early", 0},
    {"middle notes", 0},
    {"arch", NAN}, // without a middle
    {"second half pitch", 5},
    // Gaps 2 1 3 19: their sum is 25, that of squares 375.
    {"R22", 25 / 4.0 / 8},
    {"R23", sqrt(375 / 4.0 - 625 / 16.0) / 8},
  };
  CHECK(32, events, expected);
}

// Notes on both sides of each quarter of 64 steps.
static void
a_long_window_has_quarters_of_its_own(void** const state)
{
  (void)state;
  Event const events[] = {{63, 60}, {64, 62}, {127, 64}, {128, 65}, {191, 67}, {192, 69}};
  Expected const expected[] = {
    {"second half notes", 3 / 6.0},
    {"middle notes", 4 / 6.0},
    {"first half early", 1 / 3.0},
    {"second half early", 2 / 3.0},
    {"arch", (62 + 64 + 65 + 67) / 4.0 - (60 + 69) / 2.0},
    {"second half pitch", (65 + 67 + 69) / 3.0 - (60 + 62 + 64) / 3.0},
    {"R15", 6 / 32.0},
    {"R19", 8},
  };
  CHECK(256, events, expected);
}

// Runs last.
static void
no_feature_was_left_out(void** const state)
{
  (void)state;
  for (size_t i = 0; i < mn_feature_count; ++i) {
    if (!looked_at[i]) {
      fail_msg("no case has %s", mn_features[i].name);
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_tune_has_all_scalars_of_pitch),
    cmocka_unit_test(a_tune_has_all_scalars_of_melody),
    cmocka_unit_test(a_tune_has_all_scalars_of_rhythm),
    cmocka_unit_test(arcs_are_those_of_music21),
    cmocka_unit_test(repeated_notes_do_not_turn_an_arc),
    cmocka_unit_test(a_line_that_never_turns_has_no_arcs),
    cmocka_unit_test(a_single_note_has_pitch_and_duration_but_no_intervals),
    cmocka_unit_test(a_repeated_note_has_one_pitch_and_one_interval),
    cmocka_unit_test(rhythm_is_syncopated_uneven_and_comes_again),
    cmocka_unit_test(a_window_without_notes_has_nothing),
    cmocka_unit_test(note_offs_end_a_note_once_and_are_no_events_else),
    cmocka_unit_test(keys_are_told_by_black_and_white_and_by_fifths),
    cmocka_unit_test(places_in_the_bar_and_in_the_window_are_shares_of_the_notes),
    cmocka_unit_test(a_long_window_has_quarters_of_its_own),
    cmocka_unit_test(no_feature_was_left_out),
  };
  return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
