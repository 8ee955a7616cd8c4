// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// All neurons that have no line of their own, as a field of cells: the other music neurons,
/// then the noise neurons.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>

enum { GLOW_LEVELS = 40 };

// The abs(mu) at which a cell glows fully. On real music nearly all noise neurons stay below
// 0.5, and 99 of 100 values of music neurons below 3.
static double const full_noise = 1;
static double const full_music = 3;

// Colours are mixed in sRGB, where equal steps look about equal. So equal steps of
// abs(mu) do.
static MnColour
glow_of(MnTheme const* const t, bool const music, double const part)
{
  MnColour const full = music ? t->music : t->glow[1];
  return part < 0.6 ? mn_colour_mix(t->glow[0], full, part / 0.6)
                    : mn_colour_mix(full, t->glow[2], (part - 0.6) / (music ? 0.8 : 0.4));
}

static MnRect
cell_rect(MnCanvas const* const c, unsigned const rank)
{
  MnRect const cell = mn_layout_neuron(&c->layout, c->view, rank);
  double const gap =
    cell.width >= 5 ? fmax(round(cell.width * 0.14), 1) : cell.width * 0.15;
  return (MnRect){cell.x, cell.y, cell.width - gap, cell.height - gap};
}

static void
draw_mark(MnCanvas* const c, unsigned const rank, MnColour const colour)
{
  double const thick = fmax(c->hair, 1);
  MnRect const r     = cell_rect(c, rank);
  MnRect const ring = {r.x - thick, r.y - thick, r.width + 2 * thick, r.height + 2 * thick};
  mn_edge_round(c, ring, 1.5 * c->unit, thick, colour, 1);
}

static void
fill_cells(MnCanvas* const c, unsigned const first, unsigned const end, bool const music)
{
  bool const values = mn_has_values(c);
  uint8_t    level[MN_MAX_LATENT];
  for (unsigned rank = first; rank < end; ++rank) {
    double const mu = values ? fabs((double)c->window->mu[mn_neuron_at(c->view, rank)]) : 0;
    double const part = mn_bound(mu / (music ? full_music : full_noise), 0, 1, 0);
    level[rank]       = (uint8_t)lround(part * GLOW_LEVELS);
  }
  // All cells of a level are filled at once, which is faster.
  for (unsigned i = 0; i <= GLOW_LEVELS; ++i) {
    for (unsigned rank = first; rank < end; ++rank) {
      if (level[rank] == i) {
        mn_add(c, cell_rect(c, rank));
      }
    }
    mn_fill_added(c, glow_of(c->theme, music, (double)i / GLOW_LEVELS), 1);
  }
}

void
mn_draw_field(MnCanvas* const c)
{
  unsigned const listed   = c->layout.listed;
  unsigned const music    = mn_view_music(c->view);
  unsigned const neurons  = mn_view_neurons(c->view);
  unsigned const noise    = neurons - music;
  char           note[80] = "";
  if (mn_has_values(c)) {
    snprintf(note,
             sizeof(note),
             "%u of %u music, %u of %u noise excited",
             c->window->music_active,
             music,
             c->window->noise_active,
             noise);
  }
  bool const        titled = c->layout.field_title;
  char const* const title  = mn_view_is_long(c->view) ? "Neurons of 2 bars"
                             : listed < music         ? "Other neurons"
                                                      : "Noise neurons";
  mn_panel(c, MN_AREA_FIELD, titled ? title : "", titled ? note : "");
  fill_cells(c, listed, music > listed ? music : listed, true);
  fill_cells(c, music, neurons, false);
  for (int i = 0; i < MN_TOP; ++i) {
    if (c->top[i] >= (int)listed) {
      draw_mark(c, (unsigned)c->top[i], c->theme->text);
    }
  }
  int const hovered = c->view->pointer.hovered;
  if (hovered >= (int)listed && hovered < (int)neurons) {
    draw_mark(c, (unsigned)hovered, c->theme->playhead);
  }
}
