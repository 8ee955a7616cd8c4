// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The piano roll: the notes played, and which of them the model gets.

#include "draw_roll.h"

#include <math.h>
#include <stdio.h>

enum { OCTAVE = 12, KEYBOARD = 34, RULER = 15 };

// A note that could be foreseen well is blue, one that could not is orange: the bits of both.
static double const least_bits = 3;
static double const most_bits  = 12;

typedef struct {
  MnRect   grid;
  unsigned steps;
  int      low;
  int      high;
  double   row;
  double   step; // width of one
  double   now;  // the position in steps from the left edge, within bounds
  bool     numbered;
  double   first_bar; // where a bar begins, in steps from the left edge
  int64_t  bar_number;
  int      tint; // of the notes that are drawn
} Roll;

static bool
is_black(int const pitch)
{
  return 0x54A >> (pitch % OCTAVE) & 1; // C#, D#, F#, G#, A#
}

static double
x_of(Roll const* const r, double const step)
{
  return r->grid.x + mn_bound(step, 0, r->steps, 0) * r->step;
}

static double
y_of(Roll const* const r, int const pitch)
{
  return r->grid.y + (r->high - pitch) * r->row;
}

// Rows meet on whole pixels, so that no seam shows.
static MnRect
row_of(Roll const* const r, int const pitch, double const x, double const width)
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
place_recalled(MnCanvas const* const c, Roll* const r)
{
  MnViewRoll const* const roll = &c->view->roll;
  double const            into =
    fmod((double)c->chosen->start - roll->bar_start, fmax(roll->bar_length, 0.25));
  r->now        = r->steps;
  r->numbered   = roll->known && isfinite(into);
  r->first_bar  = !r->numbered ? 0 : into < 0 ? -into - roll->bar_length : -into;
  r->bar_number = c->chosen->said.bar;
}

static Roll
roll_of(MnCanvas const* const c, MnRect const room)
{
  MnViewRoll const* const roll  = &c->view->roll;
  double const            u     = c->unit;
  unsigned const          steps = c->chosen ? c->window->steps : roll->steps;
  int                     low   = 0;
  int                     high  = 0;
  find_range(c, &low, &high);
  double const left = round(KEYBOARD * u);
  double const top  = round(RULER * u);
  Roll         r    = {
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
draw_keys(MnCanvas* const c, Roll const* const r)
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
draw_rows(MnCanvas* const c, Roll const* const r)
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
draw_lines(MnCanvas* const   c,
           Roll const* const r,
           double const      first,
           double const      length,
           MnColour const    colour,
           double const      alpha)
{
  if (!(length * r->step >= 4) || !isfinite(first) || fabs(first) > 1e9) {
    return;
  }
  for (double k = ceil(-first / length); first + k * length < r->steps; ++k) {
    double const at = first + k * length;
    if (at > 0) {
      mn_add(c, (MnRect){round(x_of(r, at)), r->grid.y, c->hair, r->grid.height});
    }
  }
  mn_fill_added(c, colour, alpha);
}

static void
draw_bars(MnCanvas* const c, Roll const* const r)
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
        double const at = x_of(r, start + i * beat);
        mn_add(c, (MnRect){round(at), r->grid.y, c->hair, r->grid.height});
      }
      mn_fill_added(c, c->theme->line, 0.7);
    }
    double const x = x_of(r, start);
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

static MnRect
note_rect(Roll const* const r, double const start, double const end, int const pitch)
{
  double const x      = x_of(r, start);
  double const width  = fmax(x_of(r, end) - x, 1.5);
  double const height = fmax(r->row, 3);
  return (MnRect){x, y_of(r, pitch) - (height - r->row) / 2, width, height};
}

// Called for each note of a line of tokens.
typedef void (*TakeNote)(MnCanvas*, Roll const*, int start, int end, int pitch);

static void
each_note(MnCanvas* const      c,
          Roll const* const    r,
          uint8_t const* const tokens,
          unsigned const       steps,
          TakeNote const       take)
{
  int start = -1;
  int pitch = 0;
  for (unsigned i = 0; i <= steps && i <= r->steps; ++i) {
    bool const end = i == steps || i == r->steps;
    if (!end && tokens[i] == MN_HOLD) {
      continue;
    }
    if (start >= 0) {
      take(c, r, start, (int)i, pitch);
    }
    bool const on = !end && tokens[i] > MN_NOTE_OFF && tokens[i] < MN_CLASSES;
    start         = on ? (int)i : -1;
    pitch         = on ? tokens[i] + MN_NOTE_OFFSET : 0;
  }
}

static bool
in_range(Roll const* const r, int const pitch)
{
  return pitch >= r->low && pitch <= r->high;
}

static void
add_ghost(MnCanvas* const   c,
          Roll const* const r,
          int const         start,
          int const         end,
          int const         pitch)
{
  if (in_range(r, pitch)) {
    MnRect const note = note_rect(r, start, end, pitch);
    mn_round_path(c, mn_rect_inset(note, c->hair / 2, 0), 2 * c->unit);
  }
}

static bool
sounds_now(Roll const* const r, int const start, int const end)
{
  return r->now < r->steps && start <= r->now && end > r->now;
}

static void
add_note(MnCanvas* const   c,
         Roll const* const r,
         int const         start,
         int const         end,
         int const         pitch)
{
  // A note that sounds ends at the position. Rounding may put its start ahead of
  // that; then only its head is drawn.
  double const stop = fmax(fmin(end, r->now), start + 0.3);
  if (!in_range(r, pitch)) {
    return;
  }
  MnRect const note = note_rect(r, start, stop, pitch);
  mn_round_path(c, mn_rect_inset(note, fmin(c->hair / 2, note.width / 4), 0), 2 * c->unit);
}

// The tint of the note on a step.
static int
tint_at(MnCanvas const* const c, int const step)
{
  double const bits = (double)c->view->roll.surprise[step];
  double const part = (bits - least_bits) / (most_bits - least_bits);
  return (int)lround(mn_bound(part, 0, 1, 0) * (MN_TINTS - 1));
}

static void
add_tinted(MnCanvas* const   c,
           Roll const* const r,
           int const         start,
           int const         end,
           int const         pitch)
{
  if (tint_at(c, start) == r->tint && !sounds_now(r, start, end)) {
    add_note(c, r, start, end, pitch);
  }
}

static void
add_tinted_sounding(MnCanvas* const   c,
                    Roll const* const r,
                    int const         start,
                    int const         end,
                    int const         pitch)
{
  if (tint_at(c, start) == r->tint && sounds_now(r, start, end)) {
    add_note(c, r, start, end, pitch);
  }
}

static void
draw_chosen(MnCanvas* const c, Roll const* const r)
{
  Roll tinted = *r;
  for (tinted.tint = 0; tinted.tint < MN_TINTS; ++tinted.tint) {
    MnColour const colour = mn_tint_colour(c, tinted.tint);
    each_note(c, &tinted, c->view->roll.tokens, r->steps, add_tinted);
    mn_fill_added(c, colour, 1);
    each_note(c, &tinted, c->view->roll.tokens, r->steps, add_tinted_sounding);
    mn_fill_added(c, mn_colour_mix(colour, c->theme->playhead, 0.45), 1);
  }
}

// Whether a note is of the chosen voice, and if so, the step where the voice ends it.
static bool
is_chosen(MnViewRoll const* const roll,
          Roll const* const       r,
          MnViewNote const* const n,
          double* const           end)
{
  double const start = floor((double)n->start + 0.5 + 3.0 / 1024);
  if (!(start >= 0 && start < r->steps)) {
    return false;
  }
  unsigned at = (unsigned)start;
  if (roll->tokens[at] <= MN_NOTE_OFF || roll->tokens[at] + MN_NOTE_OFFSET != n->pitch) {
    return false;
  }
  for (++at; at < r->steps && roll->tokens[at] == MN_HOLD; ++at) {
  }
  *end = at;
  return true;
}

// Draws the notes that are not of the chosen voice. Of a chosen note that sounds on
// after a later one has cut it, draws the rest.
static void
draw_dropped(MnCanvas* const c, Roll const* const r)
{
  MnViewRoll const* const roll = &c->view->roll;
  for (unsigned i = 0; i < roll->notes && i < MN_VIEW_NOTES; ++i) {
    MnViewNote const* const n     = &roll->note[i];
    double                  start = mn_bound((double)n->start, -1e6, 1e6, 0);
    double const            end   = mn_bound((double)n->end, start, 1e6, start);
    double                  cut   = 0;
    if (is_chosen(roll, r, n, &cut)) {
      start = fmax(start, cut);
      if (end - start < 1) {
        continue;
      }
    }
    if (!in_range(r, n->pitch) || end < 0 || start >= r->steps) {
      continue;
    }
    MnRect const rect = note_rect(r, start, end, n->pitch);
    mn_round_path(c, mn_rect_inset(rect, c->hair / 2, c->hair / 2), 2 * c->unit);
  }
  mn_colour(c, c->theme->dim, 0.10);
  cairo_fill_preserve(c->cr);
  mn_colour(c, c->theme->dim, 0.85);
  cairo_set_line_width(c->cr, c->hair);
  cairo_stroke(c->cr);
}

static void
draw_playhead(MnCanvas* const c, Roll const* const r)
{
  double const u    = c->unit;
  double const x    = round(x_of(r, r->now));
  double const wide = fmax(round(1.5 * u), 1);
  MnRect const line = {
    x - floor(wide / 2), r->grid.y - 3 * u, wide, r->grid.height + 3 * u};
  mn_fill(c, line, c->theme->playhead, 0.95);
  cairo_move_to(c->cr, x - 4 * u, r->grid.y - 7 * u);
  cairo_line_to(c->cr, x + 4 * u, r->grid.y - 7 * u);
  cairo_line_to(c->cr, x, r->grid.y - 1 * u);
  cairo_close_path(c->cr);
  cairo_fill(c->cr);
}

static bool
is_empty(MnView const* const view)
{
  for (unsigned i = 0; i < view->roll.steps && i < MN_MAX_STEPS; ++i) {
    if (view->roll.tokens[i] > MN_NOTE_OFF) {
      return false;
    }
  }
  return view->roll.notes == 0 && view->window.number == 0 && view->past.count == 0;
}

// A window of the past: its notes alone.
static void
draw_recalled(MnCanvas* const c, Roll const* const r)
{
  each_note(c, r, c->window->tokens, c->window->steps, add_ghost);
  mn_fill_added(c, c->theme->music, 1);
}

static void
draw_hint(MnCanvas* const c, Roll const* const r)
{
  bool const        off  = !(c->view->value[MN_PORT_ENABLED] > 0);
  bool const        none = c->view->answered && mn_view_neurons(c->view) == 0;
  char const* const hint = off    ? "Listening is off"
                           : none ? "Choose a model to listen with"
                                  : "Play a melody";
  MnType const      type = {15, false, MN_CENTRE, c->theme->dim};
  mn_text(c, type, r->grid, hint);
}

void
mn_draw_roll(MnCanvas* const c)
{
  MnViewRoll const* const   roll   = &c->view->roll;
  MnViewWindow const* const window = &c->view->window;
  MnRect const room   = mn_panel(c, MN_AREA_ROLL, c->chosen ? "Heard then" : "Heard", "");
  Roll const   r      = roll_of(c, room);
  bool const   moving = roll->known && r.now > 0 && r.now < r.steps;

  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_ROLL);
  if (!c->chosen) {
    mn_draw_roll_head(c, panel);
  }
  draw_rows(c, &r);
  draw_bars(c, &r);
  draw_keys(c, &r);

  cairo_save(c->cr);
  cairo_rectangle(c->cr, r.grid.x, r.grid.y, r.grid.width, r.grid.height);
  cairo_clip(c->cr);
  if (c->chosen) {
    draw_recalled(c, &r);
    cairo_restore(c->cr);
    return;
  }
  if (window->number > 0 && r.now < r.steps) {
    // The last window is drawn pale where the position has not been yet.
    double const x = moving ? x_of(&r, r.now) : r.grid.x;
    cairo_save(c->cr);
    cairo_rectangle(c->cr, x, r.grid.y, r.grid.x + r.grid.width - x, r.grid.height);
    cairo_clip(c->cr);
    unsigned const steps = window->steps < MN_MAX_STEPS ? window->steps : MN_MAX_STEPS;
    each_note(c, &r, window->tokens, steps, add_ghost);
    mn_fill_added(c, c->theme->music, 0.22);
    cairo_restore(c->cr);
  }
  draw_dropped(c, &r);
  draw_chosen(c, &r);
  cairo_restore(c->cr);

  if (moving) {
    draw_playhead(c, &r);
  }
  if (roll->known && is_empty(c->view)) {
    draw_hint(c, &r);
  }
}
