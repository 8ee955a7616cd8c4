// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a plugin tells its window as steps go by: mn:Step.
///
/// All functions: audio thread, bounded work.

#ifndef MN_STEP_NEWS_H
#define MN_STEP_NEWS_H

#include "listening.h"
#include "played.h"
#include "protocol/uris.h"

#include <lv2/atom/forge.h>
#include <math.h>
#include <stdbool.h>

/// All zeros: nothing is due.
typedef struct {
  bool   due;
  double began; ///< the step that made it due, a whole number

  // What the last one said.
  bool   open;
  bool   rested;
  int    mode; ///< MnTimelineMode
  double bpm;  ///< quarter notes per minute
} MnStepNews;

/// What one says, besides what the timeline has.
typedef struct {
  int64_t               start;    ///< the step at the left edge of the roll
  unsigned              steps;    ///< of the roll, at most MN_MAX_STEPS
  bool                  open;     ///< there is a window, or a turn
  bool                  resting;  ///< values are neutral, or on their way there
  MnPlayed const*       heard;    ///< notes
  MnSurpriseLine const* surprise; ///< NULL: none is known
  unsigned              numbers;  ///< in `played`
  float const*          played;   ///< in the coding of mn:played; NULL: it is not told
} MnStep;

/// mn:Step is due when a step begins, and when values become neutral or begin to move. While
/// nothing is open it is due when the mode or the tempo changes; a tempo that glides makes it
/// due once a step. @return whether it is.
static inline bool
mn_step_news_due(MnStepNews* const       news,
                 MnTimeline const* const timeline,
                 bool const              open,
                 bool const              resting)
{
  if (news->due || open != news->open || resting != news->rested ||
      (int)timeline->mode != news->mode) {
    news->due = true;
    return true;
  }
  if (!open && mn_timeline_bpm(timeline) == news->bpm) {
    return false;
  }
  double const position = mn_timeline_position(timeline);
  if (position >= news->began && position < news->began + 1) {
    return false;
  }
  news->began = floor(position);
  news->due   = true;
  return true;
}

/// Writes it on the frame `time`, if there is room. @return whether there was.
bool
mn_step_news_write(MnStepNews*        news,
                   MnStep const*      step,
                   MnListening const* listening,
                   MnUris const*      uris,
                   LV2_Atom_Forge*    forge,
                   int64_t            time) MN_REALTIME;

#endif // MN_STEP_NEWS_H
