// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melodies.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SHIFT = -5, MOST_SHIFT = 5, SEMITONES = 12, MAX_LINE_STEPS = 1024 };

typedef struct {
  char const* title; // for people who read this
  char const* notes;
} Tune;

// All are in 4/4. A note is a letter, perhaps a sharp or flat, an octave, and a length in
// sixteenths if that changes; r is a rest. Bar lines are for the reader. A pickup stands
// at the end of a bar of its own, as in the corpus.
static Tune const tunes[] = {
  {"Ode to Joy (L. van Beethoven, 1824)",
   "E4:4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | E4:6 D4:2 D4:8 |"
   "E4:4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:6 C4:2 C4:8 |"
   "D4:4 D4 E4 C4 | D4 E4:2 F4 E4:4 C4 | D4 E4:2 F4 E4:4 D4 | C4 D4 G3:8 |"
   "E4:4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:6 C4:2 C4:8"},
  {"Frere Jacques (French, 18th century)",
   "C4:4 D4 E4 C4 | C4 D4 E4 C4 | E4 F4 G4:8 | E4:4 F4 G4:8 |"
   "G4:2 A4 G4 F4 E4:4 C4 | G4:2 A4 G4 F4 E4:4 C4 | C4 G3 C4:8 | C4:4 G3 C4:8"},
  {"Ah! vous dirai-je, maman (French, 1761)",
   "C4:4 C4 G4 G4 | A4 A4 G4:8 | F4:4 F4 E4 E4 | D4 D4 C4:8 |"
   "G4:4 G4 F4 F4 | E4 E4 D4:8 | G4:4 G4 F4 F4 | E4 E4 D4:8 |"
   "C4:4 C4 G4 G4 | A4 A4 G4:8 | F4:4 F4 E4 E4 | D4 D4 C4:8"},
  {"Old Hundredth (L. Bourgeois, 1551)",
   "r:12 G4:4 | G4 F#4 E4 D4 | G4 A4 B4 B4 | B4 B4 A4 G4 | C5 B4 A4 G4 |"
   "A4 B4 A4 G4 | E4 F#4 G4 D5 | B4 G4 A4 C5 | B4 A4 G4:8"},
  {"Yankee Doodle (American, 18th century)",
   "G4:4 G4 A4 B4 | G4 B4 A4 D4 | G4 G4 A4 B4 | G4:8 F#4 |"
   "G4:4 G4 A4 B4 | C5 B4 A4 G4 | F#4 D4 E4 F#4 | G4:8 G4 |"
   "E4:6 F#4:2 E4:4 D4 | E4 F#4 G4:8 | D4:6 E4:2 D4:4 C4 | B3:8 D4 |"
   "E4:6 F#4:2 E4:4 D4 | E4 F#4 G4 E4 | D4 G4 F#4 A4 | G4:8 G4"},
  {"Auld Lang Syne (Scottish, printed 1799)",
   "r:12 C4:4 | F4:6 F4:2 F4:4 A4 | G4:6 F4:2 G4:4 A4 | F4:6 F4:2 A4:4 C5 | D5:12 D5:4 |"
   "C5:6 A4:2 A4:4 F4 | G4:6 F4:2 G4:4 A4 | F4:6 D4:2 D4:4 C4 | F4:12 D5:4 |"
   "C5:6 A4:2 A4:4 F4 | G4:6 F4:2 G4:4 D5 | C5:6 A4:2 A4:4 C5 | D5:12 D5:4 |"
   "C5:6 A4:2 A4:4 F4 | G4:6 F4:2 G4:4 A4 | F4:6 D4:2 D4:4 C4 | F4:16"},
  {"Tempus adest floridum (Piae Cantiones, 1582)",
   "G4:4 G4 G4 A4 | G4 G4 D4:8 | E4:4 D4 E4 F#4 | G4:8 G4 |"
   "G4:4 G4 G4 A4 | G4 G4 D4:8 | E4:4 D4 E4 F#4 | G4:8 G4 |"
   "D5:4 C5 B4 A4 | B4 A4 G4:8 | E4:4 D4 E4 F#4 | G4:8 G4 |"
   "D4:4 D4 E4 F#4 | G4 G4 A4:8 | D5:4 C5 B4 A4 | G4:8 C5 | G4:16"},
  {"Jingle Bells, refrain (J. L. Pierpont, 1857)",
   "E4:4 E4 E4:8 | E4:4 E4 E4:8 | E4:4 G4 C4:6 D4:2 | E4:16 |"
   "F4:4 F4 F4:6 F4:2 | F4:4 E4 E4 E4:2 E4 | E4:4 D4 D4 E4 | D4:8 G4 |"
   "E4:4 E4 E4:8 | E4:4 E4 E4:8 | E4:4 G4 C4:6 D4:2 | E4:16 |"
   "F4:4 F4 F4:6 F4:2 | F4:4 E4 E4 E4:2 E4 | G4:4 G4 F4 D4 | C4:16"},
  {"London Bridge (English, 18th century)",
   "G4:6 A4:2 G4:4 F4 | E4 F4 G4:8 | D4:4 E4 F4:8 | E4:4 F4 G4:8 |"
   "G4:6 A4:2 G4:4 F4 | E4 F4 G4:8 | D4 G4 | E4:4 C4:12"},
  {"Mary Had a Little Lamb (L. Mason, 1830)",
   "E4:4 D4 C4 D4 | E4 E4 E4:8 | D4:4 D4 D4:8 | E4:4 G4 G4:8 |"
   "E4:4 D4 C4 D4 | E4 E4 E4 E4 | D4 D4 E4 D4 | C4:16"},
  {"Haenschen klein (German, 18th century)",
   "G4:4 E4 E4:8 | F4:4 D4 D4:8 | C4:4 D4 E4 F4 | G4 G4 G4:8 |"
   "G4:4 E4 E4:8 | F4:4 D4 D4:8 | C4:4 E4 G4 G4 | C4:16 |"
   "D4:4 D4 D4 D4 | D4 E4 F4:8 | E4:4 E4 E4 E4 | E4 F4 G4:8 |"
   "G4:4 E4 E4:8 | F4:4 D4 D4:8 | C4:4 E4 G4 G4 | C4:16"},
  {"Au clair de la lune (French, 18th century)",
   "C4:4 C4 C4 D4 | E4:8 D4 | C4:4 E4 D4 D4 | C4:16 |"
   "C4:4 C4 C4 D4 | E4:8 D4 | C4:4 E4 D4 D4 | C4:16 |"
   "D4:4 D4 D4 D4 | A3:8 A3 | D4:4 C4 B3 A3 | G3:16 |"
   "C4:4 C4 C4 D4 | E4:8 D4 | C4:4 E4 D4 D4 | C4:16"},
  {"Gott erhalte Franz den Kaiser, first half (J. Haydn, 1797)",
   "G4:6 A4:2 B4:4 A4 | C5 B4 A4:2 F#4 G4:4 | E5 D5 C5 B4 | A4 B4:2 G4 D4:8 |"
   "G4:6 A4:2 B4:4 A4 | C5 B4 A4:2 F#4 G4:4 | E5 D5 C5 B4 | A4 B4:2 G4 D4:8"},
  {"Joy to the World (L. Mason, 1839)",
   "D5:4 C#5:3 B4:1 A4:6 G4:2 | F#4:4 E4 D4:6 A4:2 | B4:6 B4:2 C#5:6 C#5:2 |"
   "D5:6 D5:2 D5 C#5 B4 A4 | A4:3 G4:1 F#4:2 D5 D5 C#5 B4 A4 |"
   "A4:3 G4:1 F#4:2 F#4 F#4 F#4 F#4 F#4:1 G4 | A4:6 G4:1 F#4 E4:2 E4 E4 E4:1 F#4 |"
   "G4:6 F#4:1 E4 D4:2 D5:4 B4:2 | A4:3 G4:1 F#4:2 G4 F#4:4 E4 | D4:8 r"},
  {"Oh! Susanna (S. Foster, 1848)",
   "r:12 C4:2 D4 | E4:4 G4 G4:6 A4:2 | G4:4 E4 C4:6 D4:2 | E4:4 E4 D4 C4 | D4:12 C4:2 D4 |"
   "E4:4 G4 G4:6 A4:2 | G4:4 E4 C4:6 D4:2 | E4:4 E4 D4 D4 | C4:16 |"
   "F4:8 F4 | A4:4 A4:8 A4:4 | G4 G4 E4 C4 | D4:12 C4:2 D4 |"
   "E4:4 G4 G4:6 A4:2 | G4:4 E4 C4:6 D4:2 | E4:4 E4 D4 D4 | C4:16"},
  {"Nos Galan (Welsh, 16th century)",
   "C5:6 Bb4:2 A4:4 G4 | F4 G4 A4 F4 | G4:2 A4 Bb4 G4 A4:6 G4:2 | F4:4 E4 F4:8 |"
   "C5:6 Bb4:2 A4:4 G4 | F4 G4 A4 F4 | G4:2 A4 Bb4 G4 A4:6 G4:2 | F4:4 E4 F4:8 |"
   "G4:6 A4:2 Bb4:4 G4 | A4:6 Bb4:2 C5:4 G4 | A4:2 B4 C5:4 D5:2 E5 F5:4 | E5 D5 C5:8 |"
   "C5:6 Bb4:2 A4:4 G4 | F4 G4 A4 F4 | D5:2 D5 D5 D5 C5:6 Bb4:2 | A4:4 G4 F4:8"},
};

unsigned
mn_melodies_count(void)
{
  return sizeof(tunes) / sizeof(*tunes);
}

// Reads a pitch, as "F#4", or a rest, and moves behind it.
static unsigned
read_token(char const** const at)
{
  static int const semitones[] = {9, 11, 0, 2, 4, 5, 7}; // of A..G above C
  if (**at == 'r') {
    ++*at;
    return MN_NOTE_OFF;
  }
  int pitch = semitones[*(*at)++ - 'A'];
  if (**at == '#' || **at == 'b') {
    pitch += *(*at)++ == '#' ? 1 : -1;
  }
  pitch += SEMITONES * (*(*at)++ - '0' + 1); // C4 is 60
  return (unsigned)(pitch - MN_NOTE_OFFSET);
}

// Writes the tokens of a tune. @return how many.
static size_t
write_line(Tune const* const tune, uint8_t* const line)
{
  size_t length = 0;
  size_t steps  = 0;
  for (char const* at = tune->notes; *(at += strspn(at, " |"));) {
    unsigned const token = read_token(&at);
    if (*at == ':') {
      char* end = NULL;
      steps     = strtoul(at + 1, &end, 10);
      at        = end;
    }
    memset(line + length, MN_HOLD, steps);
    line[length] = (uint8_t)token;
    length += steps;
  }
  return length;
}

// Writes a tune at double speed. @return its length, or 0 if a note is too short.
static size_t
halve_line(uint8_t const* const line, size_t const length, uint8_t* const halved)
{
  for (size_t i = 0; i < length; ++i) {
    if (i % 2 && line[i] != MN_HOLD) {
      return 0;
    }
    halved[i / 2] = line[i - i % 2];
  }
  return length / 2 / MN_STEPS_PER_BAR * MN_STEPS_PER_BAR;
}

// Adds the windows of a line in all keys. For windows of many bars it is repeated,
// so that one window begins with each of its bars.
static bool
add_line(MnWindows* const w, uint8_t* const line, size_t const once, uint32_t const tune)
{
  size_t length = once;
  for (; w->steps > MN_STEPS_2BAR && length < once + w->steps - MN_STEPS_PER_BAR;
       ++length) {
    line[length] = line[length - once];
  }
  for (int shift = LEAST_SHIFT; shift <= MOST_SHIFT; ++shift) {
    uint8_t shifted[MAX_LINE_STEPS];
    for (size_t i = 0; i < length; ++i) {
      shifted[i] = (uint8_t)(line[i] > MN_NOTE_OFF ? line[i] + shift : line[i]);
    }
    if (!mn_windows_cut(w, shifted, length, tune)) {
      return false;
    }
  }
  return true;
}

bool
mn_melodies_add(MnWindows* const w)
{
  for (unsigned t = 0; t < mn_melodies_count(); ++t) {
    uint8_t      line[MAX_LINE_STEPS];
    uint8_t      halved[MAX_LINE_STEPS];
    size_t const length = write_line(&tunes[t], line);
    size_t const half   = halve_line(line, length, halved);
    if (!add_line(w, line, length, t) || (half && !add_line(w, halved, half, t))) {
      return false;
    }
  }
  return true;
}
