// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The view: all that the window shows, and so all that drawing depends on. It does
/// not know X11, LV2 or the clock.

#ifndef MN_VIEW_H
#define MN_VIEW_H

#include "base/common.h"
#include "past.h"
#include "protocol/protocol.h"
#include "targets.h"

#include <stdbool.h>

enum {
  MN_VIEW_NOTES    = 128,
  MN_VIEW_LABEL    = MN_MAX_LABEL + 1,    ///< bytes of a label, with the 0 at the end
  MN_VIEW_FEATURES = MN_MAX_FEATURES + 1, ///< bytes of a neuron's features, likewise
  MN_HOVER_LONG    = MN_MAX_LATENT, ///< before ranks of the second level, where both may be
  MN_VIEW_AXIS     = MN_MAX_AXIS + 1, ///< bytes of an axis's name, likewise
  MN_VIEW_NAME     = 64,
  MN_VIEW_MESSAGE  = 512,
  MN_LONG_BARS     = 16, ///< that a second level hears
  MN_VIEW_MODELS   = 8,  ///< in the menu of models: the bundle's, recent ones, and a file
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
  char     opposite[MN_MAX_LATENT][MN_VIEW_LABEL];    ///< likewise: what a low mu means
  char     features[MN_MAX_LATENT][MN_VIEW_FEATURES]; ///< likewise
  float    stability[MN_MAX_LATENT];                  ///< of a label; 0: not known
  bool     has_sense;
  bool     has_axes;
  char     axis[MN_AXES][MN_VIEW_AXIS]; ///< names
  unsigned landmarks;
  char     landmark[MN_MAX_LANDMARKS][MN_VIEW_LABEL]; ///< names
  float    place[MN_MAX_LANDMARKS][MN_AXES];          ///< percentiles
  unsigned long_music;                           ///< of the second level; 0: there is none
  uint16_t long_order[MN_RANKED];                ///< rank to neuron, of the first of these
  char     long_label[MN_RANKED][MN_VIEW_LABEL]; ///< likewise
  char     long_features[MN_RANKED][MN_VIEW_FEATURES]; ///< likewise
  float    long_stability[MN_RANKED];                  ///< of a label; 0: not known
  unsigned styles;                                     ///< that it tells
  char     style[MN_STYLES][MN_VIEW_LABEL];            ///< names
} MnViewModel;

/// The newest window, from mn:Window.
typedef struct {
  unsigned number; ///< 0: none yet
  int64_t  start;
  unsigned steps;
  uint8_t  tokens[MN_MAX_STEPS];
  bool     scored; ///< the values below are of this window, not of an earlier one
  bool     has_values;
  float    mu[MN_MAX_LATENT];         ///< by neuron
  float    sigma[MN_MAX_LATENT];      ///< by neuron
  float    percentile[MN_MAX_LATENT]; ///< by rank
  float    peak[MN_MAX_LATENT];       ///< by rank, of music neurons; see peaks.h
  bool     has_percentiles;
  float    axes[MN_AXES];              ///< percentiles
  unsigned bars_heard;                 ///< by the second level; 0: it says nothing
  float    styles[MN_STYLES];          ///< the probability of each
  float    long_percentile[MN_RANKED]; ///< of the second level's first neurons, by rank
  float    long_mu[MN_RANKED];         ///< likewise
  float    long_sigma[MN_RANKED];      ///< likewise
  float    musicality;
  float    sense;
  unsigned music_active;
  unsigned noise_active;
  float    encode_ms;
  unsigned late;
} MnViewWindow;

/// A note that the plugin heard. In steps from the left edge of the roll.
typedef struct {
  float start;
  float end;
  int   pitch;
} MnViewNote;

/// The roll and its position, from mn:Step.
typedef struct {
  bool       known;
  double     position; ///< goes on between messages; see receive.h
  MnMode     mode;
  bool       listening;
  bool       resting; ///< all values of the plugin are neutral
  float      tempo;
  MnTempo    tempo_of;
  double     bar_start;
  double     bar_length;
  double     beat_length;
  int64_t    bar_number;
  int64_t    start; ///< step at the left edge of the roll
  unsigned   steps;
  uint8_t    tokens[MN_MAX_STEPS];   ///< the chosen voice so far
  float      surprise[MN_MAX_STEPS]; ///< bits of the note on each step; below 0: none
  unsigned   notes;
  MnViewNote note[MN_VIEW_NOTES];
  unsigned   played; ///< by the player: what it played, and what it is about to play
  MnViewNote play[MN_VIEW_NOTES];
  int        low;  ///< the lowest pitch shown; see mn_view_fit_pitches()
  int        high; ///< the highest; not above `low`: not fitted yet
} MnViewRoll;

/// The state of the pointer and of the keyboard focus.
typedef struct {
  MnPage page;
  int    hovered; ///< rank of the neuron under the pointer, or -1; noise neurons too; from
                  ///< MN_HOVER_LONG on, that of one of the second level
  int      over;  ///< target under the pointer, or -1
  int      area;  ///< MnArea under the pointer, or -1
  int      pressed;   ///< target that the pointer holds, or -1
  int      focused;   ///< target that has the keyboard focus, or -1
  int      menu;      ///< port whose menu is open, or another target that has one, or -1
  int      choice;    ///< item of the menu that is lit, or -1
  double   chosen;    ///< where a window of the past was chosen (past.h); below 0: none is
  double   chosen_to; ///< to where, with those in between
  double   back;      ///< by how many steps the past is scrolled back; 0: it follows
  double   span;      ///< how many steps of it are shown
  unsigned map[2];    ///< axes of the map: across, upwards
} MnViewPointer;

typedef struct {
  MnViewModel   model;
  MnViewWindow  window;
  MnViewRoll    roll;
  MnPast        past;
  MnViewPointer pointer;
  float         value[MN_TARGETS]; ///< of the control ports, inputs and outputs
  float         sent[MN_CC_SLOTS]; ///< by the CC slots, as mn:levels says it
  unsigned      models;            ///< in the menu; 0: there is no menu
  char          model_item[MN_VIEW_MODELS][MN_VIEW_NAME];
  char          message[MN_VIEW_MESSAGE]; ///< empty: there is none
  bool          refused;                  ///< the message is why a model could not be used
  char          notice[MN_VIEW_MESSAGE];  ///< of something that was done; empty: nothing
  bool          sibling;  ///< the plugin has no controllers, and so no second page
  bool          player;   ///< the plugin is the player: no pages, but a pad and sliders
  bool          paper;    ///< a picture, in which nothing can be clicked
  bool          answered; ///< the plugin has told its model, or that it has none
  float         scale;    ///< of the screen, from the host: how large a unit may be
} MnView;

/// Sets a view to what is shown before any message: no model, and every control at
/// its default.
void
mn_view_init(MnView* view);

/// How many items the menu of a target has; 0 if it has none.
unsigned
mn_view_menu_items(MnView const* view, int target);

/// Whether the window has a page: not every plugin and model has all.
bool
mn_view_has_page(MnView const* view, MnPage page);

/// How many neurons the model has, and how many of them are music neurons. They are
/// within bounds whatever the view holds.
unsigned
mn_view_neurons(MnView const* view);

unsigned
mn_view_music(MnView const* view);

/// Whether the list of music neurons has those of the second level, which hears 16 bars.
bool
mn_view_is_long(MnView const* view);

/// The range of pitches to show. It is the view's own while all notes fit in it.
void
mn_view_pitches(MnView const* view, int* low, int* high);

/// Fits the view's range of pitches to the notes. It stays as it is while all notes
/// fit, so that the picture does not jump. Call this when a window is done and when
/// the roll moves on.
void
mn_view_fit_pitches(MnView* view);

#endif // MN_VIEW_H
