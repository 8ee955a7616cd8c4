// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a plugin tells its window of the model: its path, what it is, its labels, and why a
/// model could not be used.
///
/// All functions: audio thread, bounded work.

#ifndef MN_MODEL_NEWS_H
#define MN_MODEL_NEWS_H

#include "model/model.h"
#include "protocol/uris.h"

#include <lv2/atom/forge.h>
#include <stdbool.h>

/// What is due. All zeros: nothing.
typedef struct {
  bool     path; ///< patch:Set of the model
  bool     model;
  bool     labels;
  bool     message;
  unsigned labelled; ///< music neurons whose labels are told
  unsigned deep;     ///< of the second level, likewise
  MnError  error;    ///< why there is no model, or not the one that was asked for
} MnModelNews;

/// All is due, and then all labels: a UI has opened.
void
mn_model_news_all(MnModelNews* news) MN_REALTIME;

/// The model has changed. An error is no longer shown.
void
mn_model_news_changed(MnModelNews* news) MN_REALTIME;

/// An error is due, which is shown until the next model comes.
void
mn_model_news_error(MnModelNews* news, MnError const* error) MN_REALTIME;

static inline bool
mn_model_news_due(MnModelNews const* const news)
{
  return news->path || news->model || news->labels || news->message;
}

/// Writes path, model and error, if they are due and there is room, on the frame `time`.
///
/// @param model NULL: there is none.
void
mn_model_news_write(MnModelNews*    news,
                    MnModel const*  model,
                    MnUris const*   uris,
                    LV2_Atom_Forge* forge,
                    int64_t         time) MN_REALTIME;

/// Writes the next labels, as many as there is room for, once the model is told.
void
mn_model_news_write_labels(MnModelNews*    news,
                           MnModel const*  model,
                           MnUris const*   uris,
                           LV2_Atom_Forge* forge,
                           int64_t         time) MN_REALTIME;

#endif // MN_MODEL_NEWS_H
