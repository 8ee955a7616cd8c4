// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Listens to notify as the window does, and counts the messages.

#ifndef MN_HOST_LISTENER_H
#define MN_HOST_LISTENER_H

#include "host.h"
#include "receive.h"

typedef struct {
  unsigned sets;
  unsigned models;
  unsigned labels;
  unsigned long_labels;
  unsigned histories;
  unsigned windows;
  unsigned steps;
  unsigned sents;
  unsigned messages;
  unsigned others;
} Heard;

typedef struct {
  MnReceiver receiver;
  MnView     view;
  Heard      last;    ///< in the last block
  Heard      total;   ///< since the start, or since it was cleared
  size_t     largest; ///< bytes of the largest message
  size_t     bytes;   ///< of all messages
} Listener;

/// Free it with listener_free().
Listener*
listener_new(Host* host);

void
listener_free(Listener* listener);

/// Reads what the last block wrote to notify. Fails the test if a message exceeds its
/// sequence, or if the window does not know it.
void
listener_take(Listener* listener, Host const* host);

#endif // MN_HOST_LISTENER_H
