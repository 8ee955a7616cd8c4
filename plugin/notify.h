// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the user interface is told, as protocol.h describes it. All functions:
/// audio thread, bounded work, unless they say otherwise.

#ifndef MN_NOTIFY_H
#define MN_NOTIFY_H

#include "jobs.h"
#include "protocol/protocol.h"

typedef struct MnMonitor MnMonitor;

/// A note that was heard.
typedef struct {
  double  start; ///< in steps
  double  end;   ///< INFINITY while it sounds
  int64_t onset; ///< the step that `start` rounds to
  uint8_t channel;
  uint8_t pitch;
} MnHeard;

enum { MN_HEARD = 128 };

/// A window that is done. If it was not scored, what follows `window` is empty.
typedef struct {
  unsigned  number; ///< 0: there is none
  MnWindow  window;
  bool      scored;
  unsigned  latent;
  unsigned  music;
  MnReadout readout;
  float     encode_ms;
  float     mu[MN_MAX_LATENT];
  float     sigma[MN_MAX_LATENT];
  float     percentiles[MN_MAX_LATENT];
} MnDone;

/// What is due, and what it is made of.
typedef struct {
  bool     property; ///< patch:Set of the model
  bool     model;
  bool     history;
  bool     window;
  bool     values; ///< of an earlier window, for who has just opened
  bool     step;
  bool     message;
  double   began;     ///< the last step that was told, a whole number
  bool     listening; ///< as they were told last
  int      mode;
  double   bpm;
  MnError  error;   ///< why there is no model, or not the one that was wanted
  MnDone   scored;  ///< the newest window with values
  MnDone   silent;  ///< the newest window, if it has none
  unsigned windows; ///< in the history, at most MN_HISTORY count
  float    musicality[MN_HISTORY]; ///< rings, indexed by `windows`
  int32_t  noise[MN_HISTORY];
  unsigned heard; ///< likewise
  unsigned open;  ///< notes among them that sound
  MnHeard  notes[MN_HEARD];
} MnNotify;

/// Forgets windows and notes, for a new start.
void
mn_notify_restart(MnMonitor* monitor) MN_REALTIME;

/// Forgets notes: the stream is broken.
void
mn_notify_break(MnMonitor* monitor) MN_REALTIME;

/// Everything is due: a window has opened.
void
mn_notify_ask(MnMonitor* monitor) MN_REALTIME;

/// The model has changed, or is the old one after all: call it before the old
/// one is let go.
void
mn_notify_model(MnMonitor* monitor) MN_REALTIME;

/// A message at a position was given to `melody`; `started` is what that said.
void
mn_notify_midi(MnMonitor* monitor, double position, uint8_t const* message, bool started)
  MN_REALTIME;

/// A window is done. Takes what is to be told of it, and frees the job.
void
mn_notify_window(MnMonitor* monitor, MnJob* job) MN_REALTIME;

/// Writes what is due to the port, once a block.
void
mn_notify_write(MnMonitor* monitor) MN_REALTIME;

/// Says what went wrong. Any thread but the audio thread; of several at a time
/// the first is told.
void
mn_notify_failure(MnMonitor* monitor, MnError const* error);

#endif // MN_NOTIFY_H
