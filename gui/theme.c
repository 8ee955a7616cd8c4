// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "theme.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

// The least contrast of text, as WCAG 2 asks for at level AA.
static double const least_contrast = 4.5;

static MnColour
colour_of(uint32_t const rgb)
{
  return (MnColour){(double)(rgb >> 16 & 0xFF) / 255,
                    (double)(rgb >> 8 & 0xFF) / 255,
                    (double)(rgb & 0xFF) / 255};
}

MnColour
mn_colour_mix(MnColour const from, MnColour const to, double const part)
{
  double const p = part > 0 ? (part < 1 ? part : 1) : 0; // NaN becomes 0
  return (MnColour){from.red + p * (to.red - from.red),
                    from.green + p * (to.green - from.green),
                    from.blue + p * (to.blue - from.blue)};
}

static double
linear(double const channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

static double
luminance(MnColour const c)
{
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

double
mn_colour_contrast(MnColour const a, MnColour const b)
{
  double const x = luminance(a) + 0.05;
  double const y = luminance(b) + 0.05;
  return x > y ? x / y : y / x;
}

// Moves a colour toward `end` until its contrast to the panel is at least `least`.
static MnColour
readable(MnColour const colour,
         MnColour const end,
         MnColour const panel,
         double const   least)
{
  MnColour found = colour;
  for (int i = 1; i <= 10 && mn_colour_contrast(found, panel) < least; ++i) {
    found = mn_colour_mix(colour, end, i / 10.0);
  }
  return found;
}

static void
init_from(MnTheme* const t, MnColour const ground, MnColour const given, bool const dark)
{
  MnColour const white = {1, 1, 1};
  MnColour const black = {0, 0, 0};
  MnColour const end   = dark ? white : black;

  t->ground = ground;
  // On a middle grey only black or white can be read.
  MnColour const text = readable(given, end, ground, 1.15 * least_contrast);
  // Panels are lighter than the ground, unless that is nearly white.
  bool const bright = mn_colour_contrast(ground, white) < 1.12;
  t->panel          = dark     ? mn_colour_mix(ground, white, 0.045)
                      : bright ? mn_colour_mix(ground, text, 0.035)
                               : mn_colour_mix(ground, white, 0.6);
  t->raised         = mn_colour_mix(t->panel, text, 0.095);
  t->line           = mn_colour_mix(t->panel, text, 0.20);
  t->faint          = mn_colour_mix(t->panel, text, 0.07);
  t->text           = text;
  t->dim   = readable(mn_colour_mix(t->panel, text, 0.66), end, t->panel, least_contrast);
  t->quiet = readable(mn_colour_mix(t->panel, text, 0.46), end, t->panel, least_contrast);

  // Sky blue and orange from the palette of Okabe and Ito, a little softer. On a
  // light ground they are darker.
  t->music = readable(colour_of(dark ? 0x5CB8F0 : 0x0B6CB0), end, t->panel, least_contrast);
  t->noise = readable(colour_of(dark ? 0xF2A33C : 0xB35C00), end, t->panel, least_contrast);
  t->on_accent = dark ? colour_of(0x0E1116) : white;
  t->glow[0]   = mn_colour_mix(t->panel, text, 0.085);
  t->glow[1]   = t->noise;
  t->glow[2]   = dark ? colour_of(0xFFF1CF) : colour_of(0x4A1D00);
  t->playhead  = mn_colour_mix(text, end, 0.5);
}

void
mn_theme_init(MnTheme* const        theme,
              uint32_t const* const background,
              uint32_t const* const foreground)
{
  MnColour const ground = colour_of(background ? *background >> 8 : 0x14171C);
  MnColour const light  = colour_of(0xE8EBF0);
  MnColour const deep   = colour_of(0x1B1F26);
  bool const     dark =
    mn_colour_contrast(ground, light) > 1.2 * mn_colour_contrast(ground, deep);
  MnColour const own   = dark ? light : deep;
  MnColour const asked = foreground ? colour_of(*foreground >> 8) : own;
  init_from(
    theme, ground, mn_colour_contrast(ground, asked) < least_contrast ? own : asked, dark);
}
