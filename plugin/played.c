// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "played.h"

#include "base/midi.h"

#include <math.h>
#include <string.h>

_Static_assert(MN_PLAYED_NOTES <= UINT8_MAX, "an index takes a byte");

void
mn_played_clear(MnPlayed* const p)
{
  p->count = 0;
  p->heard = 0;
  memset(p->sounds, 0, sizeof(p->sounds));
}

static unsigned
kept_notes(MnPlayed const* const p)
{
  return p->count < MN_PLAYED_NOTES ? p->count : MN_PLAYED_NOTES;
}

static bool
sounds(MnPlayed const* const p, unsigned const channel, unsigned const pitch)
{
  return p->sounds[pitch] >> channel & 1;
}

static void
silence(MnPlayed* const p, unsigned const channel, unsigned const pitch)
{
  p->sounds[pitch] &= (MnChannelSet) ~(1U << channel);
}

static void
end_note(MnPlayed* const p,
         double const    position,
         unsigned const  channel,
         unsigned const  pitch)
{
  p->notes[p->newest[channel][pitch]].end = position;
  silence(p, channel, pitch);
}

// Ends the notes that no longer sound.
static void
end_notes(MnPlayed* const p, MnMelody const* const melody, double const position)
{
  for (unsigned pitch = MN_LOWEST_NOTE; pitch <= MN_HIGHEST_NOTE; ++pitch) {
    unsigned const over = p->sounds[pitch] & ~(unsigned)melody->sounds[pitch];
    for (unsigned channel = 0; over >> channel; ++channel) {
      if (over >> channel & 1) {
        end_note(p, position, channel, pitch);
      }
    }
  }
}

static void
add_note(MnPlayed* const p,
         double const    position,
         unsigned const  channel,
         unsigned const  pitch)
{
  unsigned const      i    = p->count % MN_PLAYED_NOTES;
  MnPlayedNote* const note = &p->notes[i];
  if (p->count >= MN_PLAYED_NOTES && p->newest[note->channel][note->pitch] == i) {
    silence(
      p, note->channel, note->pitch); // the oldest note gives way, though it may sound
  }
  *note = (MnPlayedNote){
    .start   = position,
    .end     = (double)INFINITY,
    .onset   = mn_step_round(position),
    .channel = (uint8_t)channel,
    .pitch   = (uint8_t)pitch,
  };
  p->newest[channel][pitch] = (uint8_t)i;
  p->sounds[pitch] |= (MnChannelSet)(1U << channel);
  // From twice the ring on only the remainder counts.
  p->count = p->count + 1 < 2 * MN_PLAYED_NOTES ? p->count + 1 : MN_PLAYED_NOTES;
}

void
mn_played_midi(MnPlayed* const       p,
               MnMelody const* const melody,
               double const          position,
               uint8_t const* const  message,
               bool const            started)
{
  unsigned const channel = message[0] & MN_MIDI_CHANNEL;
  unsigned const pitch   = message[1] & MN_MIDI_MAX;
  if ((message[0] & MN_MIDI_KIND) != MN_MIDI_CONTROL) {
    // It ends no other note than the key's own.
    if (sounds(p, channel, pitch) &&
        melody->held[channel][pitch] != p->notes[p->newest[channel][pitch]].onset) {
      end_note(p, position, channel, pitch);
    }
    if (started && !sounds(p, channel, pitch)) { // else it is struck twice on a step
      add_note(p, position, channel, pitch);
    }
  } else if (melody->sounding != p->heard) {
    end_notes(p, melody, position);
  }
  p->heard = melody->sounding;
}

unsigned
mn_played_since(MnPlayed const* const p,
                double const          start,
                double const          position,
                float* const          values)
{
  unsigned       used = 0;
  unsigned const kept = kept_notes(p);
  for (unsigned i = 0; i < kept; ++i) {
    MnPlayedNote const* const note = &p->notes[(p->count - kept + i) % MN_PLAYED_NOTES];
    double const              end  = note->end < position ? note->end : position;
    if (end >= start - 0.5) {
      values[used++] = (float)note->pitch;
      values[used++] = (float)(note->start - start);
      values[used++] = (float)(end - start);
    }
  }
  return used;
}
