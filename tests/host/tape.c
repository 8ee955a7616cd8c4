// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
keep_event(Tape* const tape, LV2_Atom_Event const* const event)
{
  if (tape->count == tape->room) {
    tape->room   = tape->room ? 2 * tape->room : 256;
    tape->events = (TapeEvent*)realloc(tape->events, tape->room * sizeof(TapeEvent));
  }
  TapeEvent* const kept = &tape->events[tape->count++];
  size_t const     size = event->body.size;
  *kept                 = (TapeEvent){.frame = tape->frames + (uint64_t)event->time.frames,
                                      .size  = (uint32_t)size};
  memcpy(kept->bytes, event + 1, size < sizeof(kept->bytes) ? size : sizeof(kept->bytes));
}

static void
keep_cv(Tape* const tape, Host const* const host)
{
  size_t const end = (size_t)tape->frames + host_frames(host);
  if (end > tape->cv_room) {
    tape->cv_room = 2 * end;
    for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
      tape->cv[i] = (float*)realloc(tape->cv[i], tape->cv_room * sizeof(float));
    }
  }
  for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
    memcpy(tape->cv[i] + tape->frames,
           host_cv(host, MN_CV_PORT_FIRST_CV + i),
           host_frames(host) * sizeof(float));
  }
}

void
tape_block(Host* const host, void* const data)
{
  Tape* const tape = (Tape*)data;
  if (host_is_cv(host)) {
    keep_cv(tape, host);
  } else {
    unsigned const count = host_out_count(host);
    for (unsigned i = 0; i < count; ++i) {
      assert_true(host_out(host, i)->time.frames < host_frames(host));
      keep_event(tape, host_out(host, i));
    }
  }
  tape->frames += host_frames(host);
}

void
tape_clear(Tape* const tape)
{
  tape->count = 0;
}

void
tape_free(Tape* const tape)
{
  free(tape->events);
  for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
    free(tape->cv[i]);
  }
  *tape = (Tape){0};
}

bool
tape_is_control(TapeEvent const* const event,
                unsigned const         channel,
                unsigned const         controller)
{
  return event->size == 3 && event->bytes[0] == (0xB0 | channel) &&
         event->bytes[1] == controller;
}

unsigned
tape_controls(Tape const* const tape, unsigned const channel, unsigned const controller)
{
  unsigned count = 0;
  for (unsigned i = 0; i < tape->count; ++i) {
    count += tape_is_control(&tape->events[i], channel, controller);
  }
  return count;
}

TapeEvent const*
tape_last_control(Tape const* const tape, unsigned const channel, unsigned const controller)
{
  unsigned i = tape->count;
  while (i > 0 && !tape_is_control(&tape->events[i - 1], channel, controller)) {
    --i;
  }
  return i ? &tape->events[i - 1] : NULL;
}

unsigned
tape_gates(Tape const* const tape,
           unsigned const    cv,
           uint64_t* const   frames,
           unsigned const    room)
{
  unsigned count = 0;
  for (uint64_t i = 0; i < tape->frames; ++i) {
    if (tape->cv[cv][i] > 5 && (i == 0 || tape->cv[cv][i - 1] < 5)) {
      if (count < room) {
        frames[count] = i;
      }
      ++count;
    }
  }
  return count;
}

void
tape_assert_same(Tape const* const a, Tape const* const b)
{
  // A block may extend past the end of the other tape.
  uint64_t const frames = a->frames < b->frames ? a->frames : b->frames;
  assert_true(frames > 0);
  for (unsigned i = 0; i < a->count || i < b->count; ++i) {
    bool const in_a = i < a->count && a->events[i].frame < frames;
    bool const in_b = i < b->count && b->events[i].frame < frames;
    if (!in_a && !in_b) {
      break;
    }
    if (in_a != in_b || memcmp(&a->events[i], &b->events[i], sizeof(TapeEvent)) != 0) {
      fail_msg("event %u: %02x %u %u on frame %llu, and %02x %u %u on frame %llu",
               i,
               a->events[i].bytes[0],
               a->events[i].bytes[1],
               a->events[i].bytes[2],
               (unsigned long long)a->events[i].frame,
               in_b ? b->events[i].bytes[0] : 0,
               in_b ? b->events[i].bytes[1] : 0,
               in_b ? b->events[i].bytes[2] : 0,
               in_b ? (unsigned long long)b->events[i].frame : 0ULL);
    }
  }
  for (unsigned v = 0; v < MN_CV_COUNT && a->cv[v]; ++v) {
    for (uint64_t i = 0; i < frames; ++i) {
      if (memcmp(&a->cv[v][i], &b->cv[v][i], sizeof(float)) != 0) {
        fail_msg("voltage %u on frame %llu: %.9g and %.9g",
                 v,
                 (unsigned long long)i,
                 (double)a->cv[v][i],
                 (double)b->cv[v][i]);
      }
    }
  }
}
