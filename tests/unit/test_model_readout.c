// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a model file says about its neurons: the order, the score, the labels.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

static ModelFile*
tiny_file(void)
{
  return model_file_new(&tiny);
}

static void
readout_metadata_must_be_a_json_object(void** const state)
{
  (void)state;
  static char const* const texts[] = {
    "", "{", "[]", "1", "null", "{\"music\": 1, \"music\": 1}", "{\"active\": 1e999}"};
  for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); ++i) {
    ModelFile* const file = tiny_file();
    model_file_set(file, "readout", texts[i]);
    assert_file_refused(file, "readout: no JSON object");
  }
  ModelFile* const file = tiny_file();
  model_file_set(file, "readout", "{}");
  assert_file_refused(file, "readout");
}

// The readout with one value replaced by `json`, or removed if that is NULL.
static void
assert_readout_refused(char const* const key, char const* const json, char const* const why)
{
  ModelFile* const  file  = tiny_file();
  char const* const dot   = strchr(key, '.');
  json_t* const     owner = dot ? json_object_get(file->readout, "score") : file->readout;
  char const* const leaf  = dot ? dot + 1 : key;
  if (json) {
    json_t* const value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    json_object_set_new(owner, leaf, value);
  } else {
    json_object_del(owner, leaf);
  }
  assert_file_refused(file, why);
}

static void
readout_metadata_must_make_sense(void** const state)
{
  (void)state;
  static struct {
    char const* key;
    char const* json;
    char const* why;
  } const cases[] = {
    {"music", NULL, "music"},
    {"music", "\"1\"", "music"},
    {"music", "1.0", "music"},
    {"music", "-1", "music"},
    {"music", "3", "music"},
    {"music", "4294967297", "music"},
    {"active", NULL, "active"},
    {"active", "\"0.1\"", "active"},
    {"active", "0", "active"},
    {"active", "-0.1", "active"},
    {"active", "100", "active"},
    {"order", NULL, "order"},
    {"order", "{}", "order"},
    {"order", "[0]", "order"},
    {"order", "[0, 1, 2]", "order"},
    {"order", "[0, 0]", "permutation"},
    {"order", "[0, 2]", "permutation"},
    {"order", "[-1, 0]", "permutation"},
    {"order", "[0, 4294967297]", "permutation"},
    {"order", "[0, 65536]", "permutation"},
    {"order", "[0, 1.0]", "permutation"},
    {"order", "[0, \"1\"]", "permutation"},
    {"order", "[0, null]", "permutation"},
    {"turned", "null", "turned"},
    {"turned", "{}", "turned"},
    {"turned", "1", "turned"},
    {"turned", "[0, 0]", "turned"},
    {"turned", "[1, 0]", "turned"},
    {"turned", "[0, 1, 2]", "turned"},
    {"turned", "[2]", "turned"},
    {"turned", "[-1]", "turned"},
    {"turned", "[1.0]", "turned"},
    {"turned", "[\"1\"]", "turned"},
    {"turned", "[null]", "turned"},
    {"turned", "[4294967296]", "turned"},
    {"turned", "[9223372036854775807]", "turned"},
    {"score", NULL, "score"},
    {"score", "[]", "score"},
    {"score", "{}", "score"},
    {"score.statistic", NULL, "score"},
    {"score.statistic", "[1]", "score"},
    {"score.statistic", "[1, 2]", "score"},
    {"score.statistic", "[1, 2, 3, 4]", "score"},
    {"score.statistic", "[1, 2, 2]", "knots"},
    {"score.statistic", "[1, 3, 2]", "knots"},
    {"score.statistic", "[3, 2, 1]", "knots"},
    {"score.statistic", "{\"a\": 1, \"b\": 2, \"c\": 3}", "score"},
    {"score.probability", NULL, "score"},
    {"score.probability", "[0, 1]", "score"},
    {"score.probability", "[1, 0.5, -0.001]", "knots"},
    {"score.probability", "[1.001, 0.5, 0]", "knots"},
    {"score.probability", "[[1, 0.5, 0], [1, 0.5]]", "knots"},
    {"score.probability", "[[1, 0.5, 0], [1, 0.5, 0, 0]]", "knots"},
    {"score.probability", "[[1, 0.5, 0], [1, 0.5, -0.1]]", "knots"},
    {"score.probability", "[[1, 0.5, 0], 1]", "knots"},
    {"score.probability", "[[1, 0.5, 0], null]", "knots"},
    {"score.probability", "[[]]", "knots"},
    {"score.probability", "[1, [0.5], 0]", "knots"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    assert_readout_refused(cases[i].key, cases[i].json, cases[i].why);
  }
}

static void
a_score_has_2_to_1024_knots(void** const state)
{
  (void)state;
  static size_t const knots[] = {1, 2, MN_MAX_KNOTS, MN_MAX_KNOTS + 1};
  for (unsigned i = 0; i < sizeof(knots) / sizeof(*knots); ++i) {
    ModelFile* const file        = tiny_file();
    json_t* const    statistic   = json_array();
    json_t* const    probability = json_array();
    for (size_t k = 0; k < knots[i]; ++k) {
      json_array_append_new(statistic, json_integer((json_int_t)k));
      json_array_append_new(probability, json_real(1.0 / (double)(k + 1)));
    }
    json_object_set_new(
      file->readout,
      "score",
      json_pack("{s:o, s:o}", "statistic", statistic, "probability", probability));
    if (knots[i] == 1 || knots[i] > MN_MAX_KNOTS) {
      assert_file_refused(file, "knots");
    } else {
      model_file_write(file, model_path);
      MnModel* const m = load_model(model_path);
      assert_int_equal(m->readout.knots, knots[i]);
      mn_model_free(m);
      model_file_free(file);
    }
  }
}

static void
a_score_may_have_a_row_for_each_number_of_onsets(void** const state)
{
  (void)state;
  enum { KNOTS = 3, MOST = MN_MAX_STEPS + 1 };
  static size_t const rows[] = {1, 2, MOST, MOST + 1};
  for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    ModelFile* const file  = tiny_file();
    json_t* const    table = json_array();
    for (size_t n = 0; n < rows[i]; ++n) {
      double const first = 1.0 / (double)(n + 1);
      json_array_append_new(table, json_pack("[f, f, f]", first, first / 2, first / 4));
    }
    json_object_set_new(json_object_get(file->readout, "score"), "probability", table);
    if (rows[i] > MOST) {
      assert_file_refused(file, "score");
      continue;
    }
    model_file_write(file, model_path);
    MnModel* const m = load_model(model_path);
    assert_int_equal(m->readout.rows, rows[i]);
    assert_int_equal(m->readout.knots, KNOTS);
    for (size_t n = 0; n < rows[i]; ++n) {
      assert_true(m->readout.probability[n * KNOTS + 1] == 1.0 / (double)(n + 1) / 2);
    }
    mn_model_free(m);
    model_file_free(file);
  }
}

static void
knots_that_are_no_numbers_are_refused(void** const state)
{
  (void)state;
  assert_readout_refused("score.statistic", "[-1, \"0\", 1]", "knots");
  assert_readout_refused("score.probability", "[1, \"0.5\", 0]", "knots");
  assert_readout_refused("score.probability", "[1, null, 0]", "knots");
}

// Loads a model of five neurons, some of them negated. NULL: the file does not say which.
static void
assert_negated(char const* const json, char const* const expected)
{
  ModelShape shape      = tiny;
  shape.latent          = 5;
  ModelFile* const file = model_file_new(&shape);
  if (json) {
    json_t* const negated = json_loads(json, 0, NULL);
    assert_non_null(negated);
    json_object_set_new(file->readout, "turned", negated);
  }
  model_file_write(file, model_path);
  MnModel* const m = load_model(model_path);
  for (unsigned i = 0; i < shape.latent; ++i) {
    assert_int_equal(m->readout.negated[i], expected[i] - '0');
  }
  mn_model_free(m);
  model_file_free(file);
}

static void
negated_neurons_are_those_that_the_file_names(void** const state)
{
  (void)state;
  assert_negated(NULL, "00000");
  assert_negated("[]", "00000");
  assert_negated("[1, 4]", "01001");
  assert_negated("[0, 1, 2, 3, 4]", "11111");
}

// Loads a model with three music neurons and these labels.
static MnModel*
load_labels(char const* const json)
{
  ModelShape shape        = tiny;
  shape.latent            = 5;
  ModelFile* const file   = model_file_new(&shape);
  json_t* const    labels = json_loads(json, 0, NULL);
  assert_non_null(labels);
  json_object_set_new(file->readout, "labels", labels);
  model_file_write(file, model_path);
  MnModel* const m = load_model(model_path);
  model_file_free(file);
  assert_int_equal(m->readout.music, 3);
  return m;
}

static void
assert_label(MnModel const* const m,
             unsigned const       rank,
             char const* const    label,
             char const* const    features)
{
  assert_string_equal(m->readout.labels[rank].label, label);
  assert_string_equal(m->readout.labels[rank].features, features);
}

static void
music_neurons_have_the_labels_of_the_file(void** const state)
{
  (void)state;
  MnModel* const m = load_labels(
    "[{\"label\": \"higher pitch\", \"features\": \"mean pitch +0.71, notes -0.44\"},"
    " {\"label\": \"h\u00f6her\", \"features\": \"\u97f3 +0.50\"},"
    " {\"label\": \"higher pitch\", \"features\": \"\", \"more\": 1}]");
  assert_int_equal(unlink(model_path), 0);
  assert_label(m, 0, "higher pitch", "mean pitch +0.71, notes -0.44");
  assert_label(m, 1, "h\xC3\xB6her", "\xE9\x9F\xB3 +0.50");
  assert_label(m, 2, "higher pitch", "");
  mn_model_free(m);
}

static void
a_label_says_where_it_holds_or_that_it_is_not_known(void** const state)
{
  (void)state;
  MnModel* const m =
    load_labels("[{\"label\": \"higher pitch, C3 to C6\", \"feature\": \"mean pitch\","
                "  \"opposite\": \"lower pitch, C3 to C6\","
                "  \"stability\": 0.25, \"pitches\": [48, 84]}, {\"label\": \"mixed\"}]");
  MnLabel const* const l = m->readout.labels;
  assert_string_equal(l[0].feature, "mean pitch");
  assert_string_equal(l[0].opposite, "lower pitch, C3 to C6");
  assert_close(l[0].stability, 0.25, 0);
  assert_int_equal(l[0].low, 48);
  assert_int_equal(l[0].high, 84);
  for (unsigned rank = 1; rank < 3; ++rank) { // one of them is not in the file
    assert_string_equal(l[rank].feature, "");
    assert_string_equal(l[rank].opposite, "");
    assert_close(l[rank].stability, 0, 0);
    assert_int_equal(l[rank].low, 0);
    assert_int_equal(l[rank].high, MN_KEYS);
  }
  mn_model_free(m);
}

static void
labels_may_be_missing(void** const state)
{
  (void)state;
  ModelFile* const file = tiny_file();
  model_file_write(file, model_path);
  MnModel* m = load_model(model_path);
  assert_null(m->readout.labels);
  mn_model_free(m);
  model_file_free(file);

  m = load_labels("[]");
  for (unsigned i = 0; i < 3; ++i) {
    assert_label(m, i, "", "");
  }
  mn_model_free(m);

  m = load_labels("[{\"features\": \"notes +0.30\"}, {\"label\": \"more notes\"}]");
  assert_label(m, 0, "", "notes +0.30");
  assert_label(m, 1, "more notes", "");
  assert_label(m, 2, "", "");
  mn_model_free(m);
}

// One label. Its text under this key has this many bytes before `last`.
static char const*
long_label(char const* const key, int const bytes, char const* const last)
{
  static char json[512];
  char        text[256];
  memset(text, 'x', sizeof(text));
  snprintf(json, sizeof(json), "[{\"%s\": \"%.*s%s\"}]", key, bytes, text, last);
  return json;
}

// All that a file may say of the most neurons, in the longest words.
static void
the_largest_readout_fits_the_header(void** const state)
{
  (void)state;
  ModelShape    shape = tiny;
  char          label[MN_MAX_LABEL + 1];
  char          features[MN_MAX_FEATURES + 1];
  json_t* const labels  = json_array();
  shape.latent          = MN_MAX_LATENT;
  ModelFile* const file = model_file_new(&shape);
  memset(label, '"', sizeof(label)); // which two characters stand for
  memset(features, '"', sizeof(features));
  label[MN_MAX_LABEL] = features[MN_MAX_FEATURES] = '\0';
  for (unsigned i = 0; i < MN_MAX_LATENT; ++i) {
    json_t* const one = json_pack("{s:s, s:s, s:s, s:f, s:[i, i]}",
                                  "label",
                                  label,
                                  "features",
                                  features,
                                  "feature",
                                  label,
                                  "stability",
                                  0.123456789012345,
                                  "pitches",
                                  0,
                                  127);
    json_array_append_new(labels, one);
  }
  json_object_set_new(file->readout, "music", json_integer(MN_MAX_LATENT));
  json_object_set_new(file->readout, "labels", labels);
  model_file_write(file, model_path);
  MnModel* const m = load_model(model_path);
  assert_label(m, MN_MAX_LATENT - 1, label, features);
  mn_model_free(m);
  model_file_free(file);
}

static void
labels_are_as_long_as_the_format_says(void** const state)
{
  (void)state;
  MnModel* m = load_labels(long_label("label", MN_MAX_LABEL, ""));
  assert_int_equal(strlen(m->readout.labels[0].label), 31);
  mn_model_free(m);
  m = load_labels(long_label("features", MN_MAX_FEATURES, ""));
  assert_int_equal(strlen(m->readout.labels[0].features), 127);
  mn_model_free(m);

  assert_readout_refused(
    "labels", long_label("label", 32, ""), "label is not a text of up to 31");
  assert_readout_refused(
    "labels", long_label("features", 128, ""), "features is not a text of up to 127");
  // Bytes count, not characters.
  assert_readout_refused("labels", long_label("label", 30, "\\u00e4"), "up to 31 bytes");
}

static void
labels_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* json;
    char const* why;
  } const cases[] = {
    // for one music neuron
    {"null", "not an array"},
    {"{}", "not an array"},
    {"\"higher\"", "not an array"},
    {"[{}, {}]", "more labels than music neurons"},
    {"[null]", "not an object"},
    {"[\"higher\"]", "not an object"},
    {"[[\"higher\", \"\"]]", "not an object"},
    {"[{\"label\": null}]", "label is not a text"},
    {"[{\"label\": 1}]", "label is not a text"},
    {"[{\"label\": [\"higher\"]}]", "label is not a text"},
    {"[{\"label\": \"higher\", \"features\": true}]", "features is not a text"},
    {"[{\"label\": \"a\\nb\"}]", "control characters"},
    {"[{\"label\": \"a\\tb\"}]", "control characters"},
    {"[{\"label\": \"\\u001f\"}]", "control characters"},
    {"[{\"label\": \"\\u007f\"}]", "control characters"},
    {"[{\"label\": \"\\u0080\"}]", "control characters"},
    {"[{\"features\": \"a\\u009f\"}]", "control characters"},
    {"[{\"feature\": 1}]", "feature is not a text"},
    {"[{\"stability\": \"0.5\"}]", "stability is no correlation"},
    {"[{\"stability\": -0.1}]", "stability is no correlation"},
    {"[{\"stability\": 1.1}]", "stability is no correlation"},
    {"[{\"pitches\": 1}]", "pitches are no range"},
    {"[{\"pitches\": [60]}]", "pitches are no range"},
    {"[{\"pitches\": [60, 60]}]", "pitches are no range"},
    {"[{\"pitches\": [-1, 60]}]", "pitches are no range"},
    {"[{\"pitches\": [60, 129]}]", "pitches are no range"},
    {"[{\"pitches\": [60, 72.5]}]", "pitches are no range"},
    {"[{\"pitches\": [60, 72, 84]}]", "pitches are no range"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    assert_readout_refused("labels", cases[i].json, cases[i].why);
  }
  // The first characters that are no control characters.
  mn_model_free(load_labels("[{\"label\": \" ~\\u00a0\"}]"));

  // The parser refuses what is not UTF-8 or is cut short.
  static char const* const garbled[] = {"{\"labels\": [{\"label\": \"\\u0000\"}]}",
                                        "{\"labels\": [{\"label\": \"\\ud800\"}]}"};
  for (unsigned i = 0; i < sizeof(garbled) / sizeof(*garbled); ++i) {
    ModelFile* const file = tiny_file();
    model_file_set(file, "readout", garbled[i]);
    assert_file_refused(file, "readout: no JSON object");
  }
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(readout_metadata_must_be_a_json_object),
    FILE_TEST(readout_metadata_must_make_sense),
    FILE_TEST(a_score_has_2_to_1024_knots),
    FILE_TEST(a_score_may_have_a_row_for_each_number_of_onsets),
    FILE_TEST(knots_that_are_no_numbers_are_refused),
    FILE_TEST(negated_neurons_are_those_that_the_file_names),
    FILE_TEST(music_neurons_have_the_labels_of_the_file),
    FILE_TEST(a_label_says_where_it_holds_or_that_it_is_not_known),
    FILE_TEST(labels_may_be_missing),
    FILE_TEST(the_largest_readout_fits_the_header),
    FILE_TEST(labels_are_as_long_as_the_format_says),
    FILE_TEST(labels_that_make_no_sense_are_refused),
  };
  return cmocka_run_group_tests_name("readout of a model", tests, NULL, NULL);
}
