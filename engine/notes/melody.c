// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melody.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static_assert((MN_MELODY_RING & (MN_MELODY_RING - 1)) == 0, "indexed by a mask");

static int64_t const not_held = INT64_MIN;

// How long after a key was struck again a note-off is that of the note before: less than a
// step, so that one a whole step later is not, however a host rounds.
static double const overlap = 1.0 - 2.0 / 1024.0;

int64_t
mn_step_round(double const position)
{
  double const  moved = position + 0.5 + 3.0 / 1024.0;
  int64_t const step  = (int64_t)moved; // towards 0
  return step - ((double)step > moved);
}

// The slot of a step in the ring.
static size_t
place_of(int64_t const step)
{
  return (uint64_t)step & (MN_MELODY_RING - 1);
}

static bool
has(MnChannelSet const set, unsigned const channel)
{
  return set >> channel & 1;
}

void
mn_melody_clear(MnMelody* const m)
{
  m->sounding = 0;
  memset(m->sounds, 0, sizeof(m->sounds));
  memset(m->released, 0, sizeof(m->released));
  for (unsigned c = 0; c < MN_CHANNELS; ++c) {
    for (unsigned k = 0; k < MN_KEYS; ++k) {
      m->held[c][k]    = not_held;
      m->overlap[c][k] = -(double)INFINITY;
    }
  }
  for (unsigned i = 0; i < MN_MELODY_RING; ++i) {
    m->ring[i].step = INT64_MIN;
  }
}

void
mn_melody_set_filter(MnMelody* const m, MnVoice const voice, unsigned const channel)
{
  m->voice   = voice;
  m->channel = channel;
  m->heard   = mn_channels_heard(&m->channels, channel);
  mn_melody_clear(m);
}

void
mn_melody_init(MnMelody* const m, MnVoice const voice, unsigned const channel)
{
  mn_channels_init(&m->channels);
  mn_melody_set_filter(m, voice, channel);
}

static bool
wins(MnVoice const voice, unsigned const pitch, unsigned const rival)
{
  return voice == MN_VOICE_LATEST ||
         (voice == MN_VOICE_LOWEST ? pitch < rival : pitch > rival);
}

// Raises the ceiling of the steps from `from` up to `to` to this pitch. Steps whose slot
// in the ring already belongs to a later step are left out.
static void
raise_ceiling(MnMelody* const m, int64_t from, int64_t const to, uint8_t const pitch)
{
  from = from > to - MN_MELODY_RING ? from : to - MN_MELODY_RING;
  for (int64_t s = from; s < to; ++s) {
    MnOnset* const slot = &m->ring[place_of(s)];
    if (slot->step < s) {
      *slot = (MnOnset){.step = s, .ceiling = pitch};
    } else if (slot->step == s && slot->ceiling < pitch) {
      slot->ceiling = pitch;
    }
  }
}

// Raises the ceiling below a note that was held up to a step, if the voice is the skyline. From
// step `roof` on, ceilings are already as high as this note. @return the new `roof`.
static inline int64_t
cover(MnMelody* const m,
      int64_t const   onset,
      int64_t const   step,
      unsigned const  key,
      int64_t const   roof)
{
  if (m->voice != MN_VOICE_SKYLINE || onset >= step) {
    return roof;
  }
  raise_ceiling(m, onset, step < roof ? step : roof, (uint8_t)key);
  return onset < roof ? onset : roof;
}

// Ends a note, if it sounds. One that only a pedal sustains has its ceiling already. `roof` is
// that of cover().
static int64_t
end_note(MnMelody* const m,
         int64_t const   step,
         unsigned const  channel,
         unsigned const  key,
         int64_t const   roof)
{
  int64_t const onset = m->held[channel][key];
  if (onset == not_held) {
    return roof;
  }
  bool const is_up = has(m->released[key], channel);
  m->released[key] &= (MnChannelSet) ~(1U << channel);
  m->held[channel][key] = not_held;
  m->sounds[key] &= (MnChannelSet) ~(1U << channel);
  --m->sounding;

  MnOnset* const slot = &m->ring[place_of(onset)];
  if (slot->step == onset && slot->channel == channel && slot->pitch == key &&
      slot->end == INT64_MAX) {
    slot->end = step > onset ? step : onset + 1;
  }
  return is_up ? roof : cover(m, onset, step, key, roof);
}

// The channels that are in the set of any key.
static MnChannelSet
any_of(MnChannelSet const sets[MN_KEYS])
{
  uint64_t all = 0;
  for (unsigned i = 0; i < MN_KEYS; i += 4) {
    uint64_t four;
    memcpy(&four, &sets[i], sizeof(four));
    all |= four;
  }
  all |= all >> 32;
  return (MnChannelSet)(all | all >> 16);
}

// Ends the notes of these channels. Without `keys_too`, notes whose keys are down go on
// and only the sustained ones end.
static void
end_notes(MnMelody* const    m,
          double const       position,
          MnChannelSet const channels,
          bool const         keys_too)
{
  if (!(any_of(keys_too ? m->sounds : m->released) & channels)) {
    return;
  }
  // From the highest key down, so that no ceiling is raised twice.
  int64_t const step = mn_step_round(position);
  int64_t       roof = INT64_MAX;
  for (unsigned key = MN_HIGHEST_NOTE; m->sounding && key >= MN_LOWEST_NOTE; --key) {
    MnChannelSet const from = (keys_too ? m->sounds[key] : m->released[key]) & channels;
    for (unsigned channel = 0; from >> channel; ++channel) {
      if (has(from, channel)) {
        roof = end_note(m, step, channel, key, roof);
      }
    }
  }
}

// Lets a note whose key is held sound on by the pedal. It covers no lower note any more: the
// hand has gone on. `roof` is that of cover().
static int64_t
let_ring(MnMelody* const m,
         int64_t const   step,
         unsigned const  channel,
         unsigned const  key,
         int64_t const   roof)
{
  m->released[key] |= (MnChannelSet)(1U << channel);
  return cover(m, m->held[channel][key], step, key, roof);
}

static void
release_key(MnMelody* const m,
            double const    position,
            unsigned const  channel,
            unsigned const  key)
{
  bool const before        = position < m->overlap[channel][key];
  m->overlap[channel][key] = -(double)INFINITY;
  if (before) {
    return; // this ends the note before
  }
  if (!has(m->channels.sustained, channel)) {
    end_note(m, mn_step_round(position), channel, key, INT64_MAX);
  } else if (m->held[channel][key] != not_held && !has(m->released[key], channel)) {
    let_ring(m, mn_step_round(position), channel, key, INT64_MAX);
  }
}

static void
release_all_keys(MnMelody* const m, double const position, MnChannelSet const channels)
{
  if (!(any_of(m->sounds) & channels)) {
    return;
  }
  MnChannelSet const sustained = channels & m->channels.sustained;
  int64_t const      step      = mn_step_round(position);
  int64_t            roof      = INT64_MAX;
  for (unsigned key = MN_HIGHEST_NOTE; sustained && key >= MN_LOWEST_NOTE; --key) {
    MnChannelSet const down = m->sounds[key] & (MnChannelSet)~m->released[key] & sustained;
    for (unsigned channel = 0; down >> channel; ++channel) {
      if (has(down, channel)) {
        roof = let_ring(m, step, channel, key, roof);
      }
    }
  }
  end_notes(m, position, (MnChannelSet)(channels & ~sustained), true);
}

static void
strike_key(MnMelody* const m,
           double const    position,
           unsigned const  channel,
           unsigned const  key)
{
  int64_t const step  = mn_step_round(position);
  int64_t const onset = m->held[channel][key];
  bool const    down  = onset != not_held && !has(m->released[key], channel);

  m->overlap[channel][key] = down ? position + overlap : -(double)INFINITY;
  if (onset == step) {
    m->released[key] &= (MnChannelSet) ~(1U << channel);
    return; // struck twice on one step: this is one note
  }
  if (onset != not_held) {
    end_note(m, step, channel, key, INT64_MAX); // struck again while it sounded
  }
  MnOnset* const slot = &m->ring[place_of(step)];
  if (slot->step != step) {
    *slot = (MnOnset){step, INT64_MAX, (uint8_t)channel, (uint8_t)key, 0};
  } else if (wins(m->voice, key, slot->pitch)) {
    slot->end     = INT64_MAX;
    slot->channel = (uint8_t)channel;
    slot->pitch   = (uint8_t)key;
  }
  m->held[channel][key] = step;
  m->sounds[key] |= (MnChannelSet)(1U << channel);
  ++m->sounding;
}

static void
take_controller(MnMelody* const m,
                double const    position,
                unsigned const  channel,
                unsigned const  controller,
                unsigned const  value)
{
  MnChannelSet const before = m->channels.sustained;
  mn_channels_control(&m->channels, channel, controller, value);
  m->heard = mn_channels_heard(&m->channels, m->channel);

  MnChannelSet const lifted = before & (MnChannelSet)~m->channels.sustained;
  if (lifted) {
    end_notes(m, position, lifted, false);
  }
  MnChannelSet const meant = mn_channels_meant(&m->channels, channel);
  if (controller == MN_MIDI_CC_ALL_SOUND_OFF) {
    end_notes(m, position, meant, true);
  } else if (controller == MN_MIDI_CC_ALL_NOTES_OFF) {
    release_all_keys(m, position, meant);
  }
}

bool
mn_melody_midi(MnMelody* const      m,
               double const         position,
               uint8_t const* const message,
               size_t const         size)
{
  if (size != 3 || (message[1] & MN_MIDI_STATUS) || (message[2] & MN_MIDI_STATUS)) {
    return false;
  }
  unsigned const channel = message[0] & MN_MIDI_CHANNEL;
  unsigned const data    = message[1];
  switch (message[0] & MN_MIDI_KIND) {
  case MN_MIDI_NOTE_ON:
    if (message[2] == 0) {
      release_key(m, position, channel, data);
      return false;
    }
    if (!mn_melody_hears(m, message)) {
      return false;
    }
    strike_key(m, position, channel, data);
    return true;
  case MN_MIDI_NOTE_OFF:
    release_key(m, position, channel, data);
    return false;
  case MN_MIDI_CONTROL:
    take_controller(m, position, channel, data, message[2]);
    return false;
  default:
    return false;
  }
}

// Writes the highest of the keys that are still down, for each step of a window. Only the
// skyline needs this: for the other voices all ceilings are 0, as they are in the ring.
static void
sounding_ceilings(MnMelody const* const m,
                  int64_t const         start,
                  unsigned const        steps,
                  uint8_t* const        ceilings)
{
  memset(ceilings, 0, steps);
  if (m->voice != MN_VOICE_SKYLINE) {
    return;
  }
  unsigned left = m->sounding;
  for (unsigned channel = 0; left && channel < MN_CHANNELS; ++channel) {
    for (unsigned key = MN_LOWEST_NOTE; left && key <= MN_HIGHEST_NOTE; ++key) {
      int64_t const onset = m->held[channel][key];
      if (onset == not_held) {
        continue;
      }
      --left;
      int64_t const first = onset > start ? onset - start : 0;
      bool const    down = !has(m->released[key], channel); // else the ring has its ceiling
      if (down && first < steps && ceilings[first] < key) {
        ceilings[first] = (uint8_t)key;
      }
    }
  }
  for (unsigned i = 1; i < steps; ++i) {
    ceilings[i] = ceilings[i] > ceilings[i - 1] ? ceilings[i] : ceilings[i - 1];
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
  uint8_t  ceilings[MN_MAX_STEPS];
  sounding_ceilings(m, start, steps, ceilings);
  for (unsigned i = 0; i < steps; ++i) {
    int64_t const        step = start + i;
    MnOnset const* const slot = &m->ring[place_of(step)];
    // The highest sounding note may itself start here: then the slot has its pitch.
    if (slot->step == step && slot->pitch >= slot->ceiling && slot->pitch >= ceilings[i]) {
      tokens[i] = (uint8_t)(slot->pitch - MN_NOTE_OFFSET);
      end       = slot->end;
      ++onsets;
    } else {
      tokens[i] = step == end ? MN_NOTE_OFF : MN_HOLD;
    }
  }
  return onsets;
}
