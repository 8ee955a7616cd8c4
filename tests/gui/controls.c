// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The window's controls in the project's own host, on the display of DISPLAY: pointer, keys
/// and the host's own changes.

#include "open_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static void
a_click_changes_a_port_and_the_plugin_answers(void** const state)
{
  Open* const open = (Open*)*state;
  host_set(open->host, "glide", 0);
  play(open, 4);
  assert_true(host_get(open->host, "musicality") != 0.5F);
  MnRect const   rect   = rect_of(MN_PORT_ENABLED);
  uint64_t const before = pixels_of(open->window, rect);
  click_at(open->window, rect);
  assert_true(host_get(open->host, "enabled") == 0);
  assert_true(pixels_of(open->window, rect) != before);
  window_run(open->window, BLOCK);
  assert_true(host_get(open->host, "musicality") == 0.5F);
  assert_int_equal(window_asked(open->window)->touched, MN_PORT_ENABLED);
  assert_int_equal(window_asked(open->window)->grabs, 1);
  assert_int_equal(window_asked(open->window)->releases, 1);
}

static void
the_hosts_change_moves_the_control_and_no_other(void** const state)
{
  Open* const    open     = (Open*)*state;
  MnRect const   tempo    = rect_of(MN_PORT_TEMPO);
  MnRect const   hold     = rect_of(MN_PORT_HOLD);
  uint64_t const at_tempo = pixels_of(open->window, tempo);
  uint64_t const at_hold  = pixels_of(open->window, hold);
  window_set(open->window, "tempo", 77);
  window_settle(open->window);
  assert_true(pixels_of(open->window, tempo) != at_tempo);
  assert_true(pixels_of(open->window, hold) == at_hold);
  window_set(open->window, "tempo", 120);
  window_settle(open->window);
  assert_true(pixels_of(open->window, tempo) == at_tempo);
  assert_int_equal(window_asked(open->window)->writes,
                   0); // the window changed nothing itself
}

static void
drag_wheel_and_double_click_set_a_slider(void** const state)
{
  Open* const  open = (Open*)*state;
  MnRect const r    = rect_of(MN_PORT_TEMPO);
  double const x    = r.x + r.width / 2;
  double const y    = r.y + r.height / 2;
  window_press(open->window, x, y, 1, false);
  window_move(open->window, x + 50, y, false);
  window_settle(open->window);
  float const coarse = host_get(open->host, "tempo");
  assert_true(coarse > 180 && coarse < 250); // a quarter of 380
  assert_int_equal(window_asked(open->window)->releases, 0);
  window_set(open->window, "tempo", 30); // automation does not move a slider that is held
  window_move(open->window, x + 50, y, true);
  window_move(open->window, x + 60, y, true);
  window_settle(open->window);
  float const fine = host_get(open->host, "tempo");
  assert_true(fine > coarse && fine < coarse + 5);
  window_release(open->window, x + 60, y, 1);
  window_settle(open->window);
  assert_int_equal(window_asked(open->window)->grabs, 1);
  assert_int_equal(window_asked(open->window)->releases, 1);

  window_press(open->window, x, y, 4, false);
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") > fine);
  assert_int_equal(window_asked(open->window)->grabs, 2);
  usleep(500000); // the last press is too old for a double click
  window_double_click(open->window, x, y);
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") == 120);
  assert_int_equal(window_asked(open->window)->grabs, window_asked(open->window)->releases);
}

static void
a_menu_opens_and_a_choice_closes_it(void** const state)
{
  Open* const    open   = (Open*)*state;
  MnRect const   all    = {0, 0, WIDTH, HEIGHT};
  uint64_t const before = pixels_of(open->window, all);
  click_at(open->window, rect_of(MN_PORT_HOP));
  assert_true(pixels_of(open->window, all) != before);
  static MnView view;
  mn_view_init(&view);
  view.pointer.menu = MN_PORT_HOP;
  MnLayout layout;
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  click_at(open->window, mn_layout_choice(&layout, 3));
  assert_true(host_get(open->host, "hop") == 3);
  click_at(open->window, rect_of(MN_PORT_HOP));
  window_key(open->window, "Home", false);
  window_key(open->window, "Down", false);
  window_key(open->window, "Return", false); // the default again
  window_settle(open->window);
  assert_true(host_get(open->host, "hop") == 1);
  window_key(open->window, "Escape", false);
  window_move(open->window, 5, 5, false);
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) == before);
}

static void
the_span_is_chosen_above_the_neurons(void** const state)
{
  Open* const open = (Open*)*state;
  play(open, 4);
  static MnView view;
  mn_view_init(&view);
  view.model.long_music = 1; // as the shipped models have it
  view.pointer.menu     = MN_PORT_SPAN;
  MnLayout layout;
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  MnRect const   panel  = mn_layout_panel(&layout, MN_AREA_NEURONS);
  uint64_t const before = pixels_of(open->window, panel);
  click_at(open->window, rect_of(MN_PORT_SPAN));
  click_at(open->window, mn_layout_choice(&layout, 1));
  assert_true(host_get(open->host, "span") == 1);
  window_move(open->window, 5, 5, false);
  window_settle(open->window);
  uint64_t const deep = pixels_of(open->window, panel);
  assert_true(deep != before);
  window_set(open->window, "span", 0); // the host's change is shown, too
  window_settle(open->window);
  assert_true(pixels_of(open->window, panel) != deep);
}

static void
keys_reach_every_control_of_both_pages(void** const state)
{
  Open* const open                   = (Open*)*state;
  bool        reached[MN_PORT_COUNT] = {false};
  // Once around each page. Triggers, menus and buttons do not count.
  for (int page = 0; page < MN_PAGES; ++page) {
    click_at(open->window, rect_of(MN_TARGET_PAGE + page));
    for (unsigned i = 0; i < MN_PORT_COUNT; ++i) {
      window_key(open->window, "Tab", false);
      unsigned const writes = window_asked(open->window)->writes;
      window_key(open->window, "End", false);
      window_idle(open->window);
      if (window_asked(open->window)->writes != writes) {
        reached[window_asked(open->window)->last_port] = true;
      }
    }
  }
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl  control;
    bool const there = mn_control_get(port, &control) &&
                       control.initial != control.maximum &&
                       control.kind != MN_CONTROL_TRIGGER;
    if (there != reached[port]) {
      fail_msg("port %u (%s) is %sreached",
               port,
               there ? control.symbol : "",
               there ? "not " : "");
    }
  }
}

static void
arrows_and_escape_work_on_what_has_the_keyboard(void** const state)
{
  Open* const open = (Open*)*state;
  click_at(open->window, rect_of(MN_PORT_TEMPO)); // a drag that goes nowhere
  assert_int_equal(window_asked(open->window)->writes, 0);
  window_key(open->window, "Up", false);
  window_key(open->window, "Right", false);
  window_key(open->window, "Left", false);
  window_key(open->window, "a", false); // a key for the host
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") == 121);
  window_key(open->window, "Tab", true);
  window_key(open->window, "Tab", false);
  window_key(open->window, "Page_Up", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") == 131);
  window_key(open->window, "Delete", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") == 120);
  window_key(open->window, "Escape", false);
  window_key(open->window, "Up", false); // no control has the keyboard now
  window_settle(open->window);
  assert_true(host_get(open->host, "tempo") == 120);
}

static void
a_reset_lasts_long_enough_to_be_seen(void** const state)
{
  Open* const open = (Open*)*state;
  play(open, 4);
  assert_true(host_get(open->host, "window") > 0);
  press_at(open->window, rect_of(MN_PORT_RESET));
  MnRect const r = rect_of(MN_PORT_RESET);
  window_release(open->window, r.x + 5, r.y + 5, 1);
  window_idle(open->window); // press and release arrive together
  window_idle(open->window);
  assert_true(host_get(open->host, "reset") == 1);
  window_run(open->window, BLOCK);
  assert_true(host_get(open->host, "window") == 0);
  for (double const end = now_seconds() + WAIT_SECONDS;
       host_get(open->host, "reset") != 0;) {
    assert_true(now_seconds() < end);
    usleep(IDLE_US);
    window_idle(open->window);
  }
  assert_int_equal(window_asked(open->window)->grabs, window_asked(open->window)->releases);
}

static void
the_model_button_asks_the_host_or_says_that_it_cannot(void** const state)
{
  Open* const open = (Open*)*state;
  click_at(open->window, rect_of(MN_TARGET_MODEL));
  window_key(open->window, "End", false); // the last item asks the host
  window_key(open->window, "Return", false);
  window_settle(open->window);
  assert_int_equal(window_asked(open->window)->requests, 1);
  window_free(open->window);

  WindowOffer const nothing = {.scale = 0};
  open->window              = window_new(open->host, &nothing);
  window_run(open->window, BLOCK);
  window_settle(open->window);
  MnRect const   all    = {0, 0, WIDTH, HEIGHT};
  uint64_t const before = pixels_of(open->window, all);
  click_at(open->window, rect_of(MN_TARGET_MODEL));
  window_key(open->window, "End", false);
  window_key(open->window, "Return", false);
  window_move(open->window, 5, 5, false);
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) != before); // a message
  window_key(open->window, "Escape", false);
  window_key(open->window, "Escape", false); // and the focus
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) == before);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_window, close_window)
  struct CMUnitTest const tests[] = {
    TEST(a_click_changes_a_port_and_the_plugin_answers),
    TEST(the_hosts_change_moves_the_control_and_no_other),
    TEST(drag_wheel_and_double_click_set_a_slider),
    TEST(a_menu_opens_and_a_choice_closes_it),
    TEST(the_span_is_chosen_above_the_neurons),
    TEST(keys_reach_every_control_of_both_pages),
    TEST(arrows_and_escape_work_on_what_has_the_keyboard),
    TEST(a_reset_lasts_long_enough_to_be_seen),
    TEST(the_model_button_asks_the_host_or_says_that_it_cannot),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
