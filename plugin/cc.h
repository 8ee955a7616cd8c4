// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Values as MIDI controllers: the slots that write to the port `out`.
///
/// When a result or, for the surprise, a note comes, a slot's source, 0..1, is inverted, bent and mapped to the
/// slot's range. The slot's value then moves to it in a straight line. A message is
/// due as soon as the value is the threshold away from what was sent last, and when
/// the line ends, but the rate limits how soon it may follow the last one. All this is
/// counted in frames since the instance was made, so the same messages come on the
/// same frames however the host cuts its blocks.
///
/// A slot is silent on a controller that has come in since activate(), unless it may
/// share it, and on one that a slot with a lower number sends. It sends its value as
/// soon as nothing keeps it silent.
///
/// For a MIDI learn, which takes the first controller that moves, a slot's trigger has it
/// sweep through its range alone. The other slots wait until it is done, and then all send
/// what they are at.
///
/// All functions: audio thread, bounded work, nearly none while all slots are off.

#ifndef MN_CC_H
#define MN_CC_H

#include "base/midi.h"
#include "control_ports.h"
#include "midi_out.h"
#include "outputs.h"
#include "sweep.h"

#include <stdbool.h>

typedef struct {
  uint32_t ports[MN_CC_PORT_COUNT]; ///< as they were read, bit by bit

  // From the ports, while the slot is on.
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

  bool     silent; ///< the controller is not the slot's to send
  int      sent;   ///< 0..127, or 0..16383 if it is wide; -1: nothing yet
  float    level;  ///< what its controller has, 0..127; MN_SENT_NOTHING: not known
  uint64_t ready;  ///< when the next message may come
  uint64_t due;    ///< when it does come; UINT64_MAX: none is due
} MnCcSlot;

/// What is known of a controller.
enum {
  MN_CC_RECEIVED = 1, ///< it has come in
  MN_CC_SENT     = 2, ///< a slot sends it, or would if it were not silent
};

typedef struct {
  double   rate; ///< frames a second
  MnCcSlot slots[MN_CC_SLOTS];
  bool     on; ///< any slot has a source
  bool     share;
  bool     pressed[MN_CC_SLOTS]; ///< a slot's trigger, as it was read
  MnSweep  sweep;                ///< of the slot that moves alone
  uint64_t due;                  ///< the soonest of the slots', or the sweep's
  bool     news;                 ///< what the slots have sent has changed since it was told
  uint64_t tell;                 ///< from which frame on it may be told again
  uint8_t  known[MN_CHANNELS][MN_MIDI_MAX + 1]; ///< of each controller: the flags below
} MnCc;

/// All slots are off, and no controller has come in.
void
mn_cc_init(MnCc* cc, double rate) MN_REALTIME;

/// Whether a slot has a source now. If none has or had, there is nothing to read.
bool
mn_cc_is_wanted(MnControlPorts const* ports) MN_REALTIME;

/// Reads the slots' ports at the start of a block. `frame` is the current one.
void
mn_cc_read(MnCc* cc, MnControlPorts const* ports, MnOutputs const* outputs, uint64_t frame)
  MN_REALTIME;

/// Sends the slots' values on their way to the new goals of `outputs` that a readout has
/// set.
void
mn_cc_aim(MnCc* cc, MnOutputs const* outputs, uint64_t frame) MN_REALTIME;

/// The same of slots that send the surprise.
void
mn_cc_aim_surprise(MnCc* cc, MnOutputs const* outputs, uint64_t frame) MN_REALTIME;

/// Silences the slots that send a controller.
void
mn_cc_silence(MnCc* cc, unsigned channel, unsigned controller) MN_REALTIME;

/// Takes note of a controller that has come in.
static inline void
mn_cc_receive(MnCc* const cc, uint8_t const* const message)
{
  unsigned const channel = message[0] & MN_MIDI_CHANNEL;
  uint8_t* const known   = &cc->known[channel][message[1]];
  if (*known == MN_CC_SENT) {
    mn_cc_silence(cc, channel, message[1]);
  }
  *known |= MN_CC_RECEIVED;
}

/// Writes what is due in `frames` from `frame` on, which is `offset` in the block.
/// What has no room beside the MIDI that passes is due later.
void
mn_cc_play(MnCc* cc, MnMidiOut* out, uint64_t frame, uint32_t offset, uint32_t frames)
  MN_REALTIME;

/// Takes what the slots have sent last, as mn:levels says it, if that has changed since, but
/// no more than 25 times a second. @return false if there is nothing to tell.
///
/// @param levels [MN_CC_SLOTS]
bool
mn_cc_tell(MnCc* cc, uint64_t frame, float* levels) MN_REALTIME;

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
