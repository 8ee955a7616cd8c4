// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin sends to the window: everything when it opens, then each change
/// once, when it happens. The numbers are those of the program.

#include "model/model.h"
#include "session.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const model[] = "build/music-neurons.lv2/melody-2bar-open.safetensors";
static char const file[]  = "/melody-2bar-open.safetensors";

// The newer one has at most what the plugin remembers.
static void
assert_same_past(MnPast const* const newer, MnPast const* const older)
{
  unsigned const most = older->count < MN_PAST_WINDOWS ? older->count : MN_PAST_WINDOWS;
  assert_int_equal(newer->count, most);
  for (unsigned i = 0; i < most; ++i) {
    MnPastEntry const* const a = &newer->entry[i];
    MnPastEntry const* const b = &older->entry[older->count - most + i];
    assert_int_equal(a->start, b->start);
    MnPastWindow one = a->said;
    one.start        = b->said.start; // of the message that it came by
    assert_memory_equal(&one, &b->said, sizeof(one));
  }
}

static void
an_opened_window_is_told_everything_at_once(void** const state)
{
  (void)state;
  Song* const    song = short_song();
  Host* const    host = host_with_hop(HOP_BAR);
  Session* const s    = session_play(host, song, 256);

  // Another window opens.
  Listener* const second = listener_new(host);
  host_get_model(host, 0);
  host_run(host, 256);
  listener_take(second, host);
  assert_int_equal(second->last.labels, 1);
  assert_int_equal(second->last.sets, 1);
  assert_int_equal(second->last.models, 1);
  assert_int_equal(second->last.histories, 1);
  assert_int_equal(second->last.windows, 2); // the last one is silence
  assert_int_equal(second->last.steps, 1);
  assert_int_equal(second->last.messages, 1);
  assert_int_equal(second->last.others, 0);
  assert_non_null(strstr(host_told_model(host), file));

  MnView const* const view = &second->view;
  assert_true(second->receiver.has_model);
  assert_false(second->receiver.incomplete);
  MnModel* const loaded = mn_model_load(model, NULL);
  assert_non_null(loaded);
  assert_string_equal(view->model.name, loaded->name);
  assert_int_equal(view->model.latent, loaded->latent);
  assert_int_equal(view->model.music, loaded->readout.music);
  assert_int_equal(view->model.steps, loaded->steps);
  mn_model_free(loaded);
  assert_true(view->window.has_values);
  assert_int_equal(view->window.number, (unsigned)host_get(host, "window"));
  assert_true(view->roll.known);
  assert_true(view->roll.tempo == 120);
  assert_string_equal(view->message, "");

  // It shows the same as the first one, once the last labels are there.
  host_run(host, 256);
  listener_take(second, host);
  assert_in_range(second->total.labels, 1, 2);
  MnView const* const first = &s->listener->view;
  assert_false(view->window.scored);
  assert_memory_equal(&view->model, &first->model, sizeof(view->model));
  assert_memory_equal(view->window.mu, first->window.mu, sizeof(view->window.mu));
  assert_same_past(&view->past, &first->past);

  // The plugin sends nothing while nothing changes.
  host_run(host, 16);
  listener_take(second, host);
  assert_int_equal(second->last.sets + second->last.models + second->last.labels +
                     second->last.histories + second->last.windows + second->last.messages,
                   0);
  listener_free(second);
  session_free(s);
  host_free(host);
  song_free(song);
}

static void
assert_floats(json_t const* const line,
              char const* const   name,
              float const* const  values,
              unsigned const      count)
{
  json_t const* const wanted = json_object_get(line, name);
  assert_int_equal(json_array_size(wanted), count);
  for (unsigned i = 0; i < count; ++i) {
    double const value = json_number_value(json_array_get(wanted, i));
    if (fabs(value - (double)values[i]) > 1e-6) {
      fail_msg("%s of %u is %.9g, not %.9g", name, i, (double)values[i], value);
    }
  }
}

// The first neurons of the bundle's second level, if it has one: analyze tells all, by index.
static void
assert_long_floats(json_t const* const       line,
                   MnViewModel const* const  view,
                   MnViewWindow const* const window)
{
  json_t const* const mu    = json_object_get(line, "long_mu");
  json_t const* const sigma = json_object_get(line, "long_sigma");
  for (unsigned i = 0; i < MN_RANKED && i < view->long_music; ++i) {
    unsigned const at = view->long_order[i];
    assert_true(
      fabs(json_number_value(json_array_get(mu, at)) - (double)window->long_mu[i]) < 1e-6);
    assert_true(fabs(json_number_value(json_array_get(sigma, at)) -
                     (double)window->long_sigma[i]) < 1e-6);
  }
}

static void
a_window_is_told_once_and_as_the_program_reads_it(void** const state)
{
  (void)state;
  Song* const song   = short_song();
  char        path[] = "/tmp/music-neurons-XXXXXX";
  int const   fd     = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  song_write(song, path);
  Host* const    host = host_with_hop(HOP_BAR);
  Session* const s    = session_play(host, song, 512);
  assert_true(s->once);
  assert_int_equal(s->listener->total.windows, (unsigned)host_get(host, "window"));
  unsigned const latent = s->listener->view.model.latent;

  char command[256];
  snprintf(command,
           sizeof(command),
           "build/music-neurons analyze %s --format json --latent",
           path);
  FILE* const pipe = popen(command, "r");
  assert_non_null(pipe);
  unsigned lines  = 0;
  unsigned scored = 0;
  for (json_t* line; (line = json_loadf(pipe, JSON_DISABLE_EOF_CHECK, NULL)); ++lines) {
    assert_true(lines < s->count);
    MnViewWindow const* const window = &s->windows[lines];
    assert_int_equal(window->number, json_integer_value(json_object_get(line, "window")));
    json_t const* const tokens = json_object_get(line, "tokens");
    for (unsigned i = 0; i < 32; ++i) {
      assert_int_equal(window->tokens[i], json_integer_value(json_array_get(tokens, i)));
    }
    assert_int_equal(window->scored, !json_is_null(json_object_get(line, "musicality")));
    if (window->scored) {
      ++scored;
      assert_floats(line, "mu", window->mu, latent);
      assert_floats(line, "sigma", window->sigma, latent);
      if (window->bars_heard) {
        assert_long_floats(line, &s->listener->view.model, window);
        assert_floats(line, "long_neurons", window->long_percentile, MN_RANKED);
      }
      assert_true(fabs((double)window->musicality -
                       json_number_value(json_object_get(line, "musicality"))) < 1e-6);
      assert_int_equal(window->noise_active,
                       json_integer_value(json_object_get(line, "noise_active")));
    }
    json_decref(line);
  }
  assert_int_equal(pclose(pipe), 0);
  assert_true(scored >= BARS - 2);
  unlink(path);
  session_free(s);
  host_free(host);
  song_free(song);
}

static void
a_step_is_told_when_it_begins(void** const state)
{
  (void)state;
  Song* const    song = short_song();
  Host* const    host = host_with_hop(HOP_BAR);
  Session* const s    = session_play(host, song, 128);
  // The host plays on for 2.2 bars after the song, and the last note may end within a
  // bar of the song's end.
  assert_in_range(
    s->listener->total.steps, BARS * STEPS_PER_BAR, (BARS + 3) * STEPS_PER_BAR);
  assert_true(s->once);
  assert_true(s->listener->view.roll.known);
  assert_int_equal(s->listener->view.roll.mode, MN_MODE_HOST);
  assert_true(s->listener->view.roll.bar_length == 16);
  assert_true(s->listener->view.roll.beat_length == 4);
  session_free(s);
  host_free(host);
  song_free(song);
}

static void
notes_are_told_as_they_were_played(void** const state)
{
  (void)state;
  Host* const        host     = host_with_hop(HOP_BAR);
  Listener* const    listener = listener_new(host);
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  uint8_t const      on[]  = {0x90, 60, 80};
  uint8_t const      low[] = {0x90, 40, 80};
  uint8_t const      off[] = {0x80, 60, 64};
  host_position(host, 0, &start);
  host_midi(host, 0, on, 3);
  host_midi(host, 0, low, 3);
  host_run(host, 6000 * 4); // a step is 6,000 frames
  host_midi(host, 0, off, 3);
  host_run(host, 6000 * 2 + 1);
  listener_take(listener, host);
  MnViewRoll const* const roll = &listener->view.roll;
  assert_true(roll->listening);
  assert_int_equal(roll->notes, 2);
  assert_int_equal(roll->note[0].pitch, 60);
  assert_float_equal(roll->note[0].start, 0, 1e-3);
  assert_float_equal(roll->note[0].end, 4, 1e-3);
  assert_int_equal(roll->note[1].pitch, 40);
  assert_float_equal(roll->note[1].start, 0, 1e-3);
  assert_float_equal(roll->note[1].end, 6, 1e-3);
  assert_int_equal(roll->tokens[0], 60 - MN_NOTE_OFFSET); // the highest note wins
  assert_int_equal(roll->tokens[4], MN_NOTE_OFF);
  listener_free(listener);
  host_free(host);
}

static void
a_key_that_is_struck_twice_on_a_step_is_one_note(void** const state)
{
  (void)state;
  Host* const        host     = host_with_hop(HOP_BAR);
  Listener* const    listener = listener_new(host);
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  uint8_t const      on[]  = {0x90, 60, 80};
  uint8_t const      off[] = {0xB0, 123, 0};
  host_position(host, 0, &start);
  host_midi(host, 0, on, 3);
  host_midi(host, 10, on, 3);
  host_run(host, 6000 * 4);
  host_midi(host, 0, off, 3);
  host_midi(host, 0, on, 3);
  host_run(host, 6000 * 2 + 1);
  listener_take(listener, host);
  MnViewRoll const* const roll = &listener->view.roll;
  assert_int_equal(roll->notes, 2);
  assert_float_equal(roll->note[0].end, 4, 1e-3);
  assert_float_equal(roll->note[1].start, 4, 1e-3);
  assert_float_equal(roll->note[1].end, 6, 1e-3);
  listener_free(listener);
  host_free(host);
}

static void
a_stop_and_a_new_tempo_are_told_while_nothing_plays(void** const state)
{
  (void)state;
  Host* const     host     = host_with_hop(HOP_BAR);
  Listener* const listener = listener_new(host);
  host_set(host, "hold", 1);
  HostPosition at = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(host, 0, &at);
  host_run(host, 1000);
  listener_take(listener, host);
  assert_int_equal(listener->view.roll.mode, MN_MODE_HOST);
  at.speed = 0;
  at.frame = 1000;
  host_position(host, 0, &at);
  for (unsigned i = 0; i < 2 * 48; ++i) { // 2 seconds: longer than `hold`
    host_run(host, 1000);
    listener_take(listener, host);
  }
  assert_int_equal(listener->view.roll.mode, MN_MODE_FREE);
  assert_false(listener->view.roll.listening);
  listener->total = (Heard){0};
  at.bpm          = 90;
  host_position(host, 0, &at);
  for (unsigned i = 0; i < 48; ++i) {
    host_run(host, 1000);
    listener_take(listener, host);
  }
  assert_true(listener->view.roll.tempo == 90);
  assert_int_equal(listener->total.steps, 1);
  listener_free(listener);
  host_free(host);
}

static void
the_plugin_remembers_its_last_windows_and_misses_none(void** const state)
{
  (void)state;
  Song* const song = short_song();
  // In a long block several windows finish at once, and are sent together.
  uint32_t const blocks[] = {256, 8192};
  for (unsigned i = 0; i < 2; ++i) {
    Host* const    host = host_with_hop(HOP_STEP);
    Session* const s    = session_play(host, song, blocks[i]);
    unsigned const all  = (unsigned)host_get(host, "window");
    assert_false(s->listener->receiver.incomplete);
    assert_int_equal(s->listener->view.past.count, all);
    assert_true(all > 64);
    assert_true(s->once);

    Listener* const second = listener_new(host);
    host_get_model(host, 0);
    for (unsigned block = 0; block < 12; ++block) { // it comes in parts
      host_run(host, 16);
      listener_take(second, host);
    }
    assert_false(second->receiver.incomplete);
    assert_same_past(&second->view.past, &s->listener->view.past);
    listener_free(second);

    // A reset clears it in every window.
    host_set(host, "reset", 1);
    host_run(host, 16);
    listener_take(s->listener, host);
    assert_int_equal(s->listener->view.past.count, 0);
    assert_int_equal(s->listener->view.window.number, 0);
    assert_false(s->listener->view.window.has_values);
    session_free(s);
    host_free(host);
  }
  song_free(song);
}

static void
messages_at_a_hop_of_a_step_stay_below_64_kib_a_second(void** const state)
{
  (void)state;
  Song* const     song     = short_song();
  Host* const     host     = host_with_hop(HOP_STEP);
  Session* const  s        = session_play(host, song, 256);
  Listener* const listener = s->listener;
  double const    seconds  = listener->total.steps * 60.0 / 120 / 4; // of 120 bpm
  double const    rate     = (double)listener->bytes / seconds / 1024;
  print_message("measured: %.1f KiB a second\n", rate);
  assert_true(listener->total.windows > 64);
  assert_true(rate < 64);
  session_free(s);
  host_free(host);
  song_free(song);
}

static void
in_little_room_messages_wait(void** const state)
{
  (void)state;
  Song* const song = short_song();
  // Room for nothing, then for a step, then for all but the model.
  uint32_t const rooms[] = {8, 16, 24, 64, 512, 2048, 6000, 9000};
  for (unsigned i = 0; i < sizeof(rooms) / sizeof(*rooms); ++i) {
    Host* const    host = host_with_hop(HOP_BAR);
    Session* const s    = session_new(host);
    host_limit_out(host, rooms[i]);
    host_get_model(host, 0);
    song_play(song, host, &(SongPlay){.rate = RATE, .block = 512}, session_watch, s);
    assert_true(s->once);
    assert_true(s->listener->largest <= rooms[i]);
    assert_true(rooms[i] < 2048 || s->listener->total.steps > BARS * STEPS_PER_BAR);
    assert_true(rooms[i] < 9000 || s->listener->view.window.has_values);

    // Messages that had to wait come as soon as there is room.
    host_limit_out(host, 65536);
    host_run(host, 16);
    session_watch(host, s);
    assert_true(s->listener->receiver.has_model);
    host_get_model(host, 0);
    host_run(host, 16);
    session_watch(host, s);
    assert_true(s->listener->view.window.has_values);
    assert_true(s->once);
    session_free(s);
    host_free(host);
  }
  song_free(song);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(an_opened_window_is_told_everything_at_once),
    cmocka_unit_test(a_window_is_told_once_and_as_the_program_reads_it),
    cmocka_unit_test(a_step_is_told_when_it_begins),
    cmocka_unit_test(notes_are_told_as_they_were_played),
    cmocka_unit_test(a_key_that_is_struck_twice_on_a_step_is_one_note),
    cmocka_unit_test(a_stop_and_a_new_tempo_are_told_while_nothing_plays),
    cmocka_unit_test(the_plugin_remembers_its_last_windows_and_misses_none),
    cmocka_unit_test(messages_at_a_hop_of_a_step_stay_below_64_kib_a_second),
    cmocka_unit_test(in_little_room_messages_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
