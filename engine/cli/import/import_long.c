// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "import_long.h"

#include "study/figures.h"
#include "study/melodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Phrases to rank on: a minute and a half of two processors. With --windows, as many as have so
// many windows.
enum { MOST_PHRASES = 3000 };

static size_t
count_phrases(MnOptions const* const o)
{
  size_t const asked = o->windows / MN_PHRASE;
  return !o->windows || asked > MOST_PHRASES ? MOST_PHRASES : asked ? asked : 1;
}

// Whether level one has all neurons that are read.
static int
check_neurons(MnOptions const* const o, MnLongWeights const* const w, unsigned const latent)
{
  for (unsigned i = 0; i < w->neurons; ++i) {
    if (w->neuron[i] >= latent) {
      return mn_fail(MN_EXIT_BAD_INPUT,
                     "%.200s: its second level reads neuron %u, the encoder has %u",
                     o->second_level,
                     w->neuron[i],
                     latent);
    }
  }
  return MN_EXIT_GOOD;
}

int
mn_import_long_read(MnOptions const* const  o,
                    MnImportMetadata* const metadata,
                    MnImportLong* const     i)
{
  if (!o->second_level) {
    return MN_EXIT_GOOD;
  }
  if (metadata->sizes.steps != MN_STEPS_2BAR) {
    return mn_fail(MN_EXIT_BAD_INPUT, "import: --long needs windows of 32 steps");
  }
  MnError             error      = {0};
  MnCheckpoint* const checkpoint = mn_checkpoint_open(o->second_level, &error);
  i->weights               = checkpoint ? mn_long_weights_read(checkpoint, &error) : NULL;
  char const* const origin = i->weights ? mn_checkpoint_text(checkpoint, "origin") : NULL;
  i->origin                = origin ? strdup(origin) : NULL;
  mn_checkpoint_close(checkpoint);
  if (!i->weights) {
    return mn_fail_reading(&error);
  }
  MnLongWeights const* const w = i->weights;
  metadata->second_level       = w;
  metadata->second_origin      = i->origin;
  for (unsigned k = 0; k < w->neurons; ++k) {
    i->neuron[k] = (int32_t)w->neuron[k];
  }
  printf("second level: %u neurons from %u of the encoder, width %u, %u styles\n",
         w->latent,
         w->neurons,
         w->width,
         w->styles);
  return check_neurons(o, w, metadata->sizes.latent);
}

int
mn_import_long_take_lines(MnImportLong* const i, MnMelodyLines const* const lines)
{
  i->phrases.steps = MN_PHRASE_STEPS;
  for (size_t n = 0; i->weights && n < lines->count; ++n) {
    size_t const start = mn_melody_lines_start(lines, n);
    i->phrases.adding  = lines->style[n];
    if (!mn_windows_cut(
          &i->phrases, lines->tokens + start, lines->end[n] - start, (uint32_t)n)) {
      return mn_fail_memory();
    }
  }
  return MN_EXIT_GOOD;
}

int
mn_import_long_quantise(MnOptions const* const     o,
                        MnCalibration const* const calibration,
                        MnImportLong* const        i)
{
  if (!i->weights) {
    return MN_EXIT_GOOD;
  }
  MnError error                  = {0};
  uint8_t negated[MN_MAX_LATENT] = {0};
  // Without knowledge of the signs that it was trained with, they are those of this model.
  for (unsigned n = 0; i->weights->knows_turned && n < calibration->latent; ++n) {
    negated[n] = calibration->negated[n] != i->weights->turned[n];
  }
  if (!mn_quantise_long(i->weights, negated, &i->quantised, &error)) {
    return mn_fail(
      mn_exit_reading(error.status), "%.200s: %s", o->second_level, error.text);
  }
  return mn_long_ranks_neutral(i->weights->latent, &i->ranks) ? MN_EXIT_GOOD
                                                              : mn_fail_memory();
}

static void
show_progress(void* const context, size_t const done, size_t const count)
{
  mn_progress_line_show((MnProgressLine*)context, "import: phrase %zu of %zu", done, count);
}

int
mn_import_long_rank(MnOptions const* const  o,
                    MnModel const* const    model,
                    MnProgressLine* const   progress,
                    MnImportMetadata* const metadata,
                    MnImportLong* const     i)
{
  bool const rough = !i->phrases.count;
  i->phrases.steps = MN_PHRASE_STEPS;
  if (rough && !mn_melodies_add(&i->phrases)) {
    return mn_fail_memory();
  }
  mn_windows_thin(&i->phrases, count_phrases(o));
  MnProgress const show = {show_progress, progress};
  mn_long_ranks_free(&i->ranks);
  bool const good = mn_long_ranks_measure(model, &i->phrases, &show, &i->ranks);
  mn_progress_line_clear(progress);
  if (!good) {
    return mn_fail_memory();
  }
  metadata->phrases = i->ranks.phrases;
  printf("second level: %u of its neurons are music, %s %zu phrases%s\n",
         i->ranks.music,
         rough ? "roughly without --lines, on" : "on",
         i->ranks.phrases,
         rough ? " of well-known melodies" : "");
  return MN_EXIT_GOOD;
}

size_t
mn_import_long_tensors(MnImportLong const* const i,
                       MnModelTensor             tensors[MN_IMPORT_LONG_TENSORS])
{
  size_t count = i->quantised.count;
  if (!count) {
    return 0;
  }
  memcpy(tensors, i->quantised.tensors, count * sizeof(*tensors));
  tensors[count++] =
    (MnModelTensor){"long/neurons", MN_DTYPE_I32, 1, {i->weights->neurons, 1}, i->neuron};
  return count + mn_long_ranks_tensors(&i->ranks, tensors + count);
}

static json_t*
styles_json(MnLongWeights const* const w)
{
  json_t* const array = json_array();
  for (unsigned k = 0; k < w->styles; ++k) {
    json_array_append_new(array, json_pack("{s:s}", "name", w->style[k]));
  }
  return mn_figures_complete(array, w->styles);
}

json_t*
mn_import_long_json(MnImportLong const* const i)
{
  if (!i->quantised.count) {
    return NULL;
  }
  MnLongWeights const* const w     = i->weights;
  json_t* const              order = json_array();
  for (unsigned n = 0; n < w->latent; ++n) {
    json_array_append_new(order, json_integer(i->ranks.order[n]));
  }
  json_t* const object = json_pack("{s:i,s:i,s:i,s:i,s:o}",
                                   "neurons",
                                   (int)w->neurons,
                                   "width",
                                   (int)w->width,
                                   "latent",
                                   (int)w->latent,
                                   "music",
                                   (int)i->ranks.music,
                                   "order",
                                   mn_figures_complete(order, w->latent));
  bool          good   = object;
  if (good && w->styles) {
    json_t* const width  = json_integer((int)w->style_width);
    json_t* const hidden = json_integer((int)w->style_hidden);
    int           failed = json_object_set_new(object, "styles", styles_json(w));
    failed |= json_object_set_new(object, "style_width", width);
    failed |= json_object_set_new(object, "style_hidden", hidden);
    good = !failed;
  }
  if (good && i->ranks.labels) {
    json_t* const labels = mn_labels_json(i->ranks.labels, i->ranks.music);
    good                 = !json_object_set_new(object, "labels", labels);
  }
  if (!good) {
    json_decref(object);
    return NULL;
  }
  return object;
}

void
mn_import_long_free(MnImportLong* const i)
{
  mn_long_weights_free(i->weights);
  free(i->origin);
  mn_quantised_free(&i->quantised);
  mn_long_ranks_free(&i->ranks);
  mn_windows_free(&i->phrases);
}
