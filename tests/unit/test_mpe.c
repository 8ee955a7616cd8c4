// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The zones of MPE: which channels are heard, and which channels a master controls.

#include "check.h"

#include "player.h"

static MnMelody
listening_to(unsigned const channel)
{
  MnMelody m;
  mn_melody_init(&m, MN_VOICE_HIGHEST, channel);
  return m;
}

// The channels that are heard, as bits.
static unsigned
heard_channels(MnMelody* const m)
{
  unsigned set = 0;
  for (unsigned channel = 0; channel < 16; ++channel) {
    set |= (unsigned)play(m, 0, 0x90 | channel, C4, 100) << channel;
    play(m, 1, 0x80 | channel, C4, 0);
  }
  return set;
}

static void
channel_10_is_heard_while_an_mpe_zone_covers_it(void** const state)
{
  (void)state;
  static struct {
    unsigned lower;
    unsigned upper;
    bool     covered;
  } const zones[] = {{0, 0, false},
                     {8, 0, false},
                     {9, 0, true},
                     {15, 0, true},
                     {0, 5, false},
                     {0, 6, true},
                     {0, 15, true},
                     {8, 5, false}};
  for (unsigned i = 0; i < sizeof(zones) / sizeof(*zones); ++i) {
    MnMelody m = empty();
    configure_mpe(&m, 0, 1, zones[i].lower);
    configure_mpe(&m, 0, 16, zones[i].upper);
    if (zones[i].upper == 0) {
      configure_mpe(&m, 0, 1, zones[i].lower);
    }
    assert_int_equal(heard_channels(&m), zones[i].covered ? 0xFFFF : 0xFDFF);
    configure_mpe(&m, 0, 1, 0);
    configure_mpe(&m, 0, 16, 0);
    assert_int_equal(heard_channels(&m), 0xFDFF);
  }
}

static void
who_listens_to_a_master_hears_its_zone(void** const state)
{
  (void)state;
  MnMelody        lower = listening_to(1);
  MnMelody        upper = listening_to(16);
  MnMelody        other = listening_to(3);
  MnMelody        drums = listening_to(10);
  MnMelody* const all[] = {&lower, &upper, &other, &drums};
  for (unsigned i = 0; i < 4; ++i) {
    configure_mpe(all[i], 0, 1, 3);
    configure_mpe(all[i], 0, 16, 7);
  }
  assert_int_equal(heard_channels(&lower), 0x000F);
  assert_int_equal(heard_channels(&upper), 0xFF00);
  assert_int_equal(heard_channels(&other), 1U << 2);
  assert_int_equal(heard_channels(&drums), 1U << 9);
  configure_mpe(&lower, 0, 1, 0);
  configure_mpe(&upper, 0, 16, 0);
  assert_int_equal(heard_channels(&lower), 1U << 0);
  assert_int_equal(heard_channels(&upper), 1U << 15);
}

static void
a_zone_takes_the_channels_that_it_needs_from_the_other(void** const state)
{
  (void)state;
  for (unsigned first = 1; first <= 15; ++first) {
    for (unsigned second = 0; second <= 15; ++second) {
      unsigned const left  = second == 0           ? first
                             : second >= 14        ? 0
                             : first < 14 - second ? first
                                                   : 14 - second;
      MnMelody       lower = listening_to(1); // the first
      MnMelody       upper = listening_to(16);
      configure_mpe(&lower, 0, 1, first);
      configure_mpe(&lower, 0, 16, second);
      configure_mpe(&upper, 0, 1, first);
      configure_mpe(&upper, 0, 16, second);
      assert_int_equal(heard_channels(&lower), (2U << left) - 1);
      assert_int_equal(heard_channels(&upper), 0xFFFFU << (15 - second) & 0xFFFF);

      lower = listening_to(1); // in the other order
      upper = listening_to(16);
      configure_mpe(&lower, 0, 16, first);
      configure_mpe(&lower, 0, 1, second);
      configure_mpe(&upper, 0, 16, first);
      configure_mpe(&upper, 0, 1, second);
      assert_int_equal(heard_channels(&lower), (2U << second) - 1);
      assert_int_equal(heard_channels(&upper), 0xFFFFU << (15 - left) & 0xFFFF);
    }
  }
}

static void
only_parameter_6_on_a_master_configures_a_zone(void** const state)
{
  (void)state;
  typedef struct {
    unsigned channel;
    unsigned controller;
    unsigned value;
  } Step;
  static Step const none[][4] = {
    {{1, 6, 9}},                                        // no parameter
    {{1, 100, 6}, {1, 6, 9}},                           // half of one
    {{1, 101, 0}, {1, 6, 9}},                           // the other half
    {{1, 101, 0}, {1, 100, 0}, {1, 6, 9}},              // bend range
    {{1, 101, 1}, {1, 100, 6}, {1, 6, 9}},              // another 6
    {{2, 101, 0}, {2, 100, 6}, {2, 6, 9}},              // no master
    {{1, 101, 0}, {1, 100, 6}, {2, 6, 9}},              // elsewhere
    {{1, 101, 0}, {16, 100, 6}, {1, 6, 9}},             // half here, half there
    {{1, 101, 0}, {1, 100, 6}, {1, 38, 9}},             // the fine part
    {{1, 101, 0}, {1, 100, 6}, {1, 6, 16}},             // more than there are
    {{1, 101, 0}, {1, 100, 6}, {1, 121, 0}, {1, 6, 9}}, // reset
    {{1, 101, 0}, {1, 100, 6}, {1, 98, 6}, {1, 6, 9}},  // not registered
    {{1, 101, 0}, {1, 100, 6}, {1, 99, 0}, {1, 6, 9}},
    {{1, 101, 0}, {1, 100, 6}, {1, 100, 127}, {1, 6, 9}}, // null
    {{1, 101, 0}, {1, 100, 6}, {1, 101, 127}, {1, 6, 9}},
  };
  for (unsigned i = 0; i < sizeof(none) / sizeof(*none); ++i) {
    MnMelody m = empty();
    for (unsigned k = 0; k < 4 && none[i][k].channel; ++k) {
      control(&m, 0, none[i][k].channel, none[i][k].controller, none[i][k].value);
    }
    assert_int_equal(heard_channels(&m), 0xFDFF);
  }
  MnMelody m = empty();
  control(&m, 0, 1, 100, 6); // the other order
  control(&m, 0, 1, 101, 0);
  control(&m, 0, 1, 6, 9);
  assert_int_equal(heard_channels(&m), 0xFFFF);
  control(&m, 0, 1, 6, 8); // the parameter stays chosen
  assert_int_equal(heard_channels(&m), 0xFDFF);
}

static void
a_masters_pedal_acts_on_its_zone(void** const state)
{
  (void)state;
  MnMelody m = empty();
  configure_mpe(&m, 0, 1, 5);
  control(&m, 0, 1, 64, 127);
  for (unsigned channel = 0; channel < 16; ++channel) {
    play(&m, 0, 0x90 | channel, C4 - channel, 100);
    play(&m, 1, 0x80 | channel, C4 - channel, 0);
  }
  assert_int_equal(m.sounding, 6);
  configure_mpe(&m, 2, 16, 11); // leaves three members to the lower zone
  assert_int_equal(m.sounding, 4);
  control(&m, 4, 1, 64, 0);
  assert_int_equal(m.sounding, 0);
  ASSERT_TOKENS(&m, 0, CLASS_C4, 0, 0, 0, MN_NOTE_OFF);
}

static void
a_members_own_pedal_is_not_lifted_by_the_masters(void** const state)
{
  (void)state;
  MnMelody m = empty();
  configure_mpe(&m, 0, 16, 5);
  control(&m, 0, 14, 64, 127);
  control(&m, 0, 16, 64, 127);
  play(&m, 0, 0x9D, C4, 100);
  play(&m, 1, 0x8D, C4, 0);
  control(&m, 2, 16, 64, 0);
  assert_int_equal(m.sounding, 1);
  control(&m, 3, 14, 64, 0);
  assert_int_equal(m.sounding, 0);
}

static void
what_is_said_to_all_notes_of_a_master_is_said_to_its_zone(void** const state)
{
  (void)state;
  static unsigned const controllers[] = {120, 121, 123};
  for (unsigned i = 0; i < 3; ++i) {
    MnMelody m = empty();
    configure_mpe(&m, 0, 1, 4);
    for (unsigned channel = 0; channel < 8; ++channel) {
      control(&m, 0, channel + 1, 64, controllers[i] == 121 ? 127 : 0);
      play(&m, 0, 0x90 | channel, C4, 100);
      if (controllers[i] == 121) {
        play(&m, 1, 0x80 | channel, C4, 0);
      }
    }
    assert_int_equal(m.sounding, 8);
    control(&m, 2, 3, controllers[i], 0); // a member: for itself alone
    assert_int_equal(m.sounding, controllers[i] == 121 ? 8 : 7); // under the master's pedal
    control(&m, 2, 1, controllers[i], 0);
    assert_int_equal(m.sounding, 3);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(channel_10_is_heard_while_an_mpe_zone_covers_it),
    cmocka_unit_test(who_listens_to_a_master_hears_its_zone),
    cmocka_unit_test(a_zone_takes_the_channels_that_it_needs_from_the_other),
    cmocka_unit_test(only_parameter_6_on_a_master_configures_a_zone),
    cmocka_unit_test(a_masters_pedal_acts_on_its_zone),
    cmocka_unit_test(a_members_own_pedal_is_not_lifted_by_the_masters),
    cmocka_unit_test(what_is_said_to_all_notes_of_a_master_is_said_to_its_zone),
  };
  return cmocka_run_group_tests_name("mpe", tests, NULL, NULL);
}
