// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "player_layout.h"

#include <math.h>

// Lengths in units, as in layout.c.
enum {
  HEADER   = 42,
  GAPS     = 8, // above and below a panel, together
  PAD      = 10,
  TITLE    = 24,
  FOOT     = 6, // below the last row of a panel
  BUTTON   = 24,
  CORNER   = 40, // width of the button of a slot
  RIM      = 9,  // of the pad around its plane: room for the dot
  CLEAR    = 56,
  LABEL    = 104, // at least
  LONGEST  = 176, // of names
  NUMBER   = 38,
  BETWEEN  = 16, // two columns
  MOST_ROW = 40,
};

enum { COLUMNS = 2, AXIS_ROWS = MN_AXES / COLUMNS, NEURON_ROWS = MN_RANKED / COLUMNS };

MnStripItem const mn_player_strip[MN_PLAYER_STRIP] = {
  {0.7, MN_TARGET_OF(ENABLED), false},
  {1.3, MN_TARGET_OF(MODE), false},
  {0.65, MN_TARGET_OF(AMOUNT), false},
  {1.15, MN_TARGET_OF(TEMPERATURE), false},
  {0.68, MN_TARGET_OF(SEED), false},
  {0.55, MN_TARGET_OF(PACE), false},
  {1.6, MN_TARGET_OF(STYLE), true},
  {0.6, MN_TARGET_OF(STYLE_PULL), false},
  {1.75, MN_TARGET_OF(LOCK), false},
  {1.45, MN_TARGET_OF(SCALE), true},
  {0.75, MN_TARGET_OF(KEY), false},
  {0.7, MN_TARGET_OF(PANIC), false},
};

// The height of all rows of sliders: both panels have the same.
static double
row_of(MnLayout const* const l, double const height)
{
  double const u     = l->unit;
  double const rest  = 2 * (round(TITLE * u) + round(FOOT * u) + round(GAPS * u));
  double const whole = (height - rest) / (AXIS_ROWS + NEURON_ROWS);
  return fmax(fmin(floor(whole), round(MOST_ROW * u)), 1);
}

void
mn_player_layout_areas(MnLayout* const l, double const top, double const height)
{
  double const u    = l->unit;
  double const left = round(fmin(l->width * 0.4, fmax(height * 1.2, 200 * u)));
  double const roll = round(fmin(fmax(height * 0.34, 100 * u), 260 * u));
  double const axes =
    fmin(round((TITLE + FOOT + GAPS) * u) + AXIS_ROWS * row_of(l, height), height);
  double const right       = l->width - left;
  l->area[MN_AREA_ROLL]    = (MnRect){0, top, left, fmin(roll, height)};
  l->area[MN_AREA_PAD]     = (MnRect){0, top + roll, left, fmax(height - roll, 0)};
  l->area[MN_AREA_OFFSETS] = (MnRect){left, top, right, axes};
  l->area[MN_AREA_RANKED]  = (MnRect){left, top + axes, right, height - axes};
}

static void
lay_header(MnLayout* const l)
{
  double const u             = l->unit;
  double const box           = round(BUTTON * u);
  double const left          = round(224 * u);
  double const room          = l->width - left - round(320 * u);
  l->target[MN_TARGET_MODEL] = (MnRect){
    left, round((HEADER * u - box) / 2 + u), round(fmin(fmax(room, 0), 190 * u)), box};
}

// The buttons of the slots are at the corners of the plane.
static void
lay_pad(MnLayout* const l, MnRect const panel)
{
  double const u      = l->unit;
  double const pad    = round(PAD * u);
  double const gap    = round(5 * u);
  double const box    = round(BUTTON * u);
  double const wide   = round(CORNER * u);
  double const rim    = round(RIM * u);
  double const clear  = round(CLEAR * u);
  double const left   = panel.x + pad;
  double const width  = fmax(panel.width - 2 * pad, 0);
  double const top    = panel.y + round(TITLE * u);
  double const room   = panel.y + panel.height - pad - top - 2 * (box + gap);
  double const height = fmax(round(fmin(room, width * 1.15)), 0);
  double const below  = top + box + gap + height + gap;
  double const right  = left + width - wide;

  l->target[MN_TARGET_PAD] = (MnRect){left, top + box + gap, width, height};
  l->pad = (MnRect){left + rim, top + box + gap + rim, width - 2 * rim, height - 2 * rim};
  l->target[MN_TARGET_OF(CAPTURE_A)] = (MnRect){left, top, wide, box};
  l->target[MN_TARGET_OF(CAPTURE_B)] = (MnRect){right, top, wide, box};
  l->target[MN_TARGET_OF(CAPTURE_C)] = (MnRect){left, below, wide, box};
  l->target[MN_TARGET_OF(CAPTURE_D)] = (MnRect){right, below, wide, box};
  l->target[MN_TARGET_OF(CLEAR)] =
    (MnRect){round(left + (width - clear) / 2), below, clear, box};
}

// Sliders in two columns, down each. To the left of each is room for its name, to the right
// for its value.
static void
lay_sliders(MnLayout* const l,
            MnRect const    panel,
            unsigned const  first,
            unsigned const  rows,
            double const    row)
{
  double const u      = l->unit;
  double const pad    = round(PAD * u);
  double const column = (panel.width - 2 * pad - round(BETWEEN * u)) / COLUMNS;
  double const label  = round(fmin(fmax(column * 0.46, LABEL * u), LONGEST * u));
  double const width  = fmax(floor(column - label - round(NUMBER * u)), 1);
  for (unsigned i = 0; i < COLUMNS * rows; ++i) {
    unsigned const at = i / rows;
    double const   x  = panel.x + pad + at * (column + round(BETWEEN * u));
    l->target[first + i] =
      (MnRect){round(x + label), panel.y + round(TITLE * u) + (i % rows) * row, width, row};
  }
}

void
mn_player_layout_targets(MnLayout* const l, MnRect const panel[MN_AREAS])
{
  MnRect const axes    = panel[MN_AREA_OFFSETS];
  MnRect const neurons = panel[MN_AREA_RANKED];
  double const row =
    row_of(l, l->area[MN_AREA_OFFSETS].height + l->area[MN_AREA_RANKED].height);
  lay_header(l);
  lay_pad(l, panel[MN_AREA_PAD]);
  lay_sliders(l, axes, MN_TARGET_OF(AXIS_1), AXIS_ROWS, row);
  lay_sliders(l, neurons, MN_TARGET_OF(NEURON_1), NEURON_ROWS, row);
}

unsigned
mn_player_layout_order(int order[MN_TARGETS])
{
  static int const first[] = {MN_TARGET_MODEL,
                              MN_TARGET_PAD,
                              MN_TARGET_OF(CAPTURE_A),
                              MN_TARGET_OF(CAPTURE_B),
                              MN_TARGET_OF(CAPTURE_C),
                              MN_TARGET_OF(CAPTURE_D),
                              MN_TARGET_OF(CLEAR)};
  unsigned         count   = 0;
  for (size_t i = 0; i < sizeof(first) / sizeof(*first); ++i) {
    order[count++] = first[i];
  }
  for (int i = 0; i < MN_AXES; ++i) {
    order[count++] = MN_TARGET_OF(AXIS_1) + i;
  }
  for (int i = 0; i < MN_RANKED; ++i) {
    order[count++] = MN_TARGET_OF(NEURON_1) + i;
  }
  for (int i = 0; i < MN_PLAYER_STRIP; ++i) {
    order[count++] = (int)mn_player_strip[i].target;
  }
  return count;
}
