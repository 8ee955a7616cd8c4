// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "numbers.h"

#include "base/fixed.h"
#include "terminal.h"

#include <stdio.h>

// So many significant digits distinguish all numbers in Q16.
enum { SIGNIFICANT_DIGITS = 9 };

json_t*
mn_json_q16_array(int32_t const* const values, unsigned const count)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    if (json_array_append_new(array, json_real(mn_from_q16(values[i])))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

void
mn_csv_q16_cells(int32_t const* const values,
                 unsigned const       count,
                 char const* const    before,
                 FILE* const          out)
{
  for (unsigned i = 0; i < count; ++i) {
    double const value = mn_from_q16(values[i]);
    fprintf(out, "%s%.*g", i ? "," : before, SIGNIFICANT_DIGITS, value);
  }
}

json_t*
mn_json_extend(json_t* const object, json_t* const more)
{
  bool const bad = !object || !more || json_object_update(object, more);
  json_decref(more);
  if (bad) {
    json_decref(object);
  }
  return bad ? NULL : object;
}

int
mn_json_print(json_t* const object, FILE* const out)
{
  if (!object) {
    return mn_fail_memory();
  }
  bool const bad =
    json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS)) ||
    putc('\n', out) == EOF;
  json_decref(object);
  if (bad && !ferror(out)) {
    return mn_fail_memory();
  }
  return bad ? MN_EXIT_FAILED : MN_EXIT_GOOD; // who opened `out` says what is wrong with it
}
