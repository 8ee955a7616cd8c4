// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Updates the view by the plugin's messages (plugin/protocol/protocol.h), and moves
/// the position and the peaks on in between.
///
/// Messages are hostile until checked. One that is malformed changes nothing.

#ifndef MN_RECEIVE_H
#define MN_RECEIVE_H

#include "peaks.h"
#include "protocol/uris.h"
#include "view.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  MnUris   uris;
  bool     has_model;  ///< mn:Model has come
  unsigned labelled;   ///< music neurons whose labels have come
  bool     incomplete; ///< a message was missed; a patch:Get would make up for it
  double   position;   ///< of the last mn:Step
  double   position_time;
  MnPeaks  peaks;
  double   peaks_time; ///< when the view's peaks were last set
} MnReceiver;

void
mn_receiver_init(MnReceiver* receiver, LV2_URID_Map* map);

/// Takes in a message, an atom of `size` bytes with its header. `now` is in seconds
/// of a steady clock. @return The areas to redraw; see draw.h.
unsigned
mn_receive(MnReceiver* receiver, MnView* view, void const* atom, size_t size, double now);

/// Takes in the value of a control port. @return As mn_receive().
unsigned
mn_receive_value(MnView* view, unsigned port, float value);

/// Moves the position and the peaks on. @return As mn_receive(); 0 if nothing moved.
unsigned
mn_receive_advance(MnReceiver* receiver, MnView* view, double now);

#endif // MN_RECEIVE_H
