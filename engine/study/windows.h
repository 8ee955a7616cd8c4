// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Sets of windows, of real music or random notes.

#ifndef MN_WINDOWS_H
#define MN_WINDOWS_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_STEPS_PER_BAR = 16 };

/// Whether a token starts a note.
static inline bool
mn_is_onset(uint8_t const token)
{
  return token > MN_NOTE_OFF;
}

/// The most windows that a set takes, and the styles of which it knows the names, in how many
/// bytes.
enum { MN_MAX_WINDOWS = 1 << 21, MN_MOST_STYLES = 512, MN_STYLE_NAME = MN_MAX_LABEL + 1 };

/// The name of a style.
typedef struct {
  uint16_t style;
  char     text[MN_STYLE_NAME];
} MnStyleName;

typedef struct {
  unsigned    steps; ///< in a window; set before the first is added
  size_t      count;
  size_t      room;
  uint8_t*    tokens; ///< [count][steps]
  uint32_t*   tune;   ///< [count]: windows of one tune are alike
  uint16_t*   style;  ///< [count]: windows of one style are alike in other ways
  uint16_t    adding; ///< the style of windows that are added; set by who adds them
  bool        told;   ///< what is wrong with the files was told before; set likewise
  unsigned    names;
  MnStyleName name[MN_MOST_STYLES]; ///< of styles that have one
} MnWindows;

/// Adds a window if it has enough notes: an onset in its first bar, and at least one
/// onset in 8 steps on average. It removes note-offs before the first onset.
/// @return false if memory runs out, or the set is full.
bool
mn_windows_add(MnWindows* windows, uint8_t const* tokens, uint32_t tune);

/// Names a style, in printable ASCII. Beyond MN_MOST_STYLES, styles have no names.
void
mn_windows_name_style(MnWindows* windows, uint16_t style, uint8_t const* name, size_t most);

/// Adds the windows of a line that begins with a bar, one a bar, by the same rule.
bool
mn_windows_cut(MnWindows* windows, uint8_t const* line, size_t length, uint32_t tune);

/// Adds random sequences by the recipe of arXiv 2308.00015: from 2 onsets to one on every
/// step, anywhere on the grid. Each note sounds until the next, and pitches are uniform in
/// MIDI 30..100. The same seed gives the same notes.
bool
mn_windows_add_random(MnWindows* windows, size_t count, uint64_t seed);

/// Adds random sequences by the same recipe, each with as many onsets as a window of
/// `like`: `count` of these, evenly spread.
bool
mn_windows_add_random_like(MnWindows*       windows,
                           MnWindows const* like,
                           size_t           count,
                           uint64_t         seed);

/// The number of onsets of each window, [count]; the caller frees it. NULL without memory.
uint16_t*
mn_windows_onsets(MnWindows const* windows);

/// Sorts the windows and removes duplicates. @return false if memory runs out.
bool
mn_windows_make_distinct(MnWindows* windows);

/// Puts window `from` in the place of window `to`.
void
mn_windows_move(MnWindows* windows, size_t to, size_t from);

/// Keeps `count` windows, evenly spread, if there are more.
void
mn_windows_thin(MnWindows* windows, size_t count);

void
mn_windows_free(MnWindows* windows);

#endif // MN_WINDOWS_H
