// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin tells (plugin/protocol/protocol.h) to what is shown, and what moves
/// by itself in between: the position, and the peaks.
///
/// Messages are hostile until checked: one that makes no sense changes nothing.

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
  bool     incomplete; ///< something was missed that a patch:Get would bring
  unsigned in_history; ///< number of the newest window in the history
  double   position;   ///< of the last mn:Step
  double   position_time;
  MnPeaks  peaks;
  double   peaks_time; ///< when the view's peaks were last set
} MnReceiver;

void
mn_receiver_init(MnReceiver* receiver, LV2_URID_Map* map);

/// Takes in an atom of `size` bytes in all. `now` is in seconds of any steady
/// clock. @return The areas to draw anew, as in draw.h.
unsigned
mn_receive(MnReceiver* receiver, MnView* view, void const* atom, size_t size, double now);

/// Takes in the value of a control port. @return As mn_receive().
unsigned
mn_receive_value(MnView* view, unsigned port, float value);

/// Moves on what moves by itself. @return As mn_receive(); 0 while all is still.
unsigned
mn_receive_advance(MnReceiver* receiver, MnView* view, double now);

#endif // MN_RECEIVE_H
