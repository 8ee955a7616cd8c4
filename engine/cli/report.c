// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "report.h"

#include "common/numbers.h"
#include "surprise_fields.h"

#include "base/fixed.h"

#include <stdio.h>
#include <string.h>

// How many neurons the table shows, and how wide its bars are.
enum { TABLE_TOP = 4, BAR_CELLS = 8 };

static double
start_beat(MnRecord const* const r)
{
  return (double)r->window->start / 4.0;
}

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

static json_t*
neuron_object(MnEncoding const* const e, unsigned const neuron)
{
  double const mu = mn_from_q16(e->mu[neuron]);
  return json_pack("{s:i,s:i,s:f,s:f,s:f}",
                   "neuron",
                   (int)neuron,
                   "rank",
                   e->model->readout.rank[neuron] + 1,
                   "mu",
                   mu,
                   "sigma",
                   mn_from_q16(e->sigma[neuron]),
                   "percentile",
                   (double)mn_readout_percentile(e->model, neuron, mu));
}

static json_t*
top_array(MnEncoding const* const e)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < MN_TOP && e->readout.top[i].neuron != MN_NO_NEURON; ++i) {
    unsigned const neuron = (unsigned)e->readout.top[i].neuron;
    if (json_array_append_new(array, neuron_object(e, neuron))) {
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
    return json_pack("{s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n}",
                     "musicality",
                     "sense",
                     "form",
                     "music_active",
                     "noise_active",
                     "noise_energy",
                     "axes",
                     "top");
  }
  return json_pack("{s:f,s:o,s:o,s:i,s:i,s:f,s:o,s:o}",
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
                   "top",
                   top_array(e));
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

static int
print_json(bool const latent, MnRecord const* const r, MnEncoding const* const e)
{
  json_t* object = json_pack("{s:I,s:f,s:f,s:o}",
                             "window",
                             (json_int_t)r->number,
                             "start_beat",
                             start_beat(r),
                             "start_s",
                             r->seconds,
                             "tokens",
                             tokens_array(r->window));
  object         = mn_json_extend(object, surprise_object(r, e));
  object         = mn_json_extend(object, score_object(e, r->scored));
  if (latent) {
    object = mn_json_extend(object, latent_object(e, r->scored));
  }
  return mn_json_print(object);
}

static void
print_csv_header(bool const latent, unsigned const neurons)
{
  printf("window,start_beat,start_s,tokens,surprise,surprise_pitch,surprise_time,"
         "musicality,sense,form,music_active,noise_active,noise_energy");
  for (unsigned i = 1; i <= MN_AXES; ++i) {
    printf(",axis_%u", i);
  }
  for (unsigned i = 1; i <= MN_TOP; ++i) {
    printf(",top_%u_neuron,top_%u_mu", i, i);
  }
  for (unsigned i = 0; latent && i < 2 * neurons; ++i) {
    printf(",%s_%u", i < neurons ? "mu" : "sigma", i % neurons);
  }
  putchar('\n');
}

static void
print_empty_cells(unsigned const count)
{
  for (unsigned i = 0; i < count; ++i) {
    putchar(',');
  }
}

static void
print_csv(bool const latent, MnRecord const* const r, MnEncoding const* const e)
{
  unsigned const neurons = e->model->latent;
  printf("%lu,%.9g,%.9g,", r->number, start_beat(r), r->seconds);
  for (unsigned i = 0; i < r->window->steps; ++i) {
    printf("%s%u", i ? " " : "", r->window->tokens[i]);
  }
  MnSurpriseMean const mean = mn_surprise_mean_of(e->bits, r->window->steps);
  if (mean.notes) {
    printf(",%.9g,%.9g,%.9g", mean.pitch + mean.time, mean.pitch, mean.time);
  } else {
    print_empty_cells(3);
  }
  if (!r->scored) {
    print_empty_cells(6 + MN_AXES + 2 * MN_TOP + (latent ? 2 * neurons : 0));
    putchar('\n');
    return;
  }

  MnReadout const* const to = &e->readout;
  printf(",%.9g", (double)to->musicality);
  if (e->model->readout.sense_table.values) {
    printf(",%.9g,%.9g", (double)to->sense, (double)to->form);
  } else {
    print_empty_cells(2);
  }
  printf(",%u,%u,%.9g", to->music_active, to->noise_active, (double)to->noise_energy);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    printf(",%.9g", (double)to->axes[i]);
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    if (to->top[i].neuron == MN_NO_NEURON) {
      print_empty_cells(2);
    } else {
      printf(",%d,%.9g", to->top[i].neuron, mn_from_q16(e->mu[to->top[i].neuron]));
    }
  }
  if (latent) {
    mn_csv_q16_cells(e->mu, neurons, ",");
    mn_csv_q16_cells(e->sigma, neurons, ",");
  }
  putchar('\n');
}

// A bar of eighths of a cell, padded to its full width.
static void
print_bar(double const part)
{
  static char const* const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

  int filled = (int)(part * BAR_CELLS * 8 + 0.5);
  for (int i = 0; i < BAR_CELLS; ++i, filled -= 8) {
    fputs(eighths[filled < 0 ? 0 : filled > 8 ? 8 : filled], stdout);
  }
}

static void
print_latent_row(char const* const name, int32_t const* const values, unsigned const count)
{
  printf("        %-5s", name);
  for (unsigned i = 0; i < count; ++i) {
    printf(" %.6f", mn_from_q16(values[i]));
  }
  putchar('\n');
}

static void
print_surprise(MnRecord const* const r, MnEncoding const* const e)
{
  MnSurpriseMean const mean = mn_surprise_mean_of(e->bits, r->window->steps);
  if (mean.notes) {
    printf("%8.1f  ", mean.pitch + mean.time);
  } else {
    printf("%8s  ", "-");
  }
}

// A neuron as the window has it: its rank with what a mu of this sign means, if one trait
// describes it, and the index in brackets.
static void
print_top(MnModel const* const model, unsigned const neuron, double const mu)
{
  MnReadoutTable const* const table = &model->readout;
  unsigned const              rank  = table->rank[neuron];
  MnLabel const* const        label =
    table->labels && rank < table->music ? &table->labels[rank] : NULL;
  char const* const words = !label                       ? ""
                            : mu < 0 && *label->opposite ? label->opposite
                                                         : label->label;
  if (rank >= table->music) {
    printf("noise [%u] %+.2f", neuron, mu);
  } else if (*words && strcmp(words, "mixed") != 0) {
    printf("%u %s [%u] %+.2f", rank + 1, words, neuron, mu);
  } else {
    printf("%u [%u] %+.2f", rank + 1, neuron, mu);
  }
}

static void
print_text(bool const latent, MnRecord const* const r, MnEncoding const* const e)
{
  printf("%6lu %9.2f %9.3f  ", r->number, start_beat(r), r->seconds);
  print_surprise(r, e);
  if (!r->scored) {
    puts("   -  too few notes");
    return;
  }

  MnReadout const* const to = &e->readout;
  printf("%4.2f  ", (double)to->musicality);
  print_bar((double)to->musicality);
  if (e->model->readout.sense_table.values) {
    printf("  %4.2f  %4.2f", (double)to->sense, (double)to->form);
  } else {
    fputs("     -     -", stdout);
  }
  printf(" %6u %6u  %7.4f  ", to->music_active, to->noise_active, (double)to->noise_energy);
  for (unsigned i = 0; e->model->readout.axes && i < MN_AXES; ++i) {
    printf("%s%3.0f", i ? " " : "", 100 * (double)to->axes[i]);
  }
  fputs(e->model->readout.axes ? "  " : "", stdout);
  for (unsigned i = 0; i < TABLE_TOP && to->top[i].neuron != MN_NO_NEURON; ++i) {
    fputs(i ? ", " : "", stdout);
    print_top(e->model, (unsigned)to->top[i].neuron, (double)to->top[i].mu);
  }
  putchar('\n');
  if (latent) {
    print_latent_row("mu", e->mu, e->model->latent);
    print_latent_row("sigma", e->sigma, e->model->latent);
  }
}

// The first letters of each; the values below are in percent.
static void
print_axis_names(MnAxis const* const axes)
{
  for (unsigned i = 0; axes && i < MN_AXES; ++i) {
    printf("%s%3.3s", i ? " " : "", axes[i].name);
  }
  fputs(axes ? "  " : "", stdout);
}

void
mn_report_start(MnOutputFormat const format, bool const latent, MnModel const* const model)
{
  if (format == MN_FORMAT_CSV) {
    print_csv_header(latent, model->latent);
  } else if (format == MN_FORMAT_TEXT) {
    fputs(
      "window      beat   seconds  surprise  musicality       sense  form  music  noise   energy  ",
      stdout);
    print_axis_names(model->readout.axes);
    puts("top neurons: rank, meaning [index] mu");
  }
}

int
mn_report_record(MnOutputFormat const    format,
                 bool const              latent,
                 MnRecord const* const   record,
                 MnEncoding const* const encoding)
{
  switch (format) {
  case MN_FORMAT_JSON:
    return print_json(latent, record, encoding);
  case MN_FORMAT_CSV:
    print_csv(latent, record, encoding);
    break;
  default:
    print_text(latent, record, encoding);
  }
  return ferror(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD; // main() says why
}
