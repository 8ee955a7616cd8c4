// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What was heard is dragged out of the window to one of another client, in the project's own
/// host, on the display of DISPLAY. libsmf reads what arrives.

#include "drag_target.h"
#include "open_window.h"

#include "song.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <smf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
  BARS       = 4,
  STEP       = SONG_PPQ / 4,
  MOST_NOTES = 64,
  TARGET_X   = 1200,
  TARGET_Y   = 300,
  ROUNDS     = 8, // of both main loops; a drop takes five
};

// In steps.
typedef struct {
  int at;
  int length;
  int pitch;
} Note;

static char home[] = "/tmp/music-neurons-drag-XXXXXX";

static int
make_home(void** const state)
{
  (void)state;
  return !mkdtemp(home) || setenv("HOME", home, 1);
}

// Files that were written. Removes them.
static unsigned
take_files(void)
{
  DIR* const folder = opendir(home);
  unsigned   count  = 0;
  assert_non_null(folder);
  for (struct dirent const* entry; (entry = readdir(folder));) {
    if (strstr(entry->d_name, ".mid")) {
      char path[512];
      snprintf(path, sizeof(path), "%s/%s", home, entry->d_name);
      assert_int_equal(unlink(path), 0);
      ++count;
    }
  }
  closedir(folder);
  return count;
}

static int
remove_home(void** const state)
{
  (void)state;
  char command[64];
  snprintf(command, sizeof(command), "rm -r %s", home);
  return system(command);
}

// Eight notes in each bar, of several lengths and with rests.
static unsigned
list_notes(Note* const notes)
{
  unsigned count = 0;
  for (int bar = 0; bar < BARS; ++bar) {
    for (int i = 0; i < 8; ++i) {
      notes[count++] =
        (Note){16 * bar + 2 * i, 1 + (i + bar) % 2, 60 + (5 * i + 3 * bar) % 13};
    }
  }
  return count;
}

static int
open_and_play(void** const state)
{
  open_window(state);
  Open* const    open = (Open*)*state;
  Song* const    song = song_new(120);
  Note           notes[MOST_NOTES];
  unsigned const count = list_notes(notes);
  for (unsigned i = 0; i < count; ++i) {
    song_add_note(song,
                  (uint32_t)(notes[i].at * STEP),
                  (uint32_t)(notes[i].length * STEP),
                  0,
                  (unsigned)notes[i].pitch);
  }
  song_sort(song);
  play_song(open, song, BARS + 2);
  song_free(song);
  window_settle(open->window);
  return 0;
}

// Both clients handle what has come.
static void
run(Open const* const open, Target* const target)
{
  for (int i = 0; i < ROUNDS; ++i) {
    window_idle(open->window);
    target_run(target);
  }
}

static void
drag_save(Open const* const open, Target* const target)
{
  press_at(open->window, rect_of(MN_TARGET_SAVE));
  window_move(open->window, WIDTH / 2.0, HEIGHT / 2.0, false);
  run(open, target);
  window_move(open->window, TARGET_X + 20, TARGET_Y + 30, false);
  run(open, target);
}

static void
let_go(Open const* const open, Target* const target)
{
  window_release(open->window, TARGET_X + 20, TARGET_Y + 30, 1);
  run(open, target);
}

static unsigned
read_notes(char const* const path, Note* const notes)
{
  smf_t* const smf   = smf_load(path);
  unsigned     count = 0;
  assert_non_null(smf);
  for (smf_event_t* e; (e = smf_get_next_event(smf));) {
    uint8_t const* const b    = e->midi_buffer;
    int const            step = e->time_pulses * 4 / smf->ppqn;
    if (b[0] == 0x90 && b[2] && count < MOST_NOTES) {
      notes[count++] = (Note){step, 0, b[1]};
    } else if (b[0] == 0x80 || b[0] == 0x90) {
      for (unsigned i = count; i-- > 0;) {
        if (notes[i].pitch == b[1] && !notes[i].length) {
          notes[i].length = step - notes[i].at;
        }
      }
    }
  }
  smf_delete(smf);
  return count;
}

// The file of a list with one URI.
static void
read_path(char const* const uris, char* const path)
{
  char const* at     = uris;
  size_t      length = 0;
  assert_int_equal(strncmp(at, "file:///", 8), 0);
  for (at += 7; *at && *at != '\r'; ++at) {
    assert_true(*at > ' ' && *at <= '~');
    unsigned code = (unsigned)*at;
    if (*at == '%') {
      assert_int_equal(sscanf(at + 1, "%2x", &code), 1);
      at += 2;
    }
    path[length++] = (char)code;
  }
  path[length] = '\0';
  assert_string_equal(at, "\r\n");
}

static void
check_notes(TargetTold const* const told, int const first_bar, int const last_bar)
{
  char           path[4096];
  Note           played[MOST_NOTES];
  Note           found[MOST_NOTES];
  unsigned const all = list_notes(played);
  read_path(told->uris, path);
  unsigned const count = read_notes(path, found);
  unsigned       next  = 0;
  for (unsigned i = 0; i < all; ++i) {
    if (played[i].at >= 16 * first_bar && played[i].at < 16 * (last_bar + 1)) {
      assert_true(next < count);
      assert_int_equal(found[next].at, played[i].at - 16 * first_bar);
      assert_int_equal(found[next].length, played[i].length);
      assert_int_equal(found[next].pitch, played[i].pitch);
      ++next;
    }
  }
  assert_int_equal(next, count);
}

static void
what_is_dropped_has_the_notes_that_were_played(void** const state)
{
  Open* const       open   = (Open*)*state;
  TargetWays const  ways   = {.version = 5};
  Target* const     target = target_new(&ways, TARGET_X, TARGET_Y);
  TargetTold const* told   = target_told(target);
  drag_save(open, target);
  assert_int_equal(told->enters, 1);
  assert_int_equal(told->version, 5);
  assert_true(told->offered);
  assert_int_equal(told->x, TARGET_X + 20);
  assert_int_equal(told->y, TARGET_Y + 30);
  assert_int_equal(take_files(), 0); // nobody has asked for it
  let_go(open, target);
  assert_int_equal(told->drops, 1);
  assert_int_equal(told->leaves, 0);
  check_notes(told, 0, BARS - 1);
  assert_int_equal(take_files(), 1);
  assert_false(target_sees_a_source(target));
  target_free(target);
}

// A place of the history, by bars.
static MnRect
bar_of(int const bar)
{
  static MnView view;
  MnLayout      layout;
  double        from = 0;
  double        to   = 0;
  mn_view_init(&view);
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  mn_layout_past(&view, &from, &to);
  double const x = layout.past.x + (16 * bar + 8 - from) / (to - from) * layout.past.width;
  return (MnRect){x, layout.past.y, 0, layout.past.height};
}

static void
chosen_bars_are_dragged_out_of_the_history(void** const state)
{
  Open* const      open   = (Open*)*state;
  TargetWays const ways   = {.version = 5};
  Target* const    target = target_new(&ways, TARGET_X, TARGET_Y);
  MnRect const     first  = bar_of(1);
  MnRect const     last   = bar_of(2);
  press_at(open->window, first);
  window_move(open->window, last.x, last.y + 5, false);
  window_release(open->window, last.x, last.y + 5, 1);
  window_settle(open->window);
  press_at(open->window, first);
  window_move(open->window, first.x, first.y - 30, false);
  window_idle(open->window);
  window_move(open->window, TARGET_X + 20, TARGET_Y + 30, false);
  run(open, target);
  let_go(open, target);
  check_notes(target_told(target), 1, 2);
  assert_int_equal(take_files(), 1);
  target_free(target);
}

static void
a_proxy_is_told_for_its_window(void** const state)
{
  Open* const open = (Open*)*state;
  // A proxy that does not know of its window is none.
  for (int lost = 0; lost < 2; ++lost) {
    TargetWays const ways   = {.version = 4, .proxied = !lost, .lost = lost};
    Target* const    target = target_new(&ways, TARGET_X, TARGET_Y);
    drag_save(open, target);
    assert_int_equal(target_told(target)->version, 4);
    let_go(open, target);
    check_notes(target_told(target), 0, BARS - 1);
    assert_int_equal(take_files(), 1);
    target_free(target);
  }
}

static void
a_window_that_does_not_take_it_gets_nothing(void** const state)
{
  Open* const      open   = (Open*)*state;
  TargetWays const ways[] = {{.version = 5, .refuses = true},
                             {.version = 5, .silent = true},
                             {.version = 2},
                             {.version = 0}};
  for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); ++i) {
    Target* const           target = target_new(&ways[i], TARGET_X, TARGET_Y);
    TargetTold const* const told   = target_told(target);
    drag_save(open, target);
    let_go(open, target);
    for (double const end = now_seconds() + WAIT_SECONDS;
         ways[i].silent && !told->leaves;) {
      assert_true(now_seconds() < end);
      usleep(IDLE_US);
      run(open, target);
    }
    assert_int_equal(told->enters, i < 2);
    assert_int_equal(told->leaves, i < 2);
    assert_int_equal(told->drops, 0);
    assert_false(target_sees_a_source(target));
    target_free(target);
  }
  assert_int_equal(take_files(), 0);
}

static void
escape_and_other_windows_end_it(void** const state)
{
  Open* const             open   = (Open*)*state;
  TargetWays const        ways   = {.version = 5};
  Target* const           target = target_new(&ways, TARGET_X, TARGET_Y);
  TargetTold const* const told   = target_told(target);
  drag_save(open, target);
  window_move(open->window, TARGET_X - 20, TARGET_Y, false); // out, and in again
  run(open, target);
  assert_int_equal(told->leaves, 1);
  window_move(open->window, TARGET_X + 20, TARGET_Y + 30, false);
  run(open, target);
  assert_int_equal(told->enters, 2);
  window_key(open->window, "Escape", false);
  run(open, target);
  assert_int_equal(told->leaves, 2);
  assert_false(target_sees_a_source(target));
  let_go(open, target);
  assert_int_equal(told->drops, 0);
  target_free(target);
  assert_int_equal(take_files(), 0);
}

// Neither leaves an error, which close_window() would find.
static void
either_window_may_go_in_between(void** const state)
{
  Open* const      open   = (Open*)*state;
  TargetWays const ways   = {.version = 5, .thankless = true};
  Target*          target = target_new(&ways, TARGET_X, TARGET_Y);
  drag_save(open, target);
  target_free(target);
  window_move(open->window, TARGET_X + 30, TARGET_Y + 30, false);
  for (int i = 0; i < ROUNDS; ++i) {
    window_idle(open->window);
  }
  window_release(open->window, TARGET_X + 30, TARGET_Y + 30, 1);
  window_idle(open->window);
  window_settle(open->window);

  target = target_new(&ways, TARGET_X, TARGET_Y);
  drag_save(open, target);
  let_go(open, target);
  drag_save(open, target); // another one, although the first was not acknowledged
  window_free(open->window);
  open->window = NULL;
  target_run(target);
  assert_int_equal(target_told(target)->drops, 1);
  assert_int_equal(target_told(target)->leaves, 1);
  check_notes(target_told(target), 0, BARS - 1);
  assert_int_equal(take_files(), 1);
  target_free(target);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_and_play, close_window)
  struct CMUnitTest const tests[] = {
    TEST(what_is_dropped_has_the_notes_that_were_played),
    TEST(chosen_bars_are_dragged_out_of_the_history),
    TEST(a_proxy_is_told_for_its_window),
    TEST(a_window_that_does_not_take_it_gets_nothing),
    TEST(escape_and_other_windows_end_it),
    TEST(either_window_may_go_in_between),
  };
#undef TEST
  return cmocka_run_group_tests(tests, make_home, remove_home);
}
