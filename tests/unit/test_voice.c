// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The skyline in cases written by hand, and all voices against naive_player.c.

#include "check.h"

#include "naive_player.h"
#include "player.h"

#include <stdlib.h>
#include <string.h>

enum { D4 = 62, E4 = 64, G4 = 67, C5 = 72 };

enum {
  CLASS_D4 = D4 - MN_NOTE_OFFSET,
  CLASS_E4 = E4 - MN_NOTE_OFFSET,
  CLASS_G4 = G4 - MN_NOTE_OFFSET,
  CLASS_C5 = C5 - MN_NOTE_OFFSET,
};

static MnMelody
skyline(void)
{
  MnMelody m;
  mn_melody_init(&m, MN_VOICE_SKYLINE, MN_CHANNEL_ANY);
  return m;
}

static void
a_lower_note_does_not_cut_a_higher_one_that_sounds(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, G4);
  on(&m, 2, C4);
  off(&m, 3, C4);
  off(&m, 6, G4);
  ASSERT_TOKENS(&m, 0, CLASS_G4, 0, 0, 0, 0, 0, MN_NOTE_OFF);
}

static void
a_higher_note_cuts_a_lower_one(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, C4);
  on(&m, 2, G4);
  off(&m, 3, C4);
  off(&m, 5, G4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_G4, 0, 0, MN_NOTE_OFF);
}

static void
a_lower_note_does_not_come_back_when_the_higher_one_ends(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, G4);
  on(&m, 2, C4);
  off(&m, 4, G4);
  off(&m, 8, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4, 0, 0, 0, MN_NOTE_OFF);
}

static void
of_notes_on_one_step_the_highest_counts(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 1, E4);
  on(&m, 1, G4);
  on(&m, 1, C4);
  off(&m, 3, G4);
  off(&m, 5, E4);
  off(&m, 5, C4);
  ASSERT_TOKENS(&m, 0, 0, CLASS_G4, 0, MN_NOTE_OFF);
}

static void
notes_of_one_pitch_are_not_higher_than_each_other(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, C4);
  play(&m, 2, 0x91, C4, 100);
  off(&m, 4, C4);
  play(&m, 6, 0x81, C4, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
legato_notes_that_overlap_within_a_step_go_down_too(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, G4);
  on(&m, 1.9, C4);
  off(&m, 2.3, G4); // the ends of both round to step 2
  off(&m, 4, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4, 0, CLASS_C4, 0, MN_NOTE_OFF);

  m = skyline();
  on(&m, 0, G4);
  on(&m, 1.9, C4);
  off(&m, 2.6, G4); // sounds through step 2
  off(&m, 4, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4, 0, 0, MN_NOTE_OFF);
}

static void
a_short_higher_note_sounds_through_no_step(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 2.6, G4);
  off(&m, 2.7, G4);
  on(&m, 4, C4);
  off(&m, 5, C4);
  ASSERT_TOKENS(&m, 0, 0, 0, 0, CLASS_G4, CLASS_C4, MN_NOTE_OFF);
}

static void
a_higher_note_from_before_the_window_covers_lower_ones_in_it(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 2, G4);
  on(&m, 18, C4);
  off(&m, 19, C4);
  off(&m, 20, G4);
  on(&m, 20, D4);
  off(&m, 21, D4);
  ASSERT_TOKENS(&m, 16, 0, 0, 0, 0, CLASS_D4, MN_NOTE_OFF);
}

static void
a_note_that_is_covered_itself_covers_lower_ones(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, C5);
  on(&m, 1, G4); // under C5
  off(&m, 4, C5);
  on(&m, 6, C4); // under G4
  off(&m, 8, C4);
  off(&m, 10, G4);
  ASSERT_TOKENS(&m, 0, CLASS_C5, 0, 0, 0, MN_NOTE_OFF);

  m = skyline();
  on(&m, 0, G4);
  on(&m, 0, E4); // not the highest of its step
  off(&m, 1, G4);
  on(&m, 2, D4); // under E4
  off(&m, 3, D4);
  off(&m, 4, E4);
  on(&m, 5, C4);
  off(&m, 6, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4, MN_NOTE_OFF, 0, 0, 0, CLASS_C4, MN_NOTE_OFF);
}

static void
a_note_covers_the_same_before_and_after_its_end_is_known(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, G4);
  on(&m, 31, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4);
  off(&m, 32.4, G4);
  off(&m, 33, C4);
  ASSERT_TOKENS(&m, 0, CLASS_G4);
}

static void
notes_that_end_together_cover_what_each_did(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, C4);
  on(&m, 2, E4);
  on(&m, 3, D4); // under E4
  on(&m, 4, G4);
  on(&m, 5, E4 - 1); // under G4
  control(&m, 8, 1, 120, 0);
  on(&m, 9, C4);
  off(&m, 10, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, CLASS_E4, 0, CLASS_G4, 0, 0, 0, 1, CLASS_C4, 1);
}

static void
a_note_longer_than_the_ring_covers_the_longest_window(void** const state)
{
  (void)state;
  uint8_t  tokens[MN_MAX_STEPS];
  MnMelody m = skyline();
  on(&m, 0, C5);
  for (int step = 1; step < 3000; ++step) {
    on(&m, step, C4);
    off(&m, step + 0.9, C4);
  }
  assert_int_equal(mn_melody_tokens(&m, 2744, MN_MAX_STEPS, tokens), 0);
  off(&m, 3000, C5);
  assert_int_equal(mn_melody_tokens(&m, 2744, MN_MAX_STEPS, tokens), 0);
  // It has ended, and the steps to come are free although it filled the ring.
  on(&m, 3001, C4);
  off(&m, 3002, C4);
  ASSERT_TOKENS(&m, 2990, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, CLASS_C4, 1);
}

static void
an_end_that_comes_late_leaves_later_steps_alone(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  on(&m, 0, C5);
  on(&m, MN_MELODY_RING - 0.5, C5 + 1); // its step takes the place of step 0
  off(&m, MN_MELODY_RING - 0.9, C5);
  off(&m, MN_MELODY_RING + 1, C5 + 1);
  ASSERT_TOKENS(&m, MN_MELODY_RING, CLASS_C5 + 1, MN_NOTE_OFF);
}

static void
a_note_covers_lower_ones_while_its_key_is_down_whatever_the_pedal_does(void** const state)
{
  (void)state;
  for (unsigned pedal = 0; pedal < 2; ++pedal) {
    MnMelody m = skyline();
    control(&m, 0, 1, 64, pedal ? 127 : 0);
    on(&m, 0, G4);
    on(&m, 1, C4); // below it
    off(&m, 2, C4);
    off(&m, 3, G4);
    on(&m, 4, C4);
    off(&m, 5, C4);
    if (pedal) { // each note ends where the next begins
      ASSERT_TOKENS(&m, 0, CLASS_G4, 0, 0, 0, CLASS_C4, 0, 0);
    } else {
      ASSERT_TOKENS(&m, 0, CLASS_G4, 0, 0, MN_NOTE_OFF, CLASS_C4, MN_NOTE_OFF);
    }
    control(&m, 6, 1, 64, 0);
    on(&m, 7, C4 - 2);
    ASSERT_TOKENS(&m, 7, CLASS_C4 - 2);
  }
}

static void
all_keys_up_uncover_what_is_below_them(void** const state)
{
  (void)state;
  MnMelody m = skyline();
  control(&m, 0, 1, 64, 127);
  on(&m, 0, G4);
  on(&m, 0, C5);
  on(&m, 1, C4);
  control(&m, 2, 1, 123, 0); // the pedal holds them
  on(&m, 3, C4);
  ASSERT_TOKENS(&m, 0, CLASS_C5, 0, 0, CLASS_C4);
}

// A window that was read during the piece.
typedef struct {
  int64_t  start;
  unsigned steps;
  unsigned onsets;
  uint8_t  tokens[MN_MAX_STEPS];
} Reading;

enum { PIECES = 2000, MOST_EVENTS = 260, MOST_READINGS = 60 };

// What plays one piece, and what was read of it.
typedef struct {
  MnVoice     voice;
  MnMelody    melody;
  NaivePlayer naive;
  Reading     readings[MOST_READINGS];
  unsigned    count;
} Session;

static void
tell_both(Session* const s,
          double const   position,
          unsigned const status,
          unsigned const data1,
          unsigned const data2)
{
  bool const started = play(&s->melody, position, status, data1, data2);
  assert_int_equal(naive_midi(&s->naive, position, status, data1, data2), started);
  assert_int_equal(s->melody.sounding, naive_sounding(&s->naive));
}

// A controller, or the three of an MPE configuration.
static void
play_controller(Session* const s, Random* const random, double const at)
{
  static unsigned const some[] = {64, 64, 64, 64, 64, 64, 120, 121, 123, 123, 1};
  if (random_below(random, 16) == 0) {
    unsigned const master = random_below(random, 2) ? 0xB0 : 0xBF;
    tell_both(s, at, master, 101, 0);
    tell_both(s, at, master, 100, 6);
    tell_both(s, at, master, 6, random_below(random, 18));
  } else {
    unsigned const channel    = random_below(random, random_below(random, 3) ? 4 : 16);
    unsigned const controller = some[random_below(random, sizeof(some) / sizeof(*some))];
    tell_both(s, at, 0xB0 | channel, controller, random_below(random, 128));
  }
}

static void
play_event(Session* const s, Random* const random, unsigned pitch, double const at)
{
  unsigned const way     = random_below(random, 20);
  unsigned       channel = random_below(random, random_below(random, 3) ? 3 : 16);
  if (way < 3) {
    play_controller(s, random, at);
  } else if (way < 10) {
    if (way < 9) { // otherwise mostly for a note that does not sound
      naive_choose_sounding(&s->naive, random, &channel, &pitch);
    }
    bool const as_note_on = random_below(random, 2);
    tell_both(s, at, (as_note_on ? 0x90 : 0x80) | channel, pitch, as_note_on ? 0 : 64);
  } else {
    tell_both(s, at, 0x90 | channel, pitch, 1 + random_below(random, 127));
  }
}

// Reads a window all of whose steps lie before `end`.
static void
read_window(Session* const s, Random* const random, int64_t const end)
{
  if (s->count == MOST_READINGS) {
    return;
  }
  Reading* const r    = &s->readings[s->count++];
  unsigned const late = random_below(random, 1U << random_below(random, 8));
  r->steps            = random_below(random, 2) ? MN_STEPS_2BAR : MN_STEPS_16BAR;
  r->start            = end - late - r->steps;
  r->onsets           = mn_melody_tokens(&s->melody, r->start, r->steps, r->tokens);
}

// Plays a random piece, and reads windows meanwhile.
static void
play_piece(Session* const s, Random* const random)
{
  static unsigned const channels[] = {0, 0, 0, 1, 2, 10, 16};
  unsigned const        channel    = channels[random_below(random, 7)];
  s->voice                         = random_below(random, 2) ? MN_VOICE_SKYLINE
                                                             : (MnVoice)random_below(random, MN_VOICE_COUNT);
  s->count                         = 0;
  mn_melody_init(&s->melody, s->voice, channel);
  naive_init(&s->naive, channel);

  unsigned const range  = 1 + random_below(random, 40);
  unsigned const low    = random_below(random, 6) ? 50 : 15;
  unsigned const events = 20 + random_below(random, MOST_EVENTS - 20);
  unsigned const hop    = 1 + random_below(random, 12);
  bool const     back   = random_below(random, 4) == 0; // positions sometimes go back
  double         at     = random_from(random, -40, 40);
  for (unsigned i = 0; i < events; ++i) {
    // Mostly a step or two, sometimes longer than the window and the ring.
    unsigned const gap = random_below(random, 60) ? 2 : random_below(random, 4) ? 40 : 700;
    at += random_below(random, 2) ? (double)random_below(random, gap * 240) / 240 : 0;
    if (random_below(random, hop) == 0) {
      read_window(s, random, mn_step_round(at) - back);
    }
    double const less = back ? (double)random_below(random, 110) / 240 : 0;
    play_event(s, random, low + random_below(random, range), at - less);
  }
  read_window(s, random, mn_step_round(at) - back);
}

static void
every_voice_agrees_with_a_naive_player_whenever_it_is_read(void** const state)
{
  (void)state;
  Session* const s         = (Session*)malloc(sizeof(Session));
  unsigned       onsets    = 0;
  unsigned       different = 0; // windows where skyline and highest differ
  for (unsigned piece = 0; piece < PIECES; ++piece) {
    Random random = {piece};
    play_piece(s, &random);
    for (unsigned i = 0; i < s->count; ++i) {
      Reading const* const r = &s->readings[i];
      uint8_t              expected[MN_MAX_STEPS];
      uint8_t              highest[MN_MAX_STEPS];
      unsigned const       count =
        naive_tokens(&s->naive, s->voice, r->start, r->steps, expected);
      assert_int_equal(r->onsets, count);
      assert_memory_equal(r->tokens, expected, r->steps);
      naive_tokens(&s->naive, MN_VOICE_HIGHEST, r->start, r->steps, highest);
      different += s->voice == MN_VOICE_SKYLINE && memcmp(expected, highest, r->steps);
      onsets += count;
    }
  }
  free(s);
  assert_true(onsets > 20 * PIECES); // the pieces were not empty
  assert_true(different > PIECES);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_lower_note_does_not_cut_a_higher_one_that_sounds),
    cmocka_unit_test(a_higher_note_cuts_a_lower_one),
    cmocka_unit_test(a_lower_note_does_not_come_back_when_the_higher_one_ends),
    cmocka_unit_test(of_notes_on_one_step_the_highest_counts),
    cmocka_unit_test(notes_of_one_pitch_are_not_higher_than_each_other),
    cmocka_unit_test(legato_notes_that_overlap_within_a_step_go_down_too),
    cmocka_unit_test(a_short_higher_note_sounds_through_no_step),
    cmocka_unit_test(a_higher_note_from_before_the_window_covers_lower_ones_in_it),
    cmocka_unit_test(a_note_that_is_covered_itself_covers_lower_ones),
    cmocka_unit_test(a_note_covers_the_same_before_and_after_its_end_is_known),
    cmocka_unit_test(notes_that_end_together_cover_what_each_did),
    cmocka_unit_test(a_note_longer_than_the_ring_covers_the_longest_window),
    cmocka_unit_test(an_end_that_comes_late_leaves_later_steps_alone),
    cmocka_unit_test(
      a_note_covers_lower_ones_while_its_key_is_down_whatever_the_pedal_does),
    cmocka_unit_test(all_keys_up_uncover_what_is_below_them),
    cmocka_unit_test(every_voice_agrees_with_a_naive_player_whenever_it_is_read),
  };
  return cmocka_run_group_tests_name("voice", tests, NULL, NULL);
}
