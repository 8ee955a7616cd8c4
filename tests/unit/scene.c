// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "scene.h"

#include "check.h"
#include "controls.h"
#include "layout.h"
#include "notes/timeline.h"
#include "recall.h"
#include "scene_player.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char const* const scene_names[SCENE_COUNT] = {"empty",
                                              "melody",
                                              "noise",
                                              "large",
                                              "error",
                                              "cc",
                                              "menu",
                                              "seven",
                                              "axes",
                                              "off",
                                              "resting",
                                              "opening",
                                              "past",
                                              "map",
                                              "player",
                                              "morph",
                                              "styles",
                                              "span"};

static char const* const labels[] = {
  "high notes",
  "wide leaps",
  "many notes",
  "long last note",
  "rising second bar",
  "low first note",
  "rests on the beat",
  "repeated notes",
  "syncopated",
  "falling line",
  "steps, not leaps",
  "dotted rhythm",
  "starts late",
  "ends early",
  "thirds",
  "octave jumps",
  "even quarters",
  "pickup notes",
  "high second bar",
  "triads up",
  "sixteenth runs",
  "long first note",
  "a gap in the middle",
  "narrow range",
  "bars alike",
  "peak at the end",
  "low and sparse",
  "trills",
  "off-beat starts",
  "descending fourth",
};

enum { LABELS = sizeof(labels) / sizeof(*labels) };

// Roughly normal, as mu is on real music.
static double
bell(Random* const random)
{
  double sum = 0;
  for (int i = 0; i < 6; ++i) {
    sum += random_below(random, 10001) / 10000.0 - 0.5;
  }
  return sum * sqrt(2);
}

static void
set_model(MnView* const  view,
          unsigned const music,
          unsigned const latent,
          bool const     labelled)
{
  MnViewModel* const m = &view->model;
  m->latent            = latent;
  m->music             = music;
  m->active            = 0.1F;
  m->has_sense         = true;
  view->answered       = true;
  for (unsigned i = 0; i < latent; ++i) {
    m->order[i] = (uint16_t)(i * 197 % latent); // 197 is no factor of latent
  }
  for (unsigned i = 0; labelled && i < music && i < LABELS; ++i) {
    snprintf(m->label[i], sizeof(m->label[i]), "%s", labels[i]);
    snprintf(m->opposite[i], sizeof(m->opposite[i]), "no %s", labels[i]);
    snprintf(m->features[i],
             sizeof(m->features[i]),
             "%s +0.%u, note count \xE2\x88\x92"
             "0.%u, mean pitch +0.%u",
             labels[i],
             83 - i,
             60 - i,
             41 + i);
  }
}

static void
set_values(MnView* const view, uint64_t const seed, double const noise)
{
  Random              random = {seed};
  MnViewWindow* const w      = &view->window;
  unsigned const      music  = view->model.music;
  for (unsigned rank = 0; rank < view->model.latent; ++rank) {
    unsigned const neuron = view->model.order[rank];
    double const   size   = rank < music ? 0.9 : noise;
    double const   mu     = size * bell(&random);
    w->mu[neuron]         = (float)mu;
    w->sigma[neuron] =
      (float)(rank < music ? 0.07 + 0.5 * rank / music + 0.02 * random_below(&random, 5)
                           : 0.95);
    bool const active = fabs(mu) > (double)view->model.active;
    w->music_active += rank < music && active;
    w->noise_active += rank >= music && active;
    if (rank < music) {
      w->percentile[rank] = (float)(0.5 + 0.5 * erf(mu / 1.4));
      w->peak[rank]       = (float)(mu + 0.5 * bell(&random));
    }
  }
  w->scored          = true;
  w->has_values      = true;
  w->has_percentiles = true;
}

static void
put_note(uint8_t* const tokens, unsigned const step, unsigned const end, int const pitch)
{
  tokens[step] = (uint8_t)(pitch - MN_NOTE_OFFSET);
  if (tokens[end] == MN_HOLD) {
    tokens[end] = MN_NOTE_OFF;
  }
}

// A tune of some notes every `beat` steps, up to `end`.
static void
set_tune(uint8_t* const tokens, unsigned const end, int const base)
{
  static int const shape[] = {4, 4, 5, 7, 7, 5, 4, 2, 0, 0, 2, 4, 4, 2, 2, 0};
  for (unsigned step = 0, i = 0; step < end; ++i) {
    unsigned const length = i % 6 == 5 ? 1 : i % 3 == 2 ? 3 : 2;
    unsigned const stop   = step + length < end ? step + length : end - 1;
    put_note(tokens, step, stop, base + shape[i % 16]);
    step += length;
  }
}

static void
set_roll(MnView* const view, double const position, double const beats, int const unit)
{
  MnViewRoll* const r   = &view->roll;
  MnBar const       bar = mn_bar_make(192, 12, beats, unit);
  r->known              = true;
  r->mode               = MN_MODE_HOST;
  r->tempo_of           = MN_TEMPO_HOST;
  r->listening          = true;
  r->tempo              = 120;
  r->bar_start          = bar.start;
  r->bar_length         = bar.length;
  r->beat_length        = bar.beat;
  r->bar_number         = bar.number;
  r->start              = 192;
  r->position           = 192 + position;
  r->steps              = view->model.steps;
  view->window.number   = 37;
  view->window.start    = 192 - (int64_t)bar.length;
  view->window.steps    = view->model.steps;
}

static void
hear(MnView* const view, double const start, double const end, int const pitch)
{
  MnViewRoll* const r   = &view->roll;
  double const      now = r->position - (double)r->start;
  if (start < now && r->notes < MN_VIEW_NOTES) {
    r->note[r->notes++] = (MnViewNote){(float)start, (float)(end < now ? end : now), pitch};
  }
}

// The windows before the newest one, and that one: `count` of them, a bar apart.
static void
set_past(MnView* const view, unsigned const count, bool const noisy)
{
  Random              random = {41};
  MnViewWindow* const w      = &view->window;
  MnViewWindow const  newest = *w;
  int64_t const       bar    = (int64_t)view->roll.bar_length;
  for (unsigned i = 0; i + 1 < count; ++i) {
    bool const   bad  = noisy ? i > count / 3 : i % 17 > 13;
    double const away = i % 5 ? 0 : random_below(&random, 100) / 250.0;
    w->number         = newest.number - count + 1 + i;
    w->start          = newest.start - bar * (int64_t)(count - 1 - i);
    w->scored         = i % 13 != 9;
    w->musicality     = (float)(bad ? 0.03 + away : 0.96 - away);
    w->sense          = (float)(bad ? 0.2 : 0.8) + (float)(i % 7) / 50;
    w->noise_active   = (bad ? 290 : 170) + (unsigned)random_below(&random, 40);
    memset(w->tokens, 0, sizeof(w->tokens));
    if (w->scored) {
      set_tune(w->tokens, view->model.steps, 60 + (int)(i * 5 % 19));
    }
    for (unsigned axis = 0; axis < MN_AXES; ++axis) {
      w->axes[axis] = (float)((i * 29 + axis * 37) % 100) / 100;
    }
    mn_recall_keep(view, view->roll.bar_number - (int64_t)(count - i));
  }
  *w = newest;
  mn_recall_keep(view, view->roll.bar_number - 1);
}

static void
set_melody(MnView* const view, double const position, double const beats, int const unit)
{
  set_model(view, LABELS, 512, true);
  set_roll(view, position, beats, unit);
  snprintf(view->model.name, sizeof(view->model.name), "melody-2bar");
  set_tune(view->window.tokens, view->model.steps, 72);
  set_tune(view->roll.tokens, (unsigned)position, 74);
  set_values(view, 7, 0.13);
  for (unsigned step = 0; step < view->model.steps; ++step) {
    view->roll.surprise[step] = step ? (float)(step * 5 % 13) : -1; // the first has none
  }
  view->window.musicality = 0.967F;
  view->window.encode_ms  = 0.43F;
  view->window.sense      = 0.84F;
  set_past(view, 30, false);
  for (unsigned step = 0; step < view->model.steps; step += 8) {
    hear(view, step - 0.1, step + 7.2, 55);
    hear(view, step + 0.05, step + 7.4, 59);
    hear(view, step, step + 3.5, 62 + (int)step % 16 / 4);
  }
}

static void
set_noise(MnView* const view)
{
  Random random = {3};
  set_model(view, LABELS, 512, true);
  set_roll(view, 30.4, 4, 4);
  snprintf(view->model.name, sizeof(view->model.name), "melody-2bar");
  for (unsigned step = 0; step < 30; ++step) {
    view->roll.tokens[step]   = (uint8_t)random_below(&random, MN_CLASSES - 12);
    view->window.tokens[step] = (uint8_t)random_below(&random, MN_CLASSES - 12);
    hear(view, step + 0.3, step + 2.2, 30 + (int)random_below(&random, 60));
  }
  set_values(view, 11, 0.34);
  view->window.musicality = 0.021F;
  view->window.encode_ms  = 0.51F;
  view->window.late       = 3;
  view->window.sense      = 0.11F;
  set_past(view, 36, true);
}

static void
set_large(MnView* const view)
{
  view->model.steps = MN_STEPS_16BAR;
  set_model(view, 88, 512, false);
  set_roll(view, 170.5, 4, 4);
  snprintf(view->model.name, sizeof(view->model.name), "a hierarchical model of 16 bars");
  set_tune(view->window.tokens, 256, 60);
  set_tune(view->roll.tokens, 170, 64);
  set_values(view, 5, 0.2);
  view->window.musicality = 0.61F;
  view->window.encode_ms  = 38.2F;
  set_past(view, 9, false);
}

void
scene_name_axes(MnViewModel* const model)
{
  static char const* const names[MN_AXES] = {"register",
                                             "density",
                                             "syncopation",
                                             "contour",
                                             "range",
                                             "unevenness",
                                             "articulation",
                                             "repetition"};
  model->has_axes                         = true;
  for (unsigned i = 0; i < MN_AXES; ++i) {
    snprintf(model->axis[i], MN_VIEW_AXIS, "%s", names[i]);
  }
}

static void
set_axes(MnView* const view)
{
  scene_name_axes(&view->model);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    view->window.axes[i] = (float)(i * 37 % 100) / 100;
  }
  view->model.stability[2] = 0.23F;
}

static void
set_styles(MnView* const view)
{
  static char const* const names[MN_STYLES] = {
    "reel", "hornpipe", "hymn", "art song", "march", "waltz"};
  static float const parts[MN_STYLES] = {0.62F, 0.21F, 0.09F, 0.04F, 0.03F, 0.01F};
  view->model.long_music              = 32;
  view->model.styles                  = 6;
  view->window.bars_heard             = 11;
  for (unsigned i = 0; i < view->model.styles; ++i) {
    snprintf(view->model.style[i], MN_VIEW_LABEL, "%s", names[i]);
    view->window.styles[i] = parts[i];
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    view->model.long_order[i] = (uint16_t)(i * 211 % 512);
    snprintf(view->model.long_label[i],
             MN_VIEW_LABEL,
             "%s",
             (char const*[]){"second half busier", "busier middle", "mixed"}[i % 3]);
    snprintf(view->model.long_features[i],
             MN_VIEW_FEATURES,
             "%s",
             i % 3 == 2 ? "" : "second half notes +0.62, mean onset +0.44, rests -0.21");
    view->model.long_stability[i]   = i % 3 == 2 ? 0 : 0.31F;
    view->window.long_percentile[i] = (float)(i * 37 % 100) / 100;
    view->window.long_mu[i]         = (float)(i * 37 % 100) / 20 - 2.5F;
    view->window.long_sigma[i]      = 0.1F + (float)(i % 5) / 20;
  }
}

static void
set_landmarks(MnView* const view)
{
  static struct {
    char const* name;
    float       across;
    float       upwards;
  } const marks[]       = {{"art song", 0.42F, 0.38F},
                           {"bass line", 0.06F, 0.3F},
                           {"march", 0.55F, 0.52F},
                           {"hornpipe", 0.72F, 0.86F},
                           {"reel", 0.73F, 0.88F},
                           {"hymn", 0.48F, 0.12F},
                           {"strings", 0.71F, 0.87F},
                           {"winds", 0.97F, 0.5F}};
  view->model.landmarks = sizeof(marks) / sizeof(*marks);
  for (unsigned i = 0; i < view->model.landmarks; ++i) {
    snprintf(view->model.landmark[i], MN_VIEW_LABEL, "%s", marks[i].name);
    view->model.place[i][0] = marks[i].across;
    view->model.place[i][1] = marks[i].upwards;
  }
}

static void
set_slots(MnView* const view)
{
  static float const source[MN_CC_SLOTS] = {MN_SOURCE_MUSICALITY,
                                            MN_SOURCE_NEURON_1,
                                            MN_SOURCE_NEURON_1 + 4,
                                            MN_SOURCE_TOP,
                                            MN_SOURCE_NOISE};
  view->pointer.page                     = MN_PAGE_CC;
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    view->value[MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT] = source[slot];
  }
  float* const second           = &view->value[MN_PORT_CC_1 + MN_CC_PORT_COUNT];
  second[MN_CC_PORT_CONTROLLER] = 1;
  second[MN_CC_PORT_CURVE]      = -0.35F;
  second[MN_CC_PORT_GLIDE]      = 1200;
  second[MN_CC_PORT_INVERT]     = 1;
  second[MN_CC_PORT_WIDE]       = 1;
  second[MN_CC_PORT_LOW]        = 32;

  static float const sent[MN_CC_SLOTS] = {
    122, 81.5F, 14, MN_SENT_SILENT, 57, MN_SENT_NOTHING, MN_SENT_NOTHING, MN_SENT_NOTHING};
  memcpy(view->sent, sent, sizeof(sent));
}

MnView*
scene_make(Scene const scene)
{
  static char const failure[] =
    "/home/player/models/hierarchical-16bar.safetensors: encoder/fw/recurrent is of "
    "shape [2048, 500], where [2048, 512] is wanted; the model that was there plays on";

  MnView* const view = (MnView*)malloc(sizeof(MnView));
  assert_non_null(view);
  mn_view_init(view);
  switch (scene) {
  case SCENE_EMPTY:
    view->answered   = true;
    view->roll.known = true;
    view->roll.tempo = 120;
    break;
  case SCENE_NOISE:
    set_noise(view);
    break;
  case SCENE_LARGE:
    set_large(view);
    break;
  case SCENE_ERROR:
    set_melody(view, 20.6, 4, 4);
    snprintf(view->message, sizeof(view->message), "%s", failure);
    view->refused = true;
    break;
  case SCENE_CC:
    set_melody(view, 20.6, 4, 4);
    set_slots(view);
    view->pointer.focused = MN_PORT_CC_1 + MN_CC_PORT_COUNT + MN_CC_PORT_GLIDE;
    break;
  case SCENE_MENU:
    set_melody(view, 20.6, 4, 4);
    set_slots(view);
    view->pointer.menu   = MN_PORT_CC_1 + 2 * MN_CC_PORT_COUNT;
    view->pointer.choice = MN_SOURCE_NEURON_1 + 6;
    break;
  case SCENE_SEVEN:
    set_melody(view, 24.25, 7, 8);
    view->roll.mode       = MN_MODE_FREE;
    view->roll.tempo_of   = MN_TEMPO_OWN;
    view->pointer.hovered = 9;
    view->pointer.over    = MN_PORT_HOP;
    break;
  case SCENE_AXES:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    view->pointer.hovered = 2;
    break;
  case SCENE_OFF:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    view->value[MN_PORT_ENABLED] = 0;
    break;
  case SCENE_RESTING:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    view->roll.resting   = true;
    view->roll.listening = false;
    break;
  case SCENE_OPENING:
    break;
  case SCENE_PAST:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    view->pointer.chosen    = (double)view->past.entry[17].at;
    view->pointer.chosen_to = (double)view->past.entry[19].at;
    view->pointer.area      = MN_AREA_PAST;
    break;
  case SCENE_MAP:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    set_landmarks(view);
    view->pointer.page    = MN_PAGE_MAP;
    view->pointer.focused = MN_TARGET_MAP_Y;
    break;
  case SCENE_PLAYER:
    view->player = true;
    break;
  case SCENE_MORPH:
    scene_set_morph(view);
    break;
  case SCENE_STYLES:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    set_landmarks(view);
    set_styles(view);
    view->pointer.page = MN_PAGE_MAP;
    break;
  case SCENE_SPAN:
    set_melody(view, 20.6, 4, 4);
    set_axes(view);
    set_styles(view);
    view->value[MN_PORT_SPAN] = 1;
    view->pointer.hovered     = MN_HOVER_LONG + 4;
    break;
  case SCENE_MELODY:
  case SCENE_COUNT:
    set_melody(view, 20.6, 4, 4);
    break;
  }
  return view;
}
