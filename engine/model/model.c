// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model.h"

#include "json.h"
#include "model_bends.h"
#include "model_decoder.h"
#include "model_layers.h"
#include "model_loader.h"
#include "model_long.h"
#include "model_readout.h"
#include "model_surprise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_HIDDEN_FRAC = 8, MAX_HIDDEN_FRAC = 14 };

static bool
read_upper(MnLoader const* const l)
{
  MnModel* const m      = l->model;
  size_t const   hidden = m->hidden;
  return m->layers == 1 ||
         (mn_loader_linear(l,
                           "encoder/fw/layer_1",
                           4 * hidden,
                           3 * hidden,
                           m->hidden_frac,
                           &m->upper[0]) &&
          mn_loader_linear(
            l, "encoder/bw/layer_1", 4 * hidden, 3 * hidden, m->hidden_frac, &m->upper[1]));
}

// Reads all arrays. The pass without an arena only adds up their sizes.
static bool
read_arrays(MnLoader const* const l)
{
  MnModel* const m      = l->model;
  size_t const   states = 2 * (size_t)m->hidden;
  m->bytes              = 0;
  return mn_loader_direction(l, "encoder/fw", m->hidden, &m->direction[0]) &&
         mn_loader_direction(l, "encoder/bw", m->hidden, &m->direction[1]) &&
         read_upper(l) &&
         mn_loader_linear(l, "encoder/mu", m->latent, states, m->hidden_frac, &m->mu) &&
         mn_loader_linear(
           l, "encoder/sigma", m->latent, states, m->hidden_frac, &m->sigma) &&
         mn_model_readout_load(l, &m->readout) && mn_model_surprise_load(l, &m->surprise) &&
         mn_model_sense_load(l, &m->readout) && mn_model_decoder_load(l, &m->decoder) &&
         mn_model_long_load(l, &m->long_table);
}

static bool
read_text(MnLoader const* const l, char const* const key, char** const text)
{
  char const* const found = mn_safetensors_metadata(l->file, key);
  *text                   = strdup(found ? found : "");
  return *text || mn_loader_no_memory(l);
}

static bool
read_metadata(MnLoader* const l)
{
  char const* const format = mn_safetensors_metadata(l->file, "format");
  if (!format || strcmp(format, "music-neurons-model")) {
    return mn_loader_fail(l, "not a Music Neurons model (metadata format)");
  }
  MnModel* const m       = l->model;
  unsigned       version = 0;
  unsigned       classes = 0;
  m->layers              = 1; // the default, if the file has no such key
  if (!mn_loader_number(l, "version", 1, 1, &version) ||
      !mn_loader_number(l, "classes", MN_CLASSES, MN_CLASSES, &classes) ||
      !mn_loader_number(l, "steps", 1, MN_MAX_STEPS, &m->steps) ||
      (mn_safetensors_metadata(l->file, "layers") &&
       !mn_loader_number(l, "layers", 1, MN_MAX_LAYERS, &m->layers)) ||
      !mn_loader_number(l, "hidden", 1, MN_MAX_HIDDEN, &m->hidden) ||
      !mn_loader_number(l, "latent", 1, MN_MAX_LATENT, &m->latent) ||
      !mn_loader_number(
        l, "hidden_frac", MIN_HIDDEN_FRAC, MAX_HIDDEN_FRAC, &m->hidden_frac) ||
      !read_text(l, "name", &m->name) || !read_text(l, "provenance", &m->provenance) ||
      !read_text(l, "licence", &m->licence) ||
      !read_text(l, "attribution", &m->attribution)) {
    return false;
  }

  char const* const readout = mn_safetensors_metadata(l->file, "readout");
  MnError           reason  = {MN_STATUS_BAD_INPUT, ""};
  l->readout = readout ? mn_json_parse(readout, strlen(readout), &reason) : NULL;
  if (!json_is_object(l->readout)) {
    mn_error_set(l->error,
                 reason.status,
                 "metadata readout: no JSON object%s%s",
                 *reason.text ? ": " : "",
                 reason.text);
    return false;
  }
  return true;
}

static bool
read_model(MnLoader* const l)
{
  return read_metadata(l) && read_arrays(l) && mn_loader_map(l) && read_arrays(l) &&
         mn_loader_seal(l);
}

MnModel*
mn_model_load(char const* const path, MnError* const error)
{
  MnError  reason = {0};
  MnLoader l      = {.error = &reason, .model = (MnModel*)calloc(1, sizeof(MnModel))};

  bool good = l.model && (l.model->path = strdup(path));
  if (!good) {
    mn_error_set(&reason, MN_STATUS_NO_MEMORY, "out of memory");
  } else {
    MnSafetensors* const file = mn_safetensors_open(path, &reason);
    l.file                    = file;
    good                      = file && read_model(&l);
    json_decref(l.readout);
    mn_safetensors_close(file);
  }
  if (!good) {
    mn_model_free(l.model);
    mn_error_set(error, reason.status, "%.200s: %.280s", path, reason.text);
    return NULL;
  }
  return l.model;
}

void
mn_model_free(MnModel* const model)
{
  if (model) {
    free(model->path);
    free(model->name);
    free(model->provenance);
    free(model->licence);
    free(model->attribution);
    mn_loader_unmap(model);
    free(model);
  }
}
