// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The state of MIDI channels that controllers set: sustain pedals and MPE zones.
///
/// In an MPE zone every note has a channel of its own. The lower zone has channel 1 as
/// its master, and the channels from 2 up as its members. The upper zone has channel 16
/// as its master, and the channels from 15 down as its members. A message on the master
/// of an active zone applies to the whole zone. All functions: audio thread.

#ifndef MN_CHANNELS_H
#define MN_CHANNELS_H

#include "base/common.h"

#include <stdbool.h>

enum {
  MN_CHANNELS     = 16,
  MN_CHANNEL_ANY  = 0, ///< all but the drum channel, unless that is in an MPE zone
  MN_CHANNEL_DRUM = 10,
};

typedef enum { MN_ZONE_LOWER, MN_ZONE_UPPER, MN_ZONE_COUNT } MnZone;

/// A set of channels: bit 0 is channel 1.
typedef uint16_t MnChannelSet;

typedef struct {
  MnChannelSet pedals;                   ///< channels whose own pedal is down
  MnChannelSet sustained;                ///< channels that a pedal sustains, own or master
  MnChannelSet zones[MN_ZONE_COUNT];     ///< masters and members; 0: not active
  uint16_t     parameter[MN_ZONE_COUNT]; ///< the parameter that data entry on a master sets
} MnChannels;

/// Starts with no pedal down and no zone active.
void
mn_channels_init(MnChannels* channels) MN_REALTIME;

/// Reads a controller. The sustain pedal is down at 64 and above; "reset all controllers"
/// lifts it. The MPE configuration message is registered parameter 6 on a master; its
/// data entry is the number of members, and 0 ends the zone. A zone may take channels
/// from the other one.
///
/// @param channel 0..15, as in the message.
void
mn_channels_control(MnChannels* channels,
                    unsigned    channel,
                    unsigned    controller,
                    unsigned    value) MN_REALTIME;

/// The channels that a message to all notes on `channel` (0..15) applies to: the zone if
/// `channel` is the master of one, else `channel` alone.
MnChannelSet
mn_channels_meant(MnChannels const* channels, unsigned channel) MN_REALTIME;

/// The channels that are heard when `chosen` is listened to. `chosen` is 1..16, where the
/// master of a zone stands for the whole zone, or MN_CHANNEL_ANY.
MnChannelSet
mn_channels_heard(MnChannels const* channels, unsigned chosen) MN_REALTIME;

#endif // MN_CHANNELS_H
