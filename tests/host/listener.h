// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Who listens to notify as the window does, and counts what comes.

#ifndef MN_HOST_LISTENER_H
#define MN_HOST_LISTENER_H

#include "host.h"
#include "receive.h"

typedef struct {
  unsigned sets;
  unsigned models;
  unsigned histories;
  unsigned windows;
  unsigned steps;
  unsigned messages;
  unsigned others;
} Heard;

typedef struct {
  MnReceiver receiver;
  MnView     view;
  Heard      last;    ///< in the last block
  Heard      total;   ///< since the start, or since it was cleared
  size_t     largest; ///< bytes of the largest message
} Listener;

/// Ends with listener_free().
Listener*
listener_new(Host* host);

void
listener_free(Listener* listener);

/// Takes in what the last block put on notify. Fails the test if a message does
/// not lie within its sequence, or is one that the window does not know.
void
listener_take(Listener* listener, Host const* host);

#endif // MN_HOST_LISTENER_H
