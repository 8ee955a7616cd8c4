// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "options.h"

#include "base/parallel.h"
#include "midi/upbeat.h"
#include "option_names.h"
#include "option_numbers.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_SECONDS = 600, MAX_WINDOWS = 1000000 };

// Percentages of a corpus that are held out.
enum { HELDOUT = 10, MAX_HELDOUT = 50 };

// Sizes of pictures, in pixels. The least is that of the plugin's window.
enum { MIN_WIDTH = 600, MIN_HEIGHT = 360, MAX_SIDE = 8192 };

// What is decoded: how wild, and how fast.
enum { MAX_TEMPERATURE = 100, MIN_TEMPO = 4, MAX_TEMPO = 999, TEMPO = 120 };
static double const usual_amount = 0.5; // of a variation

// Sizes of shards, in bytes. The default is that of Magenta.js' converter.
enum { DEFAULT_SHARD = 4 << 20, MIN_SHARD = 1 << 10, MAX_SHARD = 1 << 30 };

static MnParsed
bad_value(char const* const option, char const* const value, char const* const wanted)
{
  mn_fail(MN_EXIT_BAD_INPUT, "--%s '%.80s': not one of %s", option, value, wanted);
  return MN_PARSED_BAD;
}

// Appends a name to a list of names, if there is room.
static void
list_name(char* const list, size_t const size, char const* const name)
{
  size_t const used = strlen(list);
  snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

// Whether a value means a name, in any of the ways that people write it: "1 bar",
// "Half-Bar".
static bool
means(char const* value, char const* name)
{
  value += *value == '1';
  for (;; ++value, ++name) {
    value += strspn(value, " -_");
    name += strspn(name, "-");
    if (tolower((unsigned char)*value) != *name) {
      return false;
    }
    if (!*name) {
      return true;
    }
  }
}

// Finds a value among the names whose bit is set in `allowed`.
static MnParsed
read_name(char const* const        option,
          char const* const        value,
          char const* const* const names,
          unsigned const           count,
          unsigned const           allowed,
          unsigned* const          index)
{
  char list[128] = "";
  for (unsigned i = 0; i < count; ++i) {
    if (!(allowed & 1U << i)) {
      continue;
    }
    if (means(value, names[i])) {
      *index = i;
      return MN_PARSED_RUN;
    }
    list_name(list, sizeof(list), names[i]);
  }
  return bad_value(option, value, list);
}

static MnParsed
read_kernel(char const* const value, MnKernel const** const kernel)
{
  MnKernel const* const found =
    strcmp(value, "auto") ? mn_kernel_find(value) : mn_kernel_best();
  if (found && found->supported()) {
    *kernel = found;
    return MN_PARSED_RUN;
  }
  char list[128] = "auto";
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    if (mn_kernels[i]->supported()) {
      list_name(list, sizeof(list), mn_kernels[i]->name);
    }
  }
  mn_fail(MN_EXIT_BAD_INPUT,
          found ? "--kernel '%.80s': this processor cannot run it, only %s"
                : "--kernel '%.80s': not one of %s",
          value,
          list);
  return MN_PARSED_BAD;
}

static MnParsed
read_channel(char const* const value, unsigned* const channel)
{
  char*               end    = NULL;
  unsigned long const number = strtoul(value, &end, 10);
  if (*value < '0' || *value > '9' || *end || number > MN_CHANNELS) {
    return bad_value("channel", value, "0 (any but 10), 1 to 16");
  }
  *channel = (unsigned)number;
  return MN_PARSED_RUN;
}

static MnParsed
read_seconds(char const* const value, double* const seconds)
{
  char* end = NULL;
  *seconds  = strtod(value, &end);
  if (end == value || *end || !(*seconds > 0 && *seconds <= MAX_SECONDS)) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--seconds '%.80s': not a number above 0, at most %d",
            value,
            MAX_SECONDS);
    return MN_PARSED_BAD;
  }
  return MN_PARSED_RUN;
}

static MnParsed
read_shard_size(char const* const value, size_t* const size)
{
  char*               end    = NULL;
  unsigned long const number = strtoul(value, &end, 10);
  if (*value < '0' || *value > '9' || *end || number < MIN_SHARD || number > MAX_SHARD) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--shard-size '%.80s': not a number from %d to %d",
            value,
            MIN_SHARD,
            MAX_SHARD);
    return MN_PARSED_BAD;
  }
  *size = number;
  return MN_PARSED_RUN;
}

static MnParsed
read_windows(char const* const value, unsigned* const windows)
{
  if (!strcmp(value, "all")) {
    *windows = UINT_MAX;
    return MN_PARSED_RUN;
  }
  return mn_option_count("windows", value, 1, MAX_WINDOWS, windows);
}

static MnParsed
read_size(char const* const value, MnOptions* const o)
{
  char*               end   = NULL;
  unsigned long const width = strtoul(value, &end, 10);
  bool const          first =
    isdigit((unsigned char)*value) && *end == 'x' && isdigit((unsigned char)end[1]);
  unsigned long const height = first ? strtoul(end + 1, &end, 10) : 0;
  if (!first || *end || width < MIN_WIDTH || width > MAX_SIDE || height < MIN_HEIGHT ||
      height > MAX_SIDE) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--size '%.80s': not a size from %dx%d to %dx%d",
            value,
            MIN_WIDTH,
            MIN_HEIGHT,
            MAX_SIDE,
            MAX_SIDE);
    return MN_PARSED_BAD;
  }
  o->width  = (unsigned)width;
  o->height = (unsigned)height;
  return MN_PARSED_RUN;
}

static MnParsed
read_decode_option(int const option, char const* const value, MnOptions* const o)
{
  double   number = 0;
  MnParsed parsed;
  switch (option) {
  case 'M':
    o->midi = value;
    return MN_PARSED_RUN;
  case 't':
    parsed             = mn_option_real("temperature", value, 0, MAX_TEMPERATURE, &number);
    o->temperature_q16 = (uint32_t)lround(ldexp(number, 16));
    return parsed;
  case 'e':
    return mn_option_seed(value, &o->seed);
  case 'a':
    return mn_option_real("amount", value, 0, 1, &o->amount);
  case 'q':
    return mn_option_real("tempo", value, MIN_TEMPO, MAX_TEMPO, &o->tempo);
  default:
    return MN_PARSED_BAD;
  }
}

// An upbeat, in quarter notes.
static MnParsed
read_offset(char const* const value, MnOptions* const o)
{
  char* end = NULL;
  o->guess  = !strcmp(value, "auto");
  if (o->guess) {
    return MN_PARSED_RUN;
  }
  o->upbeat = strtod(value, &end);
  if (end == value || *end || !(o->upbeat >= 0 && o->upbeat <= MN_MAX_UPBEAT) ||
      fmod(o->upbeat * MN_UPBEAT_PARTS, 1) != 0) {
    mn_fail(
      MN_EXIT_BAD_INPUT,
      "--offset '%.80s': not auto, nor a number of quarter notes from 0 to %d, in steps of "
      "1/%d",
      value,
      MN_MAX_UPBEAT,
      MN_UPBEAT_PARTS);
    return MN_PARSED_BAD;
  }
  return MN_PARSED_RUN;
}

static MnParsed
read_many_option(int const option, char const* const value, MnOptions* const o)
{
  switch (option) {
  case 'J':
    return mn_option_count("jobs", value, 1, MN_MAX_WORKERS, &o->jobs);
  case 'Y':
    o->files_from = value;
    return MN_PARSED_RUN;
  default:
    return read_decode_option(option, value, o);
  }
}

static MnParsed
read_draw_option(int const option, char const* const value, MnOptions* const o)
{
  switch (option) {
  case 'W':
    return mn_option_count("window", value, 1, MAX_WINDOWS, &o->window);
  case '5':
    o->piece = true;
    return MN_PARSED_RUN;
  case 'Z':
    return read_size(value, o);
  case 'x':
    return mn_option_real("scale", value, 1, 4, &o->scale);
  case 'g':
    o->light = true;
    return MN_PARSED_RUN;
  default:
    return read_many_option(option, value, o);
  }
}

static MnParsed
add_path(char const*** const list, size_t* const count, char const* const path)
{
  char const** const paths = (char const**)realloc(*list, (*count + 1) * sizeof(*paths));
  if (!paths) {
    mn_fail_memory();
    return MN_PARSED_NO_MEMORY;
  }
  paths[(*count)++] = path;
  *list             = paths;
  return MN_PARSED_RUN;
}

static MnParsed
add_corpus(MnOptions* const o, char const* const path)
{
  return add_path(&o->corpora, &o->corpus_count, path);
}

static MnParsed
read_render_option(int const option, char const* const value, MnOptions* const o)
{
  switch (option) {
  case '3':
    o->preset = value;
    return MN_PARSED_RUN;
  case '4':
    return add_path(&o->sets, &o->set_count, value);
  default:
    return read_draw_option(option, value, o);
  }
}

static MnParsed
read_study_option(int const option, char const* const value, MnOptions* const o)
{
  switch (option) {
  case 'D':
    o->decoder = value;
    return MN_PARSED_RUN;
  case 'K':
    o->second_level = value;
    return MN_PARSED_RUN;
  case 'R':
    return mn_option_count("random", value, 1, MAX_WINDOWS, &o->random);
  case 'P':
    o->no_report = true;
    return MN_PARSED_RUN;
  default:
    return read_render_option(option, value, o);
  }
}

static MnParsed
read_import_option(int const option, char const* const value, MnOptions* const o)
{
  unsigned index = 0;
  MnParsed parsed;
  switch (option) {
  case 'o':
    o->output = value;
    return MN_PARSED_RUN;
  case 'n':
    o->name = value;
    return MN_PARSED_RUN;
  case 'L':
    o->licence = value;
    return MN_PARSED_RUN;
  case 'i':
    o->list = true;
    return MN_PARSED_RUN;
  case 'C':
    return add_corpus(o, value);
  case 'I':
    return add_path(&o->lines, &o->line_count, value);
  case 'w':
    parsed = read_name("weights", value, mn_weights_names, MN_WEIGHTS_COUNT, ~0U, &index);
    o->weights = (MnWeightsType)index;
    return parsed;
  case 'd':
    parsed =
      read_name("decoder-weights", value, mn_weights_names, MN_WEIGHTS_COUNT, ~0U, &index);
    o->decoder_weights = (MnWeightsType)index;
    return parsed;
  case 'r':
    parsed = read_name("rounding", value, mn_rounding_names, MN_ROUND_COUNT, ~0U, &index);
    o->rounding = (MnRoundChoice)index;
    return parsed;
  case 'F':
    return mn_option_count(
      "hidden-frac", value, MN_LEAST_HIDDEN_FRAC, MN_MOST_HIDDEN_FRAC, &o->hidden_frac);
  case 'T':
    return mn_option_count("steps", value, 1, MN_MAX_STEPS, &o->steps);
  case 'O':
    return mn_option_count("heldout", value, 0, MAX_HELDOUT, &o->heldout);
  case 'N':
    return read_windows(value, &o->windows);
  default:
    return read_study_option(option, value, o);
  }
}

static MnParsed
read_midi_option(int const option, char const* const value, MnOptions* const o)
{
  unsigned index = 0;
  MnParsed parsed;
  switch (option) {
  case '6':
    o->format = MN_FORMAT_JSON;
    return MN_PARSED_RUN;
  case '7':
    o->track = value;
    return MN_PARSED_RUN;
  case '8':
    return read_offset(value, o);
  case '9':
    parsed      = read_name("pedal", value, mn_pedal_names, MN_PEDAL_COUNT, ~0U, &index);
    o->no_pedal = index > 0;
    return parsed;
  default:
    return read_import_option(option, value, o);
  }
}

static MnParsed
read_option(MnCommand const* const command,
            int const              option,
            char const* const      value,
            MnOptions* const       o)
{
  unsigned index = 0;
  MnParsed parsed;
  switch (option) {
  case 'h':
    return MN_PARSED_HELP;
  case 'm':
    o->model = value;
    return MN_PARSED_RUN;
  case 'k':
    o->kernel_given = true;
    return read_kernel(value, &o->kernel);
  case 'f':
    parsed = read_name(
      "format", value, mn_format_names, MN_FORMAT_COUNT, command->formats, &index);
    o->format = (MnOutputFormat)index;
    return parsed;
  case 'H':
    parsed = read_name("hop", value, mn_hop_names, MN_HOP_COUNT, ~0U, &index);
    o->hop = (MnHop)index;
    return parsed;
  case 'v':
    parsed   = read_name("voice", value, mn_voice_names, MN_VOICE_COUNT, ~0U, &index);
    o->voice = (MnVoice)index;
    return parsed;
  case 'c':
    o->channel_given = true;
    return read_channel(value, &o->channel);
  case 'X':
    o->strict = true;
    return MN_PARSED_RUN;
  case 'l':
    o->latent = true;
    return MN_PARSED_RUN;
  case 'G':
    o->sigma = true;
    return MN_PARSED_RUN;
  case 'A':
    o->ask = true;
    return MN_PARSED_RUN;
  case 's':
    return read_seconds(value, &o->seconds);
  case 'j':
    o->magenta_js = value;
    return MN_PARSED_RUN;
  case 'S':
    return read_shard_size(value, &o->shard_size);
  default:
    return read_midi_option(option, value, o);
  }
}

static MnParsed
read_operands(MnCommand const* const command,
              int const              count,
              char* const* const     operands,
              MnOptions* const       o)
{
  bool const any =
    command->many_operands || (command->more_operands && o->corpus_count > 0);
  int const most = !command->operand ? 0 : any ? count : 1;
  if (count > most) {
    mn_fail(
      MN_EXIT_BAD_INPUT, "%s: unexpected argument '%.80s'", command->name, operands[most]);
    return MN_PARSED_BAD;
  }
  if (count == 0 && command->needs_operand && !o->files_from) {
    mn_fail(MN_EXIT_BAD_INPUT, "%s: no %s given", command->name, command->operand);
    return MN_PARSED_BAD;
  }
  o->operand      = count ? operands[0] : NULL;
  MnParsed parsed = MN_PARSED_RUN;
  for (int i = command->many_operands ? 0 : 1; i < count && parsed == MN_PARSED_RUN; ++i) {
    parsed = add_corpus(o, operands[i]);
  }
  return parsed;
}

MnParsed
mn_options_parse(MnCommand const* const command,
                 int const              argc,
                 char** const           argv,
                 MnOptions* const       o)
{
  *o = (MnOptions){
    .kernel      = mn_kernel_best(),
    .format      = command->format,
    .hop         = MN_HOP_BAR,
    .voice       = MN_VOICE_SKYLINE,
    .seconds     = 1,
    .shard_size  = DEFAULT_SHARD,
    .hidden_frac = MN_HIDDEN_FRAC,
    .heldout     = HELDOUT,
    .scale       = 1,
    .tempo       = TEMPO,
    .amount      = usual_amount,
  };

  opterr = 0; // the line that getopt would print does not name the command
  char const* const letters = command->letters ? command->letters : ":h";
  int               option;
  while ((option = getopt_long(argc, argv, letters, command->options, NULL)) != -1) {
    char const* const given = argv[optind - 1];
    if (option == '?' || option == ':') {
      mn_fail(MN_EXIT_BAD_INPUT,
              option == '?' ? "%s: unknown option or needless value: '%.80s'"
                            : "%s: '%.80s' needs a value",
              command->name,
              given);
      return MN_PARSED_BAD;
    }
    MnParsed const parsed = read_option(command, option, optarg, o);
    if (parsed != MN_PARSED_RUN) {
      return parsed;
    }
  }
  return read_operands(command, argc - optind, argv + optind, o);
}

MnHearing
mn_options_hearing(MnOptions const* const o)
{
  bool const all = o->track && !strcasecmp(o->track, "all");
  return (MnHearing){
    .voice    = o->voice,
    .channel  = o->channel,
    .track    = all ? NULL : o->track,
    .choose   = !o->track && !o->channel_given,
    .no_pedal = o->no_pedal,
    .upbeat   = o->upbeat,
    .guess    = o->guess,
    .strict   = o->strict,
  };
}

void
mn_options_free(MnOptions* const o)
{
  free(o->corpora);
  free(o->lines);
  free(o->sets);
  o->corpora = NULL;
  o->lines   = NULL;
  o->sets    = NULL;
}
