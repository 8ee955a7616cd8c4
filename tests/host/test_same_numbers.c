// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Same music, same numbers: the port values at each window depend only on the music,
/// and equal those that `music-neurons analyze` prints for the same notes.

#include "encoder/kernel.h"
#include "record.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

enum { HOP_BAR = 1, HOP_BEAT = 3, HOP_STEP = 5 };

static Song*
short_song(void)
{
  Song* const song = song_new(120);
  song_add_tempo(song, 4 * 4 * SONG_PPQ, 97.5);
  song_add_tune(song, 12, 3);
  song_sort(song);
  return song;
}

static void
assert_same(Recording const* const a, Recording const* const b)
{
  assert_int_equal(a->count, b->count);
  for (unsigned i = 0; i < a->count; ++i) {
    assert_int_equal(a->records[i].window, b->records[i].window);
    for (unsigned v = 0; v < RECORD_VALUES; ++v) {
      if (memcmp(&a->records[i].values[v], &b->records[i].values[v], sizeof(float)) != 0) {
        fail_msg("window %u: %s is %.9g and %.9g",
                 a->records[i].window,
                 record_symbol(v),
                 (double)a->records[i].values[v],
                 (double)b->records[i].values[v]);
      }
    }
  }
}

// The recording that all others must equal.
static Recording
reference(Song const* const song)
{
  SongPlay const how = {.rate = 48000, .block = 256};
  Recording      r   = record_song(song, bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  assert_true(r.count > 0 && r.records[r.count - 1].values[0] != 0.5F); // a model is loaded
  return r;
}

static void
compare(SongPlay const* const how, HostWorker const worker)
{
  Song* const song = short_song();
  Recording   a    = reference(song);
  Recording   b    = record_song(song, bundle, how, worker, HOP_BAR);
  assert_in_range(a.count, 12, 14);
  assert_same(&a, &b);
  record_free(&a);
  record_free(&b);
  song_free(song);
}

static void
block_sizes_change_nothing(void** const state)
{
  (void)state;
  uint32_t const sizes[] = {1, 17, 64, 1024, 8192, 0};
  for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    compare(&(SongPlay){.rate = 48000, .block = sizes[i]}, HOST_WORKER_AFTER);
  }
}

static void
sample_rates_change_nothing(void** const state)
{
  (void)state;
  double const rates[] = {44100, 48000, 96000, 22050, 192000};
  for (unsigned i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
    compare(&(SongPlay){.rate = rates[i], .block = 1024}, HOST_WORKER_AFTER);
  }
}

static void
ways_of_telling_the_position_change_nothing(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < 4; ++i) {
    SongPlay const how = {.rate        = 44100,
                          .block       = 300,
                          .every_block = true,
                          .as_doubles  = i & 1,
                          .is_blank    = i & 2};
    compare(&how, HOST_WORKER_AFTER);
  }
}

static void
workers_change_nothing(void** const state)
{
  (void)state;
  SongPlay const how = {.rate = 48000, .block = 128};
  compare(&how, HOST_WORKER_INLINE);
  compare(&how, HOST_WORKER_THREAD);
  compare(&how, HOST_WORKER_NONE);
}

static void
kernels_change_nothing(void** const state)
{
  (void)state;
  Song* const    song = short_song();
  Recording      a    = reference(song);
  SongPlay const how  = {.rate = 48000, .block = 256};
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    // A kernel that the processor lacks falls back to another, and the plugin logs it.
    setenv("MUSIC_NEURONS_KERNEL", mn_kernels[i]->name, 1);
    Recording b = record_song(song, bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
    assert_same(&a, &b);
    record_free(&b);
  }
  unsetenv("MUSIC_NEURONS_KERNEL");
  record_free(&a);
  song_free(song);
}

static void
freewheeling_changes_nothing(void** const state)
{
  (void)state;
  Song* const    song = short_song();
  Recording      a    = reference(song);
  Recording      b    = {NULL, 0, 0};
  SongPlay const how  = {.rate = 48000, .block = 1024};
  Host* const    host = host_new(bundle, how.rate, HOST_WORKER_THREAD);
  host_set(host, "glide", 0);
  host_set(host, "hold", 256);
  host_set(host, "freewheel", 1);
  song_play(song, host, &how, record_block, &b);
  assert_true(host_get(host, "late") == 0);
  assert_same(&a, &b);
  host_free(host);
  record_free(&a);
  record_free(&b);
  song_free(song);
}

static void
steps_as_hop_are_never_late_in_blocks_of_any_size(void** const state)
{
  (void)state;
  uint32_t const sizes[] = {64, 1024, 8192};
  Song* const    song    = short_song();
  unsigned       windows = 0;
  for (unsigned i = 0; i < 3; ++i) {
    SongPlay const how  = {.rate = 48000, .block = sizes[i]};
    Recording      r    = {NULL, 0, 0};
    Host* const    host = host_new(bundle, how.rate, HOST_WORKER_AFTER);
    host_set(host, "hop", HOP_STEP);
    song_play(song, host, &how, record_block, &r);
    assert_true(host_get(host, "late") == 0);
    if (i) { // windows may fall elsewhere in the last block
      assert_in_range(r.last, windows - 1, windows + 2);
    }
    windows = r.last;
    host_free(host);
    record_free(&r);
  }
  assert_true(windows > 12 * 16);
  song_free(song);
}

static void
take_array(json_t const* const array, unsigned const count, float* const values)
{
  assert_int_equal(json_array_size(array), count);
  for (unsigned i = 0; i < count; ++i) {
    values[i] = (float)json_number_value(json_array_get(array, i));
  }
}

// The port values according to a line of `analyze`. If the window was not scored, they
// stay as they were.
static void
take_line(json_t const* const line, MnRecord* const record)
{
  record->window = (unsigned)json_integer_value(json_object_get(line, "window"));
  if (json_is_null(json_object_get(line, "musicality"))) {
    return;
  }
  record->values[0]  = (float)json_real_value(json_object_get(line, "musicality"));
  record->values[33] = (float)json_integer_value(json_object_get(line, "music_active"));
  record->values[34] = (float)json_integer_value(json_object_get(line, "noise_active"));
  record->values[35] = (float)json_real_value(json_object_get(line, "noise_energy"));
  record->values[36] = (float)json_real_value(json_object_get(line, "sense"));
  record->values[37] = (float)json_real_value(json_object_get(line, "form"));
  take_array(json_object_get(line, "neurons"), 16, record->values + 1);
  take_array(json_object_get(line, "axes"), 8, record->values + RECORD_AXES);
  json_t const* const top = json_object_get(line, "top");
  for (unsigned i = 0; i < 8; ++i) {
    json_t const* const entry = json_array_get(top, i);
    record->values[17 + 2 * i] =
      (float)json_integer_value(json_object_get(entry, "neuron"));
    record->values[18 + 2 * i] = (float)json_number_value(json_object_get(entry, "mu"));
  }
}

// The mean of the last 8 notes' bits in a line of `analyze`, or -1 if it has not so many.
static double
last_surprise(json_t const* const line)
{
  enum { NOTES = 8 };
  json_t const* const notes = json_object_get(line, "note_surprise");
  size_t const        count = json_array_size(notes);
  double              sum   = 0;
  for (size_t i = count - NOTES; i < count; ++i) { // none, if there are fewer
    if (!json_is_number(json_array_get(notes, i))) {
      return -1;
    }
    sum += json_number_value(json_array_get(notes, i));
  }
  return count < NOTES ? -1 : sum / NOTES;
}

static void
assert_like_analyze(Song const* const song, char const* const hop_name, int const hop)
{
  char      path[] = "/tmp/music-neurons-XXXXXX";
  int const fd     = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  song_write(song, path);

  SongPlay const how  = {.rate = 44100, .block = 512, .every_block = true};
  Recording      live = record_song(song, bundle, &how, HOST_WORKER_AFTER, hop);

  char command[256];
  snprintf(command,
           sizeof(command),
           "build/music-neurons analyze %s --format json --hop %s",
           path,
           hop_name);
  FILE* const pipe = popen(command, "r");
  assert_non_null(pipe);
  MnRecord expected  = {.values = {[0] = 0.5F, [36] = 0.5F, [37] = 0.5F}};
  unsigned lines     = 0;
  unsigned surprises = 0;
  for (unsigned i = 0; i < 16; ++i) {
    expected.values[1 + i] = 0.5F; // no neuron is excited yet
  }
  for (unsigned i = 0; i < 8; ++i) {
    expected.values[17 + 2 * i]      = -1; // likewise
    expected.values[RECORD_AXES + i] = 0.5F;
  }
  json_t* line = NULL;
  while ((line = json_loadf(pipe, JSON_DISABLE_EOF_CHECK, NULL))) {
    take_line(line, &expected);
    double const surprise = last_surprise(line);
    json_decref(line);
    assert_true(lines < live.count);
    MnRecord const* const heard = &live.records[lines++];
    if (surprise >= 0) {
      ++surprises;
      assert_true(fabs((double)heard->surprise - surprise) < 1e-3);
    }
    assert_int_equal(heard->window, expected.window);
    for (unsigned v = 0; v < RECORD_VALUES; ++v) {
      if (fabsf(heard->values[v] - expected.values[v]) > 1e-6F) {
        fail_msg("%s, window %u: %s is %.9g, analyze says %.9g",
                 hop_name,
                 heard->window,
                 record_symbol(v),
                 (double)heard->values[v],
                 (double)expected.values[v]);
      }
    }
  }
  assert_int_equal(pclose(pipe), 0);
  // After the last note the plugin goes on; the program does not.
  assert_true(lines > 10 && lines <= live.count);
  assert_true(surprises > 0);
  unlink(path);
  record_free(&live);
}

static void
thirty_minutes_are_heard_as_the_program_reads_them(void** const state)
{
  (void)state;
  Song* const song = song_new(120);
  song_add_tempo(song, 200 * 4 * SONG_PPQ, 93.75);
  song_add_tempo(song, 500 * 4 * SONG_PPQ, 150);
  song_add_tune(song, 920, 11);
  song_sort(song);
  assert_true(song_seconds(song, song_end(song)) > 30 * 60);
  assert_like_analyze(song, "bar", HOP_BAR);
  song_free(song);
}

static void
changing_metres_are_heard_as_the_program_reads_them(void** const state)
{
  (void)state;
  Song* const song = song_new(125);
  song_add_metre(song, 0, 3, 4);
  song_add_metre(song, 8 * 3 * SONG_PPQ, 7, 8);
  song_add_metre(song, 8 * 3 * SONG_PPQ + 6 * 7 * SONG_PPQ / 2, 4, 4);
  song_add_tune(song, 24, 5);
  song_sort(song);
  assert_like_analyze(song, "bar", HOP_BAR);
  assert_like_analyze(song, "beat", HOP_BEAT);
  assert_like_analyze(song, "step", HOP_STEP);
  song_free(song);
}

// Puts each note-on before the note-off of its key that stands on the same tick.
static void
strike_before_release(Song* const song)
{
  for (size_t i = 1; i < song->count; ++i) {
    SongEvent* const off = &song->events[i - 1];
    SongEvent* const on  = &song->events[i];
    if (off->tick == on->tick && off->message[1] == on->message[1] &&
        off->message[0] == 0x80 && on->message[0] == 0x90) {
      SongEvent const first = *off;
      *off                  = *on;
      *on                   = first;
    }
  }
}

// A key is struck again where its note ends. It makes no difference which comes first.
static void
keys_struck_before_they_are_released_are_heard_as_the_program_reads_them(void** const state)
{
  (void)state;
  enum { EIGHTH = SONG_PPQ / 2 };
  static char const tune[]  = "CCGGAAG FFEEDDC GGFFEED ";
  static int const  pitch[] = {
     ['C'] = 60, ['D'] = 62, ['E'] = 64, ['F'] = 65, ['G'] = 67, ['A'] = 69};
  Song* const song = song_new(120);
  for (unsigned i = 0; i < 4 * (sizeof(tune) - 1); ++i) {
    char const c = tune[i % (sizeof(tune) - 1)];
    if (c != ' ') {
      song_add_note(song, i * EIGHTH, EIGHTH, 0, (unsigned)pitch[(unsigned char)c]);
    }
  }
  song_sort(song);
  Recording a = reference(song);
  strike_before_release(song);
  Recording b = reference(song);
  assert_true(a.count > 10);
  assert_same(&a, &b);
  assert_like_analyze(song, "bar", HOP_BAR);
  record_free(&a);
  record_free(&b);
  song_free(song);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(block_sizes_change_nothing),
    cmocka_unit_test(sample_rates_change_nothing),
    cmocka_unit_test(ways_of_telling_the_position_change_nothing),
    cmocka_unit_test(workers_change_nothing),
    cmocka_unit_test(kernels_change_nothing),
    cmocka_unit_test(freewheeling_changes_nothing),
    cmocka_unit_test(steps_as_hop_are_never_late_in_blocks_of_any_size),
    cmocka_unit_test(thirty_minutes_are_heard_as_the_program_reads_them),
    cmocka_unit_test(changing_metres_are_heard_as_the_program_reads_them),
    cmocka_unit_test(
      keys_struck_before_they_are_released_are_heard_as_the_program_reads_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
