// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "drawing.h"

#include "common/numbers.h"
#include "common/terminal.h"
#include "draw.h"
#include "recall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_RUNS = 4000 };

static unsigned const parts[] = {MN_DRAW_ALL, MN_DRAW_STEP, MN_DRAW_WINDOW};

enum { PARTS = sizeof(parts) / sizeof(*parts) };

// The size of a new window, twice that, and a large one.
static struct {
  int width;
  int height;
} const sizes[] = {{MN_WINDOW_WIDTH, MN_WINDOW_HEIGHT}, {1800, 1080}, {2400, 1440}};

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

// A busy view: chords under a line, all neurons excited, a whole history.
static void
fill_view(MnView* const view, MnModel const* const model)
{
  MnReadoutTable const* const table = &model->readout;
  mn_view_init(view);
  snprintf(view->model.name, sizeof(view->model.name), "%s", model->name);
  view->model.steps  = model->steps;
  view->model.latent = model->latent;
  view->model.music  = table->music;
  view->model.active = (float)table->active;

  MnViewWindow* const w = &view->window;
  for (unsigned rank = 0; rank < model->latent; ++rank) {
    unsigned const neuron   = table->order[rank];
    view->model.order[rank] = (uint16_t)neuron;
    w->mu[neuron]           = (float)sin(rank * 1.7) * (rank < table->music ? 2 : 0.4F);
    w->sigma[neuron]        = rank < table->music ? 0.3F : 0.9F;
    w->percentile[rank]     = 0.5F + 0.5F * (float)sin(rank * 1.7);
    w->peak[rank]           = 1.2F * w->mu[neuron];
  }
  for (unsigned i = 0; i < table->music; ++i) {
    snprintf(view->model.label[i], sizeof(view->model.label[i]), "a label of some words");
  }
  w->steps      = model->steps;
  w->scored     = true;
  w->has_values = true;
  w->musicality = 0.9F;
  w->encode_ms  = 0.5F;

  MnViewRoll* const r = &view->roll;
  r->known            = true;
  r->listening        = true;
  r->mode             = MN_MODE_HOST;
  r->tempo_of         = MN_TEMPO_HOST;
  r->tempo            = 120;
  r->steps            = model->steps;
  r->position         = 0.75 * model->steps;
  for (unsigned i = 0; i < model->steps; ++i) {
    w->tokens[i] = r->tokens[i] = (uint8_t)(i % 2 ? MN_HOLD : 50 + i % 12);
    for (int k = 0; k < 3 && i % 4 == 0 && r->notes < MN_VIEW_NOTES; ++k) {
      r->note[r->notes++] = (MnViewNote){(float)i, (float)i + 3.5F, 48 + 4 * k};
    }
  }
  // An hour of 4/4 at 120 bpm, of which the last minute is shown.
  for (unsigned i = 0; i < 1800; ++i) {
    w->number     = i + 1;
    w->start      = 16 * (int64_t)i;
    w->musicality = 0.5F + 0.45F * (float)sin(i);
    w->sense      = 0.5F + 0.45F * (float)sin(1.7 * i);
    mn_recall_keep(view, i);
  }
  mn_view_fit_pitches(view);
}

static double
milliseconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

// The median time to draw some areas of a window, in milliseconds.
static double
measure(MnView const* const view,
        cairo_surface_t*    image,
        unsigned const      areas,
        double const        seconds)
{
  static double times[MOST_RUNS];
  int           count = 0;
  MnTheme       theme;
  mn_theme_init(&theme, NULL, NULL);
  double const end = milliseconds_now() + 1e3 * seconds;
  do {
    double const   start = milliseconds_now();
    cairo_t* const cr    = cairo_create(image);
    mn_draw_part(cr,
                 view,
                 &theme,
                 cairo_image_surface_get_width(image),
                 cairo_image_surface_get_height(image),
                 areas);
    cairo_destroy(cr);
    cairo_surface_flush(image);
    times[count++] = milliseconds_now() - start;
  } while (count < MOST_RUNS && milliseconds_now() < end);
  qsort(times, (size_t)count, sizeof(*times), compare);
  return times[count / 2];
}

static int
print_row(bool const json, int const width, int const height, double const* const ms)
{
  if (json) {
    return mn_json_print(json_pack("{s:i,s:i,s:f,s:f,s:f}",
                                   "width",
                                   width,
                                   "height",
                                   height,
                                   "draw_all_ms",
                                   ms[0],
                                   "draw_step_ms",
                                   ms[1],
                                   "draw_window_ms",
                                   ms[2]),
                         stdout);
  }
  printf("%4dx%-4d %12.3f %10.3f %10.3f\n", width, height, ms[0], ms[1], ms[2]);
  return fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

int
mn_bench_draw(MnModel const* const model, double const seconds, bool const json)
{
  MnView* const view = (MnView*)malloc(sizeof(MnView));
  if (!view) {
    return mn_fail_memory();
  }
  fill_view(view, model);
  if (!json) {
    puts("drawing   all of it ms    step ms  window ms");
  }
  int status = MN_EXIT_GOOD;
  for (int i = 0; i < SIZES && status == MN_EXIT_GOOD; ++i) {
    cairo_surface_t* const image =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, sizes[i].width, sizes[i].height);
    double ms[PARTS];
    for (int k = 0; k < PARTS; ++k) {
      // The first picture also loads fonts; the median ignores it.
      ms[k] = measure(view, image, parts[k], seconds / 3);
    }
    cairo_surface_destroy(image);
    status = print_row(json, sizes[i].width, sizes[i].height, ms);
  }
  free(view);
  return status;
}
