// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window takes of the messages about a model: its neurons, their labels, axes,
/// landmarks and styles.

#include "check.h"
#include "draw.h"
#include "told_window.h"

static void
a_model_is_taken_whole_or_not_at_all(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  assert_int_equal(tell_model(w, "small", 2), MN_DRAW_ALL);
  assert_int_equal(tell_labels(w, 0, "high\tnot high\tpitch 0.9\nlow\n"), MN_DRAW_ALL);
  MnViewModel const* const model = &w->view.model;
  assert_string_equal(model->name, "small");
  assert_int_equal(model->order[0], 3);
  assert_string_equal(model->label[0], "high");
  assert_string_equal(model->features[0], "pitch 0.9");
  assert_string_equal(model->label[1], "low");
  assert_string_equal(model->features[1], "");
  assert_string_equal(model->label[2], "");
  assert_int_equal(tell_model(w, "bad", LATENT), 0); // there is no such neuron
  assert_string_equal(model->name, "small");
}

static void
labels_come_in_parts(void** const state)
{
  ToldWindow* const        w     = (ToldWindow*)*state;
  MnViewModel const* const model = &w->view.model;
  assert_int_equal(tell_labels(w, 0, "high\n"), 0); // of a model that was lost
  tell_model(w, "small", 2);
  w->receiver.incomplete = false;
  assert_int_equal(tell_labels(w, 0, "high\tnot high\tpitch +0.9\n"), MN_DRAW_ALL);
  assert_int_equal(tell_labels(w, 1, "low\t\tpitch\nthere is no third\n"), MN_DRAW_ALL);
  assert_string_equal(model->label[0], "high");
  assert_string_equal(model->opposite[0], "not high");
  assert_string_equal(model->features[0], "pitch +0.9");
  assert_string_equal(model->label[1], "low");
  assert_string_equal(model->opposite[1], "");
  assert_true(model->has_sense);
  assert_string_equal(model->label[2], "");
  assert_false(w->receiver.incomplete);

  tell_model(w, "other", 2);
  assert_string_equal(model->label[0], "");        // those were another model'w
  assert_int_equal(tell_labels(w, 1, "low\n"), 0); // the part before was lost
  assert_true(w->receiver.incomplete);
}

static void
axes_and_stabilities_come_with_the_model_and_their_values_with_a_window(void** const state)
{
  ToldWindow* const        w     = (ToldWindow*)*state;
  MnViewModel const* const model = &w->view.model;
  tell_model(w, "small", 2);
  tell_labels(w, 0, "high\t\tpitch +0.9\t0.25\nlow\t\tpitch\t0.2x\n");
  assert_true(model->stability[0] == 0.25F);
  assert_string_equal(model->features[0], "pitch +0.9");
  assert_true(model->stability[1] == 0);
  assert_false(model->has_axes);

  w->axes = "register\ndensity\tmore";
  tell_model(w, "small", 2);
  assert_true(model->has_axes);
  assert_string_equal(model->axis[0], "register");
  assert_string_equal(model->axis[1], "density");
  assert_string_equal(model->axis[2], ""); // there are no more lines
  tell_window(w, 1, LATENT, 1, 0);
  assert_true(w->view.window.axes[1] == 0.25F && w->view.window.axes[3] == 1);
}

static void
landmarks_come_with_the_model(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  w->landmarks        = "march\nart song\n";
  w->places           = 2 * MN_AXES;
  assert_true(tell_model(w, "small", 2));
  assert_int_equal(w->view.model.landmarks, 2);
  assert_string_equal(w->view.model.landmark[1], "art song");
  assert_true(w->view.model.place[0][1] == 0.5F && w->view.model.place[1][0] == 1);
  w->landmarks = "";
  w->places    = 0;
  tell_model(w, "small", 2);
  assert_int_equal(w->view.model.landmarks, 0);
}

static void
styles_come_with_a_model_that_has_a_second_level(void** const state)
{
  ToldWindow* const w = (ToldWindow*)*state;
  w->styles           = "reel\nhymn\n";
  w->heard            = 6;
  assert_true(tell_model(w, "small", 2));
  assert_int_equal(w->view.model.styles, 2);
  assert_int_equal(w->view.model.long_music, 3);
  assert_string_equal(w->view.model.style[1], "hymn");
  assert_true(tell_window(w, 1, LATENT, 1, 0) & 1U << MN_AREA_STYLES);
  assert_int_equal(w->view.window.bars_heard, 6);
  assert_true(w->view.window.styles[0] == 0.25F && w->view.window.styles[1] == 0.75F);
  assert_int_equal(w->view.model.long_order[2], 9);
  assert_true(tell_long_labels(
    w,
    1,
    "busier middle\tx\tmiddle notes +0.73, arch +0.2\t0.68\nmixed\t\t\nthere is no fourth\n"));
  assert_string_equal(w->view.model.long_label[0], "");
  assert_string_equal(w->view.model.long_label[1], "busier middle");
  assert_string_equal(w->view.model.long_label[2], "mixed");
  assert_string_equal(w->view.model.long_features[1], "middle notes +0.73, arch +0.2");
  assert_true(w->view.model.long_stability[1] == 0.68F);
  assert_string_equal(w->view.model.long_features[2], "");
  assert_true(w->view.model.long_stability[2] == 0);
  assert_string_equal(w->view.model.long_label[3], "");
  assert_int_equal(tell_long_labels(w, 17, "beyond\n"), 0);
  assert_true(w->view.window.long_mu[0] == 1 && w->view.window.long_sigma[1] == 0.5F);
  assert_true(w->view.window.long_percentile[1] == 0.5F);
  w->heard = 0; // nothing of it is there, and nothing of the last one stays
  tell_window(w, 2, LATENT, 1, 0);
  assert_int_equal(w->view.window.bars_heard, 0);
  assert_true(w->view.window.styles[1] == 0);
  assert_true(w->view.window.long_mu[0] == 0);
  w->styles = "";
  tell_model(w, "small", 2);
  assert_int_equal(w->view.model.styles, 0);
  assert_int_equal(w->view.model.long_music, 0);
  assert_string_equal(w->view.model.long_label[1], "");
  assert_string_equal(w->view.model.long_features[1], "");
  assert_true(w->view.model.long_stability[1] == 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_window_new, told_window_free)
  struct CMUnitTest const tests[] = {
    TEST(a_model_is_taken_whole_or_not_at_all),
    TEST(labels_come_in_parts),
    TEST(axes_and_stabilities_come_with_the_model_and_their_values_with_a_window),
    TEST(landmarks_come_with_the_model),
    TEST(styles_come_with_a_model_that_has_a_second_level),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
