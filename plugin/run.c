// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The audio thread: events in, windows out to the worker, results to ports.

#include "atoms.h"
#include "monitor.h"

#include <lv2/atom/util.h>
#include <math.h>
#include <string.h>

static double const steps_per_beat = 4.0;

enum { MAX_PATH = 4096 };

static bool
is_freewheeling(MnMonitor const* const m)
{
  return mn_monitor_control(m, PORT_FREEWHEEL, 0, 1, 0) > 0;
}

static void
rest(MnMonitor* const m)
{
  double const ms = mn_monitor_control(m, PORT_GLIDE, 0, 5000, 50);
  mn_outputs_aim(&m->outputs, &mn_readout_neutral, (uint32_t)(ms * 1e-3 * m->rate));
  m->resting = true;
}

// Opens windows from the current position on.
static void
listen(MnMonitor* const m)
{
  unsigned const steps = m->model ? m->model->steps : MN_STEPS_2BAR;
  m->listening         = true;
  mn_grid_init(&m->grid,
               steps,
               m->settings.hop,
               &m->timeline.bar,
               mn_timeline_position(&m->timeline));
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
    listen(m);
  }
}

void
mn_monitor_restart(MnMonitor* const m)
{
  m->stale = m->jobs.count;
  mn_jobs_drop_waiting(&m->jobs);
  m->jobs.late = 0;
  m->windows   = 0;
  m->encode_ms = 0;
  mn_outputs_init(&m->outputs);
  m->resting = true;
  mn_notify_restart(m);
  mn_melody_init(&m->melody, m->settings.voice, m->settings.channel);
  break_stream(m);
}

static void
read_settings(MnMonitor* const m)
{
  MnSettings const old = m->settings;
  MnSettings const now = {
    .enabled = mn_monitor_control(m, PORT_ENABLED, 0, 1, 1) > 0,
    .hop     = (MnHop)lrint(mn_monitor_control(m, PORT_HOP, 0, MN_HOP_COUNT - 1, MN_HOP_BAR)),
    .channel = (unsigned)lrint(mn_monitor_control(m, PORT_CHANNEL, 0, MN_CHANNELS, MN_CHANNEL_ANY)),
    .voice   = (MnVoice)lrint(mn_monitor_control(m, PORT_VOICE, 0, MN_VOICE_COUNT - 1, MN_VOICE_HIGHEST)),
    .reset   = mn_monitor_control(m, PORT_RESET, 0, 1, 0) > 0,
  };
  m->settings = now;
  mn_timeline_set_tempo(&m->timeline, mn_monitor_control(m, PORT_TEMPO, 20, 400, 120));

  if (now.reset && !old.reset) {
    mn_monitor_restart(m);
  } else if (now.enabled != old.enabled) {
    break_stream(m);
    if (!now.enabled) {
      rest(m);
    }
  } else if (now.channel != old.channel || now.voice != old.voice) {
    mn_melody_init(&m->melody, now.voice, now.channel);
    break_stream(m);
  } else if (now.hop != old.hop && m->listening) {
    listen(m);
  }
}

static bool
send(MnMonitor const* const m, MnWork const message)
{
  return m->schedule && m->schedule->schedule_work(
                          m->schedule->handle, sizeof(message), &message) == LV2_WORKER_SUCCESS;
}

// Starts the newest of the jobs in work, in the way that there is.
static void
start_job(MnMonitor* const m, MnJob* const job)
{
  if (!job->scored) {
    return; // there is nothing to do, it only keeps its place in the order
  }
  if (is_freewheeling(m)) {
    mn_job_run(job); // an export waits for it, and is the same every time
  } else if (m->schedule && !send(m, (MnWork){MN_WORK_ENCODE, job})) {
    mn_jobs_refuse_newest(&m->jobs);
  }
}

static bool
has_incoming(MnMonitor* const m)
{
  return atomic_load_explicit(&m->incoming, memory_order_relaxed);
}

static void
start_waiting(MnMonitor* const m)
{
  MnJob* const job = has_incoming(m) ? NULL : mn_jobs_start_waiting(&m->jobs);
  if (job) {
    start_job(m, job);
  }
}

static void
close_window(MnMonitor* const m, MnWindow const* const window)
{
  MnJob* const job = mn_job_new(&m->jobs, m->model, m->kernel, window);
  if (!job) {
    ++m->jobs.late;
  } else if (has_incoming(m)) {
    mn_jobs_add_waiting(&m->jobs, job); // until no job holds the old model
  } else if (mn_jobs_add(&m->jobs, job)) {
    start_job(m, job);
  }
}

static void
take_results(MnMonitor* const m)
{
  for (MnJob* job; (job = mn_jobs_take_done(&m->jobs));) {
    if (m->stale) {
      --m->stale;
      mn_tlsf_free(m->pool, job);
      continue;
    }
    ++m->windows;
    if (job->scored) {
      double const ms = mn_monitor_control(m, PORT_GLIDE, 0, 5000, 50);
      mn_outputs_aim(&m->outputs, &job->readout, (uint32_t)(ms * 1e-3 * m->rate));
      m->encode_ms = job->encode_ms;
      m->resting   = false;
    }
    mn_notify_window(m, job);
  }
}

// Without a worker the encoder runs here, as many units as frames allow.
static void
run_slices(MnMonitor* const m, uint32_t const frames)
{
  if (m->schedule || !m->jobs.count || !m->jobs.jobs[0]->scored) {
    m->credit = 0;
    return;
  }
  MnJob* const   job   = m->jobs.jobs[0];
  uint32_t const size  = job->model->hidden * job->model->hidden / 1024;
  uint32_t const price = size < 16 ? 16 : size;
  m->credit += frames;
  mn_job_run_slice(job, m->credit / price);
  m->credit %= price;
}

// Swaps in a model that was published, once no job uses the old one.
static void
take_model(MnMonitor* const m)
{
  if (!has_incoming(m) || m->jobs.count ||
      atomic_load_explicit(&m->retired, memory_order_acquire)) {
    return;
  }
  MnModel* const model =
    atomic_exchange_explicit(&m->incoming, NULL, memory_order_acq_rel);
  MnModel* const old = m->model;
  m->model           = model;
  mn_notify_model(m);

  MnJob* const waiting = m->jobs.waiting;
  m->jobs.waiting      = NULL;
  if (waiting) {
    if (waiting->window.steps == model->steps) {
      mn_jobs_add_waiting(&m->jobs,
                          mn_job_new(&m->jobs, model, m->kernel, &waiting->window));
    }
    mn_tlsf_free(m->pool, waiting);
  }
  if (m->listening && m->grid.steps != model->steps) {
    listen(m);
  }
  atomic_store_explicit(&m->retired, old, memory_order_release);
}

static void
keep_models(MnMonitor* const m)
{
  if (m->loading && atomic_load_explicit(&m->loading->done, memory_order_acquire)) {
    mn_tlsf_free(m->pool, m->loading);
    m->loading = NULL;
    m->tell.property = true; // the old one, if the new one was no good
  }
  take_model(m);
  if (m->wanted && !m->loading && send(m, (MnWork){MN_WORK_LOAD, m->wanted})) {
    m->loading = m->wanted;
    m->wanted  = NULL;
  }
  if (!atomic_load_explicit(&m->retired, memory_order_relaxed)) {
    m->collecting = false;
  } else if (!m->collecting) {
    m->collecting = send(m, (MnWork){MN_WORK_COLLECT, NULL});
  }
}

static void
want_model(MnMonitor* const m, char const* const path)
{
  size_t const         length = strlen(path) + 1;
  MnLoadRequest* const request =
    length <= MAX_PATH
      ? (MnLoadRequest*)mn_tlsf_malloc(m->pool, sizeof(MnLoadRequest) + length)
      : NULL;
  if (!request || !m->schedule) {
    lv2_log_trace(&m->logger, "music-neurons: cannot load a model here\n");
    m->tell.error   = (MnError){"this host gives no way to load a model"};
    m->tell.message = true;
    mn_tlsf_free(m->pool, request);
    return;
  }
  atomic_init(&request->done, false);
  memcpy(request->path, path, length);
  mn_tlsf_free(m->pool, m->wanted);
  m->wanted = request;
}

static void
hear(MnMonitor* const m, uint8_t const* const message, size_t const size)
{
  if (!m->settings.enabled || m->timeline.mode == MN_TIMELINE_STILL) {
    return;
  }
  double const position = mn_timeline_position(&m->timeline);
  bool const   started  = mn_melody_midi(&m->melody, position, message, size);
  mn_notify_midi(m, position, message, started);
  if (!started) {
    return;
  }
  m->last_heard = position;
  if (!m->listening) {
    // Nothing gives the bars: this note does.
    mn_timeline_start_bar(&m->timeline);
    break_stream(m);
    listen(m);
    mn_notify_midi(m,
                   m->last_heard,
                   message,
                   mn_melody_midi(&m->melody, m->last_heard, message, size));
  }
}

static void
take_object(MnMonitor* const m, LV2_Atom_Object const* const object)
{
  if (object->body.otype == m->uris.time_Position) {
    MnPosition const position = atoms_position(&m->uris, object);
    if (mn_timeline_locate(&m->timeline, &position) == MN_STREAM_BROKEN) {
      break_stream(m);
    }
  } else if (object->body.otype == m->uris.patch_Get) {
    LV2_Atom const* const property = atoms_get(object, m->uris.patch_property);
    if (!property || property->type != m->uris.atom_URID) {
      mn_notify_ask(m);
    } else if (((LV2_Atom_URID const*)property)->body == m->uris.model) {
      m->tell.property = true;
    }
  } else {
    char const* const path = atoms_model_path(&m->uris, object);
    if (path) {
      want_model(m, path);
    }
  }
}

static void
take_event(MnMonitor* const m, LV2_Atom_Event const* const event)
{
  if (event->body.type == m->uris.midi_MidiEvent) {
    if (m->out_capacity) {
      lv2_atom_sequence_append_event(m->out, m->out_capacity, event);
    }
    hear(m, (uint8_t const*)(event + 1), event->body.size);
    return;
  }
  LV2_Atom_Object const* const object = atoms_object(&m->uris, &event->body);
  if (object) {
    take_object(m, object);
  }
}

static void
advance(MnMonitor* const m, uint32_t const frames)
{
  mn_timeline_advance(&m->timeline, frames);
  if (m->listening) {
    MnWindow     window;
    double const position = mn_timeline_position(&m->timeline);
    while (mn_grid_next(&m->grid, &m->timeline.bar, &m->melody, position, &window)) {
      close_window(m, &window);
    }
  }
}

// After `hold` beats of silence, values fall back and a free stream waits for
// its next first note.
static void
watch_silence(MnMonitor* const m)
{
  double const position = mn_timeline_position(&m->timeline);
  if (m->melody.sounding) {
    m->last_heard = position;
  }
  double const hold = mn_monitor_control(m, PORT_HOLD, 1, 256, 16);
  if (position - m->last_heard < hold * steps_per_beat) {
    return;
  }
  if (!m->resting) {
    rest(m);
  }
  if (m->timeline.mode == MN_TIMELINE_FREE) {
    m->listening = false;
  }
}

static void
begin_out(MnMonitor* const m)
{
  // A host may give both ports one buffer: then the events are there already.
  bool const shared = (void const*)m->out == (void const*)m->in;
  m->out_capacity   = m->out && !shared ? m->out->atom.size : 0;
  if (m->out_capacity < sizeof(LV2_Atom_Sequence_Body)) {
    m->out_capacity = 0;
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
  mn_jobs_begin_block(&m->jobs);
  take_results(m);
  keep_models(m);
  start_waiting(m);
  read_settings(m);

  uint32_t at = 0;
  for (LV2_Atom_Event const* event = atoms_first(&m->uris, m->in); event;
       event                       = atoms_next(m->in, event)) {
    int64_t const  said = event->time.frames;
    uint32_t const time = said <= at ? at : said >= frames ? frames : (uint32_t)said;
    advance(m, time - at);
    at = time;
    take_event(m, event);
  }
  advance(m, frames - at);

  run_slices(m, frames);
  take_results(m);
  watch_silence(m);
  mn_outputs_advance(&m->outputs, frames);
  mn_monitor_present(m);
  mn_notify_write(m);
}
