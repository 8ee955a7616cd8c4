// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "step_news.h"

#include "atom_writer.h"

_Static_assert((int)MN_TIMELINE_FREE == (int)MN_MODE_FREE &&
                 (int)MN_TIMELINE_HOST == (int)MN_MODE_HOST &&
                 (int)MN_TIMELINE_STILL == (int)MN_MODE_STILL &&
                 (int)MN_TIMELINE_CLOCK == (int)MN_MODE_CLOCK,
               "mn:mode has the timeline's numbers");
_Static_assert((int)MN_TIMELINE_TEMPO_OWN == (int)MN_TEMPO_OWN &&
                 (int)MN_TIMELINE_TEMPO_HOST == (int)MN_TEMPO_HOST &&
                 (int)MN_TIMELINE_TEMPO_CLOCK == (int)MN_TEMPO_CLOCK,
               "mn:tempoOf, too");

// Writes the bits of the notes of the roll, in the coding of mn:surprise.
static MN_REALTIME void
write_surprise(MnStep const* const step, MnUris const* const u, LV2_Atom_Forge* const forge)
{
  MnWindowBits bits;
  float        values[MN_MAX_STEPS];
  if (step->surprise) {
    mn_surprise_line_bits(step->surprise, step->start, step->steps, &bits);
  }
  for (unsigned i = 0; i < step->steps; ++i) {
    values[i] = step->surprise ? mn_window_bits_sum(&bits, i) : -1;
  }
  mn_write_vector(forge, u->mn_surprise, u->atom_Float, step->steps, values);
}

bool
mn_step_news_write(MnStepNews* const        n,
                   MnStep const* const      step,
                   MnListening const* const l,
                   MnUris const* const      u,
                   LV2_Atom_Forge* const    forge,
                   int64_t const            time)
{
  double const   position = mn_timeline_position(&l->timeline);
  MnBar const    bar      = mn_bar_at(&l->timeline.bar, (double)step->start);
  float          notes[3 * MN_PLAYED_NOTES];
  unsigned const numbers =
    mn_played_since(step->heard, (double)step->start, position, notes);

  LV2_Atom_Forge_Frame object;
  if (!mn_write_object(forge,
                       &object,
                       time,
                       u->mn_Step,
                       11 * MN_WRITE_PROPERTY + 2 * mn_write_vector_size(step->steps) +
                         mn_write_vector_size(numbers) +
                         mn_write_vector_size(step->numbers))) {
    return false;
  }
  uint8_t tokens[MN_MAX_STEPS];
  mn_melody_tokens(&l->melody, step->start, step->steps, tokens);
  n->due    = false;
  n->open   = step->open;
  n->rested = step->resting;
  n->mode   = (int)l->timeline.mode;
  n->bpm    = mn_timeline_bpm(&l->timeline);
  mn_write_double(forge, u->mn_position, position);
  mn_write_int(forge, u->mn_mode, l->timeline.mode);
  mn_write_bool(forge, u->mn_listening, step->open);
  mn_write_bool(forge, u->mn_resting, step->resting);
  mn_write_float(forge, u->mn_tempo, n->bpm);
  mn_write_int(forge, u->mn_tempoOf, mn_timeline_tempo(&l->timeline));
  mn_write_double(forge, u->mn_barStart, bar.start);
  mn_write_double(forge, u->mn_barLength, bar.length);
  mn_write_double(forge, u->mn_beatLength, bar.beat);
  mn_write_long(forge, u->mn_barNumber, bar.number);
  mn_write_long(forge, u->mn_start, step->start);
  mn_write_tokens(forge, u->mn_tokens, u->atom_Int, step->steps, tokens);
  write_surprise(step, u, forge);
  mn_write_vector(forge, u->mn_notes, u->atom_Float, numbers, notes);
  if (step->played) {
    mn_write_vector(forge, u->mn_played, u->atom_Float, step->numbers, step->played);
  }
  lv2_atom_forge_pop(forge, &object);
  return true;
}
