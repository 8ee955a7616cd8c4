// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise_fields.h"

static double
bits_of(uint16_t const q8)
{
  return (double)q8 / MN_BIT_Q8;
}

MnSurpriseMean
mn_surprise_mean_of(MnWindowBits const* const bits, unsigned const steps)
{
  MnSurpriseMean mean = {0};
  for (unsigned i = 0; i < steps; ++i) {
    if (bits->of[MN_SURPRISE_INTERVAL][i] != MN_NO_BITS) {
      ++mean.notes;
      mean.pitch += bits_of(bits->of[MN_SURPRISE_INTERVAL][i]);
      mean.time += bits_of(bits->of[MN_SURPRISE_DURATION][i]);
    }
  }
  if (mean.notes) {
    mean.pitch /= mean.notes;
    mean.time /= mean.notes;
  }
  return mean;
}

json_t*
mn_surprise_object(MnWindowBits const* const bits, unsigned const steps)
{
  MnSurpriseMean const mean = mn_surprise_mean_of(bits, steps);
  if (!mean.notes) {
    return json_pack("{s:n,s:n,s:n}", "surprise", "surprise_pitch", "surprise_time");
  }
  return json_pack("{s:f,s:f,s:f}",
                   "surprise",
                   mean.pitch + mean.time,
                   "surprise_pitch",
                   mean.pitch,
                   "surprise_time",
                   mean.time);
}

json_t*
mn_surprise_notes_array(MnWindowBits const* const bits,
                        uint8_t const* const      tokens,
                        unsigned const            steps)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < steps; ++i) {
    if (tokens[i] <= MN_NOTE_OFF) {
      continue;
    }
    float const   sum  = mn_window_bits_sum(bits, i);
    json_t* const note = sum < 0 ? json_null() : json_real((double)sum);
    if (json_array_append_new(array, note)) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

void
mn_surprise_notes_cell(MnWindowBits const* const bits,
                       uint8_t const* const      tokens,
                       unsigned const            steps,
                       FILE* const               out)
{
  char const* before = "";
  for (unsigned i = 0; i < steps; ++i) {
    if (tokens[i] <= MN_NOTE_OFF) {
      continue;
    }
    float const sum = mn_window_bits_sum(bits, i);
    fputs(before, out);
    if (sum < 0) {
      fputs("nan", out);
    } else {
      fprintf(out, "%.9g", (double)sum);
    }
    before = " ";
  }
}
