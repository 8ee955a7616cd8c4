// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_file.h"

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#  if __has_feature(memory_sanitizer)
#    include <sanitizer/msan_interface.h>
#  endif
#endif

static size_t
bytes_of(char const* const dtype)
{
  return !strcmp(dtype, "I8") ? 1 : !strcmp(dtype, "I16") ? 2 : 4;
}

// Adds a tensor of zeros; `rows` 0 makes it one-dimensional.
static void*
add_tensor(ModelFile* const  file,
           char const* const name,
           char const* const dtype,
           size_t const      rows,
           size_t const      columns)
{
  size_t const  size  = bytes_of(dtype) * (rows ? rows : 1) * columns;
  json_t* const shape = json_array();
  if (rows) {
    json_array_append_new(shape, json_integer((json_int_t)rows));
  }
  json_array_append_new(shape, json_integer((json_int_t)columns));
  json_object_set_new(file->header,
                      name,
                      json_pack("{s:s, s:o, s:[I, I]}",
                                "dtype",
                                dtype,
                                "shape",
                                shape,
                                "data_offsets",
                                (json_int_t)file->size,
                                (json_int_t)(file->size + size)));
  file->data = (char*)realloc(file->data, file->size + size);
  assert_non_null(file->data);
  memset(file->data + file->size, 0, size);
  file->size += size;
  return file->data + file->size - size;
}

// No accumulator may exceed this: half of what the loader allows.
static int64_t const most = (int64_t)1 << 30;

// Adds random weights. Returns the largest possible sum of a row, which is at most half
// of `most`: the other half is for the start value.
static int32_t
add_matrix(ModelFile* const        file,
           char const* const       name,
           size_t const            rows,
           size_t const            columns,
           ModelShape const* const shape,
           Random* const           random)
{
  int64_t const fair  = (most / 2 >> shape->hidden_frac) / (int64_t)columns;
  int64_t const range = shape->wide ? INT16_MAX : INT8_MAX;
  int32_t const limit = (int32_t)(fair < range ? fair : range);
  void* const   out   = add_tensor(file, name, shape->wide ? "I16" : "I8", rows, columns);
  for (size_t i = 0; i < rows * columns; ++i) {
    int32_t const weight = random_from(random, -limit, limit);
    if (shape->wide) {
      int16_t const narrow = (int16_t)weight;
      memcpy((char*)out + 2 * i, &narrow, sizeof(narrow));
    } else {
      ((int8_t*)out)[i] = (int8_t)weight;
    }
  }
  return (int32_t)(limit * (int64_t)columns << shape->hidden_frac);
}

static void
add_integers(ModelFile* const  file,
             char const* const name,
             size_t const      rows,
             size_t const      columns,
             int32_t const     low,
             int32_t const     high,
             Random* const     random)
{
  char* const  out   = (char*)add_tensor(file, name, "I32", rows, columns);
  size_t const count = (rows ? rows : 1) * columns;
  for (size_t i = 0; i < count; ++i) {
    int32_t const value = random_from(random, low, high);
    memcpy(out + 4 * i, &value, sizeof(value));
  }
}

static void
add_floats(ModelFile* const  file,
           char const* const name,
           size_t const      rows,
           size_t const      columns,
           bool const        ascending,
           Random* const     random)
{
  char* const out = (char*)add_tensor(file, name, "F32", rows, columns);
  float       sum = 0;
  for (size_t i = 0; i < (rows ? rows : 1) * columns; ++i) {
    float const value = (float)random_from(random, 0, 1000) / 1000;
    sum               = i % columns != 0 ? sum + value : -30;
    float const put   = ascending ? sum : value - 0.5F;
    memcpy(out + 4 * i, &put, sizeof(put));
  }
}

// Scales sums of up to 2 * `bound` to at most 8 in Q16, which opens a gate wide.
static void
add_multipliers(ModelFile* const  file,
                char const* const name,
                size_t const      rows,
                int32_t const     bound,
                Random* const     random)
{
  int64_t const high = ((int64_t)1 << 50) / bound;
  int32_t const cut  = (int32_t)(high < INT32_MAX ? high : INT32_MAX);
  add_integers(file, name, 0, rows, cut / 32, cut, random);
}

static void
add_linear(ModelFile* const        file,
           char const* const       name,
           size_t const            rows,
           size_t const            columns,
           ModelShape const* const shape,
           Random* const           random)
{
  char tensor[80];
  snprintf(tensor, sizeof(tensor), "%s/weight", name);
  int32_t const bound = add_matrix(file, tensor, rows, columns, shape, random);
  snprintf(tensor, sizeof(tensor), "%s/bias", name);
  add_integers(file, tensor, 0, rows, -bound, bound, random);
  snprintf(tensor, sizeof(tensor), "%s/multiplier", name);
  add_multipliers(file, tensor, rows, bound, random);
}

static void
add_lstm(ModelFile* const        file,
         char const* const       folder,
         unsigned const          hidden,
         ModelShape const* const shape,
         Random* const           random)
{
  size_t const gates = 4 * (size_t)hidden;
  char         name[64];
  snprintf(name, sizeof(name), "%s/recurrent", folder);
  int32_t const bound = add_matrix(file, name, gates, hidden, shape, random);
  snprintf(name, sizeof(name), "%s/input", folder);
  add_integers(file, name, MN_CLASSES, gates, -bound, bound, random);
  snprintf(name, sizeof(name), "%s/multiplier", folder);
  add_multipliers(file, name, gates, bound, random);
}

static void
add_tensors(ModelFile* const file, ModelShape const* const shape, Random* const random)
{
  static char const* const directions[] = {"fw", "bw"};
  static char const* const heads[]      = {"mu", "sigma"};
  size_t const             gates        = 4 * (size_t)shape->hidden;
  size_t const             last         = 2 * (size_t)shape->hidden;
  char                     name[64];
  for (unsigned d = 0; d < 2; ++d) {
    snprintf(name, sizeof(name), "encoder/%s", directions[d]);
    add_lstm(file, name, shape->hidden, shape, random);
  }
  for (unsigned d = 0; d < 2 && shape->layers > 1; ++d) {
    snprintf(name, sizeof(name), "encoder/%s/layer_1", directions[d]);
    add_linear(file, name, gates, 3 * (size_t)shape->hidden, shape, random);
  }
  for (unsigned h = 0; h < 2; ++h) {
    snprintf(name, sizeof(name), "encoder/%s", heads[h]);
    add_linear(file, name, shape->latent, last, shape, random);
  }
  add_floats(file, "readout/quantiles", shape->latent, MN_QUANTILES, true, random);
  add_floats(file, "readout/projection", 3, shape->latent, false, random);
  add_floats(file, "readout/center", 0, shape->latent, false, random);
}

static void
set_number(ModelFile* const file, char const* const key, unsigned const number)
{
  char text[16];
  snprintf(text, sizeof(text), "%u", number);
  model_file_set(file, key, text);
}

void
model_file_add_decoder(ModelFile* const        file,
                       ModelShape const* const shape,
                       unsigned const          layers,
                       unsigned const          hidden)
{
  Random       random = {shape->seed + 3};
  ModelShape   z      = *shape;
  size_t const gates  = 4 * (size_t)hidden;
  z.hidden_frac       = 10; // no part of z is beyond 2^10
  set_number(file, "decoder_layers", layers);
  set_number(file, "decoder_hidden", hidden);
  add_linear(
    file, "decoder/start", 2 * (size_t)layers * hidden, shape->latent, &z, &random);
  add_linear(file, "decoder/given", gates, shape->latent, &z, &random);
  add_lstm(file, "decoder/layer_0", hidden, shape, &random);
  for (unsigned layer = 1; layer < layers; ++layer) {
    char name[32];
    snprintf(name, sizeof(name), "decoder/layer_%u", layer);
    add_linear(file, name, gates, 2 * (size_t)hidden, shape, &random);
  }
  add_linear(file, "decoder/output", MN_CLASSES, hidden, shape, &random);
}

static void
add_long_readout(ModelFile* const file, LongShape const* const second)
{
  json_t* const order  = json_array();
  json_t* const styles = json_array();
  for (unsigned i = 0; i < second->latent; ++i) {
    json_array_append_new(order, json_integer(second->latent - 1 - i));
  }
  for (unsigned i = 0; i < second->styles; ++i) {
    char name[] = "style 1";
    name[6]     = (char)('1' + i);
    json_array_append_new(styles, json_pack("{s:s}", "name", name));
  }
  json_t* const object = json_pack("{s:i,s:i,s:i,s:i,s:o}",
                                   "neurons",
                                   (int)second->neurons,
                                   "width",
                                   (int)second->width,
                                   "latent",
                                   (int)second->latent,
                                   "music",
                                   (int)second->music,
                                   "order",
                                   order);
  if (second->styles) {
    json_object_set(object, "styles", styles);
    json_object_set_new(object, "style_width", json_integer((int)second->style_width));
    json_object_set_new(object, "style_hidden", json_integer((int)second->style_hidden));
  }
  json_decref(styles);
  json_object_set_new(file->readout, "long", object);
}

void
model_file_add_long(ModelFile* const        file,
                    ModelShape const* const shape,
                    LongShape const* const  second)
{
  static char const* const blocks[] = {"long/encoder/block_0/in",
                                       "long/encoder/block_0/out",
                                       "long/encoder/block_1/in",
                                       "long/encoder/block_1/out"};
  Random                   random   = {shape->seed + 4};
  ModelShape               own      = *shape;
  size_t const             width    = second->width;
  size_t const             units    = second->style_width;
  own.hidden_frac                   = 13; // no state is beyond 2^13
  add_long_readout(file, second);
  char* const neurons = (char*)add_tensor(file, "long/neurons", "I32", 0, second->neurons);
  for (unsigned i = 0; i < second->neurons; ++i) {
    int32_t const neuron = (int32_t)(shape->latent - 1 - i % shape->latent);
    memcpy(neurons + 4 * (size_t)i, &neuron, sizeof(neuron));
  }
  add_linear(
    file, "long/encoder/input", width, 8 * ((size_t)second->neurons + 1), &own, &random);
  for (unsigned i = 0; i < 4; ++i) {
    add_linear(file, blocks[i], width, width, &own, &random);
  }
  add_linear(file, "long/encoder/mu", second->latent, width, &own, &random);
  add_linear(file, "long/encoder/sigma", second->latent, width, &own, &random);
  add_floats(file, "long/quantiles", second->music, MN_QUANTILES, true, &random);
  if (second->styles) {
    add_linear(file, "long/style/window_0", units, second->neurons, &own, &random);
    add_linear(file, "long/style/window_1", units, units, &own, &random);
    add_linear(file, "long/style/phrase", second->style_hidden, 2 * units, &own, &random);
    add_linear(
      file, "long/style/output", second->styles, second->style_hidden, &own, &random);
  }
}

void
model_file_add_parts(ModelFile* const        file,
                     ModelShape const* const shape,
                     unsigned const          styles)
{
  Random       random = {shape->seed + 5};
  size_t const music  = (shape->latent + 1) / 2;
  add_floats(file, "long/style/parts", styles * (music + 1), music, false, &random);
}

static json_t*
make_readout(unsigned const latent)
{
  // The neurons in reverse, so that ranks and neuron numbers differ.
  json_t* const order = json_array();
  for (unsigned i = 0; i < latent; ++i) {
    json_array_append_new(order, json_integer(latent - 1 - i));
  }
  return json_pack("{s:i, s:f, s:o, s:{s:[f, f, f], s:[f, f, f]}}",
                   "music",
                   (int)(latent + 1) / 2,
                   "active",
                   0.1,
                   "order",
                   order,
                   "score",
                   "statistic",
                   1.0,
                   2.0,
                   4.0,
                   "probability",
                   1.0,
                   0.5,
                   0.0);
}

void
model_file_add_axes(ModelFile* const        file,
                    ModelShape const* const shape,
                    unsigned const          bends)
{
  Random        random = {shape->seed + 1};
  json_t* const axes   = json_array();
  for (unsigned i = 0; i < MN_AXES; ++i) {
    char name[] = "axis 0";
    name[5]     = (char)('1' + i);
    json_array_append_new(axes,
                          json_pack("{s:s, s:s, s:s, s:s}",
                                    "name",
                                    name,
                                    "low",
                                    "less",
                                    "high",
                                    "more",
                                    "feature",
                                    "notes"));
  }
  json_object_set_new(file->readout, "axes", axes);
  add_floats(file, "readout/axes", MN_AXES + bends, shape->latent, false, &random);
  add_floats(file, "readout/axes_offset", 0, MN_AXES + bends, false, &random);
  if (bends) {
    add_floats(file, "readout/axes_bend", MN_AXES, bends, false, &random);
  }
  add_floats(file, "readout/axes_quantiles", MN_AXES, MN_QUANTILES, true, &random);
}

void
model_file_add_moves(ModelFile* const        file,
                     ModelShape const* const shape,
                     unsigned const          bends)
{
  Random random = {shape->seed + 4};
  add_floats(file, "readout/moves", MN_AXES + bends, shape->latent / 2, false, &random);
  add_floats(file, "readout/moves_offset", 0, MN_AXES + bends, false, &random);
  if (bends) {
    add_floats(file, "readout/moves_bend", MN_AXES, bends, false, &random);
  }
}

void
model_file_widen_score(ModelFile* const file, ModelShape const* const shape)
{
  static char const* const names[2][2] = {{"readout/projection", "former projection"},
                                          {"readout/center", "former center"}};

  Random random = {shape->seed + 2};
  for (unsigned i = 0; i < 2; ++i) { // the bytes stay, so that there is no gap
    json_object_set(file->header, names[i][1], model_file_entry(file, names[i][0]));
    json_object_del(file->header, names[i][0]);
  }
  size_t const inputs = mn_score_inputs(shape->latent);
  add_floats(file, "readout/projection", 3, inputs, false, &random);
  add_floats(file, "readout/center", 0, inputs, false, &random);
}

static void
add_surprise_rows(ModelFile* const     file,
                  char const* const    folder,
                  MnSurpriseView const view,
                  Random* const        random)
{
  char         name[48];
  size_t const symbols = mn_surprise_symbols[view];
  size_t const rows    = symbols + 1;
  snprintf(name, sizeof(name), "%s/keys", folder);
  char* const keys = (char*)add_tensor(file, name, "I32", 0, rows);
  for (size_t i = 0; i < rows; ++i) {
    int32_t const key = (int32_t)i; // the empty context, then the symbols plus 1
    memcpy(keys + 4 * i, &key, sizeof(key));
  }
  snprintf(name, sizeof(name), "%s/bits", folder);
  int8_t* const bits = (int8_t*)add_tensor(file, name, "I8", rows, symbols);
  for (size_t i = 0; i < rows * symbols; ++i) {
    bits[i] = (int8_t)random_from(random, 0, INT8_MAX);
  }
}

void
model_file_add_surprise(ModelFile* const file, uint64_t const seed)
{
  Random random = {seed};
  add_integers(file,
               "surprise/share",
               MN_SURPRISE_VIEWS,
               MN_SURPRISE_EVIDENCE,
               0,
               UINT16_MAX,
               &random);
  add_surprise_rows(file, "surprise/intervals", MN_SURPRISE_INTERVAL, &random);
  add_surprise_rows(file, "surprise/durations", MN_SURPRISE_DURATION, &random);
}

ModelFile*
model_file_new(ModelShape const* const shape)
{
  Random           random = {shape->seed};
  ModelFile* const file   = (ModelFile*)calloc(1, sizeof(ModelFile));
  assert_non_null(file);
  file->header   = json_object();
  file->metadata = json_object();
  file->readout  = make_readout(shape->latent);
  json_object_set_new(file->header, "__metadata__", file->metadata);
  model_file_set(file, "format", "music-neurons-model");
  model_file_set(file, "version", "1");
  model_file_set(file, "name", "made up");
  model_file_set(file, "provenance", "random numbers");
  model_file_set(file, "licence", "ISC");
  model_file_set(file, "attribution", "nobody");
  set_number(file, "classes", MN_CLASSES);
  if (shape->layers > 1) {
    set_number(file, "layers", shape->layers);
  }
  set_number(file, "steps", shape->steps);
  set_number(file, "hidden", shape->hidden);
  set_number(file, "latent", shape->latent);
  set_number(file, "hidden_frac", shape->hidden_frac);
  add_tensors(file, shape, &random);
  return file;
}

void
model_file_free(ModelFile* const file)
{
  json_decref(file->header);
  json_decref(file->readout);
  free(file->header_text);
  free(file->data);
  free(file);
}

json_t*
model_file_entry(ModelFile const* const file, char const* const name)
{
  json_t* const entry = json_object_get(file->header, name);
  assert_non_null(entry);
  return entry;
}

void*
model_file_tensor(ModelFile const* const file, char const* const name)
{
  json_t* const offsets = json_object_get(model_file_entry(file, name), "data_offsets");
  return file->data + json_integer_value(json_array_get(offsets, 0));
}

void
model_file_set(ModelFile* const file, char const* const key, char const* const text)
{
  if (text) {
    json_object_set_new(file->metadata, key, json_string(text));
  } else {
    json_object_del(file->metadata, key);
  }
}

// MemorySanitizer sees nothing that jansson writes.
static void
mark_as_written(char* const text)
{
  (void)text;
#if defined(__has_feature)
#  if __has_feature(memory_sanitizer)
  __msan_unpoison(text, strlen(text) + 1);
#  endif
#endif
}

static char*
header_of(ModelFile const* const file)
{
  if (file->header_text) {
    return strdup(file->header_text);
  }
  json_t* const header = json_deep_copy(file->header);
  if (!json_object_get(file->metadata, "readout")) {
    char* const readout = json_dumps(file->readout, JSON_COMPACT);
    json_object_set_new(
      json_object_get(header, "__metadata__"), "readout", json_string(readout));
    free(readout);
  }
  char* const text = json_dumps(header, JSON_COMPACT);
  mark_as_written(text);
  json_decref(header);
  return text;
}

char*
model_file_bytes(ModelFile const* const file, size_t* const size)
{
  char* const    header = header_of(file);
  size_t const   length = strlen(header);
  uint64_t const said   = file->has_length ? file->length : length;
  *size                 = 8 + length + file->size;
  char* const bytes     = (char*)malloc(*size);
  assert_non_null(bytes);
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = (char)(said >> 8 * i & 0xFF);
  }
  memcpy(bytes + 8, header, length);
  memcpy(bytes + 8 + length, file->data, file->size);
  free(header);
  return bytes;
}

void
write_bytes(char const* const path, void const* const bytes, size_t const size)
{
  FILE* const out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(bytes, 1, size, out), size);
  assert_int_equal(fclose(out), 0);
}

void
model_file_write(ModelFile const* const file, char const* const path)
{
  size_t      size  = 0;
  char* const bytes = model_file_bytes(file, &size);
  unlink(path); // a new file is faster than truncating an old one: no flush
  write_bytes(path, bytes, size);
  free(bytes);
}

char const model_path[] = "some.safetensors";

MnModel*
load_model(char const* const path)
{
  MnError        error = {0};
  MnModel* const model = mn_model_load(path, &error);
  if (!model) {
    fail_msg("%s", error.text);
  }
  return model;
}

void
assert_refused(char const* const path, char const* const why)
{
  MnError error = {.text = "untouched"};
  assert_null(mn_model_load(path, &error));
  assert_int_not_equal(error.status, MN_SUCCESS);
  if (strncmp(error.text, path, strlen(path)) || !strstr(error.text, why)) {
    fail_msg("\"%s\" does not say \"%s\"", error.text, why);
  }
  for (char const* c = error.text; *c; ++c) {
    assert_true((unsigned char)*c >= ' '); // no newline
  }
  assert_null(mn_model_load(path, NULL)); // the error is optional
}

void
assert_file_refused(ModelFile* const file, char const* const why)
{
  model_file_write(file, model_path);
  assert_refused(model_path, why);
  model_file_free(file);
}

static char scratch[] = "/tmp/music-neurons-test-XXXXXX";
static char home[4096];

int
enter_scratch(void** const state)
{
  (void)state;
  memcpy(strrchr(scratch, '-') + 1, "XXXXXX", 6);
  assert_non_null(getcwd(home, sizeof(home)));
  assert_non_null(mkdtemp(scratch));
  assert_int_equal(chdir(scratch), 0);
  return 0;
}

int
leave_scratch(void** const state)
{
  (void)state;
  DIR* const dir = opendir(".");
  assert_non_null(dir);
  struct dirent const* entry = NULL;
  while ((entry = readdir(dir))) {
    if (unlink(entry->d_name)) {
      rmdir(entry->d_name); // "." and ".." stay
    }
  }
  closedir(dir);
  assert_int_equal(chdir(home), 0);
  assert_int_equal(rmdir(scratch), 0);
  return 0;
}
