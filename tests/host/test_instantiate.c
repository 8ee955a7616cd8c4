// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a host must offer to get an instance, and what the plugin logs if it makes
/// none.

#include "host.h"

#include <lv2/urid/urid.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

static char const* const plugins[] = {HOST_MONITOR, HOST_CV};

enum { PLUGINS = sizeof(plugins) / sizeof(*plugins) };

// Whether the plugin makes another instance for a host with these features.
static bool
makes_instance(Host* const host, double const rate)
{
  LV2_Feature const        map        = {LV2_URID__map, host_map(host)};
  LV2_Feature const* const features[] = {&map, host_log_feature(host), NULL};
  LilvInstance* const instance = lilv_plugin_instantiate(host_plugin(host), rate, features);
  if (instance) {
    lilv_instance_free(instance);
  }
  return instance;
}

static void
a_sample_rate_that_is_none_is_refused_in_a_line(void** const state)
{
  (void)state;
  double const rates[] = {0,
                          -0.0,
                          -1,
                          -48000,
                          1,
                          999,
                          1000001,
                          1e300,
                          (double)INFINITY,
                          -(double)INFINITY,
                          (double)NAN};
  for (unsigned p = 0; p < PLUGINS; ++p) {
    for (unsigned i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
      Host* const host = host_new_plugin(bundle, plugins[p], 48000, HOST_WORKER_NONE);
      assert_false(makes_instance(host, rates[i]));
      char line[128];
      snprintf(line, sizeof(line), "a sample rate of %g Hz", rates[i]);
      char const* const said = host_log(host);
      assert_non_null(strstr(said, line));
      assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
      host_free(host);
    }
  }
}

// Plays a note every quarter of a second for three of the host's bars.
static void
assert_hears(char const* const plugin, double const rate)
{
  enum { BEATS = 12, PARTS = 10 };
  Host* const        host  = host_new_plugin(bundle, plugin, rate, HOST_WORKER_AFTER);
  uint32_t const     part  = (uint32_t)lrint(rate / 4 / PARTS);
  double const       bpm   = 60 * rate / (part * PARTS);
  HostPosition const start = {
    .speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = bpm, .as_doubles = true};
  host_position(host, 0, &start);
  for (unsigned i = 0; i < BEATS * PARTS; ++i) {
    uint8_t const pitch     = (uint8_t)(60 + i % 7);
    uint8_t const message[] = {i % PARTS ? 0x80 : 0x90, pitch, 80};
    host_midi(host, 0, message, 3);
    for (uint32_t left = part; left;) {
      uint32_t const frames = left < HOST_MAX_BLOCK ? left : HOST_MAX_BLOCK;
      host_run(host, frames);
      left -= frames;
    }
  }
  if (!host_is_cv(host)) {
    assert_true(host_get(host, "window") == 2);
    assert_true(host_get(host, "top_1_neuron") >= 0);
  }
  assert_string_equal(host_log(host), "");
  host_free(host);
}

static void
any_other_sample_rate_will_do(void** const state)
{
  (void)state;
  double const rates[] = {
    1000, 8000, 11025, 44100, 47952.047952, 96000, 384000, 768000, 1e6};
  for (unsigned p = 0; p < PLUGINS; ++p) {
    for (unsigned i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
      assert_hears(plugins[p], rates[i]);
    }
  }
}

static void
a_host_that_cannot_map_uris_gets_no_instance(void** const state)
{
  (void)state;
  for (unsigned p = 0; p < PLUGINS; ++p) {
    Host* const host = host_new_plugin(bundle, plugins[p], 48000, HOST_WORKER_NONE);
    LV2_Feature const* const features[] = {host_log_feature(host), NULL};
    assert_null(lilv_plugin_instantiate(host_plugin(host), 48000, features));
    assert_string_equal(host_log(host),
                        "music-neurons: the host lacks <" LV2_URID__map ">\n");
    host_free(host);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_sample_rate_that_is_none_is_refused_in_a_line),
    cmocka_unit_test(any_other_sample_rate_will_do),
    cmocka_unit_test(a_host_that_cannot_map_uris_gets_no_instance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
