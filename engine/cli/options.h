// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The command line: what a command takes, and what it was given.

#ifndef MN_CLI_OPTIONS_H
#define MN_CLI_OPTIONS_H

#include "kernel.h"
#include "melody.h"
#include "window.h"

#include <getopt.h>
#include <stdbool.h>

/// The exit status of the program.
enum { EXIT_GOOD = 0, EXIT_FAILED = 1, EXIT_BAD_INPUT = 2 };

typedef enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_COUNT } Format;

/// What a command was given; its defaults where it was given nothing.
typedef struct {
  char const*     operand; ///< NULL if there is none
  char const*     model;   ///< path, or NULL for the default model
  MnKernel const* kernel;
  Format          format;
  MnHop           hop;
  unsigned        channel;
  MnVoice         voice;
  bool            latent;
  double          seconds;
} Options;

/// A command of the program.
typedef struct {
  char const*          name;
  char const*          help;    ///< what --help says
  struct option const* options; ///< of the table below, ended by zeros
  char const*          operand; ///< what the operand is, NULL if there is none
  bool                 needs_operand;
  unsigned             formats; ///< bits 1 << Format
  Format               format;  ///< the default
  int (*run)(Options const* options); ///< @return the exit status
} Command;

extern Command const analyze_command;
extern Command const encode_command;
extern Command const info_command;
extern Command const bench_command;

// Entries for tables of options.
#define OPTION_HELP    {"help", no_argument, NULL, 'h'}
#define OPTION_MODEL   {"model", required_argument, NULL, 'm'}
#define OPTION_KERNEL  {"kernel", required_argument, NULL, 'k'}
#define OPTION_FORMAT  {"format", required_argument, NULL, 'f'}
#define OPTION_HOP     {"hop", required_argument, NULL, 'H'}
#define OPTION_CHANNEL {"channel", required_argument, NULL, 'c'}
#define OPTION_VOICE   {"voice", required_argument, NULL, 'v'}
#define OPTION_LATENT  {"latent", no_argument, NULL, 'l'}
#define OPTION_SECONDS {"seconds", required_argument, NULL, 's'}
#define OPTIONS_END    {NULL, 0, NULL, 0}

typedef enum {
  PARSED_RUN,  ///< the command is to be run
  PARSED_HELP, ///< --help was among the options
  PARSED_BAD,  ///< the reason is on stderr
} Parsed;

/// Reads the arguments of a command; argv[0] is its name.
Parsed
options_parse(Command const* command, int argc, char** argv, Options* options);

/// Says on stderr, in one line, why the program ends. @return `status`.
int
fail(int status, char const* format, ...) MN_PRINTF(2, 3);

#endif // MN_CLI_OPTIONS_H
