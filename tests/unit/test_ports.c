// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The table of ports: its rows make sense, and every port finds its row.

#include "protocol/ports.h"

#include "check.h"
#include "readout/readout.h"

#include <math.h>
#include <string.h>

static void
each_row_says_what_its_kind_needs(void** const state)
{
  (void)state;
  for (unsigned row = 0; row < MN_ROW_COUNT; ++row) {
    MnPort const* const p = &mn_port_table[row];
    bool const is_on      = p->kind == MN_CONTROL_TOGGLE || p->kind == MN_CONTROL_TRIGGER;
    assert_true(p->low < p->high);
    assert_true(p->initial >= p->low && p->initial <= p->high);
    assert_true(!is_on || (p->low == 0 && p->high == 1));
    if (p->kind != MN_CONTROL_FLOAT) {
      assert_true(p->low == floorf(p->low) && p->high == floorf(p->high));
      assert_true(p->initial == floorf(p->initial));
    }
    if (p->kind == MN_CONTROL_CHOICE) {
      assert_non_null(p->points);
      assert_true(p->low == 0);
      for (unsigned i = 0; i <= (unsigned)p->high; ++i) {
        assert_true(strlen(p->points[i]) > 0);
      }
    }
  }
}

static void
each_port_has_a_row_of_its_own_or_of_its_set(void** const state)
{
  (void)state;
  static unsigned const ports[] = {
    MN_PORT_FREEWHEEL,
    MN_PORT_RESET,
    MN_PORT_MUSICALITY,
    MN_PORT_SENSE,
    MN_PORT_FORM,
    MN_PORT_SURPRISE,
    MN_PORT_NEURON_1,
    MN_PORT_NEURON_1 + MN_RANKED - 1,
    MN_PORT_AXIS_1,
    MN_PORT_TOP_1 - 1,
    MN_PORT_TOP_1 + MN_TOP_PORT_NEURON,
    MN_PORT_MUSIC_ACTIVE - MN_TOP_PORT_COUNT + MN_TOP_PORT_ACTIVATION,
    MN_PORT_MUSIC_ACTIVE,
    MN_PORT_SYNCED,
    MN_PORT_CC_SHARE,
    MN_PORT_CC_1 + MN_CC_PORT_SOURCE,
    MN_PORT_SEND_1 - MN_CC_PORT_COUNT + MN_CC_PORT_RATE,
    MN_PORT_SEND_1 - 1,
    MN_PORT_SEND_1,
    MN_PORT_SEND_LAST,
    MN_PORT_SPAN,
    MN_PORT_STYLE_1,
    MN_PORT_STYLE_LAST,
    MN_PORT_STYLE_TOP,
    MN_PORT_STYLE_CONFIDENCE,
    MN_PORT_BARS_HEARD,
  };
  static char const* const symbols[] = {"freewheel",
                                        "reset",
                                        "musicality",
                                        "sense",
                                        "form",
                                        "surprise",
                                        "",
                                        "",
                                        "",
                                        "",
                                        "neuron",
                                        "activation",
                                        "music_active",
                                        "synced",
                                        "cc_share",
                                        "source",
                                        "rate",
                                        "wide",
                                        "send",
                                        "send",
                                        "span",
                                        "",
                                        "",
                                        "style_top",
                                        "style_confidence",
                                        "bars_heard"};
  for (unsigned i = 0; i < sizeof(ports) / sizeof(*ports); ++i) {
    assert_string_equal(mn_port(ports[i])->symbol, symbols[i]);
  }
  bool has_port[MN_ROW_COUNT] = {false};
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    unsigned const row = mn_port_row(port);
    assert_true(row < MN_ROW_COUNT);
    has_port[row] = true;
  }
  for (unsigned row = 0; row < MN_ROW_COUNT; ++row) {
    assert_true(has_port[row]);
  }
}

static void
whatever_a_host_writes_a_value_is_in_range(void** const state)
{
  (void)state;
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    MnPort const* const p      = mn_port(port);
    float const         middle = (p->low + p->high) / 2;
    assert_true(mn_port_value(port, middle) == middle);
    assert_true(mn_port_value(port, p->low) == p->low);
    assert_true(mn_port_value(port, p->high) == p->high);
    assert_true(mn_port_value(port, nextafterf(p->low, -INFINITY)) == p->low);
    assert_true(mn_port_value(port, nextafterf(p->high, INFINITY)) == p->high);
    assert_true(mn_port_value(port, -INFINITY) == p->low);
    assert_true(mn_port_value(port, INFINITY) == p->high);
    assert_true(mn_port_value(port, NAN) == mn_port_initial(port));
    assert_true(mn_port_value(port, mn_port_initial(port)) == mn_port_initial(port));
  }
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    unsigned const port = MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT + MN_CC_PORT_CONTROLLER;
    assert_true(mn_port_initial(port) == (float)(20 + slot));
  }
}

static void
outputs_begin_with_the_readout_of_silence(void** const state)
{
  (void)state;
  MnReadout const* const r = &mn_readout_neutral;
  assert_true(mn_port_initial(MN_PORT_MUSICALITY) == r->musicality);
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    assert_true(mn_port_initial(MN_PORT_NEURON_1 + i) == r->ranked[i]);
  }
  assert_true(mn_port_initial(MN_PORT_SENSE) == r->sense);
  assert_true(mn_port_initial(MN_PORT_FORM) == r->form);
  assert_true(mn_port_initial(MN_PORT_SURPRISE) == 0);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    assert_true(mn_port_initial(MN_PORT_AXIS_1 + i) == r->axes[i]);
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    unsigned const port = MN_PORT_TOP_1 + i * MN_TOP_PORT_COUNT;
    assert_true(mn_port_initial(port + MN_TOP_PORT_NEURON) == (float)r->top[i].neuron);
    assert_true(mn_port_initial(port + MN_TOP_PORT_ACTIVATION) == r->top[i].mu);
  }
  assert_true(mn_port_initial(MN_PORT_MUSIC_ACTIVE) == (float)r->music_active);
  assert_true(mn_port_initial(MN_PORT_NOISE_ACTIVE) == (float)r->noise_active);
  assert_true(mn_port_initial(MN_PORT_NOISE_ENERGY) == r->noise_energy);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(each_row_says_what_its_kind_needs),
    cmocka_unit_test(each_port_has_a_row_of_its_own_or_of_its_set),
    cmocka_unit_test(whatever_a_host_writes_a_value_is_in_range),
    cmocka_unit_test(outputs_begin_with_the_readout_of_silence),
  };
  return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
