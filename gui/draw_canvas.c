// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "draw_canvas.h"

#include "recall.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 512 };

// Pixels. Smaller text cannot be read on any screen.
static double const least_text = 8.5;

// Half the height of a capital letter, as a part of the text size. It is that of
// DejaVu Sans; other sans-serif faces are close. The baseline depends on it alone,
// so lines sit at the same height whatever their letters are.
static double const half_capital = 0.36;

double
mn_bound(double const value, double const least, double const most, double const other)
{
  return isnan(value) ? other : value < least ? least : value > most ? most : value;
}

bool
mn_has_values(MnCanvas const* const c)
{
  MnView const* const view    = c->view;
  bool const          neutral = !c->chosen && (!(view->value[MN_PORT_ENABLED] > 0) ||
                                      (view->roll.known && view->roll.resting));
  return c->window->has_values && mn_view_neurons(view) > 0 && !neutral;
}

void
mn_neuron_words(MnView const* const view,
                unsigned const      rank,
                bool const          high,
                char* const         text,
                size_t const        size)
{
  MnViewModel const* const m     = &view->model;
  bool const               named = rank < mn_view_music(view) && m->label[rank][0];
  char                     label[MN_VIEW_LABEL + 1];
  mn_text_copy(label,
               sizeof(label),
               named && !high && m->opposite[rank][0] ? m->opposite[rank] : m->label[rank],
               MN_VIEW_LABEL);
  if (rank >= mn_view_music(view)) {
    snprintf(text, size, "noise neuron %u", rank + 1);
  } else if (!named) {
    snprintf(text, size, "neuron %u [%u]", rank + 1, mn_neuron_at(view, rank));
  } else if (!strcmp(label, "mixed")) {
    snprintf(text, size, "mixed [%u]", mn_neuron_at(view, rank));
  } else {
    snprintf(text, size, "%s", label);
  }
}

void
mn_long_words(MnView const* const view,
              unsigned const      rank,
              char* const         text,
              size_t const        size)
{
  unsigned const neuron = view->model.long_order[rank];
  char           label[MN_VIEW_LABEL + 1];
  mn_text_copy(label, sizeof(label), view->model.long_label[rank], MN_VIEW_LABEL);
  if (!*label) {
    snprintf(text, size, "neuron %u [%u]", rank + 1, neuron);
  } else if (!strcmp(label, "mixed")) {
    snprintf(text, size, "mixed [%u]", neuron);
  } else {
    snprintf(text, size, "%s", label);
  }
}

unsigned
mn_neuron_at(MnView const* const view, unsigned const rank)
{
  unsigned const neuron = view->model.order[rank];
  return neuron < MN_MAX_LATENT ? neuron : 0;
}

bool
mn_is_lit(MnCanvas const* const c, int const target)
{
  return c->view->pointer.over == target || c->view->pointer.pressed == target;
}

static void
find_top(MnCanvas* const c)
{
  double size[MN_TOP] = {0};
  for (int i = 0; i < MN_TOP; ++i) {
    c->top[i] = -1;
  }
  unsigned const neurons = mn_has_values(c) ? mn_view_neurons(c->view) : 0;
  for (unsigned rank = 0; rank < neurons; ++rank) {
    double const mu = fabs((double)c->window->mu[mn_neuron_at(c->view, rank)]);
    if (!(mu > size[MN_TOP - 1])) {
      continue;
    }
    int place = MN_TOP - 1;
    for (; place > 0 && mu > size[place - 1]; --place) {
      size[place]   = size[place - 1];
      c->top[place] = c->top[place - 1];
    }
    size[place]   = mu;
    c->top[place] = (int)rank;
  }
}

void
mn_canvas_open(MnCanvas* const      c,
               cairo_t* const       cr,
               MnView const* const  view,
               MnTheme const* const theme,
               double const         width,
               double const         height)
{
  c->cr    = cr;
  c->view  = view;
  c->theme = theme;
  mn_layout_init(&c->layout, view, width, height);
  c->unit  = c->layout.unit;
  c->hair  = fmax(round(c->unit * 0.8), 1);
  c->plain = cairo_toy_font_face_create(
    "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  c->bold = cairo_toy_font_face_create(
    "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  c->chosen = mn_recall_chosen(view);
  c->window = &view->window;
  if (c->chosen) {
    mn_recall(view, c->chosen, &c->recalled);
    c->window = &c->recalled;
  }
  find_top(c);

  cairo_save(cr);
  // These options lay text out alike on every surface and at every size.
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cr, options);
  cairo_font_options_destroy(options);
}

void
mn_canvas_close(MnCanvas* const c)
{
  cairo_restore(c->cr);
  cairo_font_face_destroy(c->plain);
  cairo_font_face_destroy(c->bold);
}

// Glyphs of a line, from cairo.
typedef struct {
  cairo_glyph_t* glyphs;
  int            count;
  double         width;
} Line;

static double
set_type(MnCanvas* const c, MnType const type)
{
  double const size = fmax(type.size * c->unit, least_text);
  cairo_set_font_face(c->cr, type.bold ? c->bold : c->plain);
  cairo_set_font_size(c->cr, size);
  return size;
}

static Line
line_of(MnCanvas* const c, char const* const text, size_t const bytes)
{
  Line                       line = {NULL, 0, 0};
  cairo_scaled_font_t* const font = cairo_get_scaled_font(c->cr);
  if (!bytes ||
      cairo_scaled_font_text_to_glyphs(
        font, 0, 0, text, (int)bytes, &line.glyphs, &line.count, NULL, NULL, NULL)) {
    return (Line){NULL, 0, 0};
  }
  cairo_text_extents_t extents;
  if (line.count > 0) { // the line starts at 0 and ends with its last glyph
    cairo_glyph_t const* const last = &line.glyphs[line.count - 1];
    cairo_scaled_font_glyph_extents(font, last, 1, &extents);
    line.width = last->x + extents.x_advance;
  }
  return line;
}

static void
line_free(Line* const line)
{
  cairo_glyph_free(line->glyphs);
}

double
mn_text_width(MnCanvas* const c, MnType const type, char const* const text)
{
  char good[TEXT_BYTES];
  mn_text_copy(good, sizeof(good), text, sizeof(good));
  set_type(c, type);
  Line         line  = line_of(c, good, strlen(good));
  double const width = line.width;
  line_free(&line);
  return width;
}

// Whether `at` is inside a letter of several bytes. `at` is at most the text's end.
static bool
is_inside_letter(char const* const text, size_t const at)
{
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): it does not know strlen()
  return ((unsigned char)text[at] & 0xC0) == 0x80;
}

// Cuts a text so that it fits with an ellipsis at its end.
static void
cut(MnCanvas* const c, char* const text, size_t const size, double const width)
{
  static char const dots[] = "\xE2\x80\xA6";
  size_t            length = strlen(text);
  length                   = length < size - sizeof(dots) ? length : size - sizeof(dots);
  size_t low               = 0; // known to fit
  size_t high              = length;
  while (low < high) {
    size_t const middle = (low + high + 1) / 2;
    size_t       bytes  = middle;
    while (bytes > 0 && is_inside_letter(text, bytes)) {
      --bytes;
    }
    char trial[TEXT_BYTES + sizeof(dots)];
    memcpy(trial, text, bytes);
    memcpy(trial + bytes, dots, sizeof(dots));
    Line       line = line_of(c, trial, bytes + sizeof(dots) - 1);
    bool const fits = line.width <= width;
    line_free(&line);
    if (fits) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > 0 && is_inside_letter(text, low)) {
    --low;
  }
  while (low > 0 && text[low - 1] == ' ') {
    --low;
  }
  memcpy(text + low, dots, low > 0 ? sizeof(dots) : 1);
  text[low > 0 ? low + sizeof(dots) - 1 : 0] = '\0';
}

double
mn_text(MnCanvas* const c, MnType const type, MnRect const box, char const* const text)
{
  char good[TEXT_BYTES];
  mn_text_copy(good, sizeof(good), text, sizeof(good));
  double const size = set_type(c, type);
  Line         line = line_of(c, good, strlen(good));
  // Less than half a pixel too wide is not cut.
  if (line.width > box.width + 0.5) {
    line_free(&line);
    cut(c, good, sizeof(good), box.width);
    line = line_of(c, good, strlen(good));
  }
  double const spare = box.width - line.width;
  double const x     = box.x + (type.align == MN_RIGHT    ? spare
                                : type.align == MN_CENTRE ? spare / 2
                                                          : 0);
  double const y     = round(box.y + box.height / 2 + half_capital * size);
  for (int i = 0; i < line.count; ++i) {
    line.glyphs[i].x += x;
    line.glyphs[i].y += y;
  }
  mn_colour(c, type.colour, 1);
  cairo_show_glyphs(c->cr, line.glyphs, line.count);
  double const width = line.width;
  line_free(&line);
  return width;
}

size_t
mn_text_line(MnCanvas* const   c,
             MnType const      type,
             double const      width,
             char const* const text)
{
  char good[TEXT_BYTES];
  mn_text_copy(good, sizeof(good), text, sizeof(good));
  set_type(c, type);
  size_t const length = strlen(good);
  size_t       fits   = 0;
  for (size_t i = 1; i <= length; ++i) {
    if (i < length && good[i] != ' ') {
      continue;
    }
    Line       line = line_of(c, good, i);
    bool const over = line.width > width;
    line_free(&line);
    if (over) {
      break;
    }
    fits = i;
  }
  return fits ? fits : length;
}

void
mn_colour(MnCanvas* const c, MnColour const colour, double const alpha)
{
  cairo_set_source_rgba(c->cr, colour.red, colour.green, colour.blue, alpha);
}

void
mn_fill(MnCanvas* const c, MnRect const r, MnColour const colour, double const alpha)
{
  mn_colour(c, colour, alpha);
  cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
  cairo_fill(c->cr);
}

void
mn_add(MnCanvas* const c, MnRect const r)
{
  cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
}

void
mn_fill_added(MnCanvas* const c, MnColour const colour, double const alpha)
{
  mn_colour(c, colour, alpha);
  cairo_fill(c->cr);
}

void
mn_round_path(MnCanvas* const c, MnRect const r, double const radius)
{
  double const k = fmax(fmin(radius, fmin(r.width, r.height) / 2), 0);
  cairo_new_sub_path(c->cr);
  cairo_arc(c->cr, r.x + r.width - k, r.y + k, k, -MN_PI / 2, 0);
  cairo_arc(c->cr, r.x + r.width - k, r.y + r.height - k, k, 0, MN_PI / 2);
  cairo_arc(c->cr, r.x + k, r.y + r.height - k, k, MN_PI / 2, MN_PI);
  cairo_arc(c->cr, r.x + k, r.y + k, k, MN_PI, 3 * MN_PI / 2);
  cairo_close_path(c->cr);
}

void
mn_fill_round(MnCanvas* const c,
              MnRect const    r,
              double const    radius,
              MnColour const  colour,
              double const    alpha)
{
  if (r.width <= 0 || r.height <= 0) {
    return;
  }
  mn_colour(c, colour, alpha);
  double const corner = ceil(radius);
  if (r.height > 64 && r.height > 4 * corner && r.y == floor(r.y)) {
    // The middle of a tall one is a plain rectangle, which cairo fills far faster.
    MnRect const ends[] = {{r.x, r.y, r.width, corner},
                           {r.x, r.y + r.height - corner, r.width, corner}};
    for (int i = 0; i < 2; ++i) {
      cairo_save(c->cr);
      cairo_rectangle(c->cr, ends[i].x, ends[i].y, ends[i].width, ends[i].height);
      cairo_clip(c->cr);
      mn_round_path(c, r, radius);
      cairo_fill(c->cr);
      cairo_restore(c->cr);
    }
    cairo_rectangle(c->cr, r.x, r.y + corner, r.width, r.height - 2 * corner);
  } else {
    mn_round_path(c, r, radius);
  }
  cairo_fill(c->cr);
}

void
mn_edge_round(MnCanvas* const c,
              MnRect const    r,
              double const    radius,
              double const    thick,
              MnColour const  colour,
              double const    alpha)
{
  if (r.width <= thick || r.height <= thick) {
    return;
  }
  mn_colour(c, colour, alpha);
  cairo_set_line_width(c->cr, thick);
  mn_round_path(c, mn_rect_inset(r, thick / 2, thick / 2), radius - thick / 2);
  cairo_stroke(c->cr);
}

void
mn_hline(MnCanvas* const c,
         double const    x,
         double const    y,
         double const    width,
         MnColour const  colour,
         double const    alpha)
{
  mn_fill(c, (MnRect){x, round(y), width, c->hair}, colour, alpha);
}

void
mn_vline(MnCanvas* const c,
         double const    x,
         double const    y,
         double const    height,
         MnColour const  colour,
         double const    alpha)
{
  mn_fill(c, (MnRect){round(x), y, c->hair, height}, colour, alpha);
}

MnRect
mn_rect_inset(MnRect const r, double const x, double const y)
{
  return (MnRect){r.x + x, r.y + y, fmax(r.width - 2 * x, 0), fmax(r.height - 2 * y, 0)};
}

MnRect
mn_rect_cut(MnRect const r, double const left, double const right)
{
  return (MnRect){r.x + left, r.y, fmax(r.width - left - right, 0), r.height};
}

MnRect
mn_panel(MnCanvas* const   c,
         MnArea const      area,
         char const* const title,
         char const* const note)
{
  double const u     = c->unit;
  MnRect const panel = mn_layout_panel(&c->layout, area);
  MnRect const in    = mn_rect_inset(panel, round(10 * u), 0);
  MnRect const head  = {in.x, in.y, in.width, round(24 * u)};
  mn_fill_round(c, panel, 5 * u, c->theme->panel, 1);

  MnType const heading = {MN_BODY, true, MN_LEFT, c->theme->text};
  MnType const words   = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  double const used    = mn_text(c, heading, head, title) + 10 * u;
  mn_text(c, words, mn_rect_cut(head, used, 0), note);
  return (MnRect){in.x, head.y + head.height, in.width, panel.height - head.height};
}
