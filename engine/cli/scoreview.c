// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "scoreview.h"

#include "base/fixed.h"
#include "base/midi.h"

#include <stdio.h>
#include <string.h>

void
mn_scoreview_set_model(MnView* const view, MnModel const* const model)
{
  MnReadoutTable const* const table = &model->readout;
  MnViewModel* const          m     = &view->model;
  *m                                = (MnViewModel){.steps  = model->steps,
                                                    .latent = model->latent,
                                                    .music  = table->music,
                                                    .active = (float)table->active};
  snprintf(m->name, sizeof(m->name), "%s", model->name);
  memcpy(m->order, table->order, model->latent * sizeof(*m->order));
  for (unsigned i = 0; table->labels && i < table->music; ++i) {
    snprintf(m->label[i], sizeof(m->label[i]), "%s", table->labels[i].label);
    snprintf(m->opposite[i], sizeof(m->opposite[i]), "%s", table->labels[i].opposite);
    snprintf(m->features[i], sizeof(m->features[i]), "%s", table->labels[i].features);
    m->stability[i] = (float)table->labels[i].stability;
  }
  m->has_sense = table->sense_table.values > 0;
  m->has_axes  = table->axes;
  for (unsigned i = 0; table->axes && i < MN_AXES; ++i) {
    snprintf(m->axis[i], sizeof(m->axis[i]), "%s", table->axes[i].name);
  }
}

static void
set_values(MnView* const view, MnEncoding const* const e)
{
  MnViewWindow* const         w     = &view->window;
  MnReadoutTable const* const table = &e->model->readout;
  for (unsigned i = 0; i < e->model->latent; ++i) {
    w->mu[i]    = (float)mn_from_q16(e->mu[i]);
    w->sigma[i] = (float)mn_from_q16(e->sigma[i]);
  }
  for (unsigned rank = 0; rank < table->music; ++rank) {
    unsigned const neuron = table->order[rank];
    float const    mu     = w->mu[neuron];
    w->percentile[rank]   = mn_readout_percentile(e->model, neuron, (double)mu);
  }
  memcpy(w->axes, e->readout.axes, sizeof(w->axes));
  w->has_values      = true;
  w->musicality      = e->readout.musicality;
  w->music_active    = e->readout.music_active;
  w->noise_active    = e->readout.noise_active;
  w->sense           = e->readout.sense;
  w->has_percentiles = true;
}

void
mn_scoreview_set_window(MnView* const             view,
                        MnWindow const* const     window,
                        MnWindowBits const* const bits,
                        unsigned const            number,
                        MnEncoding const* const   encoding)
{
  MnViewWindow* const w = &view->window;
  MnViewRoll* const   r = &view->roll;
  w->number             = number;
  w->start              = window->start;
  w->steps              = window->steps;
  memcpy(w->tokens, window->tokens, window->steps);
  w->scored = encoding != NULL;
  if (encoding) {
    set_values(view, encoding);
  }

  r->known     = true;
  r->listening = true;
  r->mode      = MN_MODE_HOST;
  r->tempo_of  = MN_TEMPO_HOST;
  r->start     = window->start;
  r->position  = (double)(window->start + window->steps);
  r->steps     = window->steps;
  memcpy(r->tokens, window->tokens, window->steps);
  for (unsigned i = 0; i < window->steps; ++i) {
    r->surprise[i] = mn_window_bits_sum(bits, i);
  }
}

MnBar
mn_scoreview_bar(MnMidiScore const* const score, int64_t const start)
{
  MnMidiScore reader = *score;
  MnBar       bar    = mn_midi_score_first_bar(score);
  int64_t     from   = 0;
  reader.metre       = 0;
  while (mn_midi_score_next_metre(&reader, start, &bar, &from)) {
  }
  return mn_bar_at(&bar, (double)start);
}

static void
set_bar(MnView* const view, MnMidiScore const* const score, int64_t const start)
{
  MnBar const bar        = mn_scoreview_bar(score, start);
  view->roll.bar_start   = bar.start;
  view->roll.bar_length  = bar.length;
  view->roll.beat_length = bar.beat;
  view->roll.bar_number  = bar.number;
}

static void
set_tempo(MnView* const view, MnMidiScore const* const score, int64_t const start)
{
  MnMidiScore reader   = *score;
  reader.tempo         = 0;
  reader.tempo_tick    = 0;
  reader.tempo_seconds = 0;
  mn_midi_score_seconds(&reader, start);
  view->roll.tempo = (float)(60 / reader.beat_seconds);
}

// Ends the notes that no longer sound.
static void
end_notes(MnViewRoll* const     roll,
          MnMelody const* const melody,
          bool* const           sounds,
          uint8_t const* const  channel,
          int64_t const* const  onset,
          float const           end)
{
  for (unsigned i = 0; i < roll->notes; ++i) {
    if (sounds[i] && melody->held[channel[i]][roll->note[i].pitch] != onset[i]) {
      sounds[i]         = false;
      roll->note[i].end = end;
    }
  }
}

// Forgets the notes that ended before the roll, so that there is room.
static void
drop_notes(MnViewRoll* const roll,
           bool* const       sounds,
           uint8_t* const    channel,
           int64_t* const    onset)
{
  unsigned kept = 0;
  for (unsigned i = 0; i < roll->notes; ++i) {
    if (sounds[i] || roll->note[i].end > 0) {
      roll->note[kept] = roll->note[i];
      sounds[kept]     = sounds[i];
      channel[kept]    = channel[i];
      onset[kept]      = onset[i];
      ++kept;
    }
  }
  roll->notes = kept;
}

void
mn_scoreview_set_place(MnView* const              view,
                       MnMidiScore const* const   score,
                       MnMidiWindows const* const cut,
                       int64_t const              start)
{
  MnViewRoll* const roll = &view->roll;
  set_bar(view, score, start);
  set_tempo(view, score, start);

  MnMelody melody;
  bool     sounds[MN_VIEW_NOTES];
  uint8_t  channel[MN_VIEW_NOTES];
  int64_t  onset[MN_VIEW_NOTES];
  mn_melody_init(&melody, cut->voice, cut->channel);
  roll->notes = 0;
  for (size_t i = 0; i < score->count; ++i) {
    MnMidiEvent const* const event    = &score->events[i];
    double const             position = mn_midi_score_position(score, event);
    float const              at       = (float)(position - (double)start);
    if (at >= (float)cut->steps) {
      break;
    }
    if (event->kind != MN_MIDI_MESSAGE) {
      continue;
    }
    bool const started = mn_melody_midi(&melody, position, event->bytes, 3);
    end_notes(roll, &melody, sounds, channel, onset, at);
    if (roll->notes == MN_VIEW_NOTES) {
      drop_notes(roll, sounds, channel, onset);
    }
    if (started && roll->notes < MN_VIEW_NOTES) {
      unsigned const n = roll->notes++;
      sounds[n]        = true;
      channel[n]       = event->bytes[0] & MN_MIDI_CHANNEL;
      onset[n]         = mn_step_round(position);
      roll->note[n]    = (MnViewNote){at, (float)cut->steps, event->bytes[1]};
    }
  }
  drop_notes(roll, sounds, channel, onset);
  mn_view_fit_pitches(view);
}
