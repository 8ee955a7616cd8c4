// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What every draw_*.c draws with: text, shapes and the panels of areas. Lengths
/// are in pixels, sizes of text in units of the layout. No value in the view, NaN
/// and infinity included, makes these functions fail.

#ifndef MN_DRAW_CANVAS_H
#define MN_DRAW_CANVAS_H

#include "layout.h"
#include "theme.h"
#include "view.h"

#include <cairo.h>

typedef struct {
  cairo_t*            cr;
  MnView const*       view;
  MnTheme const*      theme;
  MnLayout            layout;
  double              unit;
  double              hair; ///< the thinnest line: a whole number of pixels
  cairo_font_face_t*  plain;
  cairo_font_face_t*  bold;
  int                 top[MN_TOP]; ///< ranks of the most excited neurons, or -1
  MnPastEntry const*  chosen;      ///< the window of the past that is shown, or NULL
  MnViewWindow const* window;      ///< what is shown: that one, or the newest
  MnViewWindow        recalled;
} MnCanvas;

void
mn_canvas_open(MnCanvas*      canvas,
               cairo_t*       cr,
               MnView const*  view,
               MnTheme const* theme,
               double         width,
               double         height);

void
mn_canvas_close(MnCanvas* canvas);

typedef enum { MN_LEFT, MN_CENTRE, MN_RIGHT } MnAlign;

typedef struct {
  double   size; ///< in units
  bool     bold;
  MnAlign  align;
  MnColour colour;
} MnType;

/// Draws a line of text at half the height of a box. A line that is too wide is cut
/// and ends in an ellipsis. @return The width of what was drawn.
double
mn_text(MnCanvas* canvas, MnType type, MnRect box, char const* text);

double
mn_text_width(MnCanvas* canvas, MnType type, char const* text);

/// How many bytes of `text` fit in a line that breaks at a space. All of them if
/// not even the first word fits.
size_t
mn_text_line(MnCanvas* canvas, MnType type, double width, char const* text);

void
mn_colour(MnCanvas* canvas, MnColour colour, double alpha);

void
mn_fill(MnCanvas* canvas, MnRect rect, MnColour colour, double alpha);

/// The same for many rectangles of one colour, which is faster: add each, then fill
/// all.
void
mn_add(MnCanvas* canvas, MnRect rect);

void
mn_fill_added(MnCanvas* canvas, MnColour colour, double alpha);

/// Adds a rectangle with round corners to the path.
void
mn_round_path(MnCanvas* canvas, MnRect rect, double radius);

void
mn_fill_round(MnCanvas* canvas, MnRect rect, double radius, MnColour colour, double alpha);

/// Draws a line, `thick` pixels wide, along the inner edge of a rectangle.
void
mn_edge_round(MnCanvas* canvas,
              MnRect    rect,
              double    radius,
              double    thick,
              MnColour  colour,
              double    alpha);

/// Crisp lines, `hair` thick, at the nearest pixel.
void
mn_hline(MnCanvas* canvas, double x, double y, double width, MnColour colour, double alpha);

void
mn_vline(MnCanvas* canvas,
         double    x,
         double    y,
         double    height,
         MnColour  colour,
         double    alpha);

/// Draws the panel of an area: background, title, and a note to the right of the
/// title. @return The room below the title.
MnRect
mn_panel(MnCanvas* canvas, MnArea area, char const* title, char const* note);

/// A rectangle less `x` on the left and the right, and `y` above and below.
MnRect
mn_rect_inset(MnRect rect, double x, double y);

/// A rectangle less what is cut off on its left and its right.
MnRect
mn_rect_cut(MnRect rect, double left, double right);

/// `value` within bounds; `other` if it is NaN.
double
mn_bound(double value, double least, double most, double other);

/// Whether there are values to show: the plugin's own are not neutral, or a window of the
/// past with values was chosen.
bool
mn_has_values(MnCanvas const* canvas);

/// What a neuron's mu of this sign means, or its name: "more notes", "fewer notes", "mixed
/// [25]" (index), "neuron 12 [25]".
void
mn_neuron_words(MnView const* view, unsigned rank, bool high, char* text, size_t size);

/// What a high mu of a neuron of 16 bars means, or its name: "second half busier", "mixed [25]",
/// "neuron 12 [345]".
void
mn_long_words(MnView const* view, unsigned rank, char* text, size_t size);

/// The neuron of a rank; 0 if the view names one that cannot be.
unsigned
mn_neuron_at(MnView const* view, unsigned rank);

/// The name of an axis; empty if the model has none.
void
mn_axis_name(MnView const* view, unsigned axis, char* text, size_t size);

/// What a source of a controller (MnSource) means in this model: the label of a neuron, the
/// name of an axis or of a style. @return false if there is nothing to say.
bool
mn_source_words(MnView const* view, int source, char* text, size_t size);

/// The value of a control that is a choice, in words: a style by the name that the model has
/// for it.
void
mn_choice_words(MnView const* view, unsigned port, float value, char* text, size_t size);

/// The axis that the map has across, or upwards.
unsigned
mn_map_axis(MnView const* view, bool upwards);

/// Whether a target is drawn lit: the pointer is on it, or holds it.
bool
mn_is_lit(MnCanvas const* canvas, int target);

#define MN_PI 3.14159265358979323846

/// Sizes of text, in units.
#define MN_SMALL 9.5
#define MN_BODY 11.0

// Each draws one area.
void
mn_draw_header(MnCanvas* canvas);
void
mn_draw_message(MnCanvas* canvas);
void
mn_draw_status(MnCanvas* canvas);
void
mn_draw_roll(MnCanvas* canvas);
void
mn_draw_neurons(MnCanvas* canvas);
void
mn_draw_axes(MnCanvas* canvas);
void
mn_draw_field(MnCanvas* canvas);
void
mn_draw_words(MnCanvas* canvas);
void
mn_draw_past(MnCanvas* canvas);
void
mn_draw_score(MnCanvas* canvas);
void
mn_draw_strip(MnCanvas* canvas);
void
mn_draw_table(MnCanvas* canvas);
void
mn_draw_sent(MnCanvas* canvas);
void
mn_draw_map(MnCanvas* canvas);
void
mn_draw_styles(MnCanvas* canvas);
void
mn_draw_pad(MnCanvas* canvas);
void
mn_draw_offsets(MnCanvas* canvas);
void
mn_draw_ranked(MnCanvas* canvas);
void
mn_draw_player_strip(MnCanvas* canvas);

/// Draws what the player does, in its header from `x` on.
void
mn_draw_player_state(MnCanvas* canvas, double x);

/// Draws what the player's turns follow, in the status line.
void
mn_draw_player_status(MnCanvas* canvas, MnRect room);

/// Draws the widget of a control, without its label.
void
mn_draw_control(MnCanvas* canvas, unsigned port, bool active);

/// Draws the box of a menu with what is chosen.
void
mn_draw_menu_box(MnCanvas* canvas, int target, char const* text);

/// Draws a ring around a target if it has the keyboard focus.
void
mn_draw_focus(MnCanvas* canvas, int target);

/// Draws the open menu or the tooltip, over all areas.
void
mn_draw_overlay(MnCanvas* canvas);

/// The rectangle that the menu or the tooltip covers; empty if there is none.
MnRect
mn_overlay_rect(MnLayout const* layout, MnView const* view, MnViewPointer const* pointer);

#endif // MN_DRAW_CANVAS_H
