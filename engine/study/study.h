// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Compares a model with the findings of arXiv 2308.00015: which neurons carry music,
/// what they stand for, and how the others distinguish music from random notes. README.md
/// lists the figures.

#ifndef MN_STUDY_H
#define MN_STUDY_H

#include "checkpoint/checkpoint.h"
#include "float_decoder.h"
#include "model/model.h"
#include "windows.h"

#include <jansson.h>

typedef struct {
  void (*report)(void* context, char const* what, size_t done, size_t count);
  void* context;
} MnStudyProgress;

typedef struct {
  MnModel const*        model;
  MnWindows const*      heldout; ///< not in train; tune: those of one group are alike
  uint16_t const*       style;   ///< [heldout->count], of `styles`
  char const* const*    styles;
  size_t                style_count;
  MnWindows const*      train;         ///< some of what the model was trained on
  size_t                random;        ///< so many random sequences
  MnFloatDecoder const* decoder;       ///< or NULL
  MnCheckpoint*         checkpoint;    ///< what the decoder was read from, or NULL
  MnWindows const*      phrases;       ///< of MN_FORM_STEPS, with names of styles, or NULL
  MnWindows const*      train_phrases; ///< likewise, of what the model was trained on
  MnStudyProgress       progress;      ///< report may be NULL
} MnStudyInput;

/// Studies a model, on all processors. The number of processors makes no difference.
///
/// @return An object with a member for each part, or NULL with the reason.
MN_NODISCARD json_t*
mn_study(MnStudyInput const* input, MnError* error);

#endif // MN_STUDY_H
