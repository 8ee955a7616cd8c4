// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Which of the incoming notes pass: a note-off passes unless its note-on was held back. So no
/// note hangs that began before a setting changed. Audio thread, O(1).

#ifndef MN_THRU_H
#define MN_THRU_H

#include "base/midi.h"
#include "notes/channels.h"

/// All zero at first: nothing was held back.
typedef struct {
  MnChannelSet held_back[MN_KEYS]; ///< channels on which the key's note-on did not pass
} MnThru;

/// Whether a message passes. @param wanted Whether a note-on does.
static inline bool
mn_thru_lets(MnThru* const        thru,
             uint8_t const* const message,
             uint32_t const       size,
             bool const           wanted)
{
  bool const strikes = mn_midi_strikes(message, size);
  if (!strikes && !mn_midi_releases(message, size)) {
    return true;
  }
  MnChannelSet* const set     = &thru->held_back[message[1] & MN_MIDI_MAX];
  MnChannelSet const  channel = (MnChannelSet)(1U << (message[0] & MN_MIDI_CHANNEL));
  bool const          passes  = strikes ? wanted : !(*set & channel);
  *set = (MnChannelSet)(strikes && !wanted ? *set | channel : *set & ~channel);
  return passes;
}

#endif // MN_THRU_H
