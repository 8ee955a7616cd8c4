// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "cc.h"

#include "base/bisection.h"

#include <math.h>
#include <stdlib.h>

enum { NOTHING_SENT = -1, WIDE_MAX = 16383 };

_Static_assert((int)MN_MOST_CC_LOW == MN_MIDI_MAX && (int)MN_MOST_CC_HIGH == MN_MIDI_MAX,
               "ends are values of a controller");
_Static_assert((int)MN_MOST_CC_CONTROLLER < MN_MIDI_CC_ALL_SOUND_OFF,
               "from there on they are no controllers");
_Static_assert((int)MN_MOST_CC_CHANNEL == MN_CHANNELS, "channels 1 to 16");
_Static_assert((int)MN_MOST_CC_CURVE == 1, "mn_cc_bend() rises up to 9/7");

static uint64_t const never = UINT64_MAX;

void
mn_cc_init(MnCc* const cc, double const rate)
{
  *cc = (MnCc){.rate = rate, .due = never, .news = true};
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    cc->slots[i].due   = never;
    cc->slots[i].level = MN_SENT_NOTHING;
    cc->pressed[i]     = true; // until it is seen to be released
  }
}

static double
value_at(MnCcSlot const* const slot, uint64_t const time)
{
  uint64_t const done = time - slot->start;
  return done >= slot->total
           ? slot->to
           : slot->from + (slot->to - slot->from) * ((double)done / slot->total);
}

// What a message sends for a value.
static int
level_of(MnCcSlot const* const slot, double const value)
{
  return (int)((slot->wide ? value / MN_MIDI_MAX * WIDE_MAX : value) + 0.5);
}

// The level that a message would send now.
static int
level_at(MnCcSlot const* const slot, uint64_t const time)
{
  return level_of(slot, value_at(slot, time));
}

static bool
is_due(MnCcSlot const* const slot, uint64_t const time)
{
  int const  change = abs(level_at(slot, time) - slot->sent);
  bool const there  = time - slot->start >= slot->total;
  return slot->sent == NOTHING_SENT || change >= (there ? 1 : slot->threshold);
}

// The first frame from `now` on at which a message is due. A value passes the threshold
// at most once on its line, so that bisection finds the frame.
static uint64_t
next_due(MnCcSlot const* const slot, uint64_t const now)
{
  uint64_t const before = slot->ready > now ? slot->ready : now;
  uint64_t const due    = slot->start + slot->total;
  if (slot->source == MN_SOURCE_OFF || slot->silent) {
    return never;
  }
  if (is_due(slot, before)) {
    return before;
  }
  if (before >= due || !is_due(slot, due)) {
    return never;
  }
  MnBisection first = {.before = before, .at = due};
  while (mn_bisection_asks(&first)) {
    mn_bisection_answer(&first, is_due(slot, first.middle));
  }
  return first.at;
}

static void
find_soonest(MnCc* const cc)
{
  cc->due = cc->sweep.on ? cc->sweep.due : never;
  for (unsigned i = 0; i < MN_CC_SLOTS && !cc->sweep.on; ++i) {
    cc->due = cc->slots[i].due < cc->due ? cc->slots[i].due : cc->due;
  }
}

static double
goal(MnOutputs const* const outputs, MnCcSlot const* const slot)
{
  // The glides are in the order of the sources.
  double const value = (double)outputs->goal[slot->source - MN_SOURCE_MUSICALITY];
  double const part  = value < 0 ? 0 : value > 1 ? 1 : value;
  return slot->low +
         mn_cc_bend(slot->invert ? 1 - part : part, slot->curve) * (slot->high - slot->low);
}

static void
aim(MnCcSlot* const slot, double const to, uint64_t const now)
{
  slot->from  = value_at(slot, now);
  slot->to    = to;
  slot->start = now;
  slot->total = slot->glide;
}

static void
aim_slots(MnCc* const            cc,
          MnOutputs const* const outputs,
          bool const             surprise,
          uint64_t const         frame)
{
  if (!cc->on) {
    return;
  }
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if (slot->source != MN_SOURCE_OFF && (slot->source == MN_SOURCE_SURPRISE) == surprise) {
      aim(slot, goal(outputs, slot), frame);
      slot->due = next_due(slot, frame);
    }
  }
  find_soonest(cc);
}

void
mn_cc_aim(MnCc* const cc, MnOutputs const* const outputs, uint64_t const frame)
{
  aim_slots(cc, outputs, false, frame);
}

void
mn_cc_aim_surprise(MnCc* const cc, MnOutputs const* const outputs, uint64_t const frame)
{
  aim_slots(cc, outputs, true, frame);
}

static bool
has_received(MnCc const* const cc, unsigned const channel, unsigned const controller)
{
  return cc->known[channel][controller] & MN_CC_RECEIVED;
}

static void
forget_sent(MnCc* const cc)
{
  uint8_t* const known = &cc->known[0][0];
  for (size_t i = 0; i < sizeof(cc->known); ++i) {
    known[i] &= MN_CC_RECEIVED;
  }
}

static void
note_sent(MnCc* const cc, MnCcSlot const* const slot)
{
  uint8_t* const known = cc->known[slot->channel];
  known[slot->controller] |= MN_CC_SENT;
  if (slot->wide) {
    known[slot->controller + MN_MIDI_CC_LSB] |= MN_CC_SENT;
  }
}

static bool
collide(MnCcSlot const* const a, MnCcSlot const* const b)
{
  // A pair sends its number and the one 32 above, which never begins a pair.
  bool const same = a->controller == b->controller ||
                    (a->wide && a->controller + MN_MIDI_CC_LSB == b->controller) ||
                    (b->wide && b->controller + MN_MIDI_CC_LSB == a->controller);
  return a->source != MN_SOURCE_OFF && a->channel == b->channel && same;
}

static bool
must_be_silent(MnCc const* const cc, unsigned const number)
{
  MnCcSlot const* const slot = &cc->slots[number];
  if (!cc->share &&
      (has_received(cc, slot->channel, slot->controller) ||
       (slot->wide &&
        has_received(cc, slot->channel, slot->controller + MN_MIDI_CC_LSB)))) {
    return true;
  }
  for (unsigned i = 0; i < number; ++i) {
    if (collide(&cc->slots[i], slot)) {
      return true;
    }
  }
  return false;
}

// Finds out anew which slots are silent, and when their messages are due: a slot has
// changed.
static void
schedule_all(MnCc* const cc, uint64_t const frame)
{
  forget_sent(cc);
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if (slot->source != MN_SOURCE_OFF) {
      note_sent(cc, slot);
      slot->silent = must_be_silent(cc, i);
      if (slot->silent) {
        slot->sent = NOTHING_SENT; // the receiver has another value now
      }
    }
    slot->due = next_due(slot, frame);
  }
  cc->news = true;
  find_soonest(cc);
}

static double
read(MnControlPorts const* const ports, unsigned const slot, unsigned const port)
{
  return mn_control_ports_read(ports, MN_PORT_CC_1 + MN_CC_PORT_COUNT * slot + port);
}

static void
read_slot(MnCc* const                 cc,
          unsigned const              i,
          MnControlPorts const* const ports,
          MnOutputs const* const      outputs,
          uint64_t const              frame)
{
  MnCcSlot* const slot = &cc->slots[i];
  MnCcSlot const  old  = *slot;

  slot->source     = (MnSource)lrint(read(ports, i, MN_CC_PORT_SOURCE));
  slot->controller = (uint8_t)lrint(read(ports, i, MN_CC_PORT_CONTROLLER));
  slot->channel    = (uint8_t)(lrint(read(ports, i, MN_CC_PORT_CHANNEL)) - 1);
  slot->low        = read(ports, i, MN_CC_PORT_LOW);
  slot->high       = read(ports, i, MN_CC_PORT_HIGH);
  slot->invert     = read(ports, i, MN_CC_PORT_INVERT) > 0;
  slot->curve      = read(ports, i, MN_CC_PORT_CURVE);
  slot->wide  = read(ports, i, MN_CC_PORT_WIDE) > 0 && slot->controller < MN_MIDI_CC_LSB;
  slot->glide = (uint32_t)(read(ports, i, MN_CC_PORT_GLIDE) * 1e-3 * cc->rate);

  double const most  = slot->wide ? WIDE_MAX : MN_MIDI_MAX;
  int const    least = (int)ceil(read(ports, i, MN_CC_PORT_THRESHOLD) * most / MN_MIDI_MAX);
  slot->threshold    = least < 1 ? 1 : least;

  uint64_t const sent_at = old.interval ? old.ready - old.interval : 0;
  slot->interval         = (uint64_t)ceil(cc->rate / read(ports, i, MN_CC_PORT_RATE));
  slot->ready            = old.interval && old.ready ? sent_at + slot->interval : 0;

  if (slot->source == MN_SOURCE_OFF) {
    return;
  }
  if (slot->source != old.source) {
    // The value of another source is no place to start from.
    slot->from = slot->to = goal(outputs, slot);
    slot->start           = frame;
    slot->total           = 0;
    slot->sent            = NOTHING_SENT;
  } else if (goal(outputs, slot) != old.to) {
    aim(slot, goal(outputs, slot), frame);
  }
  if (slot->controller != old.controller || slot->channel != old.channel ||
      slot->wide != old.wide) {
    slot->sent  = NOTHING_SENT;
    slot->level = MN_SENT_NOTHING;
  }
}

// A slot whose trigger goes from 0 or below to above 0 moves alone from here on. While a
// slot is off, nobody sees its trigger fall.
static void
read_triggers(MnCc* const cc, MnControlPorts const* const ports, uint64_t const frame)
{
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    bool const      down = mn_control_ports_raw(ports, MN_PORT_SEND_1 + i) > 0;
    if (down && !cc->pressed[i] && slot->source != MN_SOURCE_OFF && !slot->silent) {
      slot->sent = NOTHING_SENT; // when it is done, it sends its own value
      mn_sweep_begin(&cc->sweep, i, cc->rate, frame, slot->ready);
      find_soonest(cc);
    }
    cc->pressed[i] = down || slot->source == MN_SOURCE_OFF;
  }
}

static bool
is_on(MnControlPorts const* const ports, unsigned const slot)
{
  unsigned const port = MN_PORT_CC_1 + MN_CC_PORT_COUNT * slot + MN_CC_PORT_SOURCE;
  return mn_control_ports_raw(ports, port) > 0.5F; // as lrint() rounds
}

bool
mn_cc_is_wanted(MnControlPorts const* const ports)
{
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    if (is_on(ports, i)) {
      return true;
    }
  }
  return false;
}

void
mn_cc_read(MnCc* const                 cc,
           MnControlPorts const* const ports,
           MnOutputs const* const      outputs,
           uint64_t const              frame)
{
  bool const share   = mn_control_ports_read(ports, MN_PORT_CC_SHARE) > 0;
  bool       changed = share != cc->share;
  cc->share          = share;
  cc->on             = mn_cc_is_wanted(ports);
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if ((is_on(ports, i) || slot->source != MN_SOURCE_OFF) &&
        mn_control_ports_changed(
          ports, MN_PORT_CC_1 + MN_CC_PORT_COUNT * i, MN_CC_PORT_COUNT, slot->ports)) {
      read_slot(cc, i, ports, outputs, frame);
      changed = true;
    }
  }
  if (changed) {
    schedule_all(cc, frame);
  }
  read_triggers(cc, ports, frame);
}

// No other slot may send because of that: it is silent itself if it sends the same.
void
mn_cc_silence(MnCc* const cc, unsigned const channel, unsigned const controller)
{
  for (unsigned i = 0; i < MN_CC_SLOTS && !cc->share; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    unsigned const  low  = slot->controller + (unsigned)MN_MIDI_CC_LSB;
    bool const same = slot->controller == controller || (slot->wide && low == controller);
    if (slot->source != MN_SOURCE_OFF && slot->channel == channel && same) {
      slot->silent = true;
      slot->sent   = NOTHING_SENT; // the receiver has another value now
      slot->due    = never;
      cc->news     = true;
    }
  }
  find_soonest(cc);
}

// Sends a level now, which is on `frame` of the block. @return false if it has no room.
static bool
send(MnCc* const      cc,
     MnMidiOut* const out,
     uint32_t const   frame,
     MnCcSlot* const  slot,
     int const        level,
     uint64_t const   now)
{
  if (!mn_midi_out_has_room(out, slot->wide ? 2 : 1)) {
    out->full = true;
    return false;
  }
  if (slot->wide) {
    mn_midi_out_control(out, frame, slot->channel, slot->controller, level >> 7);
    mn_midi_out_control(
      out, frame, slot->channel, slot->controller + MN_MIDI_CC_LSB, level & MN_MIDI_MAX);
  } else {
    mn_midi_out_control(out, frame, slot->channel, slot->controller, level);
  }
  slot->ready = now + slot->interval;
  slot->level = slot->wide ? (float)level * MN_MIDI_MAX / WIDE_MAX : (float)level;
  cc->news    = true;
  return true;
}

// Goes on with the sweep now, which is on `frame` of the block. All slots go on from where it
// ends: a slot that was turned off or silenced meanwhile has nothing to send.
static void
sweep(MnCc* const cc, MnMidiOut* const out, uint32_t const frame, uint64_t const now)
{
  MnCcSlot* const slot = &cc->slots[cc->sweep.slot];
  if (now >= cc->sweep.end || slot->silent || slot->source == MN_SOURCE_OFF) {
    cc->sweep.on = false;
    schedule_all(cc, now);
    return;
  }
  double const place = mn_sweep_place(&cc->sweep, now);
  int const    level = level_of(slot, slot->low + place * (slot->high - slot->low));
  if (send(cc, out, frame, slot, level, now)) {
    mn_sweep_go_on(&cc->sweep, cc->rate, now, slot->interval);
    find_soonest(cc);
  }
}

static MnCcSlot*
soonest(MnCc* const cc)
{
  MnCcSlot* slot = cc->slots;
  while (slot->due != cc->due) {
    ++slot;
  }
  return slot;
}

void
mn_cc_play(MnCc* const      cc,
           MnMidiOut* const out,
           uint64_t const   frame,
           uint32_t const   offset,
           uint32_t const   frames)
{
  while (cc->due < frame + frames && !out->full) {
    uint64_t const now = cc->due > frame ? cc->due : frame;
    uint32_t const at  = offset + (uint32_t)(now - frame);
    if (cc->sweep.on) {
      sweep(cc, out, at, now);
      continue;
    }
    MnCcSlot* const slot  = soonest(cc);
    int const       level = level_at(slot, now);
    if (is_due(slot, now)) { // a value that had to wait may have gone back
      if (!send(cc, out, at, slot, level, now)) {
        return;
      }
      slot->sent = level;
    }
    slot->due = next_due(slot, now);
    find_soonest(cc);
  }
}

bool
mn_cc_tell(MnCc* const cc, uint64_t const frame, float* const levels)
{
  if (!cc->news || frame < cc->tell) {
    return false;
  }
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot const* const slot = &cc->slots[i];
    levels[i]                  = slot->source == MN_SOURCE_OFF ? MN_SENT_NOTHING
                                 : slot->silent                ? MN_SENT_SILENT
                                                               : slot->level;
  }
  cc->news = false;
  cc->tell = frame + (uint64_t)(cc->rate / MN_SWEEP_RATE);
  return true;
}
