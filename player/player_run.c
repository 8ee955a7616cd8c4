// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player's audio thread: takes events, and plays the frames between them.

#include "base/midi.h"
#include "player_plugin.h"
#include "position.h"
#include "protocol/atoms.h"

#include <math.h>

enum { CC_ON = 64 };

// Plays the frames of the block from `at` up to `end`. The caller does what is due on `end`
// itself.
static void
play(MnPlayer* const p, uint32_t const end)
{
  while (p->at < end) {
    if (p->due <= p->frame) {
      mn_player_do_due(p);
      p->due = mn_player_due_frame(p);
    }
    uint64_t const until  = p->due - p->frame;
    uint32_t const frames = until < end - p->at ? (uint32_t)until : end - p->at;
    mn_timeline_advance(&p->listening.timeline, frames);
    p->frame += frames;
    p->at += frames;
  }
}

static void
hear(MnPlayer* const p, uint8_t const* const message, uint32_t const size)
{
  MnListening* const l = &p->listening;
  if (l->melody.sounding) {
    mn_listening_note_sounds(l); // until now
  }
  if (mn_midi_strikes(message, size)) {
    if (l->timeline.mode == MN_TIMELINE_FREE && !mn_player_is_phrase(p)) {
      mn_player_start_phrase(p);
    }
    p->last_onset = mn_step_round(mn_player_position(p));
    p->velocities += message[2];
    ++p->struck;
  }
  double const position = mn_player_position(p);
  bool const   started  = mn_melody_midi(&l->melody, position, message, size);
  mn_played_midi(&p->heard_notes, &l->melody, position, message, started);
  if (started) {
    mn_listening_note_sounds(l);
  }
  p->due = p->frame;
}

static bool
listens(MnPlayer const* const p)
{
  return p->live.enabled && p->listening.timeline.mode != MN_TIMELINE_STILL;
}

// The slot that a message captures, or -1.
static int
slot_of(MnPlayer const* const p, uint8_t const* const message, uint32_t const size)
{
  bool const key     = mn_midi_strikes(message, size) || mn_midi_releases(message, size);
  bool const control = mn_midi_controls(message, size);
  int const  first   = key ? p->live.capture_note : control ? p->live.capture_cc : -1;
  int const  slot    = first < 0 ? -1 : message[1] - first;
  return slot < MN_SLOTS && p->live.enabled ? slot : -1;
}

// Passes or holds back a message.
static void
pass(MnPlayer* const p, LV2_Atom_Event const* const event, bool const captures)
{
  uint8_t const* const message = (uint8_t const*)(event + 1);
  bool const           wanted  = (p->live.thru || !p->live.enabled) && !captures;
  if (mn_thru_lets(&p->thru, message, event->body.size, wanted)) {
    mn_midi_out_pass(&p->out, event);
  }
}

static void
take_midi(MnPlayer* const p, LV2_Atom_Event const* const event)
{
  MnListening* const   l       = &p->listening;
  uint8_t const* const message = (uint8_t const*)(event + 1);
  uint32_t const       size    = event->body.size;
  int const            slot    = slot_of(p, message, size);
  bool const           key     = slot >= 0 && !mn_midi_controls(message, size);
  if (slot >= 0 && !mn_midi_releases(message, size) && (key || message[2] >= CC_ON)) {
    mn_player_capture(p, (unsigned)slot);
  }
  if (mn_midi_strikes(message, size)) {
    if (!key && listens(p) && mn_melody_hears(&l->melody, message) &&
        mn_flood_admits(&l->flood, p->frame)) {
      hear(p, message, size);
    }
  } else if (mn_midi_controls(message, size)) {
    if (message[1] == MN_MIDI_CC_ALL_SOUND_OFF || message[1] == MN_MIDI_CC_ALL_NOTES_OFF) {
      mn_player_panic(p);
    }
    if (mn_melody_minds(message[1])) { // at all times: pedals, MPE zones
      hear(p, message, size);
    }
  } else if (mn_midi_releases(message, size) && listens(p)) {
    hear(p, message, size);
  }
}

// Hears the notes from `first` up to `end` again. @return `end`.
static LV2_Atom_Event const*
hear_again(MnPlayer* const p, LV2_Atom_Event const* first, LV2_Atom_Event const* const end)
{
  for (; first != end; first = mn_atoms_next(p->in, first)) {
    if (first->body.type == p->host.uris.midi_MidiEvent) {
      take_midi(p, first);
    }
  }
  return end;
}

// Goes on after what a transport said. @param before The timeline's mode until then.
// @return whether a transport starts here.
static bool
follow(MnPlayer* const p, MnStream const stream, MnTimelineMode const before)
{
  MnTimeline const* const t = &p->listening.timeline;
  p->due                    = p->frame;
  if (stream == MN_STREAM_BROKEN) {
    mn_player_break(p);
    return before == MN_TIMELINE_FREE && mn_timeline_has_bars(t);
  }
  if (mn_timeline_has_bars(t) && p->turn.open &&
      fabs(t->bar.length - p->turn.bar_length) > 1e-9) {
    mn_player_break(p); // another metre
  }
  return false;
}

static bool
take_position(MnPlayer* const p, LV2_Atom_Object const* const object)
{
  MnTimeline* const    t        = &p->listening.timeline;
  MnPosition const     position = mn_position_read(&p->host.uris, object);
  MnTimelineMode const before   = t->mode;
  return follow(p, mn_timeline_locate(t, &position), before);
}

static bool
take_clock(MnPlayer* const p, LV2_Atom_Event const* const event)
{
  MnTimeline* const    t      = &p->listening.timeline;
  MnTimelineMode const before = t->mode;
  MnClockPlace const   place  = mn_listening_take_clock(
    &p->listening, p->frame, (uint8_t const*)(event + 1), event->body.size);
  p->due = p->frame;
  return place.told && follow(p, mn_timeline_clock(t, &place), before);
}

// @return whether the host's transport starts here.
static bool
take_object(MnPlayer* const p, LV2_Atom_Object const* const object)
{
  MnUris const* const u = &p->host.uris;
  if (object && object->body.otype == u->time_Position) {
    return take_position(p, object);
  }
  if (object && object->body.otype == u->patch_Get) {
    LV2_URID const property = mn_atoms_urid(u, mn_atoms_get(object, u->patch_property));
    if (!property) {
      mn_model_news_all(&p->model_news);
      p->step_news.due = true;
    } else if (property == u->model) {
      p->model_news.path = true;
    }
  } else if (object) {
    MnText const         path = mn_atoms_model_path(u, object);
    MnError const* const refused =
      path.length ? mn_model_swap_ask(&p->swap, path.at, path.length) : NULL;
    if (refused) {
      mn_model_news_error(&p->model_news, refused);
    }
  }
  return false;
}

// @return whether a transport starts here.
static bool
take_event(MnPlayer* const p, LV2_Atom_Event const* const event)
{
  MnUris const* const u = &p->host.uris;
  if (event->body.type != u->midi_MidiEvent) {
    return take_object(p, mn_atoms_object(u, &event->body));
  }
  uint8_t const* const message = (uint8_t const*)(event + 1);
  int const            slot    = slot_of(p, message, event->body.size);
  pass(p, event, slot >= 0);
  if (mn_midi_clock_minds(message, event->body.size)) {
    return take_clock(p, event);
  }
  take_midi(p, event);
  return false;
}

static void
take_events(MnPlayer* const p, uint32_t const frames)
{
  LV2_Atom_Event const* event = mn_atoms_first(&p->host.uris, p->in);
  LV2_Atom_Event const* first = event; // on its frame that a start would hear again
  for (; event; event = mn_atoms_next(p->in, event)) {
    int64_t const  said = event->time.frames;
    uint32_t const time = said <= p->at ? p->at : said >= frames ? frames : (uint32_t)said;
    p->out.reserved     = mn_atoms_left(p->in, event);
    if (time > p->at) {
      play(p, time);
      first = event;
    }
    if (p->due <= p->frame) {
      mn_player_do_due(p);
      p->due = mn_player_due_frame(p);
    }
    if (take_event(p, event)) {
      // Hosts may send notes before the position that they are at.
      first = hear_again(p, first, event);
    }
  }
  p->out.reserved = 0;
}

// Goes on with a change of the model.
static void
swap_models(MnPlayer* const p)
{
  if (mn_model_swap_finish(&p->swap)) {
    p->model_news.path = true; // the old one's, if it failed
  }
  MnModel const* const before = p->swap.model;
  if (!mn_turn_work_is_busy(&p->work) && mn_model_swap_take(&p->swap)) {
    p->news = true;
    mn_model_news_changed(&p->model_news);
    if (p->swap.model != before) {
      mn_player_forget_places(p); // what another model said means nothing to this one
      p->played = mn_readout_neutral;
      p->retold = true;
    }
    if (p->swap.model->steps != p->listening.steps) {
      mn_listening_set_steps(&p->listening, p->swap.model->steps);
      mn_player_break(p);
    }
  }
  mn_model_swap_send(&p->swap, p->work.block);
}

void
mn_player_run(MnPlayer* const p, uint32_t const frames)
{
  p->at = 0;
  mn_midi_out_begin(&p->out, p->in);
  if (p->part.blocked) {
    p->part.blocked = false;
    p->due          = p->frame;
  }
  mn_turn_work_go_on(&p->work, frames, p->live.freewheel);
  if (mn_turn_work_is_busy(&p->work)) {
    mn_player_take_result(p);
  }
  if (mn_model_swap_is_busy(&p->swap)) {
    swap_models(p);
  }
  mn_player_take_slots(p);
  mn_player_read_live(p);
  take_events(p, frames);
  play(p, frames);
  mn_midi_out_flush(&p->out);
  mn_turn_work_run(&p->work);
  mn_player_write_outputs(p);
  mn_player_tell(p, frames);
}
