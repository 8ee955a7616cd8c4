// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "drive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

char const drive_bundle[] = "build/music-neurons.lv2";

Drive
drive_new(char const* const uri, HostWorker const worker, bool const freewheel)
{
  Drive drive = {.host  = host_new_plugin(drive_bundle, uri, DRIVE_RATE, worker),
                 .block = BLOCK};
  host_set(drive.host, "glide", 0);
  host_set(drive.host, "freewheel", freewheel);
  assert_string_equal(host_log(drive.host), "");
  return drive;
}

void
drive_free(Drive* const drive)
{
  assert_string_equal(host_log(drive->host), "");
  host_free(drive->host);
  tape_free(&drive->tape);
}

void
drive_note(Drive* const   drive,
           uint32_t const frame,
           bool const     on,
           unsigned const channel,
           unsigned const pitch)
{
  uint8_t const message[] = {
    (uint8_t)((on ? 0x90 : 0x80) | channel), (uint8_t)pitch, on ? 80 : 64};
  host_midi(drive->host, frame, message, 3);
}

void
drive_control(Drive* const   drive,
              uint32_t const frame,
              unsigned const channel,
              unsigned const controller,
              unsigned const value)
{
  uint8_t const message[] = {
    (uint8_t)(0xB0 | channel), (uint8_t)controller, (uint8_t)value};
  host_midi(drive->host, frame, message, 3);
}

static void
say(Drive* const  drive,
    int64_t const bar,
    double const  bar_beat,
    double const  speed,
    int const     beats,
    int const     unit)
{
  HostPosition const position = {.speed         = speed,
                                 .bar           = bar,
                                 .bar_beat      = bar_beat,
                                 .beats_per_bar = beats,
                                 .beat_unit     = unit,
                                 .bpm           = 120};
  host_position(drive->host, 0, &position);
}

void
drive_locate(Drive* const  drive,
             int64_t const bar,
             double const  bar_beat,
             double const  speed)
{
  say(drive, bar, bar_beat, speed, 4, 4);
}

void
drive_locate_in(Drive* const  drive,
                int64_t const bar,
                double const  bar_beat,
                int const     beats,
                int const     unit)
{
  say(drive, bar, bar_beat, 1, beats, unit);
}

void
drive_frames(Drive* const drive, uint32_t frames)
{
  while (frames) {
    uint32_t const n = frames < drive->block ? frames : drive->block;
    host_run(drive->host, n);
    tape_block(drive->host, &drive->tape);
    host_settle(drive->host);
    frames -= n;
  }
}

void
drive_bars(Drive* const drive, unsigned const bars)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  for (unsigned beat = 0; beat < 4 * bars; ++beat) {
    unsigned const pitch = scale[beat % 8];
    drive_note(drive, 0, true, 0, pitch);
    drive_frames(drive, BEAT_FRAMES / 2);
    drive_note(drive, 0, false, 0, pitch);
    drive_frames(drive, BEAT_FRAMES / 2);
  }
}

void
drive_slot(Drive* const      drive,
           unsigned const    slot,
           char const* const what,
           double const      value)
{
  char symbol[32];
  snprintf(symbol, sizeof(symbol), "cc_%u_%s", slot, what);
  host_set(drive->host, symbol, (float)value);
}
