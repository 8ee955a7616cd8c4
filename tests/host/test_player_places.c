// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Where in the latent space the player plays, with the model that ships: its decoder hears each
/// move, as the random one of the other tests does not.

#include "check.h"
#include "decoder/place.h"
#include "decoder/place_style.h"
#include "player_drive.h"

#include <stdio.h>
#include <string.h>

static int
take_shipped_model(void** const state)
{
  (void)state;
  snprintf(
    player_model, sizeof(player_model), "engine/models/melody-2bar-open.safetensors");
  return 0;
}

// What is played where a scale was heard. A turn takes what the controls are when the turn
// before it closes.
static void
check_pulls(Drive const* const d, MnModel const* const model, unsigned const turns)
{
  uint8_t before[STEPS];
  for (unsigned turn = 1; turn <= turns; ++turn) {
    MnChoice const choice = {0, 0, turn};
    uint8_t        tokens[STEPS];
    int32_t        mu[MN_MAX_LATENT];
    scale_tokens(tokens);
    encode(model, tokens, mu);
    mn_place_vary(model, 0.25, 0, turn, mu);
    decode(model, mu, &choice, before);
    mn_place_pull(model, 1, turn > 1 ? turn - 1.5 : 0, mu);
    decode(model, mu, &choice, tokens);
    assert_plays(&d->tape, turn * (uint64_t)TURN_FRAMES, tokens);
    assert_int_equal(memcmp(before, tokens, STEPS) != 0, turn > 1);
  }
}

static void
a_style_pulls_what_it_plays(void** const state)
{
  (void)state;
  MnModel* const model = load_model(player_model);
  Drive          d     = player_rolling(VARY);
  assert_true(mn_place_can_pull(model));
  host_set(d.host, "temperature", 0);
  host_set(d.host, "amount", 0.25F);
  host_set(d.host, "style", 1);
  drive_bars(&d, 2);
  for (unsigned turn = 1; turn <= 3; ++turn) {
    host_set(d.host, "style_pull", (float)turn - 0.5F);
    drive_frames(&d, TURN_FRAMES);
  }
  drive_frames(&d, TURN_FRAMES + 1);
  check_pulls(&d, model, 3);
  mn_model_free(model);
  drive_free(&d);
}

static void
chance_moves_what_it_plays(void** const state)
{
  (void)state;
  MnModel* const model = load_model(player_model);
  Drive          d     = player_rolling(VARY);
  uint8_t        last[STEPS];
  host_set(d.host, "temperature", 0);
  host_set(d.host, "amount", 0.5F);
  host_set(d.host, "seed", 3);
  drive_bars(&d, 2);
  drive_frames(&d, 2 * TURN_FRAMES + 1);
  for (unsigned turn = 1; turn <= 2; ++turn) {
    uint8_t tokens[STEPS];
    int32_t mu[MN_MAX_LATENT];
    scale_tokens(tokens);
    encode(model, tokens, mu);
    mn_place_vary(model, 0.5, 3, turn, mu);
    decode(model, mu, &(MnChoice){0, 3, turn}, tokens);
    assert_plays(&d.tape, turn * (uint64_t)TURN_FRAMES, tokens);
    assert_true(turn == 1 || memcmp(last, tokens, STEPS) != 0);
    memcpy(last, tokens, STEPS);
  }
  mn_model_free(model);
  drive_free(&d);
}

static void
between_two_slots_lies_another_tune(void** const state)
{
  (void)state;
  MnModel* const model = load_model(player_model);
  Drive          d     = player_with_two_slots();
  host_set(d.host, "temperature", 0);
  host_set(d.host, "x", 0.5F);
  drive_frames(&d, 2 * TURN_FRAMES + 1);
  uint8_t a[STEPS];
  uint8_t b[STEPS];
  uint8_t tokens[STEPS];
  int32_t mu_a[MN_MAX_LATENT];
  int32_t mu_b[MN_MAX_LATENT];
  scale_tokens(a);
  other_tokens(b);
  encode(model, a, mu_a);
  encode(model, b, mu_b);
  decode(model, mu_a, &(MnChoice){0, 0, 4}, a);
  decode(model, mu_b, &(MnChoice){0, 0, 4}, b);
  mn_place_mix(mu_a, mu_b, model->latent, 0.5, mu_a);
  decode(model, mu_a, &(MnChoice){0, 0, 4}, tokens);
  assert_plays(&d.tape, 4 * (uint64_t)TURN_FRAMES, tokens);
  assert_memory_not_equal(tokens, a, STEPS);
  assert_memory_not_equal(tokens, b, STEPS);
  mn_model_free(model);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_style_pulls_what_it_plays),
    cmocka_unit_test(chance_moves_what_it_plays),
    cmocka_unit_test(between_two_slots_lies_another_tune),
  };
  return cmocka_run_group_tests(tests, take_shipped_model, NULL);
}
