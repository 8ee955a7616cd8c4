// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "part.h"

#include "base/midi.h"

#include <math.h>
#include <string.h>

enum { RELEASE_VELOCITY = 64 };

static MN_REALTIME unsigned
note_from(MnPart const* const part, unsigned step)
{
  while (step < part->steps && part->tokens[step] <= MN_NOTE_OFF) {
    ++step;
  }
  return step;
}

void
mn_part_begin(MnPart* const        part,
              uint8_t const* const tokens,
              unsigned const       steps,
              double const         start)
{
  if (tokens) {
    part->steps = steps;
    memcpy(part->tokens, tokens, steps);
  }
  part->start = start;
  part->next  = note_from(part, 0);
}

static MN_REALTIME double
next_note(MnPart const* const part)
{
  return part->next < part->steps ? part->start + part->next : (double)INFINITY;
}

double
mn_part_due(MnPart const* const part)
{
  double const note = next_note(part);
  return part->sounds && !part->blocked && part->note_end < note ? part->note_end : note;
}

static MN_REALTIME bool
has_room(MnMidiOut* const out)
{
  return out->capacity && mn_midi_out_has_room(out, 1);
}

void
mn_part_end_note(MnPart* const    part,
                 MnMidiOut* const out,
                 uint32_t const   frame,
                 double const     position)
{
  if (!part->sounds) {
    return;
  }
  part->blocked = !has_room(out);
  if (!part->blocked) {
    mn_midi_out_write(out,
                      frame,
                      (uint8_t const[]){(uint8_t)(MN_MIDI_NOTE_OFF | part->channel),
                                        part->pitch,
                                        RELEASE_VELOCITY});
    part->sounds = false;
    // One that is overdue sounded until now.
    bool const late = isinf(part->note_end);
    mn_part_log_end(&part->log, late ? position : fmin(position, part->note_end));
  } else {
    part->note_end = -INFINITY; // overdue
  }
}

static MN_REALTIME unsigned
end_of_note(MnPart const* const part, unsigned const step)
{
  unsigned end = step + 1;
  while (end < part->steps && part->tokens[end] == MN_HOLD) {
    ++end;
  }
  return end;
}

// Begins the next note, or leaves it out if there is no room.
static MN_REALTIME void
begin_note(MnPart* const        part,
           MnMidiOut* const     out,
           uint32_t const       frame,
           MnTouch const* const touch)
{
  unsigned const step = part->next;
  unsigned const end  = end_of_note(part, step);
  part->next          = note_from(part, step + 1);
  if (part->sounds || !has_room(out)) {
    return;
  }
  part->sounds   = true;
  part->pitch    = (uint8_t)(part->tokens[step] + MN_NOTE_OFFSET);
  part->channel  = touch->channel;
  part->note_end = part->start + step + (end - step) * touch->gate;
  mn_part_log_begin(&part->log, part->pitch, part->start + step);
  mn_midi_out_write(out,
                    frame,
                    (uint8_t const[]){(uint8_t)(MN_MIDI_NOTE_ON | part->channel),
                                      part->pitch,
                                      touch->velocity});
}

void
mn_part_play(MnPart* const        part,
             MnMidiOut* const     out,
             uint32_t const       frame,
             double const         position,
             MnTouch const* const touch)
{
  while (mn_part_due(part) <= position) {
    if (part->sounds && !part->blocked && part->note_end <= next_note(part)) {
      mn_part_end_note(part, out, frame, position);
    } else {
      begin_note(part, out, frame, touch);
    }
  }
}

unsigned
mn_part_notes(MnPart const* const part,
              double const        start,
              double const        position,
              float* const        values)
{
  unsigned used = mn_part_log_since(&part->log, start, position, values);
  unsigned step = part->next;
  while (step < part->steps && used < 3 * MN_PART_NOTES) {
    double const from = part->start - start;
    values[used++]    = (float)(part->tokens[step] + MN_NOTE_OFFSET);
    values[used++]    = (float)(from + step);
    values[used++]    = (float)(from + end_of_note(part, step));
    step              = note_from(part, step + 1);
  }
  return used;
}
