// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player in time: what it plays in each mode, on which frames, at any block size; and that
/// no note hangs. On a small model with random weights, whose decoder plays random notes.

#include "check.h"
#include "decoder/decoder.h"
#include "decoder/place.h"
#include "drive.h"
#include "encoder/encoder.h"
#include "idea.h"
#include "model_file.h"
#include "song.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURN_FRAMES = 2 * BAR_FRAMES, STEPS = 32, LATENT = 24 };

static char const model_file[] = "build/player-test.safetensors";

static ModelShape const shape = {.steps       = STEPS,
                                 .hidden      = 16,
                                 .latent      = LATENT,
                                 .hidden_frac = 13,
                                 .wide        = true,
                                 .seed        = 5};

static int
make_model(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&shape);
  model_file_add_axes(file, &shape, 2);
  model_file_add_decoder(file, &shape, 2, 16);
  model_file_write(file, model_file);
  model_file_free(file);
  return 0;
}

static int
remove_model(void** const state)
{
  (void)state;
  return remove(model_file);
}

static void
load(Drive* const d, char const* const path)
{
  host_set_model(d->host, 0, path);
  for (unsigned i = 0; i < 4; ++i) { // requested, loaded, swapped in, reported
    host_run(d->host, 0);
    host_settle(d->host);
  }
}

// A host without a worker can only restore a state.
static void
restore(Drive* const d)
{
  Drive other = {
    .host = host_new_plugin(drive_bundle, HOST_PLAYER, DRIVE_RATE, HOST_WORKER_AFTER)};
  load(&other, model_file);
  char* const saved = host_save(other.host, "build");
  assert_true(host_restore(d->host, saved));
  host_run(d->host, 0);
  free(saved);
  host_free(other.host);
}

// A player that hears all that it is told, and passes no notes.
static Drive
player(HostWorker const worker, char const* const mode_name, double const mode)
{
  Drive d = {.host  = host_new_plugin(drive_bundle, HOST_PLAYER, DRIVE_RATE, worker),
             .block = BLOCK};
  if (worker == HOST_WORKER_NONE) {
    restore(&d);
  } else {
    load(&d, model_file);
  }
  host_set(d.host, "thru", 0);
  host_set(d.host, "amount", 0);
  host_set(d.host, "temperature", 1);
  host_set(d.host, mode_name, (float)mode);
  assert_string_equal(host_log(d.host), "");
  return d;
}

enum { ANSWER, VARY, MORPH, DRIFT };

static Drive
rolling(double const mode)
{
  Drive d = player(HOST_WORKER_AFTER, "mode", mode);
  drive_locate(&d, 0, 0, 1);
  return d;
}

// What is heard of drive_bars(2), in tokens, from its definition.
static void
scale_tokens(uint8_t* const tokens)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  memset(tokens, MN_HOLD, STEPS);
  for (unsigned i = 0; i < 8; ++i) {
    tokens[4 * i]     = (uint8_t)(scale[i] - MN_NOTE_OFFSET);
    tokens[4 * i + 2] = MN_NOTE_OFF;
  }
}

// Plays a tune of two bars that is not the scale.
static void
play_other(Drive* const d)
{
  for (unsigned i = 0; i < 16; ++i) {
    drive_note(d, 0, true, 0, 76 - 2 * (i % 5));
    drive_frames(d, STEP_FRAMES);
    drive_note(d, 0, false, 0, 76 - 2 * (i % 5));
    drive_frames(d, STEP_FRAMES);
  }
}

static void
other_tokens(uint8_t* const tokens)
{
  for (unsigned i = 0; i < 16; ++i) {
    tokens[2 * i]     = (uint8_t)(76 - 2 * (i % 5) - MN_NOTE_OFFSET);
    tokens[2 * i + 1] = MN_NOTE_OFF;
  }
}

static void
encode(MnModel const* const model, uint8_t const* const tokens, int32_t* const mu)
{
  void* const memory = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(model));
  assert_non_null(memory);
  MnEncoder* const encoder = mn_encoder_init(memory, model, mn_kernels[0]);
  mn_encoder_start(encoder, tokens);
  assert_true(mn_encoder_run(encoder, UINT32_MAX));
  memcpy(mu, mn_encoder_mu(encoder), model->latent * sizeof(*mu));
  mn_place_silence_noise(model, mu);
  free(memory);
}

static void
decode(MnModel const* const  model,
       int32_t const* const  mu,
       MnChoice const* const choice,
       uint8_t* const        tokens)
{
  void* const memory = aligned_alloc(MN_DECODER_ALIGN, mn_decoder_size(model));
  assert_non_null(memory);
  MnDecoder* const decoder = mn_decoder_init(memory, model, mn_kernels[0]);
  mn_decoder_start(decoder, mu, choice);
  assert_true(mn_decoder_run(decoder, UINT32_MAX));
  memcpy(tokens, mn_decoder_tokens(decoder), model->steps);
  free(memory);
}

static bool
is_on(TapeEvent const* const e)
{
  return (e->bytes[0] & 0xF0) == 0x90 && e->bytes[2];
}

static bool
is_off(TapeEvent const* const e)
{
  return (e->bytes[0] & 0xF0) == 0x80;
}

// Fails unless each note-on has its note-off, and only one note sounds at a time.
static unsigned
assert_paired(Tape const* const tape)
{
  unsigned notes    = 0;
  int      sounding = -1;
  for (unsigned i = 0; i < tape->count; ++i) {
    TapeEvent const* const e = &tape->events[i];
    if (is_on(e)) {
      assert_int_equal(sounding, -1);
      sounding = e->bytes[1];
      ++notes;
    } else if (is_off(e)) {
      assert_int_equal(sounding, e->bytes[1]);
      sounding = -1;
    }
  }
  assert_int_equal(sounding, -1);
  return notes;
}

// Fails unless the tape has exactly the notes of the tokens from a frame on.
static void
assert_plays(Tape const* const tape, uint64_t const from, uint8_t const* const tokens)
{
  uint64_t const end  = from + TURN_FRAMES;
  unsigned       at   = 0;
  int            held = -1;
  while (at < tape->count && tape->events[at].frame < from) {
    ++at;
  }
  while (at < tape->count && is_off(&tape->events[at]) && tape->events[at].frame == from) {
    ++at; // the end of the turn before
  }
  for (unsigned step = 0; step <= STEPS; ++step) {
    uint8_t const  token = step < STEPS ? tokens[step] : MN_NOTE_OFF;
    uint64_t const frame = from + (uint64_t)step * STEP_FRAMES;
    if (held >= 0 && token != MN_HOLD) {
      assert_true(at < tape->count);
      assert_int_equal(tape->events[at].frame, frame);
      assert_true(is_off(&tape->events[at]));
      assert_int_equal(tape->events[at++].bytes[1], held);
      held = -1;
    }
    if (token > MN_NOTE_OFF) {
      held = token + MN_NOTE_OFFSET;
      assert_true(at < tape->count);
      assert_int_equal(tape->events[at].frame, frame);
      assert_true(is_on(&tape->events[at]));
      assert_int_equal(tape->events[at++].bytes[1], held);
    }
  }
  assert_true(at == tape->count || tape->events[at].frame >= end);
}

static unsigned
count_between(Tape const* const tape, uint64_t const from, uint64_t const end)
{
  unsigned count = 0;
  for (unsigned i = 0; i < tape->count; ++i) {
    uint64_t const frame = tape->events[i].frame;
    count += is_on(&tape->events[i]) && frame >= from && frame < end;
  }
  return count;
}

static void
it_answers_two_bars_with_two_bars(void** const state)
{
  (void)state;
  MnModel* const model = load_model(model_file);
  Drive          d     = rolling(ANSWER);
  drive_bars(&d, 2);
  assert_int_equal(d.tape.count, 0);
  assert_true(host_get(d.host, "state") == 3); // it hears
  play_other(&d);                              // which is not heard
  assert_true(host_get(d.host, "state") == 4); // it plays
  drive_frames(&d, TURN_FRAMES);
  drive_frames(&d, TURN_FRAMES);

  uint8_t tokens[STEPS];
  int32_t mu[LATENT];
  scale_tokens(tokens);
  encode(model, tokens, mu);
  decode(model, mu, &(MnChoice){1 << 16, 0, 1}, tokens);
  assert_true(mn_count_onsets(tokens, STEPS) > 4); // there is something to compare
  assert_plays(&d.tape, TURN_FRAMES, tokens);
  assert_int_equal(count_between(&d.tape, 2 * TURN_FRAMES, 4 * TURN_FRAMES), 0);
  assert_true(host_get(d.host, "late") == 0);
  assert_true(host_get(d.host, "turns") == 1);
  assert_paired(&d.tape);
  mn_model_free(model);
  drive_free(&d);
}

static void
it_varies_what_it_heard_last(void** const state)
{
  (void)state;
  MnModel* const model = load_model(model_file);
  Drive          d     = rolling(VARY);
  host_set(d.host, "amount", 0.5F);
  host_set(d.host, "seed", 77);
  drive_bars(&d, 2);
  drive_frames(&d, TURN_FRAMES);
  play_other(&d);
  drive_frames(&d, TURN_FRAMES + 1);

  for (unsigned turn = 1; turn <= 3; ++turn) {
    uint8_t tokens[STEPS];
    int32_t mu[LATENT];
    (turn < 3 ? scale_tokens : other_tokens)(tokens);
    encode(model, tokens, mu);
    mn_place_vary(model, 0.5, 77, turn, mu);
    decode(model, mu, &(MnChoice){1 << 16, 77, turn}, tokens);
    assert_plays(&d.tape, turn * (uint64_t)TURN_FRAMES, tokens);
  }
  drive_locate(&d, 0, 0, 0);
  drive_frames(&d, 10);
  assert_paired(&d.tape);
  mn_model_free(model);
  drive_free(&d);
}

static void
press(Drive* const d, char const* const symbol)
{
  host_set(d->host, symbol, 1);
  host_run(d->host, 0);
  host_set(d->host, symbol, 0);
  host_run(d->host, 0);
}

// Slot A has the scale, slot B the other tune; three turns have passed.
static Drive
with_two_slots(void)
{
  Drive d = rolling(ANSWER);
  drive_bars(&d, 2);
  press(&d, "capture_a");
  drive_frames(&d, TURN_FRAMES);
  play_other(&d);
  press(&d, "capture_b");
  assert_true(host_get(d.host, "slot_a") == 1 && host_get(d.host, "slot_b") == 1);
  assert_true(host_get(d.host, "slot_c") == 0 && host_get(d.host, "slot_d") == 0);
  host_set(d.host, "mode", MORPH);
  return d;
}

static void
it_morphs_from_one_slot_to_another(void** const state)
{
  (void)state;
  static double const x[]   = {0, 0.5, 1};
  MnModel* const      model = load_model(model_file);
  Drive               d     = with_two_slots();
  host_set(d.host, "temperature", 0);
  for (unsigned i = 0; i < 3; ++i) {
    host_set(d.host, "x", (float)x[i]);
    host_set(d.host, "y", (float)i / 3); // nothing is there
    drive_frames(&d, TURN_FRAMES);
  }
  drive_frames(&d, TURN_FRAMES + 1);
  for (unsigned i = 0; i < 3; ++i) {
    uint8_t a[STEPS];
    uint8_t b[STEPS];
    int32_t mu_a[LATENT];
    int32_t mu_b[LATENT];
    scale_tokens(a);
    other_tokens(b);
    encode(model, a, mu_a);
    encode(model, b, mu_b);
    mn_place_mix(mu_a, mu_b, LATENT, x[i], mu_a);
    decode(model, mu_a, &(MnChoice){0, 0, 4 + i}, a);
    assert_plays(&d.tape, (4 + i) * (uint64_t)TURN_FRAMES, a);
  }
  mn_model_free(model);
  drive_free(&d);
}

static Tape
drift(uint32_t const block, float const seed)
{
  Drive d = rolling(DRIFT);
  d.block = block;
  host_set(d.host, "amount", 0.8F);
  host_set(d.host, "pace", 2);
  host_set(d.host, "seed", seed);
  drive_frames(&d, 4 * TURN_FRAMES);
  drive_locate(&d, 0, 0, 0);
  drive_frames(&d, 10);
  Tape const tape = d.tape;
  d.tape          = (Tape){0};
  drive_free(&d);
  return tape;
}

static void
a_walk_depends_on_seed_and_bar_alone(void** const state)
{
  (void)state;
  Tape a = drift(1000, 3);
  Tape b = drift(701, 3);
  Tape c = drift(1000, 4);
  assert_true(assert_paired(&a) > 10);
  tape_assert_same(&a, &b);
  assert_true(a.count != c.count ||
              memcmp(a.events, c.events, a.count * sizeof(*a.events)));
  tape_free(&a);
  tape_free(&b);
  tape_free(&c);
}

static void
without_a_transport_it_answers_after_the_phrase(void** const state)
{
  (void)state;
  Drive d = player(HOST_WORKER_AFTER, "mode", ANSWER);
  drive_frames(&d, 12345); // the first note starts the first bar
  uint64_t const start = d.tape.frames;
  drive_bars(&d, 2);
  // The last note ends half a beat before bar 2; the pause is two beats more. So bar 3 it is.
  drive_frames(&d, 4 * BAR_FRAMES);
  assert_true(d.tape.count > 4);
  uint64_t const first = d.tape.events[0].frame;
  assert_true(first >= start + 3 * BAR_FRAMES - STEP_FRAMES);
  uint64_t const from = start + 3 * BAR_FRAMES;
  // The first bar begins on a whole step: up to a step may be left out.
  uint8_t        tokens[STEPS];
  int32_t        mu[LATENT];
  MnModel* const model = load_model(model_file);
  scale_tokens(tokens);
  encode(model, tokens, mu);
  decode(model, mu, &(MnChoice){1 << 16, 0, 0}, tokens);
  assert_plays(&d.tape, from, tokens);
  drive_frames(&d, 4 * BAR_FRAMES);
  assert_int_equal(count_between(&d.tape, from + TURN_FRAMES, UINT64_MAX), 0);
  assert_true(host_get(d.host, "state") == 2); // it waits
  assert_paired(&d.tape);
  mn_model_free(model);
  drive_free(&d);
}

static void
your_note_ends_the_answer(void** const state)
{
  (void)state;
  Drive d = player(HOST_WORKER_AFTER, "mode", VARY);
  host_set(d.host, "go_on", 1);
  drive_bars(&d, 2);
  drive_frames(&d, 8 * BAR_FRAMES);
  assert_true(host_get(d.host, "turns") >= 3); // it goes on
  uint64_t const struck = d.tape.frames;
  drive_note(&d, 0, true, 0, 60);
  drive_frames(&d, BAR_FRAMES);
  assert_int_equal(count_between(&d.tape, struck + 1, UINT64_MAX), 0);
  assert_paired(&d.tape);
  drive_free(&d);
}

// Plays in the mode Drift until a note sounds. @return whether it does.
static void
until_a_note_sounds(Drive* const d)
{
  host_set(d->host, "mode", DRIFT);
  drive_locate(d, 0, 0, 1);
  drive_frames(d, TURN_FRAMES);
  for (unsigned i = 0; i < 2 * STEPS; ++i) {
    drive_frames(d, STEP_FRAMES / 2);
    if (d->tape.count && is_on(&d->tape.events[d->tape.count - 1])) {
      return;
    }
  }
  fail_msg("no note sounds");
}

typedef void
Interruption(Drive* drive);

static void
stop(Drive* const d)
{
  drive_locate(d, 2, 1, 0);
}

static void
locate(Drive* const d)
{
  drive_locate(d, 7, 1.25, 1);
}

static void
reverse(Drive* const d)
{
  drive_locate(d, 2, 1, -1);
}

static void
change_metre(Drive* const d)
{
  drive_locate_in(d, 7, 0, 3, 4);
}

static void
bypass(Drive* const d)
{
  host_set(d->host, "enabled", 0);
}

static void
press_panic(Drive* const d)
{
  host_set(d->host, "panic", 1);
}

static void
end_all_notes(Drive* const d)
{
  drive_control(d, 0, 3, 123, 0);
}

static void
listen_elsewhere(Drive* const d)
{
  host_set(d->host, "listen", 5);
}

static void
reactivate(Drive* const d)
{
  host_reactivate(d->host);
}

static void
no_note_hangs_whatever_interrupts_it(void** const state)
{
  (void)state;
  static Interruption* const interruptions[] = {stop,
                                                locate,
                                                reverse,
                                                change_metre,
                                                bypass,
                                                press_panic,
                                                end_all_notes,
                                                listen_elsewhere,
                                                reactivate};
  for (unsigned i = 0; i < sizeof(interruptions) / sizeof(*interruptions); ++i) {
    Drive d = player(HOST_WORKER_AFTER, "gate", 1);
    until_a_note_sounds(&d);
    interruptions[i](&d);
    uint64_t const frame = d.tape.frames;
    drive_frames(&d, 1);
    assert_paired(&d.tape);
    assert_int_equal(d.tape.events[d.tape.count - 1].frame, frame);
    drive_free(&d);
  }
}

static void
a_note_off_waits_for_room(void** const state)
{
  (void)state;
  Drive d = player(HOST_WORKER_AFTER, "gate", 1);
  until_a_note_sounds(&d);
  unsigned const count = d.tape.count;
  stop(&d);
  host_limit_out(d.host, 16);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, count);
  host_limit_out(d.host, 1024);
  drive_frames(&d, 1);
  assert_int_equal(d.tape.count, count + 1);
  assert_paired(&d.tape);
  drive_free(&d);
}

static void
a_model_that_comes_changes_what_the_next_turn_plays(void** const state)
{
  (void)state;
  static char const other[] = "build/player-other.safetensors";
  ModelShape        changed = shape;
  changed.seed              = 6;
  changed.latent            = 40;
  ModelFile* const file     = model_file_new(&changed);
  model_file_add_decoder(file, &changed, 1, 8);
  model_file_write(file, other);
  model_file_free(file);

  Drive d = with_two_slots();
  drive_frames(&d, TURN_FRAMES + BAR_FRAMES);
  host_set_model(d.host, 0, other);
  drive_frames(&d, 3 * BAR_FRAMES);
  assert_true(host_get(d.host, "slot_a") == 1); // slots are notes
  unsigned const turns = (unsigned)host_get(d.host, "turns");
  // One without a decoder: what is playing goes on, and that is all.
  host_set_model(d.host, 0, "build/music-neurons.lv2/melody-2bar.safetensors");
  drive_frames(&d, 4 * BAR_FRAMES);
  if (host_get(d.host, "state") == 1) {
    assert_in_range((unsigned)host_get(d.host, "turns"), turns, turns + 1);
  }
  assert_true(host_get(d.host, "late") == 0);
  drive_locate(&d, 0, 0, 0);
  drive_frames(&d, 1);
  assert_paired(&d.tape);
  drive_free(&d);
  remove(other);
}

static void
what_is_not_there_in_time_rests_or_repeats(void** const state)
{
  (void)state;
  for (unsigned repeats = 0; repeats < 2; ++repeats) {
    Drive d = rolling(VARY);
    host_set(d.host, "when_late", (float)repeats);
    drive_bars(&d, 2);
    drive_frames(&d, BAR_FRAMES);
    host_limit_work(d.host, 0); // the worker stands
    drive_frames(&d, BAR_FRAMES + 1);
    assert_true(host_get(d.host, "late") == 1);
    drive_frames(&d, TURN_FRAMES);
    assert_true(host_get(d.host, "late") == 2);
    host_limit_work(d.host, 1000);
    drive_frames(&d, 2 * TURN_FRAMES);
    assert_true(host_get(d.host, "late") == 2);
    unsigned const before = count_between(&d.tape, TURN_FRAMES, 2 * TURN_FRAMES);
    unsigned const late   = count_between(&d.tape, 2 * TURN_FRAMES, 3 * TURN_FRAMES);
    unsigned const after  = count_between(&d.tape, 4 * TURN_FRAMES, 5 * TURN_FRAMES);
    assert_true(before > 4 && after > 4);
    assert_int_equal(late, repeats ? before : 0);
    stop(&d);
    drive_frames(&d, 1);
    assert_paired(&d.tape);
    drive_free(&d);
  }
}

// Music with changes of tempo and metre, and a stop in between.
static Song*
song(void)
{
  Song* const song = song_new(117.1875);
  song_add_tempo(song, 6 * 4 * SONG_PPQ, 133);
  song_add_metre(song, 8 * 4 * SONG_PPQ, 7, 8);
  song_add_tune(song, 12, 3);
  song_sort(song);
  return song;
}

static Tape
record(SongPlay const* const how, HostWorker const worker, double const mode)
{
  Song* const music = song();
  Drive       d     = player(worker, "mode", mode);
  host_set(d.host, "freewheel", worker != HOST_WORKER_INLINE);
  host_set(d.host, "amount", 0.3F);
  host_set(d.host, "gate", 0.7F);
  host_set(d.host, "axis_2", 1);
  host_set(d.host, "tempo", 117.1875F);
  song_play(music, d.host, how, tape_block, &d.tape);
  assert_true(host_get(d.host, "late") == 0);
  Tape const tape = d.tape;
  d.tape          = (Tape){0};
  drive_free(&d);
  song_free(music);
  return tape;
}

static void
assert_same_in_all_blocks(SongPlay how, double const mode)
{
  static uint32_t const sizes[] = {1024, 17, 8192, 0};
  how.block                     = 64;
  Tape a                        = record(&how, HOST_WORKER_THREAD, mode);
  assert_true(a.count > 20); // there is something to compare
  for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    how.block = sizes[i];
    Tape b    = record(&how, i % 2 ? HOST_WORKER_NONE : HOST_WORKER_AFTER, mode);
    tape_assert_same(&a, &b);
    tape_free(&b);
  }
  tape_free(&a);
}

static void
notes_come_on_the_same_frames_in_all_blocks(void** const state)
{
  (void)state;
  for (unsigned mode = ANSWER; mode <= DRIFT; ++mode) {
    if (mode != MORPH) { // there is nothing in its slots
      assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE}, mode);
    }
  }
  assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE, .every_block = true}, VARY);
  assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE, .no_transport = true}, ANSWER);
}

static void
what_is_played_live_is_what_an_export_plays(void** const state)
{
  (void)state;
  SongPlay const how = {.rate = DRIVE_RATE, .block = 512};
  Tape           a   = record(&how, HOST_WORKER_NONE, VARY);
  Tape           b   = record(&how, HOST_WORKER_INLINE, VARY);
  tape_assert_same(&a, &b);
  tape_free(&a);
  tape_free(&b);
}

static void
slots_are_part_of_the_state(void** const state)
{
  (void)state;
  Drive       d     = with_two_slots();
  char* const saved = host_save(d.host, "build");
  drive_free(&d);

  d = player(HOST_WORKER_AFTER, "mode", MORPH);
  assert_true(host_restore(d.host, saved));
  char* const again = host_save(d.host, "build"); // before a block has run
  assert_string_equal(saved, again);
  host_set(d.host, "x", 1);
  drive_locate(&d, 0, 0, 1);
  drive_frames(&d, 2 * TURN_FRAMES);
  assert_true(host_get(d.host, "slot_b") == 1);
  assert_true(count_between(&d.tape, TURN_FRAMES, 2 * TURN_FRAMES) > 4);
  press(&d, "clear");
  assert_true(host_get(d.host, "slot_b") == 0);
  stop(&d);
  drive_frames(&d, TURN_FRAMES);
  assert_paired(&d.tape);
  free(again);
  char* const cleared = host_save(d.host, "build");
  assert_string_not_equal(saved, cleared);
  free(cleared);
  free(saved);
  drive_free(&d);
}

static void
keys_and_controllers_capture(void** const state)
{
  (void)state;
  Drive d = rolling(ANSWER);
  host_set(d.host, "thru", 1);
  host_set(d.host, "capture_note", 36);
  host_set(d.host, "capture_cc", 20);
  drive_bars(&d, 2);
  stop(&d);
  drive_frames(&d, 1);
  tape_clear(&d.tape);
  drive_note(&d, 0, true, 0, 37);
  drive_note(&d, 5, false, 0, 37);
  drive_control(&d, 6, 0, 23, 64);
  drive_control(&d, 7, 0, 22, 63);
  drive_frames(&d, 10);
  assert_true(host_get(d.host, "slot_a") == 0 && host_get(d.host, "slot_b") == 1);
  assert_true(host_get(d.host, "slot_c") == 0 && host_get(d.host, "slot_d") == 1);
  assert_int_equal(d.tape.count, 2); // the controllers pass
  drive_free(&d);
}

static void
the_model_is_told_to_who_asks(void** const state)
{
  (void)state;
  Drive d = player(HOST_WORKER_AFTER, "mode", ANSWER);
  assert_string_equal(host_told_model(d.host), model_file); // it is new
  host_get_model(d.host, 0);
  host_limit_out(d.host, 40);
  host_run(d.host, BLOCK);
  host_limit_out(d.host, 4096);
  tape_clear(&d.tape);
  host_run(d.host, BLOCK);
  assert_int_equal(host_out_count(d.host), 0); // it is no MIDI
  assert_string_equal(host_told_model(d.host), model_file);
  drive_free(&d);
}

static void
held_notes_end_when_thru_changes(void** const state)
{
  (void)state;
  Drive d = player(HOST_WORKER_AFTER, "thru", 1);
  drive_note(&d, 0, true, 2, 50);
  drive_frames(&d, 10);
  host_set(d.host, "thru", 0);
  drive_note(&d, 0, true, 2, 51);
  drive_note(&d, 1, false, 2, 50); // passed when it began
  drive_frames(&d, 10);
  host_set(d.host, "thru", 1);
  drive_note(&d, 0, false, 2, 51); // did not
  drive_frames(&d, 10);
  assert_int_equal(d.tape.count, 2);
  assert_int_equal(assert_paired(&d.tape), 1);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(it_answers_two_bars_with_two_bars),
    cmocka_unit_test(it_varies_what_it_heard_last),
    cmocka_unit_test(it_morphs_from_one_slot_to_another),
    cmocka_unit_test(a_walk_depends_on_seed_and_bar_alone),
    cmocka_unit_test(without_a_transport_it_answers_after_the_phrase),
    cmocka_unit_test(your_note_ends_the_answer),
    cmocka_unit_test(no_note_hangs_whatever_interrupts_it),
    cmocka_unit_test(a_note_off_waits_for_room),
    cmocka_unit_test(a_model_that_comes_changes_what_the_next_turn_plays),
    cmocka_unit_test(what_is_not_there_in_time_rests_or_repeats),
    cmocka_unit_test(notes_come_on_the_same_frames_in_all_blocks),
    cmocka_unit_test(what_is_played_live_is_what_an_export_plays),
    cmocka_unit_test(slots_are_part_of_the_state),
    cmocka_unit_test(keys_and_controllers_capture),
    cmocka_unit_test(held_notes_end_when_thru_changes),
    cmocka_unit_test(the_model_is_told_to_who_asks),
  };
  return cmocka_run_group_tests(tests, make_model, remove_model);
}
