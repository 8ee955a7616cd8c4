// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "notify.h"

#include "base/midi.h"
#include "monitor.h"
#include "put.h"

#include <math.h>
#include <string.h>

void
mn_notify_break(MnMonitor* const m)
{
  m->tell.heard = 0;
  m->tell.open  = 0;
  m->tell.step  = true;
}

void
mn_notify_restart(MnMonitor* const m)
{
  m->tell.scored.number = 0;
  m->tell.silent.number = 0;
  m->tell.window        = false;
  m->tell.windows       = 0;
  m->tell.history       = true;
  mn_notify_break(m);
}

void
mn_notify_ask(MnMonitor* const m)
{
  m->tell.property = true;
  m->tell.model    = true;
  m->tell.history  = true;
  m->tell.window   = true;
  m->tell.values   = true;
  m->tell.step     = true;
  m->tell.message  = true;
}

void
mn_notify_model(MnMonitor* const m)
{
  // Its neurons are the old model's.
  m->tell.scored.number = 0;
  m->tell.silent.number = 0;
  m->tell.window        = false;
  m->tell.property      = true;
  m->tell.model         = true;
  m->tell.message       = m->tell.message || m->tell.error.text[0];
  m->tell.error         = (MnError){""};
}

static unsigned
heard_count(MnNotify const* const tell)
{
  return tell->heard < MN_HEARD ? tell->heard : MN_HEARD;
}

static bool
is_open(MnHeard const* const note)
{
  return note->end == (double)INFINITY;
}

// Ends the notes that no longer sound. Those that do are mostly the newest.
static void
end_notes(MnMonitor* const m, double const position)
{
  MnNotify* const tell = &m->tell;
  unsigned const  kept = heard_count(tell);
  unsigned        left = tell->open;
  for (unsigned i = 1; left && i <= kept; ++i) {
    MnHeard* const note = &tell->notes[(tell->heard - i) % MN_HEARD];
    if (is_open(note)) {
      --left;
      if (m->melody.held[note->channel][note->pitch] != note->onset) {
        note->end = position;
        --tell->open;
      }
    }
  }
}

void
mn_notify_midi(MnMonitor* const     m,
               double const         position,
               uint8_t const* const message,
               bool const           started)
{
  MnNotify* const tell = &m->tell;
  end_notes(m, position);
  if (started) {
    MnHeard* const note = &tell->notes[tell->heard % MN_HEARD];
    // The oldest gives way, though it may sound.
    bool const replaces = tell->heard >= MN_HEARD && is_open(note);
    tell->open += !replaces;
    *note = (MnHeard){
      .start   = position,
      .end     = (double)INFINITY,
      .onset   = mn_step_round(position),
      .channel = message[0] & MN_MIDI_CHANNEL,
      .pitch   = message[1],
    };
    // Beyond twice the ring only the remainder counts.
    tell->heard = tell->heard + 1 < 2 * MN_HEARD ? tell->heard + 1 : MN_HEARD;
  }
}

void
mn_notify_window(MnMonitor* const m, MnJob* const job)
{
  MnNotify* const tell = &m->tell;
  MnDone* const   done = job->scored ? &tell->scored : &tell->silent;
  done->number         = m->windows;
  done->window         = job->window;
  done->scored         = job->scored;
  tell->history        = tell->history || tell->window; // this one stands for two
  tell->window         = true;
  if (job->scored) {
    done->latent    = job->model->latent;
    done->music     = job->model->readout.music;
    done->readout   = job->readout;
    done->encode_ms = job->encode_ms;
    memcpy(done->mu, job->mu, done->latent * sizeof(float));
    memcpy(done->sigma, job->sigma, done->latent * sizeof(float));
    memcpy(done->percentiles, job->percentiles, done->music * sizeof(float));

    unsigned const slot    = tell->windows % MN_HISTORY;
    tell->musicality[slot] = job->readout.musicality;
    tell->noise[slot]      = (int32_t)job->readout.noise_active;
    tell->windows = tell->windows + 1 < 2 * MN_HISTORY ? tell->windows + 1 : MN_HISTORY;
  }
  mn_tlsf_free(m->pool, job);
}

void
mn_notify_failure(MnMonitor* const m, MnError const* const error)
{
  pthread_mutex_lock(&m->lock);
  if (!atomic_load_explicit(&m->failed, memory_order_acquire)) {
    m->failure = *error;
    atomic_store_explicit(&m->failed, true, memory_order_release);
  }
  pthread_mutex_unlock(&m->lock);
}

static void
put_tokens(MnMonitor* const m, uint8_t const* const tokens, unsigned const steps)
{
  int32_t values[MN_MAX_STEPS];
  for (unsigned i = 0; i < steps; ++i) {
    values[i] = tokens[i];
  }
  mn_put_vector(m, m->uris.mn_tokens, m->uris.atom_Int, steps, values);
}

// Generic hosts show the property; our own window reads mn:Model.
static bool
tell_property(MnMonitor* const m)
{
  char const* const    path = m->model ? m->model->path : "";
  LV2_Atom_Forge_Frame object;
  if (!mn_put_object(m, &object, m->uris.patch_Set, 2 * MN_PUT_PROPERTY + strlen(path))) {
    return false;
  }
  mn_put_urid(m, m->uris.patch_property, m->uris.model);
  mn_put_path(m, m->uris.patch_value, path);
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

static size_t
labels_size(MnReadoutTable const* const table)
{
  size_t size = 0;
  for (unsigned i = 0; table->labels && i < table->music; ++i) {
    size += strlen(table->labels[i].label) + strlen(table->labels[i].features) + 2;
  }
  return size;
}

static char          no_name[] = "";
static MnModel const no_model  = {.name = no_name, .steps = MN_STEPS_2BAR};

static bool
tell_model(MnMonitor* const m)
{
  MnModel const* const        model  = m->model ? m->model : &no_model;
  MnReadoutTable const* const table  = &model->readout;
  size_t const                labels = labels_size(table);
  LV2_Atom_Forge_Frame        object;
  if (!mn_put_object(m,
                     &object,
                     m->uris.mn_Model,
                     6 * MN_PUT_PROPERTY + strlen(model->name) + labels +
                       mn_put_vector_size(model->latent))) {
    return false;
  }
  mn_put_text(m, m->uris.mn_name, model->name);
  mn_put_int(m, m->uris.mn_steps, model->steps);
  mn_put_int(m, m->uris.mn_latent, model->latent);
  mn_put_int(m, m->uris.mn_music, table->music);
  mn_put_float(m, m->uris.mn_active, table->active);
  int32_t order[MN_MAX_LATENT];
  for (unsigned i = 0; i < model->latent; ++i) {
    order[i] = table->order[i];
  }
  mn_put_vector(m, m->uris.mn_order, m->uris.atom_Int, model->latent, order);
  mn_put_labels(m, table, labels);
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

static bool
tell_history(MnMonitor* const m)
{
  MnNotify const* const tell  = &m->tell;
  unsigned const        count = tell->windows < MN_HISTORY ? tell->windows : MN_HISTORY;
  LV2_Atom_Forge_Frame  object;
  if (!mn_put_object(
        m, &object, m->uris.mn_History, MN_PUT_PROPERTY + 2 * mn_put_vector_size(count))) {
    return false;
  }
  float   musicality[MN_HISTORY];
  int32_t noise[MN_HISTORY];
  for (unsigned i = 0; i < count; ++i) {
    unsigned const slot = (tell->windows - count + i) % MN_HISTORY;
    musicality[i]       = tell->musicality[slot];
    noise[i]            = tell->noise[slot];
  }
  mn_put_int(m, m->uris.mn_number, m->windows);
  mn_put_vector(m, m->uris.mn_musicalities, m->uris.atom_Float, count, musicality);
  mn_put_vector(m, m->uris.mn_noiseCounts, m->uris.atom_Int, count, noise);
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

static bool
tell_done(MnMonitor* const m, MnDone const* const done)
{
  unsigned const       latent = done->scored ? done->latent : 0;
  unsigned const       music  = done->scored ? done->music : 0;
  LV2_Atom_Forge_Frame object;
  if (!mn_put_object(m,
                     &object,
                     m->uris.mn_Window,
                     8 * MN_PUT_PROPERTY + mn_put_vector_size(done->window.steps) +
                       2 * mn_put_vector_size(latent) + mn_put_vector_size(music))) {
    return false;
  }
  mn_put_int(m, m->uris.mn_number, done->number);
  mn_put_long(m, m->uris.mn_start, done->window.start);
  put_tokens(m, done->window.tokens, done->window.steps);
  mn_put_bool(m, m->uris.mn_scored, done->scored);
  mn_put_int(m, m->uris.mn_late, m->jobs.late);
  if (done->scored) {
    mn_put_vector(m, m->uris.mn_mu, m->uris.atom_Float, latent, done->mu);
    mn_put_vector(m, m->uris.mn_sigma, m->uris.atom_Float, latent, done->sigma);
    mn_put_vector(m, m->uris.mn_percentiles, m->uris.atom_Float, music, done->percentiles);
    mn_put_float(m, m->uris.mn_musicality, (double)done->readout.musicality);
    mn_put_int(m, m->uris.mn_musicActive, done->readout.music_active);
    mn_put_int(m, m->uris.mn_noiseActive, done->readout.noise_active);
    mn_put_float(m, m->uris.mn_encodeTime, (double)done->encode_ms);
  }
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

// The newest window. If that has no values, who has just opened needs those of
// an earlier one first.
static bool
tell_window(MnMonitor* const m)
{
  MnNotify* const tell   = &m->tell;
  bool const      silent = tell->silent.number > tell->scored.number;
  if (tell->scored.number && (tell->values || !silent) && !tell_done(m, &tell->scored)) {
    return false;
  }
  tell->values = false;
  return !silent || tell_done(m, &tell->silent);
}

// The notes that sound in the window, in the coding of mn:notes. Returns how
// many numbers it wrote.
static unsigned
notes_since(MnNotify const* const tell,
            double const          start,
            double const          position,
            float* const          values)
{
  unsigned       used  = 0;
  unsigned const count = heard_count(tell);
  for (unsigned i = 0; i < count; ++i) {
    MnHeard const* const note = &tell->notes[(tell->heard - count + i) % MN_HEARD];
    double const         end  = note->end < position ? note->end : position;
    if (end >= start - 0.5) {
      values[used++] = (float)note->pitch;
      values[used++] = (float)(note->start - start);
      values[used++] = (float)(end - start);
    }
  }
  return used;
}

static bool
tell_step(MnMonitor* const m)
{
  double const   position = mn_timeline_position(&m->timeline);
  unsigned const steps    = m->model ? m->model->steps : MN_STEPS_2BAR;
  int64_t const  start =
    m->listening ? mn_grid_start(&m->grid) : (int64_t)floor(position) - (int64_t)steps;
  MnBar const bar = mn_bar_at(&m->timeline.bar, (double)start);

  float          notes[3 * MN_HEARD];
  unsigned const numbers = notes_since(&m->tell, (double)start, position, notes);

  LV2_Atom_Forge_Frame object;
  if (!mn_put_object(m,
                     &object,
                     m->uris.mn_Step,
                     9 * MN_PUT_PROPERTY + mn_put_vector_size(steps) +
                       mn_put_vector_size(numbers))) {
    return false;
  }
  uint8_t tokens[MN_MAX_STEPS];
  mn_melody_tokens(&m->melody, start, steps, tokens);
  m->tell.listening = m->listening;
  m->tell.mode      = (int)m->timeline.mode;
  m->tell.bpm       = mn_timeline_bpm(&m->timeline);
  mn_put_double(m, m->uris.mn_position, position);
  mn_put_int(m, m->uris.mn_mode, m->timeline.mode);
  mn_put_bool(m, m->uris.mn_listening, m->listening);
  mn_put_float(m, m->uris.mn_tempo, mn_timeline_bpm(&m->timeline));
  mn_put_double(m, m->uris.mn_barStart, bar.start);
  mn_put_double(m, m->uris.mn_barLength, bar.length);
  mn_put_double(m, m->uris.mn_beatLength, bar.beat);
  mn_put_long(m, m->uris.mn_barNumber, bar.number);
  mn_put_long(m, m->uris.mn_start, start);
  put_tokens(m, tokens, steps);
  mn_put_vector(m, m->uris.mn_notes, m->uris.atom_Float, numbers, notes);
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

static bool
tell_message(MnMonitor* const m)
{
  LV2_Atom_Forge_Frame object;
  if (!mn_put_object(
        m, &object, m->uris.mn_Message, MN_PUT_PROPERTY + strlen(m->tell.error.text))) {
    return false;
  }
  mn_put_text(m, m->uris.mn_text, m->tell.error.text);
  lv2_atom_forge_pop(&m->forge, &object);
  return true;
}

// Keeps what a loader had to say, for a window that opens later. Only run()
// lowers `failed`, and only a loader raises it.
static void
take_failure(MnMonitor* const m)
{
  if (atomic_load_explicit(&m->failed, memory_order_acquire)) {
    m->tell.error   = m->failure;
    m->tell.message = true;
    atomic_store_explicit(&m->failed, false, memory_order_release);
  }
}

// A step is told when it begins. While none does that counts, a change of what
// drives the stream is, once a step.
static bool
is_step_due(MnMonitor* const m)
{
  MnNotify* const tell = &m->tell;
  if (tell->step || m->listening != tell->listening ||
      (int)m->timeline.mode != tell->mode) {
    return true;
  }
  if (!m->listening && mn_timeline_bpm(&m->timeline) == tell->bpm) {
    return false;
  }
  double const position = mn_timeline_position(&m->timeline);
  if (position >= tell->began && position < tell->began + 1) {
    return false;
  }
  tell->began = floor(position);
  return true;
}

// Sequences are written in each block, most of them empty.
static void
write_nothing(MnMonitor const* const m)
{
  m->notify->atom = (LV2_Atom){sizeof(LV2_Atom_Sequence_Body), m->uris.atom_Sequence};
  m->notify->body = (LV2_Atom_Sequence_Body){0, 0};
}

void
mn_notify_write(MnMonitor* const m)
{
  MnNotify* const tell = &m->tell;
  if (!m->notify || m->notify->atom.size < sizeof(LV2_Atom_Sequence)) {
    return;
  }
  tell->step = is_step_due(m);
  take_failure(m);
  if (!(tell->property | tell->model | tell->history | tell->window | tell->step |
        tell->message)) {
    write_nothing(m);
    return;
  }

  LV2_Atom_Forge_Frame sequence;
  mn_put_sequence(m, &sequence);
  tell->property = tell->property && !tell_property(m);
  tell->model    = tell->model && !tell_model(m);
  tell->history  = tell->history && !tell_history(m);
  tell->window   = tell->window && !tell_window(m);
  tell->step     = tell->step && !tell_step(m);
  tell->message  = tell->message && !tell_message(m);
  lv2_atom_forge_pop(&m->forge, &sequence);
}
