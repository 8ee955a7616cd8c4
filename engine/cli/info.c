// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons info`: describes a model, and the kernels that run here.

#include "bundle.h"
#include "common/numbers.h"
#include "encoder/encoder.h"
#include "encoding.h"
#include "info_labels.h"
#include "info_long.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

// The only version of the file format that mn_model_load() takes.
enum { FORMAT_VERSION = 1 };

enum { LINE_WIDTH = 79, NAME_WIDTH = 15, AXIS_END = 23 };

static char const*
weights_type(MnMatrix const* const matrix)
{
  return matrix->w16 ? "int16" : "int8";
}

// Prints a text, broken into lines between its words.
static void
print_text_row(char const* const name, char const* const text)
{
  size_t column = (size_t)printf("%-*s", NAME_WIDTH, name);
  for (char const* word = text; *word;) {
    size_t const length = strcspn(word, " \n");
    if (column > NAME_WIDTH && column + 1 + length > LINE_WIDTH) {
      printf("\n%*s", NAME_WIDTH, "");
      column = NAME_WIDTH;
    }
    if (column > NAME_WIDTH) {
      putchar(' ');
      ++column;
    }
    mn_print_plain(word, length, stdout);
    column += length;
    word += length + strspn(word + length, " \n");
  }
  puts(*text ? "" : "-");
}

static void
print_number_row(char const* const name, unsigned const number)
{
  printf("%-*s%u\n", NAME_WIDTH, name, number);
}

// Prints one more neuron of a row: its rank, and its index in brackets. @return The column
// after it.
static int
print_neuron(int column, unsigned const rank, unsigned const neuron)
{
  char      text[32];
  int const width = snprintf(text, sizeof(text), "%u [%u]", rank + 1, neuron);
  if (column > NAME_WIDTH) {
    column += printf(",");
  }
  if (column + 1 + width >= LINE_WIDTH) {
    column = printf("\n%*s", NAME_WIDTH, "") - 1;
  }
  return column + printf("%s%s", column > NAME_WIDTH ? " " : "", text);
}

static void
print_order(MnReadoutTable const* const table)
{
  int column = printf("%-*s", NAME_WIDTH, "music order");
  for (unsigned i = 0; i < table->music; ++i) {
    column = print_neuron(column, i, table->order[i]);
  }
  putchar('\n');
}

// The neurons whose mu has the opposite sign of the source.
static void
print_negated(MnModel const* const m)
{
  int column = printf("%-*s", NAME_WIDTH, "turned");
  for (unsigned i = 0; i < m->latent; ++i) {
    unsigned const neuron = m->readout.order[i];
    if (m->readout.negated[neuron]) {
      column = print_neuron(column, i, neuron);
    }
  }
  puts(column > NAME_WIDTH ? "" : "-");
}

static void
print_cell(char const* const text, int const width)
{
  int const left = width - mn_info_width(text);
  printf("%s%*s  ", text, left > 0 ? left : 0, "");
}

static void
print_axes(MnAxis const* const axes)
{
  puts("axis  name             low                      high                     feature");
  for (unsigned i = 0; i < MN_AXES; ++i) {
    printf("%4u  ", i + 1);
    print_cell(axes[i].name, MN_MAX_AXIS);
    print_cell(axes[i].low, AXIS_END);
    print_cell(axes[i].high, AXIS_END);
    puts(axes[i].feature);
  }
}

static void
print_kernels(void)
{
  printf("%-*s", NAME_WIDTH, "kernels");
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    printf("%s%s%s%s",
           i ? ", " : "",
           mn_kernels[i]->name,
           mn_kernels[i]->supported() ? "" : " (not on this processor)",
           mn_kernels[i] == mn_kernel_best() ? " (chosen)" : "");
  }
  putchar('\n');
}

static int
print_text(MnModel const* const m)
{
  print_text_row("name", m->name);
  print_text_row("path", m->path);
  print_number_row("format version", FORMAT_VERSION);
  print_number_row("steps", m->steps);
  print_number_row("hidden", m->hidden);
  print_number_row("neurons", m->latent);
  print_number_row("  music", m->readout.music);
  print_number_row("  noise", m->latent - m->readout.music);
  printf("%-*s%s recurrent, %s heads\n",
         NAME_WIDTH,
         "weights",
         weights_type(&m->direction[0].recurrent),
         weights_type(&m->mu.weight));
  printf("%-*sQ%u\n", NAME_WIDTH, "hidden state", m->hidden_frac);
  if (m->decoder.layers) {
    printf("%-*sLSTM %u x %u, %s\n",
           NAME_WIDTH,
           "decoder",
           m->decoder.layers,
           m->decoder.hidden,
           weights_type(&m->decoder.first.recurrent));
  }
  mn_info_long_print(m, NAME_WIDTH);
  printf("%-*s%zu bytes, and %zu an encoder\n",
         NAME_WIDTH,
         "memory",
         m->bytes,
         mn_encoder_size(m));
  if (!m->readout.labels) {
    print_order(&m->readout);
  }
  print_negated(m);
  print_text_row("provenance", m->provenance);
  print_text_row("licence", m->licence);
  print_text_row("attribution", m->attribution);
  print_kernels();
  if (m->readout.axes) {
    putchar('\n');
    print_axes(m->readout.axes);
  }
  if (m->long_table.labels) {
    printf("\nof 16 bars\n");
    mn_info_labels_print(m->long_table.labels, m->long_table.order, m->long_table.music);
  }
  if (m->readout.labels) {
    putchar('\n');
    mn_info_labels_print(m->readout.labels, m->readout.order, m->readout.music);
  }
  return MN_EXIT_GOOD;
}

static json_t*
order_array(MnReadoutTable const* const table)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < table->music; ++i) {
    if (json_array_append_new(array, json_integer(table->order[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

static json_t*
decoder_object(MnDecoderTable const* const d)
{
  return d->layers ? json_pack("{s:i,s:i,s:s}",
                               "layers",
                               (int)d->layers,
                               "hidden",
                               (int)d->hidden,
                               "weights",
                               weights_type(&d->first.recurrent))
                   : json_null();
}

static json_t*
negated_array(MnModel const* const m)
{
  json_t* const array = json_array();
  for (unsigned n = 0; n < m->latent; ++n) {
    if (m->readout.negated[n] && json_array_append_new(array, json_integer(n))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

// All axes; empty if the file has none.
static json_t*
axis_array(MnAxis const* const axes)
{
  json_t* const array = json_array();
  for (unsigned i = 0; axes && i < MN_AXES; ++i) {
    json_t* const object = json_pack("{s:s,s:s,s:s,s:s}",
                                     "name",
                                     axes[i].name,
                                     "low",
                                     axes[i].low,
                                     "high",
                                     axes[i].high,
                                     "feature",
                                     axes[i].feature);
    if (json_array_append_new(array, object)) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

// The names of the kernels that were built, or only of those that run here.
static json_t*
kernel_array(bool const all)
{
  json_t* const array = json_array();
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    if ((all || mn_kernels[i]->supported()) &&
        json_array_append_new(array, json_string(mn_kernels[i]->name))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

static json_t*
model_object(MnModel const* const m)
{
  // Jansson has checked that the texts of the file are UTF-8, but not the path.
  json_error_t reason = {0};
  json_t*      path   = json_pack_ex(&reason, 0, "s", m->path);
  if (!path && json_error_code(&reason) == json_error_invalid_utf8) {
    path = json_null();
  }
  return json_pack("{s:s,s:o,s:i,s:i,s:i,s:i,s:i,s:i,s:s,s:s,"
                   "s:i,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:s,s:s}",
                   "name",
                   m->name,
                   "path",
                   path,
                   "version",
                   FORMAT_VERSION,
                   "steps",
                   (int)m->steps,
                   "hidden",
                   (int)m->hidden,
                   "latent",
                   (int)m->latent,
                   "music",
                   (int)m->readout.music,
                   "noise",
                   (int)(m->latent - m->readout.music),
                   "weights",
                   weights_type(&m->direction[0].recurrent),
                   "head_weights",
                   weights_type(&m->mu.weight),
                   "hidden_frac",
                   (int)m->hidden_frac,
                   "bytes",
                   (json_int_t)m->bytes,
                   "encoder_bytes",
                   (json_int_t)mn_encoder_size(m),
                   "decoder",
                   decoder_object(&m->decoder),
                   "second_level",
                   mn_info_long_object(m),
                   "order",
                   order_array(&m->readout),
                   "turned",
                   negated_array(m),
                   "labels",
                   mn_info_labels_array(m->readout.labels, m->readout.music),
                   "axes",
                   axis_array(m->readout.axes),
                   "provenance",
                   m->provenance,
                   "licence",
                   m->licence,
                   "attribution",
                   m->attribution);
}

static int
print_object(MnModel const* const m)
{
  json_t* const object  = model_object(m);
  json_t* const kernels = json_pack("{s:o,s:o,s:s}",
                                    "built",
                                    kernel_array(true),
                                    "supported",
                                    kernel_array(false),
                                    "chosen",
                                    mn_kernel_best()->name);
  if (!object || json_object_set_new(object, "kernels", kernels)) {
    return mn_fail_memory();
  }
  return mn_json_print(object, stdout);
}

static int
run(MnOptions const* const options)
{
  MnModel* model  = NULL;
  int      status = mn_model_open(options->operand, &model);
  if (status == MN_EXIT_GOOD) {
    status = options->format == MN_FORMAT_JSON ? print_object(model) : print_text(model);
    mn_model_free(model);
  }
  return status;
}

static struct option const options[] = {MN_OPTION_FORMAT, MN_OPTION_HELP, MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons info [OPTION]... [MODEL]\n"
  "\n"
  "Describes a model and where it comes from, lists the kernels that run here, and\n"
  "says what each axis and each music neuron means if the model has words for it.\n"
  "MODEL is open (default), magenta, or a file.\n"
  "\n"
  "      --format FORMAT  text (default) or json\n"
  "  -h, --help           print this help\n";

MnCommand const mn_info_command = {
  .name    = "info",
  .help    = help,
  .options = options,
  .operand = "model",
  .formats = 1U << MN_FORMAT_TEXT | 1U << MN_FORMAT_JSON,
  .format  = MN_FORMAT_TEXT,
  .run     = run,
};
