// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The colours of the window: one palette, in which blue is music and orange is
/// noise, apart for every kind of colour blindness and in grey.

#ifndef MN_THEME_H
#define MN_THEME_H

#include <stdint.h>

typedef struct {
  double red;
  double green;
  double blue;
} MnColour;

typedef struct {
  MnColour ground; ///< behind and between the panels
  MnColour panel;
  MnColour raised; ///< widgets on a panel
  MnColour line;   ///< edges, and the grid's bars
  MnColour faint;  ///< the grid's steps, empty cells
  MnColour text;
  MnColour dim;   ///< what is said of things
  MnColour quiet; ///< what matters least, and what is off
  MnColour music;
  MnColour noise;
  MnColour on_accent; ///< text on music and noise
  MnColour glow[3];   ///< of a noise neuron: silent, excited, fully
  MnColour playhead;
} MnTheme;

/// Derives the palette.
///
/// @param background,foreground The host's colours as 0xRRGGBBAA
/// (ui:backgroundColor, ui:foregroundColor), or NULL where it gave none.
void
mn_theme_init(MnTheme* theme, uint32_t const* background, uint32_t const* foreground);

/// The colour that lies `part` of the way from one to another.
MnColour
mn_colour_mix(MnColour from, MnColour to, double part);

/// The contrast of two colours as WCAG 2 defines it, 1 to 21.
double
mn_colour_contrast(MnColour a, MnColour b);

#endif // MN_THEME_H
