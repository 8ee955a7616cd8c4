// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The header with name, model and tabs; the message below it; and the status line
/// at the bottom.

#include "draw_canvas.h"

#include "controls.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Five bars: music neurons point up, noise neurons down.
static void
draw_logo(MnCanvas* const c, double const x, double const middle)
{
  static double const bars[] = {0.45, 1.0, 0.7, -0.55, 0.3};
  double const        u      = c->unit;
  double const        wide   = round(3 * u);
  for (unsigned i = 0; i < sizeof(bars) / sizeof(*bars); ++i) {
    double const high = bars[i] * 9 * u;
    MnRect const bar  = {x + i * (wide + round(1.4 * u)),
                        high > 0 ? middle - high : middle + c->hair,
                         wide,
                         fabs(high)};
    mn_fill_round(c, bar, u, bars[i] > 0 ? c->theme->music : c->theme->noise, 1);
  }
}

static void
draw_model_button(MnCanvas* const c)
{
  double const u = c->unit;
  MnRect const r = c->layout.target[MN_TARGET_MODEL];
  bool const   none =
    c->view->player ? !c->view->model.name[0] : mn_view_neurons(c->view) == 0;
  bool const     over = mn_is_lit(c, MN_TARGET_MODEL);
  MnTheme const* t    = c->theme;
  if (r.width < 40 * u) {
    return;
  }
  mn_fill_round(c, r, 4 * u, over ? mn_colour_mix(t->raised, t->text, 0.08) : t->raised, 1);
  MnType const tag  = {MN_SMALL, false, MN_LEFT, t->dim};
  MnRect const room = mn_rect_cut(r, 9 * u, 21 * u);
  double const used = mn_text(c, tag, room, "Model") + 8 * u;
  char         name[MN_VIEW_NAME + 1];
  mn_text_copy(name, sizeof(name), c->view->model.name, MN_VIEW_NAME);
  MnType const type = {MN_BODY, !none, MN_LEFT, none ? t->noise : t->text};
  mn_text(c,
          type,
          mn_rect_cut(room, used, 0),
          none    ? (c->view->answered ? "none: choose a file" : "")
          : *name ? name
                  : "without a name");
  // Three dots, since a dialog follows.
  for (int i = 0; i < 3 && !c->view->paper; ++i) {
    double const dot = 2.4 * u;
    mn_fill_round(
      c,
      (MnRect){r.x + r.width - (18 - 4 * i) * u, r.y + r.height / 2 - dot / 2, dot, dot},
      dot / 2,
      t->dim,
      1);
  }
  mn_draw_focus(c, MN_TARGET_MODEL);
}

static void
draw_tabs(MnCanvas* const c)
{
  static char const* const names[MN_PAGES] = {"Neurons", "MIDI CC", "Map"};
  double const             u               = c->unit;
  MnTheme const*           t               = c->theme;
  MnRect const             first           = c->layout.target[MN_TARGET_PAGE];
  if (first.width <= 0) {
    return;
  }
  double const edge  = round(10 * u);
  MnRect const whole = {first.x, first.y, c->layout.width - edge - first.x, first.height};
  mn_fill_round(c, whole, 4 * u, t->panel, 1);
  for (int page = 0; page < MN_PAGES; ++page) {
    MnRect const r  = c->layout.target[MN_TARGET_PAGE + page];
    bool const   on = c->layout.page == (MnPage)page;
    if (r.width <= 0) {
      continue;
    }
    if (on || mn_is_lit(c, MN_TARGET_PAGE + page)) {
      mn_fill_round(c, r, 4 * u, on ? t->line : t->raised, 1);
    }
    MnType const type = {MN_BODY, on, MN_CENTRE, on ? t->text : t->dim};
    mn_text(c, type, r, names[page]);
    mn_draw_focus(c, MN_TARGET_PAGE + page);
  }
}

void
mn_draw_header(MnCanvas* const c)
{
  double const u    = c->unit;
  MnRect const r    = c->layout.area[MN_AREA_HEADER];
  MnRect const line = c->layout.target[MN_TARGET_MODEL];
  double const x    = round(12 * u);
  draw_logo(c, x, round(line.y + line.height / 2 + 3 * u));
  MnType const type = {14, true, MN_LEFT, c->theme->text};
  mn_text(c,
          type,
          (MnRect){x + 28 * u, line.y, fmin(line.x, r.width) - x - 30 * u, line.height},
          c->view->player ? "Music Neurons Player" : "Music Neurons");
  draw_model_button(c);
  if (c->view->player) {
    mn_draw_player_state(c, line.x + line.width);
  } else {
    draw_tabs(c);
  }
}

// A model that could not be used: what follows from that, then what the log says.
static void
draw_refusal(MnCanvas* const c, MnRect const room, char const* const reason)
{
  double const u     = c->unit;
  bool const   plays = mn_view_neurons(c->view) > 0;
  MnRect const upper = {room.x, room.y + u, room.width, room.height / 2};
  MnRect const lower = {room.x, room.y + room.height / 2 - u, room.width, room.height / 2};
  MnType const bold  = {MN_BODY, true, MN_LEFT, c->theme->on_accent};
  MnType const small = {MN_SMALL, false, MN_LEFT, c->theme->on_accent};
  char         name[MN_VIEW_NAME + 1];
  char         text[MN_VIEW_NAME + 64];
  mn_text_copy(name, sizeof(name), c->view->model.name, MN_VIEW_NAME);
  if (plays) {
    snprintf(text,
             sizeof(text),
             "No model that can be used: %s plays on. Click to close",
             *name ? name : "the one before");
  } else {
    snprintf(text, sizeof(text), "No model that can be used: choose another one");
  }
  mn_text(c, bold, upper, text);
  mn_text(c, small, lower, reason);
}

void
mn_draw_message(MnCanvas* const c)
{
  double const u   = c->unit;
  MnRect const box = mn_layout_panel(&c->layout, MN_AREA_MESSAGE);
  if (box.width <= 0) {
    return;
  }
  char text[MN_VIEW_MESSAGE + 1];
  mn_text_copy(text, sizeof(text), c->view->message, MN_VIEW_MESSAGE);
  mn_fill_round(c, box, 5 * u, c->theme->noise, 1);
  // The sign says it too, for those who do not see the colour.
  double const side = round(15 * u);
  MnRect const sign = {
    round(box.x + 9 * u), round(box.y + (box.height - side) / 2), side, side};
  mn_fill_round(c, sign, side / 2, c->theme->on_accent, 1);
  MnType const mark = {11, true, MN_CENTRE, c->theme->noise};
  mn_text(c, mark, sign, "!");

  double const left  = sign.x + side + 8 * u;
  MnRect       room  = {left, box.y, fmax(box.x + box.width - left - 8 * u, 0), box.height};
  MnType const whole = {MN_BODY, false, MN_LEFT, c->theme->on_accent};
  MnType const half  = {MN_SMALL, false, MN_LEFT, c->theme->on_accent};
  if (c->view->refused) {
    draw_refusal(c, room, text);
    return;
  }
  bool const fits = mn_text_width(c, whole, text) <= room.width;
  if (fits || mn_text_width(c, half, text) <= room.width) {
    mn_text(c, fits ? whole : half, room, text);
    return;
  }
  size_t const cut = mn_text_line(c, half, room.width, text);
  char         first[MN_VIEW_MESSAGE + 1];
  memcpy(first, text, cut);
  first[cut] = '\0';
  room.y += u;
  room.height = box.height / 2 - u;
  mn_text(c, half, room, first);
  room.y += room.height;
  mn_text(c, half, room, text + cut + (text[cut] == ' '));
}

// A bar of 14 steps with beats of 2 is 7/8. A bar that is no such metre is shown
// in steps.
static void
metre_text(MnViewRoll const* const roll, char* const text, size_t const size)
{
  double const unit  = 16 / roll->beat_length;
  double const beats = roll->bar_length / roll->beat_length;
  bool const   plain = unit >= 0.99 && unit < 65 && beats >= 0.99 && beats < 100 &&
                     fabs(unit - round(unit)) < 0.01 && fabs(beats - round(beats)) < 0.01;
  if (plain) {
    snprintf(text, size, "%.0f/%.0f", round(beats), round(unit));
  } else if (roll->bar_length > 0 && roll->bar_length < 1e4) {
    snprintf(text, size, "bars of %.4g steps", roll->bar_length);
  } else {
    snprintf(text, size, "%s", "");
  }
}

// Writes a text if it fits, and takes its width and a gap from the room.
static void
put(MnCanvas* const   c,
    MnRect* const     room,
    bool const        right,
    MnColour const    colour,
    bool const        bold,
    char const* const text)
{
  MnType const type  = {MN_SMALL, bold, MN_LEFT, colour};
  double const width = mn_text_width(c, type, text);
  double const gap   = round(16 * c->unit);
  if (!*text || width > room->width) {
    return;
  }
  MnRect const box = {
    right ? room->x + room->width - width : room->x, room->y, width + 1, room->height};
  mn_text(c, type, box, text);
  room->width = fmax(room->width - width - gap, 0);
  room->x += right ? 0 : width + gap;
}

static void
draw_mode(MnCanvas* const c, MnRect* const room)
{
  MnViewRoll const* const roll  = &c->view->roll;
  MnTheme const*          t     = c->theme;
  bool const              on    = c->view->value[MN_PORT_ENABLED] > 0;
  bool const              host  = roll->known && roll->mode == MN_MODE_HOST;
  bool const              clock = roll->known && roll->mode == MN_MODE_CLOCK;
  double const            side  = round(8 * c->unit);
  MnRect const            dot   = {
                 round(room->x), round(room->y + (room->height - side) / 2), side, side};
  if (on && (host || clock)) {
    mn_fill_round(c, dot, side / 2, t->music, 1);
  } else {
    mn_edge_round(c, dot, side / 2, fmax(1.5 * c->unit, 1), on ? t->dim : t->noise, 1);
  }
  double const step = side + round(7 * c->unit);
  room->x += step;
  room->width = fmax(room->width - step, 0);
  put(c,
      room,
      false,
      t->text,
      true,
      !on                           ? "Off: MIDI passes, nothing is heard"
      : !roll->known                ? "Waiting for the plugin"
      : host                        ? "Synced to host"
      : clock                       ? "Synced to MIDI clock"
      : roll->mode == MN_MODE_STILL ? "Host plays backwards"
                                    : "Free-running");
}

// Whether the pointer is on a slider of the player whose neuron the model names.
static bool
over_named_neuron(MnCanvas const* const c)
{
  int const first = MN_TARGET_OF(NEURON_1);
  int const over  = c->view->pointer.over;
  return over >= first && over < first + MN_RANKED &&
         (unsigned)(over - first) < mn_view_music(c->view);
}

static void
write_neuron(MnCanvas const* const c, char* const text, size_t const size)
{
  unsigned const rank = (unsigned)(c->view->pointer.over - MN_TARGET_OF(NEURON_1));
  char           high[MN_VIEW_LABEL + 16];
  char           low[MN_VIEW_LABEL + 16];
  mn_neuron_words(c->view, rank, true, high, sizeof(high));
  mn_neuron_words(c->view, rank, false, low, sizeof(low));
  snprintf(text,
           size,
           "Moves music neuron %u, in standard deviations. Right: %s. Left: %s",
           rank + 1,
           high,
           strcmp(high, low) != 0 ? low : "less of it");
}

// What the pointer is on, in a sentence.
static void
write_help(MnCanvas const* const c, char* const text, size_t const size)
{
  static char const* const of_areas[MN_AREAS] = {
    [MN_AREA_ROLL] =
      "The notes of the next window. Their colour is surprise: how little each "
      "could be foreseen, in bits. Outlined notes do not count",
    [MN_AREA_PAST] =
      "Wheel: earlier or later. Shift and wheel: more or less. Click: see it again. "
      "Drag: choose bars, and then take those out as MIDI",
    [MN_AREA_SCORE] =
      "Ring: music or random notes, by the noise neurons. Number: sense, the "
      "share of notes that seem as they were meant",
    [MN_AREA_WORDS] =
      "The most excited neurons that have a name, with mu: how far from what "
      "is usual, in standard deviations",
    [MN_AREA_NEURONS] =
      "Bar: mu, with sigma as a line. %ile: where it lies among real music. "
      "Badge: place among the most excited",
    [MN_AREA_FIELD] = "The brighter a cell, the more its neuron is excited. Blue: music "
                      "neurons. Orange: noise neurons, silent on music",
    [MN_AREA_AXES] =
      "Directions that mean one thing each. Where the last window lies along "
      "them among real music, 0 to 100",
    [MN_AREA_MAP] =
      "Where the last window lies on two axes among real music, and the 64 before it. "
      "Diamonds: the middle of a kind of music",
    [MN_AREA_PAD] =
      "A to D keep what was heard last; a full one is filled. In the mode Morph, the pad "
      "leads from one to the others",
    [MN_AREA_OFFSETS] =
      "Slider: how far to move along an axis, in standard deviations. Line below it: where "
      "what is played lies among real music",
    [MN_AREA_RANKED] =
      "Slider: how far to move a neuron, in standard deviations. Line below it: where what "
      "is played lies among real music",
    [MN_AREA_STYLES] =
      "How likely each style is, by the last 16 bars at the most. Cells: the bars that were "
      "heard",
    [MN_AREA_SENT] =
      "What each controller was sent last, 0 to 127. Silent: the same one comes in, or a "
      "slot above has it",
  };
  MnViewPointer const* const p = &c->view->pointer;
  text[0]                      = '\0';
  if (over_named_neuron(c)) {
    write_neuron(c, text, size);
  } else if (mn_target_is_port(p->over)) {
    mn_control_comment((unsigned)p->over, text, size);
  } else if (p->over == MN_TARGET_MODEL) {
    snprintf(
      text, size, "%s", "Chooses the model: one of the bundle, a recent one, or a file");
  } else if (p->over == MN_TARGET_PAD) {
    snprintf(
      text,
      size,
      "%s",
      "Drag, or use the arrow keys. Across: from A to B, and from C to D. Downwards: "
      "from these to those");
  } else if (p->over == MN_TARGET_TAP) {
    snprintf(text,
             size,
             "%s",
             "Click in time to set the tempo, where neither host nor MIDI clock gives one");
  } else if (p->over == MN_TARGET_MAP_X || p->over == MN_TARGET_MAP_Y) {
    snprintf(text, size, "Chooses an axis of the map");
  } else if (p->over == MN_TARGET_SAVE) {
    snprintf(text,
             size,
             "Writes %s as a MIDI file in your Music folder, or where you drag it",
             p->chosen >= 0 ? "the chosen bars" : "the last 16 bars");
  } else if (p->area == MN_AREA_ROLL && c->view->player) {
    snprintf(
      text,
      size,
      "The turn before, and this one: what was heard, what is played, and what is to "
      "come. Outlined notes do not count");
  } else if (p->area >= 0 && p->area < MN_AREAS && of_areas[p->area]) {
    snprintf(text, size, "%s", of_areas[p->area]);
  }
}

// A sentence in place of the status, if there is one. @return false if there is none.
static bool
draw_sentence(MnCanvas* const c, MnRect const room)
{
  char text[MN_VIEW_MESSAGE];
  if (c->view->notice[0]) {
    mn_text_copy(text, sizeof(text), c->view->notice, MN_VIEW_MESSAGE);
  } else {
    write_help(c, text, sizeof(text));
  }
  MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->text};
  mn_text(c, type, room, text);
  return *text;
}

void
mn_draw_status(MnCanvas* const c)
{
  MnView const* const view = c->view;
  MnTheme const*      t    = c->theme;
  double const        edge = round(14 * c->unit);
  MnRect const        area = c->layout.area[MN_AREA_STATUS];
  MnRect              room = {
                 area.x + edge, area.y, fmax(area.width - 2 * edge, 0), area.height - 3 * c->unit};
  char text[64];

  if (draw_sentence(c, room)) {
    return;
  }
  if (view->player) {
    mn_draw_player_status(c, room);
    return;
  }
  if (!view->paper) {
    draw_mode(c, &room);
  }
  if (view->roll.known) {
    bool const clock =
      view->roll.tempo_of == MN_TEMPO_CLOCK && view->roll.mode == MN_MODE_FREE;
    snprintf(text,
             sizeof(text),
             "%.4g bpm%s",
             mn_bound((double)view->roll.tempo, 0, 9999, 0),
             clock ? " by MIDI clock" : "");
    put(c, &room, false, t->text, false, text);
    metre_text(&view->roll, text, sizeof(text));
    put(c, &room, false, t->text, false, text);
  }
  char hop[32];
  mn_control_text(MN_PORT_HOP, view->value[MN_PORT_HOP], hop, sizeof(hop));
  snprintf(text, sizeof(text), "hop %s", hop);
  put(c, &room, false, t->dim, false, text);

  if (view->window.number > 0) {
    bool const late = view->window.late > 0;
    snprintf(text, sizeof(text), late ? "%u windows late" : "none late", view->window.late);
    put(c, &room, true, late ? t->noise : t->dim, late, view->paper ? "" : text);
    double const ms = mn_bound((double)view->window.encode_ms, 0, 99999, 0);
    snprintf(text, sizeof(text), "encoded in %.*f ms", ms < 10 ? 2 : 0, ms);
    put(c, &room, true, t->dim, false, ms > 0 ? text : "");
    snprintf(text,
             sizeof(text),
             "window %u%s",
             view->window.number,
             view->window.scored ? "" : ", too few notes to score");
    put(c, &room, true, t->dim, false, text);
  }
}
