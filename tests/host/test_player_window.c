// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player tells its window: the model with its labels, the notes that it hears, and
/// those that it plays, as its MIDI has them.

#include "drive.h"
#include "listener.h"
#include "model/model.h"

#include <lv2/patch/patch.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TURN = 32, TURN_FRAMES = TURN * STEP_FRAMES, VARY = 1 };

static char const own_model[] = "build/music-neurons.lv2/melody-2bar-open.safetensors";

typedef struct {
  Drive     drive;
  Listener* window;
} Scene;

static Scene
make_scene(double const mode)
{
  Scene s               = {.drive = {.host = host_new_plugin(
                         drive_bundle, HOST_PLAYER, DRIVE_RATE, HOST_WORKER_AFTER),
                                     .block = BLOCK}};
  s.window              = listener_new(s.drive.host);
  s.window->view.player = true;
  host_set(s.drive.host, "thru", 0);
  host_set(s.drive.host, "mode", (float)mode);
  host_set(s.drive.host, "temperature", 1);
  return s;
}

static void
free_scene(Scene* const s)
{
  listener_free(s->window);
  drive_free(&s->drive);
}

static void
run(Scene* const s, uint32_t const frames)
{
  for (uint32_t done = 0; done < frames; done += BLOCK) {
    drive_frames(&s->drive, BLOCK);
    listener_take(s->window, s->drive.host);
  }
}

static void
ask_for_all(Scene* const s)
{
  MnUris const* const   u   = &s->window->receiver.uris;
  LV2_Atom_Object const get = {
    .atom = {sizeof(LV2_Atom_Object_Body), u->atom_Object},
    .body = {.otype = u->patch_Get},
  };
  host_send(s->drive.host, 0, &get.atom);
}

static void
who_asks_is_told_the_model_and_all_its_labels(void** const state)
{
  (void)state;
  Scene   s     = make_scene(VARY);
  MnError error = {0};
  run(&s, 4 * BLOCK);
  s.window->total = (Heard){0};
  ask_for_all(&s);
  run(&s, 4 * BLOCK);
  MnModel* const           model = mn_model_load(own_model, &error);
  MnViewModel const* const told  = &s.window->view.model;
  assert_non_null(model);
  assert_int_equal(s.window->total.models, 1);
  assert_int_equal(s.window->total.others, 0);
  assert_false(s.window->receiver.incomplete);
  assert_string_equal(told->name, model->name);
  assert_int_equal(told->music, model->readout.music);
  assert_true(told->has_axes);
  for (unsigned rank = 0; rank < model->readout.music; ++rank) {
    assert_string_equal(told->label[rank], model->readout.labels[rank].label);
  }
  mn_model_free(model);
  free_scene(&s);
}

// The step of the roll's left edge, from bar 0 on.
static int64_t
left_of(MnViewRoll const* const roll)
{
  assert_true(roll->bar_start == (double)roll->start);
  return 16 * roll->bar_number;
}

static void
a_model_that_cannot_be_used_is_told_until_the_next_one_comes(void** const state)
{
  (void)state;
  Scene s = make_scene(VARY);
  run(&s, 4 * BLOCK);
  host_set_model(s.drive.host, 0, "build/there-is-none.safetensors");
  run(&s, 8 * BLOCK);
  assert_non_null(strstr(s.window->view.message, "there-is-none"));
  assert_true(s.window->view.refused);
  host_set_model(s.drive.host, 0, own_model);
  run(&s, 8 * BLOCK);
  assert_string_equal(s.window->view.message, "");
  listener_free(s.window);
  tape_free(&s.drive.tape);
  host_free(s.drive.host); // its log is not empty
}

// In steps from the start of the music.
static double
step_of(uint64_t const frame)
{
  return (double)frame / STEP_FRAMES;
}

// Whether the MIDI has a note with these edges. One that sounds ends at the position.
static bool
is_on_tape(Tape const* const       tape,
           MnViewNote const* const n,
           double const            left,
           double const            now)
{
  for (unsigned i = 0; i + 1 < tape->count; ++i) {
    TapeEvent const* const on  = &tape->events[i];
    TapeEvent const* const off = &tape->events[i + 1];
    double const           end = fmin(step_of(off->frame), now);
    if (on->bytes[0] == 0x90 && on->bytes[1] == n->pitch && off->bytes[1] == n->pitch &&
        fabs(step_of(on->frame) - left - (double)n->start) < 0.01 &&
        fabs(end - left - (double)n->end) < 0.3) {
      return true;
    }
  }
  return false;
}

static unsigned
notes_between(Tape const* const tape, double const from, double const to)
{
  unsigned count = 0;
  for (unsigned i = 0; i < tape->count; ++i) {
    TapeEvent const* const e = &tape->events[i];
    count +=
      e->bytes[0] == 0x90 && step_of(e->frame) > from - 0.01 && step_of(e->frame) < to;
  }
  return count;
}

static void
the_roll_has_what_is_played_and_what_is_to_come(void** const state)
{
  (void)state;
  Scene s = make_scene(VARY);
  drive_locate(&s.drive, 0, 0, 1);
  drive_bars(&s.drive, 2);
  run(&s, TURN_FRAMES); // plays what it varies
  run(&s, TURN_FRAMES / 2 + BLOCK);
  MnViewRoll const roll = s.window->view.roll;
  assert_int_equal(left_of(&roll), TURN);
  assert_int_equal(roll.steps, 2 * TURN);
  double const now = roll.position - (double)roll.start + TURN;
  assert_true(now > 2.5 * TURN - 0.01 && now < 2.5 * TURN + 1);
  run(&s, TURN_FRAMES / 2 + BLOCK); // until all of it has come
  Tape const* const tape    = &s.drive.tape;
  unsigned          to_come = 0;
  for (unsigned i = 0; i < roll.played; ++i) {
    bool const later = (double)roll.play[i].start + TURN > now - 0.01;
    assert_true(is_on_tape(tape, &roll.play[i], TURN, later ? INFINITY : now));
    to_come += later;
  }
  assert_int_equal(roll.played, notes_between(tape, TURN, 3 * TURN));
  assert_int_equal(to_come, notes_between(tape, now, 3 * TURN));
  assert_true(to_come > 1 && roll.played > to_come + 4);
  free_scene(&s);
}

static void
the_roll_has_what_was_heard_before_the_turn(void** const state)
{
  (void)state;
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  Scene                s       = make_scene(VARY);
  drive_locate(&s.drive, 0, 0, 1);
  drive_bars(&s.drive, 2);
  run(&s, TURN_FRAMES / 4);
  MnViewRoll const* const roll = &s.window->view.roll;
  assert_int_equal(left_of(roll), 0);
  assert_int_equal(roll->notes, 8);
  for (unsigned i = 0; i < 8; ++i) {
    assert_int_equal(roll->tokens[4 * i], scale[i] - MN_NOTE_OFFSET);
    assert_int_equal(roll->note[i].pitch, scale[i]);
    assert_true(fabsf(roll->note[i].start - 4 * (float)i) < 0.01F);
  }
  free_scene(&s);
}

static void
a_jump_empties_the_roll(void** const state)
{
  (void)state;
  Scene s = make_scene(VARY);
  drive_locate(&s.drive, 0, 0, 1);
  drive_bars(&s.drive, 2);
  run(&s, TURN_FRAMES / 4);
  assert_true(s.window->view.roll.played > 0);
  drive_locate(&s.drive, 8, 0, 1);
  run(&s, 2 * STEP_FRAMES);
  assert_int_equal(s.window->view.roll.played, 0);
  assert_int_equal(s.window->view.roll.notes, 0);
  free_scene(&s);
}

// Without a transport the roll scrolls on with a phrase.
static void
a_long_phrase_scrolls_by(void** const state)
{
  (void)state;
  Scene s = make_scene(VARY);
  run(&s, BLOCK);
  drive_bars(&s.drive, 5);
  run(&s, STEP_FRAMES);
  MnViewRoll const* const roll = &s.window->view.roll;
  double const            into = roll->position - (double)roll->start;
  assert_true(roll->listening);
  assert_int_equal(roll->steps, 2 * TURN);
  assert_true(into > 2 * TURN - 1.5 && into <= 2 * TURN);
  assert_int_equal(roll->notes, 16);
  free_scene(&s);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(who_asks_is_told_the_model_and_all_its_labels),
    cmocka_unit_test(a_model_that_cannot_be_used_is_told_until_the_next_one_comes),
    cmocka_unit_test(the_roll_has_what_is_played_and_what_is_to_come),
    cmocka_unit_test(the_roll_has_what_was_heard_before_the_turn),
    cmocka_unit_test(a_jump_empties_the_roll),
    cmocka_unit_test(a_long_phrase_scrolls_by),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
