// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ports.h"

// The table's words.
#define NO_POINTS NULL
#define POINTS(...) ((char const* const[]){__VA_ARGS__})

#define UNIT_NONE ""
#define UNIT_BPM "bpm"
#define UNIT_MS "ms"
#define UNIT_BEAT "beats"
#define UNIT_BAR "bars"
#define UNIT_HZ "Hz"
#define UNIT_COEF ""
#define UNIT_BITS "bits"
#define UNIT_NEURONS ""
#define UNIT_SD "sd"
#define UNIT_WINDOWS ""

#define ROW(row,                                       \
            input,                                     \
            its_symbol,                                \
            its_label,                                 \
            its_kind,                                  \
            from,                                      \
            to,                                        \
            start,                                     \
            its_unit,                                  \
            its_points,                                \
            its_comment,                               \
            per_slot)                                  \
  [MN_ROW_##row] = {.symbol   = (its_symbol),          \
                    .label    = (its_label),           \
                    .unit     = UNIT_##its_unit,       \
                    .points   = (its_points),          \
                    .comment  = (its_comment),         \
                    .kind     = MN_CONTROL_##its_kind, \
                    .is_input = (input),               \
                    .low      = (from),                \
                    .high     = (to),                  \
                    .initial  = (start),               \
                    .step     = (per_slot)},

MnPort const mn_port_table[MN_ROW_COUNT] = {
#define INPUT(                                                                      \
  name, symbol, label, kind, low, high, initial, unit, points, group, comment, ...) \
  ROW(name, true, symbol, label, kind, low, high, initial, unit, points, comment, 0)
#define MONITOR_INPUT INPUT
#define OUTPUT(                                                                     \
  name, symbol, label, kind, low, high, initial, unit, points, group, comment, ...) \
  ROW(name, false, symbol, label, kind, low, high, initial, unit, points, comment, 0)
#define NEURON_OUTPUT OUTPUT
#define AXIS_OUTPUT OUTPUT
#define STYLE_OUTPUT OUTPUT
#define TOP_OUTPUT(                                                                 \
  name, symbol, label, kind, low, high, initial, unit, points, group, comment, ...) \
  ROW(TOP_##name, false, symbol, label, kind, low, high, initial, unit, points, comment, 0)
#define CC_INPUT(name,    \
                 symbol,  \
                 label,   \
                 kind,    \
                 low,     \
                 high,    \
                 initial, \
                 unit,    \
                 points,  \
                 group,   \
                 comment, \
                 turtle,  \
                 short,   \
                 step)    \
  ROW(CC_##name, true, symbol, label, kind, low, high, initial, unit, points, comment, step)
#define SEND_INPUT INPUT
#include "port_table.def"
};

// Every choice has a name.
#undef NO_POINTS
#undef POINTS
#define NO_POINTS 0
#define POINTS(...) (sizeof((char const* const[]){__VA_ARGS__}) / sizeof(char const*))
#define CHECK(most, kind, names)                                                   \
  _Static_assert(MN_CONTROL_##kind != MN_CONTROL_CHOICE || (names) == (most) + 1U, \
                 "a name for each choice");
#define INPUT(name, symbol, label, kind, low, high, initial, unit, points, ...) \
  CHECK(MN_MOST_##name, kind, points)
#define MONITOR_INPUT INPUT
#define CC_INPUT(name, symbol, label, kind, low, high, initial, unit, points, ...) \
  CHECK(MN_MOST_CC_##name, kind, points)
#include "port_table.def"
