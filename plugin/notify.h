// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the user interface is told, as protocol.h describes it. All functions:
/// audio thread, bounded work, unless they say otherwise.

#ifndef MN_NOTIFY_H
#define MN_NOTIFY_H

#include "jobs.h"
#include "protocol.h"

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

/// What is due, and what it is made of.
typedef struct {
  bool     property; ///< patch:Set of the model
  bool     model;
  bool     history;
  bool     window;
  bool     step;
  int64_t  began; ///< the last step that was told
  MnJob*   shown; ///< the newest window's job, in run()'s pool; may be NULL
  unsigned windows; ///< in the history, at most MN_HISTORY count
  float    musicality[MN_HISTORY]; ///< rings, indexed by `windows`
  int32_t  noise[MN_HISTORY];
  unsigned heard; ///< likewise
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
mn_notify_midi(MnMonitor*     monitor,
               double         position,
               uint8_t const* message,
               bool           started) MN_REALTIME;

/// A window is done. Keeps the job and frees the one before.
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
