// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "corruptions.h"

#include "base/random.h"
#include "windows.h"

#include <stdbool.h>
#include <string.h>

enum { SEMITONES = 12 };

// The token of a pitch: MIDI 21 is 2.
enum { FIRST_NOTE = 2, LAST_NOTE = MN_CLASSES - 1, MIDI_OF_0 = 19 };

// The pitches of the paper's random notes, arXiv 2308.00015.
enum { LOWEST = 30, HIGHEST = 100 };

static bool const major[SEMITONES] =
  {true, false, true, false, true, true, false, true, false, true, false, true};

// The notes of a window, and which of them are to be corrupted.
typedef struct {
  unsigned count;
  unsigned chosen_count;
  uint16_t step[MN_MAX_STEPS];
  uint16_t chosen[MN_MAX_STEPS]; // indices into `step`
  int      low;                  // tokens of the range
  int      high;
} Notes;

static Notes
choose(uint8_t const* const tokens,
       unsigned const       steps,
       double const         share,
       uint64_t* const      random)
{
  Notes        n    = {.low = LAST_NOTE, .high = FIRST_NOTE};
  double const part = share * (1U << 24);
  for (unsigned i = 0; i < steps; ++i) {
    if (mn_is_onset(tokens[i])) {
      if (mn_random_below(random, 1U << 24) < part) {
        n.chosen[n.chosen_count++] = (uint16_t)n.count;
      }
      n.step[n.count++] = (uint16_t)i;
      n.low             = tokens[i] < n.low ? tokens[i] : n.low;
      n.high            = tokens[i] > n.high ? tokens[i] : n.high;
    }
  }
  return n;
}

static bool
is_in_key(int const token, unsigned const key)
{
  return major[((unsigned)token + MIDI_OF_0 + SEMITONES - key) % SEMITONES];
}

// The major scale that most notes are of; the first of equals.
static unsigned
best_key(uint8_t const* const tokens, Notes const* const n)
{
  unsigned best = 0;
  unsigned most = 0;
  for (unsigned key = 0; key < SEMITONES; ++key) {
    unsigned inside = 0;
    for (unsigned i = 0; i < n->count; ++i) {
      inside += is_in_key(tokens[n->step[i]], key);
    }
    if (inside > most) {
      most = inside;
      best = key;
    }
  }
  return best;
}

static int
within_keyboard(int const token)
{
  return token < FIRST_NOTE ? FIRST_NOTE : token > LAST_NOTE ? LAST_NOTE : token;
}

// A pitch between two, both included.
static int
between(uint64_t* const random, int const low, int const high)
{
  return low + (int)mn_random_below(random, (uint32_t)(high - low + 1));
}

static int
wrong_pitch(MnCorruption const kind,
            int const          token,
            Notes const* const n,
            unsigned const     key,
            uint64_t* const    random)
{
  int pitch = token;
  if (kind == MN_CORRUPT_UNIFORM) {
    return between(random, LOWEST - MIDI_OF_0, HIGHEST - MIDI_OF_0);
  }
  if (kind == MN_CORRUPT_RANGE) {
    return between(random, n->low, n->high);
  }
  if (kind == MN_CORRUPT_KEY) {
    // The best key holds a note of the window, so this ends; all but surely soon.
    do {
      pitch = between(random, n->low, n->high);
    } while (!is_in_key(pitch, key));
    return pitch;
  }
  int const distance = kind == MN_CORRUPT_SEMITONE ? 1 : SEMITONES;
  return within_keyboard(mn_random_below(random, 2) ? token + distance : token - distance);
}

// Permutes the chosen pitches (Fisher and Yates).
static void
shuffle(uint8_t* const tokens, Notes const* const n, uint64_t* const random)
{
  for (unsigned i = n->chosen_count; i > 1; --i) {
    uint8_t* const a     = &tokens[n->step[n->chosen[i - 1]]];
    uint8_t* const b     = &tokens[n->step[n->chosen[mn_random_below(random, i)]]];
    uint8_t const  taken = *a;
    *a                   = *b;
    *b                   = taken;
  }
}

// Moves the chosen onsets to steps without one. The pitches stay in order, and note-offs
// where no onset comes.
static void
move_onsets(uint8_t* const     tokens,
            unsigned const     steps,
            Notes const* const n,
            uint64_t* const    random)
{
  uint8_t pitches[MN_MAX_STEPS];
  bool    starts[MN_MAX_STEPS] = {false};
  for (unsigned i = 0; i < n->count; ++i) {
    pitches[i]         = tokens[n->step[i]];
    starts[n->step[i]] = true;
    tokens[n->step[i]] = 0;
  }
  for (unsigned i = 0; i < n->chosen_count; ++i) {
    starts[n->step[n->chosen[i]]] = false;
  }
  for (unsigned i = 0; i < n->chosen_count; ++i) {
    unsigned free_steps = steps - (n->count - n->chosen_count) - i;
    unsigned at         = mn_random_below(random, free_steps);
    unsigned step       = 0;
    while (starts[step] || at-- > 0) {
      ++step;
    }
    starts[step] = true;
  }
  unsigned next = 0;
  for (unsigned i = 0; i < steps; ++i) {
    if (starts[i]) {
      tokens[i] = pitches[next++];
    } else if (next == 0) {
      tokens[i] = 0; // nothing sounds that a note-off could end
    }
  }
}

void
mn_corrupt(MnCorruption const kind,
           double const       share,
           uint64_t* const    random,
           uint8_t* const     tokens,
           unsigned const     steps)
{
  Notes const n = choose(tokens, steps, share, random);
  if (kind == MN_CORRUPT_SHUFFLED) {
    shuffle(tokens, &n, random);
    return;
  }
  if (kind == MN_CORRUPT_ONSETS) {
    move_onsets(tokens, steps, &n, random);
    return;
  }
  unsigned const key = best_key(tokens, &n);
  for (unsigned i = 0; i < n.chosen_count; ++i) {
    uint8_t* const token = &tokens[n.step[n.chosen[i]]];
    *token               = (uint8_t)wrong_pitch(kind, *token, &n, key, random);
  }
}
