// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window, and what a plugin tells it: a model of four neurons, and messages about it that a
/// test may make wrong.

#ifndef MN_TEST_TOLD_WINDOW_H
#define MN_TEST_TOLD_WINDOW_H

#include "receive.h"
#include "view.h"

#include <lv2/atom/forge.h>
#include <stdbool.h>
#include <stdint.h>

/// Of the model that is told.
enum { LATENT = 4, MUSIC = 2, STEPS = 32 };

typedef struct {
  MnReceiver receiver;
  MnView     view;

  char const*  axes;      ///< text of the next model
  char const*  landmarks; ///< likewise
  unsigned     places;    ///< numbers of the landmarks
  char const*  styles;    ///< text of the next model
  int32_t      heard;     ///< bars, by the second level
  unsigned     ranked;    ///< so many sigmas of it; 0: all
  double       bar_start; ///< of the next step
  bool         resting;   ///< likewise
  float const* played;    ///< likewise: 9 numbers, or NULL
  unsigned     cut;       ///< words that are missing at the end of a history

  LV2_Atom_Forge       forge;
  LV2_Atom_Forge_Frame frame;
  union {
    LV2_Atom atom;
    uint8_t  bytes[16384];
  } message; ///< the last one
} ToldWindow;

/// Setup and teardown of a test, whose state it is.
int
told_window_new(void** state);
int
told_window_free(void** state);

// Each tells one thing at the time `now`, or at 0, and returns what mn_receive() says is to be
// drawn.

/// `last`: the neuron with the last rank.
unsigned
tell_model(ToldWindow* w, char const* name, int32_t last);

/// Labels of neurons from a rank on; of those of 16 bars.
unsigned
tell_labels(ToldWindow* w, int32_t first, char const* labels);
unsigned
tell_long_labels(ToldWindow* w, int32_t first, char const* labels);

/// `latent`: the numbers of neurons, each of them `mu`; 0: the window has too few notes.
unsigned
tell_window(ToldWindow* w, int32_t number, unsigned latent, float mu, double now);

/// A step of a bar of so many steps; the second with so many steps' surprise, not STEPS.
unsigned
tell_step(ToldWindow* w, double position, double bar, bool listening, double now);
unsigned
tell_step_bits(ToldWindow* w,
               double      position,
               double      bar,
               bool        listening,
               double      now,
               unsigned    steps_with_bits);

/// The last `count` windows up to a number.
unsigned
tell_history(ToldWindow* w, int32_t number, unsigned count);

/// What so many slots have sent, from `first` on.
unsigned
tell_sent(ToldWindow* w, unsigned count, float first);

/// A message for people; without the 0 at its end, which not every host counts.
unsigned
tell_message(ToldWindow* w, char const* text);
unsigned
tell_bare_message(ToldWindow* w, char const* text);

#endif // MN_TEST_TOLD_WINDOW_H
