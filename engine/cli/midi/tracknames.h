// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The names of a MIDI file's tracks.

#ifndef MN_CLI_TRACKNAMES_H
#define MN_CLI_TRACKNAMES_H

#include <stddef.h>
#include <stdint.h>

enum { MN_NAMED_TRACKS = 64, MN_TRACK_NAME = 48 };

/// The first tracks have names. They may hold any bytes but zeros.
typedef struct {
  char names[MN_NAMED_TRACKS][MN_TRACK_NAME];
} MnTrackNames;

/// Takes the first name of a track, without the blanks around it, and cut where it is long.
/// @param track From 1. @param bytes Any, without an end.
void
mn_track_name_set(MnTrackNames* names, unsigned track, uint8_t const* bytes, size_t length);

/// The name of a track, from 1; empty if it has none.
char const*
mn_track_name(MnTrackNames const* names, unsigned track);

#endif // MN_CLI_TRACKNAMES_H
