// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The CC slots: what they send, and when.

#include "cc.h"
#include "drive.h"
#include "model/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// A host that plays from bar 0. Results come on the frame where a window closes.
static Drive
rolling(void)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_NONE, true);
  host_set(d.host, "hold", 256);
  drive_locate(&d, 0, 0, 1);
  return d;
}

// The same after two bars of music, with an empty tape. No window closes in the next
// half bar.
static Drive
scored(void)
{
  Drive d = rolling();
  drive_bars(&d, 2);
  assert_true(host_get(d.host, "window") == 1);
  assert_true(host_get(d.host, "musicality") != 0.5F);
  tape_clear(&d.tape);
  return d;
}

// The value of a source, from the output ports.
static double
told(Drive* const d, unsigned const source)
{
  char symbol[32];
  if (source == MN_SOURCE_MUSICALITY) {
    return (double)host_get(d->host, "musicality");
  }
  if (source == MN_SOURCE_NOISE) {
    MnModel* const model =
      mn_model_load("build/music-neurons.lv2/melody-2bar-open.safetensors", NULL);
    double const neurons = model->latent - model->readout.music;
    mn_model_free(model);
    return (double)host_get(d->host, "noise_active") / neurons;
  }
  if (source == MN_SOURCE_TOP) {
    return fmin(fabs((double)host_get(d->host, "top_1_activation")) / 4, 1);
  }
  if (source == MN_SOURCE_SURPRISE) {
    return (double)host_get(d->host, "surprise") / 16;
  }
  if (source == MN_SOURCE_SENSE || source == MN_SOURCE_FORM) {
    return (double)host_get(d->host, source == MN_SOURCE_SENSE ? "sense" : "form");
  }
  if (source == MN_SOURCE_CONFIDENCE) {
    return (double)host_get(d->host, "style_confidence");
  }
  if (source == MN_SOURCE_BARS) {
    return (double)host_get(d->host, "bars_heard") / 16;
  }
  if (source >= MN_SOURCE_STYLE_1) {
    snprintf(symbol, sizeof(symbol), "style_%u", source - MN_SOURCE_STYLE_1 + 1);
    return (double)host_get(d->host, symbol);
  }
  bool const axis = source >= MN_SOURCE_AXIS_1;
  snprintf(symbol,
           sizeof(symbol),
           "%s_%u",
           axis ? "axis" : "neuron",
           source - (axis ? MN_SOURCE_AXIS_1 : MN_SOURCE_NEURON_1) + 1);
  return (double)host_get(d->host, symbol);
}

// The neuron that two bars of music move furthest from neutral in the current model.
// Others may send nothing.
static unsigned
lively(void)
{
  static unsigned source;
  if (!source) {
    Drive  d        = scored();
    double furthest = 0;
    for (unsigned s = MN_SOURCE_NEURON_1; s < MN_SOURCE_SURPRISE; ++s) {
      double const distance = fabs(told(&d, s) - 0.5);
      if (distance > furthest) {
        furthest = distance;
        source   = s;
      }
    }
    drive_free(&d);
  }
  return source;
}

static int
last_value(Drive const* const d, unsigned const controller)
{
  TapeEvent const* const event = tape_last_control(&d->tape, 0, controller);
  return event ? event->bytes[2] : -1;
}

static void
a_fresh_instance_sends_nothing(void** const state)
{
  (void)state;
  Drive d = rolling();
  drive_bars(&d, 5);
  assert_true(host_get(d.host, "window") == 4);
  assert_int_equal(d.tape.count, 5 * 4 * 2); // the notes of the input
  drive_free(&d);
}

static void
every_source_is_sent_when_it_is_chosen(void** const state)
{
  (void)state;
  Drive d = scored();
  drive_slot(&d, 1, "threshold", 0);
  for (unsigned source = 1; source < MN_SOURCE_COUNT; ++source) {
    drive_slot(&d, 1, "source", source);
    tape_clear(&d.tape);
    drive_frames(&d, BLOCK); // once the rate allows it
    drive_frames(&d, BLOCK);
    assert_int_equal(d.tape.count, 1); // once
    assert_int_equal(last_value(&d, 20), lrint(127 * told(&d, source)));
  }
  unsigned differing = 0;
  for (unsigned source = MN_SOURCE_NEURON_1; source < MN_SOURCE_SURPRISE; ++source) {
    differing += told(&d, source) != told(&d, lively());
  }
  assert_true(differing > 0); // each slot follows another neuron
  drive_slot(&d, 1, "source", 0);
  tape_clear(&d.tape);
  drive_frames(&d, 10 * BLOCK);
  assert_int_equal(d.tape.count, 0);
  drive_free(&d);
}

static void
every_slot_has_its_controller_and_channel(void** const state)
{
  (void)state;
  Drive d = scored();
  for (unsigned slot = 1; slot <= 8; ++slot) {
    drive_slot(&d, slot, "source", 3 + slot);
    if (slot > 4) {
      drive_slot(&d, slot, "channel", slot);
      drive_slot(&d, slot, "controller", 119 - slot);
    }
  }
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, 8);
  for (unsigned i = 0; i < 8; ++i) {
    unsigned const channel    = i < 4 ? 0 : i;
    unsigned const controller = i < 4 ? 20 + i : 118 - i;
    assert_true(tape_is_control(&d.tape.events[i], channel, controller));
    assert_int_equal(d.tape.events[i].bytes[2], lrint(127 * told(&d, 4 + i)));
  }
  // The new controller must be sent the value too.
  drive_slot(&d, 8, "controller", 7);
  drive_frames(&d, BLOCK);
  assert_int_equal(tape_controls(&d.tape, 7, 7), 1);
  drive_free(&d);
}

static void
curves_go_through_the_ends_and_rise(void** const state)
{
  (void)state;
  for (int c = -10; c <= 10; ++c) {
    double const curve = c / 10.0;
    assert_true(mn_cc_bend(0, curve) == 0 && mn_cc_bend(1, curve) == 1);
    double before = 0;
    for (int i = 1; i <= 16383; ++i) {
      double const x = i / 16383.0;
      double const y = mn_cc_bend(x, curve);
      assert_true(y > before && y <= 1);
      assert_true(c == 0 ? fabs(y - x) < 1e-15 : c > 0 ? y <= x : y >= x);
      assert_true(fabs(mn_cc_bend(y, -curve) - x) < 1e-12);
      before = y;
    }
  }
  // Fine at the low end: a large part of x covers a small part of the controller.
  assert_true(fabs(mn_cc_bend(0.5, 1) - 1.0 / 9) < 1e-12);
  assert_true(fabs(mn_cc_bend(0.5, -1) - 8.0 / 9) < 1e-12);
}

static void
values_are_inverted_bent_and_fitted_to_the_range(void** const state)
{
  (void)state;
  static struct {
    double low;
    double high;
    double curve;
    int    invert;
  } const cases[] = {
    {0, 127, 0, 1},
    {20, 100, 0, 0},
    {100, 20, 0, 0},
    {20, 100, 0, 1},
    {0, 127, 0.7, 0},
    {0, 127, -0.7, 0},
    {10.5, 64.2, 1, 1},
    {64, 64, -1, 1},
    {-50, 1000, 0, 0}, // out of range: 0 and 127
  };
  Drive        d = scored();
  double const x = told(&d, lively());
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    drive_slot(&d, 1, "source", 0);
    drive_frames(&d, BLOCK);
    drive_slot(&d, 1, "source", lively());
    drive_slot(&d, 1, "low", cases[i].low);
    drive_slot(&d, 1, "high", cases[i].high);
    drive_slot(&d, 1, "curve", cases[i].curve);
    drive_slot(&d, 1, "invert", cases[i].invert);
    drive_frames(&d, BLOCK);
    double const part =
      mn_cc_bend(cases[i].invert ? 1 - x : x, (double)(float)cases[i].curve);
    double const low  = fmax(cases[i].low, 0);
    double const high = fmin(cases[i].high, 127);
    assert_int_equal(last_value(&d, 20), floor(low + part * (high - low) + 0.5));
  }
  drive_free(&d);
}

// Moves both ends of slot 1's range to one value.
static void
set_value(Drive* const d, int const value)
{
  drive_slot(d, 1, "low", value);
  drive_slot(d, 1, "high", value);
}

static void
a_range_that_is_moved_is_followed_with_the_glide(void** const state)
{
  (void)state;
  Drive d = scored();
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "glide", 200);
  drive_slot(&d, 1, "rate", 1000);
  drive_frames(&d, BLOCK);
  int const before = last_value(&d, 20);
  int const far    = before < 64 ? 127 : 0;
  set_value(&d, far);
  tape_clear(&d.tape);
  drive_frames(&d, DRIVE_RATE / 10);
  assert_true(abs(last_value(&d, 20) - (before + far) / 2) <= 1);
  drive_frames(&d, DRIVE_RATE / 10 + 1);
  assert_int_equal(last_value(&d, 20), far);

  set_value(&d, 127 - far); // and from where it is, if it turns back
  drive_frames(&d, DRIVE_RATE / 10);
  set_value(&d, far ? 100 : 27);
  drive_frames(&d, DRIVE_RATE / 10);
  assert_true(abs(last_value(&d, 20) - (64 + (far ? 100 : 27)) / 2) <= 1);
  drive_free(&d);
}

// The value of a pair whose MSB is the event.
static int
pair_value(TapeEvent const* const event)
{
  return event[0].bytes[2] << 7 | event[1].bytes[2];
}

static void
glides_are_straight_from_the_frame_of_the_result(void** const state)
{
  (void)state;
  Drive d = rolling();
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "glide", 500);
  drive_slot(&d, 1, "rate", 1000);
  drive_slot(&d, 1, "threshold", 0);
  drive_slot(&d, 1, "wide", 1);
  drive_slot(&d, 2, "source", lively());
  drive_slot(&d, 2, "glide", 0);
  drive_bars(&d, 2);
  drive_frames(&d, DRIVE_RATE);

  uint32_t const glide = DRIVE_RATE / 2;
  double const   from  = 0.5 * 16383;
  double const   to    = told(&d, lively()) * 16383;
  unsigned       pairs = 0;
  for (unsigned i = 0; i < d.tape.count; ++i) {
    TapeEvent const* const event = &d.tape.events[i];
    if (tape_is_control(event, 0, 21)) { // at once
      assert_true(event->frame == 0 || event->frame == CLOSE_FRAMES);
    }
    if (tape_is_control(event, 0, 20)) {
      assert_true(tape_is_control(event + 1, 0, 52));
      assert_true(event[1].frame == event->frame);
      double const done = event->frame < CLOSE_FRAMES
                            ? 0
                            : fmin((double)(event->frame - CLOSE_FRAMES) / glide, 1);
      assert_true(fabs(pair_value(event) - (from + done * (to - from))) <= 0.5001);
      ++pairs;
    }
  }
  assert_int_equal(tape_controls(&d.tape, 0, 21), 2);
  assert_int_equal(last_value(&d, 21), lrint(to / 16383 * 127));
  assert_in_range(pairs, 300, 502); // one a millisecond, if the value moves
  TapeEvent const* const last = tape_last_control(&d.tape, 0, 20);
  assert_int_equal(pair_value(last), lrint(to));
  assert_true(last->frame <= CLOSE_FRAMES + glide + DRIVE_RATE / 1000);
  drive_free(&d);
}

static void
changes_below_the_threshold_are_not_sent_but_the_last_value_is(void** const state)
{
  (void)state;
  Drive d = rolling();
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "glide", 1000);
  drive_slot(&d, 1, "rate", 1000);
  drive_slot(&d, 1, "threshold", 5.5);
  drive_bars(&d, 2);
  drive_frames(&d, BAR_FRAMES / 2 + BEAT_FRAMES);
  int before = -1;
  for (unsigned i = 0; i < d.tape.count; ++i) {
    TapeEvent const* const event = &d.tape.events[i];
    if (tape_is_control(event, 0, 20)) {
      int const value = event->bytes[2];
      if (before >= 0 && event->frame != CLOSE_FRAMES + DRIVE_RATE) {
        assert_int_equal(abs(value - before), 6); // a slow ramp, in equal steps
      }
      before = value;
    }
  }
  assert_int_equal(before, lrint(127 * told(&d, lively())));
  assert_true(tape_controls(&d.tape, 0, 20) > 3);
  drive_free(&d);
}

static void
the_rate_is_never_exceeded_and_the_last_value_arrives(void** const state)
{
  (void)state;
  double const rates[] = {1, 3.5, 7, 50, 999};
  for (unsigned r = 0; r < sizeof(rates) / sizeof(*rates); ++r) {
    Drive d = rolling();
    host_set(d.host, "hop", 5);
    drive_slot(&d, 1, "source", lively());
    drive_slot(&d, 1, "glide", 90);
    drive_slot(&d, 1, "rate", rates[r]);
    drive_slot(&d, 1, "threshold", 0);
    drive_bars(&d, 4);
    drive_slot(&d, 1, "controller", 33); // nor do changes of the slot
    drive_frames(&d, BLOCK);
    drive_slot(&d, 1, "source", 0);
    drive_frames(&d, BLOCK);
    drive_slot(&d, 1, "source", lively());
    drive_slot(&d, 1, "controller", 20);
    drive_frames(&d, 2 * BLOCK);
    host_set(d.host, "enabled", 0); // no more windows, and a glide to neutral
    drive_frames(&d, DRIVE_RATE + DRIVE_RATE / 5);
    uint64_t const apart  = (uint64_t)ceil(DRIVE_RATE / rates[r]);
    uint64_t       before = 0;
    unsigned       count  = 0;
    for (unsigned i = 0; i < d.tape.count; ++i) {
      TapeEvent const* const event = &d.tape.events[i];
      if (tape_is_control(event, 0, 20) || tape_is_control(event, 0, 33)) {
        assert_true(count == 0 || event->frame - before >= apart);
        before = event->frame;
        ++count;
      }
    }
    assert_true(count >= 4);
    assert_int_equal(last_value(&d, 20), 64);
    drive_free(&d);
  }
}

static void
pairs_need_a_number_below_32(void** const state)
{
  (void)state;
  Drive d = scored();
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "wide", 1);
  drive_slot(&d, 1, "controller", 31);
  drive_slot(&d, 2, "source", lively());
  drive_slot(&d, 2, "wide", 1);
  drive_slot(&d, 2, "controller", 32);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, 3);
  assert_true(tape_is_control(&d.tape.events[0], 0, 31));
  assert_true(tape_is_control(&d.tape.events[1], 0, 63));
  assert_true(tape_is_control(&d.tape.events[2], 0, 32));
  double const x = told(&d, lively());
  assert_int_equal(pair_value(d.tape.events), lrint(16383 * x));
  assert_int_equal(d.tape.events[2].bytes[2], lrint(127 * x));

  // The whole range, and its ends.
  drive_slot(&d, 1, "low", 127);
  drive_slot(&d, 1, "glide", 0);
  drive_frames(&d, 2 * BLOCK);
  assert_int_equal(pair_value(tape_last_control(&d.tape, 0, 31)), 16383);
  drive_slot(&d, 1, "low", 0);
  drive_slot(&d, 1, "high", 0);
  drive_frames(&d, 2 * BLOCK);
  assert_int_equal(pair_value(tape_last_control(&d.tape, 0, 31)), 0);
  drive_free(&d);
}

static void
values_come_with_every_kind_of_worker(void** const state)
{
  (void)state;
  for (unsigned kind = 0; kind < HOST_WORKER_KINDS; ++kind) {
    Drive d = drive_new(HOST_MONITOR, (HostWorker)kind, false);
    host_set(d.host, "hold", 256);
    drive_slot(&d, 1, "source", lively());
    drive_slot(&d, 2, "source", MN_SOURCE_MUSICALITY);
    drive_locate(&d, 0, 0, 1);
    drive_bars(&d, 4);
    drive_frames(&d, BAR_FRAMES / 2);
    assert_true(host_get(d.host, "window") == 3);
    assert_int_equal(last_value(&d, 20), lrint(127 * told(&d, lively())));
    assert_int_equal(last_value(&d, 21), lrint(127 * told(&d, MN_SOURCE_MUSICALITY)));
    drive_free(&d);
  }
}

static void
while_off_values_go_to_neutral_and_no_further(void** const state)
{
  (void)state;
  Drive d = scored();
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "rate", 1000);
  drive_slot(&d, 1, "glide", 300);
  drive_frames(&d, BLOCK);
  host_set(d.host, "enabled", 0);
  drive_frames(&d, DRIVE_RATE / 2);
  assert_int_equal(last_value(&d, 20), 64);
  assert_true(tape_controls(&d.tape, 0, 20) > 5);
  tape_clear(&d.tape);
  drive_slot(&d, 1, "low", 70); // whatever is done to it
  drive_slot(&d, 2, "source", MN_SOURCE_TOP);
  drive_frames(&d, DRIVE_RATE);
  assert_int_equal(d.tape.count, 0);
  host_set(d.host, "enabled", 1);
  drive_frames(&d, DRIVE_RATE);
  assert_int_equal(last_value(&d, 21), 0);
  assert_int_equal(last_value(&d, 20), 99);
  drive_free(&d);
}

static void
silence_lets_values_glide_to_neutral(void** const state)
{
  (void)state;
  Drive d = scored();
  host_set(d.host, "hold", 2);
  drive_slot(&d, 1, "source", lively());
  drive_slot(&d, 1, "glide", 0);
  drive_frames(&d, 2 * BEAT_FRAMES);
  // The last note ended half a beat before the end of the second bar.
  assert_int_equal(tape_controls(&d.tape, 0, 20), 2);
  assert_true(tape_last_control(&d.tape, 0, 20)->frame ==
              2 * BAR_FRAMES + BEAT_FRAMES + BEAT_FRAMES / 2);
  assert_int_equal(last_value(&d, 20), 64);
  drive_free(&d);
}

static void
an_instance_that_is_activated_again_sends_its_values_again(void** const state)
{
  (void)state;
  Drive d = scored();
  drive_slot(&d, 1, "source", lively());
  drive_frames(&d, 5 * BLOCK);
  assert_int_equal(d.tape.count, 1);
  host_reactivate(d.host);
  drive_frames(&d, 5 * BLOCK);
  assert_int_equal(d.tape.count, 2);
  assert_int_equal(last_value(&d, 20), 64);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_fresh_instance_sends_nothing),
    cmocka_unit_test(every_source_is_sent_when_it_is_chosen),
    cmocka_unit_test(every_slot_has_its_controller_and_channel),
    cmocka_unit_test(curves_go_through_the_ends_and_rise),
    cmocka_unit_test(values_are_inverted_bent_and_fitted_to_the_range),
    cmocka_unit_test(a_range_that_is_moved_is_followed_with_the_glide),
    cmocka_unit_test(glides_are_straight_from_the_frame_of_the_result),
    cmocka_unit_test(changes_below_the_threshold_are_not_sent_but_the_last_value_is),
    cmocka_unit_test(the_rate_is_never_exceeded_and_the_last_value_arrives),
    cmocka_unit_test(pairs_need_a_number_below_32),
    cmocka_unit_test(values_come_with_every_kind_of_worker),
    cmocka_unit_test(while_off_values_go_to_neutral_and_no_further),
    cmocka_unit_test(silence_lets_values_glide_to_neutral),
    cmocka_unit_test(an_instance_that_is_activated_again_sends_its_values_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
