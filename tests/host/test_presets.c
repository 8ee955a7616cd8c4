// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The factory presets of the built bundle. Hosts find them. Each sets either every
/// control that presets cover, or the model and nothing else. The plugin then does what
/// the preset says.

#include "host.h"
#include "preset.h"
#include "protocol/ports.h"

#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/presets/presets.h>
#include <lv2/state/state.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char const bundle[]       = "build/music-neurons.lv2";
static char const rdfs_label[]   = "http://www.w3.org/2000/01/rdf-schema#label";
static char const rdfs_comment[] = "http://www.w3.org/2000/01/rdf-schema#comment";

enum { RATE = 48000, BLOCK = 1000, BEAT_FRAMES = 24000, BEATS = 20 };

typedef void (*Check)(Host* host, LilvNode const* preset, LilvNodes const* all);

// Calls a check for each preset of a plugin, with a new instance, and returns
// how many there are.
static unsigned
for_each_preset(char const* const plugin, Check const check)
{
  unsigned count = 1;
  for (unsigned n = 0; n < count; ++n) {
    Host* const      host = host_new_plugin(bundle, plugin, RATE, HOST_WORKER_INLINE);
    LilvNode* const  kind = lilv_new_uri(host_world(host), LV2_PRESETS__Preset);
    LilvNodes* const all  = lilv_plugin_get_related(host_plugin(host), kind);
    LilvIter*        i    = lilv_nodes_begin(all);
    for (unsigned skipped = 0; skipped < n; ++skipped) {
      i = lilv_nodes_next(all, i);
    }
    count = lilv_nodes_size(all);
    check(host, lilv_nodes_get(all, i), all);
    lilv_nodes_free(all);
    lilv_node_free(kind);
    host_free(host);
  }
  return count;
}

static LilvNode*
text_of(Host* const host, LilvNode const* const preset, char const* const predicate)
{
  lilv_world_load_resource(host_world(host), preset);
  LilvNode* const node = lilv_new_uri(host_world(host), predicate);
  LilvNode* const text = lilv_world_get(host_world(host), preset, node, NULL);
  lilv_node_free(node);
  return text;
}

// Whether a preset sets the model; others keep the player's model.
static bool
chooses_model(Host* const host, LilvNode const* const preset)
{
  LilvNode* const said = text_of(host, preset, LV2_STATE__state);
  bool const      does = said != NULL;
  lilv_node_free(said);
  return does;
}

static void
check_words(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  LilvNode* const label   = text_of(host, preset, rdfs_label);
  LilvNode* const comment = text_of(host, preset, rdfs_comment);
  assert_true(strlen(lilv_node_as_string(label)) > 3);
  assert_true(strlen(lilv_node_as_string(comment)) > strlen(lilv_node_as_string(label)));
  unsigned same = 0;
  LILV_FOREACH(nodes, i, all)
  {
    LilvNode* const other = text_of(host, lilv_nodes_get(all, i), rdfs_label);
    same += lilv_node_equals(other, label);
    lilv_node_free(other);
  }
  assert_int_equal(same, 1);
  lilv_node_free(comment);
  lilv_node_free(label);
}

static void
presets_have_names_that_differ(void** const state)
{
  (void)state;
  assert_true(for_each_preset(HOST_MONITOR, check_words) >= 8 + 2);
  assert_true(for_each_preset(HOST_CV, check_words) >= 2 + 2);
  assert_true(for_each_preset(HOST_PLAYER, check_words) >= 5 + 2);
}

static bool
has_property(Host* const host, LilvPort const* const port, char const* const property)
{
  LilvNode* const node = lilv_new_uri(host_world(host), property);
  bool const      has  = lilv_port_has_property(host_plugin(host), port, node);
  lilv_node_free(node);
  return has;
}

static bool
is_a(Host* const host, LilvPort const* const port, char const* const class)
{
  LilvNode* const node = lilv_new_uri(host_world(host), class);
  bool const      is   = lilv_port_is_a(host_plugin(host), port, node);
  lilv_node_free(node);
  return is;
}

// Controls that no preset sets: they belong to the host or the player.
static bool
is_of_the_moment(char const* const symbol)
{
  return !strcmp(symbol, "enabled") || !strcmp(symbol, "reset") ||
         !strcmp(symbol, "freewheel") || !strcmp(symbol, "panic") ||
         !strcmp(symbol, "clear") || strstr(symbol, "_send") ||
         (strstr(symbol, "capture_") && strlen(symbol) == strlen("capture_a"));
}

static void
check_values(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  (void)all;
  enum { MAX_PORTS = 256 };
  LilvPlugin const* const plugin = host_plugin(host);
  uint32_t const          ports  = lilv_plugin_get_num_ports(plugin);
  bool const              silent = chooses_model(host, preset);
  float                   low[MAX_PORTS];
  float                   high[MAX_PORTS];
  assert_true(ports <= MAX_PORTS);
  lilv_plugin_get_port_ranges_float(plugin, low, high, NULL);

  for (unsigned pass = 0; pass < 2; ++pass) {
    for (uint32_t p = 0; p < ports; ++p) {
      LilvPort const* const port = lilv_plugin_get_port_by_index(plugin, p);
      char const* const symbol   = lilv_node_as_string(lilv_port_get_symbol(plugin, port));
      if (!is_a(host, port, LV2_CORE__ControlPort) ||
          !is_a(host, port, LV2_CORE__InputPort)) {
        continue;
      }
      if (pass == 0) {
        host_set(host, symbol, NAN);
      } else if (silent || is_of_the_moment(symbol)) {
        assert_true(isnan(host_get(host, symbol)));
      } else {
        float const value = host_get(host, symbol);
        if (!(value >= low[p] && value <= high[p])) {
          fail_msg("%s: %s is %f", lilv_node_as_uri(preset), symbol, (double)value);
        }
        if (has_property(host, port, LV2_CORE__integer) ||
            has_property(host, port, LV2_CORE__toggled)) {
          assert_true(value == floorf(value));
        }
      }
    }
    if (pass == 0) {
      assert_true(host_load_preset(host, preset));
    }
  }
}

static void
a_preset_says_every_input_within_its_range_or_none(void** const state)
{
  (void)state;
  for_each_preset(HOST_MONITOR, check_values);
  for_each_preset(HOST_CV, check_values);
  for_each_preset(HOST_PLAYER, check_values);
}

static float
slot(Host* const host, unsigned const number, char const* const what)
{
  char symbol[32];
  snprintf(symbol, sizeof(symbol), "cc_%u_%s", number, what);
  return host_get(host, symbol);
}

// The controllers that came out, and the number of notes.
typedef struct {
  bool     controllers[16][128];
  unsigned notes;
} Heard;

static void
hear(Host* const host, Heard* const heard)
{
  for (unsigned i = 0; i < host_out_count(host); ++i) {
    uint8_t const* const message = (uint8_t const*)(host_out(host, i) + 1);
    if ((message[0] & 0xF0) == LV2_MIDI_MSG_CONTROLLER) {
      heard->controllers[message[0] & 0x0F][message[1]] = true;
    } else {
      ++heard->notes;
    }
  }
}

// Plays a tune, then leaps, on the channel that the plugin listens to.
static void
play(Host* const host, Heard* const heard, float* const gate)
{
  uint8_t const channel =
    (uint8_t)(host_get(host, "channel") ? host_get(host, "channel") - 1 : 0);
  static uint8_t const tune[] = {
    64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 62};
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(host, 0, &start);
  for (unsigned beat = 0; beat < BEATS; ++beat) {
    uint8_t const pitch = beat < 12 ? tune[beat] : (uint8_t)(40 + beat * 31 % 60);
    uint8_t const on[]  = {(uint8_t)(0x90 | channel), pitch, 80};
    uint8_t const off[] = {(uint8_t)(0x80 | channel), pitch, 64};
    host_midi(host, 0, on, 3);
    for (unsigned frame = 0; frame < BEAT_FRAMES; frame += BLOCK) {
      if (frame == BEAT_FRAMES / 2) {
        host_midi(host, 0, off, 3);
      }
      host_run(host, BLOCK);
      if (heard) {
        hear(host, heard);
      }
      for (unsigned i = 0; gate && i < BLOCK; ++i) {
        float const* const cv = host_cv(host, MN_CV_PORT_FIRST_CV + MN_CV_NEURON_1);
        assert_true(cv[i] >= 0 && cv[i] <= 10);
        *gate = fmaxf(*gate, host_cv(host, MN_CV_PORT_FIRST_CV + MN_CV_WINDOW)[i]);
      }
    }
  }
}

static void
check_monitor(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  (void)all;
  static Heard heard;
  Heard        wanted = {.notes = 2 * BEATS};
  memset(&heard, 0, sizeof(heard));
  assert_true(host_load_preset(host, preset));
  for (unsigned s = 1; s <= MN_CC_SLOTS; ++s) {
    if (slot(host, s, "source") != 0) {
      unsigned const channel    = (unsigned)slot(host, s, "channel") - 1;
      unsigned const controller = (unsigned)slot(host, s, "controller");

      // Two slots that send on the same controller would fight.
      assert_false(wanted.controllers[channel][controller]);
      wanted.controllers[channel][controller] = true;
      if (slot(host, s, "wide") != 0) {
        wanted.controllers[channel][controller + 32] = true;
      }
    }
  }
  play(host, &heard, NULL);
  if (memcmp(&heard, &wanted, sizeof(heard)) != 0) {
    fail_msg("%s does not send what it says", lilv_node_as_uri(preset));
  }
  assert_true(host_get(host, "window") >= 2);
  assert_string_equal(host_log(host), "");
}

static void
the_monitor_sends_what_a_preset_says(void** const state)
{
  (void)state;
  for_each_preset(HOST_MONITOR, check_monitor);
}

static void
check_cv(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  (void)all;
  float gate = 0;
  assert_true(host_load_preset(host, preset));
  play(host, NULL, &gate);
  assert_true(gate == 10);
  assert_string_equal(host_log(host), "");
}

static void
presets_of_voltages_play(void** const state)
{
  (void)state;
  for_each_preset(HOST_CV, check_cv);
}

// All of a player's ports are as the preset says, or at their defaults.
static void
check_player(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  static char const* const morph = "urn:music-neurons:preset:player-morph";
  (void)all;
  if (chooses_model(host, preset)) {
    return; // it leaves all controls as they are
  }
  host_set(host, "axis_3", 2);
  host_set(host, "mode", 2);
  assert_true(host_load_preset(host, preset));
  assert_true(host_get(host, "axis_3") == 0);
  bool const morphs = !strcmp(lilv_node_as_uri(preset), morph);
  assert_true((host_get(host, "mode") == 2) == morphs);
  play(host, NULL, NULL);
  assert_string_equal(host_log(host), "");
}

static void
presets_of_the_player_set_it(void** const state)
{
  (void)state;
  for_each_preset(HOST_PLAYER, check_player);
}

// The file name, in the bundle, of the model that the plugin reports.
static void
assert_has_model(Host* const host, char const* const file)
{
  host_get_model(host, 0);
  for (unsigned i = 0; i < 4; ++i) { // swapped in, reported
    host_run(host, BLOCK);
  }
  char const* const slash = strrchr(host_told_model(host), '/');
  assert_non_null(slash);
  assert_string_equal(slash + 1, file);
}

// A preset that sets the model replaces the bundle's other model; all others keep it.
static void
check_model(Host* const host, LilvNode const* const preset, LilvNodes const* const all)
{
  if (!chooses_model(host, preset)) {
    return;
  }
  bool const        open = strstr(lilv_node_as_uri(preset), "open") != NULL;
  char const* const wanted =
    open ? "melody-2bar-open.safetensors" : "melody-2bar.safetensors";
  char const* const other = open ? "build/music-neurons.lv2/melody-2bar.safetensors"
                                 : "build/music-neurons.lv2/melody-2bar-open.safetensors";
  host_set_model(host, 0, other);
  assert_has_model(host, strrchr(other, '/') + 1);
  assert_true(host_load_preset(host, preset));
  assert_has_model(host, wanted);
  unsigned others = 0;
  LILV_FOREACH(nodes, i, all)
  {
    LilvNode const* const next = lilv_nodes_get(all, i);
    if (!chooses_model(host, next)) {
      assert_true(host_load_preset(host, next));
      ++others;
    }
  }
  assert_int_equal(others,
                   lilv_nodes_size(all) - 2); // each of the bundle's two models has one
  assert_has_model(host, wanted);
  assert_string_equal(host_log(host), "");
}

static void
presets_choose_a_model_or_leave_it(void** const state)
{
  (void)state;
  for_each_preset(HOST_MONITOR, check_model);
  for_each_preset(HOST_CV, check_model);
  for_each_preset(HOST_PLAYER, check_model);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(presets_have_names_that_differ),
    cmocka_unit_test(a_preset_says_every_input_within_its_range_or_none),
    cmocka_unit_test(the_monitor_sends_what_a_preset_says),
    cmocka_unit_test(presets_of_voltages_play),
    cmocka_unit_test(presets_of_the_player_set_it),
    cmocka_unit_test(presets_choose_a_model_or_leave_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
