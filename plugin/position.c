// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "position.h"

#include "protocol/atoms.h"

// Whether a number can be cast to an integer; false for NaN.
static bool
is_moderate(double const number)
{
  return number > -1e9 && number < 1e9;
}

MnPosition
mn_position_read(MnUris const* const uris, LV2_Atom_Object const* const object)
{
  double bar  = 0;
  double unit = 0;

  MnPosition p   = {0};
  p.has_speed    = mn_atoms_number(uris, object, uris->time_speed, &p.speed);
  p.has_bar_beat = mn_atoms_number(uris, object, uris->time_barBeat, &p.bar_beat);
  p.has_beats_per_bar =
    mn_atoms_number(uris, object, uris->time_beatsPerBar, &p.beats_per_bar);
  p.has_bpm = mn_atoms_number(uris, object, uris->time_beatsPerMinute, &p.bpm);
  p.has_bar = mn_atoms_number(uris, object, uris->time_bar, &bar) && is_moderate(bar);
  p.has_beat_unit =
    mn_atoms_number(uris, object, uris->time_beatUnit, &unit) && is_moderate(unit);
  p.bar       = p.has_bar ? (int64_t)bar : 0;
  p.beat_unit = p.has_beat_unit ? (int)unit : 0;
  return p;
}
