// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A song that is played to the plugin while a window is open.

#ifndef MN_SESSION_H
#define MN_SESSION_H

#include "listener.h"
#include "song.h"

#include <stdbool.h>
#include <stdint.h>

enum { HOP_BAR = 1, HOP_STEP = 5, BARS = 12, RATE = 48000, STEPS_PER_BAR = 16 };

typedef struct {
  Listener*    listener;
  unsigned     count;
  MnViewWindow windows[64]; ///< of the messages about windows of music, in order
  bool         once;        ///< no kind of message came twice in a block
} Session;

/// BARS bars of a tune at 120 beats a minute.
Song*
short_song(void);

/// The bundle's plugin, with values that hold for long.
Host*
host_with_hop(int hop);

/// Opens a window, which has not asked for anything yet.
Session*
session_new(Host* host);

void
session_free(Session* session);

/// For song_play(), after every block: takes its messages. `data` is the Session.
void
session_watch(Host* host, void* data);

/// Plays a song from its start, with a window opened before.
Session*
session_play(Host* host, Song const* song, uint32_t block);

#endif // MN_SESSION_H
