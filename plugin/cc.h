// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Values as MIDI controllers: the slots that write to the port `out`.
///
/// A slot's source, 0..1, is inverted, bent and mapped to the slot's range when
/// a result comes; from there on the value moves in a straight line to it. A
/// message is due as soon as the value is the threshold away from what was sent
/// last, and when it arrives, but never sooner after the last one than the rate
/// allows. All that is counted in frames since the instance was made, so the
/// same messages come on the same frames however the host cuts its blocks.
///
/// A slot is silent on a controller that has come in since activate(), unless
/// it may share it, and on one that a slot with a lower number has. As soon as
/// nothing keeps it silent it sends its value.
///
/// All functions: audio thread, bounded work, nearly none while all slots are off.

#ifndef MN_CC_H
#define MN_CC_H

#include "protocol/ports.h"

#include <stdbool.h>

typedef struct MnMonitor MnMonitor;

typedef struct {
  uint32_t ports[MN_CC_PORT_COUNT]; ///< what they said last, bit by bit

  // Of the ports, while the slot is on.
  MnSource source; ///< MN_SOURCE_OFF: the rest means nothing
  uint8_t  controller;
  uint8_t  channel; ///< 0..15
  bool     wide;    ///< 14 bits in a pair
  bool     invert;
  double   curve;
  double   low;
  double   high;
  int      threshold; ///< in the unit of `sent`, at least 1
  uint32_t glide;     ///< frames
  uint64_t interval;  ///< frames from one message to the next, at least

  // The line that the value moves on, in units of the controller (0..127).
  double   from;
  double   to;
  uint64_t start;
  uint32_t total;

  bool     silent;
  int      sent;  ///< 0..127, or 0..16383 if it is wide; -1: nothing yet
  uint64_t ready; ///< when the next message may come
  uint64_t due;   ///< when it does come; UINT64_MAX: not that one could tell
} MnCcSlot;

typedef struct {
  MnCcSlot slots[MN_CC_SLOTS];
  bool     on; ///< any slot
  bool     share;
  bool     full;               ///< nothing more fits in `out` in this block
  uint64_t due;                ///< the soonest of the slots'
  uint8_t  heard[16][128 / 8]; ///< a bit of each controller that has come in
} MnCc;

/// All slots are off, and nothing has come in.
void
mn_cc_init(MnCc* cc) MN_REALTIME;

/// Whether a slot has a source now. While none has nor had, nothing is to be read.
bool
mn_cc_is_wanted(MnMonitor const* monitor) MN_REALTIME;

/// Reads the slots' ports, at the start of a block.
void
mn_cc_read(MnMonitor* monitor) MN_REALTIME;

/// The goals of `outputs` are new.
void
mn_cc_aim(MnMonitor* monitor) MN_REALTIME;

/// A MIDI message has come in.
void
mn_cc_hear(MnMonitor* monitor, uint8_t const* message, uint32_t size) MN_REALTIME;

/// Writes what is due from the current frame, which is `offset` in the block, on
/// for `frames`. What has no room beside the MIDI that passes is due later.
void
mn_cc_play(MnMonitor* monitor, uint32_t offset, uint32_t frames) MN_REALTIME;

/// How values are bent: x / (x + (1 - x) k) with k = (9 + 7c) / (9 - 7c).
///
/// It goes through 0 and 1 and always rises. At c = 1 it starts at an eighth of
/// the straight line's steepness and ends at 8 times it, at c = -1 the other way
/// round; -c undoes c. No mathematical library, so it is the same everywhere.
static inline double
mn_cc_bend(double const x, double const curve)
{
  double const k = (9 + 7 * curve) / (9 - 7 * curve);
  return x / (x + (1 - x) * k);
}

#endif // MN_CC_H
