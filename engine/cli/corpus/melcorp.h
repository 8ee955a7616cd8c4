// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads melody corpora (MELCORP1), packed with xz or not.
///
/// A file is the magic number, four counts (sources, styles, segments, steps),
/// names of 32 bytes of the sources and styles, segments of 16 bytes (group,
/// offset and length in steps, source and style), and a token for each step. A
/// segment begins with a bar of 16 steps.

#ifndef MN_CLI_MELCORP_H
#define MN_CLI_MELCORP_H

#include "study/melody_lines.h"
#include "study/windows.h"

/// Sets an error of a file. @return false.
bool
mn_melcorp_fail(MnError* error, MnStatus status, char const* path, char const* what);

/// Whether the first bytes of a file are those of a corpus, packed or not.
bool
mn_melcorp_recognise(uint8_t const* bytes, size_t size);

/// Adds the windows of all segments. The set may be full afterwards.
///
/// @param tune Added to the group of each segment. @return false with the reason.
MN_NODISCARD bool
mn_melcorp_read(char const* path, uint32_t tune, MnWindows* windows, MnError* error);

/// Adds all segments, whole. @return false with the reason.
MN_NODISCARD bool
mn_melcorp_read_lines(char const* path, MnMelodyLines* lines, MnError* error);

enum { MN_MELCORP_NAME = 32 };

/// The group and the style of a segment.
typedef struct {
  uint32_t group;
  uint16_t style; ///< of the names
} MnMelcorpSegment;

/// The styles of one or more corpora, and the segments of all of them.
typedef struct {
  char (*names)[MN_MELCORP_NAME + 1]; ///< printable ASCII
  size_t            count;
  MnMelcorpSegment* segments;
  size_t            segment_count;
} MnMelcorpStyles;

/// Adds the windows of all segments, and the segments themselves. The tune of a window is
/// the number of its segment in `styles`.
///
/// @param styles All zeros before the first. @return false with the reason.
MN_NODISCARD bool
mn_melcorp_read_styles(char const*      path,
                       MnMelcorpStyles* styles,
                       MnWindows*       windows,
                       MnError*         error);

/// Adds a segment of a style, for windows from elsewhere.
///
/// @param style  What is not printable in it becomes '?'. @param number Of the segment.
/// @return false with the reason.
MN_NODISCARD bool
mn_melcorp_add_tune(MnMelcorpStyles* styles,
                    char const*      style,
                    uint32_t         group,
                    uint32_t*        number,
                    MnError*         error);

void
mn_melcorp_styles_free(MnMelcorpStyles* styles);

#endif // MN_CLI_MELCORP_H
