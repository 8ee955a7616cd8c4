// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons draw`: a picture of a MIDI file, as the plugin's window shows it.

#include "draw.h"

#include "draw_piece.h"
#include "layout.h"
#include "options.h"
#include "peaks.h"
#include "picture_file.h"
#include "recall.h"
#include "scoreview.h"

#include <math.h>
#include <stdlib.h>

// Of the window, unless another size is asked for.
enum { WIDTH = MN_WINDOW_WIDTH, HEIGHT = MN_WINDOW_HEIGHT };

// What mn_midi_windows_cut() returns once it has found the window to draw.
enum { STATUS_FOUND = -1 };

typedef struct {
  MnOptions const* options;
  MnEncoding       encoding;
  MnMidiScore      score;
  MnMidiWindows    cut;
  MnView*          view;
  MnPeaks          peaks;
  unsigned long    windows; // so far
  unsigned long    scored;
  unsigned long    last;   // the last that is scored
  unsigned long    wanted; // the window to draw
  unsigned long    next;   // to come from the encoder
} Drawing;

static bool
is_scored(MnWindow const* const window)
{
  return window->onsets >= MN_ONSETS_TO_SCORE;
}

// Counts the windows up to the wanted one.
static int
count_window(void* const               context,
             MnWindow const* const     window,
             MnWindowBits const* const bits)
{
  (void)bits;
  Drawing* const d = (Drawing*)context;
  ++d->windows;
  if (is_scored(window)) {
    ++d->scored;
    d->last = d->windows;
  }
  return d->windows == d->options->window ? STATUS_FOUND : MN_EXIT_GOOD;
}

// Windows of the past that a picture may show.
enum { SHOWN = 512 };

// Takes the windows that the picture shows, up to the wanted one.
static int
take_window(void* const               context,
            MnWindow const* const     window,
            MnWindowBits const* const bits)
{
  Drawing* const d      = (Drawing*)context;
  bool const     found  = ++d->windows == d->wanted;
  int            status = MN_EXIT_GOOD;
  if (d->windows >= d->next) {
    status = mn_encoding_add(&d->encoding, window, bits, is_scored(window));
  }
  return status == MN_EXIT_GOOD && found ? STATUS_FOUND : status;
}

static int
show_window(void* const             context,
            MnWindow const* const   window,
            MnEncoding const* const encoding,
            bool const              encoded)
{
  Drawing* const d = (Drawing*)context;
  mn_scoreview_set_window(
    d->view, window, encoding->bits, (unsigned)d->next++, encoded ? encoding : NULL);
  mn_recall_keep(d->view, mn_scoreview_bar(&d->score, window->start).number);
  double const end = mn_midi_score_seconds(&d->score, window->start + window->steps);
  if (encoded) {
    mn_peaks_take(&d->peaks, d->view, end);
  } else {
    mn_peaks_show(&d->peaks, d->view, end);
  }
  return MN_EXIT_GOOD;
}

static int
find_window(Drawing* const d)
{
  MnOptions const* const o      = d->options;
  MnMidiScore            reader = d->score;
  int const              status = mn_midi_windows_cut(&reader, &d->cut, count_window, d);
  if (status != MN_EXIT_GOOD && status != STATUS_FOUND) {
    return status;
  }
  if (d->windows == 0) {
    mn_midi_score_tell_silence(&d->score, o->operand);
    return MN_EXIT_BAD_INPUT;
  }
  if (o->window > d->windows) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "%s: no window %u, the last is %lu",
                   o->operand,
                   o->window,
                   d->windows);
  }
  d->wanted  = o->window ? o->window : d->last ? d->last : d->windows;
  d->next    = d->wanted > SHOWN ? d->wanted - SHOWN + 1 : 1;
  d->windows = 0;
  d->scored  = 0;
  return MN_EXIT_GOOD;
}

static int
fill_view(Drawing* const d)
{
  MnOptions const* const o = d->options;
  mn_view_init(d->view);
  mn_scoreview_set_model(d->view, d->encoding.model);
  int status = mn_midi_windows_cut(&d->score, &d->cut, take_window, d);
  status     = status == STATUS_FOUND ? mn_encoding_flush(&d->encoding) : status;
  if (status) {
    return status;
  }
  mn_scoreview_set_place(d->view, &d->score, &d->cut, d->view->window.start);
  float* const value     = d->view->value;
  value[MN_PORT_HOP]     = (float)o->hop;
  value[MN_PORT_CHANNEL] = (float)o->channel;
  value[MN_PORT_VOICE]   = (float)o->voice;
  value[MN_PORT_TEMPO]   = d->view->roll.tempo;
  d->view->answered      = true;
  d->view->paper         = true;
  d->view->scale         = (float)o->scale;
  return MN_EXIT_GOOD;
}

static void
paint(cairo_t* const cr, double const width, double const height, void const* const context)
{
  Drawing const* const d     = (Drawing const*)context;
  uint32_t const       white = 0xFFFFFFFF;
  MnTheme              theme;
  mn_theme_init(&theme, d->options->light ? &white : NULL, NULL);
  mn_draw(cr, d->view, &theme, width, height);
}

static int
write_picture(Drawing const* const d)
{
  MnOptions const* const o = d->options;
  return mn_picture_file_write(o->output,
                               round((o->width ? o->width : WIDTH) * o->scale),
                               round((o->height ? o->height : HEIGHT) * o->scale),
                               o->operand,
                               paint,
                               d);
}

static int
draw(Drawing* const d)
{
  d->cut     = mn_encoding_windows(&d->encoding, d->options);
  int status = find_window(d);
  status     = status ? status : fill_view(d);
  return status ? status : write_picture(d);
}

static int
run(MnOptions const* const options)
{
  if (!options->output) {
    return mn_fail(MN_EXIT_BAD_INPUT, "draw: no --output given");
  }
  if (!mn_picture_file_is_known(options->output)) {
    return MN_EXIT_BAD_INPUT;
  }
  if (options->piece) {
    return options->window ? mn_fail(MN_EXIT_BAD_INPUT,
                                     "draw: --piece has all windows; leave out --window")
                           : mn_draw_piece(options);
  }
  Drawing* const d = (Drawing*)calloc(1, sizeof(Drawing));
  MnView* const  v = (MnView*)malloc(sizeof(MnView));
  if (!d || !v) {
    free(d);
    free(v);
    return mn_fail_memory();
  }
  d->options = options;
  d->view    = v;

  MnError error = {0};
  int     status =
    mn_encoding_open(&d->encoding, options->model, options->kernel, show_window, d);
  if (status == MN_EXIT_GOOD) {
    MnHearing const hearing = mn_options_hearing(options);
    if (!mn_midi_score_read(&d->score, options->operand, &hearing, &error)) {
      status = mn_fail_reading(&error);
    } else {
      mn_midi_score_warn(&d->score, options->operand);
      mn_midi_score_tell(&d->score, options->operand);
      status = draw(d);
      mn_midi_score_free(&d->score);
    }
    mn_encoding_close(&d->encoding);
  }
  free(v);
  free(d);
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_PIECE,
                                        MN_OPTION_WINDOW,
                                        MN_OPTION_SIZE,
                                        MN_OPTION_SCALE,
                                        MN_OPTION_LIGHT,
                                        MN_OPTION_MODEL,
                                        MN_OPTION_HOP,
                                        MN_OPTION_TRACK,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_OFFSET,
                                        MN_OPTION_PEDAL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons draw FILE.mid -o PICTURE [OPTION]...\n"
  "\n"
  "Reads a standard MIDI file and draws what the plugin's window shows at the end\n"
  "of one of its windows of notes, or the whole piece on one page.\n"
  "\n"
  "  -o, --output PICTURE  write this file: .png, .svg or .pdf\n"
  "      --piece           draw the whole piece: notes, musicality and surprise,\n"
  "                        and heat maps of axes and of neurons that have a name,\n"
  "                        with the numbers of bars\n"
  "      --window N        draw this window, by the numbers of `analyze` (default:\n"
  "                        the last one with a score)\n"
  "      --size WxH        size in pixels (default: 900x540; of a piece, 1414x1000)\n"
  "      --scale X         enlarge the picture X times, 1 to 4 (default: 1)\n"
  "      --light           draw on white, for print\n"
  "      --model MODEL     open (default), magenta, or a file\n"
  "      --hop HOP         start a window every 2bars, bar (default), half-bar,\n"
  "                        beat, half-beat or step\n"
  "      --track N|NAME    hear one track, by its number or name, or all; see `tracks`.\n"
  "                        Without this and --channel, where several play, the track\n"
  "                        that is most like a melody is heard\n"
  "      --channel N       hear one channel, 1 to 16; 0 hears all but 10\n"
  "      --offset BEATS    the upbeat: quarter notes before the first whole bar; auto\n"
  "                        guesses it\n"
  "      --pedal PEDAL     hold (default): the sustain pedal holds notes; or ignore\n"
  "      --voice VOICE     which of the notes that start on one step to hear:\n"
  "                        highest, lowest, latest or skyline (default)\n"
  "      --strict          refuse a file with any fault; else what is wrong is\n"
  "                        mended, with a warning\n"
  "      --kernel NAME     a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help            print this help\n";

MnCommand const mn_draw_command = {
  .name          = "draw",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .letters       = ":ho:",
  .run           = run,
};
