// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "part_log.h"

#include <math.h>

void
mn_part_log_begin(MnPartLog* const log, uint8_t const pitch, double const start)
{
  log->notes[log->count % MN_PART_NOTES] = (MnPartNote){start, (double)INFINITY, pitch};
  // From twice the ring on only the remainder counts.
  log->count = log->count + 1 < 2 * MN_PART_NOTES ? log->count + 1 : MN_PART_NOTES;
}

void
mn_part_log_end(MnPartLog* const log, double const end)
{
  if (log->count) {
    MnPartNote* const note = &log->notes[(log->count - 1) % MN_PART_NOTES];
    note->end              = fmax(end, note->start);
  }
}

unsigned
mn_part_log_since(MnPartLog const* const log,
                  double const           start,
                  double const           position,
                  float* const           values)
{
  unsigned       used = 0;
  unsigned const kept = log->count < MN_PART_NOTES ? log->count : MN_PART_NOTES;
  for (unsigned i = 0; i < kept; ++i) {
    MnPartNote const* const note = &log->notes[(log->count - kept + i) % MN_PART_NOTES];
    double const            end  = fmin(note->end, fmax(position, note->start));
    if (end > start) {
      values[used++] = (float)note->pitch;
      values[used++] = (float)(note->start - start);
      values[used++] = (float)(end - start);
    }
  }
  return used;
}
