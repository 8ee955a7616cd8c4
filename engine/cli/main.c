// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The program `music-neurons`: the encoder without a plugin host.

#include "complete.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static MnCommand const* const commands[] = {&mn_analyze_command,
                                            &mn_draw_command,
                                            &mn_render_command,
                                            &mn_encode_command,
                                            &mn_decode_command,
                                            &mn_morph_command,
                                            &mn_vary_command,
                                            &mn_info_command,
                                            &mn_bench_command,
                                            &mn_import_command,
                                            &mn_export_command,
                                            &mn_study_command,
                                            &mn_latent_command,
                                            &mn_extract_command,
                                            &mn_tracks_command,
                                            NULL};

static char const help[] =
  "Usage: music-neurons COMMAND [OPTION]...\n"
  "\n"
  "Shows which neurons of a music VAE a melody excites, and how musical it is.\n"
  "\n"
  "Commands:\n"
  "  analyze FILE...   read MIDI files and print a record for each window\n"
  "  draw FILE.mid     draw a MIDI file as a window, or whole on one page\n"
  "  render FILE.mid   copy a MIDI file with the controllers of the plugin\n"
  "  latent FILE.mid   print where a MIDI file lies in the latent space\n"
  "  tracks FILE.mid   list the tracks of a MIDI file, and which is the melody\n"
  "  encode            read windows as tokens and print mu and sigma of each\n"
  "  decode [Z]        write the melody of places in the latent space\n"
  "  morph FILE FILE   write melodies on the way from one MIDI file to another\n"
  "  vary FILE.mid     write a MIDI file otherwise, by chance\n"
  "  info [MODEL]      describe a model, and list the kernels that run here\n"
  "  bench             measure how long a window takes\n"
  "  import SRC        make a model from the weights of a MusicVAE\n"
  "  export MODEL      write weights as a folder for Magenta.js\n"
  "  extract DIR...    make a corpus from the melodies of MIDI files\n"
  "  study [MODEL]     compare a model with the paper, and write a report\n"
  "  help [COMMAND]    print this help, or that of a command\n"
  "\n"
  "  -h, --help        print this help, or that of a command\n"
  "      --version     print the version\n"
  "\n"
  "The program looks for the models in music-neurons.lv2: beside itself, in\n"
  "../lib/lv2 from there, in the LV2 folder that it was built for, in $LV2_PATH,\n"
  "~/.lv2, /usr/local/lib/lv2 and /usr/lib/lv2.\n"
  "\n"
  "Exit status: 0 if all went well; 1 if the program failed, for example because\n"
  "memory ran out or the output cannot be written; 2 if an argument or an input\n"
  "file is bad or missing.\n";

static MnCommand const*
find_command(char const* const name)
{
  MnCommand const* const* command = commands;
  while (*command && strcmp(name, (*command)->name) != 0) {
    ++command;
  }
  return *command;
}

static int
fail_unknown(char const* const name)
{
  return mn_fail(MN_EXIT_BAD_INPUT,
                 "unknown %s '%.80s'; see music-neurons --help",
                 *name == '-' ? "option" : "command",
                 name);
}

// The program's help, or that of the command that the first of some arguments names.
static int
print_help(int const argc, char** const argv)
{
  MnCommand const* const command = argc ? find_command(argv[0]) : NULL;
  if (argc > 1) {
    return mn_fail(MN_EXIT_BAD_INPUT, "help: unexpected argument '%.80s'", argv[1]);
  }
  if (argc && !command) {
    return fail_unknown(argv[0]);
  }
  fputs(command ? command->help : help, stdout);
  return MN_EXIT_GOOD;
}

static int
run_command(MnCommand const* const command, int const argc, char** const argv)
{
  MnOptions options;
  int       status = MN_EXIT_BAD_INPUT;
  switch (mn_options_parse(command, argc, argv, &options)) {
  case MN_PARSED_RUN:
    status = command->run(&options);
    break;
  case MN_PARSED_HELP:
    fputs(command->help, stdout);
    status = MN_EXIT_GOOD;
    break;
  case MN_PARSED_BAD:
    break;
  case MN_PARSED_NO_MEMORY:
    status = MN_EXIT_FAILED;
    break;
  }
  mn_options_free(&options);
  return status;
}

static int
run(int const argc, char** const argv)
{
  char const* const name = argc > 1 ? argv[1] : NULL;
  if (!name) {
    return mn_fail(MN_EXIT_BAD_INPUT, "no command given; see music-neurons --help");
  }
  if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
    return print_help(0, NULL);
  }
  if (!strcmp(name, "help")) {
    return print_help(argc - 2, argv + 2);
  }
  if (!strcmp(name, "--complete")) {
    return mn_complete(commands, help, argc - 2, argv + 2);
  }
  if (!strcmp(name, "--version")) {
    puts("music-neurons " MN_VERSION);
    return MN_EXIT_GOOD;
  }
  MnCommand const* const command = find_command(name);
  return command ? run_command(command, argc - 1, argv + 1) : fail_unknown(name);
}

int
main(int const argc, char** const argv)
{
  int const status = run(argc, argv);
  errno            = 0;
  if ((fflush(stdout) || ferror(stdout)) && status != MN_EXIT_BAD_INPUT) {
    return mn_fail(MN_EXIT_FAILED,
                   "cannot write standard output%s%s",
                   errno ? ": " : "",
                   errno ? strerror(errno) : "");
  }
  return status;
}
