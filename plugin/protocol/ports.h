// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the monitor and of its sibling, and what values they take: all of it
/// from port_table.def, of which the plugins' turtle is made too.

#ifndef MN_PORTS_H
#define MN_PORTS_H

#include "base/common.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/// How often the table's sets of ports come, where no readout says so.
enum {
  MN_CC_SLOTS   = 8,
  MN_CV_NEURONS = 8,
  MN_CV_AXES    = MN_AXES,
  MN_CV_STYLES  = MN_STYLES,
};

#define REPEAT(set, count, constant, ...) \
  static_assert((count) == (constant), "as many ports as the engine has values");
#define CV_REPEAT REPEAT
#include "port_table.def"

/// The ports of a set, from MN_PORT_NEURON_1, MN_PORT_AXIS_1, MN_PORT_TOP_1, MN_PORT_CC_1,
/// MN_PORT_SEND_1 and MN_PORT_STYLE_1 on; the next one's follow.
enum {
#define NEURON_OUTPUT(name, ...) MN_NEURON_PORT_##name,
#include "port_table.def"
  MN_NEURON_PORT_COUNT,
};

enum {
#define AXIS_OUTPUT(name, ...) MN_AXIS_PORT_##name,
#include "port_table.def"
  MN_AXIS_PORT_COUNT,
};

enum {
#define STYLE_OUTPUT(name, ...) MN_STYLE_PORT_##name,
#include "port_table.def"
  MN_STYLE_PORT_COUNT,
};

enum {
#define TOP_OUTPUT(name, ...) MN_TOP_PORT_##name,
#include "port_table.def"
  MN_TOP_PORT_COUNT,
};

enum {
#define CC_INPUT(name, ...) MN_CC_PORT_##name,
#include "port_table.def"
  MN_CC_PORT_COUNT,
};

enum {
#define SEND_INPUT(name, ...) MN_SEND_PORT_##name,
#include "port_table.def"
  MN_SEND_PORT_COUNT,
};

/// The ports of the monitor.
enum {
#define ATOM(name, ...) MN_PORT_##name,
#define MONITOR_ATOM ATOM
#define INPUT ATOM
#define MONITOR_INPUT ATOM
#define OUTPUT ATOM
#define REPEAT(set, count, ...) \
  MN_PORT_##set##_1,            \
    MN_PORT_##set##_LAST = MN_PORT_##set##_1 + (count)*MN_##set##_PORT_COUNT - 1,
#include "port_table.def"
  MN_PORT_COUNT,
  MN_PORT_FIRST_CONTROL = MN_PORT_FREEWHEEL,
};

/// The CV outputs of the sibling, from MN_CV_PORT_FIRST_CV on.
enum {
#define CV_OUTPUT(name, ...) MN_CV_##name,
#define CV_REPEAT(set, count, ...) MN_##set##_1, MN_##set##_LAST = MN_##set##_1 + (count)-1,
#include "port_table.def"
  MN_CV_COUNT,
};

/// The ports of the sibling: the monitor's, less those that the table says are its alone,
/// then CV, then controls that came later, which the monitor has too.
enum {
#define ATOM(name, ...) MN_CV_PORT_##name,
#define CV_ATOM ATOM
#define INPUT ATOM
#include "port_table.def"
  MN_CV_PORT_FIRST_CV,
  MN_CV_PORT_LAST_CV = MN_CV_PORT_FIRST_CV + MN_CV_COUNT - 1,
#define CV_INPUT(name, ...) MN_CV_PORT_##name,
#include "port_table.def"
  MN_CV_PORT_COUNT,
  MN_CV_PORT_FIRST_CONTROL = MN_CV_PORT_FREEWHEEL,
};

/// The upper end of each range, less what is behind its point: to assert on.
enum {
#define INPUT(name, symbol, label, kind, low, high, ...) MN_MOST_##name = (int)(high),
#define MONITOR_INPUT INPUT
#define OUTPUT INPUT
#define NEURON_OUTPUT INPUT
#define AXIS_OUTPUT INPUT
#define STYLE_OUTPUT INPUT
#define TOP_OUTPUT(name, symbol, label, kind, low, high, ...) \
  MN_MOST_TOP_##name = (int)(high),
#define CC_INPUT(name, symbol, label, kind, low, high, ...) MN_MOST_CC_##name = (int)(high),
#define SEND_INPUT INPUT
#define CV_OUTPUT(name, symbol, label, kind, low, high, ...) \
  MN_MOST_CV_##name = (int)(high),
#include "port_table.def"
};

/// The control ports of the monitor, where those that differ by a set's number alone are
/// one.
enum {
#define INPUT(name, ...) MN_ROW_##name,
#define MONITOR_INPUT INPUT
#define OUTPUT INPUT
#define NEURON_OUTPUT INPUT
#define AXIS_OUTPUT INPUT
#define STYLE_OUTPUT INPUT
#define TOP_OUTPUT(name, ...) MN_ROW_TOP_##name,
#define CC_INPUT(name, ...) MN_ROW_CC_##name,
#define SEND_INPUT INPUT
#include "port_table.def"
  MN_ROW_COUNT,
};

/// What a CC slot sends: the choices of its source.
typedef enum {
  MN_SOURCE_OFF,
  MN_SOURCE_MUSICALITY,
  MN_SOURCE_NOISE,    ///< share of the noise neurons that are excited
  MN_SOURCE_TOP,      ///< abs(mu) of the most excited neuron, 4 is all
  MN_SOURCE_NEURON_1, ///< percentiles of the first MN_RANKED music neurons
  MN_SOURCE_SENSE = MN_SOURCE_NEURON_1 + MN_RANKED,
  MN_SOURCE_FORM,
  MN_SOURCE_SURPRISE,                                ///< bits of the last notes
  MN_SOURCE_AXIS_1,                                  ///< percentiles along the axes
  MN_SOURCE_STYLE_1    = MN_SOURCE_AXIS_1 + MN_AXES, ///< probabilities
  MN_SOURCE_CONFIDENCE = MN_SOURCE_STYLE_1 + MN_STYLES,
  MN_SOURCE_BARS, ///< that were heard, 16 are all
  MN_SOURCE_COUNT,
} MnSource;

/// The surprise, in bits a note, that CC and CV send as their most.
#define MN_SURPRISE_FULL 16.0F

static_assert((int)MN_MOST_CC_SOURCE == MN_SOURCE_COUNT - 1, "a choice for each source");

typedef enum {
  MN_CONTROL_TOGGLE,
  MN_CONTROL_CHOICE, ///< one of `points`, from 0
  MN_CONTROL_INT,
  MN_CONTROL_FLOAT,
  MN_CONTROL_TRIGGER, ///< 1 while it is pressed
} MnControlKind;

/// A row of the table.
typedef struct {
  char const*        symbol;  ///< in a set, what it ends with
  char const*        label;   ///< likewise
  char const*        unit;    ///< "" if it has none
  char const* const* points;  ///< names of the first values from `low` up, or NULL
  char const*        comment; ///< a sentence or two for who plays; in a set with "%u"
  MnControlKind      kind;
  bool               is_input;
  float              low;
  float              high;
  float              initial;
  float              step; ///< how much higher `initial` is in each next CC slot
} MnPort;

/// By MN_ROW_*. Constant: any thread.
extern MnPort const mn_port_table[MN_ROW_COUNT];

/// The row of a control port from the CC slots on.
static inline unsigned
mn_port_late_row(unsigned const port)
{
  return port < MN_PORT_SEND_1 ? MN_ROW_CC_SOURCE + (port - MN_PORT_CC_1) % MN_CC_PORT_COUNT
         : port < MN_PORT_SPAN ? MN_ROW_SEND
         : port < MN_PORT_STYLE_1   ? MN_ROW_SPAN
         : port < MN_PORT_STYLE_TOP ? MN_ROW_STYLE
                                    : MN_ROW_STYLE_TOP + port - MN_PORT_STYLE_TOP;
}

/// The row of a control port of the monitor. Any thread.
static inline unsigned
mn_port_row(unsigned const port)
{
  return port < MN_PORT_NEURON_1 ? port - MN_PORT_FIRST_CONTROL
         : port < MN_PORT_AXIS_1 ? MN_ROW_NEURON
         : port < MN_PORT_TOP_1  ? MN_ROW_AXIS
         : port < MN_PORT_MUSIC_ACTIVE
           ? MN_ROW_TOP_NEURON + (port - MN_PORT_TOP_1) % MN_TOP_PORT_COUNT
         : port < MN_PORT_CC_1 ? MN_ROW_MUSIC_ACTIVE + port - MN_PORT_MUSIC_ACTIVE
                               : mn_port_late_row(port);
}

static inline MnPort const*
mn_port(unsigned const port)
{
  return &mn_port_table[mn_port_row(port)];
}

/// Whether an output may leave its range. Its value depends on the model alone, and hosts draw
/// what the bundle's models reach: no value of any other is cut off.
static inline bool
mn_port_is_open(unsigned const port)
{
  unsigned const row = mn_port_row(port);
  return row == MN_ROW_TOP_ACTIVATION || row == MN_ROW_MUSIC_ACTIVE ||
         row == MN_ROW_NOISE_ACTIVE || row == MN_ROW_NOISE_ENERGY;
}

/// The CC slot of a control port, from 0; 0 for a port that has none.
static inline unsigned
mn_port_slot(unsigned const port)
{
  return port < MN_PORT_CC_1     ? 0
         : port < MN_PORT_SEND_1 ? (port - MN_PORT_CC_1) / MN_CC_PORT_COUNT
         : port < MN_PORT_SPAN   ? port - MN_PORT_SEND_1
                                 : 0;
}

/// The value of a control port that nobody has set.
static inline float
mn_port_initial(unsigned const port)
{
  MnPort const* const p = mn_port(port);
  return p->initial + p->step * (float)mn_port_slot(port);
}

/// The nearest value in a port's range. Any thread.
static inline float
mn_port_clamp(MnPort const* const p, float const value)
{
  return value < p->low ? p->low : value > p->high ? p->high : value;
}

/// What a control port makes of a value that a host or a user gives it: the nearest in its
/// range, or its initial one if it is not a number. Any thread.
static inline float
mn_port_value(unsigned const port, float const raw)
{
  return isnan(raw) ? mn_port_initial(port) : mn_port_clamp(mn_port(port), raw);
}

#endif // MN_PORTS_H
