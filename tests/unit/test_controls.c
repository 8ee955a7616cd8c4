// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "controls.h"

#include "check.h"

#include <math.h>
#include <string.h>

static float const hostile[] =
  {NAN, INFINITY, -INFINITY, 1e38F, -1e38F, 1e-38F, -0.0F, 1e9F, -1e9F};

enum { HOSTILE = sizeof(hostile) / sizeof(*hostile) };

static void
assert_text(unsigned const port, float const value, char const* const wanted)
{
  char text[64];
  mn_control_text(port, value, text, sizeof(text));
  assert_string_equal(text, wanted);
}

static void
values_are_told_with_their_units(void** const state)
{
  (void)state;
  assert_text(MN_PORT_TEMPO, 120, "120 bpm");
  assert_text(MN_PORT_TEMPO, 93.46F, "93.5 bpm");
  assert_text(MN_PORT_GLIDE, 0, "0 ms");
  assert_text(MN_PORT_GLIDE, 5000, "5000 ms");
  assert_text(MN_PORT_HOLD, 16, "16 beats");
  assert_text(MN_PORT_HOP, 3, "1 beat");
  assert_text(MN_PORT_CHANNEL, 0, "Any");
  assert_text(MN_PORT_CHANNEL, 10, "10");
  assert_text(MN_PORT_ENABLED, 1, "On");
  assert_text(MN_PORT_CC_1 + MN_CC_PORT_CURVE, -0.35F, "-0.35");
  assert_text(MN_PORT_CC_1 + MN_CC_PORT_CURVE, -0.001F, "0");
  assert_text(MN_PORT_CC_1 + MN_CC_PORT_RATE, 50, "50 Hz");
  assert_text(MN_PORT_CC_1 + MN_CC_PORT_SOURCE, MN_SOURCE_NEURON_1, "Neuron 1");
  assert_text(MN_PORT_MUSICALITY, 1, "");
}

static void
a_value_that_is_none_becomes_one_that_the_port_takes(void** const state)
{
  (void)state;
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl c;
    for (unsigned i = 0; i < HOSTILE && mn_control_get(port, &c); ++i) {
      float const value = mn_control_clean(port, hostile[i]);
      assert_true(value >= c.minimum && value <= c.maximum);
      char text[64];
      mn_control_text(port, hostile[i], text, sizeof(text));
      assert_true(strlen(text) > 0 && strlen(text) < 32);
      double const part = mn_control_fraction(port, hostile[i]);
      assert_true(part >= 0 && part <= 1);
    }
  }
  assert_true(mn_control_clean(MN_PORT_TEMPO, NAN) == 120);
}

static void
a_box_shows_a_value_where_a_drag_sets_it(void** const state)
{
  (void)state;
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl c;
    if (!mn_control_get(port, &c)) {
      continue;
    }
    double const whole = (double)c.maximum - (double)c.minimum;
    float        last  = c.minimum;
    for (int i = 0; i <= 1000; ++i) {
      double const part  = i / 1000.0;
      float const  value = mn_control_at(port, part);
      assert_true(value >= last); // one way only
      last = value;
      // The value is rounded to the digits that are shown.
      double const back = (double)mn_control_at(port, mn_control_fraction(port, value));
      assert_close(back, (double)value, 1e-4 * whole);
    }
    assert_true(mn_control_at(port, 0) == c.minimum);
    assert_true(mn_control_at(port, 1) == c.maximum);
    assert_true(mn_control_at(port, -3) == c.minimum);
    assert_true(mn_control_at(port, (double)NAN) == c.minimum);
    assert_true(mn_control_drag(port, c.initial, 2, false) == c.maximum);
    assert_true(mn_control_drag(port, c.initial, -2, false) == c.minimum);
    assert_true(mn_control_drag(port, c.initial, (double)NAN, false) == c.initial);
  }
  float const coarse = mn_control_drag(MN_PORT_TEMPO, 120, 0.1, false);
  assert_close((double)coarse, 158, 0.01);
  assert_close((double)mn_control_drag(MN_PORT_TEMPO, 120, 0.1, true), 123.8, 0.01);
}

static void
each_step_of_the_wheel_moves_a_value_until_its_end(void** const state)
{
  (void)state;
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl c;
    if (!mn_control_get(port, &c)) {
      continue;
    }
    float    value = c.minimum;
    unsigned steps = 0;
    while (value < c.maximum) {
      float const next = mn_control_nudge(port, value, 1);
      assert_true(next > value);
      value = next;
      assert_true(++steps <= 400);
    }
    assert_true(value == c.maximum);
    assert_true(mn_control_nudge(port, value, 1) == value);
    assert_true(mn_control_nudge(port, value, 0) == value);
    for (steps = 0; value > c.minimum; ++steps) {
      float const next = mn_control_nudge(port, value, -1);
      assert_true(next < value);
      value = next;
      assert_true(steps <= 400);
    }
    assert_true(value == c.minimum);
  }
  assert_true(mn_control_nudge(MN_PORT_HOP, 1, 1) == 2);
  assert_true(mn_control_nudge(MN_PORT_TEMPO, 120.3F, 1) == 121);
  assert_true(mn_control_nudge(MN_PORT_CHANNEL, 3, -1) == 2);
}

static void
slots_differ_in_what_they_start_with(void** const state)
{
  (void)state;
  MnControl first;
  MnControl last;
  assert_true(mn_control_get(MN_PORT_CC_1 + MN_CC_PORT_CONTROLLER, &first));
  assert_true(
    mn_control_get(MN_PORT_SEND_1 - MN_CC_PORT_COUNT + MN_CC_PORT_CONTROLLER, &last));
  assert_true(first.initial == 20 && last.initial == 27);
  assert_string_equal(last.symbol, "cc_8_controller");
  assert_false(mn_control_get(MN_PORT_COUNT, &last));
  assert_false(mn_control_get(MN_PORT_FREEWHEEL, &last));
  assert_int_equal(mn_control_choices(MN_PORT_HOP), 6);
  assert_int_equal(mn_control_choices(MN_PORT_TEMPO), 0);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(values_are_told_with_their_units),
    cmocka_unit_test(a_value_that_is_none_becomes_one_that_the_port_takes),
    cmocka_unit_test(a_box_shows_a_value_where_a_drag_sets_it),
    cmocka_unit_test(each_step_of_the_wheel_moves_a_value_until_its_end),
    cmocka_unit_test(slots_differ_in_what_they_start_with),
  };
  return cmocka_run_group_tests_name("controls", tests, NULL, NULL);
}
