// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The audio thread: takes events, has windows encoded, and shows the results.

#include "base/midi.h"
#include "monitor.h"
#include "position.h"
#include "protocol/atoms.h"

#include <math.h>
#include <string.h>

static double const steps_per_beat = 4.0;

// Begins the glide of all values to a readout of a model with so many noise neurons.
static void
aim(MnMonitor* const        m,
    MnReadout const* const  readout,
    MnLongView const* const view,
    unsigned const          noise_neurons)
{
  double const ms = mn_monitor_control(m, MN_PORT_GLIDE);
  mn_outputs_aim(
    &m->outputs, readout, view, noise_neurons, (uint32_t)(ms * 1e-3 * m->host.rate));
  mn_cc_aim(&m->cc, &m->outputs, m->frame);
}

// Shows the surprise of the last notes from the current frame on.
static void
show_surprise(MnMonitor* const m)
{
  mn_outputs_surprise(&m->outputs, mn_surprise_mean(&m->listening.surprise.surprise));
  mn_cc_aim_surprise(&m->cc, &m->outputs, m->frame);
}

static void
rest(MnMonitor* const m)
{
  aim(m, &mn_readout_neutral, &mn_long_view_neutral, 0);
  mn_surprise_rest(&m->listening.surprise.surprise);
  show_surprise(m);
  mn_cv_rest(&m->cv);
  m->listening.resting = true;
  mn_notify_rest(&m->notify);
}

static void
break_stream(MnMonitor* const m)
{
  mn_listening_break(&m->listening);
  mn_long_memory_break(&m->requests.second);
  m->course = (MnCourse){0};
  show_surprise(m);
  mn_notify_break(&m->notify);
}

void
mn_monitor_restart(MnMonitor* const m)
{
  mn_encode_queue_drop(&m->requests.queue);
  m->requests.queue.late = 0;
  m->windows             = 0;
  m->encode_ms           = 0;
  mn_outputs_init(&m->outputs);
  mn_cc_aim(&m->cc, &m->outputs, m->frame);
  mn_cc_aim_surprise(&m->cc, &m->outputs, m->frame);
  mn_cv_init(&m->cv, m->host.rate);
  mn_listening_restart(&m->listening);
  mn_long_memory_break(&m->requests.second);
  m->course = (MnCourse){0};
  mn_notify_restart(&m->notify);
}

// Begins the glide to the values of a job. The neurons that the ports show are those of
// either level.
static void
aim_at_job(MnMonitor* const m, MnJob const* const job)
{
  unsigned const noise = job->model->latent - job->model->readout.music;
  if (mn_monitor_control(m, MN_PORT_SPAN) > 0.5) {
    MnReadout readout = job->readout;
    memcpy(readout.ranked, job->view.ranked, sizeof(readout.ranked));
    aim(m, &readout, &job->view, noise);
  } else {
    aim(m, &job->readout, &job->view, noise);
  }
}

// Shows the result of a window from the current frame on.
static void
show_result(MnMonitor* const m, MnJob* const job)
{
  MnListening* const l = &m->listening;
  bool const         shown =
    job->scored && !mn_listening_is_silent_at(l, mn_listening_position_after(l, 0));
  if (job->scored) {
    mn_course_take(&m->course, job->window.start, &job->readout);
  }
  mn_long_memory_take(&m->requests.second, job);
  if (shown) {
    aim_at_job(m, job);
    l->resting = false;
  }
  if (job->scored) {
    m->encode_ms = job->encode_ms;
  }
  ++m->windows;
  mn_cv_window(&m->cv, shown, job->readout.top[0].neuron);
  MnBar const bar = mn_bar_at(&l->timeline.bar, (double)job->window.start);
  mn_notify_window(&m->notify, m->windows, bar.number, job, shown);
}

static void
take_results(MnMonitor* const m)
{
  MnEncodeQueue* const queue = &m->requests.queue;
  for (MnJob* job; (job = mn_encode_queue_done(queue));) {
    show_result(m, job);
    mn_encode_queue_remove(queue);
  }
}

// Goes on with a change of the model.
static void
swap_models(MnMonitor* const m)
{
  if (mn_model_swap_finish(&m->swap)) {
    mn_notify_property(&m->notify); // of the old model, if the new one failed to load
  }
  MnModel const* const before = m->swap.model;
  if (!m->requests.queue.count && mn_model_swap_take(&m->swap)) {
    if (m->swap.model != before) {
      m->course = (MnCourse){0}; // what another model said means nothing to this one
      mn_encode_requests_set_model(&m->requests, m->swap.model);
    }
    mn_encode_queue_forget_pace(&m->requests.queue);
    mn_listening_set_steps(&m->listening, m->swap.model->steps);
    mn_notify_model(&m->notify);
  }
  mn_model_swap_send(&m->swap, m->requests.block);
}

static bool
is_freewheeling(MnMonitor const* const m)
{
  return mn_monitor_control(m, MN_PORT_FREEWHEEL) > 0;
}

static void
read_settings(MnMonitor* const m)
{
  bool const changed = mn_control_ports_changed(
    &m->ports, MN_PORT_ENABLED, MN_SETTING_PORTS, m->setting_ports);
  if (!changed && m->settings_known) {
    return;
  }
  MnListening* const l = &m->listening;
  m->settings_known    = true;
  m->due               = m->frame;
  MnSettings const old = l->settings;
  MnSettings const now = {
    .enabled = mn_monitor_control(m, MN_PORT_ENABLED) > 0,
    .hop     = (MnHop)lrint(mn_monitor_control(m, MN_PORT_HOP)),
    .channel = (unsigned)lrint(mn_monitor_control(m, MN_PORT_CHANNEL)),
    .voice   = (MnVoice)lrint(mn_monitor_control(m, MN_PORT_VOICE)),
    .reset   = mn_monitor_control(m, MN_PORT_RESET) > 0,
  };
  l->settings   = now;
  l->hold_steps = mn_monitor_control(m, MN_PORT_HOLD) * steps_per_beat;
  mn_timeline_set_tempo(&l->timeline, mn_monitor_control(m, MN_PORT_TEMPO));

  if (now.reset && !old.reset) {
    mn_monitor_restart(m);
  } else if (now.enabled != old.enabled) {
    break_stream(m);
    if (!now.enabled) {
      mn_encode_queue_drop(&m->requests.queue);
      rest(m);
    }
  } else if (now.channel != old.channel || now.voice != old.voice) {
    mn_melody_set_filter(&l->melody, now.voice, now.channel);
    break_stream(m);
  } else if (now.hop != old.hop && l->open) {
    mn_listening_open(l);
  }
}

static void
hear(MnMonitor* const m, uint8_t const* const message, uint32_t const size)
{
  MnListening* const l        = &m->listening;
  double const       position = mn_listening_position_after(l, 0);
  bool const         started  = mn_melody_midi(&l->melody, position, message, size);
  mn_played_midi(&m->notify.played, &l->melody, position, message, started);
  if (!started) {
    return;
  }
  mn_listening_note_sounds(l);
  if (!l->open) {
    // No host gives the bars: this note begins the first one.
    mn_timeline_start_bar(&l->timeline);
    break_stream(m);
    mn_listening_open(l);
    bool const again = mn_melody_midi(&l->melody, l->last_sounding, message, size);
    mn_played_midi(&m->notify.played, &l->melody, l->last_sounding, message, again);
  }
}

static void
ask_for_model(MnMonitor* const m, MnText const path)
{
  MnError const* const refused = mn_model_swap_ask(&m->swap, path.at, path.length);
  if (refused) {
    mn_model_news_error(&m->notify.model, refused);
  }
}

// Goes on after what a transport said. @param before The timeline's mode until then.
// @return whether a transport starts here.
static bool
follow_timeline(MnMonitor* const m, MnStream const stream, MnTimelineMode const before)
{
  MnListening* const l = &m->listening;
  if (stream == MN_STREAM_BROKEN) {
    break_stream(m);
    return before == MN_TIMELINE_FREE && mn_timeline_has_bars(&l->timeline);
  }
  if (l->open) {
    mn_grid_recount(&l->grid, &l->timeline.bar);
  }
  return false;
}

// @return whether the host's transport starts here.
static bool
take_position(MnMonitor* const m, LV2_Atom_Object const* const object)
{
  MnTimeline* const    timeline = &m->listening.timeline;
  MnPosition const     position = mn_position_read(&m->host.uris, object);
  MnTimelineMode const before   = timeline->mode;
  return follow_timeline(m, mn_timeline_locate(timeline, &position), before);
}

static bool
take_place(MnMonitor* const m, MnClockPlace const* const place)
{
  MnTimeline* const    timeline = &m->listening.timeline;
  MnTimelineMode const before   = timeline->mode;
  return follow_timeline(m, mn_timeline_clock(timeline, place), before);
}

// Takes a message of a MIDI clock. @return whether its song starts here.
static bool
take_clock(MnMonitor* const m, LV2_Atom_Event const* const event)
{
  MnClockPlace const place = mn_listening_take_clock(
    &m->listening, m->frame, (uint8_t const*)(event + 1), event->body.size);
  return place.told && take_place(m, &place);
}

static bool
is_clock(LV2_Atom_Event const* const event)
{
  return mn_midi_clock_minds((uint8_t const*)(event + 1), event->body.size);
}

// A clock that has stayed away has gone.
static void
lose_clock(MnMonitor* const m)
{
  MnClockPlace const nowhere = {.told = true};
  mn_midi_clock_init(&m->listening.clock, m->host.rate);
  take_place(m, &nowhere);
}

// Takes an object, if it is one. @return whether the host's transport starts here.
static bool
take_object(MnMonitor* const m, LV2_Atom_Object const* const object)
{
  MnUris const* const u = &m->host.uris;
  if (!object) {
    return false;
  }
  if (object->body.otype == u->time_Position) {
    return take_position(m, object);
  }
  if (object->body.otype == u->patch_Get) {
    LV2_URID const property = mn_atoms_urid(u, mn_atoms_get(object, u->patch_property));
    if (!property) {
      mn_notify_all(&m->notify);
    } else if (property == u->model) {
      mn_notify_property(&m->notify);
    }
  } else {
    MnText const path = mn_atoms_model_path(u, object);
    if (path.length) {
      ask_for_model(m, path);
    }
  }
  return false;
}

static inline bool
listens(MnListening const* const l)
{
  return l->settings.enabled && l->timeline.mode != MN_TIMELINE_STILL;
}

// Takes a MIDI message as far as somebody hears it: of a flood only the first notes.
static inline void
take_midi(MnMonitor* const m, LV2_Atom_Event const* const event)
{
  MnListening* const   l       = &m->listening;
  uint8_t const* const message = (uint8_t const*)(event + 1);
  uint32_t const       size    = event->body.size;
  if (mn_midi_strikes(message, size)) {
    if (listens(l) && mn_melody_hears(&l->melody, message) &&
        mn_flood_admits(&l->flood, m->frame)) {
      hear(m, message, size);
    }
  } else if (mn_midi_controls(message, size)) {
    mn_cc_receive(&m->cc, message);
    if (mn_melody_minds(message[1])) { // at all times: pedals, MPE zones
      hear(m, message, size);
    }
  } else if (mn_midi_releases(message, size) && listens(l)) {
    hear(m, message, size);
  }
}

// Hears the notes from `first` up to `end` again. @return `end`.
static LV2_Atom_Event const*
hear_again(MnMonitor* const m, LV2_Atom_Event const* first, LV2_Atom_Event const* const end)
{
  for (; first != end; first = mn_atoms_next(m->in, first)) {
    if (first->body.type == m->host.uris.midi_MidiEvent) {
      take_midi(m, first);
    }
  }
  return end;
}

// Does what is due on the current frame, before the events on it.
static void
do_due(MnMonitor* const m)
{
  MnListening* const l = &m->listening;
  if (m->frame >= mn_midi_clock_end(&l->clock)) {
    lose_clock(m);
  }
  if (l->melody.sounding) {
    mn_listening_note_sounds(l);
  }
  if (!mn_listening_is_due_after(l, 0)) {
    return;
  }
  if (mn_listening_settle(l, m->swap.model)) {
    show_surprise(m);
    l->resting = l->resting && !l->surprise.surprise.counted;
  }
  MnWindow window;
  while (mn_listening_next_window(l, &window)) {
    mn_encode_requests_add(&m->requests, &m->swap, &window, is_freewheeling(m));
    take_results(m);
  }
  if (mn_listening_must_rest_at(l, mn_listening_position_after(l, 0))) {
    // Values fall back to neutral, and a free stream waits for its next first note.
    if (!l->resting) {
      rest(m);
    }
    if (l->timeline.mode == MN_TIMELINE_FREE) {
      l->open = false;
    }
  }
}

// Plays the frames of the block from `at` up to `end`. The caller does what is due on
// `end` itself. `due` is kept from call to call; an event or a result resets it.
static void
play(MnMonitor* const m, uint32_t at, uint32_t const end)
{
  while (at < end) {
    if (m->due <= m->frame) {
      do_due(m);
      uint64_t const due   = m->frame + mn_listening_idle_frames(&m->listening, end - at);
      uint64_t const clock = mn_midi_clock_end(&m->listening.clock);
      m->due               = due < clock ? due : clock;
    }
    uint64_t const until  = m->due - m->frame;
    uint32_t const frames = until < end - at ? (uint32_t)until : end - at;
    if (m->cc.due < m->frame + frames) {
      mn_cc_play(&m->cc, &m->out, m->frame, at, frames);
    }
    if (m->cv.used) {
      mn_cv_play(&m->cv, &m->outputs, at, frames);
    }
    mn_outputs_advance(&m->outputs, frames);
    mn_timeline_advance(&m->listening.timeline, frames);
    m->frame += frames;
    at += frames;
  }
}

// Takes the events of a block, and plays the frames before each. @return how many those are.
static uint32_t
take_events(MnMonitor* const m, uint32_t const frames)
{
  MnUris const* const   u      = &m->host.uris;
  uint32_t              at     = 0;
  bool                  is_due = true; // what is due on this frame is still to be done
  LV2_Atom_Event const* event  = mn_atoms_first(u, m->in);
  LV2_Atom_Event const* first  = event; // on its frame that a start would hear again
  for (; event; event = mn_atoms_next(m->in, event)) {
    int64_t const  said = event->time.frames;
    uint32_t const time = said <= at ? at : said >= frames ? frames : (uint32_t)said;
    if (time > at) {
      m->out.reserved = mn_atoms_left(m->in, event);
      play(m, at, time);
      at     = time;
      first  = event;
      is_due = true;
    }
    if (is_due) {
      do_due(m);
    }
    m->due = m->frame;

    bool starts = false;
    if (event->body.type == u->midi_MidiEvent) {
      mn_midi_out_pass(&m->out, event);
      is_due = is_clock(event); // other MIDI makes nothing due on its own frame
      if (!is_due) {
        take_midi(m, event);
        continue;
      }
      starts = take_clock(m, event);
    } else {
      is_due = true;
      starts = take_object(m, mn_atoms_object(u, &event->body));
    }
    if (starts) {
      // Hosts may send notes before the position that they are at.
      first = hear_again(m, first, event);
    }
  }
  return at;
}

static void
write_messages(MnMonitor* const m, uint32_t const frames)
{
  MnError const* const failure = mn_model_swap_failure(&m->swap);
  if (failure) {
    mn_model_news_error(&m->notify.model, failure);
    mn_model_swap_forget_failure(&m->swap);
  }
  if (m->cc.news && mn_cc_tell(&m->cc, m->frame, m->notify.levels)) {
    mn_notify_sent(&m->notify);
  }
  mn_notify_write(&m->notify,
                  &m->out,
                  frames ? frames - 1 : 0, // behind all MIDI of the block
                  m->swap.model,
                  &m->listening,
                  m->windows,
                  m->requests.queue.late);
}

void
mn_monitor_run(MnMonitor* const m, uint32_t const frames)
{
  mn_midi_out_begin(&m->out, m->in);
  mn_encode_requests_begin_block(&m->requests, frames);
  if (mn_encode_queue_is_busy(&m->requests.queue) || mn_model_swap_is_busy(&m->swap)) {
    m->due = m->frame;
    take_results(m);
    swap_models(m);
    mn_encode_requests_go_on(&m->requests, &m->swap, is_freewheeling(m));
  }
  read_settings(m);
  if (m->listening.settings.enabled && (m->cc.on || mn_cc_is_wanted(&m->ports))) {
    mn_cc_read(&m->cc, &m->ports, &m->outputs, m->frame);
  }

  uint32_t const at = take_events(m, frames);
  m->out.reserved   = 0;
  play(m, at, frames);
  mn_midi_out_flush(&m->out);

  if (m->requests.queue.count) {
    mn_encode_requests_run(&m->requests, &m->swap);
    take_results(m);
    m->due = m->frame;
  } else {
    m->requests.credit = 0;
  }
  mn_control_ports_write(&m->ports,
                         &m->outputs,
                         &m->listening,
                         m->windows,
                         m->requests.queue.late,
                         m->swap.model ? m->encode_ms : -1);
  write_messages(m, frames);
}
