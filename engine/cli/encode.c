// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons encode`: lines of tokens to lines of numbers.

#include "encoding.h"
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Far more than the longest window takes.
enum { MAX_LINE = 1 << 16 };

typedef enum { LINE_READ, LINE_TOO_LONG, LINE_NONE } LineStatus;

// Reads a line without its end. fgets() would not tell a NUL from the end.
static LineStatus
read_line(char* const line, size_t* const length)
{
  *length = 0;
  int c   = getc_unlocked(stdin);
  if (c == EOF) {
    return LINE_NONE;
  }
  for (; c != EOF && c != '\n'; c = getc_unlocked(stdin)) {
    if (*length == MAX_LINE) {
      return LINE_TOO_LONG;
    }
    line[(*length)++] = (char)c;
  }
  line[*length] = '\0';
  return LINE_READ;
}

static bool
is_space(char const c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static void
skip(char const** const at, bool const commas)
{
  while (is_space(**at) || (commas && **at == ',')) {
    ++*at;
  }
}

static size_t
word_length(char const* const word)
{
  return strcspn(word, " \t\r,[]");
}

static bool
read_token(char const** const at, uint8_t* const token)
{
  size_t const length = word_length(*at);
  unsigned     value  = 0;
  for (size_t i = 0; i < length; ++i) {
    char const c = (*at)[i];
    value        = 10 * value + (unsigned)(c - '0');
    if (c < '0' || c > '9' || value >= MN_CLASSES) {
      return false;
    }
  }
  *at += length;
  *token = (uint8_t)value;
  return length > 0;
}

// Reads `steps` tokens, which may stand in brackets as a JSON array.
static bool
read_tokens(char const* const line,
            unsigned const    steps,
            uint8_t* const    tokens,
            MnError* const    error)
{
  char const* at = line;
  skip(&at, false);
  bool const bracket = *at == '[';
  at += bracket;

  unsigned count = 0;
  for (skip(&at, true); *at && *at != ']'; skip(&at, true)) {
    uint8_t token;
    if (!read_token(&at, &token)) {
      int const length = (int)word_length(at);
      mn_error_set(error,
                   "'%.*s' is not a token from 0 to %d",
                   length ? length < 20 ? length : 20 : 1,
                   at,
                   MN_CLASSES - 1);
      return false;
    }
    if (count < steps) {
      tokens[count] = token;
    }
    ++count;
  }
  if (count != steps) {
    mn_error_set(error, "%u tokens where the model takes %u", count, steps);
    return false;
  }

  bool const closed = *at == ']';
  at += closed;
  skip(&at, false);
  if (closed != bracket || *at) {
    mn_error_set(error, "brackets that do not match, or text behind them");
    return false;
  }
  return true;
}

static int
print_csv(Encoding const* const e)
{
  csv_q16_cells(e->mu, e->model->latent, "");
  csv_q16_cells(e->sigma, e->model->latent, ",");
  return putchar('\n') == EOF ? EXIT_FAILED : EXIT_GOOD;
}

static int
print_object(Encoding const* const e)
{
  return json_print(json_pack("{s:o,s:o,s:f,s:i,s:i}",
                              "mu",
                              json_q16_array(e->mu, e->model->latent),
                              "sigma",
                              json_q16_array(e->sigma, e->model->latent),
                              "musicality",
                              (double)e->readout.musicality,
                              "music_active",
                              (int)e->readout.music_active,
                              "noise_active",
                              (int)e->readout.noise_active));
}

// Encodes a line of `length` characters; a blank one is passed over.
static int
encode_line(Encoding* const   e,
            Format const      format,
            char const* const line,
            size_t const      length,
            MnError* const    error)
{
  if (strlen(line) != length) {
    mn_error_set(error, "a zero byte");
    return EXIT_BAD_INPUT;
  }
  char const* at = line;
  skip(&at, false);
  if (!*at) {
    return EXIT_GOOD;
  }

  uint8_t tokens[MN_MAX_STEPS];
  if (!read_tokens(line, e->model->steps, tokens, error)) {
    return EXIT_BAD_INPUT;
  }
  encoding_run(e, tokens);
  int const status = format == FORMAT_CSV ? print_csv(e) : print_object(e);
  // Line by line, so that a program at the other end can wait for its answer.
  return status || fflush(stdout) ? EXIT_FAILED : EXIT_GOOD;
}

static int
encode_lines(Encoding* const e, Format const format, char* const line)
{
  for (unsigned long number = 1;; ++number) {
    size_t           length = 0;
    LineStatus const read   = read_line(line, &length);
    if (read == LINE_NONE) {
      break;
    }
    MnError error  = {"the line is too long"};
    int     status = EXIT_BAD_INPUT;
    if (read == LINE_READ) {
      status = encode_line(e, format, line, length, &error);
    }
    if (status == EXIT_BAD_INPUT) {
      return fail(status, "standard input:%lu: %s", number, error.text);
    }
    if (status) {
      return status;
    }
  }
  return ferror(stdin) ? fail(EXIT_FAILED, "standard input: %s", strerror(errno))
                       : EXIT_GOOD;
}

static int
run(Options const* const options)
{
  Encoding  e;
  int const status = encoding_open(&e, options->model, options->kernel);
  if (status) {
    return status;
  }
  char* const line = (char*)malloc(MAX_LINE + 1);
  int const   end  = line ? encode_lines(&e, options->format, line)
                          : fail(EXIT_FAILED, "out of memory");
  free(line);
  encoding_close(&e);
  return end;
}

static struct option const options[] = {
  OPTION_MODEL, OPTION_KERNEL, OPTION_FORMAT, OPTION_HELP, OPTIONS_END};

static char const help[] =
  "Usage: music-neurons encode [OPTION]... < TOKENS\n"
  "\n"
  "Reads windows from standard input, one a line: as many tokens from 0 to 89 as\n"
  "the model takes (32 for two bars), with spaces or commas between them; brackets\n"
  "around them are allowed. Prints mu and sigma of every neuron, a line for each.\n"
  "\n"
  "      --model MODEL    magenta (default), open, or a file\n"
  "      --kernel NAME    a kernel of those that `info` tells, or auto (default: auto)\n"
  "      --format FORMAT  json (default) or csv\n"
  "  -h, --help           print this help\n";

Command const encode_command = {
  .name    = "encode",
  .help    = help,
  .options = options,
  .formats = 1U << FORMAT_JSON | 1U << FORMAT_CSV,
  .format  = FORMAT_JSON,
  .run     = run,
};
