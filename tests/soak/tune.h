// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Music without end, and what a listener must hear in it.
///
/// Bars come in passages, each with its own metre, tempo and loops. One voice plays over
/// them, now and then with a second note below. Places are in steps (sixteenths) since the
/// music began. The host's bars do not change them: a loop goes back in the bars, never in
/// the steps. This code notes what a listener must hear while it makes the notes, without
/// help from the engine.

#ifndef MN_SOAK_TUNE_H
#define MN_SOAK_TUNE_H

#include "check.h"

#include <stdbool.h>

enum {
  TUNE_STEPS  = 32,   ///< in a window: two bars of 4/4
  TUNE_RING   = 1024, ///< steps that are remembered
  TUNE_BARS   = 64,   ///< bars that are remembered
  TUNE_EVENTS = 64,   ///< messages that wait to be played
  TUNE_AHEAD  = 64,   ///< steps that are made ahead
};

typedef struct {
  int64_t  start;  ///< its first step
  int      length; ///< in steps
  int64_t  number; ///< as the host counts it
  int      beats;
  int      unit;
  double   bpm;
  bool     is_news;     ///< number, metre or tempo do not follow from the last bar
  bool     every_block; ///< the host says its position in each block
  uint32_t block;       ///< frames in a block; 0: a different number every time
} TuneBar;

typedef struct {
  double  position; ///< in steps
  uint8_t message[3];
} TuneEvent;

/// What this code knows about a step.
typedef struct {
  uint8_t token;   ///< as in MusicVAE's melodies, but for note-offs that windows cut
  uint8_t notes;   ///< that start here, with the lower ones
  uint8_t sent;    ///< how many of them were played
  uint8_t windows; ///< that begin on an even bar and hold this step
  uint8_t heard;   ///< windows that contained its onset
} TuneStep;

/// How the bars go on for a while.
typedef struct {
  TuneBar  bar;   ///< the same for all of them
  int64_t  first; ///< number of its first bar
  unsigned bars;  ///< in a round
  unsigned rounds;
  unsigned done; ///< bars so far
  bool     rubato;
} TunePassage;

typedef struct {
  Random      random;
  TunePassage passage;
  TuneBar     bars[TUNE_BARS]; ///< by index
  uint64_t    bar_count;
  TuneStep    steps[TUNE_RING];
  TuneEvent   events[TUNE_EVENTS]; ///< in order
  unsigned    event_count;
  int64_t     onset; ///< the next note of the voice
  double      onset_position;
  int         pitch;
} Tune;

void
tune_init(Tune* tune, uint64_t seed);

/// Makes the music that is needed to play on from a step.
void
tune_make(Tune* tune, int64_t step);

/// The bar with an index: a recent one, or one made ahead.
TuneBar const*
tune_bar(Tune const* tune, uint64_t index);

/// The next message to play, NULL if there is none in the next steps.
TuneEvent const*
tune_event(Tune const* tune);

/// Removes that message: it has been played.
void
tune_take_event(Tune* tune);

/// A recent step.
TuneStep*
tune_step(Tune* tune, int64_t step);

/// Writes the tokens of a window [TUNE_STEPS]. @return Its onsets.
unsigned
tune_tokens(Tune* tune, int64_t start, uint8_t* tokens);

#endif // MN_SOAK_TUNE_H
