// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons encode`: lines of tokens to lines of numbers.

#include "common/numbers.h"
#include "encoding.h"
#include "options.h"
#include "readout_fields.h"
#include "surprise_fields.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Far more than the longest window takes.
enum { MAX_LINE = 1 << 16 };

typedef enum {
  LINE_READ,
  LINE_TOO_LONG,
  LINE_LATER, ///< there is none yet
  LINE_NONE,  ///< nor will there be
} LineStatus;

// Standard input, without the buffer of stdio, which hides whether there is more.
typedef struct {
  char   bytes[MAX_LINE + 2]; // a line, its end, and a NUL
  size_t start;               // of the line that comes next
  size_t end;                 // of what was read
  bool   complete;            // all of the input was
  int    error;               // of the system, where reading failed
} Input;

// Whether reading would not wait.
static bool
is_readable(void)
{
  struct pollfd descriptor = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&descriptor, 1, 0) == 1;
}

static void
read_more(Input* const in)
{
  memmove(in->bytes, in->bytes + in->start, in->end - in->start);
  in->end -= in->start;
  in->start         = 0;
  ssize_t const got = read(STDIN_FILENO, in->bytes + in->end, MAX_LINE + 1 - in->end);
  if (got > 0) {
    in->end += (size_t)got;
  } else if (got == 0) {
    in->complete = true;
  } else if (errno != EINTR) {
    in->complete = true;
    in->error    = errno;
  }
}

// Takes a line of `length` bytes, and `more` bytes that end it.
static LineStatus
take_line(Input* const  in,
          size_t const  length,
          size_t const  more,
          char** const  line,
          size_t* const taken)
{
  *line           = in->bytes + in->start;
  *taken          = length;
  (*line)[length] = '\0';
  in->start += length + more;
  return LINE_READ;
}

// Finds the next line, without its end; it may hold NULs.
//
// @param wait Whether to wait if there is none yet.
static LineStatus
read_line(Input* const in, bool const wait, char** const line, size_t* const length)
{
  for (;;) {
    char* const  start = in->bytes + in->start;
    size_t const left  = in->end - in->start;
    char* const  end   = (char*)memchr(start, '\n', left);
    if (end) {
      return take_line(in, (size_t)(end - start), 1, line, length);
    }
    if (left > MAX_LINE) {
      return LINE_TOO_LONG;
    }
    if (in->complete) {
      return left && !in->error ? take_line(in, left, 0, line, length) : LINE_NONE;
    }
    if (!wait && !is_readable()) {
      return LINE_LATER;
    }
    read_more(in);
  }
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
                   MN_STATUS_BAD_INPUT,
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
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%u tokens where the model takes %u", count, steps);
    return false;
  }

  bool const closed = *at == ']';
  at += closed;
  skip(&at, false);
  if (closed != bracket || *at) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "brackets that do not match, or text behind them");
    return false;
  }
  return true;
}

static int
print_csv(MnEncoding const* const e)
{
  mn_csv_q16_cells(e->mu, e->model->latent, "", stdout);
  mn_csv_q16_cells(e->sigma, e->model->latent, ",", stdout);
  return putchar('\n') == EOF ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

static int
print_object(MnEncoding const* const e, unsigned const steps)
{
  return mn_json_print(
    mn_json_extend(json_pack("{s:o,s:o,s:f,s:o,s:i,s:i,s:f,s:o,s:o,s:o}",
                             "mu",
                             mn_json_q16_array(e->mu, e->model->latent),
                             "sigma",
                             mn_json_q16_array(e->sigma, e->model->latent),
                             "musicality",
                             (double)e->readout.musicality,
                             "sense",
                             mn_json_sense(e, e->readout.sense),
                             "music_active",
                             (int)e->readout.music_active,
                             "noise_active",
                             (int)e->readout.noise_active,
                             "noise_energy",
                             (double)e->readout.noise_energy,
                             "axes",
                             mn_json_axes(e),
                             "neurons",
                             mn_json_neurons(e),
                             "top",
                             mn_json_top(e)),
                   mn_surprise_object(e->bits, steps)),
    stdout);
}

static int
print_window(void* const             context,
             MnWindow const* const   window,
             MnEncoding const* const encoding,
             bool const              encoded)
{
  (void)encoded; // all are
  MnOutputFormat const format = *(MnOutputFormat const*)context;
  return format == MN_FORMAT_CSV ? print_csv(encoding)
                                 : print_object(encoding, window->steps);
}

// Adds the window of a line of `length` characters. It ignores a blank line.
static int
add_line(MnEncoding* const e,
         char const* const line,
         size_t const      length,
         MnError* const    error)
{
  if (strlen(line) != length) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "a zero byte");
    return MN_EXIT_BAD_INPUT;
  }
  char const* at = line;
  skip(&at, false);
  if (!*at) {
    return MN_EXIT_GOOD;
  }
  MnWindow   window = {.steps = e->model->steps};
  bool const good   = read_tokens(line, window.steps, window.tokens, error);
  window.onsets     = mn_count_onsets(window.tokens, window.steps);
  if (!good) {
    return MN_EXIT_BAD_INPUT;
  }
  MnWindowBits bits;
  mn_surprise_of_tokens(&e->model->surprise, window.tokens, window.steps, &bits);
  return mn_encoding_add(e, &window, &bits, true);
}

// Answers the lines that wait: a program at the other end may be waiting for that.
static int
answer(MnEncoding* const e)
{
  int const status = mn_encoding_flush(e);
  return status || fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

// Collects lines as long as there are more to read, and answers all of them before it
// waits for the next.
static int
encode_lines(MnEncoding* const e, Input* const in)
{
  unsigned long number = 0;
  MnError       error  = {MN_STATUS_BAD_INPUT, "the line is too long"};
  int           status = MN_EXIT_GOOD;
  LineStatus    read   = LINE_READ;
  while (status == MN_EXIT_GOOD && read == LINE_READ) {
    char*  line   = NULL;
    size_t length = 0;
    read          = read_line(in, false, &line, &length);
    if (read == LINE_LATER) {
      status = answer(e);
      read   = status ? LINE_NONE : read_line(in, true, &line, &length);
    }
    if (read == LINE_READ) {
      status = add_line(e, line, length, &error);
    }
    ++number;
  }
  if (status == MN_EXIT_FAILED || answer(e)) {
    return MN_EXIT_FAILED;
  }
  if (status == MN_EXIT_BAD_INPUT || read == LINE_TOO_LONG) {
    return mn_fail(MN_EXIT_BAD_INPUT, "standard input:%lu: %s", number, error.text);
  }
  return in->error ? mn_fail(MN_EXIT_FAILED, "standard input: %s", strerror(in->error))
                   : MN_EXIT_GOOD;
}

static int
run(MnOptions const* const options)
{
  MnOutputFormat format = options->format;
  MnEncoding     e;
  int const      status =
    mn_encoding_open(&e, options->model, options->kernel, print_window, &format);
  if (status) {
    return status;
  }
  Input* const in  = (Input*)calloc(1, sizeof(*in));
  int const    end = in ? encode_lines(&e, in) : mn_fail_memory();
  free(in);
  mn_encoding_close(&e);
  return end;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_FORMAT,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons encode [OPTION]... < TOKENS\n"
  "\n"
  "Reads windows from standard input, one a line: as many tokens from 0 to 89 as\n"
  "the model takes (32 for two bars), separated by spaces or commas. Brackets may\n"
  "stand around them. Prints mu and sigma of every neuron, one line a window; in\n"
  "JSON also its scores and the surprise of its notes, in bits, as if nothing came\n"
  "before them.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "      --format FORMAT  json (default) or csv\n"
  "  -h, --help           print this help\n";

MnCommand const mn_encode_command = {
  .name    = "encode",
  .help    = help,
  .options = options,
  .formats = 1U << MN_FORMAT_JSON | 1U << MN_FORMAT_CSV,
  .format  = MN_FORMAT_JSON,
  .run     = run,
};
