// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window does with the plugin's messages, and with the time between them.

#include "check.h"
#include "draw.h"
#include "told_window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
a_window_of_another_model_is_asked_for_again(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_int_equal(tell_window(w, 1, LATENT, 1, 0), 0); // the model was lost
  assert_true(w->receiver.incomplete);
  tell_model(w, "small", 2);
  w->receiver.incomplete = false;
  assert_int_equal(tell_window(w, 1, LATENT - 1, 1, 0), 0);
  assert_true(w->receiver.incomplete);
  w->receiver.incomplete = false;
  assert_int_equal(tell_window(w, 1, LATENT, NAN, 0), 0);
  assert_int_equal(tell_window(w, 1, LATENT, 1, 0), MN_DRAW_WINDOW);
  assert_true(w->view.window.has_values && w->view.window.scored);

  // A window with too few notes keeps the values of the last one.
  assert_int_equal(tell_window(w, 2, 0, 0, 0), MN_DRAW_WINDOW);
  assert_true(w->view.window.has_values && !w->view.window.scored);
  assert_true(w->view.window.mu[0] == 1);
  assert_int_equal(w->view.window.number, 2);
}

static void
the_past_grows_by_each_window_once(void** const state)
{
  ToldWindow* const   w    = (ToldWindow*)*state;
  MnPast const* const past = &w->view.past;
  tell_model(w, "small", 2);
  tell_history(w, 2, 2);
  tell_window(w, 2, LATENT, 1, 0); // the history has it, but not all of it
  assert_int_equal(past->count, 2);
  assert_int_equal(past->entry[0].neurons, 0);
  assert_int_equal(past->entry[1].neurons, LATENT);
  tell_window(w, 3, LATENT, 1, 0);
  tell_window(w, 3, LATENT, 1, 0);
  assert_int_equal(past->count, 3);
  assert_int_equal(past->entry[0].said.musicality, 51);
  assert_int_equal(past->entry[2].said.musicality, 191); // 0.75
  assert_int_equal(past->entry[2].said.sense, 64);       // 0.25
  assert_int_equal(past->entry[2].said.noise_active, 2);
  assert_int_equal(past->entry[2].said.bar, 9);
  assert_int_equal(past->entry[2].mu[0], MN_PAST_MU);
  assert_false(w->receiver.incomplete);
  tell_window(w, 5, LATENT, 1, 0); // a message was lost
  assert_true(w->receiver.incomplete);
  tell_history(w, 0, 0); // the plugin listens anew
  assert_int_equal(past->count, 0);
  assert_int_equal(w->view.window.number, 0);
  assert_false(w->view.window.has_values);
}

static void
a_history_that_is_cut_changes_nothing(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  tell_model(w, "small", 2);
  w->cut = 1;
  assert_int_equal(tell_history(w, 2, 2), 0);
  assert_int_equal(w->view.past.count, 0);
}

static void
an_hour_is_kept_and_thinned_where_it_is_old(void** const state)
{
  ToldWindow* const   w    = (ToldWindow*)*state;
  MnPast const* const past = &w->view.past;
  tell_model(w, "small", 2);
  for (int i = 1; i <= 3 * MN_PAST; ++i) {
    tell_window(w, i, LATENT, 1, 0);
    assert_true(past->count <= MN_PAST);
  }
  assert_int_equal(past->entry[0].said.number, 1);
  assert_int_equal(mn_past_number(past), 3 * MN_PAST);
  assert_true(past->count > MN_PAST / 2);
  // The newest ones are all there, and the line of time is in order.
  for (unsigned i = 1; i < past->count; ++i) {
    assert_true(past->entry[i].at > past->entry[i - 1].at);
    int const way = past->entry[i].said.number - past->entry[i - 1].said.number;
    assert_true(way == 1 || i < MN_PAST / 2);
  }
}

static void
rest_is_told_and_redraws_what_falls_back(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  tell_step(w, 4, 16, true, 0);
  assert_false(w->view.roll.resting);
  w->resting = true;
  assert_int_equal(tell_step(w, 5, 16, true, 0) & MN_DRAW_WINDOW, MN_DRAW_WINDOW);
  assert_true(w->view.roll.resting);
}

static void
the_position_goes_on_by_the_clock_and_waits(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_true(tell_step(w, 4, 16, true, 10) & MN_DRAW_STEP);
  assert_int_equal(w->view.roll.notes, 2); // the other notes make no sense
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 10), 0);
  // 120 bpm are 8 steps a second.
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 10.0625), MN_DRAW_STEP);
  assert_true(fabs(w->view.roll.position - 4.5) < 1e-9);
  mn_receive_advance(&w->receiver, &w->view, 20);
  assert_true(fabs(w->view.roll.position - 5.5) < 1e-9); // no later message came
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 21), 0);
  // A late message does not turn it back; a jump does.
  tell_step(w, 5, 16, true, 21);
  assert_true(fabs(w->view.roll.position - 5.5) < 1e-9);
  tell_step(w, 2, 16, true, 21.1);
  assert_true(w->view.roll.position == 2);
  // It stands still while the plugin does not listen.
  tell_step(w, 3, 16, false, 22);
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 23), 0);
}

static void
bars_that_cannot_be_drawn_are_refused(void** const state)
{
  ToldWindow* const w      = (ToldWindow*)*state;
  double const      bars[] = {0, -16, 1e-9, 1e9, NAN, INFINITY};
  for (unsigned i = 0; i < sizeof(bars) / sizeof(*bars); ++i) {
    assert_int_equal(tell_step(w, 4, bars[i], true, 0), 0);
  }
  assert_int_equal(tell_step(w, 1e9, 16, true, 0), 0); // far from the roll
  double const far[] = {1e9, -1e9, 4097, -4097};
  for (unsigned i = 0; i < sizeof(far) / sizeof(*far); ++i) {
    w->bar_start = far[i];
    assert_int_equal(tell_step(w, 4, 16, true, 0), 0);
  }
  assert_false(w->view.roll.known);
  w->bar_start = -16;
  assert_true(tell_step(w, 4, 16, true, 0));
}

static void
each_step_has_its_surprise(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_int_equal(tell_step_bits(w, 4, 16, true, 0, STEPS - 1), 0); // a step has none
  assert_false(w->view.roll.known);
  assert_true(tell_step(w, 4, 16, true, 0) & MN_DRAW_STEP);
  assert_true(w->view.roll.surprise[0] == 7.5F);
  assert_true(w->view.roll.surprise[1] == -1);
}

static void
the_players_notes_come_with_its_steps(void** const state)
{
  ToldWindow* const w           = (ToldWindow*)*state;
  float const       played[9]   = {64, -2, 3.5F, 128, 0, 1, 71, 40, 42};
  float const       infinite[9] = {64, INFINITY};
  w->played                     = played;
  assert_int_equal(tell_step(w, 2, 16, true, 0) & MN_DRAW_STEP, MN_DRAW_STEP);
  assert_int_equal(w->view.roll.played, 0); // this is not the player
  w->view.player = true;
  tell_step(w, 3, 16, true, 0);
  assert_int_equal(w->view.roll.played, 2); // there is no key 128
  assert_int_equal(w->view.roll.play[0].pitch, 64);
  assert_true(w->view.roll.play[0].start == -2 && w->view.roll.play[0].end == 3.5F);
  assert_int_equal(w->view.roll.play[1].pitch, 71);
  w->played = infinite;
  assert_int_equal(tell_step(w, 4, 16, true, 0), 0);
  w->played = NULL;
  assert_int_equal(tell_step(w, 4, 16, true, 0), 0);
  assert_int_equal(w->view.roll.played, 2);
}

static void
a_message_may_leave_out_the_0_at_its_end(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  // Whole words: no padding ends it either.
  assert_int_equal(tell_bare_message(w, "12345678"), MN_DRAW_ALL);
  assert_string_equal(w->view.message, "12345678");
  assert_int_equal(tell_message(w, "12345678"), 0); // the same again
  assert_int_equal(tell_message(w, ""), MN_DRAW_ALL);
  assert_string_equal(w->view.message, "");
}

static void
peaks_hold_and_then_fall(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  tell_model(w, "small", 2);
  tell_window(w, 1, LATENT, -2, 0);
  tell_window(w, 2, LATENT, 1, 0.5);
  assert_true(w->view.window.peak[0] == -2);
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 1), 0);
  assert_true(w->view.window.peak[0] == -2);
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 2), 1 << MN_AREA_NEURONS);
  float const fallen = w->view.window.peak[0];
  assert_true(fallen > -2 && fallen < 1);
  mn_receive_advance(&w->receiver, &w->view, 10);
  assert_true(w->view.window.peak[0] == 1);
  assert_int_equal(mn_receive_advance(&w->receiver, &w->view, 11), 0);
}

static void
what_slots_send_is_taken_whole_or_not_at_all(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_true(w->view.sent[0] == MN_SENT_NOTHING);
  assert_int_equal(tell_sent(w, MN_CC_SLOTS, 64.5F), 1U << MN_AREA_SENT);
  assert_int_equal(tell_sent(w, MN_CC_SLOTS, 64.5F), 0); // nothing new
  assert_int_equal(tell_sent(w, MN_CC_SLOTS - 1, 3), 0);
  assert_int_equal(tell_sent(w, MN_CC_SLOTS + 1, 3), 0);
  assert_int_equal(tell_sent(w, MN_CC_SLOTS, NAN), 0);
  assert_true(w->view.sent[0] == 64.5F);
  assert_true(w->view.sent[1] == MN_SENT_SILENT);
  assert_true(w->view.sent[3] == 127);
}

static void
cut_and_changed_messages_are_survived(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  tell_model(w, "small", 2);
  uint64_t seed = 3;
  for (unsigned i = 0; i < 60000; ++i) {
    switch (i % 6) {
    case 0:
      tell_model(w, "small", 2);
      break;
    case 1:
      tell_labels(w, (int32_t)(i / 6 % 3), "high\tpitch\nlow\tpitch\n");
      break;
    case 2:
      w->heard = i % 12 < 6 ? 4 : 0;
      tell_window(w, (int32_t)i, LATENT, 1, 0);
      break;
    case 3:
      tell_step(w, i, 16, true, 0);
      break;
    case 4:
      tell_sent(w, MN_CC_SLOTS, (float)i);
      break;
    default:
      tell_history(w, (int32_t)i, 2);
      break;
    }
    uint32_t const size = lv2_atom_total_size(&w->message.atom);
    // A copy of exactly this size, so that a sanitizer sees a read beyond it.
    uint8_t* const copy = (uint8_t*)malloc(size);
    memcpy(copy, &w->message, size);
    for (unsigned k = 0; k < 2; ++k) {
      seed ^= seed << 13;
      seed ^= seed >> 7;
      seed ^= seed << 17;
      copy[seed % size] = (uint8_t)(seed >> 32);
    }
    mn_receive(&w->receiver, &w->view, copy, i % 3 ? size : (seed >> 40) % size, 0);
    free(copy);
    mn_receive_advance(&w->receiver, &w->view, i);
  }
  MnViewModel const* const model = &w->view.model;
  assert_true(model->latent <= MN_MAX_LATENT && model->music <= model->latent);
  assert_true(isfinite(w->view.roll.position));
}

static void
fewer_values_of_16_bars_change_nothing(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  tell_model(w, "small", 2);
  w->heard  = 4;
  w->ranked = 3;
  tell_window(w, 1, LATENT, 1, 0);
  assert_false(w->view.window.has_values);
  w->ranked = 0;
  tell_window(w, 2, LATENT, 1, 0);
  assert_true(w->view.window.has_values);
}

static void
values_of_ports_are_checked(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_int_equal(mn_receive_value(&w->view, MN_PORT_TEMPO, 120), 0); // unchanged
  assert_true(mn_receive_value(&w->view, MN_PORT_TEMPO, 90));
  assert_int_equal(mn_receive_value(&w->view, MN_PORT_TEMPO, NAN), 0);
  assert_int_equal(mn_receive_value(&w->view, MN_PORT_COUNT, 1), 0);
  assert_int_equal(mn_receive_value(&w->view, MN_PORT_OUT, 1), 0);
  assert_true(w->view.value[MN_PORT_TEMPO] == 90);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_window_new, told_window_free)
  struct CMUnitTest const tests[] = {
    TEST(a_window_of_another_model_is_asked_for_again),
    TEST(the_past_grows_by_each_window_once),
    TEST(a_history_that_is_cut_changes_nothing),
    TEST(an_hour_is_kept_and_thinned_where_it_is_old),
    TEST(rest_is_told_and_redraws_what_falls_back),
    TEST(the_position_goes_on_by_the_clock_and_waits),
    TEST(bars_that_cannot_be_drawn_are_refused),
    TEST(each_step_has_its_surprise),
    TEST(the_players_notes_come_with_its_steps),
    TEST(a_message_may_leave_out_the_0_at_its_end),
    TEST(peaks_hold_and_then_fall),
    TEST(what_slots_send_is_taken_whole_or_not_at_all),
    TEST(cut_and_changed_messages_are_survived),
    TEST(fewer_values_of_16_bars_change_nothing),
    TEST(values_of_ports_are_checked),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
