// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The parts that styles have in the prior: one Gaussian for each, fitted to where level one
/// puts the windows of its music, and the map that takes music as a whole to it.
///
/// How much a window belongs to each style is what level two's style network says of its
/// phrase: so this is one step of expectation and maximisation for a mixture (A. Dempster et
/// al., 1977) that the network began.

#ifndef MN_STYLE_PARTS_H
#define MN_STYLE_PARTS_H

#include "base/common.h"

#include <stdbool.h>

/// All zeros: of no styles.
typedef struct {
  unsigned styles;
  unsigned music;
  double*  weight;  ///< [styles]: sums of the shares
  double*  sum;     ///< [styles][music]: of the values, by their shares
  double*  product; ///< [styles][music][music]: likewise; k >= i is filled
  float*   map;     ///< [styles][1 + music][music]: MnStyleTable.part; NULL: not solved yet
} MnStyleParts;

/// Begins with no windows. @return false if memory runs out.
MN_NODISCARD bool
mn_style_parts_init(MnStyleParts* parts, unsigned styles, unsigned music);

/// Adds a window.
///
/// @param share_q30 [styles]: how much it belongs to each. @param mu_q16 Of level one.
/// @param order [music]: its music neurons by rank.
void
mn_style_parts_add(MnStyleParts*   parts,
                   uint32_t const* share_q30,
                   int32_t const*  mu_q16,
                   uint16_t const* order);

/// Finds the maps: with m, C of all windows and m', C' of a style's,
/// T(z) = m' + A (z - m), A = C^-1/2 (C^1/2 C' C^1/2)^1/2 C^-1/2 (I. Olkin, F. Pukelsheim,
/// 1982). Each C has a small ridge, so that what hardly varies stays; and a style counts as
/// if it had some windows of music as a whole besides.
///
/// @return false if memory runs out, or LAPACK fails.
MN_NODISCARD bool
mn_style_parts_solve(MnStyleParts* parts);

void
mn_style_parts_free(MnStyleParts* parts);

#endif // MN_STYLE_PARTS_H
