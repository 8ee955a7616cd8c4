// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "notify.h"

#include "atom_writer.h"

#include <math.h>
#include <string.h>

_Static_assert((int)MN_TIMELINE_FREE == (int)MN_MODE_FREE &&
                 (int)MN_TIMELINE_HOST == (int)MN_MODE_HOST &&
                 (int)MN_TIMELINE_STILL == (int)MN_MODE_STILL &&
                 (int)MN_TIMELINE_CLOCK == (int)MN_MODE_CLOCK,
               "mn:mode has the timeline's numbers");
_Static_assert((int)MN_TIMELINE_TEMPO_OWN == (int)MN_TEMPO_OWN &&
                 (int)MN_TIMELINE_TEMPO_HOST == (int)MN_TEMPO_HOST &&
                 (int)MN_TIMELINE_TEMPO_CLOCK == (int)MN_TEMPO_CLOCK,
               "mn:tempoOf, too");

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
  n->step = true;
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

// The model is due, and then all of its labels.
static MN_REALTIME void
tell_model(MnNotify* const n)
{
  n->model    = true;
  n->labels   = true;
  n->labelled = 0;
}

void
mn_notify_all(MnNotify* const n)
{
  tell_model(n);
  n->property = true;
  n->history  = true;
  n->log.told = 0;
  n->window   = true;
  n->values   = true;
  n->step     = true;
  n->sent     = true;
  n->message  = true;
}

void
mn_notify_model(MnNotify* const n)
{
  n->scored.number = 0;
  n->silent.number = 0;
  n->window        = false;
  n->property      = true;
  tell_model(n);
  n->message = n->message || n->error.text[0];
  n->error   = (MnError){0};
}

void
mn_notify_error(MnNotify* const n, MnError const* const error)
{
  n->error   = *error;
  n->message = true;
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

// Writes the bits of the notes on some steps, in the coding of mn:surprise.
static void
write_surprise(MnNotify* const             n,
               MnSurpriseLine const* const line,
               int64_t const               start,
               unsigned const              steps)
{
  MnWindowBits bits;
  float        values[MN_MAX_STEPS];
  mn_surprise_line_bits(line, start, steps, &bits);
  for (unsigned i = 0; i < steps; ++i) {
    values[i] = mn_window_bits_sum(&bits, i);
  }
  mn_write_vector(&n->forge, n->uris->mn_surprise, n->uris->atom_Float, steps, values);
}

static void
write_tokens(MnNotify* const n, uint8_t const* const tokens, unsigned const steps)
{
  int32_t values[MN_MAX_STEPS];
  for (unsigned i = 0; i < steps; ++i) {
    values[i] = tokens[i];
  }
  mn_write_vector(&n->forge, n->uris->mn_tokens, n->uris->atom_Int, steps, values);
}

// Generic hosts show the property. Our own UI reads mn:Model.
static bool
write_property(MnNotify* const n, MnModel const* const model)
{
  LV2_Atom_Forge* const forge = &n->forge;
  MnUris const* const   u     = n->uris;
  char const* const     path  = model ? model->path : "";
  LV2_Atom_Forge_Frame  object;
  if (!begin(n, &object, u->patch_Set, 2 * MN_WRITE_PROPERTY + strlen(path))) {
    return false;
  }
  mn_write_urid(forge, u->patch_property, u->model);
  mn_write_path(forge, u->patch_value, path);
  lv2_atom_forge_pop(forge, &object);
  return true;
}

static char          no_name[] = "";
static MnModel const no_model  = {.name = no_name, .steps = MN_STEPS_2BAR};

static bool
write_model(MnNotify* const n, MnModel const* const given)
{
  LV2_Atom_Forge* const       forge  = &n->forge;
  MnUris const* const         u      = n->uris;
  MnModel const* const        model  = given ? given : &no_model;
  MnReadoutTable const* const table  = &model->readout;
  size_t const                axes   = mn_write_axes_size(table);
  MnLongTable const* const    deep   = &model->long_table;
  size_t const                styles = mn_write_styles_size(&deep->style);
  unsigned const              ranked = deep->music < MN_RANKED ? deep->music : MN_RANKED;
  LV2_Atom_Forge_Frame        object;
  if (!begin(n,
             &object,
             u->mn_Model,
             9 * MN_WRITE_PROPERTY + strlen(model->name) + axes + styles +
               mn_write_landmarks_size(table) + mn_write_vector_size(model->latent) +
               mn_write_vector_size(ranked))) {
    return false;
  }
  mn_write_string(forge, u->mn_name, model->name);
  mn_write_int(forge, u->mn_steps, model->steps);
  mn_write_int(forge, u->mn_latent, model->latent);
  mn_write_int(forge, u->mn_music, table->music);
  mn_write_float(forge, u->mn_active, table->active);
  int32_t order[MN_MAX_LATENT];
  for (unsigned i = 0; i < model->latent; ++i) {
    order[i] = table->order[i];
  }
  mn_write_vector(forge, u->mn_order, u->atom_Int, model->latent, order);
  mn_write_bool(forge, u->mn_hasSense, table->sense_table.values > 0);
  mn_write_axes(forge, u->mn_axes, table, axes);
  mn_write_landmarks(forge, u->mn_landmarks, u->mn_places, table);
  mn_write_styles(forge, u->mn_styles, &deep->style, styles);
  mn_write_int(forge, u->mn_longMusic, deep->music);
  for (unsigned i = 0; i < ranked; ++i) {
    order[i] = deep->order[i];
  }
  mn_write_vector(forge, u->mn_longOrder, u->atom_Int, ranked, order);
  lv2_atom_forge_pop(forge, &object);
  return true;
}

// Writes the next labels, as many as there is room for, and no more than a block should take.
// @return whether all are told.
static bool
write_labels(MnNotify* const n, MnModel const* const model)
{
  enum { AT_ONCE = 64 };
  MnUris const* const  u      = n->uris;
  MnLabel const* const labels = model ? model->readout.labels : NULL;
  unsigned const       count  = labels ? model->readout.music : 0;
  size_t const         room   = mn_write_room(&n->forge);
  size_t               text   = 0;
  unsigned             end    = n->labelled;
  for (; end < count && end - n->labelled < AT_ONCE; ++end) {
    size_t const line = mn_write_label_size(&labels[end]);
    if (2 * MN_WRITE_PROPERTY + text + line > room) {
      break;
    }
    text += line;
  }
  LV2_Atom_Forge_Frame object;
  if (end > n->labelled && begin(n, &object, u->mn_Labels, 2 * MN_WRITE_PROPERTY + text)) {
    mn_write_int(&n->forge, u->mn_first, n->labelled);
    mn_write_labels(&n->forge, u->mn_labels, &labels[n->labelled], end - n->labelled, text);
    lv2_atom_forge_pop(&n->forge, &object);
    n->labelled = end;
  }
  return n->labelled == count;
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
  write_tokens(n, done->window.tokens, done->window.steps);
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
write_step(MnNotify* const n, MnListening const* const l)
{
  LV2_Atom_Forge* const forge    = &n->forge;
  MnUris const* const   u        = n->uris;
  double const          position = mn_timeline_position(&l->timeline);
  int64_t const         start =
    l->open ? mn_grid_start(&l->grid) : (int64_t)floor(position) - (int64_t)l->steps;
  MnBar const bar = mn_bar_at(&l->timeline.bar, (double)start);

  float          notes[3 * MN_PLAYED_NOTES];
  unsigned const numbers = mn_played_since(&n->played, (double)start, position, notes);

  LV2_Atom_Forge_Frame object;
  if (!begin(n,
             &object,
             u->mn_Step,
             11 * MN_WRITE_PROPERTY + 2 * mn_write_vector_size(l->steps) +
               mn_write_vector_size(numbers))) {
    return false;
  }
  uint8_t tokens[MN_MAX_STEPS];
  mn_melody_tokens(&l->melody, start, l->steps, tokens);
  n->open   = l->open;
  n->rested = n->resting;
  n->mode   = (int)l->timeline.mode;
  n->bpm    = mn_timeline_bpm(&l->timeline);
  mn_write_double(forge, u->mn_position, position);
  mn_write_int(forge, u->mn_mode, l->timeline.mode);
  mn_write_bool(forge, u->mn_listening, l->open);
  mn_write_bool(forge, u->mn_resting, n->resting);
  mn_write_float(forge, u->mn_tempo, n->bpm);
  mn_write_int(forge, u->mn_tempoOf, mn_timeline_tempo(&l->timeline));
  mn_write_double(forge, u->mn_barStart, bar.start);
  mn_write_double(forge, u->mn_barLength, bar.length);
  mn_write_double(forge, u->mn_beatLength, bar.beat);
  mn_write_long(forge, u->mn_barNumber, bar.number);
  mn_write_long(forge, u->mn_start, start);
  write_tokens(n, tokens, l->steps);
  write_surprise(n, &l->surprise, start, l->steps);
  mn_write_vector(forge, u->mn_notes, u->atom_Float, numbers, notes);
  lv2_atom_forge_pop(forge, &object);
  return true;
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

static bool
write_message(MnNotify* const n)
{
  LV2_Atom_Forge_Frame object;
  if (!begin(n, &object, n->uris->mn_Message, MN_WRITE_PROPERTY + strlen(n->error.text))) {
    return false;
  }
  mn_write_string(&n->forge, n->uris->mn_text, n->error.text);
  lv2_atom_forge_pop(&n->forge, &object);
  return true;
}

// mn:Step is due when a step begins, and when values become neutral or begin to move. While
// no window is open it is due when the mode or the tempo changes; a tempo that glides makes it due once a step.
static bool
is_step_due(MnNotify* const n, MnListening const* const l)
{
  if (n->step || l->open != n->open || n->resting != n->rested ||
      (int)l->timeline.mode != n->mode) {
    return true;
  }
  if (!l->open && mn_timeline_bpm(&l->timeline) == n->bpm) {
    return false;
  }
  double const position = mn_timeline_position(&l->timeline);
  if (position >= n->step_began && position < n->step_began + 1) {
    return false;
  }
  n->step_began = floor(position);
  return true;
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
  n->step = is_step_due(n, listening);
  if (!(n->property | n->model | n->labels | n->history | n->window | n->step | n->sent |
        n->message)) {
    return; // as in most blocks
  }

  n->time = time;
  mn_write_behind(&n->forge, out->port, out->room);
  n->property = n->property && !write_property(n, model);
  n->model    = n->model && !write_model(n, model);
  n->history  = n->history && !write_history(n, windows);
  if (n->window && !n->history && write_window(n, late)) {
    n->window   = false;
    n->log.told = n->log.count;
  }
  n->step    = n->step && !write_step(n, listening);
  n->sent    = n->sent && !write_sent(n);
  n->message = n->message && !write_message(n);
  n->labels  = n->labels && (n->model || !write_labels(n, model));
  out->port->atom.size += n->forge.offset;
}
