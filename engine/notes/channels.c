// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "channels.h"

#include "base/midi.h"

enum {
  ALL_CHANNELS      = (1 << MN_CHANNELS) - 1,
  MOST_MEMBERS      = MN_CHANNELS - 1, // of one zone
  MOST_MEMBERS_BOTH = MN_CHANNELS - 2, // of two zones together: each has a master
  SUSTAIN_DOWN      = 64,              // from this value on the pedal is down
  MPE_CONFIGURATION = 6,               // the number of the registered parameter
  NO_PARAMETER      = 0x3FFF,
};

static unsigned const masters[MN_ZONE_COUNT] = {0, MN_CHANNELS - 1};

static MnChannelSet
bit(unsigned const channel)
{
  return (MnChannelSet)(1U << channel);
}

void
mn_channels_init(MnChannels* const c)
{
  *c = (MnChannels){.parameter = {NO_PARAMETER, NO_PARAMETER}};
}

// The channels of a zone with this number of members.
static MnChannelSet
zone_set(MnZone const zone, unsigned const members)
{
  unsigned const others = MOST_MEMBERS - members;
  return members == 0            ? 0
         : zone == MN_ZONE_LOWER ? (MnChannelSet)(ALL_CHANNELS >> others)
                                 : (MnChannelSet)(ALL_CHANNELS << others);
}

// The zone whose master `channel` is, or MN_ZONE_COUNT.
static MnZone
zone_of_master(unsigned const channel)
{
  return channel == masters[MN_ZONE_LOWER]   ? MN_ZONE_LOWER
         : channel == masters[MN_ZONE_UPPER] ? MN_ZONE_UPPER
                                             : MN_ZONE_COUNT;
}

static void
configure(MnChannels* const c, MnZone const zone, unsigned const members)
{
  if (members > MOST_MEMBERS) {
    return;
  }
  // The other zone keeps the channels that are left, if they are more than a master.
  MnZone const       other = zone == MN_ZONE_LOWER ? MN_ZONE_UPPER : MN_ZONE_LOWER;
  MnChannelSet const left =
    members < MOST_MEMBERS_BOTH ? zone_set(other, MOST_MEMBERS_BOTH - members) : 0;
  c->zones[zone] = zone_set(zone, members);
  if (members) {
    c->zones[other] &= left;
  }
}

// The two halves of a parameter's number come in separate messages, in any order.
static void
choose_parameter(MnChannels* const c,
                 unsigned const    channel,
                 unsigned const    kept,
                 unsigned const    said)
{
  MnZone const zone = zone_of_master(channel);
  if (zone < MN_ZONE_COUNT) {
    c->parameter[zone] = (uint16_t)((c->parameter[zone] & kept) | said);
  }
}

static void
enter_data(MnChannels* const c, unsigned const channel, unsigned const value)
{
  MnZone const zone = zone_of_master(channel);
  if (zone < MN_ZONE_COUNT && c->parameter[zone] == MPE_CONFIGURATION) {
    configure(c, zone, value);
  }
}

// A pedal sustains its channel; a master's pedal sustains its zone.
static MnChannelSet
sustained(MnChannels const* const c)
{
  MnChannelSet set = c->pedals;
  for (unsigned zone = 0; zone < MN_ZONE_COUNT; ++zone) {
    if (c->pedals & c->zones[zone] & bit(masters[zone])) {
      set |= c->zones[zone];
    }
  }
  return set;
}

void
mn_channels_control(MnChannels* const c,
                    unsigned const    channel,
                    unsigned const    controller,
                    unsigned const    value)
{
  switch (controller) {
  case MN_MIDI_CC_DATA_ENTRY:
    enter_data(c, channel, value);
    break;
  case MN_MIDI_CC_SUSTAIN:
    c->pedals &= (MnChannelSet)~bit(channel);
    c->pedals |= value >= SUSTAIN_DOWN ? bit(channel) : 0;
    break;
  case MN_MIDI_CC_NRPN_LSB:
  case MN_MIDI_CC_NRPN_MSB:
    choose_parameter(c, channel, 0, NO_PARAMETER); // data entry is for another one now
    break;
  case MN_MIDI_CC_RPN_LSB:
    choose_parameter(c, channel, 0x7F << 7, value);
    break;
  case MN_MIDI_CC_RPN_MSB:
    choose_parameter(c, channel, 0x7F, value << 7);
    break;
  case MN_MIDI_CC_RESET_CONTROLLERS:
    c->pedals &= (MnChannelSet)~mn_channels_meant(c, channel);
    choose_parameter(c, channel, 0, NO_PARAMETER);
    break;
  default:
    return;
  }
  c->sustained = sustained(c);
}

MnChannelSet
mn_channels_meant(MnChannels const* const c, unsigned const channel)
{
  MnZone const zone = zone_of_master(channel);
  return zone < MN_ZONE_COUNT && c->zones[zone] ? c->zones[zone] : bit(channel);
}

MnChannelSet
mn_channels_heard(MnChannels const* const c, unsigned const chosen)
{
  if (chosen != MN_CHANNEL_ANY) {
    return mn_channels_meant(c, chosen - 1);
  }
  MnChannelSet const pitched = ALL_CHANNELS & ~bit(MN_CHANNEL_DRUM - 1);
  return pitched | c->zones[MN_ZONE_LOWER] | c->zones[MN_ZONE_UPPER];
}
