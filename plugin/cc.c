// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "cc.h"

#include "monitor.h"

#include <lv2/atom/util.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING_SENT = -1, CONTROLLER_MAX = 127, WIDE_MAX = 16383 };
enum { STATUS_CONTROLLER = 0xB0, FIRST_LSB = 32 };

_Static_assert((int)MN_MOST_CC_LOW == CONTROLLER_MAX &&
                 (int)MN_MOST_CC_HIGH == CONTROLLER_MAX,
               "ends are values of a controller");
_Static_assert((int)MN_MOST_CC_CONTROLLER < 120, "those from 120 on are no controllers");
_Static_assert((int)MN_MOST_CC_CHANNEL == MN_CHANNELS, "channels 1 to 16");
_Static_assert((int)MN_MOST_CC_CURVE == 1, "mn_cc_bend() rises up to 9/7");

static uint64_t const never = UINT64_MAX;

void
mn_cc_init(MnCc* const cc)
{
  *cc = (MnCc){.due = never};
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    cc->slots[i].due = never;
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

// What would be sent.
static int
level_at(MnCcSlot const* const slot, uint64_t const time)
{
  double const value = value_at(slot, time);
  return (int)((slot->wide ? value / CONTROLLER_MAX * WIDE_MAX : value) + 0.5);
}

static bool
is_due(MnCcSlot const* const slot, uint64_t const time)
{
  int const  change = abs(level_at(slot, time) - slot->sent);
  bool const there  = time - slot->start >= slot->total;
  return slot->sent == NOTHING_SENT || change >= (there ? 1 : slot->threshold);
}

// The first frame from `now` on at which a message is due. A line that is not
// the threshold away from what was sent may only come to be it once.
static uint64_t
next_due(MnCcSlot const* const slot, uint64_t const now)
{
  uint64_t before = slot->ready > now ? slot->ready : now;
  uint64_t due    = slot->start + slot->total;
  if (slot->source == MN_SOURCE_OFF || slot->silent) {
    return never;
  }
  if (is_due(slot, before)) {
    return before;
  }
  if (before >= due || !is_due(slot, due)) {
    return never;
  }
  while (due - before > 1) {
    uint64_t const middle = before + (due - before) / 2;
    if (is_due(slot, middle)) {
      due = middle;
    } else {
      before = middle;
    }
  }
  return due;
}

static void
find_soonest(MnCc* const cc)
{
  cc->due = never;
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    cc->due = cc->slots[i].due < cc->due ? cc->slots[i].due : cc->due;
  }
}

static double
goal(MnMonitor const* const m, MnCcSlot const* const slot)
{
  // The glides' order is that of the sources.
  double const value = (double)m->outputs.goal[slot->source - MN_SOURCE_MUSICALITY];
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

void
mn_cc_aim(MnMonitor* const m)
{
  MnCc* const cc = &m->cc;
  if (!cc->on) {
    return;
  }
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if (slot->source != MN_SOURCE_OFF) {
      aim(slot, goal(m, slot), m->frame);
      slot->due = next_due(slot, m->frame);
    }
  }
  find_soonest(cc);
}

static bool
has_come_in(MnCc const* const cc, unsigned const channel, unsigned const controller)
{
  return cc->heard[channel][controller / 8] >> (controller % 8) & 1;
}

static bool
collide(MnCcSlot const* const a, MnCcSlot const* const b)
{
  // A pair has its number and the one that is 32 above, which is no pair's first.
  bool const same = a->controller == b->controller ||
                    (a->wide && a->controller + FIRST_LSB == b->controller) ||
                    (b->wide && b->controller + FIRST_LSB == a->controller);
  return a->source != MN_SOURCE_OFF && a->channel == b->channel && same;
}

static bool
must_be_silent(MnCc const* const cc, unsigned const number)
{
  MnCcSlot const* const slot = &cc->slots[number];
  if (!cc->share &&
      (has_come_in(cc, slot->channel, slot->controller) ||
       (slot->wide && has_come_in(cc, slot->channel, slot->controller + FIRST_LSB)))) {
    return true;
  }
  for (unsigned i = 0; i < number; ++i) {
    if (collide(&cc->slots[i], slot)) {
      return true;
    }
  }
  return false;
}

// After any slot, or what has come in, has changed.
static void
schedule_all(MnMonitor* const m)
{
  MnCc* const cc = &m->cc;
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if (slot->source != MN_SOURCE_OFF) {
      slot->silent = must_be_silent(cc, i);
      if (slot->silent) {
        slot->sent = NOTHING_SENT; // who hears it has another value now
      }
    }
    slot->due = next_due(slot, m->frame);
  }
  find_soonest(cc);
}

static double
read(MnMonitor const* const m, unsigned const slot, unsigned const port)
{
  return mn_monitor_control(m, MN_PORT_CC_1 + MN_CC_PORT_COUNT * slot + port);
}

static void
read_slot(MnMonitor* const m, unsigned const i)
{
  MnCcSlot* const slot = &m->cc.slots[i];
  MnCcSlot const  old  = *slot;

  slot->source     = (MnSource)lrint(read(m, i, MN_CC_PORT_SOURCE));
  slot->controller = (uint8_t)lrint(read(m, i, MN_CC_PORT_CONTROLLER));
  slot->channel    = (uint8_t)(lrint(read(m, i, MN_CC_PORT_CHANNEL)) - 1);
  slot->low        = read(m, i, MN_CC_PORT_LOW);
  slot->high       = read(m, i, MN_CC_PORT_HIGH);
  slot->invert     = read(m, i, MN_CC_PORT_INVERT) > 0;
  slot->curve      = read(m, i, MN_CC_PORT_CURVE);
  slot->wide       = read(m, i, MN_CC_PORT_WIDE) > 0 && slot->controller < FIRST_LSB;
  slot->glide      = (uint32_t)(read(m, i, MN_CC_PORT_GLIDE) * 1e-3 * m->rate);

  double const most  = slot->wide ? WIDE_MAX : CONTROLLER_MAX;
  int const    least = (int)ceil(read(m, i, MN_CC_PORT_THRESHOLD) * most / CONTROLLER_MAX);
  slot->threshold    = least < 1 ? 1 : least;

  uint64_t const sent_at = old.interval ? old.ready - old.interval : 0;
  slot->interval         = (uint64_t)ceil(m->rate / read(m, i, MN_CC_PORT_RATE));
  slot->ready            = old.interval && old.ready ? sent_at + slot->interval : 0;

  if (slot->source == MN_SOURCE_OFF) {
    return;
  }
  if (slot->source != old.source) {
    // What it was before has nothing to do with it.
    slot->from = slot->to = goal(m, slot);
    slot->start           = m->frame;
    slot->total           = 0;
    slot->sent            = NOTHING_SENT;
  } else if (goal(m, slot) != old.to) {
    aim(slot, goal(m, slot), m->frame);
  }
  if (slot->controller != old.controller || slot->channel != old.channel ||
      slot->wide != old.wide) {
    slot->sent = NOTHING_SENT;
  }
}

static bool
is_on(MnMonitor const* const m, unsigned const slot)
{
  unsigned const port = MN_PORT_CC_1 + MN_CC_PORT_COUNT * slot + MN_CC_PORT_SOURCE;
  return *m->control[port - MN_PORT_FIRST_CONTROL] > 0.5F; // as lrint() rounds
}

bool
mn_cc_is_wanted(MnMonitor const* const m)
{
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    if (is_on(m, i)) {
      return true;
    }
  }
  return false;
}

void
mn_cc_read(MnMonitor* const m)
{
  MnCc* const cc = &m->cc;
  if (!m->settings.enabled) {
    return; // on its way to neutral, and silent then
  }
  bool const share   = mn_monitor_control(m, MN_PORT_CC_SHARE) > 0;
  bool       changed = share != cc->share;
  cc->share          = share;
  cc->on             = mn_cc_is_wanted(m);
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot* const slot = &cc->slots[i];
    if ((is_on(m, i) || slot->source != MN_SOURCE_OFF) &&
        mn_monitor_inputs_changed(
          m, MN_PORT_CC_1 + MN_CC_PORT_COUNT * i, MN_CC_PORT_COUNT, slot->ports)) {
      read_slot(m, i);
      changed = true;
    }
  }
  if (changed) {
    schedule_all(m);
  }
}

void
mn_cc_hear(MnMonitor* const m, uint8_t const* const message, uint32_t const size)
{
  MnCc* const cc = &m->cc;
  if (size != 3 || (message[0] & 0xF0) != STATUS_CONTROLLER || (message[1] & 0x80)) {
    return;
  }
  unsigned const channel    = message[0] & 0x0F;
  unsigned const controller = message[1];
  if (!has_come_in(cc, channel, controller)) {
    cc->heard[channel][controller / 8] |= (uint8_t)(1U << (controller % 8));
    if (cc->on) {
      schedule_all(m);
    }
  }
}

static void
put(MnMonitor const* const m,
    uint32_t const         frame,
    MnCcSlot const* const  slot,
    unsigned const         controller,
    int const              value)
{
  struct {
    LV2_Atom_Event head;
    uint8_t        message[3];
  } const event = {
    .head    = {.time = {.frames = frame}, .body = {3, m->uris.midi_MidiEvent}},
    .message = {(uint8_t)(STATUS_CONTROLLER | slot->channel),
                (uint8_t)controller,
                (uint8_t)value},
  };
  lv2_atom_sequence_append_event(m->out, m->out_capacity, &event.head);
}

// Returns false if there is no room.
static bool
send(MnMonitor const* const m,
     uint32_t const         frame,
     MnCcSlot const* const  slot,
     int const              level)
{
  size_t const event = lv2_atom_pad_size(sizeof(LV2_Atom_Event) + 3);
  size_t const size  = slot->wide ? 2 * event : event;
  if ((size_t)m->out->atom.size + size + m->in_left > m->out_capacity) {
    return false;
  }
  if (slot->wide) {
    put(m, frame, slot, slot->controller, level >> 7);
    put(m, frame, slot, slot->controller + FIRST_LSB, level & 0x7F);
  } else {
    put(m, frame, slot, slot->controller, level);
  }
  return true;
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
mn_cc_play(MnMonitor* const m, uint32_t const offset, uint32_t const frames)
{
  MnCc* const    cc  = &m->cc;
  uint64_t const end = m->frame + frames;
  while (cc->due < end && !cc->full) {
    MnCcSlot* const slot  = soonest(cc);
    uint64_t const  now   = slot->due > m->frame ? slot->due : m->frame;
    int const       level = level_at(slot, now);
    if (is_due(slot, now)) { // one that had to wait may have gone back
      if (!send(m, offset + (uint32_t)(now - m->frame), slot, level)) {
        cc->full = true;
        return;
      }
      slot->sent  = level;
      slot->ready = now + slot->interval;
    }
    slot->due = next_due(slot, now);
    find_soonest(cc);
  }
}
