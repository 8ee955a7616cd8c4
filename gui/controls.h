// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The control inputs of the monitor and of the player: what the tables of ports say of them,
/// and how input moves them. Ports are numbered as in
/// targets.h.

#ifndef MN_CONTROLS_H
#define MN_CONTROLS_H

#include "targets.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  unsigned      port;
  MnControlKind kind;
  char          symbol[24];
  char          label[24]; ///< short: it heads a column
  char const*   unit;      ///< "" for none
  float         minimum;
  float         maximum;
  float         initial;
  bool          logarithmic; ///< equal distances are equal factors
  float         step;     ///< of the wheel and the arrow keys; the least one if logarithmic
  unsigned      decimals; ///< digits shown after the point, at most
  char const*   least;    ///< name of the minimum, or NULL
  char const* const* choices; ///< maximum + 1 names, or NULL
} MnControl;

/// Describes the control of a port. @return false if the window has none for it.
bool
mn_control_get(unsigned port, MnControl* control);

/// Writes what the port is for, as a sentence or two; nothing if the window has no control
/// for it.
void
mn_control_comment(unsigned port, char* text, size_t size);

/// The number of choices; 0 if the port has none.
unsigned
mn_control_choices(unsigned port);

/// Writes a value as text, with its unit.
void
mn_control_text(unsigned port, float value, char* text, size_t size);

/// The nearest value that the port takes; its initial value if `value` is NaN or infinite.
float
mn_control_clean(unsigned port, float value);

/// The value after some steps of the wheel or of an arrow key.
float
mn_control_nudge(unsigned port, float value, int steps);

/// Where a value lies in its range, 0 to 1, as drawn.
double
mn_control_fraction(unsigned port, float value);

/// The value at a fraction.
float
mn_control_at(unsigned port, double fraction);

/// The value after a drag.
///
/// @param from The value when the drag started.
/// @param way How far it went; 1 is the whole range.
/// @param fine Whether the value moves by a tenth of that.
float
mn_control_drag(unsigned port, float from, double way, bool fine);

#endif // MN_CONTROLS_H
