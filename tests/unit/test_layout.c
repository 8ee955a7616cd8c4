// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "layout.h"

#include "check.h"
#include "controls.h"
#include "scene.h"

#include <math.h>
#include <stdlib.h>

static struct {
  int width;
  int height;
} const sizes[] = {{600, 360},
                   {601, 361},
                   {750, 450},
                   {900, 540},
                   {1024, 768},
                   {1280, 720},
                   {1800, 360},
                   {600, 1440},
                   {1920, 1080},
                   {1333, 999},
                   {2400, 1440},
                   {2400, 700},
                   {1001, 1440}};

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

static bool
is_empty(MnRect const r)
{
  return !(r.width > 0 && r.height > 0);
}

static bool
overlap(MnRect const a, MnRect const b)
{
  return !is_empty(a) && !is_empty(b) && a.x < b.x + b.width && b.x < a.x + a.width &&
         a.y < b.y + b.height && b.y < a.y + a.height;
}

static bool
within(MnRect const inner, MnRect const outer)
{
  double const slack = 1e-6;
  return inner.x >= outer.x - slack && inner.y >= outer.y - slack &&
         inner.x + inner.width <= outer.x + outer.width + slack &&
         inner.y + inner.height <= outer.y + outer.height + slack;
}

// Calls `check` with every scene at every size.
typedef void (*Check)(MnView const*, MnLayout const*);

static void
each_layout(Check const check)
{
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const view = scene_make((Scene)scene);
    for (int i = 0; i < SIZES; ++i) {
      MnLayout layout;
      mn_layout_init(&layout, view, sizes[i].width, sizes[i].height);
      check(view, &layout);
    }
    free(view);
  }
}

static void
check_tiles(MnView const* const view, MnLayout const* const l)
{
  (void)view;
  double covered = 0;
  for (int i = 0; i < MN_AREAS; ++i) {
    MnRect const r = l->area[i];
    assert_true(r.x == floor(r.x) && r.y == floor(r.y));
    assert_true(r.width == floor(r.width) && r.height == floor(r.height));
    assert_true(within(r, (MnRect){0, 0, l->width, l->height}));
    covered += r.width * r.height;
    for (int k = 0; k < i; ++k) {
      assert_false(overlap(r, l->area[k]));
    }
  }
  assert_true(covered == l->width * l->height);
}

static void
areas_tile_the_window_at_every_size(void** const state)
{
  (void)state;
  each_layout(check_tiles);
}

// The other areas have the room of the controls.
static void
a_picture_has_nothing_to_click(void** const state)
{
  (void)state;
  for (int i = 0; i < SIZES; ++i) {
    MnView* const view = scene_make(SCENE_MELODY);
    MnLayout      window;
    MnLayout      picture;
    mn_layout_init(&window, view, sizes[i].width, sizes[i].height);
    view->paper = true;
    mn_layout_init(&picture, view, sizes[i].width, sizes[i].height);
    check_tiles(view, &picture);
    assert_true(is_empty(picture.area[MN_AREA_CONTROLS]));
    assert_true(picture.area[MN_AREA_NEURONS].height > window.area[MN_AREA_NEURONS].height);
    assert_true(picture.area[MN_AREA_ROLL].height + picture.area[MN_AREA_PAST].height >
                window.area[MN_AREA_ROLL].height + window.area[MN_AREA_PAST].height);
    for (int port = 0; port < MN_PORT_COUNT; ++port) {
      assert_true(is_empty(picture.target[port]));
    }
    for (int page = 0; page < MN_PAGES; ++page) {
      assert_true(is_empty(picture.target[MN_TARGET_PAGE + page]));
    }
    free(view);
  }
}

static MnArea
area_of_player(unsigned const port)
{
  return port >= MN_PLAYER_PORT_AXIS_1     ? MN_AREA_OFFSETS
         : port >= MN_PLAYER_PORT_NEURON_1 ? MN_AREA_RANKED
         : port >= MN_PLAYER_PORT_CAPTURE_A && port <= MN_PLAYER_PORT_CLEAR
           ? MN_AREA_PAD
           : MN_AREA_CONTROLS;
}

static MnArea
area_of_target(int const target)
{
  if (target > MN_TARGET_PLAYER) {
    return area_of_player((unsigned)(target - MN_TARGET_PLAYER));
  }
  return target == MN_TARGET_PAD           ? MN_AREA_PAD
         : target == MN_TARGET_SAVE        ? MN_AREA_PAST
         : target == MN_TARGET_TAP         ? MN_AREA_CONTROLS
         : target >= MN_TARGET_MAP_X       ? MN_AREA_MAP
         : target >= MN_TARGET_MODEL       ? MN_AREA_HEADER
         : target == MN_PORT_SPAN          ? MN_AREA_NEURONS
         : target >= (int)MN_PORT_CC_SHARE ? MN_AREA_CC
                                           : MN_AREA_CONTROLS;
}

static void
check_targets(MnView const* const view, MnLayout const* const l)
{
  (void)view;
  for (int i = 0; i < MN_TARGETS; ++i) {
    if (is_empty(l->target[i])) {
      continue;
    }
    MnArea const area = area_of_target(i);
    assert_true(within(l->target[i], mn_layout_panel(l, area)) || area == MN_AREA_HEADER);
    assert_true(within(l->target[i], l->area[area]));
    assert_true(l->target[i].width >= 16 && l->target[i].height >= 16);
    for (int k = 0; k < i; ++k) {
      assert_false(overlap(l->target[i], l->target[k]));
    }
  }
}

static void
widgets_lie_apart_in_their_panels(void** const state)
{
  (void)state;
  each_layout(check_targets);
}

// The window of the player has those of its controls that one plays with.
static void
check_player(MnLayout const* const l)
{
  static unsigned const there[] = {MN_PLAYER_PORT_ENABLED,
                                   MN_PLAYER_PORT_MODE,
                                   MN_PLAYER_PORT_AMOUNT,
                                   MN_PLAYER_PORT_TEMPERATURE,
                                   MN_PLAYER_PORT_SEED,
                                   MN_PLAYER_PORT_STYLE,
                                   MN_PLAYER_PORT_STYLE_PULL,
                                   MN_PLAYER_PORT_LOCK,
                                   MN_PLAYER_PORT_SCALE,
                                   MN_PLAYER_PORT_KEY,
                                   MN_PLAYER_PORT_CAPTURE_A,
                                   MN_PLAYER_PORT_CAPTURE_D,
                                   MN_PLAYER_PORT_CLEAR,
                                   MN_PLAYER_PORT_PANIC};
  for (size_t i = 0; i < sizeof(there) / sizeof(*there); ++i) {
    assert_false(is_empty(l->target[MN_TARGET_PLAYER + there[i]]));
  }
  for (unsigned port = MN_PLAYER_PORT_NEURON_1; port <= MN_PLAYER_PORT_AXIS_LAST; ++port) {
    assert_false(is_empty(l->target[MN_TARGET_PLAYER + port]));
  }
  assert_false(is_empty(l->target[MN_TARGET_PAD]));
  for (int port = 0; port < MN_PORT_COUNT; ++port) {
    assert_true(is_empty(l->target[port]));
  }
}

static void
check_all_there(MnView const* const view, MnLayout const* const l)
{
  if (view->player) {
    check_player(l);
    return;
  }
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl  control;
    bool const is     = mn_control_get(port, &control);
    bool const second = port >= MN_PORT_CC_SHARE;
    bool const there  = port == MN_PORT_SPAN
                          ? view->model.long_music && l->page == MN_PAGE_NEURONS
                          : is && (!second || l->page == MN_PAGE_CC);
    assert_int_equal(!is_empty(l->target[port]), there);
  }
}

static void
every_control_has_a_place_on_its_page(void** const state)
{
  (void)state;
  each_layout(check_all_there);
}

static void
check_neurons(MnView const* const view, MnLayout const* const l)
{
  unsigned const neurons = mn_view_neurons(view);
  for (unsigned rank = 0; rank < neurons; ++rank) {
    MnRect const r = mn_layout_neuron(l, view, rank);
    assert_int_equal(is_empty(r), l->page != MN_PAGE_NEURONS || view->player);
    if (!is_empty(r)) {
      assert_true(within(r, rank < l->listed ? l->neurons : l->field));
    }
    if (rank > 0 && !is_empty(r)) {
      MnRect const before = mn_layout_neuron(l, view, rank - 1);
      MnRect const room   = {r.x + 0.01, r.y + 0.01, r.width - 0.02, r.height - 0.02};
      assert_false(overlap(before, room));
    }
  }
}

static void
every_neuron_has_a_place(void** const state)
{
  (void)state;
  each_layout(check_neurons);
}

static MnHit
hit_middle(MnView const* const view, MnLayout const* const l, MnRect const r)
{
  return mn_layout_hit(view, l->width, l->height, r.x + r.width / 2, r.y + r.height / 2);
}

static void
the_list_has_the_first_neurons_of_16_bars_and_the_field_all_of_2(void** const state)
{
  (void)state;
  MnView* const view = scene_make(SCENE_SPAN);
  MnLayout      l;
  mn_layout_init(&l, view, 900, 540);
  assert_int_equal(l.named, MN_RANKED);
  MnRect const row = mn_layout_row(&l, 3);
  assert_true(within(row, l.neurons));
  assert_int_equal(hit_middle(view, &l, row).index, MN_HOVER_LONG + 3);
  assert_true(within(mn_layout_neuron(&l, view, 0), l.field));
  view->value[MN_PORT_SPAN] = 0;
  mn_layout_init(&l, view, 900, 540);
  assert_true(within(mn_layout_neuron(&l, view, 0), l.neurons));
  view->model.long_music    = 0; // the port is of no account
  view->value[MN_PORT_SPAN] = 1;
  mn_layout_init(&l, view, 900, 540);
  assert_true(within(mn_layout_neuron(&l, view, 0), l.neurons));
  assert_true(is_empty(l.target[MN_PORT_SPAN]));
  free(view);
}

static void
check_hits(MnView const* const view, MnLayout const* const l)
{
  if (l->menu_items) {
    assert_int_equal(l->menu_items, mn_control_choices((unsigned)view->pointer.menu));
    for (unsigned i = 0; i < l->menu_items; ++i) {
      MnRect const item = mn_layout_choice(l, i);
      assert_true(within(item, (MnRect){0, 0, l->width, l->height}));
      MnHit const hit = hit_middle(view, l, item);
      assert_int_equal(hit.kind, MN_HIT_CHOICE);
      assert_int_equal(hit.index, i);
    }
    MnRect const model = l->target[MN_TARGET_MODEL];
    assert_true(overlap(model, l->menu) || hit_middle(view, l, model).kind == MN_HIT_NONE);
    return;
  }
  for (int i = 0; i < MN_TARGETS; ++i) {
    if (is_empty(l->target[i])) {
      continue;
    }
    MnHit const hit = hit_middle(view, l, l->target[i]);
    assert_int_equal(hit.kind,
                     i < MN_PORT_COUNT || i > MN_TARGET_PLAYER ? MN_HIT_CONTROL
                     : i == MN_TARGET_PAD                      ? MN_HIT_PAD
                     : i == MN_TARGET_MODEL                    ? MN_HIT_MODEL
                     : i == MN_TARGET_SAVE                     ? MN_HIT_SAVE
                     : i == MN_TARGET_TAP                      ? MN_HIT_TAP
                     : i >= MN_TARGET_MAP_X                    ? MN_HIT_AXIS
                                                               : MN_HIT_PAGE);
    assert_int_equal(hit.index, i);
  }
  bool const     listed  = l->page == MN_PAGE_NEURONS && !view->player;
  unsigned const neurons = listed ? mn_view_neurons(view) : 0;
  for (unsigned rank = 0; rank < neurons; rank += 7) {
    MnHit const hit = hit_middle(view, l, mn_layout_neuron(l, view, rank));
    assert_int_equal(hit.kind, MN_HIT_NEURON);
    assert_int_equal(hit.index, rank);
  }
  for (unsigned i = 0; listed && mn_view_is_long(view) && i < l->named; ++i) {
    int const   rank = MN_HOVER_LONG + (int)i;
    MnHit const hit  = hit_middle(view, l, mn_layout_neuron(l, view, (unsigned)rank));
    assert_int_equal(hit.kind, MN_HIT_NEURON);
    assert_int_equal(hit.index, rank);
  }
}

static void
what_is_hit_is_what_was_laid_there(void** const state)
{
  (void)state;
  each_layout(check_hits);
}

static void
outside_nothing_is_hit(void** const state)
{
  (void)state;
  static double const places[][2] = {
    {-1, 5}, {5, -1}, {1e9, 1e9}, {(double)NAN, 5}, {5, (double)NAN}, {900, 540}, {1, 1}};
  MnView* const view = scene_make(SCENE_MELODY);
  for (size_t i = 0; i < sizeof(places) / sizeof(*places); ++i) {
    MnHit const hit = mn_layout_hit(view, 900, 540, places[i][0], places[i][1]);
    assert_int_equal(hit.kind, MN_HIT_NONE);
    assert_int_equal(hit.index, -1);
  }
  free(view);
}

static void
tab_goes_through_all_widgets_and_back(void** const state)
{
  (void)state;
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const view = scene_make((Scene)scene);
    MnLayout      l;
    mn_layout_init(&l, view, 900, 540);
    unsigned wanted = 0;
    for (int i = 0; i < MN_TARGETS; ++i) {
      wanted += !is_empty(l.target[i]);
    }
    int       at    = mn_layout_next_target(view, 900, 540, MN_TARGET_NONE, 1);
    int const first = at;
    unsigned  count = 0;
    do {
      assert_false(is_empty(l.target[at]));
      int const next = mn_layout_next_target(view, 900, 540, at, 1);
      assert_int_equal(mn_layout_next_target(view, 900, 540, next, -1), at);
      at = next;
      ++count;
    } while (at != first && count < MN_TARGETS);
    assert_int_equal(count, wanted);
    free(view);
  }
}

static void
sizes_that_are_none_do_no_harm(void** const state)
{
  (void)state;
  static double const odd[] = {0, -5, 1, 3, 50, (double)NAN, (double)INFINITY, 1e6};
  MnView* const       view  = scene_make(SCENE_MENU);
  for (int page = 0; page < 2; ++page) {
    view->pointer.page = (MnPage)page;
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); ++i) {
      for (size_t k = 0; k < sizeof(odd) / sizeof(*odd); ++k) {
        MnLayout l;
        mn_layout_init(&l, view, odd[i], odd[k]);
        assert_true(l.width >= 1 && l.height >= 1 && isfinite(l.width));
        assert_true(l.unit > 0 && isfinite(l.unit));
      }
    }
  }
  free(view);
}

static void
pitches_move_only_when_they_must(void** const state)
{
  (void)state;
  MnView* const view = scene_make(SCENE_MELODY);
  mn_view_fit_pitches(view);
  int const low  = view->roll.low;
  int const high = view->roll.high;
  assert_true(high - low >= 24 && low <= 55 && high >= 82);
  view->roll.notes = 0;
  mn_view_fit_pitches(view);
  assert_true(view->roll.low == low && view->roll.high == high);
  view->roll.tokens[0] = 108 - MN_NOTE_OFFSET;
  mn_view_fit_pitches(view);
  assert_true(view->roll.high >= 108 && view->roll.high - view->roll.low >= 24);
  free(view);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(areas_tile_the_window_at_every_size),
    cmocka_unit_test(a_picture_has_nothing_to_click),
    cmocka_unit_test(widgets_lie_apart_in_their_panels),
    cmocka_unit_test(every_control_has_a_place_on_its_page),
    cmocka_unit_test(every_neuron_has_a_place),
    cmocka_unit_test(the_list_has_the_first_neurons_of_16_bars_and_the_field_all_of_2),
    cmocka_unit_test(what_is_hit_is_what_was_laid_there),
    cmocka_unit_test(outside_nothing_is_hit),
    cmocka_unit_test(tab_goes_through_all_widgets_and_back),
    cmocka_unit_test(sizes_that_are_none_do_no_harm),
    cmocka_unit_test(pitches_move_only_when_they_must),
  };
  return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
