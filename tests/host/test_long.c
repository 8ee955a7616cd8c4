// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The second level on the plugin's ports: neutral without one; the same numbers however the
/// host plays, and those of `music-neurons analyze`; forgotten at a reset and a jump.

#include "../unit/model_file.h"
#include "drive.h"
#include "song.h"
#include "tunes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[]  = "build/music-neurons.lv2";
static char const with[]    = "build/second-level.safetensors";
static char const without[] = "build/first-level.safetensors";

enum { STYLES = 5, RANKED = 16, VALUES = 3 + 8 + RANKED, MOST_WINDOWS = 600 };

// The ports that are watched: in this order, then the neurons.
static char const* const symbols[VALUES - RANKED] = {"bars_heard",
                                                     "style_top",
                                                     "style_confidence",
                                                     "style_1",
                                                     "style_2",
                                                     "style_3",
                                                     "style_4",
                                                     "style_5",
                                                     "style_6",
                                                     "style_7",
                                                     "style_8"};

static char const*
symbol_of(unsigned const value)
{
  static char text[16];
  if (value < VALUES - RANKED) {
    return symbols[value];
  }
  snprintf(text, sizeof(text), "neuron_%u", value - (VALUES - RANKED) + 1);
  return text;
}

typedef struct {
  unsigned count;
  float    window[MOST_WINDOWS]; // the port's value
  float    values[MOST_WINDOWS][VALUES];
} Record;

static void
keep(Host* const host, float values[VALUES])
{
  for (unsigned i = 0; i < VALUES; ++i) {
    values[i] = host_get(host, symbol_of(i));
  }
}

static void
record_block(Host* const host, void* const data)
{
  Record* const r = (Record*)data;
  host_settle(host);
  float const window = host_get(host, "window");
  if ((!r->count && window > 0) || (r->count && window != r->window[r->count - 1])) {
    assert_true(r->count < MOST_WINDOWS);
    r->window[r->count] = window;
    keep(host, r->values[r->count++]);
  }
}

// Random models of both kinds, that differ in the second level alone.
static void
make_models(void)
{
  ModelShape const first = {
    .steps = 32, .hidden = 12, .latent = 20, .hidden_frac = 13, .wide = true, .seed = 5};
  LongShape const  second = {.neurons      = 10,
                             .width        = 32,
                             .latent       = 24,
                             .music        = 20,
                             .styles       = STYLES,
                             .style_width  = 16,
                             .style_hidden = 12};
  ModelFile* const file   = model_file_new(&first);
  model_file_write(file, without);
  model_file_add_long(file, &first, &second);
  model_file_write(file, with);
  model_file_free(file);
}

static Host*
new_host(char const* const model, double const rate, HostWorker const worker)
{
  Host* const host = host_new(bundle, rate, worker);
  host_set(host, "glide", 0);
  host_set(host, "hold", 256);
  host_set(host, "span", 1);
  host_set_model(host, 0, model);
  for (unsigned i = 0; i < 30; ++i) { // requested, loaded, swapped in
    host_run(host, 64);
    host_settle(host);
    usleep(worker == HOST_WORKER_AFTER ? 0 : 1000);
  }
  return host;
}

static Record*
play(Song const* const     song,
     char const* const     model,
     SongPlay const* const how,
     HostWorker const      worker,
     float const           hop)
{
  Record* const r    = (Record*)calloc(1, sizeof(*r));
  Host* const   host = new_host(model, how->rate, worker);
  assert_non_null(r);
  host_set(host, "hop", hop);
  song_play(song, host, how, record_block, r);
  assert_true(host_get(host, "late") == 0);
  host_free(host);
  return r;
}

static Song*
tune(unsigned const bars)
{
  Song* const song = song_new(120);
  song_add_tune(song, bars, 3);
  song_sort(song);
  return song;
}

static void
without_a_second_level_all_is_neutral(void** const state)
{
  (void)state;
  Song* const    song = tune(6);
  SongPlay const how  = {.rate = 48000, .block = 1024};
  Record* const  r    = play(song, without, &how, HOST_WORKER_AFTER, 1);
  assert_true(r->count > 4);
  for (unsigned w = 0; w < r->count; ++w) {
    for (unsigned i = 0; i < VALUES; ++i) {
      assert_true(r->values[w][i] == (i < VALUES - RANKED ? 0.0F : 0.5F));
    }
  }
  free(r);
  song_free(song);
}

static void
check_styles(float const values[VALUES])
{
  float sum = 0;
  float top = 0;
  for (unsigned k = 0; k < 8; ++k) {
    float const share = values[3 + k];
    assert_true(share >= 0 && share <= 1 && (k < STYLES || share == 0));
    sum += share;
    top = share > top ? share : top;
  }
  assert_true(fabsf(sum - 1) < 1e-5F);
  assert_true(values[2] == top);
  assert_true(values[1] >= 1 && values[1] <= STYLES);
  assert_true(values[2 + (unsigned)values[1]] == top);
}

static void
more_bars_are_heard_from_window_to_window_up_to_sixteen(void** const state)
{
  (void)state;
  Song* const    song = tune(20);
  SongPlay const how  = {.rate = 48000, .block = 1024};
  Record* const  r    = play(song, with, &how, HOST_WORKER_AFTER, 1);
  assert_true(r->count > 16);
  for (unsigned w = 0; w < 19;
       ++w) { // a window a bar, of which each second ends where this begins
    unsigned const pairs = w / 2 + 1;
    assert_int_equal((int)r->values[w][0], pairs < 8 ? 2 * pairs : 16);
    check_styles(r->values[w]);
  }
  assert_memory_not_equal(r->values[3], r->values[10], sizeof(r->values[3]));
  free(r);
  song_free(song);
}

static void
assert_same(Record const* const a, Record const* const b)
{
  // After the last note, a window may close in the last block or after it.
  unsigned const count = a->count < b->count ? a->count : b->count;
  assert_true(a->count <= count + 1 && b->count <= count + 1);
  for (unsigned w = 0; w < count; ++w) {
    assert_true(a->window[w] == b->window[w]);
    for (unsigned i = 0; i < VALUES; ++i) {
      if (memcmp(&a->values[w][i], &b->values[w][i], sizeof(float)) != 0) {
        fail_msg("window %u: %s is %.9g and %.9g",
                 w + 1,
                 symbol_of(i),
                 (double)a->values[w][i],
                 (double)b->values[w][i]);
      }
    }
  }
}

static void
the_same_music_gives_the_same_numbers_in_any_blocks_by_any_worker(void** const state)
{
  (void)state;
  static HostWorker const workers[] = {
    HOST_WORKER_AFTER, HOST_WORKER_THREAD, HOST_WORKER_RESPONDS, HOST_WORKER_INLINE};
  uint32_t const sizes[] = {1024, 64, 333, 0};
  Song* const    song    = tune(20);
  SongPlay       how     = {.rate = 48000, .block = 1024};
  Record* const  first   = play(song, with, &how, HOST_WORKER_AFTER, 1);
  for (unsigned i = 0; i < 4; ++i) {
    how.block       = sizes[i];
    Record* const r = play(song, with, &how, workers[i], 1);
    assert_same(first, r);
    free(r);
  }
  free(first);
  song_free(song);
}

// The last window's values. Columns are told by the names of the ports; neurons of level two
// are long_neuron_1 and so on.
static unsigned
read_analysis(FILE* const in, float (*values)[VALUES])
{
  static char line[1 << 16];
  char        names[256][32] = {{0}};
  unsigned    columns        = 0;
  unsigned    rows           = 0;
  assert_non_null(fgets(line, sizeof(line), in));
  for (char* at = strtok(line, ",\n"); at; at = strtok(NULL, ",\n")) {
    snprintf(names[columns++], sizeof(names[0]), "%s", at);
  }
  while (fgets(line, sizeof(line), in)) {
    bool  quoted = false;
    char* at     = line;
    for (unsigned c = 0; c < columns; ++c) {
      char* end = at;
      for (; *end && *end != '\n' && (quoted || *end != ','); ++end) {
        quoted = quoted != (*end == '"');
      }
      for (unsigned i = 0; i < VALUES; ++i) {
        char const* const neuron = i < VALUES - RANKED ? "" : "long_";
        if (!strncmp(names[c], neuron, strlen(neuron)) &&
            !strcmp(names[c] + strlen(neuron), symbol_of(i))) {
          values[rows][i] = end > at ? strtof(at, NULL) : NAN;
        }
      }
      at = end + 1;
    }
    ++rows;
  }
  return rows;
}

static void
assert_like_analyze(Song const* const song, char const* const hop_name, float const hop)
{
  char      path[] = "/tmp/music-neurons-XXXXXX";
  int const fd     = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  song_write(song, path);
  char command[256];
  snprintf(command,
           sizeof(command),
           "build/music-neurons analyze --model %s --format csv --hop %s %s",
           with,
           hop_name,
           path);
  static float expected[MOST_WINDOWS][VALUES];
  FILE* const  pipe = popen(command, "r");
  assert_non_null(pipe);
  unsigned const rows = read_analysis(pipe, expected);
  assert_int_equal(pclose(pipe), 0);
  unlink(path);
  SongPlay const how = {.rate = 44100, .block = 512, .every_block = true};
  Record* const  r   = play(song, with, &how, HOST_WORKER_AFTER, hop);
  assert_true(rows > 10 && rows <= r->count);
  for (unsigned w = 0; w < rows; ++w) {
    for (unsigned i = 0; i < VALUES; ++i) {
      // A window that was not scored leaves the values as they were.
      if (!isnan(expected[w][i]) && fabsf(r->values[w][i] - expected[w][i]) > 1e-6F) {
        fail_msg("%s, window %u: %s is %.9g, analyze says %.9g",
                 hop_name,
                 w + 1,
                 symbol_of(i),
                 (double)r->values[w][i],
                 (double)expected[w][i]);
      }
    }
  }
  free(r);
}

static void
ports_show_what_the_program_says_at_each_hop_and_in_other_metres(void** const state)
{
  (void)state;
  Song* const song = tune(20);
  assert_like_analyze(song, "2bars", 0);
  assert_like_analyze(song, "bar", 1);
  assert_like_analyze(song, "step", 5);
  song_free(song);
  Song* const waltz = song_new(120);
  song_add_metre(waltz, 0, 3, 4);
  song_add_tune(waltz, 20, 5);
  song_sort(waltz);
  assert_like_analyze(waltz, "bar", 1);
  song_free(waltz);
}

// A monitor with the second level that hears quarter notes.
static Drive
drive_two_levels(void)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, true);
  host_set(d.host, "span", 1);
  host_set(d.host, "hold", 256);
  host_set_model(d.host, 0, with);
  drive_frames(&d, 8 * BLOCK);
  return d;
}

// Jumps out of the middle of a bar: one on a bar line may be a loop, which goes on.
static void
play_from(Drive* const d, int64_t const bar, float values[VALUES])
{
  drive_frames(d, BEAT_FRAMES + BLOCK);
  drive_locate(d, bar, 0, 1);
  drive_bars(d, 6);
  keep(d->host, values);
}

static void
a_jump_clears(void** const state)
{
  (void)state;
  Drive d = drive_two_levels();
  float first[VALUES];
  float again[VALUES];
  play_from(&d, 0, first);
  assert_true(first[0] == 6); // three windows that follow one another
  play_from(&d, 40, again);
  assert_memory_equal(first, again, sizeof(first));
  play_from(&d, 0, again);
  assert_memory_equal(first, again, sizeof(first));
  drive_free(&d);
}

static void
a_reset_and_silence_show_neutral_values_and_a_reset_clears(void** const state)
{
  (void)state;
  Drive d = drive_two_levels();
  float first[VALUES];
  float values[VALUES];
  play_from(&d, 0, first);
  host_set(d.host, "reset", 1);
  drive_frames(&d, BLOCK);
  host_set(d.host, "reset", 0);
  keep(d.host, values);
  for (unsigned i = 0; i < VALUES; ++i) {
    assert_true(values[i] == (i < VALUES - RANKED ? 0.0F : 0.5F));
  }
  play_from(&d, 0, values);
  assert_memory_equal(first, values, sizeof(first));
  host_set(d.host, "hold", 1);
  drive_frames(&d, 4 * BAR_FRAMES);
  assert_true(host_get(d.host, "bars_heard") == 0);
  assert_true(host_get(d.host, "style_confidence") == 0);
  drive_free(&d);
}

static void
the_span_chooses_whose_neurons_the_ports_show(void** const state)
{
  (void)state;
  Drive d = drive_two_levels();
  float wide[VALUES];
  float narrow[VALUES];
  play_from(&d, 0, wide);
  host_set(d.host, "span", 0);
  play_from(&d, 0, narrow);
  assert_memory_equal(wide, narrow, (VALUES - RANKED) * sizeof(float));
  assert_memory_not_equal(
    wide + VALUES - RANKED, narrow + VALUES - RANKED, RANKED * sizeof(float));
  host_set_model(d.host, 0, without);
  drive_frames(&d, 8 * BLOCK);
  float plain[VALUES];
  play_from(&d, 0, plain);
  assert_memory_equal(
    plain + VALUES - RANKED, narrow + VALUES - RANKED, RANKED * sizeof(float));
  drive_free(&d);
}

static void
windows_on_each_step_are_never_late_in_sixteen_instances(void** const state)
{
  (void)state;
  enum { INSTANCES = 16, SECONDS = 8 };
  Host* hosts[INSTANCES];
  for (unsigned i = 0; i < INSTANCES; ++i) {
    hosts[i] = new_host(with, 48000, HOST_WORKER_AFTER);
    host_set(hosts[i], "hop", 5);
  }
  uint8_t const on[]  = {0x90, 60, 100};
  uint8_t const off[] = {0x80, 60, 0};
  for (unsigned block = 0; block < SECONDS * 48000 / 1000; ++block) {
    for (unsigned i = 0; i < INSTANCES; ++i) {
      if (block % 6 == 0) {
        host_midi(hosts[i], 0, block % 12 ? off : on, 3);
      }
      host_run(hosts[i], 1000);
    }
  }
  for (unsigned i = 0; i < INSTANCES; ++i) {
    assert_true(host_get(hosts[i], "late") == 0);
    assert_true(host_get(hosts[i], "bars_heard") > 2);
    host_free(hosts[i]);
  }
}

// Adds a tune from a bar on. @return the bar after it.
static unsigned
add_tune(Song* const          song,
         uint8_t const* const notes,
         unsigned const       size,
         unsigned const       bar)
{
  enum { STEP = SONG_PPQ / 4 };
  unsigned at = 16 * bar;
  for (unsigned i = 0; i < size; i += 2) {
    if (notes[i]) {
      song_add_note(song, at * STEP, notes[i + 1] * STEP, 0, notes[i]);
    }
    at += notes[i + 1];
  }
  return (at + 15) / 16;
}

// Plays bars of a tune and says which style is told at the end.
static char const*
style_of(MnModel const* const model, uint8_t const* const notes, unsigned const size)
{
  Song* const    song = song_new(120);
  unsigned const bars = add_tune(song, notes, size, 0);
  song_sort(song);
  SongPlay const how = {.rate = 48000, .block = 1024};
  Record* const  r   = play(song, model->path, &how, HOST_WORKER_AFTER, 1);
  assert_true(r->count >= bars - 1);
  unsigned const top = (unsigned)r->values[bars - 2][1]; // of the last window of the tune
  assert_in_range(top, 1, model->long_table.style.count);
  free(r);
  song_free(song);
  return model->long_table.style.name[top - 1];
}

static void
a_reel_is_a_folk_dance_and_a_hymn_is_a_hymn(void** const state)
{
  (void)state;
  MnModel* const model =
    mn_model_load("build/music-neurons.lv2/melody-2bar.safetensors", NULL);
  assert_non_null(model);
  if (!model->long_table.style.count) {
    mn_model_free(model);
    print_message("skipped: the bundle's model tells no styles\n");
    skip();
  }
  assert_string_equal(style_of(model, reel, sizeof(reel)), "folk dance");
  assert_string_equal(style_of(model, hymn, sizeof(hymn)), "hymn");
  mn_model_free(model);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(without_a_second_level_all_is_neutral),
    cmocka_unit_test(more_bars_are_heard_from_window_to_window_up_to_sixteen),
    cmocka_unit_test(the_same_music_gives_the_same_numbers_in_any_blocks_by_any_worker),
    cmocka_unit_test(ports_show_what_the_program_says_at_each_hop_and_in_other_metres),
    cmocka_unit_test(a_jump_clears),
    cmocka_unit_test(a_reset_and_silence_show_neutral_values_and_a_reset_clears),
    cmocka_unit_test(the_span_chooses_whose_neurons_the_ports_show),
    cmocka_unit_test(windows_on_each_step_are_never_late_in_sixteen_instances),
    cmocka_unit_test(a_reel_is_a_folk_dance_and_a_hymn_is_a_hymn),
  };
  make_models();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
