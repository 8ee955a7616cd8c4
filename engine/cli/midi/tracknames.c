// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tracknames.h"

#include <string.h>

void
mn_track_name_set(MnTrackNames* const  names,
                  unsigned const       track,
                  uint8_t const* const bytes,
                  size_t const         length)
{
  size_t start = 0;
  size_t end   = length ? strnlen((char const*)bytes, length) : 0;
  if (track > MN_NAMED_TRACKS || *names->names[track - 1]) {
    return;
  }
  while (start < end && bytes[start] <= ' ') {
    ++start;
  }
  if (end - start >= MN_TRACK_NAME) {
    end = start + MN_TRACK_NAME - 1;
    while (end > start && (bytes[end] & 0xC0) == 0x80) { // in the middle of a UTF-8 letter
      --end;
    }
  }
  while (end > start && bytes[end - 1] <= ' ') {
    --end;
  }
  memcpy(names->names[track - 1], bytes + start, end - start);
}

char const*
mn_track_name(MnTrackNames const* const names, unsigned const track)
{
  return track >= 1 && track <= MN_NAMED_TRACKS ? names->names[track - 1] : "";
}
