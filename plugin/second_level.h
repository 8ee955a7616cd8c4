// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model's second level at work: what was heard of the last windows, and the styles so far.
/// The jobs of an instance share it, and are done one after the other. While any of them is on
/// the worker's side (encode_queue.h), this is the worker's; else it is run()'s.
///
/// All functions: the thread that has it, bounded work.

#ifndef MN_SECOND_LEVEL_H
#define MN_SECOND_LEVEL_H

#include "long/long_encoder.h"
#include "long/style.h"
#include "readout/long_view.h"

typedef struct {
  MnModel const* model;
  MnLong*        encoder; ///< NULL until the first phrase starts
  unsigned       units;   ///< of work in a phrase; never changes
  unsigned       stream;  ///< of the last phrase
  MnStyleCourse  styles;  ///< told in that stream so far
} MnSecondLevel;

/// Its size for `model`, which has a second level, in bytes.
size_t
mn_second_level_size(MnModel const* model) MN_REALTIME;

/// Makes it in `memory`, aligned to MN_LONG_ALIGN. Nothing was heard yet. Most of the memory
/// is written by the first job.
MnSecondLevel*
mn_second_level_init(void* memory, MnModel const* model) MN_REALTIME;

/// Starts a phrase: mn_long_start(). The kernel of the first one is that of all.
void
mn_second_level_start(MnSecondLevel*        level,
                      MnKernel const*       kernel,
                      MnPhrasePlaces const* places,
                      int32_t const*        mu_q16) MN_REALTIME;

/// Reads out the phrase whose run is complete.
///
/// @param stream Of its last window: styles that were told in another no longer count.
/// @param start That window's first step.
void
mn_second_level_view(MnSecondLevel* level, unsigned stream, int64_t start, MnLongView* view)
  MN_REALTIME;

#endif // MN_SECOND_LEVEL_H
