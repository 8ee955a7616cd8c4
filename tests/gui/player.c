// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player's window in the project's own host, on the display of DISPLAY: pad, sliders,
/// slots, meters.

#include "open_window.h"

#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WINDOWS = 50 };

static MnLayout
layout_now(int const menu)
{
  static MnView view;
  MnLayout      layout;
  mn_view_init(&view);
  view.player       = true;
  view.pointer.menu = menu;
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  return layout;
}

static MnRect
rect(int const target)
{
  MnLayout const layout = layout_now(-1);
  return layout.target[target];
}

// The plugin's outputs go to the window, as a host does it.
static void
tell_outputs(Open* const open)
{
  for (unsigned port = MN_PLAYER_PORT_STATE; port < MN_PLAYER_PORT_COUNT; ++port) {
    window_tell_value(open->window, port);
  }
  window_settle(open->window);
}

static void
assert_near(float const value, double const wanted)
{
  assert_true(fabs((double)value - wanted) < 0.011); // two digits
}

static void
it_opens_and_reads_only_its_ports(void** const state)
{
  Open* const open = (Open*)*state;
  int         width, height;
  unsigned    colours;
  window_size(open->window, &width, &height);
  assert_int_equal(width, WIDTH);
  assert_int_equal(height, HEIGHT);
  window_pixels(open->window, (MnRect){0, 0, WIDTH, HEIGHT}, &colours);
  assert_true(colours > 16);
  assert_int_equal(window_asked(open->window)->asks, 1);
  assert_int_equal(window_asked(open->window)->writes, 0);
}

static void
the_header_names_the_model_that_the_plugin_tells(void** const state)
{
  Open* const    open   = (Open*)*state;
  MnRect const   button = rect(MN_TARGET_MODEL);
  uint64_t const before = pixels_of(open->window, button);
  host_set_model(open->host, 0, "build/music-neurons.lv2/melody-2bar.safetensors");
  for (unsigned i = 0; i < 8; ++i) { // requested, loaded, swapped in, told
    window_run(open->window, BLOCK);
  }
  window_settle(open->window);
  assert_true(pixels_of(open->window, button) != before);
}

static void
the_roll_shows_what_is_heard(void** const state)
{
  Open* const    open   = (Open*)*state;
  MnLayout const layout = layout_now(-1);
  MnRect const   roll   = layout.area[MN_AREA_ROLL];
  window_run(open->window, BLOCK);
  window_settle(open->window);
  uint64_t const before = pixels_of(open->window, roll);
  play(open, 1);
  window_settle(open->window);
  assert_true(pixels_of(open->window, roll) != before);
}

static void
a_drag_on_the_pad_moves_x_and_y(void** const state)
{
  Open* const    open   = (Open*)*state;
  MnLayout const layout = layout_now(-1);
  MnRect const   pad    = layout.pad;
  window_press(open->window, pad.x + pad.width * 0.25, pad.y + pad.height * 0.75, 1, false);
  window_settle(open->window);
  assert_near(host_get(open->host, "x"), 0.25);
  assert_near(host_get(open->host, "y"), 0.75);
  window_move(open->window, pad.x + pad.width * 0.5, pad.y + pad.height * 0.125, false);
  window_settle(open->window);
  assert_near(host_get(open->host, "x"), 0.5);
  assert_near(host_get(open->host, "y"), 0.125);
  assert_int_equal(window_asked(open->window)->grabs, 2);
  assert_int_equal(window_asked(open->window)->releases, 0);

  // Automation does not move a dot that is held.
  uint64_t const held = pixels_of(open->window, rect(MN_TARGET_PAD));
  window_set(open->window, "x", 1);
  window_settle(open->window);
  assert_true(pixels_of(open->window, rect(MN_TARGET_PAD)) == held);
  window_move(open->window, pad.x + 2 * pad.width, pad.y - 5, false); // beyond a corner
  window_settle(open->window);
  assert_true(host_get(open->host, "x") == 1 && host_get(open->host, "y") == 0);
  window_release(open->window, pad.x, pad.y, 1);
  window_settle(open->window);
  assert_int_equal(window_asked(open->window)->releases, 2);
  window_set(open->window, "x", 0.2F);
  window_settle(open->window);
  assert_true(pixels_of(open->window, rect(MN_TARGET_PAD)) != held);
}

static void
keys_move_the_pad_and_the_sliders(void** const state)
{
  Open* const open = (Open*)*state;
  window_press(open->window, 3, 3, 1, false); // takes the keyboard
  window_key(open->window, "Tab", false);     // the model's button
  window_key(open->window, "Tab", false);     // the pad
  window_key(open->window, "Right", false);
  window_key(open->window, "Right", false);
  window_key(open->window, "Down", false);
  window_settle(open->window);
  assert_near(host_get(open->host, "x"), 0.1);
  assert_near(host_get(open->host, "y"), 0.05);
  window_key(open->window, "End", false);
  window_key(open->window, "Page_Down", false);
  window_key(open->window, "Up", false);
  window_settle(open->window);
  assert_near(host_get(open->host, "x"), 1);
  assert_near(host_get(open->host, "y"), 0.5);
  window_key(open->window, "Delete", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "x") == 0 && host_get(open->host, "y") == 0);

  click_at(open->window, rect(MN_TARGET_OF(AXIS_1) + 1));
  window_key(open->window, "Up", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "axis_2") == 0.25F);
  window_key(open->window, "Home", false);
  window_key(open->window, "Tab", false); // the next axis
  window_key(open->window, "End", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "axis_2") == -4);
  assert_true(host_get(open->host, "axis_3") == 4);
}

static void
a_slider_goes_with_the_pointer(void** const state)
{
  Open* const  open = (Open*)*state;
  MnRect const r    = rect(MN_TARGET_OF(NEURON_1) + 8);
  double const x    = r.x + r.width / 2;
  double const y    = r.y + r.height / 2;
  window_press(open->window, x, y, 1, false);
  window_move(open->window, x + r.width / 4, y - 40, false); // a quarter of 12, to 3
  window_settle(open->window);
  assert_true(fabs((double)host_get(open->host, "neuron_9") - 3) < 12 / r.width);
  window_release(open->window, x + r.width / 4, y, 1);
  window_settle(open->window);
  assert_int_equal(window_asked(open->window)->touched, MN_PLAYER_PORT_NEURON_1 + 8);
  assert_int_equal(window_asked(open->window)->grabs, 1);
  assert_int_equal(window_asked(open->window)->releases, 1);
}

static void
wait_for_release(Open* const open, char const* const symbol)
{
  for (double const end = now_seconds() + WAIT_SECONDS;
       host_get(open->host, symbol) != 0;) {
    assert_true(now_seconds() < end);
    usleep(IDLE_US);
    window_idle(open->window);
  }
}

static void
a_button_keeps_what_was_heard_in_its_slot(void** const state)
{
  Open* const  open = (Open*)*state;
  MnRect const a    = rect(MN_TARGET_OF(CAPTURE_A));
  MnRect const b    = rect(MN_TARGET_OF(CAPTURE_A) + 1);
  play(open, 3);
  tell_outputs(open);
  uint64_t const empty_a = pixels_of(open->window, a);
  uint64_t const empty_b = pixels_of(open->window, b);
  click_at(open->window, a);
  assert_true(host_get(open->host, "capture_a") == 1);
  window_run(open->window, BLOCK);
  wait_for_release(open, "capture_a");
  assert_true(host_get(open->host, "slot_a") == 1);
  assert_true(host_get(open->host, "slot_b") == 0);
  window_key(open->window, "Escape", false); // the ring is not what differs
  window_move(open->window, 3, 3, false);
  tell_outputs(open);
  assert_true(pixels_of(open->window, a) != empty_a);
  assert_true(pixels_of(open->window, b) == empty_b);

  click_at(open->window, rect(MN_TARGET_OF(CLEAR)));
  window_run(open->window, BLOCK);
  wait_for_release(open, "clear");
  window_key(open->window, "Escape", false);
  window_move(open->window, 3, 3, false);
  tell_outputs(open);
  assert_true(host_get(open->host, "slot_a") == 0);
  assert_true(pixels_of(open->window, a) == empty_a);
}

static void
a_meter_moves_once_something_was_played(void** const state)
{
  Open* const    open = (Open*)*state;
  MnRect const   row  = rect(MN_TARGET_OF(AXIS_1) + 4);
  MnRect const   next = rect(MN_TARGET_OF(AXIS_1) + 5);
  uint64_t const none = pixels_of(open->window, row);
  window_set(open->window, "played_axis_5", 0.9F);
  window_settle(open->window);
  assert_true(pixels_of(open->window, row) == none); // nothing was
  window_set(open->window, "turns", 1);
  window_settle(open->window);
  uint64_t const high  = pixels_of(open->window, row);
  uint64_t const other = pixels_of(open->window, next);
  window_set(open->window, "played_axis_5", 0.2F);
  window_settle(open->window);
  assert_true(high != none);
  assert_true(pixels_of(open->window, row) != high);
  assert_true(pixels_of(open->window, next) == other);
}

static void
a_menu_chooses_the_mode(void** const state)
{
  Open* const open = (Open*)*state;
  click_at(open->window, rect(MN_TARGET_OF(MODE)));
  MnLayout const layout = layout_now(MN_TARGET_OF(MODE));
  click_at(open->window, mn_layout_choice(&layout, 2));
  assert_true(host_get(open->host, "mode") == 2);
  window_key(open->window, "Tab", false); // Amount
  window_key(open->window, "Home", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "amount") == 0);
}

static void
fifty_windows_leave_nothing_behind(void** const state)
{
  Open* const open = (Open*)*state;
  open_and_close(open->host, 8, true); // fonts of both sizes stay
  unsigned const files = open_files();
  size_t const   bytes = mallinfo2().uordblks;
  open_and_close(open->host, WINDOWS, false);
  assert_int_equal(open_files(), files);
  size_t const after = mallinfo2().uordblks;
  print_message("measured: %ld bytes more after %d windows of the player\n",
                (long)(after - bytes),
                (int)WINDOWS);
  assert_true(after < bytes + WINDOWS * 100);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_player, close_window)
  struct CMUnitTest const tests[] = {
    TEST(it_opens_and_reads_only_its_ports),
    TEST(the_header_names_the_model_that_the_plugin_tells),
    TEST(the_roll_shows_what_is_heard),
    TEST(a_drag_on_the_pad_moves_x_and_y),
    TEST(keys_move_the_pad_and_the_sliders),
    TEST(a_slider_goes_with_the_pointer),
    TEST(a_button_keeps_what_was_heard_in_its_slot),
    TEST(a_meter_moves_once_something_was_played),
    TEST(a_menu_chooses_the_mode),
    TEST(fifty_windows_leave_nothing_behind),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
