// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melody.h"

#include <assert.h>
#include <math.h>

static_assert((MN_MELODY_RING & (MN_MELODY_RING - 1)) == 0, "indexed by a mask");

enum { NOT_HELD = -1 };

enum {
  STATUS_NOTE_OFF   = 0x80,
  STATUS_NOTE_ON    = 0x90,
  STATUS_CONTROLLER = 0xB0,
  ALL_SOUND_OFF     = 120,
  ALL_NOTES_OFF     = 123,
};

int64_t
mn_step_round(double const position)
{
  return (int64_t)floor(position + 0.5 + 3.0 / 1024.0);
}

static MnOnset*
slot_of(MnMelody* const m, int64_t const step)
{
  return &m->ring[(uint64_t)step & (MN_MELODY_RING - 1)];
}

void
mn_melody_clear(MnMelody* const m)
{
  m->sounding = 0;
  for (unsigned c = 0; c < MN_CHANNELS; ++c) {
    for (unsigned k = 0; k < MN_KEYS; ++k) {
      m->held[c][k] = NOT_HELD;
    }
  }
  for (unsigned i = 0; i < MN_MELODY_RING; ++i) {
    m->ring[i].step = INT64_MIN;
  }
}

void
mn_melody_init(MnMelody* const m, MnVoice const voice, unsigned const channel)
{
  m->voice   = voice;
  m->channel = channel;
  mn_melody_clear(m);
}

static bool
wins(MnVoice const voice, unsigned const pitch, unsigned const rival)
{
  return voice == MN_VOICE_HIGHEST  ? pitch > rival
         : voice == MN_VOICE_LOWEST ? pitch < rival
                                    : true;
}

static void
note_off(MnMelody* const m, double const position, unsigned const channel, unsigned const key)
{
  int64_t const onset = m->held[channel][key];
  if (onset == NOT_HELD) {
    return;
  }
  m->held[channel][key] = NOT_HELD;
  --m->sounding;

  MnOnset* const slot = slot_of(m, onset);
  if (slot->step == onset && slot->channel == channel && slot->pitch == key &&
      slot->end == INT64_MAX) {
    int64_t const end = mn_step_round(position);
    slot->end         = end > onset ? end : onset + 1;
  }
}

static void
note_on(MnMelody* const m, double const position, unsigned const channel, unsigned const key)
{
  int64_t const step = mn_step_round(position);
  if (m->held[channel][key] == step) {
    return; // doubled on this step: one note, until its first release
  }
  note_off(m, position, channel, key); // struck again without a release
  MnOnset* const slot = slot_of(m, step);
  if (slot->step != step || wins(m->voice, key, slot->pitch)) {
    *slot = (MnOnset){step, INT64_MAX, (uint8_t)channel, (uint8_t)key};
  }
  m->held[channel][key] = step;
  ++m->sounding;
}

static bool
channel_passes(MnMelody const* const m, unsigned const channel)
{
  return m->channel == MN_CHANNEL_ANY ? channel + 1 != MN_CHANNEL_DRUM
                                      : channel + 1 == m->channel;
}

bool
mn_melody_midi(MnMelody* const      m,
               double const         position,
               uint8_t const* const message,
               size_t const         size)
{
  if (size != 3 || (message[1] & 0x80) || (message[2] & 0x80)) {
    return false;
  }
  unsigned const channel = message[0] & 0x0F;
  unsigned const data    = message[1];
  switch (message[0] & 0xF0) {
  case STATUS_NOTE_ON:
    if (message[2] == 0) {
      note_off(m, position, channel, data);
      return false;
    }
    if (!channel_passes(m, channel) || data < MN_LOWEST_NOTE || data > MN_HIGHEST_NOTE) {
      return false;
    }
    note_on(m, position, channel, data);
    return true;
  case STATUS_NOTE_OFF:
    note_off(m, position, channel, data);
    return false;
  case STATUS_CONTROLLER:
    if (data == ALL_SOUND_OFF || data == ALL_NOTES_OFF) {
      for (unsigned key = 0; m->sounding && key < MN_KEYS; ++key) {
        note_off(m, position, channel, key);
      }
    }
    return false;
  default:
    return false;
  }
}

unsigned
mn_melody_tokens(MnMelody const* const m,
                 int64_t const         start,
                 unsigned const        steps,
                 uint8_t* const        tokens)
{
  unsigned onsets = 0;
  int64_t  end    = INT64_MAX;
  for (unsigned i = 0; i < steps; ++i) {
    int64_t const        step = start + i;
    MnOnset const* const slot = &m->ring[(uint64_t)step & (MN_MELODY_RING - 1)];
    if (slot->step == step) {
      tokens[i] = (uint8_t)(slot->pitch - MN_NOTE_OFFSET);
      end       = slot->end;
      ++onsets;
    } else {
      tokens[i] = step == end ? MN_NOTE_OFF : MN_HOLD;
    }
  }
  return onsets;
}
