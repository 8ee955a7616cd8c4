// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoding.h"

#include "bundle.h"
#include "common/terminal.h"

#include <stdlib.h>
#include <string.h>

// Makes room for the second level, if the model has one.
static bool
open_second_level(MnEncoding* const e, MnKernel const* const kernel)
{
  MnModel const* const m = e->model;
  e->view                = mn_long_view_neutral;
  if (!m->long_table.neurons) {
    return true;
  }
  e->second = (MnLong*)aligned_alloc(MN_LONG_ALIGN, mn_long_size(m));
  e->phrase = (MnPhrase*)calloc(1, sizeof(*e->phrase));
  if (!e->second || !e->phrase) {
    return false;
  }
  mn_long_init(e->second, m, kernel);
  return true;
}

int
mn_encoding_open_on(MnEncoding* const      e,
                    MnModel const* const   model,
                    MnKernel const* const  kernel,
                    unsigned const         workers,
                    MnWindowReporter const report,
                    void* const            context)
{
  *e         = (MnEncoding){.model = model, .report = report, .context = context};
  e->batches = mn_batches_new_on(model, kernel, workers);
  if (e->batches) {
    e->most    = mn_batches_windows(e->batches);
    e->waiting = (MnWaiting*)malloc(e->most * sizeof(*e->waiting));
    e->tokens  = (uint8_t*)malloc(e->most * e->model->steps);
    e->values  = (int32_t*)malloc(2 * e->most * e->model->latent * sizeof(*e->values));
  }
  if (e->waiting && e->tokens && e->values && open_second_level(e, kernel)) {
    return MN_EXIT_GOOD;
  }
  mn_encoding_close(e);
  return mn_fail_memory();
}

int
mn_encoding_open(MnEncoding* const      e,
                 char const* const      name,
                 MnKernel const* const  kernel,
                 MnWindowReporter const report,
                 void* const            context)
{
  MnModel* model  = NULL;
  int      status = mn_model_open(name, &model);
  if (status) {
    return status;
  }
  status = mn_encoding_open_on(e, model, kernel, 0, report, context);
  if (status) {
    mn_model_free(model);
    return status;
  }
  e->loaded = model;
  return MN_EXIT_GOOD;
}

int
mn_encoding_add(MnEncoding* const         e,
                MnWindow const* const     window,
                MnWindowBits const* const bits,
                bool const                encode)
{
  e->waiting[e->count++] = (MnWaiting){*window, *bits, encode};
  return e->count == e->most ? mn_encoding_flush(e) : MN_EXIT_GOOD;
}

// Encodes the windows that wait for it. Their values lie one after the other.
static void
encode_waiting(MnEncoding* const e)
{
  unsigned const steps = e->model->steps;
  size_t         count = 0;
  for (size_t i = 0; i < e->count; ++i) {
    if (e->waiting[i].encode) {
      memcpy(e->tokens + count++ * steps, e->waiting[i].window.tokens, steps);
    }
  }
  int32_t* const sigma = e->values + e->most * e->model->latent;
  mn_batches_run(e->batches, e->tokens, count, NULL, e->values, sigma);
}

// Goes on with the second level, from window to window.
static void
follow_phrase(MnEncoding* const e, MnWaiting const* const w)
{
  int64_t const        start  = w->window.start;
  MnPhrasePlaces const places = mn_phrase_add(e->phrase, start, w->encode);
  if (w->encode) {
    mn_long_start(e->second, &places, e->mu);
    mn_long_run(e->second, mn_long_units(e->model));
    mn_style_take(
      &e->styles, start, mn_long_styles(e->second), e->model->long_table.style.count);
    mn_long_view(e->model,
                 mn_long_heard(e->second),
                 mn_long_mu(e->second),
                 mn_long_sigma(e->second),
                 e->styles.q30,
                 &e->view);
  }
}

int
mn_encoding_flush(MnEncoding* const e)
{
  encode_waiting(e);
  int    status = MN_EXIT_GOOD;
  size_t place  = 0;
  for (size_t i = 0; i < e->count && status == MN_EXIT_GOOD; ++i) {
    MnWaiting const* const w = &e->waiting[i];
    e->bits                  = &w->bits;
    if (w->encode) {
      e->mu    = e->values + place++ * e->model->latent;
      e->sigma = e->mu + e->most * e->model->latent;
      mn_readout_window(e->model, w->window.tokens, e->mu, e->sigma, &e->readout);
      if (e->follow) {
        mn_course_take(&e->course, w->window.start, &e->readout);
      }
    }
    if (e->follow && e->second) {
      follow_phrase(e, w);
    }
    status = e->report(e->context, &w->window, e, w->encode);
  }
  e->count = 0;
  return status;
}

MnMidiWindows
mn_encoding_windows(MnEncoding const* const e, MnOptions const* const options)
{
  return (MnMidiWindows){
    .steps    = e->model->steps,
    .hop      = options->hop,
    .voice    = options->voice,
    .channel  = options->channel,
    .surprise = &e->model->surprise,
  };
}

static int
take_window(void* const               context,
            MnWindow const* const     window,
            MnWindowBits const* const bits)
{
  MnEncoding* const e = (MnEncoding*)context;
  return mn_encoding_add(e, window, bits, window->onsets >= MN_ONSETS_TO_SCORE);
}

int
mn_encoding_add_score(MnEncoding* const      e,
                      MnOptions const* const options,
                      MnMidiScore* const     score)
{
  e->follow = true;
  e->course = (MnCourse){0};
  e->styles = (MnStyleCourse){0};
  e->view   = mn_long_view_neutral;
  if (e->phrase) {
    mn_phrase_clear(e->phrase);
  }
  MnMidiWindows const cut    = mn_encoding_windows(e, options);
  int const           status = mn_midi_windows_cut(score, &cut, take_window, e);
  return status ? status : mn_encoding_flush(e);
}

void
mn_encoding_close(MnEncoding* const e)
{
  free(e->second);
  free(e->phrase);
  free(e->values);
  free(e->tokens);
  free(e->waiting);
  mn_batches_free(e->batches);
  mn_model_free(e->loaded);
}
