// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What was heard before, in the window: choosing bars, seeing them again, and writing them
/// to a MIDI file, which libsmf reads.

#include "draw.h"
#include "interact.h"
#include "recall.h"
#include "save_midi.h"

#include "check.h"
#include "scene.h"

#include <math.h>
#include <smf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 900, HEIGHT = 540 };

typedef struct {
  MnView*    view;
  MnInteract interact;
  unsigned   saves;
  unsigned   drags;
} Window;

static void
write_nothing(void* const handle, unsigned const port, float const value)
{
  (void)handle;
  (void)port;
  (void)value;
}

static void
touch_nothing(void* const handle, unsigned const port, bool const grabbed)
{
  (void)handle;
  (void)port;
  (void)grabbed;
}

static void
choose_nothing(void* const handle, unsigned const item)
{
  (void)handle;
  (void)item;
}

static void
count_save(void* const handle)
{
  ++((Window*)handle)->saves;
}

static void
count_drag(void* const handle)
{
  ++((Window*)handle)->drags;
}

static int
setup(void** const state)
{
  Window* const w = (Window*)calloc(1, sizeof(Window));
  w->view         = scene_make(SCENE_MELODY);
  mn_interact_init(
    &w->interact,
    w->view,
    (MnActions){w, write_nothing, touch_nothing, choose_nothing, count_save, count_drag});
  *state = w;
  return 0;
}

static int
teardown(void** const state)
{
  Window* const w = (Window*)*state;
  free(w->view);
  free(w);
  return 0;
}

// The middle of an entry of the past.
static void
place_of(Window const* const w, unsigned const index, double* const x, double* const y)
{
  MnPastEntry const* const e = &w->view->past.entry[index];
  MnLayout                 l;
  double                   from = 0;
  double                   to   = 0;
  mn_layout_init(&l, w->view, WIDTH, HEIGHT);
  mn_layout_past(w->view, &from, &to);
  *x = l.past.x + ((double)e->at + 4 - from) / (to - from) * l.past.width;
  *y = l.past.y + l.past.height / 2;
}

static void
act(Window* const w, MnInputKind const kind, double const x, double const y)
{
  mn_interact_input(&w->interact, &(MnInput){.kind = kind, .x = x, .y = y});
}

static void
choose(Window* const w, unsigned const first, unsigned const last)
{
  double x = 0;
  double y = 0;
  place_of(w, first, &x, &y);
  act(w, MN_INPUT_PRESS, x, y);
  place_of(w, last, &x, &y);
  act(w, MN_INPUT_MOVE, x, y);
  act(w, MN_INPUT_RELEASE, x, y);
}

static void
a_click_shows_a_bar_as_it_was(void** const state)
{
  Window* const            w = (Window*)*state;
  MnPastEntry const* const e = &w->view->past.entry[21];
  assert_null(mn_recall_chosen(w->view));
  choose(w, 21, 21);
  assert_ptr_equal(mn_recall_chosen(w->view), e);
  assert_true(mn_interact_take_areas(&w->interact) & 1U << MN_AREA_NEURONS);

  MnViewWindow* const then = (MnViewWindow*)malloc(sizeof(MnViewWindow));
  mn_recall(w->view, e, then);
  assert_memory_equal(then->tokens, e->said.tokens, MN_STEPS_2BAR);
  assert_true(then->has_values);
  assert_true(fabsf(then->musicality - 0.96F) < 0.01F);
  // Neurons are as they were, to half a unit of what is kept.
  for (unsigned rank = 0; rank < mn_view_neurons(w->view); ++rank) {
    unsigned const neuron = w->view->model.order[rank];
    float const    mu     = w->view->window.mu[neuron]; // the same in all of the scene
    assert_true(fabsf(then->mu[neuron] - mu) <= 0.5F / MN_PAST_MU + 1e-6F);
  }
  free(then);

  mn_interact_input(&w->interact, &(MnInput){.kind = MN_INPUT_KEY, .key = MN_KEY_ESCAPE});
  assert_null(mn_recall_chosen(w->view));
  choose(w, 21, 21);
  choose(w, 21, 21); // another click goes back, too
  assert_null(mn_recall_chosen(w->view));
}

static void
another_model_forgets_neurons_but_not_notes(void** const state)
{
  Window* const       w    = (Window*)*state;
  MnViewWindow* const then = (MnViewWindow*)malloc(sizeof(MnViewWindow));
  ++w->view->past.model;
  mn_recall(w->view, &w->view->past.entry[20], then);
  assert_false(then->has_values);
  assert_memory_equal(then->tokens, w->view->past.entry[20].said.tokens, MN_STEPS_2BAR);
  free(then);
}

static void
the_wheel_scrolls_and_zooms(void** const state)
{
  Window* const        w       = (Window*)*state;
  MnViewPointer* const pointer = &w->view->pointer;
  double               x       = 0;
  double               y       = 0;
  double               from    = 0;
  double               to      = 0;
  place_of(w, 20, &x, &y);
  MnInput wheel = {.kind = MN_INPUT_WHEEL, .x = x, .y = y, .steps = 1, .shift = true};
  mn_interact_input(&w->interact, &wheel);
  mn_layout_past(w->view, &from, &to);
  assert_true(to - from == 256);
  // What is under the pointer stays there.
  double again = 0;
  place_of(w, 20, &again, &y);
  assert_true(fabs(again - x) < 1);

  wheel.shift = false;
  mn_interact_input(&w->interact, &wheel);
  double const back = pointer->back;
  assert_true(back > 0);
  wheel.steps = -1000;
  mn_interact_input(&w->interact, &wheel);
  assert_true(pointer->back == 0);
  wheel.steps = 1000;
  mn_interact_input(&w->interact, &wheel);
  mn_layout_past(w->view, &from, &to);
  assert_true(from == 0); // no farther than what there is
}

// Notes as onset in steps and pitch, from a file that libsmf reads.
static unsigned
read_notes(char const* const path, MnPastNote* const notes, unsigned const most)
{
  smf_t* const smf   = smf_load(path);
  unsigned     count = 0;
  assert_non_null(smf);
  assert_int_equal(smf->ppqn, 480);
  for (smf_event_t* e; (e = smf_get_next_event(smf));) {
    uint8_t const* const b = e->midi_buffer;
    if (b[0] == 0x90 && b[2] && count < most) {
      notes[count++] = (MnPastNote){.at = e->time_pulses / 120, .end = -1, .pitch = b[1]};
    } else if ((b[0] == 0x80 || b[0] == 0x90) && count) {
      for (unsigned i = count; i-- > 0 && notes[i].end < 0;) {
        notes[i].end = notes[i].pitch == b[1] ? e->time_pulses / 120 : notes[i].end;
      }
    }
  }
  smf_delete(smf);
  return count;
}

static void
what_is_saved_is_what_was_played(void** const state)
{
  Window* const     w      = (Window*)*state;
  char              path[] = "/tmp/music-neurons-past-XXXXXX";
  int const         number = mkstemp(path);
  FILE* const       file   = fdopen(number, "wb");
  static MnPastNote found[512];
  choose(w, 17, 21);
  assert_true(mn_save_midi_write(w->view, file));
  assert_int_equal(fclose(file), 0);
  unsigned const count = read_notes(path, found, 512);
  assert_int_equal(unlink(path), 0);

  // The tokens of the windows, a bar of each, are the other way to say it.
  unsigned next  = 0;
  int64_t  start = 0;
  for (unsigned i = 17; i <= 21; ++i) {
    MnPastEntry const* const e = &w->view->past.entry[i];
    assert_int_equal(e->at, w->view->past.entry[17].at + start);
    for (unsigned step = 0; step < 16; ++step) {
      if (e->said.tokens[step] > MN_NOTE_OFF) {
        assert_true(next < count);
        assert_int_equal(found[next].at, start + step);
        assert_int_equal(found[next].pitch, e->said.tokens[step] + MN_NOTE_OFFSET);
        unsigned end = step + 1; // before a note-off, or the next note
        while (end < 16 && e->said.tokens[end] == MN_HOLD) {
          ++end;
        }
        if (end < 16) { // else it may go on into the next bar
          assert_int_equal(found[next].end, start + end);
        }
        assert_true(found[next].end > found[next].at);
        ++next;
      }
    }
    start += 16;
  }
  assert_int_equal(next, count);
  assert_true(count > 20);
}

static void
a_button_saves_to_a_new_file_in_the_music_folder(void** const state)
{
  Window* const w        = (Window*)*state;
  char          folder[] = "/tmp/music-neurons-home-XXXXXX";
  MnLayout      l;
  assert_non_null(mkdtemp(folder));
  mn_layout_init(&l, w->view, WIDTH, HEIGHT);
  MnRect const button = l.target[MN_TARGET_SAVE];
  act(w, MN_INPUT_PRESS, button.x + 5, button.y + 5);
  act(w, MN_INPUT_RELEASE, button.x + 5, button.y + 5);
  assert_int_equal(w->saves, 1);

  assert_int_equal(setenv("HOME", folder, 1), 0);
  char paths[2][PATH_MAX];
  for (unsigned i = 0; i < 2; ++i) { // within a second, too
    assert_true(mn_save_midi(w->view, paths[i]));
    assert_ptr_equal(strstr(w->view->notice, "Written: "), w->view->notice);
    assert_string_equal(w->view->notice + 9, paths[i]);
    assert_int_equal(access(paths[i], R_OK), 0);
    assert_ptr_equal(strstr(paths[i], folder), paths[i]);
  }
  assert_string_not_equal(paths[0], paths[1]);
  unlink(paths[0]);
  unlink(paths[1]);
  rmdir(folder);
  assert_false(mn_save_midi(w->view, paths[0]));
  assert_non_null(strstr(w->view->notice, "cannot be written: No such file"));
}

// What is dragged by a few pixels is a click.
static void
what_is_chosen_and_the_button_can_be_dragged_out(void** const state)
{
  Window* const w = (Window*)*state;
  double        x = 0;
  double        y = 0;
  MnLayout      l;
  mn_layout_init(&l, w->view, WIDTH, HEIGHT);
  MnRect const button = l.target[MN_TARGET_SAVE];
  act(w, MN_INPUT_PRESS, button.x + 5, button.y + 5);
  act(w, MN_INPUT_MOVE, button.x + 8, button.y + 5);
  assert_int_equal(w->drags, 0);
  act(w, MN_INPUT_MOVE, button.x + 5, button.y - 50);
  assert_int_equal(w->drags, 1);
  act(w, MN_INPUT_MOVE, button.x + 5, button.y - 90);
  act(w, MN_INPUT_RELEASE, button.x + 5, button.y + 5);
  assert_int_equal(w->drags, 1);
  assert_int_equal(w->saves, 0);

  choose(w, 17, 21);
  double const from = w->view->pointer.chosen;
  double const to   = w->view->pointer.chosen_to;
  place_of(w, 19, &x, &y);
  act(w, MN_INPUT_PRESS, x, y);
  act(w, MN_INPUT_MOVE, x, y + 100);
  act(w, MN_INPUT_RELEASE, x, y + 100);
  assert_int_equal(w->drags, 2);
  assert_true(w->view->pointer.chosen == from && w->view->pointer.chosen_to == to);
  choose(w, 19, 19); // a click chooses it alone
  assert_int_equal(w->drags, 2);
  assert_true(w->view->pointer.chosen == (double)w->view->past.entry[19].at);
  assert_true(w->view->pointer.chosen_to == w->view->pointer.chosen);

  w->view->past.count = 0; // there is nothing to drag
  act(w, MN_INPUT_PRESS, button.x + 5, button.y + 5);
  act(w, MN_INPUT_MOVE, button.x + 5, button.y - 50);
  assert_int_equal(w->drags, 2);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(a_click_shows_a_bar_as_it_was, setup, teardown),
    cmocka_unit_test_setup_teardown(
      another_model_forgets_neurons_but_not_notes, setup, teardown),
    cmocka_unit_test_setup_teardown(the_wheel_scrolls_and_zooms, setup, teardown),
    cmocka_unit_test_setup_teardown(what_is_saved_is_what_was_played, setup, teardown),
    cmocka_unit_test_setup_teardown(
      a_button_saves_to_a_new_file_in_the_music_folder, setup, teardown),
    cmocka_unit_test_setup_teardown(
      what_is_chosen_and_the_button_can_be_dragged_out, setup, teardown),
  };
  return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
