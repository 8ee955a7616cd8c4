// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The monitor has one output of events: of two, Carla's patchbay reads neither. MIDI comes
/// first on it, and messages to the window take what room is left.

#include "listener.h"
#include "song.h"

#include <lv2/atom/util.h>
#include <lv2/resize-port/resize-port.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

enum { RATE = 48000, HOP_STEP = 5 };

static Host*
host_with_hop_of_a_step(void)
{
  Host* const host = host_new(bundle, RATE, HOST_WORKER_AFTER);
  host_set(host, "hop", HOP_STEP);
  return host;
}

static void
one_output_has_all_events(void** const state)
{
  (void)state;
  Host* const             host   = host_new(bundle, RATE, HOST_WORKER_NONE);
  LilvPlugin const* const plugin = host_plugin(host);
  LilvNode* const         atom   = lilv_new_uri(host_world(host), LV2_ATOM__AtomPort);
  LilvNode* const         output = lilv_new_uri(host_world(host), LV2_CORE__OutputPort);
  for (unsigned i = 0; i < MN_PORT_COUNT; ++i) {
    LilvPort const* const port = lilv_plugin_get_port_by_index(plugin, i);
    bool const            is =
      lilv_port_is_a(plugin, port, atom) && lilv_port_is_a(plugin, port, output);
    assert_true(is == (i == MN_PORT_OUT));
  }
  lilv_node_free(output);
  lilv_node_free(atom);
  host_free(host);
}

// With a slot that sends, and a window that asks for everything in each block.
static void
messages_come_behind_the_midi_of_their_block(void** const state)
{
  (void)state;
  static uint8_t const note_on[] = {0x90, 60, 80};
  Host* const          host      = host_with_hop_of_a_step();
  host_set(host, "cc_1_source", 1);
  host_set(host, "cc_1_rate", 1000);
  host_set(host, "cc_1_glide", 0);
  unsigned midi     = 0;
  unsigned messages = 0;
  for (unsigned i = 0; i < 400; ++i) {
    uint32_t const frames = 1 + 7 * i % 300;
    host_set(host, "cc_1_low", i % 2 ? 0 : 100);
    host_midi(host, frames / 2, note_on, sizeof(note_on));
    host_midi(host, frames - 1, note_on, sizeof(note_on));
    host_get_model(host, frames - 1);
    host_run(host, frames);

    int64_t last    = 0;
    bool    is_told = false;
    LV2_ATOM_SEQUENCE_FOREACH(host_events(host), event)
    {
      bool const is_midi = event->body.size == sizeof(note_on);
      assert_true(event->time.frames >= last && event->time.frames < frames);
      assert_false(is_midi && is_told);
      last    = event->time.frames;
      is_told = !is_midi;
      midi += is_midi;
      messages += is_told;
    }
  }
  assert_true(midi > 1000); // two notes and a controller in most blocks
  assert_true(messages > 1600);
  host_free(host);
}

static void
messages_leave_all_room_to_midi(void** const state)
{
  (void)state;
  enum { NOTES = 3, EVENT = 24 };
  Host* const     host     = host_with_hop_of_a_step();
  Listener* const listener = listener_new(host);
  for (uint32_t room = 8 + NOTES * EVENT; room < 9000; room += 1 + room / 4) {
    host_limit_out(host, room);
    for (unsigned i = 0; i < NOTES; ++i) {
      host_midi(host, i, (uint8_t const[]){0x90, (uint8_t)(60 + i), 80}, 3);
    }
    host_get_model(host, NOTES);
    host_run(host, 64); // ends the program if the plugin writes more
    assert_int_equal(host_out_count(host), NOTES);
    listener_take(listener, host);
    assert_true(room > 8 + NOTES * EVENT || !listener->largest);
  }
  assert_true(listener->largest > 0);
  assert_int_equal(listener->total.others, 0);
  listener_free(listener);
  host_free(host);
}

// The bytes that the plugin wants for its output at the least.
static uint32_t
least_room(Host* const host)
{
  LilvPlugin const* const plugin = host_plugin(host);
  LilvPort const* const   port   = lilv_plugin_get_port_by_index(plugin, MN_PORT_OUT);
  LilvNode* const least = lilv_new_uri(host_world(host), LV2_RESIZE_PORT__minimumSize);
  LilvNode* const size  = lilv_port_get(plugin, port, least);
  assert_non_null(size);
  uint32_t const bytes = (uint32_t)lilv_node_as_int(size);
  lilv_node_free(size);
  lilv_node_free(least);
  return bytes;
}

static void
hear(Host* const host, void* const data)
{
  listener_take((Listener*)data, host);
}

static void
the_least_room_holds_much_midi_and_all_that_a_window_asks_for(void** const state)
{
  (void)state;
  enum { BARS = 6, NOTES = 8192 / 24 };
  Song* const     song     = song_new(120);
  Host* const     host     = host_with_hop_of_a_step();
  Listener* const listener = listener_new(host);
  song_add_tune(song, BARS, 3);
  song_sort(song);
  song_play(song, host, &(SongPlay){.rate = RATE, .block = 256}, hear, listener);

  host_limit_out(host, least_room(host) - (uint32_t)sizeof(LV2_Atom));
  for (unsigned i = 0; i < NOTES; ++i) {
    host_midi(host, 0, (uint8_t const[]){0xA0, 60, (uint8_t)(i % 128)}, 3);
  }
  host_get_model(host, 0);
  host_run(host, 256);
  listener_take(listener, host);
  assert_int_equal(host_out_count(host), NOTES);
  Heard const* const h = &listener->last;
  assert_true(h->sets && h->models && h->labels && h->histories && h->steps && h->messages);
  // The history comes in parts, and the newest window behind it.
  for (unsigned i = 0; i < 8 && !h->windows; ++i) {
    host_run(host, 256);
    listener_take(listener, host);
  }
  assert_true(h->windows > 0);
  assert_false(listener->receiver.incomplete);
  listener_free(listener);
  host_free(host);
  song_free(song);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(one_output_has_all_events),
    cmocka_unit_test(messages_come_behind_the_midi_of_their_block),
    cmocka_unit_test(messages_leave_all_room_to_midi),
    cmocka_unit_test(the_least_room_holds_much_midi_and_all_that_a_window_asks_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
