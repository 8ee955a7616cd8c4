// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checks of a player: its notes pair, and those that come in pass as its settings say.

#include "hell.h"

#include <math.h>

MnTlsf*
hell_pool(HellInstance const* const h)
{
  return h->player ? h->player->pool : h->monitor->pool;
}

// What the player saw at an input in this block.
static float
seen(HellInstance const* const h, unsigned const port)
{
  HellPort const* const p     = &h->ports->port[port];
  float const           value = h->connected[port] ? h->seen[port] : p->normal;
  return isnan(value)      ? p->normal
         : value < p->low  ? p->low
         : value > p->high ? p->high
                           : value;
}

bool
hell_player_lets(HellInstance* const h, LV2_Atom_Event const* const event)
{
  uint8_t const* const message = (uint8_t const*)(event + 1);
  unsigned const       kind    = event->body.size == 3 ? message[0] & 0xF0 : 0;
  if (kind != 0x80 && kind != 0x90) {
    return true;
  }
  bool const  enabled = seen(h, MN_PLAYER_PORT_ENABLED) > 0;
  long const  first   = lrintf(seen(h, MN_PLAYER_PORT_CAPTURE_NOTE));
  bool const  is_slot = first >= 0 && message[1] >= first && message[1] < first + 4;
  bool const  passes  = !enabled || (seen(h, MN_PLAYER_PORT_THRU) > 0 && !is_slot);
  bool* const held    = &h->notes.held_back[message[0] & 15][message[1] & 127];
  bool const  was     = *held;
  bool const  strikes = kind == 0x90 && message[2];
  *held               = strikes && !passes;
  return strikes ? passes : !was;
}

bool
hell_player_plays(HellInstance* const         h,
                  LV2_Atom_Event const* const event,
                  uint32_t const              frames)
{
  uint8_t const* const message = (uint8_t const*)(event + 1);
  HellNotes* const     notes   = &h->notes;
  if (event->body.size != 3 || event->time.frames < 0 || event->time.frames > frames) {
    return false;
  }
  uint8_t const channel = message[0] & 0x0F;
  if ((message[0] & 0xF0) == 0x80) {
    bool const ends =
      notes->sounds && notes->pitch == message[1] && notes->channel == channel;
    notes->sounds = notes->sounds && !ends;
    return ends;
  }
  if ((message[0] & 0xF0) != 0x90 || !message[2] || notes->sounds) {
    return false;
  }
  notes->sounds  = true;
  notes->pitch   = message[1];
  notes->channel = channel;
  ++notes->notes;
  return true;
}

static void
check_notes(HellInstance const* const h)
{
  MnPart const* const    part  = &h->player->part;
  HellNotes const* const notes = &h->notes;
  if (part->sounds != notes->sounds ||
      (part->sounds && (part->pitch != notes->pitch || part->channel != notes->channel))) {
    hell_fail("the player thinks that %s sounds, but %s does",
              part->sounds ? "a note" : "nothing",
              notes->sounds ? "another" : "nothing");
  }
}

void
hell_check_player(HellInstance const* const h)
{
  MnPlayer const* const p = h->player;
  size_t const known      = hell_used_by(p->swap.wanted) + hell_used_by(p->swap.loading) +
                       hell_used_by(h->hog) + hell_used_by(p->work.job);
  size_t const used = mn_tlsf_stats(p->pool).used;
  if (used != known) {
    hell_fail("the pool has %zu bytes in use, of which %zu are known", used, known);
  }
  int const messages = (int)(p->work.sent - atomic_load(&p->work.served));
  if (messages > 64) {
    hell_fail("%d messages for the worker are under way", messages);
  }
  if ((h->connected[MN_PLAYER_PORT_TURNS] &&
       h->control[MN_PLAYER_PORT_TURNS] != (float)p->turns) ||
      (h->connected[MN_PLAYER_PORT_LATE] &&
       h->control[MN_PLAYER_PORT_LATE] != (float)p->late)) {
    hell_fail("%u turns and %u late are shown as %g and %g",
              p->turns,
              p->late,
              (double)h->control[MN_PLAYER_PORT_TURNS],
              (double)h->control[MN_PLAYER_PORT_LATE]);
  }
  check_notes(h);
}

void
hell_check_silence(HellInstance const* const h)
{
  if (h->notes.sounds) {
    hell_fail("note %u hangs", h->notes.pitch);
  }
}
