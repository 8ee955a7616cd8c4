// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The audio thread: events in, windows out to the worker, results to ports.

#include "delegate.h"
#include "monitor.h"
#include "position.h"
#include "protocol/atoms.h"

#include <lv2/atom/util.h>
#include <math.h>

static double const steps_per_beat = 4.0;

enum { STATUS_CONTROLLER = 0xB0 };

// Positions are asked for this much ahead, in frames. On which frame a step
// begins is then no matter of the last bit, which differs with the host's blocks:
// where positions fall on frames exactly, they are far from it.
static double const ahead = 1e-4;

static double
position_after(MnMonitor const* const m, uint32_t const frames)
{
  return mn_timeline_position_after(&m->timeline, frames + ahead);
}

void
mn_monitor_aim(MnMonitor* const       m,
               MnReadout const* const readout,
               unsigned const         noise_neurons)
{
  double const ms = mn_monitor_control(m, MN_PORT_GLIDE);
  mn_outputs_aim(&m->outputs, readout, noise_neurons, (uint32_t)(ms * 1e-3 * m->rate));
  mn_cc_aim(m);
}

static void
rest(MnMonitor* const m)
{
  mn_monitor_aim(m, &mn_readout_neutral, 0);
  mn_cv_rest(&m->cv);
  m->resting = true;
}

void
mn_monitor_listen(MnMonitor* const m)
{
  unsigned const steps = m->model ? m->model->steps : MN_STEPS_2BAR;
  m->listening         = true;
  mn_grid_init(&m->grid, steps, m->settings.hop, &m->timeline.bar, position_after(m, 0));
}

// What came before has nothing to do with what follows.
static void
break_stream(MnMonitor* const m)
{
  mn_melody_clear(&m->melody);
  mn_notify_break(m);
  m->last_heard = mn_timeline_position(&m->timeline);
  m->listening  = false;
  if (m->settings.enabled && m->timeline.mode == MN_TIMELINE_HOST) {
    mn_monitor_listen(m);
  }
}

// Results that have not come yet no longer count.
static void
drop_results(MnMonitor* const m)
{
  m->stale = m->jobs.count;
  mn_jobs_drop_waiting(&m->jobs);
}

void
mn_monitor_restart(MnMonitor* const m)
{
  drop_results(m);
  m->jobs.late = 0;
  m->windows   = 0;
  m->encode_ms = 0;
  mn_outputs_init(&m->outputs);
  mn_cc_aim(m);
  mn_cv_init(&m->cv, m->rate);
  m->resting = true;
  mn_notify_restart(m);
  mn_melody_init(&m->melody, m->settings.voice, m->settings.channel);
  break_stream(m);
}

static void
read_settings(MnMonitor* const m)
{
  bool const changed =
    mn_monitor_inputs_changed(m, MN_PORT_ENABLED, MN_SETTING_PORTS, m->setting_ports);
  if (!changed && m->settings_known) {
    return;
  }
  m->settings_known    = true;
  m->due               = m->frame;
  MnSettings const old = m->settings;
  MnSettings const now = {
    .enabled = mn_monitor_control(m, MN_PORT_ENABLED) > 0,
    .hop     = (MnHop)lrint(mn_monitor_control(m, MN_PORT_HOP)),
    .channel = (unsigned)lrint(mn_monitor_control(m, MN_PORT_CHANNEL)),
    .voice   = (MnVoice)lrint(mn_monitor_control(m, MN_PORT_VOICE)),
    .reset   = mn_monitor_control(m, MN_PORT_RESET) > 0,
  };
  m->settings   = now;
  m->hold_steps = mn_monitor_control(m, MN_PORT_HOLD) * steps_per_beat;
  mn_timeline_set_tempo(&m->timeline, mn_monitor_control(m, MN_PORT_TEMPO));

  if (now.reset && !old.reset) {
    mn_monitor_restart(m);
  } else if (now.enabled != old.enabled) {
    break_stream(m);
    if (!now.enabled) {
      drop_results(m);
      rest(m);
    }
  } else if (now.channel != old.channel || now.voice != old.voice) {
    mn_melody_set_filter(&m->melody, now.voice, now.channel);
    break_stream(m);
  } else if (now.hop != old.hop && m->listening) {
    mn_monitor_listen(m);
  }
}

static void
hear(MnMonitor* const m, uint8_t const* const message, size_t const size)
{
  // Of controllers the melody keeps track always: pedals, MPE zones.
  bool const controls = size > 0 && (message[0] & 0xF0) == STATUS_CONTROLLER;
  bool const hears    = m->settings.enabled && m->timeline.mode != MN_TIMELINE_STILL;
  if (!hears && !controls) {
    return;
  }
  double const position = position_after(m, 0);
  bool const   started  = mn_melody_midi(&m->melody, position, message, size);
  mn_notify_midi(m, position, message, started);
  if (!started) {
    return;
  }
  m->last_heard = mn_timeline_position(&m->timeline);
  if (!m->listening) {
    // Nothing gives the bars: this note does.
    mn_timeline_start_bar(&m->timeline);
    break_stream(m);
    mn_monitor_listen(m);
    mn_notify_midi(
      m, m->last_heard, message, mn_melody_midi(&m->melody, m->last_heard, message, size));
  }
}

static void
take_object(MnMonitor* const m, LV2_Atom_Object const* const object)
{
  if (object->body.otype == m->uris.time_Position) {
    MnPosition const position = mn_position_read(&m->uris, object);
    if (mn_timeline_locate(&m->timeline, &position) == MN_STREAM_BROKEN) {
      break_stream(m);
    } else if (m->listening) {
      mn_grid_recount(&m->grid, &m->timeline.bar);
    }
  } else if (object->body.otype == m->uris.patch_Get) {
    LV2_URID const property =
      mn_atoms_urid(&m->uris, mn_atoms_get(object, m->uris.patch_property));
    if (!property) {
      mn_notify_ask(m);
    } else if (property == m->uris.model) {
      m->tell.property = true;
    }
  } else {
    char const* const path = mn_atoms_model_path(&m->uris, object);
    if (path) {
      mn_delegate_model(m, path);
    }
  }
}

static void
take_event(MnMonitor* const m, LV2_Atom_Event const* const event)
{
  if (event->body.type == m->uris.midi_MidiEvent) {
    uint8_t const* const message = (uint8_t const*)(event + 1);
    if (m->out_capacity) {
      lv2_atom_sequence_append_event(m->out, m->out_capacity, event);
    }
    mn_cc_hear(m, message, event->body.size);
    hear(m, message, event->body.size);
    return;
  }
  LV2_Atom_Object const* const object = mn_atoms_object(&m->uris, &event->body);
  if (object) {
    take_object(m, object);
  }
}

static bool
step_begins(MnMonitor const* const m, double const position)
{
  return m->listening && mn_step_round(position) >= m->grid.next;
}

// Whether there have been `hold` beats of silence.
static bool
is_silent_at(MnMonitor const* const m, double const position)
{
  return !m->melody.sounding && position - m->last_heard >= m->hold_steps;
}

bool
mn_monitor_is_silent(MnMonitor const* const m)
{
  return is_silent_at(m, position_after(m, 0));
}

// Likewise, if there is something to do about it.
static bool
must_rest(MnMonitor const* const m, double const position)
{
  bool const free = m->listening && m->timeline.mode == MN_TIMELINE_FREE;
  return (!m->resting || free) && is_silent_at(m, position);
}

// Whether anything can become due as time goes by.
static bool
is_waiting(MnMonitor const* const m)
{
  return m->listening || !m->resting;
}

// Does what the current frame is the time for, before the events on it.
static void
do_due(MnMonitor* const m)
{
  if (m->melody.sounding) {
    m->last_heard = mn_timeline_position(&m->timeline);
  }
  if (!is_waiting(m)) {
    return;
  }
  double const position = position_after(m, 0);
  if (step_begins(m, position)) {
    MnWindow window;
    while (mn_grid_next(&m->grid, &m->timeline.bar, &m->melody, position, &window)) {
      mn_delegate_window(m, &window);
      mn_delegate_take(m);
    }
  }
  if (must_rest(m, position)) {
    // Values fall back, and a free stream waits for its next first note.
    if (!m->resting) {
      rest(m);
    }
    if (m->timeline.mode == MN_TIMELINE_FREE) {
      m->listening = false;
    }
  }
}

static bool
is_due_after(MnMonitor const* const m, uint32_t const frames)
{
  double const position = position_after(m, frames);
  return step_begins(m, position) || must_rest(m, position);
}

// Frames in which do_due() has nothing to do: up to where it has, or as many as
// `frames`, or more where that is easily seen.
static uint32_t
frames_until_due(MnMonitor const* const m, uint32_t const frames)
{
  uint32_t const far = 1024;
  if (!is_waiting(m)) {
    return INT32_MAX;
  }
  if (!is_due_after(m, far)) {
    return far;
  }
  if (!is_due_after(m, frames)) {
    return frames;
  }
  uint32_t before = 0;
  uint32_t due    = frames;
  while (due - before > 1) {
    uint32_t const middle = before + (due - before) / 2;
    if (is_due_after(m, middle)) {
      due = middle;
    } else {
      before = middle;
    }
  }
  return due;
}

// Plays the frames of the block from `at` until `end`. What is due on `end`
// itself is left to whoever comes to play that frame. When something is due next
// is known from the last time, unless something has come in between.
static void
play(MnMonitor* const m, uint32_t at, uint32_t const end)
{
  while (at < end) {
    if (m->due <= m->frame) {
      do_due(m);
      m->due = m->frame + frames_until_due(m, end - at);
    }
    uint64_t const until  = m->due - m->frame;
    uint32_t const frames = until < end - at ? (uint32_t)until : end - at;
    if (m->cc.due < m->frame + frames) {
      mn_cc_play(m, at, frames);
    }
    if (m->cv.used) {
      mn_cv_play(m, at, frames);
    }
    mn_outputs_advance(&m->outputs, frames);
    mn_timeline_advance(&m->timeline, frames);
    m->frame += frames;
    at += frames;
  }
}

static void
begin_out(MnMonitor* const m)
{
  // A host may give both ports one buffer: then the events are there already, and
  // no controller can come between them.
  bool const shared = (void const*)m->out == (void const*)m->in;
  // Events are padded to 8 bytes, which must not take them over the end.
  m->out_capacity = m->out && !shared ? m->out->atom.size & ~7U : 0;
  m->cc.full      = !m->out_capacity;
  if (!m->out_capacity) {
    return;
  }
  m->out->atom.type = m->uris.atom_Sequence;
  m->out->atom.size = sizeof(LV2_Atom_Sequence_Body);
  m->out->body.unit = 0;
  m->out->body.pad  = 0;
}

void
mn_monitor_run(MnMonitor* const m, uint32_t const frames)
{
  begin_out(m);
  m->block = frames;
  mn_jobs_begin_block(&m->jobs);
  if (mn_delegate_is_busy(m)) {
    m->due = m->frame;
    mn_delegate_take(m);
    mn_delegate_keep(m);
    mn_delegate_waiting(m);
    mn_delegate_go_on(m);
  }
  read_settings(m);
  if (m->cc.on || mn_cc_is_wanted(m)) {
    mn_cc_read(m);
  }

  uint32_t              at    = 0;
  LV2_Atom_Event const* event = mn_atoms_first(&m->uris, m->in);
  while (event) {
    int64_t const  said = event->time.frames;
    uint32_t const time = said <= at ? at : said >= frames ? frames : (uint32_t)said;
    m->in_left          = mn_atoms_left(m->in, event);
    play(m, at, time);
    do_due(m);
    at = time;
    take_event(m, event);
    m->due = m->frame;
    event  = mn_atoms_next(m->in, event);
  }
  m->in_left = 0;
  play(m, at, frames);

  if (m->jobs.count) {
    mn_delegate_slices(m, frames);
    mn_delegate_take(m);
    m->due = m->frame;
  } else {
    m->credit = 0;
  }
  mn_monitor_present(m);
  mn_notify_write(m);
}
