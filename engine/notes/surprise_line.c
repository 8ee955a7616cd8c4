// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise_line.h"

static MnStepBits*
slot_of(MnSurpriseLine* const line, int64_t const step)
{
  return &line->ring[(uint64_t)step & (MN_MELODY_RING - 1)];
}

void
mn_surprise_line_clear(MnSurpriseLine* const line, int64_t const next)
{
  mn_surprise_clear(&line->surprise);
  line->next = next;
  ++line->stream;
}

bool
mn_surprise_line_settle(MnSurpriseLine* const        line,
                        MnMelody const* const        melody,
                        MnSurpriseTable const* const table,
                        int64_t const                step)
{
  // The melody has forgotten what lies further back.
  if (line->next < step - MN_MELODY_RING) {
    line->next = step - MN_MELODY_RING;
  }
  bool any = false;
  for (; line->next < step; ++line->next) {
    uint8_t token = MN_HOLD;
    if (mn_melody_tokens(melody, line->next, 1, &token)) {
      unsigned const   pitch = (unsigned)token + MN_NOTE_OFFSET;
      MnNoteBits const note  = mn_surprise_note(&line->surprise, table, line->next, pitch);
      *slot_of(line, line->next) = (MnStepBits){line->next, line->stream, note};
      any                        = true;
    }
  }
  return any;
}

static void
write_bits(MnWindowBits* const bits, unsigned const at, MnNoteBits const note)
{
  for (unsigned view = 0; view < MN_SURPRISE_VIEWS; ++view) {
    bits->of[view][at] = note.known ? note.bits[view] : MN_NO_BITS;
  }
}

void
mn_surprise_line_bits(MnSurpriseLine const* const line,
                      int64_t const               start,
                      unsigned const              steps,
                      MnWindowBits* const         bits)
{
  for (unsigned i = 0; i < steps; ++i) {
    MnStepBits const* const slot =
      &line->ring[(uint64_t)(start + i) & (MN_MELODY_RING - 1)];
    write_bits(bits,
               i,
               slot->step == start + i && slot->stream == line->stream
                 ? slot->note
                 : (MnNoteBits){false, {0}});
  }
}

void
mn_surprise_of_tokens(MnSurpriseTable const* const table,
                      uint8_t const* const         tokens,
                      unsigned const               steps,
                      MnWindowBits* const          bits)
{
  MnSurprise surprise;
  mn_surprise_clear(&surprise);
  for (unsigned i = 0; i < steps; ++i) {
    MnNoteBits note = {false, {0}};
    if (tokens[i] > MN_NOTE_OFF) {
      note = mn_surprise_note(&surprise, table, i, (unsigned)tokens[i] + MN_NOTE_OFFSET);
    }
    write_bits(bits, i, note);
  }
}
