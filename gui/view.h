// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window shows: everything that drawing depends on, and nothing that
/// knows of X11, LV2 or the clock.

#ifndef MN_VIEW_H
#define MN_VIEW_H

#include "base/common.h"
#include "protocol/ports.h"
#include "protocol/protocol.h"

#include <stdbool.h>

enum {
  MN_VIEW_NOTES    = 128,
  MN_VIEW_LABEL    = MN_MAX_LABEL + 1,    ///< bytes of a label, with the 0 at the end
  MN_VIEW_FEATURES = MN_MAX_FEATURES + 1, ///< bytes of a neuron's features, likewise
  MN_VIEW_NAME     = 64,
  MN_VIEW_MESSAGE  = 512,
};

/// The model, from mn:Model.
typedef struct {
  char     name[MN_VIEW_NAME];
  unsigned steps;
  unsigned latent; ///< 0: there is no model
  unsigned music;
  float    active;
  uint16_t order[MN_MAX_LATENT];                      ///< rank to neuron
  char     label[MN_MAX_LATENT][MN_VIEW_LABEL];       ///< by rank, music neurons only
  char     features[MN_MAX_LATENT][MN_VIEW_FEATURES]; ///< likewise
} MnViewModel;

/// The newest window, from mn:Window.
typedef struct {
  unsigned number; ///< 0: none yet
  int64_t  start;
  unsigned steps;
  uint8_t  tokens[MN_MAX_STEPS];
  bool     scored; ///< the values below are of this window or of an earlier one
  bool     has_values;
  float    mu[MN_MAX_LATENT];         ///< by neuron
  float    sigma[MN_MAX_LATENT];      ///< by neuron
  float    percentile[MN_MAX_LATENT]; ///< by rank
  float    peak[MN_MAX_LATENT];       ///< by rank: mu of the largest abs(mu) held lately
  float    musicality;
  unsigned music_active;
  unsigned noise_active;
  float    encode_ms;
  unsigned late;
} MnViewWindow;

/// A note that was heard; in steps from the roll's left edge.
typedef struct {
  float start;
  float end;
  int   pitch;
} MnViewNote;

/// Where the music is, from mn:Step.
typedef struct {
  bool       known;
  double     position; ///< moved on by the owner's clock between messages
  MnMode     mode;
  bool       listening;
  float      tempo;
  double     bar_start;
  double     bar_length;
  double     beat_length;
  int64_t    bar_number;
  int64_t    start; ///< the roll's left edge
  unsigned   steps;
  uint8_t    tokens[MN_MAX_STEPS]; ///< the chosen voice so far
  unsigned   notes;
  MnViewNote note[MN_VIEW_NOTES];
  int        low;  ///< pitches that are shown; see mn_view_fit_pitches()
  int        high; ///< not above `low`: not fitted yet
} MnViewRoll;

/// From mn:History and mn:Window, oldest first.
typedef struct {
  unsigned count;
  float    musicality[MN_HISTORY];
  int      noise[MN_HISTORY];
} MnViewHistory;

typedef enum { MN_PAGE_NEURONS, MN_PAGE_CC, MN_PAGES } MnPage;

/// What the pointer and the keyboard can be on: a control port, or one of these.
enum {
  MN_TARGET_NONE  = -1,
  MN_TARGET_MODEL = MN_PORT_COUNT, ///< the button that asks for a file
  MN_TARGET_PAGE,                  ///< and on by MnPage: its tab
  MN_TARGETS = MN_TARGET_PAGE + MN_PAGES,
};

/// What the pointer and the keyboard are about.
typedef struct {
  MnPage page;
  int    hovered; ///< rank of the neuron under the pointer, or -1; noise neurons too
  int    over;    ///< target under the pointer, or -1
  int    pressed; ///< target that the pointer holds, or -1
  int    focused; ///< target that the keyboard changes, or -1
  int    menu;    ///< port whose choices are open, or -1
  int    choice;  ///< of them, the one under the pointer, or -1
} MnViewPointer;

typedef struct {
  MnViewModel   model;
  MnViewWindow  window;
  MnViewRoll    roll;
  MnViewHistory history;
  MnViewPointer pointer;
  float         value[MN_PORT_COUNT];     ///< of the control ports, inputs and outputs
  char          message[MN_VIEW_MESSAGE]; ///< empty: all is well
} MnView;

/// The view before anything is known: no model, every port at its default.
void
mn_view_init(MnView* view);

/// Adds a scored window to the history. The oldest one goes if it is full.
void
mn_view_push_history(MnViewHistory* history, float musicality, unsigned noise_active);

/// How many neurons there are, and how many of them carry music, within bounds
/// whatever the view says.
unsigned
mn_view_neurons(MnView const* view);

unsigned
mn_view_music(MnView const* view);

/// The range of pitches to show: the view's while all that is heard fits in it.
void
mn_view_pitches(MnView const* view, int* low, int* high);

/// Moves the range of pitches to what is heard, and leaves it where it is while
/// that fits: to be called when a window is done or the roll moves on, so that
/// what is drawn stays where it is.
void
mn_view_fit_pitches(MnView* view);

#endif // MN_VIEW_H
