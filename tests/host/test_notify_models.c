// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin tells the window of its models: a new one, one that fails, and labels that
/// need more room than there is.

#include "../unit/model_file.h"
#include "session.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char const model[] = "build/music-neurons.lv2/melody-2bar-open.safetensors";
static char const file[]  = "/melody-2bar-open.safetensors";
static char const other[] = "build/music-neurons.lv2/melody-2bar.safetensors";

static void
a_model_that_fails_is_told_until_another_one_plays(void** const state)
{
  (void)state;
  Host* const     host     = host_with_hop(HOP_BAR);
  Listener* const listener = listener_new(host);
  host_set_model(host, 0, "/nowhere/none.safetensors");
  for (unsigned i = 0; i < 8; ++i) {
    host_run(host, 256);
    listener_take(listener, host);
  }
  assert_int_equal(listener->total.messages, 1);
  assert_non_null(strstr(listener->view.message, "/nowhere/none.safetensors"));
  assert_non_null(strstr(host_told_model(host), file)); // the old model

  // A window that opens later gets it too.
  Listener* const second = listener_new(host);
  host_get_model(host, 0);
  host_run(host, 256);
  listener_take(second, host);
  assert_string_equal(second->view.message, listener->view.message);
  assert_true(second->receiver.has_model);

  host_set_model(host, 0, model);
  for (unsigned i = 0; i < 8; ++i) {
    host_run(host, 256);
    listener_take(second, host);
  }
  assert_string_equal(second->view.message, "");
  listener_free(second);
  listener_free(listener);
  host_free(host);
}

static void
a_new_model_is_told_and_its_values_follow(void** const state)
{
  (void)state;
  Song* const    song = short_song();
  Host* const    host = host_with_hop(HOP_BAR);
  Session* const s    = session_play(host, song, 512);
  assert_true(s->listener->view.window.has_values);
  s->listener->total = (Heard){0};
  host_set_model(host, 0, other);
  for (unsigned i = 0; i < 8; ++i) {
    host_run(host, 256);
    listener_take(s->listener, host);
  }
  assert_int_equal(s->listener->total.models, 1);
  assert_int_equal(s->listener->total.sets, 1);
  assert_non_null(strstr(host_told_model(host), "/melody-2bar.safetensors"));
  assert_int_equal(s->listener->total.windows, 0); // those belonged to the old model
  assert_false(s->listener->view.window.has_values);
  assert_true(s->listener->view.past.count > 0);
  song_play(song, host, &(SongPlay){.rate = RATE, .block = 512}, session_watch, s);
  assert_true(s->listener->view.window.has_values);
  session_free(s);
  host_free(host);
  song_free(song);
}

// Opens a window where messages have so much room, and gives it some blocks.
static Listener*
open_in_room(Host* const host, uint32_t const room)
{
  Listener* const listener = listener_new(host);
  host_limit_out(host, room);
  host_get_model(host, 0);
  for (unsigned i = 0; i < 64; ++i) {
    host_run(host, 64);
    listener_take(listener, host);
    assert_true(listener->largest <= room);
  }
  return listener;
}

static void
a_model_whose_labels_do_not_fit_is_told_in_parts(void** const state)
{
  (void)state;
  Host* const     host   = host_with_hop(HOP_BAR);
  Listener* const wide   = open_in_room(host, 65536);
  Listener* const narrow = open_in_room(host, 4096);
  assert_true(narrow->receiver.has_model);
  assert_string_not_equal(wide->view.model.label[wide->view.model.music - 1], "");
  assert_memory_equal(&narrow->view.model, &wide->view.model, sizeof(wide->view.model));
  assert_int_equal(narrow->total.models, 1);
  assert_true(narrow->total.labels > wide->total.labels);
  assert_int_equal(narrow->last.labels, 0);

  // In less room than a label takes, the plugin tries one and no more in a block.
  Listener* const none = open_in_room(host, 512);
  assert_int_equal(none->total.models + none->total.labels, 0);
  listener_free(none);
  listener_free(narrow);
  listener_free(wide);
  host_free(host);
}

static void
labels_of_a_second_level_are_told_behind_those_of_the_first(void** const state)
{
  (void)state;
  static char const path[] = "build/long-labels.safetensors";
  ModelShape const  first  = {
      .steps = 32, .hidden = 12, .latent = 20, .hidden_frac = 13, .wide = true, .seed = 5};
  LongShape const  second = {.neurons = 10, .width = 32, .latent = 24, .music = 20};
  ModelFile* const made   = model_file_new(&first);
  json_t* const    labels = json_array();
  for (int i = 0; i < 20; ++i) {
    char text[16];
    snprintf(text, sizeof(text), "word %d", i);
    json_array_append_new(labels, json_pack("{s:s}", "label", text));
  }
  model_file_add_long(made, &first, &second);
  json_object_set_new(json_object_get(made->readout, "long"), "labels", labels);
  model_file_write(made, path);
  model_file_free(made);

  Host* const host = host_with_hop(HOP_BAR);
  host_set_model(host, 0, path);
  for (unsigned i = 0; i < 20; ++i) {
    host_run(host, 64);
  }
  Listener* const wide   = open_in_room(host, 65536);
  Listener* const narrow = open_in_room(host, 700);
  assert_int_equal(wide->view.model.long_music, 20);
  assert_int_equal(wide->view.model.long_order[0], 23);
  assert_string_equal(wide->view.model.long_label[0], "word 0");
  assert_string_equal(wide->view.model.long_label[15], "word 15");
  assert_int_equal(wide->total.long_labels, 1);
  assert_memory_equal(&narrow->view.model.long_label,
                      &wide->view.model.long_label,
                      sizeof(wide->view.model.long_label));
  listener_free(narrow);
  listener_free(wide);
  host_free(host);
  remove(path);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_model_that_fails_is_told_until_another_one_plays),
    cmocka_unit_test(a_new_model_is_told_and_its_values_follow),
    cmocka_unit_test(a_model_whose_labels_do_not_fit_is_told_in_parts),
    cmocka_unit_test(labels_of_a_second_level_are_told_behind_those_of_the_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
