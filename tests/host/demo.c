// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The demo: plays a melody, then random notes, through the built plugin in the
/// project's own host, and draws the values of its ports window by window.

#include "song.h"

#include "base/percent.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  EIGHTH    = SONG_PPQ / 2,
  BAR_TICKS = 4 * SONG_PPQ,
  TUNE_BARS = 16,
  SHOWN     = 3, ///< neurons in a line
  LARGE_MU  = 3, ///< a full bar
};

static double const rate = 48000;

// The least that the melody must reach. Random notes must stay as far below.
static double const musical = 0.8;

typedef struct {
  unsigned pitch;
  unsigned eighths;
} Note;

// Ludwig van Beethoven, the theme of the finale of his ninth symphony (1824):
// sixteen bars in D.
static Note const joy[] = {
  {66, 2}, {66, 2}, {67, 2}, {69, 2}, {69, 2}, {67, 2}, {66, 2}, {64, 2}, {62, 2},
  {62, 2}, {64, 2}, {66, 2}, {66, 3}, {64, 1}, {64, 4}, {66, 2}, {66, 2}, {67, 2},
  {69, 2}, {69, 2}, {67, 2}, {66, 2}, {64, 2}, {62, 2}, {62, 2}, {64, 2}, {66, 2},
  {64, 3}, {62, 1}, {62, 4}, {64, 2}, {64, 2}, {66, 2}, {62, 2}, {64, 2}, {66, 1},
  {67, 1}, {66, 2}, {62, 2}, {64, 2}, {66, 1}, {67, 1}, {66, 2}, {64, 2}, {62, 2},
  {64, 2}, {57, 2}, {66, 2}, {66, 2}, {66, 2}, {67, 2}, {69, 2}, {69, 2}, {67, 2},
  {66, 2}, {64, 2}, {62, 2}, {62, 2}, {64, 2}, {66, 2}, {64, 3}, {62, 1}, {62, 4},
};

typedef struct {
  unsigned windows;
  bool     slow; ///< for somebody to watch
  double   melody;
  double   noise;
  unsigned melody_windows;
  unsigned noise_windows;
} Show;

// A bar of `width` cells in eighths of a cell.
static void
draw_bar(double const value, int const width)
{
  static char const* const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  int const filled = (int)lrint((value < 0 ? 0 : value > 1 ? 1 : value) * width * 8);
  for (int cell = 0; cell < width; ++cell) {
    int const part = filled - 8 * cell;
    fputs(part >= 8 ? "█" : part > 0 ? eighths[part] : "·", stdout);
  }
}

static void
show_window(Host* const host, Show* const show)
{
  int const bar = (int)show->windows;
  if (bar == 1 || bar == TUNE_BARS + 1) {
    printf("\n%s\n bars   musicality       noise  most excited neurons, by mu\n",
           bar == 1 ? "Beethoven, Ode to Joy" : "Random notes");
  }
  double const musicality = (double)host_get(host, "musicality");
  printf(" %2d-%-2d  ", bar, bar + 1);
  draw_bar(musicality, 10);
  printf(
    " %4.2f  %5.0f", mn_percent(musicality) / 100, (double)host_get(host, "noise_active"));
  for (int i = 1; i <= SHOWN; ++i) {
    char symbol[32];
    snprintf(symbol, sizeof(symbol), "top_%d_neuron", i);
    int const neuron = (int)host_get(host, symbol);
    snprintf(symbol, sizeof(symbol), "top_%d_activation", i);
    double const mu = (double)host_get(host, symbol);
    snprintf(symbol, sizeof(symbol), "[%d]", neuron);
    printf("  %5s ", symbol);
    draw_bar(fabs(mu) / LARGE_MU, 4);
    printf("%+5.2f", mu);
  }
  putchar('\n');

  // A window that spans both parts belongs to neither.
  if (bar < TUNE_BARS) {
    show->melody += musicality;
    ++show->melody_windows;
  } else if (bar > TUNE_BARS && bar < 2 * TUNE_BARS) {
    show->noise += musicality;
    ++show->noise_windows;
  }
  fflush(stdout);
  if (show->slow) {
    usleep(120000);
  }
}

static void
after_block(Host* const host, void* const data)
{
  Show* const    show    = (Show*)data;
  unsigned const windows = (unsigned)host_get(host, "window");
  if (windows != show->windows) {
    show->windows = windows;
    if (windows < 2 * TUNE_BARS) {
      show_window(host, show);
    }
  }
}

int
main(int const argc, char** const argv)
{
  if (argc != 2) {
    fprintf(stderr, "usage: %s BUNDLE\n", argv[0]);
    return 2;
  }
  Song* const song = song_new(120);
  uint32_t    tick = 0;
  for (size_t i = 0; i < sizeof(joy) / sizeof(*joy); ++i) {
    uint32_t const length = joy[i].eighths * EIGHTH;
    song_add_note(song, tick, length - EIGHTH / 8, 0, joy[i].pitch);
    tick += length;
  }
  song_add_noise(song, TUNE_BARS * BAR_TICKS, TUNE_BARS, 2);
  song_sort(song);

  Host* const host = host_new(argv[1], rate, HOST_WORKER_AFTER);
  Show        show = {.slow = isatty(STDOUT_FILENO)};
  host_set(host, "glide", 0);
  host_get_model(host, 0);
  host_run(host, 0);
  printf("Music Neurons: %s\n",
         host_log(host)[0] ? host_log(host)
                           : "the plugin hears a melody, then random notes");
  song_play(song, host, &(SongPlay){.rate = rate, .block = 256}, after_block, &show);

  double const melody = show.melody_windows ? show.melody / show.melody_windows : 0;
  double const noise  = show.noise_windows ? show.noise / show.noise_windows : 0;
  printf("\nMean musicality: melody %.2f, random notes %.2f.\n", melody, noise);
  host_free(host);
  song_free(song);
  return melody >= musical && noise <= 1 - musical ? EXIT_SUCCESS : EXIT_FAILURE;
}
