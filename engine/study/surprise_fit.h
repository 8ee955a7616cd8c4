// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Fits what surprise needs in a model's file (notes/surprise.h) to whole lines of melody.
///
/// A table holds the contexts whose own rows save most bits on the lines. How much the
/// phrase itself counts is learnt by expectation maximisation on lines that the table has
/// not seen: one in 32, or all of them if they are few.

#ifndef MN_SURPRISE_FIT_H
#define MN_SURPRISE_FIT_H

#include "base/surprise_table.h"
#include "checkpoint/model_writer.h"
#include "melody_lines.h"

#include <stdbool.h>

enum { MN_SURPRISE_TENSORS = 2 * MN_SURPRISE_VIEWS + 1 };

/// The rows of a view, as the file has them.
typedef struct {
  unsigned  rows;
  unsigned  symbols;
  int32_t*  keys;  ///< [rows], ascending
  uint8_t*  bits;  ///< [rows][symbols]
  uint16_t* index; ///< for mn_surprise_find()
} MnSurpriseFitRows;

typedef struct {
  size_t            notes; ///< that were learnt from
  MnSurpriseFitRows view[MN_SURPRISE_VIEWS];
  int32_t           share[MN_SURPRISE_VIEWS * MN_SURPRISE_EVIDENCE];
} MnSurpriseFit;

/// Fits. The same lines give the same result. Blocks: a minute for ten million notes.
///
/// @return false with the reason. mn_surprise_fit_free() is due in any case.
MN_NODISCARD bool
mn_surprise_fit(MnMelodyLines const* lines, MnSurpriseFit* fit, MnError* error);

/// The table, to use at once. It lives as long as `fit`.
MnSurpriseTable
mn_surprise_fit_table(MnSurpriseFit const* fit);

/// The tensors of the file; they live as long as `fit`.
void
mn_surprise_fit_tensors(MnSurpriseFit const* fit,
                        MnModelTensor        tensors[MN_SURPRISE_TENSORS]);

void
mn_surprise_fit_free(MnSurpriseFit* fit);

#endif // MN_SURPRISE_FIT_H
