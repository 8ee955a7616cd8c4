// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Numbers of MIDI 1.0 messages.

#ifndef MN_MIDI_H
#define MN_MIDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Status bytes. Those of channel messages hold the channel, 0..15, in the low four bits.
enum {
  MN_MIDI_NOTE_OFF      = 0x80,
  MN_MIDI_NOTE_ON       = 0x90, ///< with velocity 0 it is a note-off
  MN_MIDI_CONTROL       = 0xB0, ///< a controller (CC) and its value
  MN_MIDI_PROGRAM       = 0xC0,
  MN_MIDI_BEND          = 0xE0,
  MN_MIDI_SYSEX         = 0xF0,
  MN_MIDI_SONG_POSITION = 0xF2, ///< in sixteenths, 14 bits, the low seven first
  MN_MIDI_SYSEX_END     = 0xF7, ///< in a file: continues a message, or escapes bytes
  MN_MIDI_REALTIME      = 0xF8, ///< from here on, messages without data
  MN_MIDI_CLOCK         = 0xF8, ///< 24 a quarter
  MN_MIDI_START         = 0xFA, ///< the next clock is the song's first
  MN_MIDI_CONTINUE      = 0xFB,
  MN_MIDI_STOP          = 0xFC,
  MN_MIDI_META          = 0xFF, ///< in a file only
};

enum {
  MN_MIDI_KIND    = 0xF0, ///< mask of a channel message's kind
  MN_MIDI_CHANNEL = 0x0F, ///< mask of its channel
  MN_MIDI_STATUS  = 0x80, ///< bit that status bytes have and data bytes do not
  MN_MIDI_MAX     = 127,  ///< the largest data byte
};

/// Controllers.
enum {
  MN_MIDI_CC_DATA_ENTRY        = 6,
  MN_MIDI_CC_LSB               = 32, ///< from a 14-bit controller to its low 7 bits
  MN_MIDI_CC_SUSTAIN           = 64,
  MN_MIDI_CC_NRPN_LSB          = 98,
  MN_MIDI_CC_NRPN_MSB          = 99,
  MN_MIDI_CC_RPN_LSB           = 100,
  MN_MIDI_CC_RPN_MSB           = 101,
  MN_MIDI_CC_ALL_SOUND_OFF     = 120, ///< from here on: channel mode messages
  MN_MIDI_CC_RESET_CONTROLLERS = 121,
  MN_MIDI_CC_ALL_NOTES_OFF     = 123,
};

/// Whether a message of `size` bytes is a note-on that strikes a key.
static inline bool
mn_midi_strikes(uint8_t const* const message, size_t const size)
{
  return size == 3 && (message[0] & MN_MIDI_KIND) == MN_MIDI_NOTE_ON && message[2] > 0;
}

/// Whether it is a note-off, or a note-on that stands for one.
static inline bool
mn_midi_releases(uint8_t const* const message, size_t const size)
{
  unsigned const kind = size == 3 ? message[0] & MN_MIDI_KIND : 0;
  return kind == MN_MIDI_NOTE_OFF || (kind == MN_MIDI_NOTE_ON && message[2] == 0);
}

/// Whether it is a controller.
static inline bool
mn_midi_controls(uint8_t const* const message, size_t const size)
{
  return size == 3 && (message[0] & MN_MIDI_KIND) == MN_MIDI_CONTROL &&
         !(message[1] & MN_MIDI_STATUS);
}

#endif // MN_MIDI_H
