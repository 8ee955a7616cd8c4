// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The first line of the roll: which notes are heard, and what their colours mean.

#include "draw_roll.h"

#include "controls.h"

#include <math.h>
#include <stdio.h>

MnColour
mn_tint_colour(MnCanvas const* const c, int const tint)
{
  return mn_colour_mix(c->theme->music, c->theme->noise, (double)tint / (MN_TINTS - 1));
}

// Which notes are heard, to the right of the title. @return where that ends.
static double
draw_listening(MnCanvas* const c, MnRect const panel)
{
  double const u    = c->unit;
  MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  double const left = panel.x + 56 * u;
  char         voice[24];
  char         channel[24];
  char         text[80];
  mn_control_text(MN_PORT_VOICE, c->view->value[MN_PORT_VOICE], voice, sizeof(voice));
  mn_control_text(
    MN_PORT_CHANNEL, c->view->value[MN_PORT_CHANNEL], channel, sizeof(channel));
  bool const any = !(c->view->value[MN_PORT_CHANNEL] >= 1);
  snprintf(text,
           sizeof(text),
           "%s note, %s%s",
           voice,
           any ? "any channel" : "channel ",
           any ? "" : channel);
  MnRect const box = {left, panel.y, fmax(panel.width - 70 * u, 0), round(24 * u)};
  return left + mn_text(c, type, box, text) + 12 * u;
}

enum { WORDS = 3 };

// Kinds of swatches.
enum { LAST_WINDOW, DROPPED, SURPRISE, HEARD, PLAYED, TO_COME };

static void
draw_swatch(MnCanvas* const c, MnRect const swatch, int const kind)
{
  double const u = c->unit;
  if (kind == SURPRISE) {
    for (int i = 0; i < 3; ++i) {
      MnRect const part = {
        swatch.x + i * swatch.width / 3, swatch.y, swatch.width / 3, swatch.height};
      mn_fill(c, part, mn_tint_colour(c, i * (MN_TINTS - 1) / 2), 1);
    }
  } else if (kind == DROPPED) {
    mn_edge_round(c, swatch, 2 * u, c->hair, c->theme->dim, 0.85);
  } else if (kind == PLAYED || kind == TO_COME) {
    mn_fill_round(c, swatch, 2 * u, mn_played_colour(c, kind == TO_COME), 1);
  } else {
    mn_fill_round(c, swatch, 2 * u, c->theme->music, kind == HEARD ? 1 : 0.28);
  }
}

typedef struct {
  char const* word;
  int         kind;
} Word;

// From right to left, as many as there is room for.
static void
draw_legend(MnCanvas* const   c,
            MnRect const      panel,
            double const      least,
            Word const* const words)
{
  double const u    = c->unit;
  MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  double       x    = panel.x + panel.width - 10 * u;
  for (int i = 0; i < WORDS; ++i) {
    double const width = mn_text_width(c, type, words[i].word);
    x -= width;
    if (x - 17 * u < least) {
      return;
    }
    mn_text(c, type, (MnRect){x, panel.y, width + 1, round(24 * u)}, words[i].word);
    x -= 17 * u;
    draw_swatch(
      c,
      (MnRect){
        round(x), panel.y + round(12 * u) - round(3 * u), round(12 * u), round(6 * u)},
      words[i].kind);
    x -= 12 * u;
  }
}

void
mn_draw_roll_head(MnCanvas* const c, MnRect const panel)
{
  static Word const heard[WORDS] = {
    {"last window", LAST_WINDOW}, {"dropped", DROPPED}, {"surprise", SURPRISE}};
  static Word const played[WORDS] = {
    {"to come", TO_COME}, {"played", PLAYED}, {"heard", HEARD}};
  if (c->view->player) {
    draw_legend(c, panel, panel.x + 56 * c->unit, played);
  } else {
    draw_legend(c, panel, draw_listening(c, panel), heard);
  }
}
