// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// However a text is made, parsing it takes little memory.

#include "check.h"
#include "model/json.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MEMORY = 32 << 20, LONG = 15 << 20 };

// What jansson has taken, and the most so far.
static size_t taken;
static size_t peak;

static void*
take(size_t const size)
{
  void* const memory = malloc(size);
  taken += malloc_usable_size(memory);
  peak = taken > peak ? taken : peak;
  return memory;
}

static void
give(void* const memory)
{
  taken -= malloc_usable_size(memory);
  free(memory);
}

// A text: `first`, then `unit` until it has `size` bytes, then `last`.
static char*
make_text(char const* const first,
          char const* const unit,
          char const* const last,
          size_t const      size)
{
  char* const text = (char*)malloc(size + 100);
  size_t      at   = strlen(first);
  strcpy(text, first);
  for (; at + strlen(unit) < size; at += strlen(unit)) {
    strcpy(text + at, unit);
  }
  strcpy(text + at, last);
  return text;
}

static void
no_text_takes_much_memory(void** const state)
{
  (void)state;
  static struct {
    char const* first;
    char const* unit;
    char const* last;
  } const shapes[] = {
    {"[", "{},", "{}]"},
    {"[", "[],", "[]]"},
    {"[", "1,", "1]"},
    {"[", "1.5e3,", "1]"},
    {"[", "\"\",", "\"\"]"},
    {"[", "\"abcdefghijklmnop\",", "\"\"]"},
    {"[", "{\"a\":{\"b\":{}}},", "{}]"},
    {"[", "[[[[[[[[1]]]]]]]],", "1]"},
    {"[\"", "\\\"{[,:", "\"]"},
    {"", "[", ""},
    {"", "{\"\":", ""},
  };
  json_set_alloc_funcs(take, give);
  for (unsigned i = 0; i < sizeof(shapes) / sizeof(*shapes); ++i) {
    for (size_t size = LONG; size > 1000; size /= 2) {
      char* const   text = make_text(shapes[i].first, shapes[i].unit, shapes[i].last, size);
      MnError       error = {0};
      json_t* const json  = mn_json_parse(text, strlen(text), &error);
      assert_true(json || error.status == MN_STATUS_BAD_INPUT);
      json_decref(json);
      free(text);
      assert_int_equal(taken, 0);
      if (peak > MOST_MEMORY) {
        print_error("%zu bytes of %s take %zu\n", size, shapes[i].unit, peak);
      }
      assert_true(peak <= MOST_MEMORY);
    }
  }
  json_set_alloc_funcs(malloc, free);
}

// An array with so many values in it.
static char*
make_array(size_t const values)
{
  return make_text("[", "1,", "1]", 2 * values);
}

static void
values_are_counted(void** const state)
{
  (void)state;
  MnError     error = {0};
  char* const most  = make_array(MN_JSON_MAX_VALUES - 1);
  char* const more  = make_array(MN_JSON_MAX_VALUES);
  json_t*     json  = mn_json_parse(most, strlen(most), &error);
  assert_int_equal(json_array_size(json), MN_JSON_MAX_VALUES - 1);
  json_decref(json);
  assert_null(mn_json_parse(more, strlen(more), &error));
  assert_string_equal(error.text, "bad JSON: more than 65536 values");
  free(most);
  free(more);
}

static void
what_is_in_strings_does_not_count(void** const state)
{
  (void)state;
  MnError       error = {0};
  char* const   text  = make_text("[\"", "\\\"{[,:", "\"]", MN_JSON_MAX_BYTES - 10);
  json_t* const json  = mn_json_parse(text, strlen(text), &error);
  assert_int_equal(json_array_size(json), 1);
  json_decref(json);
  free(text);
  // A quote after an escaped backslash ends the string.
  json_t* const two = mn_json_parse("[\"\\\\\", 2]", 9, &error);
  assert_int_equal(json_array_size(two), 2);
  json_decref(two);
}

static void
texts_that_end_early_are_refused(void** const state)
{
  (void)state;
  static char const* const texts[] = {"", "[\"", "[\"\\", "[\"\\\"", "[1,", "{\"a\":"};
  for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); ++i) {
    // In memory of its own, for the sanitizer to see what lies behind it.
    size_t const size  = strlen(texts[i]);
    char* const  text  = (char*)malloc(size + !size);
    MnError      error = {0};
    memcpy(text, texts[i], size);
    assert_null(mn_json_parse(text, size, &error));
    assert_int_equal(error.status, MN_STATUS_BAD_INPUT);
    free(text);
  }
  assert_null(mn_json_parse(NULL, 0, NULL));
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(no_text_takes_much_memory),
    cmocka_unit_test(values_are_counted),
    cmocka_unit_test(what_is_in_strings_does_not_count),
    cmocka_unit_test(texts_that_end_early_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
