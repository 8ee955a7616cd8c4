// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The parts of a sheet, and what each is drawn with.

#ifndef MN_CLI_SHEET_LANES_H
#define MN_CLI_SHEET_LANES_H

#include "draw_canvas.h"
#include "sheet.h"

/// Where everything is, in pixels. What has no height has no room.
typedef struct {
  MnCanvas*      canvas;
  MnSheet const* sheet;
  double         left;  ///< of the sheet, inside its margin
  double         right; ///< likewise
  double         x;     ///< of the line of time
  double         width; ///< likewise
  MnRect         head;
  MnRect         bars; ///< the line with their numbers
  MnRect         notes;
  MnRect         musicality;
  MnRect         surprise;
  MnRect         axes;
  MnRect         neurons;
  unsigned       rows; ///< of neurons
  MnRect         time;
  MnRect         legend;
} MnSheetPlan;

/// The pixel of a step.
static inline double
mn_sheet_x(MnSheetPlan const* const p, double const step)
{
  return p->x + p->width * step / (double)p->sheet->piece->end;
}

/// What columns cover of a lane, in whole pixels. @param end The column after the last.
MnRect
mn_sheet_span(MnSheetPlan const* plan, unsigned first, unsigned end, MnRect lane);

/// Draws the ground of a lane. @param scores Where nothing is scored, it has none.
void
mn_sheet_ground(MnSheetPlan const* plan, MnRect lane, bool scores);

/// The colour of a value, 0 to 1, in a heat map.
MnColour
mn_sheet_heat(MnTheme const* theme, double value);

// Each draws one lane, with the words beside it.
void
mn_sheet_notes(MnSheetPlan const* plan);
void
mn_sheet_musicality(MnSheetPlan const* plan);
void
mn_sheet_surprise(MnSheetPlan const* plan);
void
mn_sheet_axes(MnSheetPlan const* plan);
void
mn_sheet_neurons(MnSheetPlan const* plan);

#endif // MN_CLI_SHEET_LANES_H
