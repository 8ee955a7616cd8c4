// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The window's table of controls agrees with the Turtle data that hosts read.

#include "controls.h"
#include "host.h"

#include <lv2/port-groups/port-groups.h>
#include <lv2/port-props/port-props.h>
#include <lv2/time/time.h>
#include <lv2/units/units.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

typedef struct {
  Host*             host;
  LilvWorld*        world;
  LilvPlugin const* plugin;
  LilvPort const*   port;
} Reader;

static Reader
reader_new(void)
{
  Host* const host = host_new(bundle, 48000, HOST_WORKER_NONE);
  return (Reader){host, host_world(host), host_plugin(host), NULL};
}

static bool
has(Reader const* const r, char const* const property)
{
  LilvNode* const node  = lilv_new_uri(r->world, property);
  bool const      found = lilv_port_has_property(r->plugin, r->port, node);
  lilv_node_free(node);
  return found;
}

// The value of a property of the port as text; "" if it has none.
static void
read_value(Reader const* const r,
           char const* const   property,
           char* const         text,
           size_t const        size)
{
  LilvNode* const key   = lilv_new_uri(r->world, property);
  LilvNode* const value = lilv_port_get(r->plugin, r->port, key);
  snprintf(text, size, "%s", value ? lilv_node_as_string(value) : "");
  lilv_node_free(value);
  lilv_node_free(key);
}

static bool
is_control_input(Reader const* const r)
{
  LilvNode* const input   = lilv_new_uri(r->world, LILV_URI_INPUT_PORT);
  LilvNode* const control = lilv_new_uri(r->world, LILV_URI_CONTROL_PORT);
  bool const      both    = lilv_port_is_a(r->plugin, r->port, input) &&
                    lilv_port_is_a(r->plugin, r->port, control);
  lilv_node_free(input);
  lilv_node_free(control);
  return both;
}

// The label of a value among the scale points; "" if it has none.
static void
read_point(Reader const* const r, double const value, char* const text, size_t const size)
{
  LilvScalePoints* const points = lilv_port_get_scale_points(r->plugin, r->port);
  *text                         = '\0';
  LILV_FOREACH(scale_points, i, points)
  {
    LilvScalePoint const* const point = lilv_scale_points_get(points, i);
    if (fabs((double)lilv_node_as_float(lilv_scale_point_get_value(point)) - value) < 0.5) {
      snprintf(text, size, "%s", lilv_node_as_string(lilv_scale_point_get_label(point)));
    }
  }
  lilv_scale_points_free(points);
}

static void
every_control_input_but_freewheel_is_in_the_window(void** const state)
{
  (void)state;
  Reader r = reader_new();
  for (unsigned i = 0; i < MN_PORT_COUNT; ++i) {
    r.port = lilv_plugin_get_port_by_index(r.plugin, i);
    MnControl control;
    assert_int_equal(mn_control_get(i, &control),
                     is_control_input(&r) && !has(&r, LV2_PORT_PROPS__notOnGUI));
  }
  assert_false(has(&r, LV2_PORT_PROPS__notOnGUI));
  host_free(r.host);
}

static void
check_range(Reader const* const r, float const initial, float const low, float const high)
{
  float const expected[] = {initial, low, high};
  LilvNode*   nodes[3];
  lilv_port_get_range(r->plugin, r->port, &nodes[0], &nodes[1], &nodes[2]);
  for (unsigned i = 0; i < 3; ++i) {
    assert_non_null(nodes[i]);
    assert_true(lilv_node_as_float(nodes[i]) == expected[i]);
    lilv_node_free(nodes[i]);
  }
}

static void
the_plugin_has_the_ranges_that_its_data_tell(void** const state)
{
  (void)state;
  Reader r = reader_new();
  for (unsigned i = MN_PORT_FIRST_CONTROL; i < MN_PORT_COUNT; ++i) {
    MnPort const* const p = mn_port(i);
    r.port                = lilv_plugin_get_port_by_index(r.plugin, i);
    assert_int_equal(is_control_input(&r), p->is_input);
    check_range(&r, mn_port_value(i, NAN), p->low, p->high);
  }
  host_free(r.host);
}

static void
check_kind(Reader const* const r, MnControl const* const c)
{
  MnControlKind const kind = has(r, LV2_PORT_PROPS__trigger) ? MN_CONTROL_TRIGGER
                             : has(r, LV2_CORE__toggled)     ? MN_CONTROL_TOGGLE
                             : has(r, LV2_CORE__enumeration) ? MN_CONTROL_CHOICE
                             : has(r, LV2_CORE__integer)     ? MN_CONTROL_INT
                                                             : MN_CONTROL_FLOAT;
  assert_int_equal(c->kind, kind);
}

static void
check_choices(Reader const* const r, MnControl const* const c)
{
  char text[64];
  for (unsigned i = 0; i < mn_control_choices(c->port); ++i) {
    read_point(r, i, text, sizeof(text));
    assert_string_equal(text, c->choices[i]);
  }
  assert_int_equal(c->choices != NULL, c->kind == MN_CONTROL_CHOICE);
  if (!c->choices) {
    read_point(r, (double)c->minimum, text, sizeof(text));
    assert_string_equal(text, c->least ? c->least : "");
  }
}

static void
check_group(Reader const* const r, MnControl const* const c)
{
  char       text[128];
  char       wanted[128];
  bool const responds =
    c->port == MN_PORT_GLIDE || c->port == MN_PORT_HOLD || c->port == MN_PORT_CC_SHARE;
  read_value(r, LV2_PORT_GROUPS__group, text, sizeof(text));
  snprintf(
    wanted, sizeof(wanted), "urn:music-neurons:monitor#cc_%u", mn_port_slot(c->port) + 1);
  assert_string_equal(text,
                      c->port == MN_PORT_SPAN   ? "urn:music-neurons:monitor#long"
                      : c->port >= MN_PORT_CC_1 ? wanted
                      : responds                ? "urn:music-neurons:monitor#response"
                                                : "urn:music-neurons:monitor#listening");
}

static void
check_unit(Reader const* const r, MnControl const* const c)
{
  static char const* const units[][2] = {{"bpm", LV2_UNITS__bpm},
                                         {"ms", LV2_UNITS__ms},
                                         {"beats", LV2_UNITS__beat},
                                         {"Hz", LV2_UNITS__hz}};
  char                     text[128];
  char const*              wanted = "";
  for (size_t i = 0; i < sizeof(units) / sizeof(*units); ++i) {
    wanted = strcmp(c->unit, units[i][0]) ? wanted : units[i][1];
  }
  read_value(r, LV2_UNITS__unit, text, sizeof(text));
  assert_string_equal(text, wanted);
  assert_int_equal(*c->unit != '\0', *wanted != '\0');
}

static void
the_window_knows_each_control_as_the_plugin_data_tell_it(void** const state)
{
  (void)state;
  Reader r = reader_new();
  for (unsigned i = 0; i < MN_PORT_COUNT; ++i) {
    MnControl control;
    if (!mn_control_get(i, &control)) {
      continue;
    }
    r.port = lilv_plugin_get_port_by_index(r.plugin, i);
    assert_int_equal(control.port, i);
    assert_string_equal(lilv_node_as_string(lilv_port_get_symbol(r.plugin, r.port)),
                        control.symbol);
    check_range(&r, control.initial, control.minimum, control.maximum);
    check_kind(&r, &control);
    check_choices(&r, &control);
    check_group(&r, &control);
    check_unit(&r, &control);
  }
  host_free(r.host);
}

static char const* const uris[] = {HOST_MONITOR, HOST_CV};

static Reader
reader_of(unsigned const plugin)
{
  Host* const host = host_new_plugin(bundle, uris[plugin], 48000, HOST_WORKER_NONE);
  return (Reader){host, host_world(host), host_plugin(host), NULL};
}

static bool
is_message(Reader const* const r)
{
  LilvNode* const atom = lilv_new_uri(r->world, LILV_URI_ATOM_PORT);
  bool const      is   = lilv_port_is_a(r->plugin, r->port, atom);
  lilv_node_free(atom);
  return is;
}

// Whether a port has a number that is of a kind: a switch, a choice, an index and the like
// have no unit.
static bool
is_measured(Reader const* const r)
{
  static char const* const bare[] = {"top_1_neuron",
                                     "top_2_neuron",
                                     "top_3_neuron",
                                     "top_4_neuron",
                                     "top_5_neuron",
                                     "top_6_neuron",
                                     "top_7_neuron",
                                     "top_8_neuron",
                                     "style_top",
                                     "noise_energy"}; // a square
  char const* const symbol = lilv_node_as_string(lilv_port_get_symbol(r->plugin, r->port));
  for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); ++i) {
    if (!strcmp(symbol, bare[i])) {
      return false;
    }
  }
  return !is_control_input(r) && !has(r, LV2_CORE__toggled);
}

static void
every_value_has_a_group_and_every_measure_a_unit(void** const state)
{
  (void)state;
  char text[128];
  for (unsigned plugin = 0; plugin < 2; ++plugin) {
    Reader r = reader_of(plugin);
    for (unsigned i = 0; i < lilv_plugin_get_num_ports(r.plugin); ++i) {
      r.port = lilv_plugin_get_port_by_index(r.plugin, i);
      read_value(&r, LV2_PORT_GROUPS__group, text, sizeof(text));
      assert_int_equal(*text == '\0', is_message(&r));
      read_value(&r, LV2_UNITS__unit, text, sizeof(text));
      if (!is_message(&r) && is_measured(&r) && !*text) {
        fail_msg("%s: port %u has no unit", uris[plugin], i);
      }
    }
    host_free(r.host);
  }
}

// A name as Carla writes it beside a knob: without its vowels if it has more than seven
// letters, and no more than seven of the rest.
static void
name_a_knob(char* const name)
{
  char* to = name;
  if (strlen(name) > 7) {
    for (char const* from = name; *from; ++from) {
      if (!strchr("aeiou", *from)) {
        *to++ = *from;
      }
    }
    *to = '\0';
  }
  name[strlen(name) > 7 ? 7 : strlen(name)] = '\0';
}

// Ports have at most this many.
enum { NAMES = 256, SHORT = 16 };

static void
add_name(char (*const names)[64], unsigned* const count, char const* const name)
{
  for (unsigned i = 0; i < *count; ++i) {
    if (!strcmp(names[i], name)) {
      fail_msg("two ports have the name %s", name);
    }
  }
  assert_true(*count < NAMES);
  snprintf(names[(*count)++], sizeof(*names), "%s", name);
}

static void
every_port_has_names_of_its_own_for_little_room(void** const state)
{
  (void)state;
  static char names[2][NAMES][64];
  for (unsigned plugin = 0; plugin < 2; ++plugin) {
    Reader   r      = reader_of(plugin);
    unsigned shorts = 0;
    unsigned knobs  = 0;
    for (unsigned i = 0; i < lilv_plugin_get_num_ports(r.plugin); ++i) {
      char text[64];
      r.port = lilv_plugin_get_port_by_index(r.plugin, i);
      read_value(&r, LV2_CORE_PREFIX "shortName", text, sizeof(text));
      assert_in_range(strlen(text), 1, SHORT);
      add_name(names[0], &shorts, text);
      if (is_control_input(&r)) {
        read_value(&r, LV2_CORE__name, text, sizeof(text));
        name_a_knob(text);
        add_name(names[1], &knobs, text);
      }
    }
    host_free(r.host);
  }
}

static void
hosts_find_the_port_of_the_tempo_and_the_name_of_no_channel(void** const state)
{
  (void)state;
  char text[64];
  for (unsigned plugin = 0; plugin < 2; ++plugin) {
    Reader          r     = reader_of(plugin);
    LilvNode* const input = lilv_new_uri(r.world, LV2_CORE__InputPort);
    LilvNode* const tempo = lilv_new_uri(r.world, LV2_TIME__beatsPerMinute);
    LilvNode* const name  = lilv_new_string(r.world, "channel");
    r.port                = lilv_plugin_get_port_by_designation(r.plugin, input, tempo);
    assert_non_null(r.port);
    assert_string_equal(lilv_node_as_string(lilv_port_get_symbol(r.plugin, r.port)),
                        "tempo");
    r.port = lilv_plugin_get_port_by_symbol(r.plugin, name);
    assert_true(has(&r, LV2_CORE__enumeration));
    read_point(&r, 0, text, sizeof(text));
    assert_string_equal(text, "Any");
    read_point(&r, 16, text, sizeof(text));
    assert_string_equal(text, "16");
    lilv_node_free(name);
    lilv_node_free(tempo);
    lilv_node_free(input);
    host_free(r.host);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_plugin_has_the_ranges_that_its_data_tell),
    cmocka_unit_test(every_control_input_but_freewheel_is_in_the_window),
    cmocka_unit_test(the_window_knows_each_control_as_the_plugin_data_tell_it),
    cmocka_unit_test(every_value_has_a_group_and_every_measure_a_unit),
    cmocka_unit_test(every_port_has_names_of_its_own_for_little_room),
    cmocka_unit_test(hosts_find_the_port_of_the_tempo_and_the_name_of_no_channel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
