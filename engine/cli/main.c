// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The program `music-neurons`: the encoder without a plugin host.

#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static Command const* const commands[] = {&analyze_command,
                                          &draw_command,
                                          &encode_command,
                                          &info_command,
                                          &bench_command,
                                          &import_command,
                                          &export_command,
                                          &study_command,
                                          &latent_command,
                                          &extract_command};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static char const help[] =
  "Usage: music-neurons COMMAND [OPTION]...\n"
  "\n"
  "Shows which neurons of a music VAE a melody excites, and how musical it is.\n"
  "\n"
  "Commands:\n"
  "  analyze FILE.mid  read a MIDI file, print a record for each window\n"
  "  draw FILE.mid     draw what the plugin's window shows of a MIDI file\n"
  "  latent FILE.mid   print where a MIDI file lies in the latent space\n"
  "  encode            read windows as tokens, print mu and sigma of each\n"
  "  info [MODEL]      tell what a model is, and which kernels run here\n"
  "  bench             measure how long a window takes\n"
  "  import SRC        make a model of a MusicVAE's weights\n"
  "  export MODEL      write weights as a folder for Magenta.js\n"
  "  extract DIR...    make a corpus of the melodies of MIDI files\n"
  "  study [MODEL]     show the paper's findings on a model, with a report\n"
  "\n"
  "  -h, --help        print this help, or that of a command\n"
  "      --version     print the version\n"
  "\n"
  "The exit status is 0, 1 if the program failed, 2 if its input is bad.\n";

static Command const*
find_command(char const* const name)
{
  for (size_t i = 0; i < COMMANDS; ++i) {
    if (!strcmp(name, commands[i]->name)) {
      return commands[i];
    }
  }
  return NULL;
}

static int
run_command(Command const* const command, int const argc, char** const argv)
{
  Options options;
  int     status = EXIT_BAD_INPUT;
  switch (options_parse(command, argc, argv, &options)) {
  case PARSED_RUN:
    status = command->run(&options);
    break;
  case PARSED_HELP:
    fputs(command->help, stdout);
    status = EXIT_GOOD;
    break;
  case PARSED_BAD:
    break;
  }
  options_free(&options);
  return status;
}

static int
run(int const argc, char** const argv)
{
  char const* const name = argc > 1 ? argv[1] : NULL;
  if (!name) {
    return fail(EXIT_BAD_INPUT, "no command given; see music-neurons --help");
  }
  if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
    fputs(help, stdout);
    return EXIT_GOOD;
  }
  if (!strcmp(name, "--version")) {
    puts("music-neurons " MN_VERSION);
    return EXIT_GOOD;
  }
  Command const* const command = find_command(name);
  if (!command) {
    return fail(EXIT_BAD_INPUT,
                "unknown %s '%.80s'; see music-neurons --help",
                *name == '-' ? "option" : "command",
                name);
  }
  return run_command(command, argc - 1, argv + 1);
}

int
main(int const argc, char** const argv)
{
  int const status = run(argc, argv);
  errno            = 0;
  if ((fflush(stdout) || ferror(stdout)) && status != EXIT_BAD_INPUT) {
    return fail(EXIT_FAILED,
                "cannot write standard output%s%s",
                errno ? ": " : "",
                errno ? strerror(errno) : "");
  }
  return status;
}
