// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the CC slots have sent: a meter beside each row of their table.

#include "draw_canvas.h"

#include "base/midi.h"

#include <math.h>
#include <stdio.h>

// A meter is filled up to the value, which stands in it.
static void
draw_level(MnCanvas* const c, MnRect const r, float const level)
{
  double const u      = c->unit;
  bool const   known  = level >= 0;
  bool const   silent = level == MN_SENT_SILENT;
  double const value  = mn_bound((double)level, 0, MN_MIDI_MAX, 0);
  char         text[16];
  if (known) {
    mn_fill_round(c, r, 4 * u, c->theme->line, 0.5);
    cairo_save(c->cr);
    mn_round_path(c, r, 4 * u);
    cairo_clip(c->cr);
    MnRect const part = {r.x, r.y, round(r.width * value / MN_MIDI_MAX), r.height};
    mn_fill(c, part, c->theme->music, 0.35);
    mn_fill(c,
            (MnRect){part.x, r.y + r.height - 2 * c->hair, part.width, 2 * c->hair},
            c->theme->music,
            1);
    cairo_restore(c->cr);
    snprintf(text, sizeof(text), value == round(value) ? "%.0f" : "%.1f", value);
  } else {
    snprintf(text, sizeof(text), "%s", silent ? "silent" : "\xE2\x80\x93");
  }
  MnType const type = {
    known ? MN_BODY : MN_SMALL, false, MN_CENTRE, known ? c->theme->text : c->theme->dim};
  mn_text(c, type, r, text);
}

void
mn_draw_sent(MnCanvas* const c)
{
  double const u     = c->unit;
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_SENT);
  MnRect const in    = mn_rect_inset(panel, round(7 * u), 0);
  MnRect const share = c->layout.target[MN_PORT_CC_SHARE];
  MnType const title = {MN_BODY, true, MN_LEFT, c->theme->text};
  mn_fill_round(c, panel, 5 * u, c->theme->panel, 1);
  mn_text(c, title, (MnRect){in.x, share.y, in.width, share.height}, "Sent");
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    MnRect const r = c->layout.target[MN_PORT_SEND_1 + slot];
    draw_level(c, (MnRect){in.x, r.y, in.width, r.height}, c->view->sent[slot]);
  }
}
