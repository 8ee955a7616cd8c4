// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "listening.h"

#include "base/bisection.h"
#include "protocol/ports.h"

// That of no model.
static MnSurpriseTable const no_surprises = {.known = false};

void
mn_listening_init(MnListening* const l, double const rate)
{
  l->settings = (MnSettings){.enabled = mn_port_initial(MN_PORT_ENABLED) > 0,
                             .hop     = (MnHop)mn_port_initial(MN_PORT_HOP),
                             .channel = (unsigned)mn_port_initial(MN_PORT_CHANNEL),
                             .voice   = (MnVoice)mn_port_initial(MN_PORT_VOICE)};
  l->steps    = MN_STEPS_2BAR;
  mn_midi_clock_init(&l->clock, rate);
  mn_timeline_init(&l->timeline, rate, (double)mn_port_initial(MN_PORT_TEMPO));
}

void
mn_listening_restart(MnListening* const l)
{
  l->resting = true;
  mn_melody_init(&l->melody, l->settings.voice, l->settings.channel);
  mn_listening_break(l);
}

void
mn_listening_break(MnListening* const l)
{
  mn_melody_clear(&l->melody);
  mn_surprise_line_clear(&l->surprise, mn_step_round(mn_listening_position_after(l, 0)));
  mn_listening_note_sounds(l); // silence counts from here on
  l->open = false;
  if (l->settings.enabled && mn_timeline_has_bars(&l->timeline)) {
    mn_listening_open(l);
  }
}

void
mn_listening_open(MnListening* const l)
{
  l->open = true;
  mn_grid_init(&l->grid,
               l->steps,
               l->settings.hop,
               &l->timeline.bar,
               mn_listening_position_after(l, 0));
}

void
mn_listening_set_steps(MnListening* const l, unsigned const steps)
{
  bool const changed = steps != l->steps;
  l->steps           = steps;
  if (changed && l->open) {
    mn_listening_open(l);
  }
}

bool
mn_listening_next_window(MnListening* const l, MnWindow* const window)
{
  return l->open && mn_grid_next(&l->grid,
                                 &l->timeline.bar,
                                 &l->melody,
                                 mn_listening_position_after(l, 0),
                                 window);
}

MnClockPlace
mn_listening_take_clock(MnListening* const   l,
                        uint64_t const       frame,
                        uint8_t const* const message,
                        size_t const         size)
{
  bool const clock = message[0] == MN_MIDI_CLOCK;
  bool const takes =
    clock ? mn_flood_admits(&l->clocks, frame)
          : mn_flood_lets(&l->starts, frame, MN_FLOOD_STARTS, MN_FLOOD_START_FRAMES);
  return takes ? mn_midi_clock_take(&l->clock, frame, message, size)
               : (MnClockPlace){.told = false};
}

bool
mn_listening_settle(MnListening* const l, MnModel const* const model)
{
  return l->open &&
         mn_surprise_line_settle(&l->surprise,
                                 &l->melody,
                                 model ? &model->surprise : &no_surprises,
                                 mn_step_round(mn_listening_position_after(l, 0)));
}

uint32_t
mn_listening_idle_frames(MnListening const* const l, uint32_t const frames)
{
  uint32_t const far = 1024;
  if (!l->open && l->resting) {
    return INT32_MAX;
  }
  if (!mn_listening_is_due_after(l, far)) {
    return far;
  }
  if (!mn_listening_is_due_after(l, frames)) {
    return frames;
  }
  MnBisection first = {.at = frames};
  while (mn_bisection_asks(&first)) {
    mn_bisection_answer(&first, mn_listening_is_due_after(l, (uint32_t)first.middle));
  }
  return (uint32_t)first.at;
}
