// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The window in the project's own host, on the display of DISPLAY. With an
/// argument it only opens and closes so many windows, for valgrind.

#include "controls.h"
#include "song.h"
#include "ui_host.h"

#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

enum {
  RATE         = 48000,
  BLOCK        = 1600, // a thirtieth of a second
  WIDTH        = MN_WINDOW_WIDTH,
  HEIGHT       = MN_WINDOW_HEIGHT,
  IDLE_US      = 20000,
  WAIT_SECONDS = 30,
};

static WindowOffer const everything = {.scale = 1, .chooses = true, .touches = true};

typedef struct {
  Host*   host;
  Window* window;
} Open;

static int
open_window(void** const state)
{
  Open* const open = (Open*)calloc(1, sizeof(Open));
  open->host       = host_new(bundle, RATE, HOST_WORKER_AFTER);
  open->window     = window_new(open->host, &everything);
  window_run(open->window, BLOCK);
  window_settle(open->window);
  *state = open;
  return 0;
}

static int
close_window(void** const state)
{
  Open* const open = (Open*)*state;
  if (open->window) {
    window_free(open->window);
  }
  // Neither the display nor the plugin reported an error.
  bool const quiet = !*host_log(open->host);
  if (!quiet) {
    print_error("%s", host_log(open->host));
  }
  host_free(open->host);
  free(open);
  return quiet ? 0 : -1;
}

static MnLayout
layout_of(MnPage const page)
{
  static MnView view;
  MnLayout      layout;
  mn_view_init(&view);
  view.pointer.page = page;
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  return layout;
}

static MnRect
rect_of(int const target)
{
  bool const     is_cc  = target >= MN_PORT_CC_SHARE && target < MN_PORT_COUNT;
  MnLayout const layout = layout_of(is_cc ? MN_PAGE_CC : MN_PAGE_NEURONS);
  return layout.target[target];
}

static void
press_at(Window* const window, MnRect const rect)
{
  window_press(window, rect.x + rect.width / 2, rect.y + rect.height / 2, 1, false);
}

static void
click_at(Window* const window, MnRect const rect)
{
  press_at(window, rect);
  window_release(window, rect.x + rect.width / 2, rect.y + rect.height / 2, 1);
  window_settle(window);
}

static double
now_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint64_t
pixels_of(Window* const window, MnRect const rect)
{
  unsigned colours;
  return window_pixels(window, rect, &colours);
}

static void
play(Open const* const open, unsigned const bars)
{
  Song* const song = song_new(120);
  song_add_tune(song, bars, 3);
  song_sort(song);
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(open->host, 0, &start);
  size_t e = 0;
  for (uint64_t from = 0; from < (uint64_t)bars * 2 * RATE; from += BLOCK) {
    for (; e < song->count; ++e) {
      uint64_t const frame =
        (uint64_t)llround(song_seconds(song, song->events[e].tick) * RATE);
      if (frame >= from + BLOCK) {
        break;
      }
      host_midi(open->host, (uint32_t)(frame - from), song->events[e].message, 3);
    }
    window_run(open->window, BLOCK);
  }
  song_free(song);
}

static void
it_opens_with_its_size_and_everything_told(void** const state)
{
  Open* const open = (Open*)*state;
  int         width, height;
  window_size(open->window, &width, &height);
  assert_int_equal(width, WIDTH);
  assert_int_equal(height, HEIGHT);
  window_least_size(open->window, &width, &height);
  assert_int_equal(width, MN_WINDOW_LEAST_WIDTH);
  assert_int_equal(height, MN_WINDOW_LEAST_HEIGHT);
  assert_int_equal(window_asked(open->window)->resized_width, WIDTH);
  assert_int_equal(window_asked(open->window)->asks, 1);
  unsigned colours;
  window_pixels(open->window, (MnRect){0, 0, WIDTH, HEIGHT}, &colours);
  assert_true(colours > 16);
}

static void
it_follows_scale_and_colours(void** const state)
{
  (void)state;
  Host* const       host  = host_new(bundle, RATE, HOST_WORKER_AFTER);
  uint32_t const    white = 0xFFFFFFFF;
  uint32_t const    black = 0x000000FF;
  WindowOffer const light = {.scale = 1.5F, .background = &white, .foreground = &black};
  WindowOffer const dark  = {.scale = 1.5F, .background = &black, .foreground = &white};
  uint64_t          pixels[2];
  for (unsigned i = 0; i < 2; ++i) {
    Window* const window = window_new(host, i ? &dark : &light);
    window_run(window, BLOCK);
    window_settle(window);
    int width, height;
    window_size(window, &width, &height);
    assert_int_equal(width, WIDTH * 3 / 2);
    assert_int_equal(height, HEIGHT * 3 / 2);
    window_least_size(window, &width, &height);
    assert_int_equal(width, MN_WINDOW_LEAST_WIDTH * 3 / 2);
    pixels[i] = pixels_of(window, (MnRect){0, 0, 100, 100});
    window_free(window);
  }
  assert_true(pixels[0] != pixels[1]);
  assert_string_equal(host_log(host), "");
  host_free(host);
}

static void
it_follows_the_hosts_window_and_its_own(void** const state)
{
  Open* const open       = (Open*)*state;
  int const   sizes[][2] = {{1200, 700}, {640, 400}, {600, 360}, {2400, 1440}, {901, 541}};
  for (unsigned i = 0; i < 2 * sizeof(sizes) / sizeof(*sizes); ++i) {
    int const* const size = sizes[i / 2];
    (i % 2 ? window_resize : window_resize_parent)(open->window, size[0], size[1]);
    window_settle(open->window);
    int width, height;
    window_size(open->window, &width, &height);
    assert_int_equal(width, size[0]);
    assert_int_equal(height, size[1]);
    // Drawn up to the last corner, where there is nothing but the ground.
    unsigned     colours;
    MnRect const corner = {0, 0, fmin(width, 500), fmin(height, 300)};
    window_pixels(open->window, corner, &colours);
    assert_true(colours > 16);
  }
}

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
  assert_int_equal(window_asked(open->window)->writes, 0); // it is no change of ours
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
  window_set(open->window, "tempo", 30); // automation does not move what is held
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
  usleep(500000); // the press before is too old for a double click
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
keys_reach_every_control_of_both_pages(void** const state)
{
  Open* const open                   = (Open*)*state;
  bool        reached[MN_PORT_COUNT] = {false};
  // Once around each page. What is a trigger, a menu or a button is left alone.
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
  click_at(open->window, rect_of(MN_PORT_CHANNEL)); // a drag of no length
  assert_int_equal(window_asked(open->window)->writes, 0);
  window_key(open->window, "Up", false);
  window_key(open->window, "Right", false);
  window_key(open->window, "Left", false);
  window_key(open->window, "a", false); // the host's
  window_settle(open->window);
  assert_true(host_get(open->host, "channel") == 1);
  window_key(open->window, "Tab", true);
  window_key(open->window, "Tab", false);
  window_key(open->window, "Page_Up", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "channel") == 11);
  window_key(open->window, "Delete", false);
  window_settle(open->window);
  assert_true(host_get(open->host, "channel") == 0);
  window_key(open->window, "Escape", false);
  window_key(open->window, "Up", false); // leads nowhere now
  window_settle(open->window);
  assert_true(host_get(open->host, "channel") == 0);
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
  window_idle(open->window); // press and release come in one go
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
  assert_int_equal(window_asked(open->window)->requests, 1);
  window_free(open->window);

  WindowOffer const nothing = {.scale = 0};
  open->window              = window_new(open->host, &nothing);
  window_run(open->window, BLOCK);
  window_settle(open->window);
  MnRect const   all    = {0, 0, WIDTH, HEIGHT};
  uint64_t const before = pixels_of(open->window, all);
  click_at(open->window, rect_of(MN_TARGET_MODEL));
  window_move(open->window, 5, 5, false);
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) != before); // a message
  window_key(open->window, "Escape", false);
  window_key(open->window, "Escape", false); // and the focus
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) == before);
}

// Idles for so long. Returns when something was last sent to the display.
static double
idle_for(Window* const window, double const seconds)
{
  double sent = 0;
  for (double now = now_seconds(), end = now + seconds; now < end; now = now_seconds()) {
    sent = window_idle_bytes(window) > 0 ? now : sent;
    usleep(IDLE_US);
  }
  return sent;
}

static void
while_nothing_changes_nothing_is_sent_to_the_display(void** const state)
{
  Open* const open = (Open*)*state;
  play(open, 3);
  // First the position stops, and the peaks fall.
  double const end = now_seconds() + WAIT_SECONDS;
  while (idle_for(open->window, 1) > 0) {
    assert_true(now_seconds() < end);
  }
  assert_true(idle_for(open->window, 2) == 0);
  window_set(open->window, "tempo", 99);
  assert_true(idle_for(open->window, 0.1) > 0);
}

static void
hostile_messages_change_nothing(void** const state)
{
  Open* const open = (Open*)*state;
  play(open, 4);
  // The plugin's messages, with random bytes changed, and truncated.
  uint64_t seed = 5;
  host_get_model(open->host, 0);
  host_run(open->host, 64);
  LV2_Atom_Sequence const* const sequence = host_notify(open->host);
  uint32_t const                 size     = sequence->atom.size + 8;
  union {
    LV2_Atom atom;
    uint8_t  bytes[1 << 17];
  }* const copy = malloc(sizeof(*copy));
  for (unsigned i = 0; i < 3000; ++i) {
    uint32_t at = sizeof(LV2_Atom_Sequence);
    while (at + 16 <= size) {
      uint8_t const* const from = (uint8_t const*)sequence + at + 8;
      uint32_t             length;
      memcpy(&length, from, sizeof(length));
      length += 8;
      memcpy(copy->bytes, from, length);
      for (unsigned k = 0; k < 3; ++k) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        copy->bytes[seed % length] = (uint8_t)(seed >> 32);
      }
      window_tell(open->window, copy, i % 4 ? length : (uint32_t)(seed >> 40) % length);
      at += 8 + ((length + 7) & ~7U);
    }
    if (i % 50 == 0) {
      window_idle(open->window);
    }
  }
  free(copy);
  window_settle(open->window);
}

static void
a_window_that_the_host_destroys_first_ends_in_peace(void** const state)
{
  Open* const open = (Open*)*state;
  play(open, 2);
  window_free_parent_first(open->window);
  open->window = window_new(open->host, &everything);
  window_run(open->window, BLOCK);
}

static unsigned
open_files(void)
{
  DIR* const folder = opendir("/proc/self/fd");
  unsigned   count  = 0;
  while (folder && readdir(folder)) {
    ++count;
  }
  if (folder) {
    closedir(folder);
  }
  return count;
}

// Opens and closes windows, and draws each at two sizes if it is to `settle`.
static void
open_and_close(Host* const host, unsigned const times, bool const settle)
{
  for (unsigned i = 0; i < times; ++i) {
    Window* const window = window_new(host, &everything);
    window_run(window, BLOCK);
    window_press(window, 100, 100, 1, false);
    window_run(window, BLOCK);
    window_resize(window, 700, 400);
    window_run(window, BLOCK);
    if (settle) {
      window_settle(window);
    }
    (i % 4 == 3 ? window_free_parent_first : window_free)(window);
  }
}

static void
two_hundred_windows_leave_nothing_behind(void** const state)
{
  Open* const open = (Open*)*state;
  // After these, libraries have allocated what they keep for good, above all fonts of
  // both sizes.
  open_and_close(open->host, 20, true);
  unsigned const files = open_files();
  size_t const   bytes = mallinfo2().uordblks;
  open_and_close(open->host, 200, false);
  assert_int_equal(open_files(), files);
  size_t const after = mallinfo2().uordblks;
  print_message("measured: %ld bytes more after 200 windows\n", (long)(after - bytes));
  assert_true(after < bytes + 20000); // 100 bytes a window would be a leak
}

static void
a_window_that_was_covered_is_whole_again(void** const state)
{
  Open* const    open   = (Open*)*state;
  MnRect const   all    = {0, 0, WIDTH, HEIGHT};
  uint64_t const before = pixels_of(open->window, all);
  Window* const  second = window_new(open->host, &everything); // in the same place
  window_run(second, BLOCK);
  window_settle(second);
  assert_true(pixels_of(second, all) == before); // another one of the same plugin
  window_set(open->window, "tempo", 99);
  window_settle(open->window);
  window_set(open->window, "tempo", 120);
  window_free(second);
  window_settle(open->window);
  assert_true(pixels_of(open->window, all) == before);
}

int
main(int const argc, char** const argv)
{
  if (argc > 1) {
    Host* const host = host_new(bundle, RATE, HOST_WORKER_AFTER);
    // They do not settle: memcheck writes bytes of its own at each call.
    open_and_close(host, (unsigned)atoi(argv[1]), false);
    bool const quiet = !*host_log(host);
    host_free(host);
    return quiet ? 0 : 1;
  }
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_window, close_window)
  struct CMUnitTest const tests[] = {
    TEST(it_opens_with_its_size_and_everything_told),
    cmocka_unit_test(it_follows_scale_and_colours),
    TEST(it_follows_the_hosts_window_and_its_own),
    TEST(a_click_changes_a_port_and_the_plugin_answers),
    TEST(the_hosts_change_moves_the_control_and_no_other),
    TEST(drag_wheel_and_double_click_set_a_slider),
    TEST(a_menu_opens_and_a_choice_closes_it),
    TEST(keys_reach_every_control_of_both_pages),
    TEST(arrows_and_escape_work_on_what_has_the_keyboard),
    TEST(a_reset_lasts_long_enough_to_be_seen),
    TEST(the_model_button_asks_the_host_or_says_that_it_cannot),
    TEST(while_nothing_changes_nothing_is_sent_to_the_display),
    TEST(hostile_messages_change_nothing),
    TEST(a_window_that_the_host_destroys_first_ends_in_peace),
    TEST(two_hundred_windows_leave_nothing_behind),
    TEST(a_window_that_was_covered_is_whole_again),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
