// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The picture of the window against reference pictures that a person has checked, and
/// what must hold for any picture. MN_DRAW_OUTPUT=FOLDER writes the pictures there first;
/// with the folder of the references (make pictures) it replaces them.

#include "draw.h"

#include "check.h"
#include "image.h"
#include "scene.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const references[] = "tests/golden/window";

// With the same font (DejaVu Sans), other hinting makes a difference of about 0.3 in the
// mean and 7 at most. What moves or changes its colour makes a far larger difference in
// some block.
static Difference const tolerance = {.mean = 0.7, .most = 22};

enum { WIDTH = 900, HEIGHT = 540 };

// References are smaller, to keep their files small.
enum { REFERENCE_WIDTH = 720, REFERENCE_HEIGHT = 432 };

static MnTheme theme;

static int
setup(void** const state)
{
  (void)state;
  mn_theme_init(&theme, NULL, NULL);
  return 0;
}

static cairo_surface_t*
draw(MnView const* const view)
{
  return image_draw(view, &theme, WIDTH, HEIGHT);
}

static cairo_surface_t*
draw_to_compare(MnView const* const view)
{
  cairo_surface_t* const image =
    image_draw(view, &theme, REFERENCE_WIDTH, REFERENCE_HEIGHT);
  image_coarsen(image);
  return image;
}

static void
write_picture(cairo_surface_t* const image,
              char const* const      folder,
              char const* const      name)
{
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/%s.png", folder, name);
  assert_int_equal(cairo_surface_write_to_png(image, path), CAIRO_STATUS_SUCCESS);
}

static cairo_surface_t*
read_reference(char const* const name)
{
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/%s.png", references, name);
  cairo_surface_t* const image = cairo_image_surface_create_from_png(path);
  assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
  return image;
}

static bool
is_alike(Difference const d)
{
  return d.mean <= tolerance.mean && d.most <= tolerance.most;
}

static void
pictures_are_as_they_were_when_they_were_looked_at(void** const state)
{
  (void)state;
  char const* const folder = getenv("MN_DRAW_OUTPUT");
  bool              alike  = true;
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const          view  = scene_make((Scene)scene);
    cairo_surface_t* const image = draw_to_compare(view);
    if (folder) {
      write_picture(image, folder, scene_names[scene]);
    }
    cairo_surface_t* const reference = read_reference(scene_names[scene]);
    Difference const       d         = image_difference(image, reference);
    if (!is_alike(d)) {
      print_message("%s: mean %.2f, most %.1f\n", scene_names[scene], d.mean, d.most);
      alike = false;
    }
    cairo_surface_destroy(reference);
    cairo_surface_destroy(image);
    free(view);
  }
  assert_true(alike);
}

// Changes of a view of SCENE_MELODY that anybody would see.
static void
transpose_note(MnView* const view)
{
  view->roll.tokens[4] = (uint8_t)(view->roll.tokens[4] - 12);
}

static void
move_playhead(MnView* const view)
{
  view->roll.position -= 2;
}

static void
foresee_note(MnView* const view)
{
  view->roll.surprise[4] = 1;
}

static void
lower_musicality(MnView* const view)
{
  view->window.musicality = 0.8F;
}

static void
turn_neuron(MnView* const view)
{
  float* const mu = &view->window.mu[view->model.order[5]];
  *mu             = -*mu;
}

static void
wake_noise(MnView* const view)
{
  for (unsigned rank = 300; rank < 308; ++rank) {
    view->window.mu[view->model.order[rank]] = 0.8F;
  }
}

static void
lose_history(MnView* const view)
{
  view->past.count -= 2;
}

static void
turn_off(MnView* const view)
{
  view->value[MN_PORT_ENABLED] = 0;
}

static void
a_picture_of_something_else_is_not_alike(void** const state)
{
  (void)state;
  static void (*const changes[])(MnView*) = {transpose_note,
                                             move_playhead,
                                             foresee_note,
                                             lower_musicality,
                                             turn_neuron,
                                             wake_noise,
                                             lose_history,
                                             turn_off};
  cairo_surface_t* const reference        = read_reference(scene_names[SCENE_MELODY]);
  unsigned               missed           = 0;
  for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); ++i) {
    MnView* const view = scene_make(SCENE_MELODY);
    changes[i](view);
    cairo_surface_t* const image = draw_to_compare(view);
    Difference const       d     = image_difference(image, reference);
    if (is_alike(d)) {
      print_message("change %zu: mean %.2f, most %.1f\n", i, d.mean, d.most);
      ++missed;
    }
    cairo_surface_destroy(image);
    free(view);
  }
  cairo_surface_destroy(reference);
  assert_int_equal(missed, 0);
}

static bool
is_in(MnRect const r, int const x, int const y)
{
  return x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;
}

static bool
is_in_areas(MnLayout const* const l, unsigned const areas, int const x, int const y)
{
  for (int i = 0; i < MN_AREAS; ++i) {
    if (areas >> i & 1 && is_in(l->area[i], x, y)) {
      return true;
    }
  }
  return false;
}

static void
draw_part(cairo_surface_t* const image, MnView const* const view, unsigned const areas)
{
  cairo_t* const cr = cairo_create(image);
  mn_draw_part(cr,
               view,
               &theme,
               cairo_image_surface_get_width(image),
               cairo_image_surface_get_height(image),
               areas);
  assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(image);
}

static void
a_part_is_drawn_wholly_and_nothing_outside_of_it(void** const state)
{
  (void)state;
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const view = scene_make((Scene)scene);
    MnLayout      l;
    mn_layout_init(&l, view, 660, 430);
    for (int area = 0; area < MN_AREAS; ++area) {
      cairo_surface_t* const image = image_unpainted(660, 430);
      draw_part(image, view, 1U << area);
      for (int y = 0; y < 430; ++y) {
        for (int x = 0; x < 660; ++x) {
          assert_int_equal(image_is_unpainted(image, x, y), !is_in(l.area[area], x, y));
        }
      }
      cairo_surface_destroy(image);
    }
    free(view);
  }
}

static bool
is_same(cairo_surface_t* const a, cairo_surface_t* const b)
{
  size_t const size =
    (size_t)cairo_image_surface_get_stride(a) * (size_t)cairo_image_surface_get_height(a);
  return !memcmp(cairo_image_surface_get_data(a), cairo_image_surface_get_data(b), size);
}

static void
parts_together_are_the_whole(void** const state)
{
  (void)state;
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const          view  = scene_make((Scene)scene);
    cairo_surface_t* const whole = draw(view);
    cairo_surface_t* const parts = image_unpainted(WIDTH, HEIGHT);
    for (int area = MN_AREAS - 1; area >= 0; --area) {
      draw_part(parts, view, 1U << area);
    }
    for (int y = 0; y < HEIGHT; ++y) {
      for (int x = 0; x < WIDTH; ++x) {
        assert_int_equal(image_pixel(parts, x, y), image_pixel(whole, x, y));
      }
    }
    cairo_surface_destroy(parts);
    cairo_surface_destroy(whole);
    free(view);
  }
}

// Draws a view, changes it, and checks that nothing outside of `areas` differs.
static void
assert_confined(cairo_surface_t* const before,
                MnView const* const    view,
                unsigned const         areas)
{
  MnLayout l;
  mn_layout_init(&l, view, WIDTH, HEIGHT);
  cairo_surface_t* const after = draw(view);
  for (int y = 0; y < HEIGHT; ++y) {
    for (int x = 0; x < WIDTH; ++x) {
      if (image_pixel(before, x, y) != image_pixel(after, x, y)) {
        assert_true(is_in_areas(&l, areas, x, y));
      }
    }
  }
  assert_int_equal(is_same(before, after), areas == 0);
  cairo_surface_destroy(after);
}

static void
a_port_shows_only_where_it_says(void** const state)
{
  (void)state;
  static unsigned const ports[] = {
    MN_PORT_ENABLED, MN_PORT_HOP, MN_PORT_CHANNEL, MN_PORT_TEMPO, MN_PORT_HOLD};
  static unsigned const slots[] = {MN_PORT_CC_SHARE, MN_PORT_CC_1, MN_PORT_SEND_LAST};
  MnView* const         view    = scene_make(SCENE_MELODY);
  for (int page = 0; page < MN_PAGES; ++page) {
    view->pointer.page           = (MnPage)page;
    cairo_surface_t* const first = draw(view);
    for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); ++i) {
      float const kept      = view->value[ports[i]];
      view->value[ports[i]] = kept > 0 ? 0 : 2;
      assert_confined(first, view, mn_draw_areas_of_port(ports[i]));
      view->value[ports[i]] = kept;
    }
    for (size_t i = 0; page == MN_PAGE_CC && i < sizeof(slots) / sizeof(*slots); ++i) {
      view->value[slots[i]] = 1;
      assert_confined(first, view, mn_draw_areas_of_port(slots[i]));
      view->value[slots[i]] = 0;
    }
    view->value[MN_PORT_WINDOW] = 99;
    assert_confined(first, view, mn_draw_areas_of_port(MN_PORT_WINDOW));
    view->value[MN_PORT_WINDOW] = 0;
    cairo_surface_destroy(first);
  }
  free(view);
}

static void
a_port_of_the_player_shows_only_where_it_says(void** const state)
{
  (void)state;
  static unsigned const  ports[] = {MN_TARGET_OF(ENABLED),
                                    MN_TARGET_OF(MODE),
                                    MN_TARGET_OF(SCALE),
                                    MN_TARGET_OF(X),
                                    MN_TARGET_OF(CLEAR),
                                    MN_TARGET_OF(NEURON_1),
                                    MN_TARGET_OF(AXIS_LAST),
                                    MN_TARGET_OF(STATE),
                                    MN_TARGET_OF(TURNS),
                                    MN_TARGET_OF(SYNCED),
                                    MN_TARGET_OF(SLOT_D),
                                    MN_TARGET_OF(PLAYED_AXIS_1)};
  MnView* const          view    = scene_make(SCENE_MORPH);
  cairo_surface_t* const before  = draw(view);
  for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); ++i) {
    float* const value = &view->value[ports[i]];
    float const  kept  = *value;
    *value             = kept > 0 ? 0 : 1;
    assert_confined(before, view, mn_draw_areas_of_port(ports[i]));
    *value = kept;
  }
  cairo_surface_destroy(before);
  free(view);
}

// Over no area, and nothing chosen of the past.
#define NOWHERE .area = -1, .chosen = -1, .span = 512

static void
what_the_pointer_does_shows_only_where_it_says(void** const state)
{
  (void)state;
  static MnViewPointer const places[] = {
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = -1,
     .pressed = -1,
     .focused = -1,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = 3,
     .over    = -1,
     .pressed = -1,
     .focused = -1,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = 200,
     .over    = -1,
     .pressed = -1,
     .focused = MN_PORT_TEMPO,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = MN_PORT_HOP,
     .pressed = MN_PORT_HOP,
     .focused = -1,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = MN_PORT_HOP,
     .pressed = -1,
     .focused = MN_PORT_HOP,
     .menu    = MN_PORT_HOP,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = -1,
     .pressed = -1,
     .focused = MN_PORT_HOP,
     .menu    = MN_PORT_HOP,
     .choice  = 4,
     NOWHERE},
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = MN_TARGET_MODEL,
     .pressed = -1,
     .focused = MN_TARGET_PAGE + 1,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page    = MN_PAGE_CC,
     .hovered = -1,
     .over    = MN_PORT_CC_1,
     .pressed = -1,
     .focused = -1,
     .menu    = MN_PORT_CC_1,
     .choice  = 7,
     NOWHERE},
    {.page    = MN_PAGE_CC,
     .hovered = -1,
     .over    = -1,
     .pressed = -1,
     .focused = MN_PORT_CC_1 + 50,
     .menu    = -1,
     .choice  = -1,
     NOWHERE},
    {.page      = MN_PAGE_NEURONS,
     .hovered   = -1,
     .over      = -1,
     .pressed   = -1,
     .focused   = -1,
     .menu      = -1,
     .choice    = -1,
     .area      = MN_AREA_PAST,
     .chosen    = 160,
     .chosen_to = 200,
     .span      = 512},
    {.page    = MN_PAGE_NEURONS,
     .hovered = -1,
     .over    = -1,
     .pressed = -1,
     .focused = -1,
     .menu    = -1,
     .choice  = -1,
     .area    = MN_AREA_SCORE,
     .chosen  = -1,
     .back    = 64,
     .span    = 128},
  };
  enum { PLACES = sizeof(places) / sizeof(*places) };
  MnView* const view = scene_make(SCENE_MELODY);
  for (int from = 0; from < PLACES; ++from) {
    view->pointer                = places[from];
    cairo_surface_t* const first = draw(view);
    for (int to = 0; to < PLACES; ++to) {
      view->pointer = places[to];
      assert_confined(
        first, view, mn_draw_areas_of_pointer(view, &places[from], WIDTH, HEIGHT));
    }
    cairo_surface_destroy(first);
  }
  free(view);
}

static void
a_message_of_a_step_or_a_window_shows_only_where_it_says(void** const state)
{
  (void)state;
  MnView* const          view  = scene_make(SCENE_MELODY);
  cairo_surface_t* const first = draw(view);
  view->roll.position += 1.5;
  assert_confined(first, view, MN_DRAW_STEP);
  MnView* const noise = scene_make(SCENE_NOISE);
  noise->roll.tempo   = view->roll.tempo;
  assert_confined(first, noise, MN_DRAW_WINDOW);
  cairo_surface_destroy(first);
  free(noise);
  free(view);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(pictures_are_as_they_were_when_they_were_looked_at),
    cmocka_unit_test(a_picture_of_something_else_is_not_alike),
    cmocka_unit_test(a_part_is_drawn_wholly_and_nothing_outside_of_it),
    cmocka_unit_test(parts_together_are_the_whole),
    cmocka_unit_test(a_port_shows_only_where_it_says),
    cmocka_unit_test(a_port_of_the_player_shows_only_where_it_says),
    cmocka_unit_test(what_the_pointer_does_shows_only_where_it_says),
    cmocka_unit_test(a_message_of_a_step_or_a_window_shows_only_where_it_says),
  };
  return cmocka_run_group_tests_name("draw", tests, setup, NULL);
}
