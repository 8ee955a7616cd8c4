// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player hears and plays from turn to turn.

#include "notes/window.h"
#include "player_plugin.h"

#include <math.h>
#include <string.h>

// What is due half a step before a step begins, as mn_step_round() has it.
static double const step_lead = 0.5 + 3.0 / 1024.0;

enum { USUAL_VELOCITY = 90 };

static void
forget_velocities(MnPlayer* const p)
{
  p->velocities = 0;
  p->struck     = 0;
}

// What came before has nothing to do with what follows.
void
mn_player_break(MnPlayer* const p)
{
  MnListening* const l = &p->listening;
  mn_part_end_note(&p->part, &p->out, p->at, mn_player_position(p));
  mn_part_rest(&p->part);
  mn_part_log_clear(&p->part.log);
  mn_played_clear(&p->heard_notes);
  p->step_news.due = true;
  mn_turn_work_drop(&p->work);
  mn_listening_break(l);
  forget_velocities(p);
  p->heard_counts = false; // but it can still be captured
  p->velocity     = USUAL_VELOCITY;
  p->answering    = false;
  p->ordered      = false;
  p->plays        = false;
  p->turn.open    = false;
  p->due          = p->frame;
  p->news         = true;
  if (p->live.enabled && mn_timeline_has_bars(&l->timeline)) {
    mn_turn_open(&p->turn, &l->timeline.bar, mn_player_position(p), l->steps);
  }
}

void
mn_player_forget_places(MnPlayer* const p)
{
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    p->known[i].known = false;
    ++p->known[i].serial;
  }
}

void
mn_player_restart(MnPlayer* const p)
{
  p->part.steps = 0;
  p->part.next  = 0;
  p->thru       = (MnThru){0};
  p->heard      = (MnIdea){0};
  p->turns      = 0;
  p->late       = 0;
  p->free_turns = 0;
  p->played     = mn_readout_neutral;
  p->due        = 0;
  p->live_known = false;
  p->retold     = true;
  p->out.room = p->out.capacity = 0;
  mn_player_forget_places(p);
  mn_listening_restart(&p->listening);
  mn_player_break(p);
}

static MnIdea*
idea_of(MnPlayer* const p, unsigned const i)
{
  return i == MN_IDEA_HEARD ? &p->heard : &p->slots.now.slot[i - MN_IDEA_SLOTS];
}

static unsigned
lead_of(MnPlayer const* const p)
{
  return (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_LEAD));
}

// Keeps what was heard from a step on, if that is enough. @return whether it is.
static bool
keep_heard(MnPlayer* const p, int64_t const start)
{
  MnListening* const l = &p->listening;
  MnIdea             heard;
  unsigned const     onsets = mn_melody_tokens(&l->melody, start, l->steps, heard.tokens);
  if (onsets < MN_ONSETS_TO_SCORE) {
    return false;
  }
  heard.steps                   = l->steps;
  p->heard                      = heard;
  p->heard_counts               = true;
  p->known[MN_IDEA_HEARD].known = false;
  ++p->known[MN_IDEA_HEARD].serial;
  if (p->struck) {
    p->velocity = (uint8_t)(p->velocities / p->struck);
  }
  p->news = true;
  return true;
}

// Has the next turn made. If that cannot begin, the turn will be late.
static void
order(MnPlayer* const p)
{
  mn_player_take_result(p);
  bool const    bars = mn_timeline_has_bars(&p->listening.timeline);
  int64_t const number =
    bars ? mn_turn_number(&p->turn, &p->listening.timeline.bar, p->listening.steps)
         : p->free_turns++;
  MnTurnOrder order = {
    .turn   = p->turn.count + 1,
    .move   = mn_player_read_move(p, number),
    .tuning = mn_player_read_tuning(p),
    .temperature_q16 =
      (uint32_t)lrint(mn_player_control(p, MN_PLAYER_PORT_TEMPERATURE) * 65536),
  };
  bool const morphs = p->live.mode == MN_PLAY_MORPH;
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    bool const          slot   = i >= MN_IDEA_SLOTS;
    MnIdea const* const idea   = idea_of(p, i);
    bool const          counts = slot ? morphs : p->heard_counts;
    order.idea[i]   = counts && idea->steps == p->swap.model->steps ? idea : NULL;
    order.mu[i]     = order.idea[i] && p->known[i].known ? p->known[i].mu : NULL;
    order.serial[i] = p->known[i].serial;
  }
  p->ordered = true;
  mn_turn_work_begin(&p->work, p->swap.model, &order, p->live.freewheel);
}

// Settles what the turn has heard, from a step on, and what the next one plays.
static void
close_turn(MnPlayer* const p, int64_t const start)
{
  p->turn.closed   = true;
  p->ordered       = false;
  bool const heard = !p->answering && keep_heard(p, start);
  forget_velocities(p);
  if (!mn_player_can_play(p)) {
    return;
  }
  bool is_there[MN_IDEAS];
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    bool const counts = i != MN_IDEA_HEARD || p->heard_counts;
    is_there[i]       = counts && idea_of(p, i)->steps == p->swap.model->steps;
  }
  bool const goes_on = mn_timeline_has_bars(&p->listening.timeline) || !p->plays ||
                       mn_player_control(p, MN_PLAYER_PORT_GO_ON) > 0;
  if (p->live.mode == MN_PLAY_ANSWER
        ? heard
        : goes_on && mn_move_has_base(p->live.mode, is_there)) {
    order(p);
  }
}

// Begins the turn after this one.
static void
begin_turn(MnPlayer* const p)
{
  MnListening* const l = &p->listening;
  mn_part_end_note(&p->part, &p->out, p->at, mn_player_position(p));
  mn_part_rest(&p->part);
  mn_turn_next(&p->turn, &l->timeline.bar, l->steps);
  p->answering = p->live.mode == MN_PLAY_ANSWER && p->ordered;
  p->plays     = p->ordered;
  p->ordered   = false;
  p->news      = true;
  if (!p->plays) {
    p->turn.open = mn_timeline_has_bars(&l->timeline);
    return;
  }
  uint8_t const* const tokens = mn_turn_work_tokens(&p->work, p->turn.count);
  bool const repeats = mn_player_control(p, MN_PLAYER_PORT_WHEN_LATE) > 0 && p->part.steps;
  p->in_time         = tokens;
  p->late += !tokens;
  if (tokens || repeats) {
    ++p->turns;
    mn_part_begin(&p->part, tokens, l->steps, p->turn.start);
  }
  mn_player_take_result(p);
}

static bool
phrase_is_over(MnPlayer const* const p)
{
  return mn_listening_is_silent_at(&p->listening, mn_player_position(p));
}

static void
end_phrase(MnPlayer* const p)
{
  MnBar const* const bar = &p->listening.timeline.bar;
  mn_turn_end_phrase(&p->turn, bar, mn_player_position(p), lead_of(p));
  close_turn(p, mn_turn_phrase_window(&p->turn, p->last_onset, p->listening.steps));
  if (!p->ordered) {
    p->turn.open = false; // nothing to answer
  }
  p->news = true;
}

// A clock that has stayed away has gone.
static void
lose_clock(MnPlayer* const p)
{
  MnClockPlace const nowhere = {.told = true};
  mn_midi_clock_init(&p->listening.clock, p->host.rate);
  if (mn_timeline_clock(&p->listening.timeline, &nowhere) == MN_STREAM_BROKEN) {
    mn_player_break(p);
  }
}

// Does what is due on the current frame, before the events on it.
void
mn_player_do_due(MnPlayer* const p)
{
  MnListening* const l = &p->listening;
  if (p->frame >= mn_midi_clock_end(&l->clock)) {
    lose_clock(p);
  }
  if (l->melody.sounding) {
    mn_listening_note_sounds(l);
  }
  double const position = mn_player_position(p);
  if (mn_player_is_phrase(p)) {
    if (phrase_is_over(p)) {
      end_phrase(p);
    }
  } else if (p->turn.open) {
    if (!p->turn.closed && mn_step_round(position) >= mn_turn_close(&p->turn, lead_of(p))) {
      close_turn(p, (int64_t)floor(p->turn.start + 0.5));
    }
    if (position >= p->turn.end) {
      begin_turn(p);
    }
  }
  if (mn_part_due(&p->part) <= position) {
    MnTouch const touch = mn_player_read_touch(p);
    mn_part_play(&p->part, &p->out, p->at, position, &touch);
  }
}

// The next position at which something is due; INFINITY if nothing is.
static double
next_due(MnPlayer const* const p)
{
  MnListening const* const l    = &p->listening;
  double                   next = mn_part_due(&p->part);
  if (mn_player_is_phrase(p)) {
    double const over =
      l->melody.sounding ? (double)INFINITY : l->last_sounding + l->hold_steps;
    next = fmin(next, over);
  } else if (p->turn.open) {
    next = fmin(next, p->turn.end);
    if (!p->turn.closed) {
      next = fmin(next, (double)mn_turn_close(&p->turn, lead_of(p)) - step_lead);
    }
  }
  return next;
}

// The frame on which something is due next, if nothing comes in.
uint64_t
mn_player_due_frame(MnPlayer const* const p)
{
  MnTimeline const* const t      = &p->listening.timeline;
  double const            next   = next_due(p);
  uint64_t const          clock  = mn_midi_clock_end(&p->listening.clock);
  double const            most   = 1 << 30;
  double const            away   = next - mn_player_position(p);
  double const            frames = away <= 0                ? 1
                                   : t->steps_per_frame > 0 ? ceil(away / t->steps_per_frame)
                                                            : most;
  uint64_t const          due    = p->frame + (uint64_t)fmin(fmax(frames, 1), most);
  return due < clock ? due : clock;
}

void
mn_player_start_phrase(MnPlayer* const p)
{
  mn_timeline_start_bar(&p->listening.timeline);
  mn_player_break(p);
  mn_turn_open_phrase(&p->turn, &p->listening.timeline.bar);
}

void
mn_player_panic(MnPlayer* const p)
{
  mn_part_end_note(&p->part, &p->out, p->at, mn_player_position(p));
  mn_part_rest(&p->part);
  p->step_news.due = true;
}

// Shows what is played, and keeps the places of ideas that have not changed since.
void
mn_player_take_result(MnPlayer* const p)
{
  MnTurnJob* const job = mn_turn_work_done(&p->work);
  if (!job || (p->ordered && job->order.turn == p->turn.count + 1)) {
    return; // the turn that it is for takes the tokens first
  }
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    if (job->mu[i] && job->order.serial[i] == p->known[i].serial) {
      memcpy(p->known[i].mu, job->mu[i], job->model->latent * sizeof(int32_t));
      p->known[i].known = true;
    }
  }
  if (p->in_time && job->order.turn == p->turn.count) {
    p->played = job->readout;
    p->retold = true;
  }
  mn_turn_work_remove(&p->work);
}
