// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "receive.h"

#include "draw.h"
#include "protocol/atoms.h"
#include "recall.h"
#include "receive_model.h"
#include "text.h"

#include <lv2/atom/atom.h>
#include <math.h>
#include <string.h>

// Positions beyond this many steps are no music.
static double const most_steps = 1e12;

// The lengths of bars and beats that can be drawn, in steps.
static double const least_bar  = 0.25;
static double const most_bar   = 4096;
static double const least_beat = 1.0 / 64;

// Between messages the position goes on by this many steps at most.
static double const most_alone = 1.5;

// Peaks are redrawn no more often than this.
static double const peak_interval = 0.1; // seconds

void
mn_receiver_init(MnReceiver* const receiver, LV2_URID_Map* const map)
{
  *receiver = (MnReceiver){.has_model = false};
  mn_uris_map(&receiver->uris, map);
}

static int64_t
get_step(MnProperties* const reader, LV2_URID const key)
{
  return (int64_t)mn_property_number(reader, key, -most_steps, most_steps);
}

static void
copy_tokens(uint8_t* const to, int32_t const* const from, unsigned const count)
{
  for (unsigned i = 0; i < count; ++i) {
    to[i] = (uint8_t)from[i];
  }
  memset(to + count, 0, MN_MAX_STEPS - count);
}

static void
forget_values(MnReceiver* const r, MnView* const view)
{
  view->window.has_values = false;
  view->window.scored     = false;
  memset(&r->peaks, 0, sizeof(r->peaks));
}

static unsigned
take_model(MnReceiver* const r, MnView* const view, MnProperties* const reader)
{
  if (!mn_view_read_model(&view->model, reader)) {
    return 0;
  }
  r->labelled = 0;
  forget_values(r, view);
  view->pointer.hovered = -1;
  r->has_model          = true;
  view->answered        = true;
  ++view->past.model;
  return MN_DRAW_ALL;
}

static unsigned
take_labels(MnReceiver* const r, MnView* const view, MnProperties* const reader)
{
  unsigned const first  = mn_property_count(reader, r->uris.mn_first, 0, view->model.music);
  MnText const   labels = mn_property_text(reader, r->uris.mn_labels);
  if (!r->has_model || !reader->good || first > r->labelled) {
    r->incomplete = true; // the model, or the labels before these, have not come
    return 0;
  }
  unsigned const end = mn_view_read_labels(&view->model, first, labels);
  r->labelled        = end > r->labelled ? end : r->labelled;
  return MN_DRAW_ALL;
}

static unsigned
take_long_labels(MnReceiver* const r, MnView* const view, MnProperties* const reader)
{
  unsigned const first  = mn_property_count(reader, r->uris.mn_first, 0, MN_RANKED);
  MnText const   labels = mn_property_text(reader, r->uris.mn_labels);
  if (!r->has_model || !reader->good) {
    r->incomplete = true;
    return 0;
  }
  mn_view_read_long_labels(&view->model, first, labels);
  return 1U << MN_AREA_NEURONS;
}

// What is shown of the past stays, if it was scrolled back, while the past grows.
static void
hold_place(MnView* const view, int64_t const end)
{
  MnViewPointer* const pointer = &view->pointer;
  if (pointer->back > 0) {
    pointer->back += (double)(mn_past_end(&view->past) - end);
  }
}

static unsigned
take_history(MnReceiver* const r, MnView* const view, MnProperties* const reader)
{
  unsigned const       number = mn_property_count(reader, r->uris.mn_number, 0, INT32_MAX);
  int64_t const        start  = get_step(reader, r->uris.mn_start);
  unsigned             words  = 0;
  int32_t const* const data =
    mn_property_words(reader, r->uris.mn_windows, MN_PAST_WINDOWS * MN_PAST_WORDS, &words);
  if (!reader->good || words % MN_PAST_WORDS) {
    return 0;
  }
  MnPast* const past = &view->past;
  if (number < view->window.number || number < mn_past_number(past)) {
    past->count          = 0; // listening was restarted
    view->pointer.chosen = -1;
    view->pointer.back   = 0;
    view->window.number  = 0;
    forget_values(r, view);
  }
  int64_t const end = mn_past_end(past);
  for (unsigned i = 0; i + MN_PAST_WORDS <= words; i += MN_PAST_WORDS) {
    MnPastWindow one;
    memcpy(&one, data + i, sizeof(one));
    if (one.number > 0 && (unsigned)one.number > mn_past_number(past)) {
      mn_past_newest(past, &one, start + one.start);
    }
  }
  hold_place(view, end);
  return MN_DRAW_WINDOW;
}

// What the second level says: zeros if it says nothing.
static void
read_long(MnReceiver const* const r, MnProperties* const reader, MnViewWindow* const window)
{
  MnUris const* const uris = &r->uris;
  struct {
    LV2_URID key;
    unsigned count;
    float*   to;
  } const parts[] = {
    {uris->mn_styleValues, MN_STYLES, window->styles},
    {uris->mn_longPercentiles, MN_RANKED, window->long_percentile},
    {uris->mn_longMu, MN_RANKED, window->long_mu},
    {uris->mn_longSigma, MN_RANKED, window->long_sigma},
  };
  window->bars_heard = mn_property_count(reader, uris->mn_barsHeard, 0, MN_LONG_BARS);
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    size_t const       size = parts[i].count * sizeof(float);
    float const* const from =
      window->bars_heard ? mn_property_all_floats(reader, parts[i].key, parts[i].count)
                         : NULL;
    if (from && reader->good) { // else there may be fewer
      memcpy(parts[i].to, from, size);
    } else {
      memset(parts[i].to, 0, size);
    }
  }
}

static unsigned
take_window(MnReceiver* const   r,
            MnView* const       view,
            MnProperties* const reader,
            double const        now)
{
  MnUris const* const  uris   = &r->uris;
  unsigned const       number = mn_property_count(reader, uris->mn_number, 1, INT32_MAX);
  int64_t const        start  = get_step(reader, uris->mn_start);
  int64_t const        bar    = get_step(reader, uris->mn_barNumber);
  unsigned const       late   = mn_property_count(reader, uris->mn_late, 0, INT32_MAX);
  bool const           scored = mn_property_bool(reader, uris->mn_scored);
  unsigned             steps  = 0;
  int32_t const* const tokens =
    mn_property_ints(reader, uris->mn_tokens, MN_CLASSES - 1, MN_MAX_STEPS, &steps);
  if (!reader->good || !steps) {
    return 0;
  }
  MnViewWindow next = view->window;
  next.number       = number;
  next.start        = start;
  next.steps        = steps;
  next.late         = late;
  next.scored       = scored;
  copy_tokens(next.tokens, tokens, steps);
  if (scored) {
    unsigned const     latent = view->model.latent;
    unsigned const     music  = view->model.music;
    float const* const mu     = mn_property_all_floats(reader, uris->mn_mu, latent);
    float const* const sigma  = mn_property_all_floats(reader, uris->mn_sigma, latent);
    float const* const percentiles =
      mn_property_all_floats(reader, uris->mn_percentiles, music);
    float const* const axes = mn_property_all_floats(reader, uris->mn_axisValues, MN_AXES);
    next.has_values         = true;
    next.has_percentiles    = true;
    next.sense              = (float)mn_property_number(reader, uris->mn_sense, 0, 1);
    next.musicality         = (float)mn_property_number(reader, uris->mn_musicality, 0, 1);
    next.music_active       = mn_property_count(reader, uris->mn_musicActive, 0, music);
    next.noise_active = mn_property_count(reader, uris->mn_noiseActive, 0, latent - music);
    next.encode_ms    = (float)mn_property_number(reader, uris->mn_encodeTime, 0, 1e9);
    read_long(r, reader, &next);
    if (!reader->good || !latent) {
      r->incomplete = true; // values of a model that has not come
      return 0;
    }
    memcpy(next.mu, mu, latent * sizeof(float));
    memcpy(next.sigma, sigma, latent * sizeof(float));
    memcpy(next.percentile, percentiles, music * sizeof(float));
    memcpy(next.axes, axes, sizeof(next.axes));
  }
  view->window = next;
  if (scored) {
    mn_peaks_take(&r->peaks, view, now);
  }
  unsigned const before = mn_past_number(&view->past);
  r->incomplete         = r->incomplete || number > before + 1;
  if (number >= before) {
    int64_t const end = mn_past_end(&view->past);
    mn_recall_keep(view, bar);
    hold_place(view, end);
  }
  mn_view_fit_pitches(view);
  return MN_DRAW_WINDOW;
}

// @return how many notes there are.
static unsigned
copy_notes(MnViewNote* const to, float const* const numbers, unsigned const count)
{
  unsigned notes = 0;
  for (unsigned i = 0; i + 2 < count; i += 3) {
    float const pitch = numbers[i];
    float const start = numbers[i + 1];
    float const end   = numbers[i + 2];
    if (pitch >= 0 && pitch <= 127 && end >= start && fabsf(start) < (float)most_bar &&
        fabsf(end) < (float)most_bar) {
      to[notes++] = (MnViewNote){start, end, (int)pitch};
    }
  }
  return notes;
}

static bool
is_same_status(MnViewRoll const* const a, MnViewRoll const* const b)
{
  return a->known == b->known && a->mode == b->mode && a->listening == b->listening &&
         a->tempo == b->tempo && a->tempo_of == b->tempo_of &&
         a->bar_length == b->bar_length && a->beat_length == b->beat_length;
}

static unsigned
take_step(MnReceiver* const   r,
          MnView* const       view,
          MnProperties* const reader,
          double const        now)
{
  MnUris const* const uris = &r->uris;
  MnViewRoll          next = view->roll;
  double const        position =
    mn_property_number(reader, uris->mn_position, -most_steps, most_steps);
  next.known = true;
  next.mode  = (MnMode)mn_property_count(reader, uris->mn_mode, MN_MODE_FREE, MN_MODES - 1);
  next.listening   = mn_property_bool(reader, uris->mn_listening);
  next.resting     = mn_property_bool(reader, uris->mn_resting);
  next.tempo       = (float)mn_property_number(reader, uris->mn_tempo, 0, 1e6);
  next.tempo_of    = (MnTempo)mn_property_count(reader, uris->mn_tempoOf, 0, MN_TEMPOS - 1);
  next.bar_start   = mn_property_number(reader, uris->mn_barStart, -most_steps, most_steps);
  next.bar_length  = mn_property_number(reader, uris->mn_barLength, least_bar, most_bar);
  next.beat_length = mn_property_number(reader, uris->mn_beatLength, least_beat, most_bar);
  next.bar_number  = get_step(reader, uris->mn_barNumber);
  next.start       = get_step(reader, uris->mn_start);

  unsigned             numbers = 0;
  int32_t const* const tokens =
    mn_property_ints(reader, uris->mn_tokens, MN_CLASSES - 1, MN_MAX_STEPS, &next.steps);
  float const* const notes =
    mn_property_floats(reader, uris->mn_notes, 3 * MN_VIEW_NOTES, &numbers);
  float const* const surprise =
    mn_property_all_floats(reader, uris->mn_surprise, next.steps);
  unsigned           plays = 0;
  float const* const played =
    view->player ? mn_property_floats(reader, uris->mn_played, 3 * MN_VIEW_NOTES, &plays)
                 : NULL;
  double const into = position - (double)next.start;
  if (!reader->good || !next.steps || into < -most_bar || into > most_bar ||
      fabs(next.bar_start - (double)next.start) > most_bar) {
    return 0;
  }
  copy_tokens(next.tokens, tokens, next.steps);
  next.notes  = copy_notes(next.note, notes, numbers);
  next.played = copy_notes(next.play, played, plays);
  memcpy(next.surprise, surprise, next.steps * sizeof(*surprise));

  // A message may come a frame of the host late. Then the position waits for it,
  // and does not step back.
  double const back = view->roll.position - position;
  bool const   wait = view->roll.known && view->roll.listening && back > 0 && back < 1;
  next.position     = wait ? view->roll.position : position;
  bool const same   = is_same_status(&view->roll, &next);
  bool const rests  = view->roll.known && next.resting != view->roll.resting;
  bool const moved  = view->roll.start != next.start || !view->roll.known;
  view->roll        = next;
  r->position       = position;
  r->position_time  = now;
  if (moved) {
    mn_view_fit_pitches(view);
  }
  return MN_DRAW_STEP | (same ? 0U : (unsigned)MN_DRAW_STATUS) |
         (rests ? (unsigned)MN_DRAW_WINDOW : 0U);
}

static unsigned
take_sent(MnView* const view, MnProperties* const reader, LV2_URID const key)
{
  float const* const levels = mn_property_all_floats(reader, key, MN_CC_SLOTS);
  // Other bits are drawn anew. NOLINTNEXTLINE(*-memory-comparison,cert-exp42-c,cert-flp37-c)
  if (!reader->good || !memcmp(view->sent, levels, sizeof(view->sent))) {
    return 0;
  }
  memcpy(view->sent, levels, sizeof(view->sent));
  return 1U << MN_AREA_SENT;
}

static unsigned
take_message(MnView* const view, MnProperties* const reader, LV2_URID const key)
{
  MnText const text = mn_property_text(reader, key);
  char         message[MN_VIEW_MESSAGE];
  mn_text_copy(message, sizeof(message), text.at, text.length);
  if (!reader->good || !strcmp(view->message, message)) {
    return 0;
  }
  memcpy(view->message, message, sizeof(message));
  view->refused = message[0];
  return MN_DRAW_ALL;
}

unsigned
mn_receive(MnReceiver* const r,
           MnView* const     view,
           void const* const data,
           size_t const      size,
           double const      now)
{
  LV2_Atom const* const atom = (LV2_Atom const*)data;
  if (size < sizeof(*atom) || atom->size > size - sizeof(*atom)) {
    return 0;
  }
  LV2_Atom_Object const* const object = mn_atoms_object(&r->uris, atom);
  if (!object) {
    return 0;
  }
  MnProperties   reader = {&r->uris, object, true};
  LV2_URID const type   = object->body.otype;
  if (type == r->uris.mn_Model) {
    return take_model(r, view, &reader);
  }
  if (type == r->uris.mn_Labels) {
    return take_labels(r, view, &reader);
  }
  if (type == r->uris.mn_LongLabels) {
    return take_long_labels(r, view, &reader);
  }
  if (type == r->uris.mn_History) {
    return take_history(r, view, &reader);
  }
  if (type == r->uris.mn_Window) {
    return take_window(r, view, &reader, now);
  }
  if (type == r->uris.mn_Step) {
    return take_step(r, view, &reader, now);
  }
  if (type == r->uris.mn_Sent) {
    return take_sent(view, &reader, r->uris.mn_levels);
  }
  if (type == r->uris.mn_Message) {
    return take_message(view, &reader, r->uris.mn_text);
  }
  return 0;
}

unsigned
mn_receive_value(MnView* const view, unsigned const port, float const value)
{
  if (port >= MN_TARGETS || !mn_target_is_port((int)port) || !isfinite(value) ||
      view->value[port] == value) {
    return 0;
  }
  view->value[port] = value;
  return mn_draw_areas_of_port(port);
}

unsigned
mn_receive_advance(MnReceiver* const r, MnView* const view, double const now)
{
  unsigned          areas = 0;
  MnViewRoll* const roll  = &view->roll;
  if (roll->known && roll->listening && roll->mode != MN_MODE_STILL) {
    double const alone    = (now - r->position_time) * (double)roll->tempo / 15;
    double const position = r->position + fmin(fmax(alone, 0), most_alone);
    if (position > roll->position) {
      roll->position = position;
      areas |= MN_DRAW_STEP;
    }
  }
  if (view->window.has_values && now - r->peaks_time >= peak_interval) {
    r->peaks_time = now;
    areas |= mn_peaks_show(&r->peaks, view, now) ? 1U << MN_AREA_NEURONS : 0;
  }
  return areas;
}
