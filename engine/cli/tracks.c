// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons tracks`: what a MIDI file's tracks play.

#include "common/numbers.h"
#include "common/texts.h"
#include "midi/midibytes.h"
#include "midi/score.h"
#include "midi/trackparts.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_TEXT = 64 };

// "1, 3-5"
static void
list_channels(MnChannelSet const set, char text[CHANNELS_TEXT])
{
  size_t used = 0;
  for (unsigned c = 1; c <= MN_CHANNELS; ++c) {
    unsigned last = c;
    if (!(set >> (c - 1) & 1)) {
      continue;
    }
    while (last < MN_CHANNELS && set >> last & 1) {
      ++last;
    }
    used += (size_t)snprintf(text + used,
                             CHANNELS_TEXT - used,
                             last > c ? "%s%u-%u" : "%s%u",
                             used ? "," : "",
                             c,
                             last);
    c = last;
  }
}

static void
print_text(MnTrackPart const* const part, char const* const name, bool const melody)
{
  char channels[CHANNELS_TEXT];
  char program[16] = "-";
  list_channels(part->channels, channels);
  if (part->program != MN_NO_PROGRAM && !part->drums) {
    snprintf(program, sizeof(program), "%d", part->program + 1);
  }
  printf("%5u  %-8s  %7s  %6zu  %3u-%-3u  %9u  ",
         part->track,
         channels,
         program,
         part->notes,
         part->lowest,
         part->highest,
         part->polyphony);
  if (part->heard) {
    printf("%6.2f%s  ", part->likeness, melody ? "*" : " ");
  } else {
    printf("%6s   ", part->drums ? "drums" : "-");
  }
  mn_print_plain(name, strlen(name), stdout);
  putchar('\n');
}

static json_t*
channels_array(MnChannelSet const set)
{
  json_t* const array = json_array();
  for (unsigned c = 1; c <= MN_CHANNELS; ++c) {
    if (set >> (c - 1) & 1 && json_array_append_new(array, json_integer(c))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

static int
print_json(MnTrackPart const* const part, char const* const name, bool const melody)
{
  bool const program = part->program != MN_NO_PROGRAM && !part->drums;
  return mn_json_print(json_pack("{s:i,s:o,s:o,s:o,s:b,s:I,s:I,s:i,s:i,s:i,s:f,s:b}",
                                 "track",
                                 (int)part->track,
                                 "channels",
                                 channels_array(part->channels),
                                 "program",
                                 program ? json_integer(part->program + 1) : json_null(),
                                 "name",
                                 mn_json_text(name),
                                 "drums",
                                 part->drums,
                                 "notes",
                                 (json_int_t)part->notes,
                                 "heard",
                                 (json_int_t)part->heard,
                                 "lowest",
                                 (int)part->lowest,
                                 "highest",
                                 (int)part->highest,
                                 "polyphony",
                                 (int)part->polyphony,
                                 "likeness",
                                 part->likeness,
                                 "melody",
                                 melody),
                       stdout);
}

static int
print_parts(MnOptions const* const    o,
            MnMidiFile const* const   file,
            MnTrackParts const* const parts)
{
  int status = MN_EXIT_GOOD;
  if (o->format == MN_FORMAT_TEXT && parts->count) {
    puts("track  channels  program   notes    keys   polyphony  melody   name");
  }
  for (size_t i = 0; i < parts->count && status == MN_EXIT_GOOD; ++i) {
    MnTrackPart const* const part   = &parts->parts[i];
    char const* const        name   = mn_track_name(&file->names, part->track);
    bool const               melody = i == parts->melody;
    if (o->format == MN_FORMAT_JSON) {
      status = print_json(part, name, melody);
    } else {
      print_text(part, name, melody);
    }
  }
  return status;
}

static int
run(MnOptions const* const options)
{
  MnError      error = {0};
  MnMidiFile   file;
  MnTrackParts parts;
  if (!mn_midifile_read(&file, options->operand, options->strict, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_faults_warn(&file.faults, options->operand);
  int status = MN_EXIT_FAILED;
  if (mn_trackparts_find(&file, &parts, &error)) {
    status = print_parts(options, &file, &parts);
    if (status == MN_EXIT_GOOD && !parts.count) {
      mn_fail(status, "%s: no notes", mn_midi_name(options->operand));
    }
    mn_trackparts_free(&parts);
  } else {
    mn_fail_reading(&error);
  }
  free(file.events);
  return status;
}

static struct option const options[] = {MN_OPTION_FORMAT,
                                        MN_OPTION_JSON,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons tracks [OPTION]... FILE.mid\n"
  "\n"
  "Lists the parts of a standard MIDI file: what each track plays on one instrument.\n"
  "Channels of one track that have the same program are one part. A star marks the\n"
  "part that the other commands hear if no track or channel is given: the one that is\n"
  "most like a melody. It plays one note at a time, in small intervals, throughout,\n"
  "and on several keys, not in the bass; a name such as Melody, Vocal or Lead counts\n"
  "twice.\n"
  "\n"
  "      --format FORMAT  text (default) or json (one object a line)\n"
  "      --json           the same as --format json\n"
  "      --strict         refuse a file with any fault; else what is wrong is mended,\n"
  "                       with a warning\n"
  "  -h, --help           print this help\n";

MnCommand const mn_tracks_command = {
  .name          = "tracks",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .formats       = 1U << MN_FORMAT_TEXT | 1U << MN_FORMAT_JSON,
  .format        = MN_FORMAT_TEXT,
  .run           = run,
};
