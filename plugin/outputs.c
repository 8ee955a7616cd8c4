// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "outputs.h"

static float
target_of(MnReadout const* const readout, unsigned const glide)
{
  return glide == MN_GLIDE_MUSICALITY ? readout->musicality
         : glide == MN_GLIDE_ENERGY   ? readout->noise_energy
                                      : readout->ranked[glide - MN_GLIDE_RANKED];
}

static void
arrive(MnOutputs* const outputs)
{
  for (unsigned i = 0; i < MN_GLIDES; ++i) {
    outputs->value[i] = target_of(&outputs->target, i);
  }
  outputs->frames_left = 0;
}

void
mn_outputs_init(MnOutputs* const outputs)
{
  outputs->target = mn_readout_neutral;
  arrive(outputs);
}

void
mn_outputs_aim(MnOutputs* const outputs, MnReadout const* const target, uint32_t const frames)
{
  outputs->target      = *target;
  outputs->frames_left = frames;
  if (!frames) {
    arrive(outputs);
  }
}

void
mn_outputs_advance(MnOutputs* const outputs, uint32_t const frames)
{
  if (frames >= outputs->frames_left) {
    if (outputs->frames_left) {
      arrive(outputs);
    }
    return;
  }
  float const part = (float)frames / (float)outputs->frames_left;
  for (unsigned i = 0; i < MN_GLIDES; ++i) {
    outputs->value[i] += part * (target_of(&outputs->target, i) - outputs->value[i]);
  }
  outputs->frames_left -= frames;
}
