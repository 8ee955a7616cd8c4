// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Views that no plugin sends: the picture may make no sense, but it is drawn.

#include "draw.h"

#include "check.h"
#include "image.h"
#include "scene.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static MnTheme theme;

static double
odd_number(Random* const random)
{
  static double const odd[] = {(double)NAN,
                               (double)INFINITY,
                               -(double)INFINITY,
                               0,
                               -0.0,
                               DBL_MIN,
                               1e-30,
                               -1,
                               1e6,
                               1e9,
                               -1e12,
                               (double)FLT_MAX,
                               -(double)FLT_MAX};
  return odd[random_below(random, sizeof(odd) / sizeof(*odd))];
}

static float
odd_float(Random* const random)
{
  return (float)odd_number(random);
}

static int
odd_int(Random* const random)
{
  static int const odd[] = {
    0, 1, -1, 2, 29, 63, 64, 127, 511, 2048, 70000, INT_MAX, INT_MIN};
  return odd[random_below(random, sizeof(odd) / sizeof(*odd))];
}

static int64_t
odd_long(Random* const random)
{
  static int64_t const odd[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX / 2, 1000000};
  return odd[random_below(random, sizeof(odd) / sizeof(*odd))];
}

static void
fill_bytes(Random* const random, void* const to, size_t const size)
{
  unsigned char* const bytes = (unsigned char*)to;
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = (unsigned char)random_next(random);
  }
}

static void
spoil_model(Random* const random, MnViewModel* const m)
{
  m->steps  = (unsigned)odd_int(random);
  m->latent = (unsigned)odd_int(random);
  m->music  = (unsigned)odd_int(random);
  m->active = odd_float(random);
  fill_bytes(random, m->name, sizeof(m->name));
  fill_bytes(random, m->order, sizeof(m->order));
  fill_bytes(random, m->label, sizeof(m->label));
  fill_bytes(random, m->features, sizeof(m->features));
  fill_bytes(random, m->long_order, sizeof(m->long_order));
  fill_bytes(random, m->long_label, sizeof(m->long_label));
  fill_bytes(random, m->long_features, sizeof(m->long_features));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    m->long_stability[i] = odd_float(random);
  }
  m->long_music = (unsigned)odd_int(random);
}

static void
spoil_window(Random* const random, MnViewWindow* const w)
{
  w->number     = (unsigned)odd_int(random);
  w->start      = odd_long(random);
  w->steps      = (unsigned)odd_int(random);
  w->musicality = odd_float(random);
  w->sense      = odd_float(random);
  w->encode_ms  = odd_float(random);
  w->late       = (unsigned)odd_int(random);
  fill_bytes(random, w->tokens, sizeof(w->tokens));
  for (unsigned i = 0; i < MN_MAX_LATENT; ++i) {
    w->mu[i]         = odd_float(random);
    w->sigma[i]      = odd_float(random);
    w->percentile[i] = odd_float(random);
    w->peak[i]       = odd_float(random);
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    w->long_mu[i]         = odd_float(random);
    w->long_sigma[i]      = odd_float(random);
    w->long_percentile[i] = odd_float(random);
  }
  w->bars_heard   = (unsigned)odd_int(random);
  w->has_values   = true;
  w->music_active = (unsigned)odd_int(random);
  w->noise_active = (unsigned)odd_int(random);
}

static void
spoil_roll(Random* const random, MnViewRoll* const r)
{
  r->known       = random_below(random, 2);
  r->listening   = random_below(random, 2);
  r->position    = odd_number(random);
  r->tempo       = odd_float(random);
  r->bar_start   = odd_number(random);
  r->bar_length  = odd_number(random);
  r->beat_length = odd_number(random);
  r->bar_number  = odd_long(random);
  r->start       = odd_long(random);
  r->steps       = (unsigned)odd_int(random);
  r->notes       = (unsigned)odd_int(random);
  r->low         = odd_int(random);
  r->high        = odd_int(random);
  fill_bytes(random, r->tokens, sizeof(r->tokens));
  for (unsigned i = 0; i < MN_VIEW_NOTES; ++i) {
    r->note[i] = (MnViewNote){odd_float(random), odd_float(random), odd_int(random)};
  }
}

static void
spoil_rest(Random* const random, MnView* const view)
{
  view->past.count = (unsigned)odd_int(random);
  for (unsigned i = 0; i < 64; ++i) {
    MnPastEntry* const e = &view->past.entry[i];
    fill_bytes(random, (uint8_t*)&e->said, sizeof(e->said));
    fill_bytes(random, (uint8_t*)e->mu, sizeof(e->mu));
    e->neurons = (uint16_t)random_below(random, MN_PAST_NEURONS + 1);
  }
  view->player = random_below(random, 3) == 0;
  for (unsigned i = 0; i < MN_TARGETS; ++i) {
    view->value[i] = odd_float(random);
  }
  view->pointer = (MnViewPointer){.page      = (MnPage)random_below(random, 3),
                                  .hovered   = odd_int(random),
                                  .over      = odd_int(random),
                                  .pressed   = odd_int(random),
                                  .focused   = odd_int(random),
                                  .menu      = odd_int(random),
                                  .choice    = odd_int(random),
                                  .area      = odd_int(random),
                                  .chosen    = odd_number(random),
                                  .chosen_to = odd_number(random),
                                  .back      = odd_number(random),
                                  .span      = odd_number(random)};
  if (random_below(random, 2)) {
    fill_bytes(random, view->message, sizeof(view->message));
  }
}

static void
no_view_breaks_the_picture(void** const state)
{
  (void)state;
  Random        random = {2026};
  MnView* const view   = (MnView*)malloc(sizeof(MnView));
  assert_non_null(view);
  for (int i = 0; i < 500; ++i) {
    mn_view_init(view);
    spoil_rest(&random, view);
    if (i % 2) {
      spoil_model(&random, &view->model);
    } else {
      view->model.latent = 512;
      view->model.music  = 30;
    }
    spoil_window(&random, &view->window);
    spoil_roll(&random, &view->roll);
    cairo_surface_t* const image = image_draw(view, &theme, 300 + 40 * (i % 20), 440);
    cairo_surface_destroy(image);
  }
  free(view);
}

static void
no_size_breaks_the_picture(void** const state)
{
  (void)state;
  static int const sides[] = {1, 2, 9, 37, 100, 333, 2000};
  for (int scene = 0; scene < SCENE_COUNT; ++scene) {
    MnView* const view = scene_make((Scene)scene);
    for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); ++i) {
      for (size_t k = 0; k < sizeof(sides) / sizeof(*sides); ++k) {
        cairo_surface_destroy(image_draw(view, &theme, sides[i], sides[k]));
      }
    }
    free(view);
  }
}

static double
contrast_of(MnColour const a, MnColour const b)
{
  return mn_colour_contrast(a, b);
}

static void
text_is_readable_on_whatever_ground_a_host_gives(void** const state)
{
  (void)state;
  Random random = {5};
  for (int i = 0; i < 3000; ++i) {
    uint32_t const ground = (uint32_t)random_next(&random);
    uint32_t const text   = (uint32_t)random_next(&random);
    MnTheme        t;
    mn_theme_init(&t, i ? &ground : NULL, i % 3 == 1 ? &text : NULL);
    assert_true(contrast_of(t.text, t.panel) >= 4.4);
    assert_true(contrast_of(t.dim, t.panel) >= 4.4);
    assert_true(contrast_of(t.quiet, t.panel) >= 2.99);
    assert_true(contrast_of(t.music, t.panel) >= 2.99);
    assert_true(contrast_of(t.noise, t.panel) >= 2.99);
    assert_true(contrast_of(t.on_accent, t.music) >= 4.5);
    assert_true(contrast_of(t.on_accent, t.noise) >= 4.5);
  }
}

static void
colours_of_the_host_are_kept(void** const state)
{
  (void)state;
  uint32_t const ground = 0x203040FF;
  uint32_t const text   = 0xFFEEDDFF;
  MnTheme        t;
  mn_theme_init(&t, &ground, &text);
  assert_close(t.ground.red, 0x20 / 255.0, 1e-9);
  assert_close(t.ground.blue, 0x40 / 255.0, 1e-9);
  assert_close(t.text.green, 0xEE / 255.0, 1e-9);
}

static int
setup(void** const state)
{
  (void)state;
  mn_theme_init(&theme, NULL, NULL);
  return 0;
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(no_view_breaks_the_picture),
    cmocka_unit_test(no_size_breaks_the_picture),
    cmocka_unit_test(text_is_readable_on_whatever_ground_a_host_gives),
    cmocka_unit_test(colours_of_the_host_are_kept),
  };
  return cmocka_run_group_tests_name("draw, hostile", tests, setup, NULL);
}
