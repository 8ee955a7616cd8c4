// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_file.h"

#include "check.h"
#include "model_tensors.h"

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
    model_add_lstm(file, name, shape->hidden, shape, random);
  }
  for (unsigned d = 0; d < 2 && shape->layers > 1; ++d) {
    snprintf(name, sizeof(name), "encoder/%s/layer_1", directions[d]);
    model_add_linear(file, name, gates, 3 * (size_t)shape->hidden, shape, random);
  }
  for (unsigned h = 0; h < 2; ++h) {
    snprintf(name, sizeof(name), "encoder/%s", heads[h]);
    model_add_linear(file, name, shape->latent, last, shape, random);
  }
  model_add_floats(file, "readout/quantiles", shape->latent, MN_QUANTILES, true, random);
  model_add_floats(file, "readout/projection", 3, shape->latent, false, random);
  model_add_floats(file, "readout/center", 0, shape->latent, false, random);
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
  model_file_set_number(file, "classes", MN_CLASSES);
  if (shape->layers > 1) {
    model_file_set_number(file, "layers", shape->layers);
  }
  model_file_set_number(file, "steps", shape->steps);
  model_file_set_number(file, "hidden", shape->hidden);
  model_file_set_number(file, "latent", shape->latent);
  model_file_set_number(file, "hidden_frac", shape->hidden_frac);
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

void
model_file_set_number(ModelFile* const file, char const* const key, unsigned const number)
{
  char text[16];
  snprintf(text, sizeof(text), "%u", number);
  model_file_set(file, key, text);
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
