// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "player_ports.h"

#include "idea.h"
#include "move.h"
#include "notes/channels.h"
#include "notes/melody.h"
#include "tuning.h"

// The table's words.
#define NO_POINTS NULL
#define POINTS(...) ((char const* const[]){__VA_ARGS__})

#define UNIT_NONE ""
#define UNIT_BPM "bpm"
#define UNIT_BEAT "beats"
#define UNIT_COEF ""
#define UNIT_MIDINOTE ""
#define UNIT_SD "sd"
#define UNIT_SEMITONES "semitones"
#define UNIT_WINDOWS ""

#define ROW(row,                                              \
            input,                                            \
            its_symbol,                                       \
            its_label,                                        \
            its_kind,                                         \
            from,                                             \
            to,                                               \
            start,                                            \
            its_unit,                                         \
            its_points,                                       \
            its_comment)                                      \
  [MN_PLAYER_ROW_##row] = {.symbol   = (its_symbol),          \
                           .label    = (its_label),           \
                           .unit     = UNIT_##its_unit,       \
                           .points   = (its_points),          \
                           .comment  = (its_comment),         \
                           .kind     = MN_CONTROL_##its_kind, \
                           .is_input = (input),               \
                           .low      = (from),                \
                           .high     = (to),                  \
                           .initial  = (start),               \
                           .step     = 0},

MnPort const mn_player_port_table[MN_PLAYER_ROW_COUNT] = {
#define INPUT(                                                                      \
  name, symbol, label, kind, low, high, initial, unit, points, group, comment, ...) \
  ROW(name, true, symbol, label, kind, low, high, initial, unit, points, comment)
#define NEURON_INPUT INPUT
#define AXIS_INPUT INPUT
#define OUTPUT(                                                                     \
  name, symbol, label, kind, low, high, initial, unit, points, group, comment, ...) \
  ROW(name, false, symbol, label, kind, low, high, initial, unit, points, comment)
#define PLAYED_NEURON_OUTPUT OUTPUT
#define PLAYED_AXIS_OUTPUT OUTPUT
#include "player_port_table.def"
};

// Every choice has a name, and there is one for each.
#undef NO_POINTS
#undef POINTS
#define NO_POINTS 0
#define POINTS(...) (sizeof((char const* const[]){__VA_ARGS__}) / sizeof(char const*))
#define INPUT(name, symbol, label, kind, low, high, initial, unit, points, ...)          \
  _Static_assert(MN_CONTROL_##kind != MN_CONTROL_CHOICE || (points) == (int)(high) + 1U, \
                 "a name for each choice");                                              \
  enum { MOST_##name = (int)(high) };
#include "player_port_table.def"

_Static_assert((int)MOST_MODE == MN_PLAY_COUNT - 1, "a choice for each mode");
_Static_assert((int)MOST_LOCK == MN_LOCK_COUNT - 1, "a choice for each lock");
_Static_assert((int)MOST_SCALE == MN_SCALE_COUNT - 1, "a choice for each scale");
_Static_assert((int)MOST_VOICE == MN_VOICE_COUNT - 1, "a choice for each voice");
_Static_assert((int)MOST_LISTEN == MN_CHANNELS, "channels 1 to 16, and any");
_Static_assert(MN_PLAYER_PORT_CAPTURE_D - MN_PLAYER_PORT_CAPTURE_A == MN_SLOTS - 1,
               "a trigger for each slot");

void
mn_player_ports_init(MnPlayerPorts* const ports)
{
  for (unsigned i = 0; i < MN_PLAYER_CONTROLS; ++i) {
    mn_player_ports_connect(ports, MN_PLAYER_PORT_FIRST_CONTROL + i, NULL);
  }
}

// A port without a buffer gets one that nobody else reads or writes.
void
mn_player_ports_connect(MnPlayerPorts* const ports,
                        unsigned const       port,
                        float* const         buffer)
{
  unsigned const i  = port - MN_PLAYER_PORT_FIRST_CONTROL;
  ports->nowhere[i] = NAN;
  ports->port[i]    = buffer ? buffer : &ports->nowhere[i];
}
