// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons render`: a MIDI file with the controllers that the plugin would send.

#include "base/file.h"
#include "base/newfile.h"
#include "bundle.h"
#include "midi/score.h"
#include "options.h"
#include "render/controller_track.h"
#include "render/playback.h"
#include "render/plugin_host.h"
#include "render/preset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20 }; // as much as a score may have

typedef struct {
  MnOptions const* options;
  MnControlValues  values;
  MnPresetModel    preset_model;
  char             bundle[PATH_MAX]; // empty if there is none
  MnMidiScore      score;
  MnCleanSmf       smf; // the file, to write it again
  MnTempoMap       map;
  MnControllers    controllers;
} Render;

// Without a preset and without a setting, no controller would be sent.
static char const default_preset[] = "eight-neurons";

static int
read_settings(Render* const r)
{
  MnOptions const* const o      = r->options;
  char const* const      preset = o->preset           ? o->preset
                                  : o->set_count == 0 ? default_preset
                                                      : NULL;
  mn_control_values_init(&r->values);
  int const status =
    preset ? mn_preset_read(preset, &r->values, &r->preset_model) : MN_EXIT_GOOD;
  if (status) {
    return status;
  }
  MnError error = {0};
  for (size_t i = 0; i < o->set_count; ++i) {
    if (!mn_control_values_parse(&r->values, o->sets[i], &error)) {
      return mn_fail_reading(&error);
    }
  }
  if (!mn_control_values_send(&r->values)) {
    return mn_fail(
      MN_EXIT_BAD_INPUT,
      "render: no controller is sent; choose a --preset, or --set cc_1_source");
  }
  return MN_EXIT_GOOD;
}

// Reads the file again, with all that is in it.
static bool
read_whole(Render* const r, MnError* const error)
{
  MnOptions const* const o      = r->options;
  MnError                reason = {0};
  MnContents             file   = {0};
  bool                   good = mn_contents_read(&file, o->operand, MOST_BYTES, &reason) &&
              mn_smf_mend(file.data, file.size, o->strict, &r->smf, &reason);
  mn_contents_free(&file);
  if (good && r->smf.in_a_row && r->smf.tracks > 1) {
    mn_error_set(
      &reason, MN_STATUS_UNSUPPORTED, "format 2: its tracks have no common time");
    good = false;
  }
  if (!good) {
    mn_error_set(error, reason.status, "%.200s: %.280s", o->operand, reason.text);
  }
  return good;
}

static int
read_score(Render* const r)
{
  MnOptions const* const o       = r->options;
  MnError                error   = {0};
  MnHearing              hearing = mn_options_hearing(o);
  hearing.voice                  = (MnVoice)lrintf(r->values.value[MN_PORT_VOICE]);
  hearing.channel                = (unsigned)lrintf(r->values.value[MN_PORT_CHANNEL]);
  hearing.choose                 = !o->track && hearing.channel == MN_CHANNEL_ANY;
  if (!mn_midi_score_read(&r->score, o->operand, &hearing, &error) ||
      !read_whole(r, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_score_warn(&r->score, o->operand);
  mn_midi_score_tell(&r->score, o->operand);
  if (r->score.end == 0) {
    mn_midi_score_tell_silence(&r->score, o->operand);
  }
  return mn_tempo_map_make(&r->map, &r->score) ? MN_EXIT_GOOD : mn_fail_memory();
}

// Up to the end of the last window that begins before the last note ends.
static int
play(Render* const r, MnModel const* const model)
{
  MnError             error = {0};
  int64_t const       end   = r->score.end + model->steps + 1;
  MnPluginHost* const host =
    mn_plugin_host_new(MN_PLAYBACK_RATE, r->bundle, model->path, &r->values, &error);
  if (!host) {
    return mn_fail(MN_EXIT_FAILED, "%s", error.text);
  }
  bool const good = mn_playback_run(
    host, &r->score, &r->map, end, MN_PLAYBACK_BLOCK, &r->controllers, &error);
  mn_plugin_host_free(host);
  return good ? MN_EXIT_GOOD
              : mn_fail(mn_exit_reading(error.status),
                        "%.200s: %.280s",
                        r->options->operand,
                        error.text);
}

static int
play_with_model(Render* const r)
{
  MnOptions const* const o = r->options;
  char const* const      preset =
    r->preset_model.own || !*r->preset_model.path ? NULL : r->preset_model.path;
  MnModel*  model  = NULL;
  int const status = mn_model_open(o->model ? o->model : preset, &model);
  if (status) {
    return status;
  }
  mn_bundle_find(r->bundle, sizeof(r->bundle));
  int const played = play(r, model);
  mn_model_free(model);
  return played;
}

// The new file replaces an old one when it is complete.
static int
write_file(Render* const r)
{
  MnError   error = {0};
  MnNewFile n;
  if (!mn_newfile_open(&n, r->options->output, &error)) {
    return mn_fail_writing(&error);
  }
  bool const good =
    mn_controller_track_write(&r->smf, &r->map, &r->controllers, n.file, &error) &&
    mn_newfile_close(&n, &error) && mn_newfile_keep(&n, &error);
  mn_newfile_drop(&n);
  return good ? MN_EXIT_GOOD : mn_fail_writing(&error);
}

static int
run(MnOptions const* const options)
{
  if (!options->output) {
    return mn_fail(MN_EXIT_BAD_INPUT, "render: no --output given");
  }
  if (!strcmp(options->operand,
              "-")) { // the file is read once for its notes, once to write it
    return mn_fail(MN_EXIT_BAD_INPUT, "render: needs a file, not standard input");
  }
  Render* const r = (Render*)calloc(1, sizeof(Render));
  if (!r) {
    return mn_fail_memory();
  }
  r->options = options;
  int status = read_settings(r);
  status     = status ? status : read_score(r);
  status     = status ? status : play_with_model(r);
  status     = status ? status : write_file(r);
  free(r->controllers.list);
  mn_tempo_map_free(&r->map);
  free(r->smf.bytes);
  mn_midi_score_free(&r->score);
  free(r);
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_PRESET,
                                        MN_OPTION_SET,
                                        MN_OPTION_MODEL,
                                        MN_OPTION_TRACK,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons render FILE.mid -o OUT.mid [OPTION]...\n"
  "\n"
  "Plays a standard MIDI file to the plugin, as a host that exports does, and\n"
  "writes the file again with one track more: the controllers that the plugin\n"
  "sends. All other events stay as they are. A controller stands on the tick that\n"
  "is nearest to its time. They end two bars after the last note, when the last\n"
  "window is known.\n"
  "\n"
  "  -o, --output OUT.mid     write this file\n"
  "      --preset PRESET      a preset of the plugin by its short name, such as\n"
  "                           slow-drift, or a Turtle file that a host has saved\n"
  "                           (default, where nothing is set: eight-neurons)\n"
  "      --set SYMBOL=VALUE   set a control of the plugin, after the preset: to a\n"
  "                           number, or to the name of a choice, as in\n"
  "                           cc_1_source=musicality\n"
  "      --model MODEL        open, magenta, or a file (default: that of the\n"
  "                           preset, else open)\n"
  "      --track N|NAME       play it one track, by its number or name, or all; see\n"
  "                           `tracks`. Without this, where several play, the track\n"
  "                           that is most like a melody\n"
  "      --strict             refuse a file with any fault; else what is wrong is\n"
  "                           mended, with a warning\n"
  "  -h, --help               print this help\n";

MnCommand const mn_render_command = {
  .name          = "render",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .letters       = ":ho:",
  .run           = run,
};
