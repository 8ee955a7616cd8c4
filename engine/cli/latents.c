// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "latents.h"

#include "base/fixed.h"
#include "model/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The columns of `latent` before z: window and start_beat.
enum { COLUMNS_BEFORE_Z = 2 };

typedef struct {
  MnDecoding* decoding;
  bool        header; // whether there was one, so that the next lines are those of `latent`
  double*     values; // [2 latent]
  size_t      count;  // of a line's numbers
  int32_t*    mu;     // [latent], Q16
} Reader;

static bool
fail(MnError* const error, char const* const what)
{
  mn_error_set(error, MN_STATUS_BAD_INPUT, "%s", what);
  return false;
}

static bool
fail_memory(MnError* const error)
{
  mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  return false;
}

static bool
is_space(char const c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Adds a window of numbers.
//
// @param source Whether they have the signs of the model's source.
static bool
add_window(Reader* const r, bool const source, MnError* const error)
{
  MnModel const* const m = r->decoding->model;
  for (unsigned i = 0; i < m->latent; ++i) {
    double const z = source && m->readout.negated[i] ? -r->values[i] : r->values[i];
    if (!isfinite(z)) {
      return fail(error, "a number is not finite");
    }
    // The decoder reads none beyond this.
    double const most = mn_from_q16(MN_Z_MOST_Q16);
    r->mu[i]          = (int32_t)lrint(fmin(fmax(z, -most), most) * MN_ONE_Q16);
  }
  return mn_decoding_add(r->decoding, r->mu) || fail_memory(error);
}

static bool
add_rest(Reader* const r, MnError* const error)
{
  return mn_decoding_add(r->decoding, NULL) || fail_memory(error);
}

static bool
fail_count(Reader const* const r, size_t const count, MnError* const error)
{
  mn_error_set(error,
               MN_STATUS_BAD_INPUT,
               "%zu numbers where the model has %u neurons",
               count,
               r->decoding->model->latent);
  return false;
}

static bool
read_object(Reader* const r, char const* const line, MnError* const error)
{
  json_t* const object = mn_json_parse(line, strlen(line), error);
  if (!object) {
    return false;
  }
  json_t const* const z      = json_object_get(object, "z");
  json_t const* const array  = z ? z : json_object_get(object, "mu");
  unsigned const      latent = r->decoding->model->latent;
  bool                good   = true;
  if (json_is_null(array)) {
    good = add_rest(r, error);
  } else if (!json_is_array(array)) {
    good = fail(error, "an object without z or mu");
  } else if (json_array_size(array) != latent) {
    good = fail_count(r, json_array_size(array), error);
  } else {
    for (unsigned i = 0; good && i < latent; ++i) {
      json_t const* const number = json_array_get(array, i);
      r->values[i]               = json_number_value(number);
      good = json_is_number(number) || fail(error, "z is not of numbers alone");
    }
    good = good && add_window(r, z, error);
  }
  json_decref(object);
  return good;
}

// Reads the cells of a line. An empty cell is NaN. @return false if one is no number, or
// there are more than `most`.
static bool
read_cells(Reader* const r, char const* at, size_t const most, MnError* const error)
{
  for (r->count = 0; *at; ++r->count) {
    char*        end   = NULL;
    double const value = strtod(at, &end);
    if (r->count == most) {
      return fail_count(r, r->count + 1, error);
    }
    r->values[r->count] = end == at ? NAN : value;
    while (is_space(*end)) {
      ++end;
    }
    if (*end && *end != ',') {
      mn_error_set(error, MN_STATUS_BAD_INPUT, "'%.20s' is not a number", at);
      return false;
    }
    at = *end ? end + 1 : end;
  }
  return true;
}

// A row of CSV with a header, from its third cell on.
static bool
read_latent_row(Reader* const r, char const* const line, MnError* const error)
{
  size_t const      latent = r->decoding->model->latent;
  char const* const first  = strchr(line, ',');
  char const* const second = first ? strchr(first + 1, ',') : NULL;
  if (!second) {
    return fail(error, "a row without window, start_beat and z");
  }
  if (!read_cells(r, second + 1, 2 * latent, error)) {
    return false;
  }
  if (strspn(second, ", \t\r\n") == strlen(second)) {
    return add_rest(r, error);
  }
  return r->count < latent ? fail_count(r, r->count, error) : add_window(r, true, error);
}

// A row of an array of arrays, "[[1,2]," say, or "]" or "[]".
static bool
read_array_row(Reader* const r, char* line, MnError* const error)
{
  size_t length = strlen(line);
  while (length && (is_space(line[length - 1]) || strchr(",]", line[length - 1]))) {
    line[--length] = '\0';
  }
  line += strspn(line, " \t[");
  if (!*line) {
    return true;
  }
  size_t const latent = r->decoding->model->latent;
  return read_cells(r, line, latent, error) &&
         (r->count == latent ? add_window(r, true, error) : fail_count(r, r->count, error));
}

// A row of `encode`: mu, and sigma perhaps.
static bool
read_encode_row(Reader* const r, char const* const line, MnError* const error)
{
  size_t const latent = r->decoding->model->latent;
  return read_cells(r, line, 2 * latent, error) &&
         (r->count == latent || r->count == 2 * latent ? add_window(r, false, error)
                                                       : fail_count(r, r->count, error));
}

static bool
read_line(Reader* const r, char* const line, MnError* const error)
{
  char* const at = line + strspn(line, " \t\r\n");
  if (!*at) {
    return true;
  }
  if (*at == '{') {
    return read_object(r, at, error);
  }
  if (*at == '[' || *at == ']') {
    return read_array_row(r, at, error);
  }
  if (!strncmp(at, "window,", strlen("window,"))) {
    r->header = true;
    return true;
  }
  return r->header ? read_latent_row(r, at, error) : read_encode_row(r, at, error);
}

static int
read_lines(Reader* const r, FILE* const in, char const* const name)
{
  char*         line   = NULL;
  size_t        room   = 0;
  unsigned long number = 0;
  MnError       error  = {0};
  bool          good   = true;
  ssize_t       length = 0;
  errno                = 0;
  while (good && (length = getline(&line, &room, in)) >= 0) {
    ++number;
    good = strlen(line) == (size_t)length ? read_line(r, line, &error)
                                          : fail(&error, "a zero byte");
  }
  int const code = errno;
  free(line);
  if (!good && error.status == MN_STATUS_NO_MEMORY) {
    return mn_fail_memory();
  }
  if (!good) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%.200s:%lu: %s", name, number, error.text);
  }
  if (ferror(in) || !feof(in)) {
    MnError const why = {.status = mn_status_of_errno(code)};
    return mn_fail(mn_exit_reading(why.status), "%.200s: %s", name, strerror(code));
  }
  return MN_EXIT_GOOD;
}

int
mn_latents_read(char const* const path, MnDecoding* const decoding)
{
  size_t const latent = decoding->model->latent;
  Reader       r      = {.decoding = decoding,
                         .values   = (double*)calloc(2 * latent, sizeof(double)),
                         .mu       = (int32_t*)malloc(latent * sizeof(int32_t))};
  FILE* const  in     = path ? fopen(path, "re") : stdin;
  int          status = MN_EXIT_GOOD;
  if (!r.values || !r.mu) {
    status = mn_fail_memory();
  } else if (!in) {
    int const code = errno;
    status         = mn_fail(
      mn_exit_reading(mn_status_of_errno(code)), "%.200s: %s", path, strerror(code));
  } else {
    status = read_lines(&r, in, path ? path : "standard input");
  }
  if (path && in) {
    fclose(in);
  }
  free(r.values);
  free(r.mu);
  return status;
}
