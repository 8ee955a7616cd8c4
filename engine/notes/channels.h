// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What controllers say of MIDI channels: sustain pedals and the zones of MPE.
///
/// In an MPE zone every note has a channel of its own. Channel 1 is the master
/// of the lower zone, whose members are the channels from 2 up; 16 is that of
/// the upper zone, whose members are those from 15 down. What is said on an
/// active zone's master holds for the whole zone. All functions: audio thread.

#ifndef MN_CHANNELS_H
#define MN_CHANNELS_H

#include "base/common.h"

#include <stdbool.h>

enum {
  MN_CHANNELS     = 16,
  MN_CHANNEL_ANY  = 0, ///< all but the drums', unless that is in an MPE zone
  MN_CHANNEL_DRUM = 10,
};

typedef enum { MN_ZONE_LOWER, MN_ZONE_UPPER, MN_ZONE_COUNT } MnZone;

/// A set of channels: bit 0 is channel 1.
typedef uint16_t MnChannelSet;

typedef struct {
  MnChannelSet pedals;                   ///< whose own pedal is down
  MnChannelSet sustained;                ///< where a pedal acts, be it the master's
  MnChannelSet zones[MN_ZONE_COUNT];     ///< masters and members; 0: not active
  uint16_t     parameter[MN_ZONE_COUNT]; ///< number that data entry on a master sets
} MnChannels;

/// No pedal is down, no zone is active.
void
mn_channels_init(MnChannels* channels) MN_REALTIME;

/// Takes in a controller: the sustain pedal (64 and more is down), reset all
/// controllers, which lifts it, and the MPE configuration message: registered
/// parameter 6 on a master, whose data entry is the number of members, 0 to end
/// the zone. A zone that needs channels of the other one takes them.
///
/// @param channel 0..15, as in the message.
void
mn_channels_control(MnChannels* channels,
                    unsigned    channel,
                    unsigned    controller,
                    unsigned    value) MN_REALTIME;

/// The channels that a message to all notes on `channel` (0..15) means: the
/// zone if it is the master of one, else itself.
MnChannelSet
mn_channels_meant(MnChannels const* channels, unsigned channel) MN_REALTIME;

/// The channels that one hears who listens to `chosen`: 1..16, where the master
/// of a zone means all of it, or MN_CHANNEL_ANY.
MnChannelSet
mn_channels_heard(MnChannels const* channels, unsigned chosen) MN_REALTIME;

#endif // MN_CHANNELS_H
