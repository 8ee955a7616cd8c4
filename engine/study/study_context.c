// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "study_context.h"

void
mn_study_progress(MnStudy const* const s,
                  char const* const    what,
                  size_t const         done,
                  size_t const         count)
{
  if (s->in->progress.report) {
    s->in->progress.report(s->in->progress.context, what, done, count);
  }
}

typedef struct {
  MnStudy const* study;
  char const*    what;
  size_t         before; // windows that are encoded already
  size_t         whole;
} Encoding;

static void
report_windows(void* const context, size_t const done, size_t const count)
{
  (void)count;
  Encoding const* const e = (Encoding const*)context;
  mn_study_progress(e->study, e->what, e->before + done, e->whole);
}

bool
mn_study_encode(MnStudy const* const   s,
                char const* const      what,
                MnWindows const* const windows,
                size_t const           first,
                size_t const           count,
                MnPosteriors* const    posteriors)
{
  Encoding             encoding = {s, what, first, windows->count};
  MnProgress const     progress = {report_windows, &encoding};
  uint8_t const* const tokens   = windows->tokens + first * windows->steps;
  return mn_posteriors_encode(s->model, tokens, count, &progress, posteriors);
}
