// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Readouts, what the second level says, and surprise to values. A readout's value glides in a straight line from where it is to that of the
/// new readout; indices and counts jump. A value is computed from its line, not summed up
/// frame by frame, so it has the same bits however the host cuts its blocks.
///
/// All functions: audio thread.

#ifndef MN_OUTPUTS_H
#define MN_OUTPUTS_H

#include "protocol/ports.h"
#include "readout/long_view.h"
#include "readout/readout.h"

/// The values that glide. The first ones are in the order of MnSource.
enum {
  MN_GLIDE_MUSICALITY,
  MN_GLIDE_NOISE, ///< share of the noise neurons that are excited
  MN_GLIDE_TOP,   ///< abs(mu) of the most excited neuron, MN_TOP_FULL is 1
  MN_GLIDE_RANKED,
  MN_GLIDE_SENSE = MN_GLIDE_RANKED + MN_RANKED,
  MN_GLIDE_FORM,
  MN_GLIDE_SURPRISE, ///< MN_SURPRISE_FULL is 1; it jumps
  MN_GLIDE_AXES,
  MN_GLIDE_STYLES     = MN_GLIDE_AXES + MN_AXES,
  MN_GLIDE_CONFIDENCE = MN_GLIDE_STYLES + MN_STYLES,
  MN_GLIDE_BARS,   ///< that were heard; MN_BARS_FULL is 1
  MN_GLIDE_ENERGY, ///< behind what the second level tells
  MN_GLIDES,
};

/// The activation, in standard deviations of the prior, that gives 1.
#define MN_TOP_FULL 4.0F

/// Bars of a phrase.
#define MN_BARS_FULL 16.0F

typedef struct {
  MnReadout target;
  unsigned  bars;      ///< that the second level has heard
  unsigned  style_top; ///< the number of the likeliest style; 0: none
  bool      tells;     ///< the second level has told something: else its values rest at 0
  bool      rests;     ///< the control ports hold that 0
  float     from[MN_GLIDES];
  float     goal[MN_GLIDES];
  uint32_t  total;   ///< frames of the line
  uint32_t  done;    ///< of them, at most `total`
  bool      written; ///< the control ports hold the values at the end of the line
} MnOutputs;

/// Starts at the neutral readout.
void
mn_outputs_init(MnOutputs* outputs) MN_REALTIME;

/// Begins a line of `frames` from the current values to those of `target` and `view`.
///
/// @param noise_neurons How many noise neurons the model has.
void
mn_outputs_aim(MnOutputs*        outputs,
               MnReadout const*  target,
               MnLongView const* view,
               unsigned          noise_neurons,
               uint32_t          frames) MN_REALTIME;

/// Sets the surprise, in bits a note, from the current frame on. It has no line: notes come
/// one by one, and their mean is smooth enough.
void
mn_outputs_surprise(MnOutputs* outputs, float bits) MN_REALTIME;

/// Moves on by `frames`.
static inline void
mn_outputs_advance(MnOutputs* const outputs, uint32_t const frames)
{
  uint32_t const left = outputs->total - outputs->done;
  outputs->done += frames < left ? frames : left;
}

/// A value at the current frame, while its line has not ended.
float
mn_outputs_on_line(MnOutputs const* outputs, unsigned glide) MN_REALTIME;

/// A value at the current frame.
static inline float
mn_outputs_value(MnOutputs const* const outputs, unsigned const glide)
{
  return outputs->done == outputs->total ? outputs->goal[glide]
                                         : mn_outputs_on_line(outputs, glide);
}

/// Writes `scale` times a value, for `frames` from the current one on.
void
mn_outputs_write(MnOutputs const* outputs,
                 unsigned         glide,
                 float            scale,
                 float*           values,
                 uint32_t         frames) MN_REALTIME;

#endif // MN_OUTPUTS_H
