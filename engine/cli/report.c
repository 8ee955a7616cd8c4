// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "report.h"

#include "common/numbers.h"
#include "common/texts.h"
#include "long_fields.h"
#include "readout_fields.h"
#include "report_csv.h"
#include "surprise_fields.h"

#include "base/fixed.h"
#include "base/percent.h"

#include <stdio.h>
#include <string.h>

// How many neurons the table shows, and how wide its bars are.
enum { TABLE_TOP = 4, BAR_CELLS = 8 };

static json_t*
tokens_array(MnWindow const* const window)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < window->steps; ++i) {
    if (json_array_append_new(array, json_integer(window->tokens[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

// The fields that are null in a window without a score.
static json_t*
score_object(MnEncoding const* const e, bool const scored)
{
  if (!scored) {
    return json_pack("{s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n}",
                     "musicality",
                     "sense",
                     "form",
                     "music_active",
                     "noise_active",
                     "noise_energy",
                     "axes",
                     "neurons",
                     "top");
  }
  return json_pack("{s:f,s:o,s:o,s:i,s:i,s:f,s:o,s:o,s:o}",
                   "musicality",
                   (double)e->readout.musicality,
                   "sense",
                   mn_json_sense(e, e->readout.sense),
                   "form",
                   mn_json_sense(e, e->readout.form),
                   "music_active",
                   (int)e->readout.music_active,
                   "noise_active",
                   (int)e->readout.noise_active,
                   "noise_energy",
                   (double)e->readout.noise_energy,
                   "axes",
                   mn_json_axes(e),
                   "neurons",
                   mn_json_neurons(e),
                   "top",
                   mn_json_top(e));
}

static json_t*
latent_object(MnEncoding const* const e, bool const scored)
{
  return scored ? json_pack("{s:o,s:o}",
                            "mu",
                            mn_json_q16_array(e->mu, e->model->latent),
                            "sigma",
                            mn_json_q16_array(e->sigma, e->model->latent))
                : json_pack("{s:n,s:n}", "mu", "sigma");
}

// The fields of surprise: a window has them without a score, too.
static json_t*
surprise_object(MnRecord const* const r, MnEncoding const* const e)
{
  MnWindow const* const w     = r->window;
  json_t* const         notes = mn_surprise_notes_array(e->bits, w->tokens, w->steps);
  return mn_json_extend(mn_surprise_object(e->bits, w->steps),
                        json_pack("{s:o}", "note_surprise", notes));
}

// The track and the channel that are heard; null if there are several.
static json_t*
heard_object(MnHeardPart const* const heard)
{
  unsigned const channel = mn_heardpart_channel(heard);
  return json_pack("{s:o,s:o}",
                   "track",
                   heard->track ? json_integer(heard->track) : json_null(),
                   "channel",
                   channel ? json_integer(channel) : json_null());
}

static int
print_json(MnReport const* const to, MnRecord const* const r, MnEncoding const* const e)
{
  json_t* const file =
    to->named ? json_pack("{s:o}", "file", mn_json_text(r->file)) : json_object();
  json_t* const place  = json_pack("{s:I,s:f,s:f,s:o}",
                                  "window",
                                  (json_int_t)r->number,
                                  "start_beat",
                                  mn_record_beat(r),
                                  "start_s",
                                  r->seconds,
                                  "tokens",
                                  tokens_array(r->window));
  json_t*       object = mn_json_extend(file, place);
  object               = mn_json_extend(object, heard_object(r->heard));
  object               = mn_json_extend(object, surprise_object(r, e));
  object               = mn_json_extend(object, score_object(e, r->scored));
  object               = mn_json_extend(object, mn_json_long(e, r->scored));
  if (to->latent) {
    object = mn_json_extend(object, latent_object(e, r->scored));
    object = mn_json_extend(object, mn_json_long_latent(e, r->scored));
  }
  return mn_json_print(object, to->out);
}

// A bar of eighths of a cell, padded to its full width.
static void
print_bar(double const part, FILE* const out)
{
  static char const* const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

  int filled = (int)(part * BAR_CELLS * 8 + 0.5);
  for (int i = 0; i < BAR_CELLS; ++i, filled -= 8) {
    fputs(eighths[filled < 0 ? 0 : filled > 8 ? 8 : filled], out);
  }
}

static void
print_latent_row(char const* const    name,
                 int32_t const* const values,
                 unsigned const       count,
                 FILE* const          out)
{
  fprintf(out, "        %-5s", name);
  for (unsigned i = 0; i < count; ++i) {
    fprintf(out, " %.6f", mn_from_q16(values[i]));
  }
  putc('\n', out);
}

static void
print_surprise(MnRecord const* const r, MnEncoding const* const e, FILE* const out)
{
  MnSurpriseMean const mean = mn_surprise_mean_of(e->bits, r->window->steps);
  if (mean.notes) {
    fprintf(out, "%8.1f  ", mean.pitch + mean.time);
  } else {
    fprintf(out, "%8s  ", "-");
  }
}

// A neuron as the window has it: its rank with what a mu of this sign means, if one trait
// describes it, and the index in brackets.
static void
print_top(MnModel const* const model,
          unsigned const       neuron,
          double const         mu,
          FILE* const          out)
{
  unsigned const    rank  = model->readout.rank[neuron];
  char const* const words = mn_neuron_trait(model, neuron, mu);
  if (rank >= model->readout.music) {
    fprintf(out, "noise [%u] %+.2f", neuron, mu);
  } else {
    mn_text_neuron(rank, neuron, words, mu, out);
  }
}

static void
print_text(MnReport const* const to, MnRecord const* const r, MnEncoding const* const e)
{
  FILE* const out = to->out;
  fprintf(out, "%6lu %9.2f %9.3f  ", r->number, mn_record_beat(r), r->seconds);
  print_surprise(r, e, out);
  if (!r->scored) {
    fputs("   -  too few notes\n", out);
    return;
  }

  MnReadout const* const readout = &e->readout;
  fprintf(out, "%4.2f  ", mn_percent((double)readout->musicality) / 100);
  print_bar((double)readout->musicality, out);
  if (e->model->readout.sense_table.values) {
    fprintf(out,
            "  %4.2f  %4.2f",
            mn_percent((double)readout->sense) / 100,
            (double)readout->form);
  } else {
    fputs("     -     -", out);
  }
  fprintf(out,
          " %6u %6u  %7.4f  ",
          readout->music_active,
          readout->noise_active,
          (double)readout->noise_energy);
  for (unsigned i = 0; e->model->readout.axes && i < MN_AXES; ++i) {
    fprintf(out, "%s%3.0f", i ? " " : "", 100 * (double)readout->axes[i]);
  }
  fputs(e->model->readout.axes ? "  " : "", out);
  for (unsigned i = 0; i < TABLE_TOP && readout->top[i].neuron != MN_NO_NEURON; ++i) {
    fputs(i ? ", " : "", out);
    print_top(e->model, (unsigned)readout->top[i].neuron, (double)readout->top[i].mu, out);
  }
  mn_text_long(e, TABLE_TOP, out);
  putc('\n', out);
  if (to->latent) {
    print_latent_row("mu", e->mu, e->model->latent, out);
    print_latent_row("sigma", e->sigma, e->model->latent, out);
  }
}

// The first letters of each; the values below are in percent.
static void
print_axis_names(MnAxis const* const axes, FILE* const out)
{
  for (unsigned i = 0; axes && i < MN_AXES; ++i) {
    fprintf(out, "%s%3.3s", i ? " " : "", axes[i].name);
  }
  fputs(axes ? "  " : "", out);
}

void
mn_report_start(MnReport const* const to, MnModel const* const model)
{
  if (to->format == MN_FORMAT_CSV) {
    mn_report_csv_header(to, model);
  } else if (to->format == MN_FORMAT_TEXT) {
    fputs(
      "window      beat   seconds  surprise  musicality       sense  form  music  noise   energy  ",
      to->out);
    print_axis_names(model->readout.axes, to->out);
    fputs("top neurons: rank, meaning [index] mu", to->out);
    fputs(model->long_table.neurons ? " | those of 16 bars\n" : "\n", to->out);
  }
}

int
mn_report_record(MnReport const* const   to,
                 MnRecord const* const   record,
                 MnEncoding const* const encoding)
{
  switch (to->format) {
  case MN_FORMAT_JSON:
    return print_json(to, record, encoding);
  case MN_FORMAT_CSV:
    mn_report_csv(to, record, encoding);
    break;
  default:
    print_text(to, record, encoding);
  }
  return ferror(to->out) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}
