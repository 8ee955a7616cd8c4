// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "cv.h"

#include <math.h>

static double const gate_seconds = 0.01;

void
mn_cv_init(MnCv* const cv, double const rate)
{
  cv->gate               = (uint32_t)ceil(gate_seconds * rate);
  cv->left[MN_CV_WINDOW] = 0;
  cv->left[MN_CV_TOP]    = 0;
  mn_cv_rest(cv);
}

void
mn_cv_window(MnCv* const cv, bool const shown, int const top)
{
  cv->left[MN_CV_WINDOW] = cv->gate;
  if (shown && top != cv->top) {
    cv->left[MN_CV_TOP] = cv->gate;
    cv->top             = top;
  }
}

void
mn_cv_rest(MnCv* const cv)
{
  cv->top = MN_NO_NEURON;
}

static void
write_value(MnCv const* const      cv,
            MnOutputs const* const outputs,
            unsigned const         port,
            unsigned const         glide,
            uint32_t const         offset,
            uint32_t const         frames)
{
  if (cv->port[port]) {
    mn_outputs_write(outputs, glide, MN_CV_FULL, cv->port[port] + offset, frames);
  }
}

static void
write_gate(MnCv* const    cv,
           unsigned const port,
           uint32_t const offset,
           uint32_t const frames)
{
  uint32_t const open = cv->left[port] < frames ? cv->left[port] : frames;
  for (uint32_t i = 0; cv->port[port] && i < frames; ++i) {
    cv->port[port][offset + i] = i < open ? MN_CV_FULL : 0;
  }
  cv->left[port] -= open;
}

void
mn_cv_play(MnCv* const            cv,
           MnOutputs const* const outputs,
           uint32_t const         offset,
           uint32_t const         frames)
{
  write_value(cv, outputs, MN_CV_MUSICALITY, MN_GLIDE_MUSICALITY, offset, frames);
  for (unsigned i = 0; i < MN_CV_NEURONS; ++i) {
    write_value(cv, outputs, MN_CV_NEURON_1 + i, MN_GLIDE_RANKED + i, offset, frames);
  }
  write_value(cv, outputs, MN_CV_NOISE, MN_GLIDE_NOISE, offset, frames);
  write_value(cv, outputs, MN_CV_SENSE, MN_GLIDE_SENSE, offset, frames);
  write_value(cv, outputs, MN_CV_FORM, MN_GLIDE_FORM, offset, frames);
  write_value(cv, outputs, MN_CV_SURPRISE, MN_GLIDE_SURPRISE, offset, frames);
  for (unsigned i = 0; i < MN_CV_AXES; ++i) {
    write_value(cv, outputs, MN_CV_AXIS_1 + i, MN_GLIDE_AXES + i, offset, frames);
  }
  for (unsigned i = 0; i < MN_CV_STYLES; ++i) {
    write_value(cv, outputs, MN_CV_STYLE_1 + i, MN_GLIDE_STYLES + i, offset, frames);
  }
  write_value(cv, outputs, MN_CV_STYLE_CONFIDENCE, MN_GLIDE_CONFIDENCE, offset, frames);
  write_value(cv, outputs, MN_CV_BARS_HEARD, MN_GLIDE_BARS, offset, frames);
  write_gate(cv, MN_CV_WINDOW, offset, frames);
  write_gate(cv, MN_CV_TOP, offset, frames);
}
