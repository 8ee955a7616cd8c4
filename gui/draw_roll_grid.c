// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The piano roll without its notes: rows, bars and keys.

#include "draw_roll.h"

#include <math.h>
#include <stdio.h>

enum { OCTAVE = 12, KEYBOARD = 34, RULER = 15 };

static bool
is_black(int const pitch)
{
  return 0x54A >> (pitch % OCTAVE) & 1; // C#, D#, F#, G#, A#
}

double
mn_roll_x(MnRoll const* const r, double const step)
{
  return r->grid.x + mn_bound(step, 0, r->steps, 0) * r->step;
}

static double
y_of(MnRoll const* const r, int const pitch)
{
  return r->grid.y + (r->high - pitch) * r->row;
}

// Rows meet on whole pixels, so that no seam shows.
static MnRect
row_of(MnRoll const* const r, int const pitch, double const x, double const width)
{
  double const top = round(y_of(r, pitch));
  return (MnRect){x, top, width, round(y_of(r, pitch - 1)) - top};
}

// The range of pitches that is shown, so that all notes of a window of the past are in it.
static void
find_range(MnCanvas const* const c, int* const low, int* const high)
{
  mn_view_pitches(c->view, low, high);
  for (unsigned i = 0; c->chosen && i < c->window->steps; ++i) {
    uint8_t const token = c->window->tokens[i];
    int const     pitch = token + MN_NOTE_OFFSET;
    if (token > MN_NOTE_OFF && token < MN_CLASSES) {
      *low  = pitch - 1 < *low ? pitch - 1 : *low;
      *high = pitch + 1 > *high ? pitch + 1 : *high;
    }
  }
}

// The bars of a window of the past: of the present metre.
static void
place_recalled(MnCanvas const* const c, MnRoll* const r)
{
  MnViewRoll const* const roll = &c->view->roll;
  double const            into =
    fmod((double)c->chosen->start - roll->bar_start, fmax(roll->bar_length, 0.25));
  r->now        = r->steps;
  r->numbered   = roll->known && isfinite(into);
  r->first_bar  = !r->numbered ? 0 : into < 0 ? -into - roll->bar_length : -into;
  r->bar_number = c->chosen->said.bar;
}

MnRoll
mn_roll_of(MnCanvas const* const c, MnRect const room)
{
  MnViewRoll const* const roll  = &c->view->roll;
  double const            u     = c->unit;
  unsigned const          steps = c->chosen ? c->window->steps : roll->steps;
  int                     low   = 0;
  int                     high  = 0;
  find_range(c, &low, &high);
  double const left = round(KEYBOARD * u);
  double const top  = round(RULER * u);
  MnRoll       r    = {
             .grid  = {room.x + left,
                       room.y + top,
                       fmax(room.width - left, 1),
                       fmax(room.height - top - round(9 * u), 1)},
             .steps = steps > 0 && steps <= MN_MAX_STEPS ? steps : MN_STEPS_2BAR,
             .low   = low,
             .high  = high,
  };
  r.row  = r.grid.height / (high - low + 1);
  r.step = r.grid.width / r.steps;
  if (c->chosen) {
    place_recalled(c, &r);
    return r;
  }
  r.now = roll->known ? mn_bound(roll->position - (double)roll->start, 0, r.steps, 0) : 0;
  r.numbered   = roll->known && roll->bar_number > -100000 && roll->bar_number < 1000000;
  r.first_bar  = roll->known ? roll->bar_start - (double)roll->start : 0;
  r.bar_number = roll->bar_number;
  return r;
}

static void
draw_keys(MnCanvas* const c, MnRoll const* const r)
{
  double const u    = c->unit;
  double const wide = round(9 * u);
  double const x    = r->grid.x - wide - round(2 * u);
  MnType const type = {8.5, false, MN_RIGHT, c->theme->quiet};
  mn_fill(c, (MnRect){x, r->grid.y, wide, r->grid.height}, c->theme->dim, 0.75);
  for (int pitch = r->low; pitch <= r->high; ++pitch) {
    if (is_black(pitch)) {
      mn_add(c, row_of(r, pitch, x, round(wide * 0.66)));
    }
  }
  mn_fill_added(c, c->theme->panel, 1);
  for (int pitch = r->low; pitch <= r->high; ++pitch) {
    if (pitch % OCTAVE == 0) {
      char name[16];
      snprintf(name, sizeof(name), "C%d", pitch / OCTAVE - 1);
      double const middle = y_of(r, pitch) + r->row / 2;
      double const bottom = fmin(middle, r->grid.y + r->grid.height - 4 * u);
      mn_text(c, type, (MnRect){x - 26 * u, bottom - 6 * u, 23 * u, 12 * u}, name);
    }
    // Below C and below F two white keys meet.
    if (pitch % OCTAVE == 0 || pitch % OCTAVE == 5) {
      mn_hline(c, x, y_of(r, pitch - 1), wide, c->theme->panel, 0.8);
    }
  }
}

static void
draw_rows(MnCanvas* const c, MnRoll const* const r)
{
  // The colours are mixed here: cairo fills opaque ones far faster.
  MnColour const white = mn_colour_mix(c->theme->panel, c->theme->ground, 0.55);
  MnColour const black = mn_colour_mix(white, c->theme->ground, 0.6);
  mn_fill(c, r->grid, white, 1);
  for (int pitch = r->low; pitch <= r->high; ++pitch) {
    if (is_black(pitch)) {
      mn_add(c, row_of(r, pitch, r->grid.x, r->grid.width));
    }
  }
  mn_fill_added(c, black, 1);
  for (int pitch = r->low + 1; pitch <= r->high; ++pitch) {
    if (pitch % OCTAVE == 0) {
      double const y = round(y_of(r, pitch - 1));
      mn_add(c, (MnRect){r->grid.x, y, r->grid.width, c->hair});
    }
  }
  mn_fill_added(c, c->theme->line, 0.45);
}

// Draws lines every `length` steps. One of them is at `first`, which may be outside.
static void
draw_lines(MnCanvas* const     c,
           MnRoll const* const r,
           double const        first,
           double const        length,
           MnColour const      colour,
           double const        alpha)
{
  if (!(length * r->step >= 4) || !isfinite(first) || fabs(first) > 1e9) {
    return;
  }
  for (double k = ceil(-first / length); first + k * length < r->steps; ++k) {
    double const at = first + k * length;
    if (at > 0) {
      mn_add(c, (MnRect){round(mn_roll_x(r, at)), r->grid.y, c->hair, r->grid.height});
    }
  }
  mn_fill_added(c, colour, alpha);
}

static void
draw_bars(MnCanvas* const c, MnRoll const* const r)
{
  MnViewRoll const* const roll   = &c->view->roll;
  double const            u      = c->unit;
  double const            length = roll->bar_length;
  double const            first  = r->first_bar;
  double const            beat   = mn_bound(roll->beat_length, 0, length, 0);

  draw_lines(c, r, 0, 1, c->theme->faint, 0.9);
  if (!(length * r->step >= 4) || !(fabs(first) < 1e9)) {
    return;
  }
  MnType const type = {MN_SMALL, true, MN_LEFT, c->theme->dim};
  // Every bar is numbered, or every 2nd, 4th, ... where bars are narrow.
  int64_t every = 1;
  while ((double)every * length * r->step < 26 * u && every < 1024) {
    every *= 2;
  }
  for (double k = floor(-first / length); first + k * length < r->steps; ++k) {
    double const  start  = first + k * length;
    int64_t const number = r->numbered ? r->bar_number + (int64_t)k : 0;
    if (beat * r->step >= 4 && beat < length) {
      double const end = fmin(start + length - 0.01, r->steps);
      for (double i = fmax(ceil(-start / beat), 1); start + i * beat < end; ++i) {
        double const at = mn_roll_x(r, start + i * beat);
        mn_add(c, (MnRect){round(at), r->grid.y, c->hair, r->grid.height});
      }
      mn_fill_added(c, c->theme->line, 0.7);
    }
    double const x = mn_roll_x(r, start);
    if (start >= 0) {
      mn_vline(c, x, r->grid.y - 4 * u, r->grid.height + 4 * u, c->theme->quiet, 0.75);
    }
    if (r->numbered && number >= 0 && number % every == 0) {
      char text[24];
      snprintf(text, sizeof(text), "%lld", (long long)number + 1);
      double const room = r->grid.x + r->grid.width - x;
      if (room > 14 * u) {
        mn_text(c,
                type,
                (MnRect){x + (start >= 0 ? 4 : 0) * u, r->grid.y - RULER * u, room, 13 * u},
                text);
      }
    }
  }
}

MnRect
mn_roll_note(MnRoll const* const r, double const start, double const end, int const pitch)
{
  double const x      = mn_roll_x(r, start);
  double const width  = fmax(mn_roll_x(r, end) - x, 1.5);
  double const height = fmax(r->row, 3);
  return (MnRect){x, y_of(r, pitch) - (height - r->row) / 2, width, height};
}

void
mn_draw_roll_grid(MnCanvas* const c, MnRoll const* const r)
{
  draw_rows(c, r);
  draw_bars(c, r);
  draw_keys(c, r);
}
