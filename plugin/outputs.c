// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "outputs.h"

static void
set_goals(MnOutputs* const       outputs,
          MnReadout const* const target,
          unsigned const         noise_neurons)
{
  outputs->target  = *target;
  outputs->written = false;
  float const top  = target->top[0].neuron == MN_NO_NEURON ? 0 : target->top[0].mu;
  float const size = (top < 0 ? -top : top) / MN_TOP_FULL;

  outputs->goal[MN_GLIDE_MUSICALITY] = target->musicality;
  outputs->goal[MN_GLIDE_NOISE] =
    noise_neurons ? (float)target->noise_active / (float)noise_neurons : 0;
  outputs->goal[MN_GLIDE_TOP]    = size > 1 ? 1 : size;
  outputs->goal[MN_GLIDE_ENERGY] = target->noise_energy;
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    outputs->goal[MN_GLIDE_RANKED + i] = target->ranked[i];
  }
  outputs->goal[MN_GLIDE_SENSE] = target->sense;
  outputs->goal[MN_GLIDE_FORM]  = target->form;
  for (unsigned i = 0; i < MN_AXES; ++i) {
    outputs->goal[MN_GLIDE_AXES + i] = target->axes[i];
  }
}

static void
set_view(MnOutputs* const outputs, MnLongView const* const view)
{
  for (unsigned i = 0; i < MN_STYLES; ++i) {
    outputs->goal[MN_GLIDE_STYLES + i] = view->styles[i];
  }
  outputs->goal[MN_GLIDE_CONFIDENCE] = view->confidence;
  outputs->goal[MN_GLIDE_BARS]       = (float)view->bars / MN_BARS_FULL;
  outputs->bars                      = view->bars;
  outputs->style_top                 = view->top;
}

void
mn_outputs_init(MnOutputs* const outputs)
{
  set_goals(outputs, &mn_readout_neutral, 0);
  set_view(outputs, &mn_long_view_neutral);
  outputs->tells = false;
  outputs->rests = false;
  mn_outputs_surprise(outputs, 0);
  outputs->total = 0;
  outputs->done  = 0;
}

void
mn_outputs_surprise(MnOutputs* const outputs, float const bits)
{
  float const value                = bits / MN_SURPRISE_FULL;
  outputs->from[MN_GLIDE_SURPRISE] = value;
  outputs->goal[MN_GLIDE_SURPRISE] = value;
  outputs->written                 = false;
}

void
mn_outputs_aim(MnOutputs* const        outputs,
               MnReadout const* const  target,
               MnLongView const* const view,
               unsigned const          noise_neurons,
               uint32_t const          frames)
{
  for (unsigned i = 0; i < MN_GLIDE_STYLES; ++i) {
    outputs->from[i] = mn_outputs_value(outputs, i);
  }
  outputs->from[MN_GLIDE_ENERGY] = mn_outputs_value(outputs, MN_GLIDE_ENERGY);
  outputs->tells                 = outputs->tells || view->bars;
  if (outputs->tells) {
    for (unsigned i = MN_GLIDE_STYLES; i < MN_GLIDE_ENERGY; ++i) {
      outputs->from[i] = mn_outputs_value(outputs, i);
    }
    set_view(outputs, view);
    outputs->rests = false;
  }
  set_goals(outputs, target, noise_neurons);
  outputs->total = frames;
  outputs->done  = 0;
}

// How much a value rises in a frame of its line.
static double
slope(MnOutputs const* const outputs, unsigned const glide)
{
  return ((double)outputs->goal[glide] - (double)outputs->from[glide]) / outputs->total;
}

float
mn_outputs_on_line(MnOutputs const* const outputs, unsigned const glide)
{
  return (float)((double)outputs->from[glide] + slope(outputs, glide) * outputs->done);
}

void
mn_outputs_write(MnOutputs const* const outputs,
                 unsigned const         glide,
                 float const            scale,
                 float* const           values,
                 uint32_t const         frames)
{
  uint32_t const left = outputs->total - outputs->done;
  uint32_t const line = frames < left ? frames : left;
  if (line) {
    double const from = (double)outputs->from[glide];
    double const rise = slope(outputs, glide);
    for (uint32_t i = 0; i < line; ++i) {
      values[i] = scale * (float)(from + rise * (outputs->done + i));
    }
  }
  float const rest = scale * outputs->goal[glide];
  for (uint32_t i = line; i < frames; ++i) {
    values[i] = rest;
  }
}
