// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The colours of the window. Blue is music and orange is noise: the two differ for
/// every kind of colour blindness, and in grey.

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
  MnColour line;   ///< edges, and the lines of beats
  MnColour faint;  ///< the lines of steps
  MnColour text;
  MnColour dim;   ///< text that explains
  MnColour quiet; ///< text that matters least, and controls that are off
  MnColour music;
  MnColour noise;
  MnColour on_accent; ///< text on music and noise
  MnColour glow[3];   ///< of a noise neuron: silent, excited, most excited
  MnColour playhead;
} MnTheme;

/// Derives the palette.
///
/// @param background,foreground The host's colours as 0xRRGGBBAA
/// (ui:backgroundColor, ui:foregroundColor), or NULL if it has none.
void
mn_theme_init(MnTheme* theme, uint32_t const* background, uint32_t const* foreground);

/// The colour at `part`, 0 to 1, of the way from one to another.
MnColour
mn_colour_mix(MnColour from, MnColour to, double part);

/// The contrast of two colours as WCAG 2 defines it, 1 to 21.
double
mn_colour_contrast(MnColour a, MnColour b);

#endif // MN_THEME_H
