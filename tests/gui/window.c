// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The window in the project's own host, on the display of DISPLAY: its size, its picture,
/// its end. With an argument it only opens and closes so many windows, for valgrind.

#include "open_window.h"

#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
    // Part of the picture is enough: the rest may be background alone.
    unsigned     colours;
    MnRect const corner = {0, 0, fmin(width, 500), fmin(height, 300)};
    window_pixels(open->window, corner, &colours);
    assert_true(colours > 16);
  }
}

// Idles for this long. Returns the time of the last bytes to the display, or 0.
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
  // First the position has to stop, and the peaks to fall.
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
  // The plugin's messages, truncated and with random bytes.
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

static void
two_hundred_windows_leave_nothing_behind(void** const state)
{
  Open* const open = (Open*)*state;
  // After these windows, the libraries have allocated all that they keep for good, mostly
  // fonts of both sizes.
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
  assert_true(pixels_of(second, all) == before); // a second window of the same plugin
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
    // Windows never settle here, because memcheck writes bytes at each call.
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
    TEST(while_nothing_changes_nothing_is_sent_to_the_display),
    TEST(hostile_messages_change_nothing),
    TEST(a_window_that_the_host_destroys_first_ends_in_peace),
    TEST(two_hundred_windows_leave_nothing_behind),
    TEST(a_window_that_was_covered_is_whole_again),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
