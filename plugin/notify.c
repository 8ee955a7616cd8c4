// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "notify.h"

#include "atom_writer.h"

#include <math.h>
#include <string.h>

void
mn_notify_init(MnNotify* const n, MnHostFeatures const* const host)
{
  n->uris = &host->uris;
  lv2_atom_forge_init(&n->forge, host->map);
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    n->levels[i] = MN_SENT_NOTHING;
  }
}

void
mn_notify_break(MnNotify* const n)
{
  mn_played_clear(&n->played);
  n->step.due = true;
}

void
mn_notify_restart(MnNotify* const n)
{
  n->scored.number = 0;
  n->silent.number = 0;
  n->window        = false;
  n->log           = (MnWindowLog){0};
  n->resting       = true;
  n->history       = true;
  mn_notify_break(n);
}

void
mn_notify_all(MnNotify* const n)
{
  mn_model_news_all(&n->model);
  n->history  = true;
  n->log.told = 0;
  n->window   = true;
  n->values   = true;
  n->step.due = true;
  n->sent     = true;
}

void
mn_notify_model(MnNotify* const n)
{
  n->scored.number = 0;
  n->silent.number = 0;
  n->window        = false;
  mn_model_news_changed(&n->model);
}

void
mn_notify_window(MnNotify* const    n,
                 unsigned const     number,
                 int64_t const      bar,
                 MnJob const* const job,
                 bool const         shown)
{
  MnDoneWindow* const done = job->scored ? &n->scored : &n->silent;
  done->number             = number;
  done->window             = job->window;
  done->bar                = bar;
  n->resting               = n->resting && !shown;
  done->scored             = job->scored;
  n->history               = n->history || n->window; // this message stands for two windows
  n->window                = true;
  mn_window_log_add(&n->log, number, bar, job);
  if (job->scored) {
    done->latent    = job->model->latent;
    done->music     = job->model->readout.music;
    done->readout   = job->readout;
    done->view      = job->view;
    done->encode_ms = job->encode_ms;
    memcpy(done->mu, job->mu, done->latent * sizeof(float));
    memcpy(done->sigma, job->sigma, done->latent * sizeof(float));
    memcpy(done->percentiles, job->percentiles, done->music * sizeof(float));
  }
}

// Begins a message whose properties take `size` bytes. @return whether there is room.
static bool
begin(MnNotify* const             n,
      LV2_Atom_Forge_Frame* const object,
      LV2_URID const              type,
      size_t const                size)
{
  return mn_write_object(&n->forge, object, n->time, type, size);
}

// Writes the next windows of the log, as many as there is room for, and no more than a
// block should take. @return whether all are told.
static bool
write_history(MnNotify* const n, unsigned const number)
{
  enum { AT_ONCE = 32 };
  LV2_Atom_Forge* const forge = &n->forge;
  MnUris const* const   u     = n->uris;
  size_t const          head  = 2 * MN_WRITE_PROPERTY + mn_write_vector_size(0);
  size_t const          room  = mn_write_room(forge);
  size_t const          fit   = room > head ? (room - head) / sizeof(MnPastWindow) : 0;
  int32_t               words[AT_ONCE * MN_PAST_WORDS];
  int64_t               origin = 0;
  unsigned const        most   = fit < AT_ONCE ? (unsigned)fit : AT_ONCE;
  unsigned const        count  = mn_window_log_next(&n->log, most, words, &origin);
  unsigned const        whole  = count * MN_PAST_WORDS;
  LV2_Atom_Forge_Frame  object;
  if ((!count && n->log.count) ||
      !begin(
        n, &object, u->mn_History, 2 * MN_WRITE_PROPERTY + mn_write_vector_size(whole))) {
    return false;
  }
  mn_write_int(forge, u->mn_number, number);
  mn_write_long(forge, u->mn_start, origin);
  mn_write_vector(forge, u->mn_windows, u->atom_Int, whole, words);
  lv2_atom_forge_pop(forge, &object);
  unsigned const oldest = mn_window_log_first(&n->log);
  n->log.told           = (n->log.told > oldest ? n->log.told : oldest) + count;
  return n->log.told == n->log.count;
}

static bool
write_done(MnNotify* const n, MnDoneWindow const* const done, unsigned const late)
{
  LV2_Atom_Forge* const forge  = &n->forge;
  MnUris const* const   u      = n->uris;
  unsigned const        latent = done->scored ? done->latent : 0;
  unsigned const        music  = done->scored ? done->music : 0;
  LV2_Atom_Forge_Frame  object;
  if (!begin(n,
             &object,
             u->mn_Window,
             11 * MN_WRITE_PROPERTY + mn_write_vector_size(done->window.steps) +
               mn_write_vector_size(MN_STYLES) + 3 * mn_write_vector_size(MN_RANKED) +
               2 * mn_write_vector_size(latent) + mn_write_vector_size(music) +
               mn_write_vector_size(MN_AXES))) {
    return false;
  }
  mn_write_int(forge, u->mn_number, done->number);
  mn_write_long(forge, u->mn_start, done->window.start);
  mn_write_long(forge, u->mn_barNumber, done->bar);
  mn_write_tokens(
    forge, u->mn_tokens, u->atom_Int, done->window.steps, done->window.tokens);
  mn_write_bool(forge, u->mn_scored, done->scored);
  mn_write_int(forge, u->mn_late, late);
  if (done->scored) {
    mn_write_vector(forge, u->mn_mu, u->atom_Float, latent, done->mu);
    mn_write_vector(forge, u->mn_sigma, u->atom_Float, latent, done->sigma);
    mn_write_vector(forge, u->mn_percentiles, u->atom_Float, music, done->percentiles);
    mn_write_float(forge, u->mn_musicality, (double)done->readout.musicality);
    mn_write_float(forge, u->mn_sense, (double)done->readout.sense);
    mn_write_vector(forge, u->mn_axisValues, u->atom_Float, MN_AXES, done->readout.axes);
    mn_write_int(forge, u->mn_barsHeard, done->view.bars);
    if (done->view.bars) {
      MnLongView const* const view = &done->view;
      mn_write_vector(forge, u->mn_styleValues, u->atom_Float, MN_STYLES, view->styles);
      mn_write_vector(forge, u->mn_longPercentiles, u->atom_Float, MN_RANKED, view->ranked);
      mn_write_vector(forge, u->mn_longMu, u->atom_Float, MN_RANKED, view->mu);
      mn_write_vector(forge, u->mn_longSigma, u->atom_Float, MN_RANKED, view->sigma);
    }
    mn_write_int(forge, u->mn_musicActive, done->readout.music_active);
    mn_write_int(forge, u->mn_noiseActive, done->readout.noise_active);
    mn_write_float(forge, u->mn_encodeTime, (double)done->encode_ms);
  }
  lv2_atom_forge_pop(forge, &object);
  return true;
}

// Writes the newest window. If that has no values, a UI that has just opened gets the
// newest one with values before it.
static bool
write_window(MnNotify* const n, unsigned const late)
{
  bool const silent = n->silent.number > n->scored.number;
  if (n->scored.number && (n->values || !silent) && !write_done(n, &n->scored, late)) {
    return false;
  }
  n->values = false;
  return !silent || write_done(n, &n->silent, late);
}

static bool
write_sent(MnNotify* const n)
{
  LV2_Atom_Forge_Frame object;
  if (!begin(n, &object, n->uris->mn_Sent, mn_write_vector_size(MN_CC_SLOTS))) {
    return false;
  }
  mn_write_vector(
    &n->forge, n->uris->mn_levels, n->uris->atom_Float, MN_CC_SLOTS, n->levels);
  lv2_atom_forge_pop(&n->forge, &object);
  return true;
}

static void
write_step(MnNotify* const n, MnListening const* const l)
{
  int64_t const now  = (int64_t)floor(mn_timeline_position(&l->timeline));
  MnStep const  step = {
     .start    = l->open ? mn_grid_start(&l->grid) : now - (int64_t)l->steps,
     .steps    = l->steps,
     .open     = l->open,
     .resting  = n->resting,
     .heard    = &n->played,
     .surprise = &l->surprise,
  };
  mn_step_news_write(&n->step, &step, l, n->uris, &n->forge, n->time);
}

void
mn_notify_write(MnNotify* const          n,
                MnMidiOut const* const   out,
                int64_t const            time,
                MnModel const* const     model,
                MnListening const* const listening,
                unsigned const           windows,
                unsigned const           late)
{
  if (!out->room) {
    return;
  }
  bool const step =
    mn_step_news_due(&n->step, &listening->timeline, listening->open, n->resting);
  if (!(step | mn_model_news_due(&n->model) | n->history | n->window | n->sent)) {
    return; // as in most blocks
  }

  n->time = time;
  mn_write_behind(&n->forge, out->port, out->room);
  mn_model_news_write(&n->model, model, n->uris, &n->forge, time);
  n->history = n->history && !write_history(n, windows);
  if (n->window && !n->history && write_window(n, late)) {
    n->window   = false;
    n->log.told = n->log.count;
  }
  if (step) {
    write_step(n, listening);
  }
  n->sent = n->sent && !write_sent(n);
  mn_model_news_write_labels(&n->model, model, n->uris, &n->forge, time);
  out->port->atom.size += n->forge.offset;
}
