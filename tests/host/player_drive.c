// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "player_drive.h"

#include "check.h"
#include "decoder/decoder.h"
#include "decoder/place.h"
#include "encoder/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char player_model[64];

ModelShape const player_shape = {.steps       = STEPS,
                                 .hidden      = 16,
                                 .latent      = LATENT,
                                 .hidden_frac = 13,
                                 .wide        = true,
                                 .seed        = 5};

int
make_player_model(void** const state)
{
  (void)state;
  snprintf(
    player_model, sizeof(player_model), "build/player-%d.safetensors", (int)getpid());
  ModelFile* const file = model_file_new(&player_shape);
  model_file_add_axes(file, &player_shape, 2);
  model_file_add_decoder(file, &player_shape, 2, 16);
  model_file_write(file, player_model);
  model_file_free(file);
  return 0;
}

int
remove_player_model(void** const state)
{
  (void)state;
  return remove(player_model);
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
  load(&other, player_model);
  char* const saved = host_save(other.host, "build");
  assert_true(host_restore(d->host, saved));
  host_run(d->host, 0);
  free(saved);
  host_free(other.host);
}

Drive
player_new(HostWorker const worker, char const* const mode_name, double const mode)
{
  Drive d = {.host  = host_new_plugin(drive_bundle, HOST_PLAYER, DRIVE_RATE, worker),
             .block = BLOCK};
  if (worker == HOST_WORKER_NONE) {
    restore(&d);
  } else {
    load(&d, player_model);
  }
  host_set(d.host, "thru", 0);
  host_set(d.host, "amount", 0);
  host_set(d.host, "temperature", 1);
  host_set(d.host, mode_name, (float)mode);
  assert_string_equal(host_log(d.host), "");
  return d;
}

Drive
player_rolling(double const mode)
{
  Drive d = player_new(HOST_WORKER_AFTER, "mode", mode);
  drive_locate(&d, 0, 0, 1);
  return d;
}

void
scale_tokens(uint8_t* const tokens)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  memset(tokens, MN_HOLD, STEPS);
  for (unsigned i = 0; i < 8; ++i) {
    tokens[4 * i]     = (uint8_t)(scale[i] - MN_NOTE_OFFSET);
    tokens[4 * i + 2] = MN_NOTE_OFF;
  }
}

void
play_other(Drive* const d)
{
  for (unsigned i = 0; i < 16; ++i) {
    drive_note(d, 0, true, 0, 76 - 2 * (i % 5));
    drive_frames(d, STEP_FRAMES);
    drive_note(d, 0, false, 0, 76 - 2 * (i % 5));
    drive_frames(d, STEP_FRAMES);
  }
}

void
other_tokens(uint8_t* const tokens)
{
  for (unsigned i = 0; i < 16; ++i) {
    tokens[2 * i]     = (uint8_t)(76 - 2 * (i % 5) - MN_NOTE_OFFSET);
    tokens[2 * i + 1] = MN_NOTE_OFF;
  }
}

void
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

void
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

bool
is_on(TapeEvent const* const e)
{
  return (e->bytes[0] & 0xF0) == 0x90 && e->bytes[2];
}

static bool
is_off(TapeEvent const* const e)
{
  return (e->bytes[0] & 0xF0) == 0x80;
}

unsigned
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

void
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

unsigned
count_onsets(Tape const* const tape, uint64_t const from, uint64_t const end)
{
  unsigned count = 0;
  for (unsigned i = 0; i < tape->count; ++i) {
    uint64_t const frame = tape->events[i].frame;
    count += is_on(&tape->events[i]) && frame >= from && frame < end;
  }
  return count;
}

void
player_press(Drive* const d, char const* const symbol)
{
  host_set(d->host, symbol, 1);
  host_run(d->host, 0);
  host_set(d->host, symbol, 0);
  host_run(d->host, 0);
}

Drive
player_with_two_slots(void)
{
  Drive d = player_rolling(ANSWER);
  drive_bars(&d, 2);
  player_press(&d, "capture_a");
  drive_frames(&d, TURN_FRAMES);
  play_other(&d);
  player_press(&d, "capture_b");
  assert_true(host_get(d.host, "slot_a") == 1 && host_get(d.host, "slot_b") == 1);
  assert_true(host_get(d.host, "slot_c") == 0 && host_get(d.host, "slot_d") == 0);
  host_set(d.host, "mode", MORPH);
  return d;
}

void
player_stop(Drive* const d)
{
  drive_locate(d, 2, 1, 0);
}
