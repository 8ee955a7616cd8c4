// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player's ports say, and what it writes to them.

#include "player_plugin.h"

#include <math.h>
#include <string.h>

static double const steps_per_beat = 4.0;

void
mn_player_capture(MnPlayer* const p, unsigned const slot)
{
  MnKnownPlace* const known = &p->known[MN_IDEA_SLOTS + slot];
  if (p->heard.steps) {
    uint64_t const serial   = known->serial + 1;
    p->slots.now.slot[slot] = p->heard;
    *known                  = p->known[MN_IDEA_HEARD];
    known->serial           = serial;
    p->news                 = true;
    mn_slots_tell(&p->slots);
  }
}

static void
clear(MnPlayer* const p)
{
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    p->slots.now.slot[i] = (MnIdea){0};
    ++p->known[MN_IDEA_SLOTS + i].serial;
  }
  p->news = true;
  mn_slots_tell(&p->slots);
}

void
mn_player_take_slots(MnPlayer* const p)
{
  if (mn_slots_take(&p->slots)) {
    for (unsigned i = MN_IDEA_SLOTS; i < MN_IDEAS; ++i) {
      p->known[i].known = false;
      ++p->known[i].serial;
    }
    p->news = true;
    mn_slots_tell(&p->slots); // with the number of the restore
  }
}

// Whether a trigger is pressed now that was not before.
static bool
rises(bool const now, bool* const before)
{
  bool const rose = now && !*before;
  *before         = now;
  return rose;
}

static void
read_listening(MnPlayer* const p, bool const enabled)
{
  MnListening* const l       = &p->listening;
  unsigned const     channel = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_LISTEN));
  MnVoice const      voice   = (MnVoice)lrint(mn_player_control(p, MN_PLAYER_PORT_VOICE));
  bool const         other =
    channel != l->settings.channel || voice != l->settings.voice || !p->live_known;
  bool const switched = enabled != p->live.enabled;
  l->settings         = (MnSettings){
            .enabled = enabled, .hop = MN_HOP_2_BARS, .channel = channel, .voice = voice};
  p->live.enabled = enabled;
  l->hold_steps   = mn_player_control(p, MN_PLAYER_PORT_PAUSE) * steps_per_beat;
  mn_timeline_set_tempo(&l->timeline, mn_player_control(p, MN_PLAYER_PORT_TEMPO));
  if (other) {
    mn_melody_set_filter(&l->melody, voice, channel);
  }
  if (other || switched) {
    mn_player_break(p);
  }
}

static void
read_triggers(MnPlayer* const p)
{
  if (rises(mn_player_control(p, MN_PLAYER_PORT_PANIC) > 0, &p->live.panic)) {
    mn_player_panic(p);
  }
  if (rises(mn_player_control(p, MN_PLAYER_PORT_CLEAR) > 0, &p->live.clear)) {
    clear(p);
  }
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    if (rises(mn_player_control(p, MN_PLAYER_PORT_CAPTURE_A + i) > 0,
              &p->live.capture[i])) {
      mn_player_capture(p, i);
    }
  }
}

void
mn_player_read_live(MnPlayer* const p)
{
  uint32_t changed = 0;
  for (unsigned i = 0; i < MN_PLAYER_LIVE_PORTS; ++i) {
    uint32_t bits;
    memcpy(&bits, p->ports.port[i], sizeof(bits));
    changed |= bits ^ p->seen[i];
    p->seen[i] = bits;
  }
  if (!changed && p->live_known) {
    return;
  }
  p->live.freewheel    = mn_player_control(p, MN_PLAYER_PORT_FREEWHEEL) > 0;
  p->live.mode         = (MnPlayMode)lrint(mn_player_control(p, MN_PLAYER_PORT_MODE));
  p->live.thru         = mn_player_control(p, MN_PLAYER_PORT_THRU) > 0;
  p->live.capture_note = (int)lrint(mn_player_control(p, MN_PLAYER_PORT_CAPTURE_NOTE));
  p->live.capture_cc   = (int)lrint(mn_player_control(p, MN_PLAYER_PORT_CAPTURE_CC));
  read_listening(p, mn_player_control(p, MN_PLAYER_PORT_ENABLED) > 0);
  read_triggers(p);
  p->live_known = true;
  p->due        = p->frame;
  p->news       = true;
}

static MnPlayerState
state_of(MnPlayer const* const p)
{
  return !p->live.enabled         ? MN_PLAYER_OFF
         : !mn_player_can_play(p) ? MN_PLAYER_NO_DECODER
         : p->plays               ? MN_PLAYER_PLAYING
         : p->turn.open           ? MN_PLAYER_HEARING
                                  : MN_PLAYER_WAITING;
}

static void
put(MnPlayer const* const p, unsigned const port, double const value)
{
  mn_player_ports_write(&p->ports, port, (float)value);
}

void
mn_player_write_outputs(MnPlayer* const p)
{
  if (p->news || p->retold) {
    put(p, MN_PLAYER_PORT_STATE, state_of(p));
    put(p, MN_PLAYER_PORT_TURNS, p->turns);
    put(p, MN_PLAYER_PORT_LATE, p->late);
    put(p, MN_PLAYER_PORT_SYNCED, mn_timeline_has_bars(&p->listening.timeline));
    for (unsigned i = 0; i < MN_SLOTS; ++i) {
      put(p, MN_PLAYER_PORT_SLOT_A + i, p->slots.now.slot[i].steps > 0);
    }
  }
  if (p->retold) {
    for (unsigned i = 0; i < MN_RANKED; ++i) {
      put(p, MN_PLAYER_PORT_PLAYED_NEURON_1 + i, (double)p->played.ranked[i]);
    }
    for (unsigned i = 0; i < MN_AXES; ++i) {
      put(p, MN_PLAYER_PORT_PLAYED_AXIS_1 + i, (double)p->played.axes[i]);
    }
  }
  p->news   = false;
  p->retold = false;
}
