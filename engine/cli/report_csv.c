// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "report_csv.h"

#include "common/numbers.h"
#include "common/texts.h"
#include "long_fields.h"
#include "readout_fields.h"
#include "surprise_fields.h"

#include "base/fixed.h"

void
mn_report_csv_header(MnReport const* const to, MnModel const* const model)
{
  FILE* const    out     = to->out;
  unsigned const neurons = model->latent;
  fputs(to->named ? "file," : "", out);
  fputs("window,start_beat,start_s,tokens,surprise,surprise_pitch,surprise_time,"
        "musicality,sense,form,music_active,noise_active,noise_energy",
        out);
  for (unsigned i = 1; i <= MN_AXES; ++i) {
    fprintf(out, ",axis_%u", i);
  }
  for (unsigned i = 1; i <= MN_TOP; ++i) {
    fprintf(out, ",top_%u_neuron,top_%u_mu", i, i);
  }
  for (unsigned i = 1; i <= MN_RANKED; ++i) {
    fprintf(out, ",neuron_%u", i);
  }
  for (unsigned i = 1; i <= MN_TOP; ++i) {
    fprintf(out, ",top_%u_rank,top_%u_sigma,top_%u_percentile,top_%u_label", i, i, i, i);
  }
  fputs(",note_surprise,track,channel", out);
  mn_csv_long_header(to->latent ? model->long_table.latent : 0, out);
  for (unsigned i = 0; to->latent && i < 2 * neurons; ++i) {
    fprintf(out, ",%s_%u", i < neurons ? "mu" : "sigma", i % neurons);
  }
  putc('\n', out);
}

static void
print_empty_cells(unsigned const count, FILE* const out)
{
  for (unsigned i = 0; i < count; ++i) {
    putc(',', out);
  }
}

// Nothing, if it is 0.
static void
print_number_cell(unsigned const number, FILE* const out)
{
  putc(',', out);
  if (number) {
    fprintf(out, "%u", number);
  }
}

static void
print_float_cells(float const* const values, unsigned const count, FILE* const out)
{
  for (unsigned i = 0; i < count; ++i) {
    fprintf(out, ",%.9g", (double)values[i]);
  }
}

// What a window has without a score, too, in cells that come first.
static void
print_place_cells(MnReport const* const   to,
                  MnRecord const* const   r,
                  MnEncoding const* const e)
{
  FILE* const out = to->out;
  if (to->named) {
    mn_csv_text(r->file, out);
    putc(',', out);
  }
  fprintf(out, "%lu,%.9g,%.9g,", r->number, mn_record_beat(r), r->seconds);
  for (unsigned i = 0; i < r->window->steps; ++i) {
    fprintf(out, "%s%u", i ? " " : "", r->window->tokens[i]);
  }
  MnSurpriseMean const mean = mn_surprise_mean_of(e->bits, r->window->steps);
  if (mean.notes) {
    fprintf(out, ",%.9g,%.9g,%.9g", mean.pitch + mean.time, mean.pitch, mean.time);
  } else {
    print_empty_cells(3, out);
  }
}

static void
print_top_cells(MnEncoding const* const e, FILE* const out)
{
  for (unsigned i = 0; i < MN_TOP; ++i) {
    int const neuron = e->readout.top[i].neuron;
    if (neuron == MN_NO_NEURON) {
      print_empty_cells(2, out);
    } else {
      fprintf(out, ",%d,%.9g", neuron, mn_from_q16(e->mu[neuron]));
    }
  }
}

static void
print_more_top_cells(MnEncoding const* const e, FILE* const out)
{
  for (unsigned i = 0; i < MN_TOP; ++i) {
    if (e->readout.top[i].neuron == MN_NO_NEURON) {
      print_empty_cells(4, out);
      continue;
    }
    unsigned const neuron = (unsigned)e->readout.top[i].neuron;
    double const   mu     = mn_from_q16(e->mu[neuron]);
    fprintf(out,
            ",%u,%.9g,%.9g,",
            e->model->readout.rank[neuron] + 1U,
            mn_from_q16(e->sigma[neuron]),
            (double)mn_readout_percentile(e->model, neuron, mu));
    mn_csv_text(mn_neuron_trait(e->model, neuron, mu), out);
  }
}

static void
print_score_cells(MnEncoding const* const e, FILE* const out)
{
  MnReadout const* const readout = &e->readout;
  fprintf(out, ",%.9g", (double)readout->musicality);
  if (e->model->readout.sense_table.values) {
    fprintf(out, ",%.9g,%.9g", (double)readout->sense, (double)readout->form);
  } else {
    print_empty_cells(2, out);
  }
  fprintf(out,
          ",%u,%u,%.9g",
          readout->music_active,
          readout->noise_active,
          (double)readout->noise_energy);
  if (e->model->readout.axes) {
    print_float_cells(readout->axes, MN_AXES, out);
  } else {
    print_empty_cells(MN_AXES, out);
  }
  print_top_cells(e, out);
  print_float_cells(readout->ranked, MN_RANKED, out);
  print_more_top_cells(e, out);
}

void
mn_report_csv(MnReport const* const to, MnRecord const* const r, MnEncoding const* const e)
{
  enum { SCORE_CELLS = 6 + MN_AXES + 2 * MN_TOP + MN_RANKED + 4 * MN_TOP };

  FILE* const    out     = to->out;
  unsigned const neurons = e->model->latent;
  print_place_cells(to, r, e);
  if (r->scored) {
    print_score_cells(e, out);
  } else {
    print_empty_cells(SCORE_CELLS, out);
  }
  putc(',', out);
  mn_surprise_notes_cell(e->bits, r->window->tokens, r->window->steps, out);
  print_number_cell(r->heard->track, out);
  print_number_cell(mn_heardpart_channel(r->heard), out);
  mn_csv_long_cells(e, r->scored, to->latent ? e->model->long_table.latent : 0, out);
  if (to->latent && r->scored) {
    mn_csv_q16_cells(e->mu, neurons, ",", out);
    mn_csv_q16_cells(e->sigma, neurons, ",", out);
  } else {
    print_empty_cells(to->latent ? 2 * neurons : 0, out);
  }
  putc('\n', out);
}
