// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player plays in each mode, and on which frames: the notes of encoder, place and
/// decoder, by the definitions of the modes.

#include "check.h"
#include "decoder/place.h"
#include "player_drive.h"

#include <string.h>

static void
it_answers_two_bars_with_two_bars(void** const state)
{
  (void)state;
  MnModel* const model = load_model(player_model);
  Drive          d     = player_rolling(ANSWER);
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
  assert_int_equal(count_onsets(&d.tape, 2 * TURN_FRAMES, 4 * TURN_FRAMES), 0);
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
  MnModel* const model = load_model(player_model);
  Drive          d     = player_rolling(VARY);
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
it_morphs_from_one_slot_to_another(void** const state)
{
  (void)state;
  static double const x[]   = {0, 0.5, 1};
  MnModel* const      model = load_model(player_model);
  Drive               d     = player_with_two_slots();
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
  Drive d = player_rolling(DRIFT);
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
  Drive d = player_new(HOST_WORKER_AFTER, "mode", ANSWER);
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
  MnModel* const model = load_model(player_model);
  scale_tokens(tokens);
  encode(model, tokens, mu);
  decode(model, mu, &(MnChoice){1 << 16, 0, 0}, tokens);
  assert_plays(&d.tape, from, tokens);
  drive_frames(&d, 4 * BAR_FRAMES);
  assert_int_equal(count_onsets(&d.tape, from + TURN_FRAMES, UINT64_MAX), 0);
  assert_true(host_get(d.host, "state") == 2); // it waits
  assert_paired(&d.tape);
  mn_model_free(model);
  drive_free(&d);
}

static void
your_note_ends_the_answer(void** const state)
{
  (void)state;
  Drive d = player_new(HOST_WORKER_AFTER, "mode", VARY);
  host_set(d.host, "go_on", 1);
  drive_bars(&d, 2);
  drive_frames(&d, 8 * BAR_FRAMES);
  assert_true(host_get(d.host, "turns") >= 3); // it goes on
  uint64_t const struck = d.tape.frames;
  drive_note(&d, 0, true, 0, 60);
  drive_frames(&d, BAR_FRAMES);
  assert_int_equal(count_onsets(&d.tape, struck + 1, UINT64_MAX), 0);
  assert_paired(&d.tape);
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
  };
  return cmocka_run_group_tests(tests, make_player_model, remove_player_model);
}
