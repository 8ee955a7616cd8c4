// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window does with the plugin's messages, and with the time between them.

#include "draw.h"
#include "receive.h"
#include "text.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { URIDS = 256, LATENT = 4, MUSIC = 2, STEPS = 32 };

static char     uris[URIDS][96];
static unsigned uri_count;

static LV2_URID
map_uri(LV2_URID_Map_Handle const handle, char const* const uri)
{
  (void)handle;
  unsigned i = 0;
  while (i < uri_count && strcmp(uris[i], uri) != 0) {
    ++i;
  }
  if (i == uri_count) {
    snprintf(uris[uri_count++], sizeof(*uris), "%s", uri);
  }
  return i + 1;
}

static LV2_URID_Map map = {NULL, map_uri};

typedef struct {
  char const*          axes;      // text of the next model
  double               bar_start; // of the next step
  char const*          landmarks; // text of the next model
  char const*          styles;    // likewise
  int32_t              heard;     // bars, by the second level
  float const*         played;    // of the next step: 9 numbers
  unsigned             places;    // numbers of theirs
  MnReceiver           receiver;
  MnView               view;
  bool                 resting;
  unsigned             cut; ///< words that are missing at the end of a history
  LV2_Atom_Forge       forge;
  LV2_Atom_Forge_Frame frame;
  union {
    LV2_Atom atom;
    uint8_t  bytes[16384];
  } message;
} Scene;

static int
set_up(void** const state)
{
  Scene* const s = (Scene*)calloc(1, sizeof(Scene));
  s->axes        = "";
  s->landmarks   = "";
  s->styles      = "";
  mn_view_init(&s->view);
  mn_receiver_init(&s->receiver, &map);
  lv2_atom_forge_init(&s->forge, &map);
  *state = s;
  return 0;
}

static int
tear_down(void** const state)
{
  free(*state);
  return 0;
}

static void
begin(Scene* const s, LV2_URID const type)
{
  lv2_atom_forge_set_buffer(&s->forge, s->message.bytes, sizeof(s->message));
  lv2_atom_forge_object(&s->forge, &s->frame, 0, type);
}

static unsigned
end(Scene* const s, double const now)
{
  lv2_atom_forge_pop(&s->forge, &s->frame);
  return mn_receive(
    &s->receiver, &s->view, &s->message, lv2_atom_total_size(&s->message.atom), now);
}

static void
put_int(Scene* const s, LV2_URID const key, int32_t const value)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_int(&s->forge, value);
}

static void
put_long(Scene* const s, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_long(&s->forge, value);
}

static void
put_real(Scene* const s, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_double(&s->forge, value);
}

static void
put_bool(Scene* const s, LV2_URID const key, bool const value)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_bool(&s->forge, value);
}

static void
put_text(Scene* const s, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_string(&s->forge, text, (uint32_t)strlen(text));
}

// Not every host counts the 0 at the end.
static void
put_bare_text(Scene* const s, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_atom(&s->forge, (uint32_t)strlen(text), s->forge.String);
  lv2_atom_forge_write(&s->forge, text, (uint32_t)strlen(text));
}

static void
put_ints(Scene* const         s,
         LV2_URID const       key,
         unsigned const       count,
         int32_t const* const values)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_vector(&s->forge, 4, s->forge.Int, count, values);
}

static void
put_floats(Scene* const       s,
           LV2_URID const     key,
           unsigned const     count,
           float const* const values)
{
  lv2_atom_forge_key(&s->forge, key);
  lv2_atom_forge_vector(&s->forge, 4, s->forge.Float, count, values);
}

static unsigned
tell_model(Scene* const s, char const* const name, int32_t const last)
{
  MnUris const* const u                  = &s->receiver.uris;
  int32_t const       order[]            = {3, 1, 0, last};
  float const         place[3 * MN_AXES] = {0.25F, 0.5F, [MN_AXES] = 1};
  begin(s, u->mn_Model);
  put_text(s, u->mn_name, name);
  put_int(s, u->mn_steps, STEPS);
  put_int(s, u->mn_latent, LATENT);
  put_int(s, u->mn_music, MUSIC);
  put_real(s, u->mn_active, 0.1);
  put_ints(s, u->mn_order, LATENT, order);
  put_bool(s, u->mn_hasSense, true);
  put_text(s, u->mn_axes, s->axes);
  put_text(s, u->mn_landmarks, s->landmarks);
  put_floats(s, u->mn_places, s->places, place);
  put_text(s, u->mn_styles, s->styles);
  put_int(s, u->mn_longMusic, *s->styles ? 3 : 0);
  put_ints(s, u->mn_longOrder, *s->styles ? 3 : 0, (int32_t const[]){7, 2, 9});
  return end(s, 0);
}

static unsigned
tell_labels(Scene* const s, int32_t const first, char const* const labels)
{
  begin(s, s->receiver.uris.mn_Labels);
  put_int(s, s->receiver.uris.mn_first, first);
  put_text(s, s->receiver.uris.mn_labels, labels);
  return end(s, 0);
}

static unsigned
tell_long_labels(Scene* const s, int32_t const first, char const* const labels)
{
  begin(s, s->receiver.uris.mn_LongLabels);
  put_int(s, s->receiver.uris.mn_first, first);
  put_text(s, s->receiver.uris.mn_labels, labels);
  return end(s, 0);
}

static unsigned
tell_window(Scene* const   s,
            int32_t const  number,
            unsigned const latent,
            float const    mu,
            double const   now)
{
  MnUris const* const u              = &s->receiver.uris;
  int32_t const       tokens[STEPS]  = {45, 0, 1};
  float const         values[LATENT] = {mu, mu, mu, mu};
  begin(s, u->mn_Window);
  put_int(s, u->mn_number, number);
  put_long(s, u->mn_start, 16 * number);
  put_long(s, u->mn_barNumber, number + 6);
  put_int(s, u->mn_late, 0);
  put_bool(s, u->mn_scored, latent);
  put_ints(s, u->mn_tokens, STEPS, tokens);
  if (latent) {
    put_floats(s, u->mn_mu, latent, values);
    put_floats(s, u->mn_sigma, latent, values);
    put_floats(s, u->mn_percentiles, MUSIC, values);
    float const axes[MN_AXES] = {0, 0.25F, 0.5F, 1, mu, mu, mu, mu};
    put_floats(s, u->mn_axisValues, MN_AXES, axes);
    put_real(s, u->mn_musicality, 0.75);
    put_real(s, u->mn_sense, 0.25);
    put_int(s, u->mn_barsHeard, s->heard);
    if (s->heard) {
      float const styles[MN_STYLES] = {0.25F, 0.75F};
      float const ranked[MN_RANKED] = {mu, 0.5F};
      put_floats(s, u->mn_styleValues, MN_STYLES, styles);
      put_floats(s, u->mn_longPercentiles, MN_RANKED, ranked);
      put_floats(s, u->mn_longMu, MN_RANKED, ranked);
      put_floats(s, u->mn_longSigma, MN_RANKED, ranked);
    }
    put_int(s, u->mn_musicActive, 1);
    put_int(s, u->mn_noiseActive, 2);
    put_real(s, u->mn_encodeTime, 1);
  }
  return end(s, now);
}

static unsigned
tell_step_bits(Scene* const   s,
               double const   position,
               double const   bar,
               bool const     listening,
               double const   now,
               unsigned const steps_with_bits)
{
  MnUris const* const u             = &s->receiver.uris;
  int32_t const       tokens[STEPS] = {45};
  float const         notes[]       = {64, 0, 4, 200, 0, 1, 60, 4, 2, 62, 5, 6};
  float const         bits[STEPS]   = {7.5F, -1};
  begin(s, u->mn_Step);
  put_real(s, u->mn_position, position);
  put_int(s, u->mn_mode, MN_MODE_HOST);
  put_bool(s, u->mn_listening, listening);
  put_bool(s, u->mn_resting, s->resting);
  put_real(s, u->mn_tempo, 120);
  put_int(s, u->mn_tempoOf, MN_TEMPO_HOST);
  put_real(s, u->mn_barStart, s->bar_start);
  put_real(s, u->mn_barLength, bar);
  put_real(s, u->mn_beatLength, 4);
  put_long(s, u->mn_barNumber, 0);
  put_long(s, u->mn_start, 0);
  put_ints(s, u->mn_tokens, STEPS, tokens);
  put_floats(s, u->mn_notes, 12, notes);
  put_floats(s, u->mn_surprise, steps_with_bits, bits);
  if (s->played) {
    put_floats(s, u->mn_played, 9, s->played);
  }
  return end(s, now);
}

static unsigned
tell_step(Scene* const s,
          double const position,
          double const bar,
          bool const   listening,
          double const now)
{
  return tell_step_bits(s, position, bar, listening, now, STEPS);
}

static void
the_players_notes_come_with_its_steps(void** const state)
{
  Scene* const s           = (Scene*)*state;
  float const  played[9]   = {64, -2, 3.5F, 128, 0, 1, 71, 40, 42};
  float const  infinite[9] = {64, INFINITY};
  s->played                = played;
  assert_int_equal(tell_step(s, 2, 16, true, 0) & MN_DRAW_STEP, MN_DRAW_STEP);
  assert_int_equal(s->view.roll.played, 0); // this is not the player
  s->view.player = true;
  tell_step(s, 3, 16, true, 0);
  assert_int_equal(s->view.roll.played, 2); // there is no key 128
  assert_int_equal(s->view.roll.play[0].pitch, 64);
  assert_true(s->view.roll.play[0].start == -2 && s->view.roll.play[0].end == 3.5F);
  assert_int_equal(s->view.roll.play[1].pitch, 71);
  s->played = infinite;
  assert_int_equal(tell_step(s, 4, 16, true, 0), 0);
  s->played = NULL;
  assert_int_equal(tell_step(s, 4, 16, true, 0), 0);
  assert_int_equal(s->view.roll.played, 2);
}

static unsigned
tell_history(Scene* const s, int32_t const number, unsigned const count)
{
  MnUris const* const u = &s->receiver.uris;
  MnPastWindow        windows[4];
  memset(windows, 0, sizeof(windows));
  for (int32_t i = 0; i < (int32_t)count; ++i) {
    int32_t const own = number - (int32_t)count + 1 + i;
    windows[i]        = (MnPastWindow){.number       = own,
                                       .start        = 16 * i,
                                       .bar          = own + 6,
                                       .scored       = 1,
                                       .steps        = STEPS,
                                       .musicality   = 51,
                                       .noise_active = 9,
                                       .mu           = {32, -16},
                                       .tokens       = {45, 0, 1}};
  }
  int32_t words[4 * MN_PAST_WORDS];
  memcpy(words, windows, sizeof(words));
  begin(s, u->mn_History);
  put_int(s, u->mn_number, number);
  put_long(s, u->mn_start, 16 * (number - (int32_t)count + 1));
  put_ints(s, u->mn_windows, count * MN_PAST_WORDS - s->cut, words);
  return end(s, 0);
}

static unsigned
tell_sent(Scene* const s, unsigned const count, float const first)
{
  float const levels[MN_CC_SLOTS + 1] = {first, MN_SENT_SILENT, MN_SENT_NOTHING, 127};
  begin(s, s->receiver.uris.mn_Sent);
  put_floats(s, s->receiver.uris.mn_levels, count, levels);
  return end(s, 0);
}

static void
texts_are_made_fit_to_draw(void** const state)
{
  (void)state;
  static struct {
    char const* from;
    size_t      size;
    char const* to;
  } const cases[] = {
    {"plain", 16, "plain"},
    {"plain", 4, "pla"},
    {"na\xC3\xAFve", 16, "na\xC3\xAFve"},
    {"na\xC3\xAFve", 4, "na"}, // not half a character
    {"a\tb\nc\x7F", 16, "a b c "},
    {"\xFF\xC3x\xC0\x80", 16, "??x??"},
    {"\xED\xA0\x80", 16, "???"},      // a surrogate
    {"\xF4\x90\x80\x80", 16, "????"}, // beyond the last plane
    {"\xE2\x82", 16, "??"},           // cut short
    {"\xF0\x9F\x8E\xB5", 5, "\xF0\x9F\x8E\xB5"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    char text[16];
    mn_text_copy(text, cases[i].size, cases[i].from, strlen(cases[i].from));
    assert_string_equal(text, cases[i].to);
  }
  char text[16];
  mn_text_copy(text, sizeof(text), "ab\0cd", 5);
  assert_string_equal(text, "ab");
  mn_text_copy(text, sizeof(text), "abcd", 3); // without a 0 at the end
  assert_string_equal(text, "abc");
}

static void
a_model_is_taken_whole_or_not_at_all(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_int_equal(tell_model(s, "small", 2), MN_DRAW_ALL);
  assert_int_equal(tell_labels(s, 0, "high\tnot high\tpitch 0.9\nlow\n"), MN_DRAW_ALL);
  MnViewModel const* const model = &s->view.model;
  assert_string_equal(model->name, "small");
  assert_int_equal(model->order[0], 3);
  assert_string_equal(model->label[0], "high");
  assert_string_equal(model->features[0], "pitch 0.9");
  assert_string_equal(model->label[1], "low");
  assert_string_equal(model->features[1], "");
  assert_string_equal(model->label[2], "");
  assert_int_equal(tell_model(s, "bad", LATENT), 0); // there is no such neuron
  assert_string_equal(model->name, "small");
}

static void
labels_come_in_parts(void** const state)
{
  Scene* const             s     = (Scene*)*state;
  MnViewModel const* const model = &s->view.model;
  assert_int_equal(tell_labels(s, 0, "high\n"), 0); // of a model that was lost
  tell_model(s, "small", 2);
  s->receiver.incomplete = false;
  assert_int_equal(tell_labels(s, 0, "high\tnot high\tpitch +0.9\n"), MN_DRAW_ALL);
  assert_int_equal(tell_labels(s, 1, "low\t\tpitch\nthere is no third\n"), MN_DRAW_ALL);
  assert_string_equal(model->label[0], "high");
  assert_string_equal(model->opposite[0], "not high");
  assert_string_equal(model->features[0], "pitch +0.9");
  assert_string_equal(model->label[1], "low");
  assert_string_equal(model->opposite[1], "");
  assert_true(model->has_sense);
  assert_string_equal(model->label[2], "");
  assert_false(s->receiver.incomplete);

  tell_model(s, "other", 2);
  assert_string_equal(model->label[0], "");        // those were another model's
  assert_int_equal(tell_labels(s, 1, "low\n"), 0); // the part before was lost
  assert_true(s->receiver.incomplete);
}

static void
axes_and_stabilities_come_with_the_model_and_their_values_with_a_window(void** const state)
{
  Scene* const             s     = (Scene*)*state;
  MnViewModel const* const model = &s->view.model;
  tell_model(s, "small", 2);
  tell_labels(s, 0, "high\t\tpitch +0.9\t0.25\nlow\t\tpitch\t0.2x\n");
  assert_true(model->stability[0] == 0.25F);
  assert_string_equal(model->features[0], "pitch +0.9");
  assert_true(model->stability[1] == 0);
  assert_false(model->has_axes);

  s->axes = "register\ndensity\tmore";
  tell_model(s, "small", 2);
  assert_true(model->has_axes);
  assert_string_equal(model->axis[0], "register");
  assert_string_equal(model->axis[1], "density");
  assert_string_equal(model->axis[2], ""); // there are no more lines
  tell_window(s, 1, LATENT, 1, 0);
  assert_true(s->view.window.axes[1] == 0.25F && s->view.window.axes[3] == 1);
}

static void
landmarks_come_with_the_model(void** const state)
{
  Scene* const s = (Scene*)*state;
  s->landmarks   = "march\nart song\n";
  s->places      = 2 * MN_AXES;
  assert_true(tell_model(s, "small", 2));
  assert_int_equal(s->view.model.landmarks, 2);
  assert_string_equal(s->view.model.landmark[1], "art song");
  assert_true(s->view.model.place[0][1] == 0.5F && s->view.model.place[1][0] == 1);
  s->landmarks = "";
  s->places    = 0;
  tell_model(s, "small", 2);
  assert_int_equal(s->view.model.landmarks, 0);
}

static void
styles_come_with_a_model_that_has_a_second_level(void** const state)
{
  Scene* const s = (Scene*)*state;
  s->styles      = "reel\nhymn\n";
  s->heard       = 6;
  assert_true(tell_model(s, "small", 2));
  assert_int_equal(s->view.model.styles, 2);
  assert_int_equal(s->view.model.long_music, 3);
  assert_string_equal(s->view.model.style[1], "hymn");
  assert_true(tell_window(s, 1, LATENT, 1, 0) & 1U << MN_AREA_STYLES);
  assert_int_equal(s->view.window.bars_heard, 6);
  assert_true(s->view.window.styles[0] == 0.25F && s->view.window.styles[1] == 0.75F);
  assert_int_equal(s->view.model.long_order[2], 9);
  assert_true(tell_long_labels(
    s,
    1,
    "busier middle\tx\tmiddle notes +0.73, arch +0.2\t0.68\nmixed\t\t\nthere is no fourth\n"));
  assert_string_equal(s->view.model.long_label[0], "");
  assert_string_equal(s->view.model.long_label[1], "busier middle");
  assert_string_equal(s->view.model.long_label[2], "mixed");
  assert_string_equal(s->view.model.long_features[1], "middle notes +0.73, arch +0.2");
  assert_true(s->view.model.long_stability[1] == 0.68F);
  assert_string_equal(s->view.model.long_features[2], "");
  assert_true(s->view.model.long_stability[2] == 0);
  assert_string_equal(s->view.model.long_label[3], "");
  assert_int_equal(tell_long_labels(s, 17, "beyond\n"), 0);
  assert_true(s->view.window.long_mu[0] == 1 && s->view.window.long_sigma[1] == 0.5F);
  assert_true(s->view.window.long_percentile[1] == 0.5F);
  s->heard = 0; // nothing of it is there, and nothing of the last one stays
  tell_window(s, 2, LATENT, 1, 0);
  assert_int_equal(s->view.window.bars_heard, 0);
  assert_true(s->view.window.styles[1] == 0);
  assert_true(s->view.window.long_mu[0] == 0);
  s->styles = "";
  tell_model(s, "small", 2);
  assert_int_equal(s->view.model.styles, 0);
  assert_int_equal(s->view.model.long_music, 0);
  assert_string_equal(s->view.model.long_label[1], "");
  assert_string_equal(s->view.model.long_features[1], "");
  assert_true(s->view.model.long_stability[1] == 0);
}

static void
a_window_of_another_model_is_asked_for_again(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_int_equal(tell_window(s, 1, LATENT, 1, 0), 0); // the model was lost
  assert_true(s->receiver.incomplete);
  tell_model(s, "small", 2);
  s->receiver.incomplete = false;
  assert_int_equal(tell_window(s, 1, LATENT - 1, 1, 0), 0);
  assert_true(s->receiver.incomplete);
  s->receiver.incomplete = false;
  assert_int_equal(tell_window(s, 1, LATENT, NAN, 0), 0);
  assert_int_equal(tell_window(s, 1, LATENT, 1, 0), MN_DRAW_WINDOW);
  assert_true(s->view.window.has_values && s->view.window.scored);

  // A window with too few notes keeps the values of the last one.
  assert_int_equal(tell_window(s, 2, 0, 0, 0), MN_DRAW_WINDOW);
  assert_true(s->view.window.has_values && !s->view.window.scored);
  assert_true(s->view.window.mu[0] == 1);
  assert_int_equal(s->view.window.number, 2);
}

static void
the_past_grows_by_each_window_once(void** const state)
{
  Scene* const        s    = (Scene*)*state;
  MnPast const* const past = &s->view.past;
  tell_model(s, "small", 2);
  tell_history(s, 2, 2);
  tell_window(s, 2, LATENT, 1, 0); // the history has it, but not all of it
  assert_int_equal(past->count, 2);
  assert_int_equal(past->entry[0].neurons, 0);
  assert_int_equal(past->entry[1].neurons, LATENT);
  tell_window(s, 3, LATENT, 1, 0);
  tell_window(s, 3, LATENT, 1, 0);
  assert_int_equal(past->count, 3);
  assert_int_equal(past->entry[0].said.musicality, 51);
  assert_int_equal(past->entry[2].said.musicality, 191); // 0.75
  assert_int_equal(past->entry[2].said.sense, 64);       // 0.25
  assert_int_equal(past->entry[2].said.noise_active, 2);
  assert_int_equal(past->entry[2].said.bar, 9);
  assert_int_equal(past->entry[2].mu[0], MN_PAST_MU);
  assert_false(s->receiver.incomplete);
  tell_window(s, 5, LATENT, 1, 0); // a message was lost
  assert_true(s->receiver.incomplete);
  tell_history(s, 0, 0); // the plugin listens anew
  assert_int_equal(past->count, 0);
  assert_int_equal(s->view.window.number, 0);
  assert_false(s->view.window.has_values);
}

static void
a_history_that_is_cut_changes_nothing(void** const state)
{
  Scene* const s = (Scene*)*state;
  tell_model(s, "small", 2);
  s->cut = 1;
  assert_int_equal(tell_history(s, 2, 2), 0);
  assert_int_equal(s->view.past.count, 0);
}

static void
an_hour_is_kept_and_thinned_where_it_is_old(void** const state)
{
  Scene* const        s    = (Scene*)*state;
  MnPast const* const past = &s->view.past;
  tell_model(s, "small", 2);
  for (int i = 1; i <= 3 * MN_PAST; ++i) {
    tell_window(s, i, LATENT, 1, 0);
    assert_true(past->count <= MN_PAST);
  }
  assert_int_equal(past->entry[0].said.number, 1);
  assert_int_equal(mn_past_number(past), 3 * MN_PAST);
  assert_true(past->count > MN_PAST / 2);
  // The newest ones are all there, and the line of time is in order.
  for (unsigned i = 1; i < past->count; ++i) {
    assert_true(past->entry[i].at > past->entry[i - 1].at);
    int const way = past->entry[i].said.number - past->entry[i - 1].said.number;
    assert_true(way == 1 || i < MN_PAST / 2);
  }
}

static void
rest_is_told_and_redraws_what_falls_back(void** const state)
{
  Scene* const s = (Scene*)*state;
  tell_step(s, 4, 16, true, 0);
  assert_false(s->view.roll.resting);
  s->resting = true;
  assert_int_equal(tell_step(s, 5, 16, true, 0) & MN_DRAW_WINDOW, MN_DRAW_WINDOW);
  assert_true(s->view.roll.resting);
}

static void
the_position_goes_on_by_the_clock_and_waits(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_true(tell_step(s, 4, 16, true, 10) & MN_DRAW_STEP);
  assert_int_equal(s->view.roll.notes, 2); // the other notes make no sense
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 10), 0);
  // 120 bpm are 8 steps a second.
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 10.0625), MN_DRAW_STEP);
  assert_true(fabs(s->view.roll.position - 4.5) < 1e-9);
  mn_receive_advance(&s->receiver, &s->view, 20);
  assert_true(fabs(s->view.roll.position - 5.5) < 1e-9); // no later message came
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 21), 0);
  // A late message does not turn it back; a jump does.
  tell_step(s, 5, 16, true, 21);
  assert_true(fabs(s->view.roll.position - 5.5) < 1e-9);
  tell_step(s, 2, 16, true, 21.1);
  assert_true(s->view.roll.position == 2);
  // It stands still while the plugin does not listen.
  tell_step(s, 3, 16, false, 22);
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 23), 0);
}

static void
bars_that_cannot_be_drawn_are_refused(void** const state)
{
  Scene* const s      = (Scene*)*state;
  double const bars[] = {0, -16, 1e-9, 1e9, NAN, INFINITY};
  for (unsigned i = 0; i < sizeof(bars) / sizeof(*bars); ++i) {
    assert_int_equal(tell_step(s, 4, bars[i], true, 0), 0);
  }
  assert_int_equal(tell_step(s, 1e9, 16, true, 0), 0); // far from the roll
  double const far[] = {1e9, -1e9, 4097, -4097};
  for (unsigned i = 0; i < sizeof(far) / sizeof(*far); ++i) {
    s->bar_start = far[i];
    assert_int_equal(tell_step(s, 4, 16, true, 0), 0);
  }
  assert_false(s->view.roll.known);
  s->bar_start = -16;
  assert_true(tell_step(s, 4, 16, true, 0));
}

static void
each_step_has_its_surprise(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_int_equal(tell_step_bits(s, 4, 16, true, 0, STEPS - 1), 0); // a step has none
  assert_false(s->view.roll.known);
  assert_true(tell_step(s, 4, 16, true, 0) & MN_DRAW_STEP);
  assert_true(s->view.roll.surprise[0] == 7.5F);
  assert_true(s->view.roll.surprise[1] == -1);
}

static void
a_message_may_leave_out_the_0_at_its_end(void** const state)
{
  Scene* const   s    = (Scene*)*state;
  LV2_URID const text = s->receiver.uris.mn_text;
  begin(s, s->receiver.uris.mn_Message);
  put_bare_text(s, text, "12345678"); // whole words: no padding ends it either
  assert_int_equal(end(s, 0), MN_DRAW_ALL);
  assert_string_equal(s->view.message, "12345678");
  begin(s, s->receiver.uris.mn_Message);
  put_text(s, text, "12345678");
  assert_int_equal(end(s, 0), 0); // the same again
  begin(s, s->receiver.uris.mn_Message);
  put_text(s, text, "");
  assert_int_equal(end(s, 0), MN_DRAW_ALL);
  assert_string_equal(s->view.message, "");
}

static void
peaks_hold_and_then_fall(void** const state)
{
  Scene* const s = (Scene*)*state;
  tell_model(s, "small", 2);
  tell_window(s, 1, LATENT, -2, 0);
  tell_window(s, 2, LATENT, 1, 0.5);
  assert_true(s->view.window.peak[0] == -2);
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 1), 0);
  assert_true(s->view.window.peak[0] == -2);
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 2), 1 << MN_AREA_NEURONS);
  float const fallen = s->view.window.peak[0];
  assert_true(fallen > -2 && fallen < 1);
  mn_receive_advance(&s->receiver, &s->view, 10);
  assert_true(s->view.window.peak[0] == 1);
  assert_int_equal(mn_receive_advance(&s->receiver, &s->view, 11), 0);
}

static void
what_slots_send_is_taken_whole_or_not_at_all(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_true(s->view.sent[0] == MN_SENT_NOTHING);
  assert_int_equal(tell_sent(s, MN_CC_SLOTS, 64.5F), 1U << MN_AREA_SENT);
  assert_int_equal(tell_sent(s, MN_CC_SLOTS, 64.5F), 0); // nothing new
  assert_int_equal(tell_sent(s, MN_CC_SLOTS - 1, 3), 0);
  assert_int_equal(tell_sent(s, MN_CC_SLOTS + 1, 3), 0);
  assert_int_equal(tell_sent(s, MN_CC_SLOTS, NAN), 0);
  assert_true(s->view.sent[0] == 64.5F);
  assert_true(s->view.sent[1] == MN_SENT_SILENT);
  assert_true(s->view.sent[3] == 127);
}

static void
cut_and_changed_messages_are_survived(void** const state)
{
  Scene* const s = (Scene*)*state;
  tell_model(s, "small", 2);
  uint64_t seed = 3;
  for (unsigned i = 0; i < 60000; ++i) {
    switch (i % 6) {
    case 0:
      tell_model(s, "small", 2);
      break;
    case 1:
      tell_labels(s, (int32_t)(i / 6 % 3), "high\tpitch\nlow\tpitch\n");
      break;
    case 2:
      tell_window(s, (int32_t)i, LATENT, 1, 0);
      break;
    case 3:
      tell_step(s, i, 16, true, 0);
      break;
    case 4:
      tell_sent(s, MN_CC_SLOTS, (float)i);
      break;
    default:
      tell_history(s, (int32_t)i, 2);
      break;
    }
    uint32_t const size = lv2_atom_total_size(&s->message.atom);
    // A copy of exactly this size, so that a sanitizer sees a read beyond it.
    uint8_t* const copy = (uint8_t*)malloc(size);
    memcpy(copy, &s->message, size);
    for (unsigned k = 0; k < 2; ++k) {
      seed ^= seed << 13;
      seed ^= seed >> 7;
      seed ^= seed << 17;
      copy[seed % size] = (uint8_t)(seed >> 32);
    }
    mn_receive(&s->receiver, &s->view, copy, i % 3 ? size : (seed >> 40) % size, 0);
    free(copy);
    mn_receive_advance(&s->receiver, &s->view, i);
  }
  MnViewModel const* const model = &s->view.model;
  assert_true(model->latent <= MN_MAX_LATENT && model->music <= model->latent);
  assert_true(isfinite(s->view.roll.position));
}

static void
values_of_ports_are_checked(void** const state)
{
  Scene* const s = (Scene*)*state;
  assert_int_equal(mn_receive_value(&s->view, MN_PORT_TEMPO, 120), 0); // unchanged
  assert_true(mn_receive_value(&s->view, MN_PORT_TEMPO, 90));
  assert_int_equal(mn_receive_value(&s->view, MN_PORT_TEMPO, NAN), 0);
  assert_int_equal(mn_receive_value(&s->view, MN_PORT_COUNT, 1), 0);
  assert_int_equal(mn_receive_value(&s->view, MN_PORT_OUT, 1), 0);
  assert_true(s->view.value[MN_PORT_TEMPO] == 90);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  struct CMUnitTest const tests[] = {
    TEST(texts_are_made_fit_to_draw),
    TEST(a_model_is_taken_whole_or_not_at_all),
    TEST(labels_come_in_parts),
    TEST(axes_and_stabilities_come_with_the_model_and_their_values_with_a_window),
    TEST(landmarks_come_with_the_model),
    TEST(styles_come_with_a_model_that_has_a_second_level),
    TEST(the_players_notes_come_with_its_steps),
    TEST(a_window_of_another_model_is_asked_for_again),
    TEST(the_past_grows_by_each_window_once),
    TEST(a_history_that_is_cut_changes_nothing),
    TEST(an_hour_is_kept_and_thinned_where_it_is_old),
    TEST(rest_is_told_and_redraws_what_falls_back),
    TEST(the_position_goes_on_by_the_clock_and_waits),
    TEST(bars_that_cannot_be_drawn_are_refused),
    TEST(each_step_has_its_surprise),
    TEST(a_message_may_leave_out_the_0_at_its_end),
    TEST(peaks_hold_and_then_fall),
    TEST(what_slots_send_is_taken_whole_or_not_at_all),
    TEST(cut_and_changed_messages_are_survived),
    TEST(values_of_ports_are_checked),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
