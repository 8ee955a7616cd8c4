// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin with CV ports: its Turtle data, and its voltages sample by sample.

#include "drive.h"
#include "song.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char const* const symbols[MN_CV_COUNT] = {
  "musicality", "neuron_1", "neuron_2", "neuron_3",
  "neuron_4",   "neuron_5", "neuron_6", "neuron_7",
  "neuron_8",   "noise",    "window",   "top",
  "sense",      "form",     "surprise", "axis_1",
  "axis_2",     "axis_3",   "axis_4",   "axis_5",
  "axis_6",     "axis_7",   "axis_8",   "style_1",
  "style_2",    "style_3",  "style_4",  "style_5",
  "style_6",    "style_7",  "style_8",  "style_confidence",
  "bars_heard"};

static LilvPort const*
port_of(Host const* const host, uint32_t const index)
{
  return lilv_plugin_get_port_by_index(host_plugin(host), index);
}

static char const*
symbol_of(Host const* const host, uint32_t const index)
{
  return lilv_node_as_string(lilv_port_get_symbol(host_plugin(host), port_of(host, index)));
}

static bool
port_is(Host const* const host, LilvPort const* const port, char const* const type)
{
  LilvNode* const uri = lilv_new_uri(host_world(host), type);
  bool const      is  = lilv_port_is_a(host_plugin(host), port, uri);
  lilv_node_free(uri);
  return is;
}

static void
assert_range(Host const* const host, uint32_t const index, float const* const expected)
{
  LilvNode* nodes[3];
  lilv_port_get_range(
    host_plugin(host), port_of(host, index), &nodes[0], &nodes[1], &nodes[2]);
  for (unsigned i = 0; i < 3; ++i) {
    assert_non_null(nodes[i]);
    assert_true(lilv_node_as_float(nodes[i]) == expected[i]);
    lilv_node_free(nodes[i]);
  }
}

static void
ports_are_in_the_order_of_the_code(void** const state)
{
  (void)state;
  Drive             d      = drive_new(HOST_CV, HOST_WORKER_NONE, false);
  LilvPlugin const* plugin = host_plugin(d.host);
  assert_int_equal(lilv_plugin_get_num_ports(plugin), MN_CV_PORT_COUNT);
  assert_string_equal(symbol_of(d.host, MN_CV_PORT_IN), "in");
  assert_string_equal(symbol_of(d.host, MN_CV_PORT_NOTIFY), "notify");
  for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
    uint32_t const        index = MN_CV_PORT_FIRST_CV + i;
    LilvPort const* const port  = port_of(d.host, index);
    assert_string_equal(symbol_of(d.host, index), symbols[i]);
    assert_true(port_is(d.host, port, LV2_CORE__CVPort));
    assert_true(port_is(d.host, port, LV2_CORE__OutputPort));
    assert_true(port_is(d.host, port, "http://moddevices.com/ns/mod#CVPort"));
    bool const from_0 =
      (i >= MN_CV_NOISE && i <= MN_CV_TOP) || i == MN_CV_SURPRISE || i >= MN_CV_STYLE_1;
    float const neutral = from_0 ? 0 : 5;
    assert_range(d.host, index, (float[]){neutral, 0, 10});
  }
  LilvNode* const comment = lilv_new_uri(host_world(d.host), LILV_NS_RDFS "comment");
  for (unsigned i = 0; i < MN_CV_PORT_COUNT; ++i) {
    LilvNode* const text = lilv_port_get(plugin, port_of(d.host, i), comment);
    assert_non_null(text);
    lilv_node_free(text);
  }
  lilv_node_free(comment);
  drive_free(&d);
}

static void
inputs_are_those_of_the_monitor_which_has_no_such_ports(void** const state)
{
  (void)state;
  Drive cv      = drive_new(HOST_CV, HOST_WORKER_NONE, false);
  Drive monitor = drive_new(HOST_MONITOR, HOST_WORKER_NONE, false);
  float low[MN_CV_PORT_COUNT];
  float high[MN_CV_PORT_COUNT];
  float usual[MN_CV_PORT_COUNT];
  lilv_plugin_get_port_ranges_float(host_plugin(cv.host), low, high, usual);
  for (unsigned p = MN_PORT_FIRST_CONTROL; p <= MN_PORT_RESET; ++p) {
    uint32_t const mine = MN_CV_PORT_FIRST_CONTROL + p - MN_PORT_FIRST_CONTROL;
    assert_string_equal(symbol_of(cv.host, mine), symbol_of(monitor.host, p));
    assert_range(monitor.host, p, (float[]){usual[mine], low[mine], high[mine]});
  }
  assert_string_equal(symbol_of(cv.host, MN_CV_PORT_SPAN), "span");
  assert_true(port_is(cv.host, port_of(cv.host, MN_CV_PORT_SPAN), LV2_CORE__ControlPort));
  assert_range(
    monitor.host,
    MN_PORT_SPAN,
    (float[]){usual[MN_CV_PORT_SPAN], low[MN_CV_PORT_SPAN], high[MN_CV_PORT_SPAN]});
  for (unsigned p = 0; p < MN_PORT_COUNT; ++p) {
    assert_false(port_is(monitor.host, port_of(monitor.host, p), LV2_CORE__CVPort));
  }
  drive_free(&cv);
  drive_free(&monitor);
}

static float
voltage(Drive const* const d, unsigned const cv)
{
  return d->tape.cv[cv][d->tape.frames - 1];
}

static void
voltages_are_ten_times_the_monitors_values_with_every_kind_of_worker(void** const state)
{
  (void)state;
  for (unsigned kind = 0; kind < HOST_WORKER_KINDS; ++kind) {
    Drive cv      = drive_new(HOST_CV, (HostWorker)kind, false);
    Drive monitor = drive_new(HOST_MONITOR, (HostWorker)kind, false);
    drive_frames(&cv, BLOCK);
    assert_true(voltage(&cv, MN_CV_MUSICALITY) == 5);
    assert_true(voltage(&cv, MN_CV_NEURON_1) == 5);
    assert_true(voltage(&cv, MN_CV_NOISE) == 0);
    drive_locate(&cv, 0, 0, 1);
    drive_locate(&monitor, 0, 0, 1);
    drive_slot(&monitor, 1, "source", MN_SOURCE_NOISE);
    drive_slot(&monitor, 1, "glide", 0);
    drive_slot(&monitor, 1, "wide", 1);
    drive_bars(&cv, 4);
    drive_bars(&monitor, 4);
    drive_frames(&cv, BEAT_FRAMES);
    drive_frames(&monitor, BEAT_FRAMES);
    for (unsigned i = 0; i < MN_CV_NOISE; ++i) {
      assert_true(voltage(&cv, i) == 10 * host_get(monitor.host, symbols[i]));
    }
    assert_true(voltage(&cv, MN_CV_MUSICALITY) != 5 && voltage(&cv, MN_CV_NEURON_1) != 5);
    TapeEvent const* const msb   = tape_last_control(&monitor.tape, 0, 20);
    float const            noise = (float)(msb->bytes[2] << 7 | msb[1].bytes[2]) / 16383;
    assert_true(fabsf(voltage(&cv, MN_CV_NOISE) - 10 * noise) < 0.001F);
    drive_free(&cv);
    drive_free(&monitor);
  }
}

static void
glides_are_linear_to_the_sample(void** const state)
{
  (void)state;
  uint32_t const glide = 12345;
  Drive          d     = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  host_set(d.host, "glide", (float)glide * 1000 / DRIVE_RATE);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 2);
  drive_frames(&d, 2 * glide);
  for (unsigned v = 0; v < MN_CV_WINDOW; ++v) {
    float const* const cv   = d.tape.cv[v];
    double const       from = v == MN_CV_NOISE ? 0 : 5;
    double const       to   = (double)voltage(&d, v);
    for (uint64_t i = 0; i <= CLOSE_FRAMES; ++i) {
      assert_true((double)cv[i] == from);
    }
    for (uint32_t i = 0; i < glide; ++i) {
      double const line = from + (to - from) * i / glide;
      assert_true(fabs((double)cv[CLOSE_FRAMES + i] - line) < 1e-5);
    }
    for (uint64_t i = CLOSE_FRAMES + glide; i < d.tape.frames; ++i) {
      assert_true((double)cv[i] == to);
    }
  }
  assert_true(voltage(&d, MN_CV_NEURON_1) != 5);
  drive_free(&d);
}

static void
a_glide_that_is_overtaken_goes_on_from_where_it_is(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  host_set(d.host, "glide", 1000); // 8 windows close within it
  host_set(d.host, "hop", 5);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 4);
  assert_true(tape_gates(&d.tape, MN_CV_WINDOW, NULL, 0) > 30);
  for (unsigned v = 0; v < MN_CV_WINDOW; ++v) {
    for (uint64_t i = 1; i < d.tape.frames; ++i) {
      float const step = d.tape.cv[v][i] - d.tape.cv[v][i - 1];
      assert_true(fabsf(step) < 10.0F / DRIVE_RATE + 1e-5F);
    }
  }
  drive_free(&d);
}

static void
it_speaks_on_notify_as_the_monitor_does(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_NONE, false);
  host_get_model(d.host, 0);
  drive_frames(&d, BLOCK);
  assert_non_null(strstr(host_told_model(d.host), "melody-2bar-open.safetensors"));
  drive_free(&d);
}

static void
a_glide_of_none_is_a_step_on_the_frame(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_INLINE, false);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 2);
  float const* const cv = d.tape.cv[MN_CV_NEURON_1];
  assert_true(cv[CLOSE_FRAMES - 1] == 5);
  assert_true(cv[CLOSE_FRAMES] == voltage(&d, MN_CV_NEURON_1));
  assert_true(cv[CLOSE_FRAMES] != 5);
  drive_free(&d);
}

static void
silence_brings_neutral_on_the_frame(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  host_set(d.host, "hold", 3);
  host_set(d.host, "hop", 0);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 2);
  drive_frames(&d, BAR_FRAMES);
  uint32_t const last = 2 * BAR_FRAMES - BEAT_FRAMES / 2; // note-off
  uint32_t const rest = last + 3 * BEAT_FRAMES;
  assert_true(d.tape.cv[MN_CV_NEURON_1][rest - 1] != 5);
  assert_true(d.tape.cv[MN_CV_NEURON_1][rest] == 5);
  assert_true(d.tape.cv[MN_CV_NOISE][rest] == 0);
  drive_free(&d);
}

static void
a_gate_opens_for_ten_milliseconds_when_a_window_is_done(void** const state)
{
  (void)state;
  Drive    d = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  uint64_t frames[8];
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 6);
  assert_int_equal(tape_gates(&d.tape, MN_CV_WINDOW, frames, 8), 5);
  for (unsigned i = 0; i < 5; ++i) {
    assert_true(frames[i] == CLOSE_FRAMES + i * BAR_FRAMES);
    for (unsigned f = 0; f < 960; ++f) {
      float const* const gate = d.tape.cv[MN_CV_WINDOW] + frames[i];
      assert_true(gate[f] == (f < 480 ? 10 : 0));
    }
  }
  drive_free(&d);
}

// The blocks in which the monitor's most excited neuron changes.
typedef struct {
  unsigned block;
  float    top;
  unsigned count;
  unsigned changes[64];
} Watch;

static void
watch_top(Host* const host, void* const data)
{
  Watch* const watch = (Watch*)data;
  float const  top   = host_get(host, "top_1_neuron");
  if (top != watch->top && top >= 0) {
    assert_true(watch->count < 64);
    watch->changes[watch->count++] = watch->block;
  }
  watch->top = top;
  ++watch->block;
}

static void
a_gate_opens_when_another_neuron_is_the_most_excited(void** const state)
{
  (void)state;
  // A riff that repeats, so that all its windows are the same, alternates with random
  // notes.
  Song* const    song  = song_new(120);
  SongPlay const how   = {.rate = 48000, .block = 500};
  Tape           tape  = {0};
  Watch          watch = {.top = -1};
  for (uint32_t bar = 0; bar < 24; bar += 2) {
    uint32_t const tick = bar * 4 * SONG_PPQ;
    if (bar / 8 % 2) {
      song_add_noise(song, tick, 2, bar);
    } else {
      song_add_note(song, tick, SONG_PPQ, 0, 60);
      song_add_note(song, tick + 2 * SONG_PPQ, SONG_PPQ, 0, 67);
      song_add_note(song, tick + 4 * SONG_PPQ, SONG_PPQ, 0, 60);
      song_add_note(song, tick + 6 * SONG_PPQ, SONG_PPQ, 0, 67);
    }
  }
  song_sort(song);

  char const* const plugins[] = {HOST_CV, HOST_MONITOR};
  for (unsigned i = 0; i < 2; ++i) {
    Host* const host =
      host_new_plugin(drive_bundle, plugins[i], how.rate, HOST_WORKER_NONE);
    host_set(host, "freewheel", 1);
    host_set(host, "hold", 4);
    song_play(song, host, &how, i ? watch_top : tape_block, i ? (void*)&watch : &tape);
    host_free(host);
  }

  uint64_t       frames[64];
  unsigned const gates   = tape_gates(&tape, MN_CV_TOP, frames, 64);
  unsigned const windows = tape_gates(&tape, MN_CV_WINDOW, NULL, 0);
  assert_int_equal(gates, watch.count);
  assert_in_range(gates, 4, windows - 4); // in some windows the neuron stays the same
  for (unsigned i = 0; i < gates; ++i) {
    assert_int_equal(frames[i] / how.block, watch.changes[i]);
    assert_true(tape.cv[MN_CV_WINDOW][frames[i]] == 10);
  }
  tape_free(&tape);
  song_free(song);
}

static void
voltages_stay_in_range_and_every_sample_is_written(void** const state)
{
  (void)state;
  Song* const song = song_new(180);
  song_add_noise(song, 0, 8, 99);
  song_add_tune(song, 16, 4);
  song_sort(song);
  SongPlay const how  = {.rate = 44100, .block = 0, .is_blank = true};
  Tape           tape = {0};
  Host* const    host = host_new_plugin(drive_bundle, HOST_CV, how.rate, HOST_WORKER_AFTER);
  host_set(host, "hop", 5);
  host_set(host, "glide", 333);
  song_play(song, host, &how, tape_block, &tape);
  for (unsigned v = 0; v < MN_CV_COUNT; ++v) {
    for (uint64_t i = 0; i < tape.frames; ++i) {
      assert_true(tape.cv[v][i] >= 0 && tape.cv[v][i] <= 10); // false for NaN
    }
  }
  assert_string_equal(host_log(host), "");
  host_free(host);
  tape_free(&tape);
  song_free(song);
}

static void
blocks_may_be_empty_and_ports_unconnected(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  drive_locate(&d, 0, 0, 1);
  host_run(d.host, 0);
  drive_note(&d, 0, true, 0, 60);
  host_run(d.host, 0);
  assert_true(isnan(host_cv(d.host, MN_CV_PORT_FIRST_CV)[0])); // nothing is written
  drive_bars(&d, 2);
  for (uint32_t p = 0; p < MN_CV_PORT_COUNT; ++p) {
    host_disconnect(d.host, p);
    drive_note(&d, 0, true, 0, 60 + p);
    host_run(d.host, BAR_FRAMES / 50);
    host_run(d.host, 0);
  }
  drive_free(&d);
}

static void
off_and_reset_are_as_in_the_monitor(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 2);
  assert_true(voltage(&d, MN_CV_NEURON_1) != 5);
  host_set(d.host, "enabled", 0);
  drive_frames(&d, 1);
  assert_true(voltage(&d, MN_CV_NEURON_1) == 5);
  host_set(d.host, "enabled", 1);
  drive_bars(&d, 4);
  assert_true(voltage(&d, MN_CV_NEURON_1) != 5);
  host_set(d.host, "reset", 1);
  drive_frames(&d, 1);
  assert_true(voltage(&d, MN_CV_NEURON_1) == 5);
  assert_true(voltage(&d, MN_CV_WINDOW) == 0);
  unsigned const tops = tape_gates(&d.tape, MN_CV_TOP, NULL, 0);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 2);
  assert_int_equal(tape_gates(&d.tape, MN_CV_TOP, NULL, 0), tops + 1); // a new start
  drive_free(&d);
}

// By the bundle's model, which has a second level.
static void
the_span_chooses_whose_neurons_the_voltages_are(void** const state)
{
  (void)state;
  float shown[2];
  for (int span = 0; span < 2; ++span) {
    Drive cv      = drive_new(HOST_CV, HOST_WORKER_AFTER, true);
    Drive monitor = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, true);
    for (int i = 0; i < 2; ++i) {
      Drive* const d = i ? &monitor : &cv;
      host_set(d->host, "glide", 0);
      host_set(d->host, "span", (float)span);
      drive_locate(d, 0, 0, 1);
      drive_bars(d, 4);
    }
    shown[span] = host_get(monitor.host, "neuron_1");
    float const volts =
      host_cv(cv.host, MN_CV_PORT_FIRST_CV + MN_CV_NEURON_1)[cv.block - 1];
    assert_true(fabsf(volts - 10 * shown[span]) < 1e-4F);
    drive_free(&cv);
    drive_free(&monitor);
  }
  assert_true(fabsf(shown[0] - shown[1]) > 0.01F);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(ports_are_in_the_order_of_the_code),
    cmocka_unit_test(inputs_are_those_of_the_monitor_which_has_no_such_ports),
    cmocka_unit_test(voltages_are_ten_times_the_monitors_values_with_every_kind_of_worker),
    cmocka_unit_test(glides_are_linear_to_the_sample),
    cmocka_unit_test(a_glide_that_is_overtaken_goes_on_from_where_it_is),
    cmocka_unit_test(it_speaks_on_notify_as_the_monitor_does),
    cmocka_unit_test(a_glide_of_none_is_a_step_on_the_frame),
    cmocka_unit_test(silence_brings_neutral_on_the_frame),
    cmocka_unit_test(a_gate_opens_for_ten_milliseconds_when_a_window_is_done),
    cmocka_unit_test(a_gate_opens_when_another_neuron_is_the_most_excited),
    cmocka_unit_test(voltages_stay_in_range_and_every_sample_is_written),
    cmocka_unit_test(blocks_may_be_empty_and_ports_unconnected),
    cmocka_unit_test(off_and_reset_are_as_in_the_monitor),
    cmocka_unit_test(the_span_chooses_whose_neurons_the_voltages_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
