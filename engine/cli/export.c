// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons export`: writes weights as a folder that Magenta.js loads.

#include "checkpoint/weights.h"
#include "import/dequantise.h"
#include "import/dequantise_decoder.h"
#include "import/magentafolder.h"
#include "model/safetensors.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

// The stand-in for a decoder: one LSTM cell of one unit.
enum { DECODER_TENSORS = 6, LSTM_GATES = 4 };

typedef struct {
  char const*         path;
  MnCheckpoint*       checkpoint; // one of the two is NULL
  MnModel*            model;
  unsigned            steps;
  unsigned            latent;
  MnCheckpointTensor* tensors; // to be written; those not readable are zeros
  size_t              count;
  bool                decoder; // whether the weights have one
} Export;

// The tensors without which Magenta.js does not make a decoder.
static char const* const decoder_names[DECODER_TENSORS] = {
  "decoder/multi_rnn_cell/cell_0/lstm_cell/bias",
  "decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
  "decoder/output_projection/bias",
  "decoder/output_projection/kernel",
  "decoder/z_to_initial_state/bias",
  "decoder/z_to_initial_state/kernel",
};

// Whether a file is one of our models. @return false if there is no memory to find out.
static bool
look_at(char const* const path, bool* const is_model, MnError* const error)
{
  MnSafetensors* const file   = mn_safetensors_open(path, error);
  char const* const    format = file ? mn_safetensors_metadata(file, "format") : NULL;
  *is_model                   = format && !strcmp(format, "music-neurons-model");
  mn_safetensors_close(file);
  return file || error->status != MN_STATUS_NO_MEMORY;
}

static bool
starts_with(char const* const text, char const* const start)
{
  return !strncmp(text, start, strlen(start));
}

// Whether a tensor is part of the network. An optimizer's slots have names below
// those of kernels and biases.
static bool
is_wanted(Export const* const e, char const* const name)
{
  char const* const last  = strrchr(name, '/');
  bool const        layer = last && (!strcmp(last, "/kernel") || !strcmp(last, "/bias"));
  return layer &&
         (starts_with(name, "encoder/") || (e->decoder && starts_with(name, "decoder/")));
}

// Lists the tensors of a decoder that Magenta.js accepts, and that is always silent.
static void
add_silent_decoder(Export* const e)
{
  size_t const latent                     = e->latent;
  size_t const shapes[DECODER_TENSORS][2] = {
    {LSTM_GATES},
    {MN_CLASSES + latent + 1, LSTM_GATES},
    {MN_CLASSES},
    {1, MN_CLASSES},
    {2}, // c and h
    {latent, 2},
  };
  for (size_t i = 0; i < DECODER_TENSORS; ++i) {
    size_t const rows      = shapes[i][0];
    size_t const columns   = shapes[i][1];
    e->tensors[e->count++] = (MnCheckpointTensor){
      .name       = decoder_names[i],
      .dimensions = columns ? 2 : 1,
      .shape      = {rows, columns},
      .elements   = columns ? rows * columns : rows,
    };
  }
}

static bool
check_layers(Export const* const e, unsigned const layers, MnError* const error)
{
  if (layers > 1) {
    mn_error_set(error,
                 MN_STATUS_UNSUPPORTED,
                 "%.200s: its encoder has %u layers, Magenta.js loads only one",
                 e->path,
                 layers);
  }
  return layers == 1;
}

// Checks that Magenta.js can run the encoder, and learns its sizes.
static bool
check_encoder(Export* const e, MnError* const error)
{
  MnWeights* const weights = mn_weights_read(e->checkpoint, error);
  if (!weights) {
    return false;
  }
  unsigned const layers = weights->layers;
  e->steps              = weights->steps;
  e->latent             = weights->latent;
  mn_weights_free(weights);
  return check_layers(e, layers, error);
}

static bool
list_checkpoint(Export* const e, MnError* const error)
{
  e->checkpoint = mn_checkpoint_open(e->path, error);
  if (!e->checkpoint || !check_encoder(e, error)) {
    return false;
  }
  MnCheckpointTensor found;
  e->decoder = true;
  for (size_t i = 0; i < DECODER_TENSORS; ++i) {
    e->decoder = e->decoder && mn_checkpoint_find(e->checkpoint, decoder_names[i], &found);
  }

  size_t const count = mn_checkpoint_count(e->checkpoint);
  e->tensors = (MnCheckpointTensor*)calloc(count + DECODER_TENSORS, sizeof(*e->tensors));
  if (!e->tensors) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(e->checkpoint, i);
    if (!is_wanted(e, tensor.name)) {
      continue;
    }
    if (!tensor.readable) {
      mn_error_set(error,
                   MN_STATUS_UNSUPPORTED,
                   "%.200s: %.120s: cannot read %.40s",
                   e->path,
                   tensor.name,
                   tensor.dtype);
      return false;
    }
    e->tensors[e->count++] = tensor;
  }
  return true;
}

static bool
list_model(Export* const e, MnError* const error)
{
  e->model = mn_model_load(e->path, error);
  if (!e->model || !check_layers(e, e->model->layers, error)) {
    return false;
  }
  e->steps             = e->model->steps;
  e->latent            = e->model->latent;
  size_t const decoder = mn_dequantise_decoder_count(e->model);
  e->decoder           = decoder > 0;
  e->tensors           = (MnCheckpointTensor*)calloc(
    MN_DEQUANTISED_TENSORS + (decoder ? decoder : DECODER_TENSORS), sizeof(*e->tensors));
  if (!e->tensors) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  for (; e->count < MN_DEQUANTISED_TENSORS; ++e->count) {
    e->tensors[e->count] = mn_dequantise_describe(e->model, e->count);
  }
  for (size_t i = 0; i < decoder; ++i) {
    e->tensors[e->count++] = mn_dequantise_decoder_describe(e->model, i);
  }
  return true;
}

static void
export_close(Export* const e)
{
  free(e->tensors);
  mn_model_free(e->model);
  mn_checkpoint_close(e->checkpoint);
}

static bool
read_values(Export* const e, size_t const index, float* const values, MnError* const error)
{
  MnCheckpointTensor const* const tensor = &e->tensors[index];
  if (!tensor->readable) {
    memset(values, 0, tensor->elements * sizeof(*values));
  } else if (e->model && index < MN_DEQUANTISED_TENSORS) {
    mn_dequantise_read(e->model, index, values);
  } else if (e->model) {
    mn_dequantise_decoder_read(e->model, index - MN_DEQUANTISED_TENSORS, values);
  } else {
    return mn_checkpoint_read(e->checkpoint, tensor, values, error);
  }
  return true;
}

// Writes all tensors one after the other. @return The exit status.
static int
write_tensors(Export* const e, MnMagentaFolder* const folder, float* const values)
{
  MnError error = {0};
  for (size_t i = 0; i < e->count; ++i) {
    if (!read_values(e, i, values, &error)) {
      return mn_fail_reading(&error);
    }
    if (!mn_magenta_add(folder, &e->tensors[i], values, &error)) {
      return mn_fail_writing(&error);
    }
  }
  return mn_magenta_finish(folder, e->steps, &error) ? MN_EXIT_GOOD
                                                     : mn_fail_writing(&error);
}

static int
write_folder(Export* const e, MnOptions const* const o)
{
  size_t elements = 0;
  size_t largest  = 1;
  for (size_t i = 0; i < e->count; ++i) {
    size_t const these = e->tensors[i].elements;
    elements += these;
    largest = these > largest ? these : largest;
  }
  float* const values = (float*)malloc(largest * sizeof(*values));
  if (!values) {
    return mn_fail_memory();
  }
  MnError                error = {0};
  MnMagentaFolder* const folder =
    mn_magenta_start(o->magenta_js, elements * sizeof(*values), o->shard_size, &error);
  int const status = folder ? write_tensors(e, folder, values) : mn_fail_writing(&error);
  mn_magenta_close(folder);
  free(values);
  return status;
}

static int
run(MnOptions const* const options)
{
  if (!options->magenta_js || !*options->magenta_js) {
    return mn_fail(MN_EXIT_BAD_INPUT, "export: no --magenta-js DIR given");
  }
  Export  e        = {.path = options->operand};
  MnError error    = {0};
  int     status   = MN_EXIT_GOOD;
  bool    is_model = false;
  if (!mn_magenta_check(options->magenta_js, &error) ||
      !look_at(e.path, &is_model, &error) ||
      !(is_model ? list_model(&e, &error) : list_checkpoint(&e, &error))) {
    status = mn_fail_reading(&error);
  } else {
    if (!e.decoder) {
      add_silent_decoder(&e);
    }
    status = write_folder(&e, options);
  }
  export_close(&e);
  if (status == MN_EXIT_GOOD && !e.decoder) {
    mn_fail(status,
            "%.200s: no decoder; a silent one stands in, so Magenta.js can only encode",
            e.path);
  }
  return status;
}

static struct option const options[] = {MN_OPTION_MAGENTA_JS,
                                        MN_OPTION_SHARD_SIZE,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons export MODEL --magenta-js DIR [OPTION]...\n"
  "\n"
  "Writes weights as a folder that the MusicVAE of Magenta.js loads. MODEL is a\n"
  "checkpoint with MusicVAE's names (a TensorFlow checkpoint, a magenta.js folder\n"
  "or a safetensors file) or a model of this program. What has no decoder gets one\n"
  "that is always silent, so that Magenta.js can encode.\n"
  "\n"
  "DIR must be new or empty. It appears when all of it is written.\n"
  "\n"
  "      --magenta-js DIR    write this folder\n"
  "      --shard-size BYTES  cut the weights into files of this size, 1024 bytes\n"
  "                          to 1 GiB (default: 4194304)\n"
  "  -h, --help              print this help\n";

MnCommand const mn_export_command = {
  .name          = "export",
  .help          = help,
  .options       = options,
  .operand       = "model",
  .needs_operand = true,
  .run           = run,
};
