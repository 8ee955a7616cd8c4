// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "scene_player.h"

#include "scene.h"

#include <stdio.h>

static void
set(MnView* const view, unsigned const port, float const value)
{
  view->value[MN_TARGET_PLAYER + port] = value;
}

static void
set_model(MnView* const view)
{
  static char const* const labels[] = {"high notes",
                                       "many notes",
                                       "rising second bar",
                                       "wide leaps",
                                       "mixed",
                                       "long last note",
                                       "",
                                       "rests on the beat",
                                       "no off-beat starts",
                                       "repeated notes",
                                       "dotted rhythm",
                                       "ends early"};
  MnViewModel* const       m        = &view->model;
  snprintf(m->name, MN_VIEW_NAME, "open");
  m->latent = 64;
  m->music  = 20;
  m->styles = 3;
  snprintf(m->style[0], MN_VIEW_LABEL, "folk dance");
  snprintf(m->style[1], MN_VIEW_LABEL, "hymn");
  snprintf(m->style[2], MN_VIEW_LABEL, "baroque keyboard");
  scene_name_axes(m);
  for (unsigned i = 0; i < m->latent; ++i) {
    m->order[i] = (uint16_t)(63 - i);
  }
  for (unsigned i = 0; i < sizeof(labels) / sizeof(*labels); ++i) {
    snprintf(m->label[i], MN_VIEW_LABEL, "%s", labels[i]);
  }
  snprintf(m->opposite[6], MN_VIEW_LABEL, "starts late");
  snprintf(m->label[6], MN_VIEW_LABEL, "starts early");
}

// A turn of two bars that was heard, and the answer to it, a third of the way.
static void
set_roll(MnView* const view)
{
  static int const  tune[] = {64, 64, 65, 67, 67, 65, 64, 62};
  static int const  play[] = {67, 69, 72, 71, 67, 64, 65, 62, 60, 64};
  MnViewRoll* const r      = &view->roll;
  r->known                 = true;
  r->mode                  = MN_MODE_HOST;
  r->listening             = true;
  r->tempo                 = 120;
  r->bar_number            = 8;
  r->start                 = 128;
  r->bar_start             = 128;
  r->steps                 = 64;
  r->position              = 128 + 43.4;
  for (unsigned i = 0; i < r->steps; ++i) {
    r->surprise[i] = -1;
  }
  for (unsigned i = 0; i < sizeof(tune) / sizeof(*tune); ++i) {
    r->tokens[4 * i]     = (uint8_t)(tune[i] - MN_NOTE_OFFSET);
    r->tokens[4 * i + 3] = MN_NOTE_OFF;
    r->note[r->notes++]  = (MnViewNote){(float)(4 * i), (float)(4 * i) + 3, tune[i]};
  }
  r->note[r->notes++] = (MnViewNote){8, 14.5F, 55};
  for (unsigned i = 0; i < sizeof(play) / sizeof(*play); ++i) {
    float const start    = 32 + 3 * (float)i;
    r->play[r->played++] = (MnViewNote){start, start + 2.6F, play[i]};
  }
}

void
scene_set_morph(MnView* const view)
{
  static float const axes[MN_AXES]        = {1.5F, -2, 0, 0, 0, 0.75F, 0, 0};
  static float const played_axes[MN_AXES] = {0.93F, 0.1F, 0.4F, 0.55F, 0.6F, 0.8F, 0.3F, 0};
  static float const neurons[MN_RANKED]   = {0, 0, 3.25F, 0, 0, 0, -6, 0, 0, 0, 6};
  view->player                            = true;
  set_model(view);
  set_roll(view);
  view->answered = true;
  set(view, MN_PLAYER_PORT_MODE, 2);
  set(view, MN_PLAYER_PORT_X, 0.3F);
  set(view, MN_PLAYER_PORT_Y, 0.65F);
  set(view, MN_PLAYER_PORT_SCALE, 4);
  set(view, MN_PLAYER_PORT_KEY, 2);
  set(view, MN_PLAYER_PORT_LOCK, 2);
  set(view, MN_PLAYER_PORT_STYLE, 2);
  set(view, MN_PLAYER_PORT_STYLE_PULL, 1.5F);
  set(view, MN_PLAYER_PORT_SEED, 1789);
  set(view, MN_PLAYER_PORT_STATE, 4);
  set(view, MN_PLAYER_PORT_TURNS, 38);
  set(view, MN_PLAYER_PORT_LATE, 1);
  set(view, MN_PLAYER_PORT_SYNCED, 1);
  for (unsigned slot = 0; slot < 4; ++slot) {
    set(view, MN_PLAYER_PORT_SLOT_A + slot, 1);
  }
  for (unsigned i = 0; i < MN_AXES; ++i) {
    set(view, MN_PLAYER_PORT_AXIS_1 + i, axes[i]);
    set(view, MN_PLAYER_PORT_PLAYED_AXIS_1 + i, played_axes[i]);
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    set(view, MN_PLAYER_PORT_NEURON_1 + i, neurons[i]);
    set(view, MN_PLAYER_PORT_PLAYED_NEURON_1 + i, (float)(i * 7 % 17) / 16);
  }
  view->pointer.focused = MN_TARGET_PAD;
}
