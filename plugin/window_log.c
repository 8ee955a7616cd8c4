// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "window_log.h"

#include <math.h>
#include <string.h>

static uint8_t
byte_of(float const part)
{
  return (uint8_t)lrint((double)part * 255);
}

static int8_t
signed_byte_of(float const value)
{
  double const scaled = (double)value * MN_PAST_MU;
  return (int8_t)lrint(scaled < -127 ? -127 : scaled > 127 ? 127 : scaled);
}

static void
set_readout(MnPastWindow* const to, MnJob const* const job)
{
  MnReadout const* const      r     = &job->readout;
  MnReadoutTable const* const table = &job->model->readout;
  to->scored                        = 1;
  to->music_active                  = (uint16_t)r->music_active;
  to->noise_active                  = (uint16_t)r->noise_active;
  to->musicality                    = byte_of(r->musicality);
  to->sense                         = byte_of(r->sense);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    to->axes[i] = byte_of(r->axes[i]);
  }
  for (unsigned i = 0; i < MN_RANKED && i < table->music; ++i) {
    to->mu[i] = signed_byte_of(job->mu[table->order[i]]);
  }
}

void
mn_window_log_add(MnWindowLog* const log,
                  unsigned const     number,
                  int64_t const      bar,
                  MnJob const* const job)
{
  unsigned const      slot = log->count % MN_PAST_WINDOWS;
  MnPastWindow* const to   = &log->window[slot];
  unsigned const      most = sizeof(to->tokens);
  *to                      = (MnPastWindow){
                         .number = (int32_t)number,
                         .bar    = (int32_t)(bar < INT32_MIN   ? INT32_MIN
                                             : bar > INT32_MAX ? INT32_MAX
                                                               : bar),
                         .steps  = (uint8_t)(job->window.steps < most ? job->window.steps : most),
  };
  memcpy(to->tokens, job->window.tokens, to->steps);
  if (job->scored) {
    set_readout(to, job);
  }
  log->start[slot] = job->window.start;
  ++log->count;
  // Indices stay small, and slots as they are.
  if (log->count == 4 * MN_PAST_WINDOWS) {
    log->count -= 2 * MN_PAST_WINDOWS;
    log->told = log->told > 2 * MN_PAST_WINDOWS ? log->told - 2 * MN_PAST_WINDOWS : 0;
  }
}

unsigned
mn_window_log_next(MnWindowLog const* const log,
                   unsigned const           most,
                   int32_t*                 words,
                   int64_t* const           origin)
{
  unsigned const oldest = mn_window_log_first(log);
  unsigned const first  = log->told > oldest ? log->told : oldest;
  unsigned       count  = 0;
  *origin               = log->start[first % MN_PAST_WINDOWS];
  for (; count < most && first + count < log->count; ++count) {
    unsigned const slot = (first + count) % MN_PAST_WINDOWS;
    int64_t const  from = log->start[slot] - *origin;
    MnPastWindow   one  = log->window[slot];
    one.start           = (int32_t)(from < INT32_MIN   ? INT32_MIN
                                    : from > INT32_MAX ? INT32_MAX
                                                       : from);
    memcpy(words, &one, sizeof(one));
    words += MN_PAST_WORDS;
  }
  return count;
}
