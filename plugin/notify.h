// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Messages to the UI, as protocol.h describes them. A message that has no room in a
/// block goes out in a later one.
///
/// All functions: audio thread, bounded work.

#ifndef MN_NOTIFY_H
#define MN_NOTIFY_H

#include "encode_job.h"
#include "host_features.h"
#include "listening.h"
#include "midi_out.h"
#include "model_news.h"
#include "played.h"
#include "protocol/ports.h"
#include "step_news.h"
#include "window_log.h"

#include <lv2/atom/forge.h>

/// A window that is done. If it was not scored, what follows `scored` is empty.
typedef struct {
  unsigned   number; ///< 0: there is none
  MnWindow   window;
  int64_t    bar;
  bool       scored;
  unsigned   latent;
  unsigned   music;
  MnReadout  readout;
  MnLongView view;
  float      encode_ms;
  float      mu[MN_MAX_LATENT];
  float      sigma[MN_MAX_LATENT];
  float      percentiles[MN_MAX_LATENT];
} MnDoneWindow;

typedef struct {
  MnUris const*  uris;
  LV2_Atom_Forge forge;
  int64_t        time; ///< of the messages that are being written, in frames

  // Which messages are due.
  MnModelNews model;
  MnStepNews  step;
  bool        history;
  bool        window;
  bool        values; ///< of an earlier window too: a UI has just opened
  bool        sent;

  // What messages are made of.
  bool         resting; ///< values are neutral, or on their way there
  MnDoneWindow scored;  ///< the newest window with values
  MnDoneWindow silent;  ///< the newest window, if it has none
  MnWindowLog  log;
  float        levels[MN_CC_SLOTS]; ///< what the slots have sent
  MnPlayed     played;
} MnNotify;

/// Nothing is due. `host` is used as long as `notify` is.
void
mn_notify_init(MnNotify* notify, MnHostFeatures const* host);

/// Forgets windows and notes, for a new start.
void
mn_notify_restart(MnNotify* notify) MN_REALTIME;

/// Forgets notes: the stream is broken.
void
mn_notify_break(MnNotify* notify) MN_REALTIME;

/// Everything is due: a UI has opened.
void
mn_notify_all(MnNotify* notify) MN_REALTIME;

/// The model's path is due.
static inline void
mn_notify_property(MnNotify* const notify)
{
  notify->model.path = true;
}

/// Forgets the old model's windows: the model has changed.
void
mn_notify_model(MnNotify* notify) MN_REALTIME;

/// What the CC slots have sent is due: `levels` is set.
static inline void
mn_notify_sent(MnNotify* const notify)
{
  notify->sent = true;
}

/// Values become neutral.
static inline void
mn_notify_rest(MnNotify* const notify)
{
  notify->resting = true;
}

/// Copies a job that is done, the `number`th window: it is due.
///
/// @param bar Of the window's first step, from 0. @param shown Its values are the plugin's.
void
mn_notify_window(MnNotify*    notify,
                 unsigned     number,
                 int64_t      bar,
                 MnJob const* job,
                 bool         shown) MN_REALTIME;

/// Writes what is due behind the MIDI of a block, on the frame `time`.
///
/// @param model   NULL: there is none.
/// @param windows Windows that are done. @param late Windows that were never encoded.
void
mn_notify_write(MnNotify*          notify,
                MnMidiOut const*   out,
                int64_t            time,
                MnModel const*     model,
                MnListening const* listening,
                unsigned           windows,
                unsigned           late) MN_REALTIME;

#endif // MN_NOTIFY_H
