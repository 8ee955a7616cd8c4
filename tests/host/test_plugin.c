// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The built plugin as a host sees it: its Turtle data, MIDI thru, transport, and what
/// its controls do.

#include "model/model.h"
#include "protocol/ports.h"
#include "record.h"

#include <lv2/atom/util.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char const   bundle[] = "build/music-neurons.lv2";
static double const rate     = 48000;

enum { BEAT_FRAMES = 24000, BAR_FRAMES = 4 * BEAT_FRAMES, BLOCK = 1000 };

static void
note(Host* const    host,
     uint32_t const frame,
     bool const     on,
     unsigned const channel,
     unsigned const pitch)
{
  uint8_t const message[] = {
    (uint8_t)((on ? 0x90 : 0x80) | channel), (uint8_t)pitch, on ? 80 : 64};
  host_midi(host, frame, message, 3);
}

static HostPosition
place(int64_t const bar, double const bar_beat, double const speed)
{
  return (HostPosition){.speed         = speed,
                        .bar           = bar,
                        .bar_beat      = bar_beat,
                        .beats_per_bar = 4,
                        .beat_unit     = 4,
                        .bpm           = 120};
}

static void
locate(Host* const host, int64_t const bar, double const bar_beat, double const speed)
{
  HostPosition const position = place(bar, bar_beat, speed);
  host_position(host, 0, &position);
}

static void
run_frames(Host* const host, uint32_t frames)
{
  while (frames) {
    uint32_t const n = frames < BLOCK ? frames : BLOCK;
    host_run(host, n);
    frames -= n;
  }
}

// Quarter notes for a number of bars, from now on.
static void
play_bars(Host* const host, unsigned const bars, unsigned const channel)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  for (unsigned beat = 0; beat < 4 * bars; ++beat) {
    unsigned const pitch = scale[beat % 8];
    note(host, 0, true, channel, pitch);
    run_frames(host, BEAT_FRAMES / 2);
    note(host, 0, false, channel, pitch);
    run_frames(host, BEAT_FRAMES / 2);
  }
}

static Host*
new_host(HostWorker const worker)
{
  Host* const host = host_new(bundle, rate, worker);
  host_set(host, "glide", 0);
  assert_string_equal(host_log(host), "");
  return host;
}

static void
assert_symbol(Host* const host, unsigned const index, char const* const symbol)
{
  LilvPort const* const port = lilv_plugin_get_port_by_index(host_plugin(host), index);
  assert_string_equal(lilv_node_as_string(lilv_port_get_symbol(host_plugin(host), port)),
                      symbol);
}

static void
ports_are_in_the_order_of_the_code(void** const state)
{
  (void)state;
  static struct {
    unsigned    index;
    char const* symbol;
  } const ports[] = {
    {MN_PORT_IN, "in"},
    {MN_PORT_OUT, "out"},
    {MN_PORT_FREEWHEEL, "freewheel"},
    {MN_PORT_ENABLED, "enabled"},
    {MN_PORT_HOP, "hop"},
    {MN_PORT_CHANNEL, "channel"},
    {MN_PORT_VOICE, "voice"},
    {MN_PORT_TEMPO, "tempo"},
    {MN_PORT_GLIDE, "glide"},
    {MN_PORT_HOLD, "hold"},
    {MN_PORT_RESET, "reset"},
    {MN_PORT_MUSICALITY, "musicality"},
    {MN_PORT_SENSE, "sense"},
    {MN_PORT_FORM, "form"},
    {MN_PORT_SURPRISE, "surprise"},
    {MN_PORT_NEURON_1, "neuron_1"},
    {MN_PORT_NEURON_1 + 15, "neuron_16"},
    {MN_PORT_AXIS_1, "axis_1"},
    {MN_PORT_AXIS_1 + 7, "axis_8"},
    {MN_PORT_TOP_1, "top_1_neuron"},
    {MN_PORT_TOP_1 + 1, "top_1_activation"},
    {MN_PORT_TOP_1 + 14, "top_8_neuron"},
    {MN_PORT_TOP_1 + 15, "top_8_activation"},
    {MN_PORT_MUSIC_ACTIVE, "music_active"},
    {MN_PORT_NOISE_ACTIVE, "noise_active"},
    {MN_PORT_NOISE_ENERGY, "noise_energy"},
    {MN_PORT_WINDOW, "window"},
    {MN_PORT_PROGRESS, "progress"},
    {MN_PORT_LATE, "late"},
    {MN_PORT_ENCODE_MS, "encode_ms"},
    {MN_PORT_SYNCED, "synced"},
    {MN_PORT_CC_SHARE, "cc_share"},
    {MN_PORT_CC_1 + MN_CC_PORT_SOURCE, "cc_1_source"},
    {MN_PORT_CC_1 + MN_CC_PORT_CONTROLLER, "cc_1_controller"},
    {MN_PORT_CC_1 + MN_CC_PORT_CHANNEL, "cc_1_channel"},
    {MN_PORT_CC_1 + MN_CC_PORT_LOW, "cc_1_low"},
    {MN_PORT_CC_1 + MN_CC_PORT_HIGH, "cc_1_high"},
    {MN_PORT_CC_1 + MN_CC_PORT_INVERT, "cc_1_invert"},
    {MN_PORT_CC_1 + MN_CC_PORT_CURVE, "cc_1_curve"},
    {MN_PORT_CC_1 + MN_CC_PORT_GLIDE, "cc_1_glide"},
    {MN_PORT_CC_1 + MN_CC_PORT_THRESHOLD, "cc_1_threshold"},
    {MN_PORT_CC_1 + MN_CC_PORT_RATE, "cc_1_rate"},
    {MN_PORT_CC_1 + MN_CC_PORT_WIDE, "cc_1_wide"},
    {MN_PORT_SEND_1 - MN_CC_PORT_COUNT, "cc_8_source"},
    {MN_PORT_SEND_1 - 1, "cc_8_wide"},
    {MN_PORT_SEND_1, "cc_1_send"},
    {MN_PORT_SEND_LAST, "cc_8_send"},
    {MN_PORT_SPAN, "span"},
    {MN_PORT_STYLE_1, "style_1"},
    {MN_PORT_STYLE_1 + 7, "style_8"},
    {MN_PORT_STYLE_TOP, "style_top"},
    {MN_PORT_STYLE_CONFIDENCE, "style_confidence"},
    {MN_PORT_BARS_HEARD, "bars_heard"},
  };
  Host* const host = new_host(HOST_WORKER_NONE);
  assert_int_equal(lilv_plugin_get_num_ports(host_plugin(host)), MN_PORT_COUNT);
  for (unsigned i = 0; i < sizeof(ports) / sizeof(*ports); ++i) {
    assert_symbol(host, ports[i].index, ports[i].symbol);
  }
  host_free(host);
}

static void
every_port_is_described(void** const state)
{
  (void)state;
  Host* const     host    = new_host(HOST_WORKER_NONE);
  LilvWorld*      world   = host_world(host);
  LilvNode* const comment = lilv_new_uri(world, LILV_NS_RDFS "comment");
  for (unsigned i = 0; i < MN_PORT_COUNT; ++i) {
    LilvPort const* const port = lilv_plugin_get_port_by_index(host_plugin(host), i);
    LilvNode* const       text = lilv_port_get(host_plugin(host), port, comment);
    assert_non_null(text);
    assert_true(strlen(lilv_node_as_string(text)) > 10);
    lilv_node_free(text);
  }
  lilv_node_free(comment);
  host_free(host);
}

static void
midi_passes_unchanged_on_its_frames(void** const state)
{
  (void)state;
  static uint8_t const sysex[] = {0xF0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xF7};
  static uint8_t const bend[]  = {0xE3, 0x11, 0x22};
  Host* const          host    = new_host(HOST_WORKER_AFTER);
  for (int enabled = 1; enabled >= 0; --enabled) {
    host_set(host, "enabled", (float)enabled);
    locate(host, 0, 0, 1); // not MIDI, so it does not pass
    note(host, 0, true, 0, 60);
    host_midi(host, 5, sysex, sizeof(sysex));
    host_midi(host, 5, bend, sizeof(bend));
    note(host, 63, false, 9, 127);
    host_run(host, 64);
    assert_int_equal(host_out_count(host), 4);
    uint32_t const frames[] = {0, 5, 5, 63};
    for (unsigned i = 0; i < 4; ++i) {
      assert_int_equal(host_out(host, i)->time.frames, frames[i]);
    }
    assert_int_equal(host_out(host, 1)->body.size, sizeof(sysex));
    assert_memory_equal(host_out(host, 1) + 1, sysex, sizeof(sysex));
    assert_memory_equal(host_out(host, 2) + 1, bend, sizeof(bend));
    host_run(host, 64);
    assert_int_equal(host_out_count(host), 0);
  }
  host_free(host);
}

static void
windows_follow_the_hosts_bars(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 4, 0, 1);
  play_bars(host, 2, 0);
  assert_true(host_get(host, "synced") == 1);
  assert_true(host_get(host, "window") == 1);
  assert_true(host_get(host, "musicality") != 0.5F);
  assert_true(host_get(host, "axis_1") != 0.5F && host_get(host, "axis_8") != 0.5F);
  assert_true(host_get(host, "top_1_neuron") >= 0);
  assert_true(host_get(host, "encode_ms") > 0);
  play_bars(host, 3, 0);
  assert_true(host_get(host, "window") == 4);
  assert_true(host_get(host, "late") == 0);
  host_free(host);
}

static void
a_loop_of_whole_bars_goes_on_and_a_jump_into_a_bar_starts_anew(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 0, 0, 1);
  play_bars(host, 1, 0);
  for (unsigned i = 0; i < 3; ++i) {
    locate(host, 0, 0, 1); // a loop of one bar, shorter than a window
    play_bars(host, 1, 0);
  }
  assert_true(host_get(host, "window") == 3);
  run_frames(host, BEAT_FRAMES);
  locate(host, 9, 3, 1);
  run_frames(host, BEAT_FRAMES + BAR_FRAMES - BLOCK); // bar 9 began with rests
  assert_true(host_get(host, "window") == 3 + 1);
  host_free(host);
}

static void
without_a_transport_the_first_note_starts_the_bars(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  run_frames(host, 3 * BAR_FRAMES + 777);
  assert_true(host_get(host, "window") == 0);
  assert_true(host_get(host, "synced") == 0);
  host_set(host, "tempo", 240); // twice as fast: the two bars are over after one
  play_bars(host, 1, 0);
  assert_true(host_get(host, "window") == 1);
  host_free(host);
}

static void
a_host_that_tells_only_frames_counts_as_none(void** const state)
{
  (void)state;
  Host* const        host = new_host(HOST_WORKER_AFTER);
  HostPosition const p    = {.speed = 1, .frame = 4711, .no_bars = true};
  host_position(host, 0, &p);
  play_bars(host, 2, 0);
  assert_true(host_get(host, "synced") == 0);
  assert_true(host_get(host, "window") == 1);
  host_free(host);
}

static void
values_fall_back_to_neutral_after_hold(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  host_set(host, "hold", 6);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  float const musicality = host_get(host, "musicality");
  assert_true(musicality != 0.5F);
  run_frames(host, 5 * BEAT_FRAMES); // the last note ended half a beat ago
  assert_true(host_get(host, "musicality") != 0.5F);
  run_frames(host, BEAT_FRAMES);
  assert_true(host_get(host, "musicality") == 0.5F);
  assert_true(host_get(host, "neuron_1") == 0.5F);
  assert_true(host_get(host, "neuron_16") == 0.5F);
  assert_true(host_get(host, "top_1_neuron") == -1);
  assert_true(host_get(host, "top_8_activation") == 0);
  assert_true(host_get(host, "music_active") == 0);
  assert_true(host_get(host, "noise_active") == 0);
  host_free(host);
}

static void
a_window_with_one_note_keeps_the_values(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  host_set(host, "hold", 256);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  float const musicality = host_get(host, "musicality");
  float const neuron     = host_get(host, "neuron_1");
  run_frames(host, 2 * BAR_FRAMES);
  float const after = host_get(host, "musicality"); // of the window that has 4 notes
  note(host, 0, true, 0, 60);
  run_frames(host, 2 * BAR_FRAMES);
  assert_true(host_get(host, "window") == 5);
  assert_true(host_get(host, "musicality") == after);
  assert_true(musicality != 0.5F && neuron != 0.5F);
  host_free(host);
}

static void
glides_are_straight_and_end_on_the_value(void** const state)
{
  (void)state;
  Host* const quick = new_host(HOST_WORKER_AFTER);
  Host* const slow  = new_host(HOST_WORKER_AFTER);
  host_set(slow, "glide", 1000);
  locate(quick, 0, 0, 1);
  locate(slow, 0, 0, 1);
  play_bars(quick, 2, 0);
  for (unsigned beat = 0; host_get(slow, "window") == 0; ++beat) {
    static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
    note(slow, 0, true, 0, scale[beat % 8]);
    for (unsigned f = 0; f < BEAT_FRAMES && host_get(slow, "window") == 0; f += BLOCK) {
      if (f == BEAT_FRAMES / 2) {
        note(slow, 0, false, 0, scale[beat % 8]);
      }
      host_run(slow, BLOCK);
    }
  }
  float const goal = host_get(quick, "neuron_1");
  run_frames(slow, (uint32_t)rate / 2 - BLOCK);
  assert_true(fabsf(host_get(slow, "neuron_1") - (0.5F + goal) / 2) < 0.01F);
  run_frames(slow, (uint32_t)rate / 2);
  assert_true(host_get(slow, "neuron_1") == goal);
  host_free(quick);
  host_free(slow);
}

static void
reset_forgets_all(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 0, 0, 1);
  play_bars(host, 3, 0);
  assert_true(host_get(host, "window") == 2);
  host_set(host, "reset", 1);
  host_run(host, BLOCK);
  assert_true(host_get(host, "window") == 0);
  assert_true(host_get(host, "musicality") == 0.5F);
  host_set(host, "reset", 0);
  host_run(host, BLOCK);
  run_frames(host, BAR_FRAMES);
  assert_true(host_get(host, "synced") == 1);
  host_free(host);
}

static void
while_off_nothing_is_heard(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  assert_true(host_get(host, "musicality") != 0.5F);
  host_set(host, "enabled", 0);
  play_bars(host, 3, 0);
  assert_true(host_get(host, "window") == 1);
  assert_true(host_get(host, "musicality") == 0.5F);
  host_set(host, "enabled", 1);
  play_bars(host, 3, 0);
  assert_true(host_get(host, "window") > 1);
  host_free(host);
}

static void
one_channel_can_be_chosen(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  host_set(host, "channel", 3);
  play_bars(host, 2, 0);
  assert_true(host_get(host, "window") == 0);
  play_bars(host, 2, 2);
  assert_true(host_get(host, "window") == 1);
  host_free(host);
}

static void
without_a_worker_the_encoder_runs_in_slices(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_NONE);
  locate(host, 0, 0, 1);
  unsigned blocks = 0;
  note(host, 0, true, 0, 60);
  run_frames(host, BAR_FRAMES);
  note(host, 0, true, 0, 64);
  run_frames(host, BAR_FRAMES - BLOCK - 3000); // half a step before the end
  while (host_get(host, "window") == 0) {
    host_run(host, 64);
    ++blocks;
  }
  // 32 steps and 2 heads remain after the rest of the window. Each takes a frame for every
  // 1,024 products of a gate's matrix, or of the head's.
  MnModel* const model =
    mn_model_load("build/music-neurons.lv2/melody-2bar-open.safetensors", NULL);
  assert_non_null(model);
  unsigned const step  = model->hidden * model->hidden / 1024;
  unsigned const head  = model->latent * 2 * model->hidden / 1024;
  unsigned const least = (32 * step + 2 * head) / 64;
  mn_model_free(model);
  assert_in_range(blocks, least, least + BLOCK / 64 + 1);
  host_free(host);
}

static void
a_refused_request_is_made_again(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  host_refuse_work(host, 3);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  run_frames(host, 3 * BLOCK);
  assert_true(host_get(host, "window") == 1);
  assert_true(host_get(host, "late") == 0);
  host_free(host);
}

static void
when_the_worker_is_behind_the_newest_window_wins(void** const state)
{
  (void)state;
  // The music repeats every two bars, so the newest of four windows equals the second,
  // not the first.
  Host* const prompt = new_host(HOST_WORKER_AFTER);
  locate(prompt, 0, 0, 1);
  play_bars(prompt, 5, 0);
  run_frames(prompt, 3 * BLOCK);
  assert_true(host_get(prompt, "window") == 4);
  float const newest = host_get(prompt, "neuron_1");

  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  run_frames(host, 3 * BLOCK);
  assert_true(host_get(host, "window") == 1);
  assert_true(host_get(host, "neuron_1") != newest);
  host_set(host, "reset", 1);
  locate(host, 0, 0, 1);
  host_refuse_work(host, 5 * BAR_FRAMES / BLOCK);
  play_bars(host, 5, 0); // four windows close, and none is encoded
  assert_true(host_get(host, "window") == 0);
  assert_true(host_get(host, "late") == 3);
  host_refuse_work(host, 0);
  run_frames(host, 3 * BLOCK);
  assert_true(host_get(host, "window") == 1);
  assert_true(host_get(host, "late") == 3);
  assert_true(host_get(host, "neuron_1") == newest);
  host_free(host);
  host_free(prompt);
}

static void
ports_may_be_unconnected(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  locate(host, 0, 0, 1);
  note(host, 0, true, 0, 60);
  host_run(host, BLOCK);
  for (unsigned p = 0; p < MN_PORT_COUNT; ++p) {
    host_disconnect(host, p);
    note(host, 0, true, 0, 60 + p);
    run_frames(host, BAR_FRAMES / 4);
  }
  host_free(host);
}

static void
malformed_atoms_end_the_block_and_no_more(void** const state)
{
  (void)state;
  Host* const host = new_host(HOST_WORKER_AFTER);
  uint64_t    seed = 88172645463325252ULL;
  for (unsigned round = 0; round < 20000; ++round) {
    locate(host, (int64_t)(round % 7), 0, 1);
    note(host, 1, true, 0, 60);
    host_set_model(host, 2, "/nonexistent");
    host_get_model(host, 3);
    host_garble(host, &seed);
    host_run(host, 64);
  }
  // The plugin hears what follows as usual.
  host_set(host, "reset", 1);
  host_run(host, 64);
  locate(host, 0, 2.5, 1);
  host_run(host, 64);
  locate(host, 0, 0, 1);
  play_bars(host, 2, 0);
  assert_true(host_get(host, "window") >= 1);
  assert_true(host_get(host, "musicality") != 0.5F);
  host_free(host);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(ports_are_in_the_order_of_the_code),
    cmocka_unit_test(every_port_is_described),
    cmocka_unit_test(midi_passes_unchanged_on_its_frames),
    cmocka_unit_test(windows_follow_the_hosts_bars),
    cmocka_unit_test(a_loop_of_whole_bars_goes_on_and_a_jump_into_a_bar_starts_anew),
    cmocka_unit_test(without_a_transport_the_first_note_starts_the_bars),
    cmocka_unit_test(a_host_that_tells_only_frames_counts_as_none),
    cmocka_unit_test(values_fall_back_to_neutral_after_hold),
    cmocka_unit_test(a_window_with_one_note_keeps_the_values),
    cmocka_unit_test(glides_are_straight_and_end_on_the_value),
    cmocka_unit_test(reset_forgets_all),
    cmocka_unit_test(while_off_nothing_is_heard),
    cmocka_unit_test(one_channel_can_be_chosen),
    cmocka_unit_test(without_a_worker_the_encoder_runs_in_slices),
    cmocka_unit_test(a_refused_request_is_made_again),
    cmocka_unit_test(when_the_worker_is_behind_the_newest_window_wins),
    cmocka_unit_test(ports_may_be_unconnected),
    cmocka_unit_test(malformed_atoms_end_the_block_and_no_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
