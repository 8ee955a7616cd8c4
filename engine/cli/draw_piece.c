// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "draw_piece.h"

#include "midi/midibytes.h"
#include "picture_file.h"
#include "piece/sheet.h"
#include "scoreview.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  MnOptions const* options;
  MnEncoding       encoding;
  MnMidiScore      score;
  MnTempoMap       map;
  MnPiece          piece;
  MnView           view;
} Drawing;

static void
paint(cairo_t* const cr, double const width, double const height, void const* const context)
{
  static char const* const voices[MN_VOICE_COUNT] = {
    "the highest note", "the lowest note", "the latest note", "the skyline"};
  Drawing const* const   d           = (Drawing const*)context;
  MnOptions const* const o           = d->options;
  char const* const      name        = mn_midi_name(o->operand);
  char const* const      slash       = strrchr(name, '/');
  uint32_t const         white       = 0xFFFFFFFF;
  char                   channel[24] = "any channel";
  char                   heard[192];
  MnTheme                theme;
  if (o->channel != MN_CHANNEL_ANY) {
    snprintf(channel, sizeof(channel), "channel %u", o->channel);
  } else if (d->score.heard.track) {
    snprintf(channel, sizeof(channel), "track %u", d->score.heard.track);
  }
  snprintf(heard,
           sizeof(heard),
           "Heard: %s, %s. Model: %.64s",
           voices[o->voice],
           channel,
           d->view.model.name);
  MnSheet const sheet = {.piece = &d->piece,
                         .score = &d->score,
                         .map   = &d->map,
                         .model = d->encoding.model,
                         .view  = &d->view,
                         .title = slash ? slash + 1 : name,
                         .heard = heard};
  mn_theme_init(&theme, o->light ? &white : NULL, NULL);
  mn_sheet_draw(cr, &sheet, &theme, width, height);
}

static int
draw(Drawing* const d)
{
  MnOptions const* const o     = d->options;
  double const           width = round(o->scale * (o->width ? o->width : MN_SHEET_WIDTH));
  double const height = round(o->scale * (o->height ? o->height : MN_SHEET_HEIGHT));
  if (!mn_tempo_map_make(&d->map, &d->score)) {
    return mn_fail_memory();
  }
  int const status =
    mn_piece_read(&d->piece, o, &d->score, &d->encoding, mn_sheet_columns(width, height));
  if (status) {
    return status;
  }
  if (!d->piece.windows) {
    mn_midi_score_tell_silence(&d->score, o->operand);
    return MN_EXIT_BAD_INPUT;
  }
  mn_view_init(&d->view);
  mn_scoreview_set_model(&d->view, d->encoding.model);
  return mn_picture_file_write(
    o->output, width, height, mn_midi_name(o->operand), paint, d);
}

static int
open_and_draw(Drawing* const d)
{
  MnOptions const* const o     = d->options;
  MnError                error = {0};
  int status = mn_encoding_open(&d->encoding, o->model, o->kernel, NULL, NULL);
  if (status) {
    return status;
  }
  MnHearing const hearing = mn_options_hearing(o);
  if (!mn_midi_score_read(&d->score, o->operand, &hearing, &error)) {
    status = mn_fail_reading(&error);
  } else {
    mn_midi_score_warn(&d->score, o->operand);
    mn_midi_score_tell(&d->score, o->operand);
    status = draw(d);
    mn_tempo_map_free(&d->map);
    mn_midi_score_free(&d->score);
  }
  mn_encoding_close(&d->encoding);
  return status;
}

int
mn_draw_piece(MnOptions const* const options)
{
  Drawing* const d = (Drawing*)calloc(1, sizeof(Drawing));
  if (!d) {
    return mn_fail_memory();
  }
  d->options       = options;
  int const status = open_and_draw(d);
  free(d);
  return status;
}
