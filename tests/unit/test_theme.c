// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Colours can be read and told apart, also by those who see colours otherwise.

#include "theme.h"

#include "check.h"

#include <math.h>

// What protanopes, deuteranopes and tritanopes see, of linear sRGB: G. Machado, M. Oliveira
// and L. Fernandes, "A physiologically-based model for simulation of color vision deficiency"
// (2009), severity 1.
static double const sights[][3][3] = {
  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
  {{0.152286, 1.052583, -0.204868},
   {0.114503, 0.786281, 0.099216},
   {-0.003882, -0.048116, 1.051998}},
  {{0.367322, 0.860646, -0.227968},
   {0.280085, 0.672501, 0.047413},
   {-0.011820, 0.042940, 0.968881}},
  {{1.255528, -0.076749, -0.178779},
   {-0.078411, 0.930809, 0.147602},
   {0.004733, 0.691367, 0.303900}},
};

enum { SIGHTS = sizeof(sights) / sizeof(*sights) };

static uint32_t const backgrounds[] = {0x14171CFF,
                                       0xFFFFFFFF,
                                       0x3C3C3CFF,
                                       0xE8E4D8FF,
                                       0x000000FF};

enum { BACKGROUNDS = sizeof(backgrounds) / sizeof(*backgrounds) };

static double
linear(double const channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

static double
cube_root(double const t)
{
  return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

// CIE L*a*b* of a colour as it is seen, for the white of sRGB.
static void
lab_of(MnColour const c, double const sight[3][3], double lab[3])
{
  double const from[3] = {linear(c.red), linear(c.green), linear(c.blue)};
  double       seen[3];
  for (int i = 0; i < 3; ++i) {
    double sum = 0;
    for (int k = 0; k < 3; ++k) {
      sum += sight[i][k] * from[k];
    }
    seen[i] = sum < 0 ? 0 : sum > 1 ? 1 : sum;
  }
  double const x =
    (0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047;
  double const y = 0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2];
  double const z =
    (0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883;
  lab[0] = 116 * cube_root(y) - 16;
  lab[1] = 500 * (cube_root(x) - cube_root(y));
  lab[2] = 200 * (cube_root(y) - cube_root(z));
}

static double
distance(MnColour const a, MnColour const b, double const sight[3][3])
{
  double p[3];
  double q[3];
  lab_of(a, sight, p);
  lab_of(b, sight, q);
  return sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
              (p[2] - q[2]) * (p[2] - q[2]));
}

static void
music_and_noise_differ_in_every_sight(void** const state)
{
  (void)state;
  for (int i = 0; i < BACKGROUNDS; ++i) {
    MnTheme t;
    mn_theme_init(&t, &backgrounds[i], NULL);
    for (int sight = 0; sight < SIGHTS; ++sight) {
      double const pairs[] = {distance(t.music, t.noise, sights[sight]),
                              distance(t.music, t.panel, sights[sight]),
                              distance(t.noise, t.panel, sights[sight])};
      for (int k = 0; k < 3; ++k) {
        if (!(pairs[k] >= 25)) {
          print_message("background %d, sight %d, pair %d: %.1f\n", i, sight, k, pairs[k]);
        }
        assert_true(pairs[k] >= 25);
      }
    }
  }
}

static void
text_stands_out_from_its_ground(void** const state)
{
  (void)state;
  for (int i = 0; i < BACKGROUNDS; ++i) {
    MnTheme t;
    mn_theme_init(&t, &backgrounds[i], NULL);
    MnColour const inks[] = {t.text, t.dim, t.quiet, t.music, t.noise};
    for (int k = 0; k < 5; ++k) {
      assert_true(mn_colour_contrast(inks[k], t.panel) >= 4.5);
    }
    assert_true(mn_colour_contrast(t.text, t.ground) >= 4.5);
    assert_true(mn_colour_contrast(t.text, t.raised) >= 4.5);
    assert_true(mn_colour_contrast(t.on_accent, t.music) >= 4.5);
    assert_true(mn_colour_contrast(t.on_accent, t.noise) >= 4.5);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(music_and_noise_differ_in_every_sight),
    cmocka_unit_test(text_stands_out_from_its_ground),
  };
  return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
