// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "piece.h"

#include "base/fixed.h"
#include "scoreview.h"

#include <math.h>
#include <string.h>

// The notes of a piece while its windows come.
typedef struct {
  MnPiece* piece;
  int64_t  next;  // the first step that is not taken
  unsigned pitch; // that sounds; 0: none
} NoteReader;

static int
count_window(void* const               context,
             MnWindow const* const     window,
             MnWindowBits const* const bits)
{
  (void)window;
  (void)bits;
  ++*(unsigned long*)context;
  return MN_EXIT_GOOD;
}

static void
choose_neurons(MnPiece* const piece, MnReadoutTable const* const table)
{
  for (unsigned pass = 0; pass < 2 && !piece->neurons; ++pass) {
    for (unsigned rank = 0; rank < table->music && piece->neurons < MN_PIECE_NEURONS;
         ++rank) {
      char const* const name = table->labels ? table->labels[rank].label : "";
      if (pass || (*name && strcmp(name, "mixed") != 0)) {
        piece->ranks[piece->neurons++] = (uint16_t)rank;
      }
    }
  }
}

static void
find_end(MnPiece* const piece, MnMidiScore const* const score)
{
  MnBar const last    = mn_scoreview_bar(score, score->end > 0 ? score->end - 1 : 0);
  piece->end          = (int64_t)ceil(last.start + last.length);
  piece->bars         = last.number + 1;
  piece->note_columns = piece->end < MN_PIECE_NOTES ? (unsigned)piece->end : MN_PIECE_NOTES;
}

static void
add_key(uint64_t keys[2], unsigned const pitch)
{
  keys[pitch / 64] |= (uint64_t)1 << pitch % 64;
}

static void
take_step(NoteReader* const r, int64_t const step, unsigned const token)
{
  MnPiece* const piece = r->piece;
  if (token != MN_HOLD) {
    r->pitch = token > MN_NOTE_OFF ? token + MN_NOTE_OFFSET : 0;
  }
  if (!r->pitch || step < 0 || step >= piece->end) {
    return;
  }
  MnPieceNotes* const notes = &piece->notes[step * piece->note_columns / piece->end];
  add_key(notes->sounds, r->pitch);
  if (token > MN_NOTE_OFF) {
    add_key(notes->begins, r->pitch);
  }
}

static int
take_notes(void* const               context,
           MnWindow const* const     window,
           MnWindowBits const* const bits)
{
  (void)bits;
  NoteReader* const r   = (NoteReader*)context;
  int64_t const     end = window->start + window->steps;
  for (; r->next < end; ++r->next) {
    take_step(r, r->next, window->tokens[r->next - window->start]);
  }
  return MN_EXIT_GOOD;
}

// Takes the notes from windows as long as can be: a window does not know where a note ends that
// began before it.
static int
read_notes(MnPiece* const piece, MnMidiScore const* const score, MnMidiWindows cut)
{
  MnMidiScore reader = *score;
  NoteReader  r      = {.piece = piece};
  cut.hop            = MN_HOP_BEAT; // the longest beat is shorter than the window
  cut.steps          = MN_MAX_STEPS;
  cut.surprise       = NULL;
  return mn_midi_windows_cut(&reader, &cut, take_notes, &r);
}

static void
add_note(MnPieceColumn* const column, float const bits)
{
  ++column->notes;
  column->bits += bits; // the sum, until all are read
}

// Takes the bits of the last window's notes on its first `length` steps.
static void
take_bits(MnPiece* const piece, int64_t const length)
{
  for (unsigned i = 0; i < piece->last.steps && i < length; ++i) {
    float const bits = mn_window_bits_sum(&piece->bits, i);
    if (bits >= 0) {
      add_note(&piece->column[piece->columns - 1], bits);
      add_note(&piece->mean, bits);
    }
  }
}

// Adds a window's values to sums.
static void
add_values(MnPieceColumn* const c, MnPiece const* const piece, MnEncoding const* const e)
{
  ++c->scored;
  c->musicality += e->readout.musicality;
  c->sense += e->readout.sense;
  for (unsigned i = 0; i < MN_AXES; ++i) {
    c->axes[i] += e->readout.axes[i];
  }
  for (unsigned i = 0; i < piece->neurons; ++i) {
    unsigned const neuron = e->model->readout.order[piece->ranks[i]];
    c->neurons[i] += mn_readout_percentile(e->model, neuron, mn_from_q16(e->mu[neuron]));
  }
}

static void
divide(MnPieceColumn* const c)
{
  float const windows = c->scored ? (float)c->scored : 1;
  c->musicality /= windows;
  c->sense /= windows;
  for (unsigned i = 0; i < MN_AXES; ++i) {
    c->axes[i] /= windows;
  }
  for (unsigned i = 0; i < MN_PIECE_NEURONS; ++i) {
    c->neurons[i] /= windows;
  }
  c->bits /= c->notes ? (float)c->notes : 1;
}

static int
take_window(void* const             context,
            MnWindow const* const   window,
            MnEncoding const* const encoding,
            bool const              encoded)
{
  MnPiece* const piece = (MnPiece*)context;
  if (piece->taken) {
    take_bits(piece, window->start - piece->last.start);
  }
  if (piece->taken++ % piece->each == 0) {
    piece->column[piece->columns++].start = window->start;
  }
  piece->last = *window;
  piece->bits = *encoding->bits;
  if (encoded) {
    add_values(&piece->column[piece->columns - 1], piece, encoding);
    add_values(&piece->mean, piece, encoding);
  }
  return MN_EXIT_GOOD;
}

int
mn_piece_read(MnPiece* const           piece,
              MnOptions const* const   options,
              MnMidiScore const* const score,
              MnEncoding* const        encoding,
              unsigned const           columns)
{
  memset(piece, 0, sizeof(*piece));
  MnMidiScore         reader = *score;
  MnMidiWindows const cut    = mn_encoding_windows(encoding, options);
  int status = mn_midi_windows_cut(&reader, &cut, count_window, &piece->windows);
  if (status || !piece->windows) {
    return status;
  }
  find_end(piece, score);
  choose_neurons(piece, &encoding->model->readout);
  status = read_notes(piece, score, cut);
  if (status) {
    return status;
  }
  unsigned const most = columns < 1                  ? 1
                        : columns < MN_PIECE_COLUMNS ? columns
                                                     : MN_PIECE_COLUMNS;
  piece->each         = (piece->windows + most - 1) / most;
  encoding->report    = take_window;
  encoding->context   = piece;
  reader              = *score;
  status              = mn_encoding_add_score(encoding, options, &reader);
  if (status) {
    return status;
  }
  take_bits(piece, piece->last.steps);
  for (unsigned i = 0; i < piece->columns; ++i) {
    divide(&piece->column[i]);
  }
  divide(&piece->mean);
  return MN_EXIT_GOOD;
}
