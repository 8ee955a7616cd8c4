// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons render` writes what the plugin sends: the controllers of a file are those of
/// a recording of the built plugin's output, event by event, whatever the size of the blocks.

#include "midi/score.h"
#include "preset.h"
#include "render/playback.h"
#include "render/preset.h"
#include "song.h"
#include "tape.h"

#include <lv2/presets/presets.h>
#include <math.h>
#include <setjmp.h>
#include <smf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2/";
static char const model[]  = "build/music-neurons.lv2/melody-2bar-open.safetensors";

// In 7 bits with an incoming controller that silences a slot, in 14 bits with long glides and
// windows of two bars, and from the surprise of single notes.
static char const* const presets[] = {"eight-neurons", "slow-drift", "noise-wheel"};

enum { RATE = 48000, STEP = SONG_PPQ / 4, WINDOW = 32 };

// The song's own controller.
enum { OWN_TICK = 6 * 4 * SONG_PPQ + 7, OWN_CC = 22, OWN_VALUE = 99 };

static Song*
song(void)
{
  Song* const song = song_new(117.1875);
  song_add_tempo(song, 5 * 4 * SONG_PPQ + 1, 150);
  song_add_metre(song, 8 * 4 * SONG_PPQ, 7, 8);
  song_add_metre(song, 8 * 4 * SONG_PPQ + 2 * 7 * SONG_PPQ / 2, 4, 4);
  song_add_tune(song, 8, 3);
  song_add_noise(song, 8 * 4 * SONG_PPQ, 4, 5);
  song_add_control(song, OWN_TICK, 0, OWN_CC, OWN_VALUE);
  song_sort(song);
  return song;
}

typedef struct {
  uint64_t tick;
  uint8_t  bytes[3];
} Control;

typedef struct {
  Control* list;
  size_t   count;
} Controls;

static void
add(Controls* const c, uint64_t const tick, uint8_t const* const bytes)
{
  c->list           = (Control*)realloc(c->list, (c->count + 1) * sizeof(Control));
  c->list[c->count] = (Control){.tick = tick};
  memcpy(c->list[c->count++].bytes, bytes, 3);
}

static void
load_preset(Host* const host, char const* const name)
{
  char uri[128];
  snprintf(uri, sizeof(uri), "urn:music-neurons:preset:%s", name);
  LilvNode* const  kind = lilv_new_uri(host_world(host), LV2_PRESETS__Preset);
  LilvNode* const  node = lilv_new_uri(host_world(host), uri);
  LilvNodes* const all  = lilv_plugin_get_related(host_plugin(host), kind);
  assert_true(lilv_nodes_contains(all, node));
  assert_true(host_load_preset(host, node));
  lilv_nodes_free(all);
  lilv_node_free(node);
  lilv_node_free(kind);
}

// What the built plugin sends beside the song's own controller, each on the nearest tick, the
// later one where two are as near, up to a window and a step after the last note.
static Controls
record(Song const* const music, char const* const preset, SongPlay how)
{
  Controls    sent = {NULL, 0};
  Tape        tape = {0};
  Host* const host = host_new(bundle, RATE, HOST_WORKER_NONE);
  load_preset(host, preset);
  host_set(host, "freewheel", 1);
  how.rate = RATE;
  song_play(music, host, &how, tape_block, &tape);
  double const   end       = ceil((double)song_end(music) / STEP) + WINDOW + 1;
  double const   stop      = ceil(song_seconds(music, end * STEP) * RATE);
  uint64_t const own_frame = (uint64_t)llround(song_seconds(music, OWN_TICK) * RATE);
  for (unsigned i = 0; i < tape.count; ++i) {
    TapeEvent const* const e = &tape.events[i];
    bool const             own =
      e->bytes[1] == OWN_CC && e->bytes[2] == OWN_VALUE && e->frame == own_frame;
    double const tick = song_tick(music, (double)e->frame / RATE);
    if (e->bytes[0] == 0xB0 && !own && (double)e->frame < stop) {
      add(&sent, (uint64_t)floor(tick + 0.5 + 1e-6), e->bytes);
    }
  }
  tape_free(&tape);
  host_free(host);
  return sent;
}

// What the program adds to the song's file.
static Controls
render(char const* const path, char const* const preset)
{
  char out[64];
  char command[256];
  snprintf(out, sizeof(out), "%s.out", path);
  snprintf(command,
           sizeof(command),
           "build/music-neurons render %s -o %s --preset %s",
           path,
           out,
           preset);
  assert_int_equal(system(command), 0);
  Controls     added = {NULL, 0};
  smf_t* const smf   = smf_load(out);
  assert_non_null(smf);
  assert_int_equal(smf->number_of_tracks, 2);
  smf_track_t* const track = smf_get_track_by_number(smf, 2);
  for (int i = 1; i <= track->number_of_events; ++i) {
    smf_event_t const* const e = smf_track_get_event_by_number(track, i);
    if (e->midi_buffer[0] != 0xFF) {
      assert_int_equal(e->midi_buffer_length, 3);
      add(&added, (uint64_t)e->time_pulses, e->midi_buffer);
    }
  }
  smf_delete(smf);
  unlink(out);
  return added;
}

static void
assert_same(Controls const* const a, Controls const* const b)
{
  for (size_t i = 0; i < a->count && i < b->count; ++i) {
    Control const* const x = &a->list[i];
    Control const* const y = &b->list[i];
    if (x->tick != y->tick || memcmp(x->bytes, y->bytes, 3) != 0) {
      fail_msg("controller %zu: %u is %u on tick %llu, and %u is %u on tick %llu",
               i,
               x->bytes[1],
               x->bytes[2],
               (unsigned long long)x->tick,
               y->bytes[1],
               y->bytes[2],
               (unsigned long long)y->tick);
    }
  }
  assert_int_equal(a->count, b->count);
}

static void
write_song(Song const* const music, char* const path)
{
  int const fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  song_write(music, path);
}

static void
a_file_has_the_controllers_that_the_plugin_sends(void** const state)
{
  (void)state;
  static SongPlay const ways[] = {
    {.block = 1024}, {.block = 64, .every_block = true, .as_doubles = true}, {.block = 0}};
  char        path[] = "/tmp/music-neurons-XXXXXX";
  Song* const music  = song();
  write_song(music, path);
  for (size_t p = 0; p < sizeof(presets) / sizeof(*presets); ++p) {
    Controls file = render(path, presets[p]);
    assert_true(file.count > 50);
    for (size_t w = 0; w < sizeof(ways) / sizeof(*ways); ++w) {
      Controls live = record(music, presets[p], ways[w]);
      assert_same(&file, &live);
      free(live.list);
    }
    free(file.list);
  }
  unlink(path);
  song_free(music);
}

static MnControllers
play(MnMidiScore const* const score, uint32_t const block)
{
  MnError         error = {0};
  MnTempoMap      map   = {0};
  MnControllers   sent  = {0};
  MnPresetModel   none  = {0};
  MnControlValues values;
  mn_control_values_init(&values);
  assert_int_equal(mn_preset_read("eight-neurons", &values, &none), 0);
  assert_true(mn_tempo_map_make(&map, score));
  MnPluginHost* const host = mn_plugin_host_new(RATE, bundle, model, &values, &error);
  assert_non_null(host);
  assert_true(mn_playback_run(host, score, &map, score->end + 33, block, &sent, &error));
  mn_plugin_host_free(host);
  mn_tempo_map_free(&map);
  return sent;
}

static void
the_size_of_the_blocks_changes_nothing(void** const state)
{
  (void)state;
  static uint32_t const sizes[] = {1, 17, 1000, 1 << 20};
  char                  path[]  = "/tmp/music-neurons-XXXXXX";
  MnError               error   = {0};
  MnMidiScore           score;
  Song* const           music = song();
  write_song(music, path);
  MnHearing const hearing = {.voice = MN_VOICE_HIGHEST, .strict = true};
  assert_true(mn_midi_score_read(&score, path, &hearing, &error));
  MnControllers a = play(&score, MN_PLAYBACK_BLOCK);
  assert_true(a.count > 50);
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    MnControllers b = play(&score, sizes[i]);
    assert_int_equal(a.count, b.count);
    for (size_t n = 0; n < a.count; ++n) {
      assert_true(a.list[n].seconds == b.list[n].seconds);
      assert_memory_equal(a.list[n].bytes, b.list[n].bytes, 3);
    }
    free(b.list);
  }
  free(a.list);
  mn_midi_score_free(&score);
  unlink(path);
  song_free(music);
}

int
main(void)
{
  setenv("LV2_PATH", "build", 1); // for the part of the program that is linked here
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_file_has_the_controllers_that_the_plugin_sends),
    cmocka_unit_test(the_size_of_the_blocks_changes_nothing),
  };
  return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
