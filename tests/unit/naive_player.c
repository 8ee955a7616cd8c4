// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "naive_player.h"

#include <math.h>

void
naive_init(NaivePlayer* const p, unsigned const channel)
{
  *p = (NaivePlayer){.chosen = channel};
}

static int64_t
step_of(double const position)
{
  return (int64_t)floor(position + 0.5 + 3.0 / 1024.0);
}

static bool
in_lower(NaivePlayer const* const p, unsigned const channel)
{
  return p->lower > 0 && channel <= 1 + p->lower;
}

static bool
in_upper(NaivePlayer const* const p, unsigned const channel)
{
  return p->upper > 0 && channel >= 16 - p->upper;
}

// Whether a message to all notes of channel `of` acts on `channel`. A listener to `of`
// hears the same channels.
static bool
means(NaivePlayer const* const p, unsigned const of, unsigned const channel)
{
  return channel == of || (of == 1 && in_lower(p, channel)) ||
         (of == 16 && in_upper(p, channel));
}

static bool
hears(NaivePlayer const* const p, unsigned const channel)
{
  return p->chosen > 0 ? means(p, p->chosen, channel)
                       : channel != 10 || in_lower(p, 10) || in_upper(p, 10);
}

static bool
sustains(NaivePlayer const* const p, unsigned const channel)
{
  return p->pedal[channel] || (p->pedal[1] && in_lower(p, channel)) ||
         (p->pedal[16] && in_upper(p, channel));
}

static bool
sounds(NaiveNote const* const note)
{
  return note->end == INT64_MAX;
}

static void
end_note(NaiveNote* const note, int64_t const step)
{
  note->end = step > note->onset ? step : note->onset + 1;
}

static void
lift(NaiveNote* const note, int64_t const step)
{
  note->up       = note->released ? note->up : step;
  note->released = true;
}

static bool
strike(NaivePlayer* const p,
       double const       position,
       unsigned const     channel,
       unsigned const     pitch)
{
  int64_t const step  = step_of(position);
  bool          again = false;
  if (!hears(p, channel) || pitch < 21 || pitch > 108) {
    return false;
  }
  for (unsigned i = 0; i < p->count; ++i) {
    NaiveNote* const n = &p->notes[i];
    if (sounds(n) && n->channel == channel && n->pitch == pitch) {
      again = !n->released;
      if (n->onset == step) { // one note
        n->released = false;
        n->up       = INT64_MAX;
        n->again    = again;
        n->struck   = position;
        return true;
      }
      end_note(n, step);
    }
  }
  assert_true(p->count < NAIVE_MOST_NOTES);
  p->notes[p->count++] =
    (NaiveNote){step, INT64_MAX, channel, pitch, false, INT64_MAX, again, position};
  return true;
}

static void
configure(NaivePlayer* const p, unsigned const channel, unsigned const members)
{
  if (members > 15 || (channel != 1 && channel != 16)) {
    return;
  }
  unsigned* const one   = channel == 1 ? &p->lower : &p->upper;
  unsigned* const other = channel == 1 ? &p->upper : &p->lower;
  *one                  = members;
  while (members > 0 && *other > 0 && members + *other > 14) {
    --*other; // 16 channels minus two masters
  }
}

static void
take_controller(NaivePlayer* const p,
                int64_t const      step,
                unsigned const     channel,
                unsigned const     controller,
                unsigned const     value)
{
  if (controller == 6) {
    configure(p, channel, value);
  } else if (controller == 64) {
    p->pedal[channel] = value >= 64;
  }
  for (unsigned other = 1; controller == 121 && other <= 16; ++other) {
    p->pedal[other] = p->pedal[other] && !means(p, channel, other);
  }
  for (unsigned i = 0; i < p->count; ++i) {
    NaiveNote* const n = &p->notes[i];
    if (!sounds(n)) {
      continue;
    }
    bool const meant = means(p, channel, n->channel);
    if (controller == 123 && meant) {
      lift(n, step);
    }
    if ((n->released && !sustains(p, n->channel)) || (controller == 120 && meant)) {
      end_note(n, step);
    }
  }
}

static void
release(NaivePlayer* const p,
        double const       position,
        unsigned const     channel,
        unsigned const     pitch)
{
  for (unsigned i = 0; i < p->count; ++i) {
    NaiveNote* const n = &p->notes[i];
    if (sounds(n) && n->channel == channel && n->pitch == pitch) {
      // Within a step of the note it is for the one before.
      bool const before = n->again && position - n->struck < 1 - 2.0 / 1024;
      n->again          = false;
      if (!before) {
        lift(n, step_of(position));
      }
      if (!before && !sustains(p, channel)) {
        end_note(n, step_of(position));
      }
    }
  }
}

bool
naive_midi(NaivePlayer* const p,
           double const       position,
           unsigned const     status,
           unsigned const     data1,
           unsigned const     data2)
{
  int64_t const  step    = step_of(position);
  unsigned const channel = (status & 0x0F) + 1;
  unsigned const kind    = status & 0xF0;
  if (kind == 0xB0) {
    take_controller(p, step, channel, data1, data2);
  } else if (kind == 0x80 || data2 == 0) {
    release(p, position, channel, data1);
  } else {
    return strike(p, position, channel, data1);
  }
  return false;
}

unsigned
naive_sounding(NaivePlayer const* const p)
{
  unsigned count = 0;
  for (unsigned i = 0; i < p->count; ++i) {
    count += sounds(&p->notes[i]);
  }
  return count;
}

void
naive_choose_sounding(NaivePlayer const* const p,
                      Random* const            random,
                      unsigned* const          channel,
                      unsigned* const          pitch)
{
  unsigned const count = naive_sounding(p);
  unsigned       which = count ? random_below(random, count) : 0;
  for (unsigned i = 0; i < p->count; ++i) {
    if (sounds(&p->notes[i]) && which-- == 0) {
      *channel = p->notes[i].channel - 1;
      *pitch   = p->notes[i].pitch;
    }
  }
}

// The note that the voice picks on a step, NULL if there is none.
static NaiveNote const*
note_on_step(NaivePlayer const* const p, MnVoice const voice, int64_t const step)
{
  NaiveNote const* best = NULL;
  for (unsigned i = 0; i < p->count; ++i) {
    NaiveNote const* const n = &p->notes[i];
    if (n->onset == step &&
        (!best || voice == MN_VOICE_LATEST ||
         (voice == MN_VOICE_LOWEST ? n->pitch < best->pitch : n->pitch > best->pitch))) {
      best = n;
    }
  }
  return best;
}

static bool
is_covered(NaivePlayer const* const p, NaiveNote const* const note)
{
  for (unsigned i = 0; i < p->count; ++i) {
    NaiveNote const* const n = &p->notes[i];
    if (n->pitch > note->pitch && n->onset < note->onset && n->end > note->onset &&
        n->up > note->onset) {
      return true;
    }
  }
  return false;
}

unsigned
naive_tokens(NaivePlayer const* const p,
             MnVoice const            voice,
             int64_t const            start,
             unsigned const           steps,
             uint8_t* const           tokens)
{
  NaiveNote const* last   = NULL;
  unsigned         onsets = 0;
  for (unsigned i = 0; i < steps; ++i) {
    int64_t const          step = start + i;
    NaiveNote const* const note = note_on_step(p, voice, step);
    if (note && (voice != MN_VOICE_SKYLINE || !is_covered(p, note))) {
      tokens[i] = (uint8_t)(note->pitch - 19);
      last      = note;
      ++onsets;
    } else {
      tokens[i] = last && last->end == step;
    }
  }
  return onsets;
}
