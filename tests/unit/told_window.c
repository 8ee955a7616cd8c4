// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "told_window.h"

#include <lv2/atom/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URIDS = 256 };

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

int
told_window_new(void** const state)
{
  ToldWindow* const w = (ToldWindow*)calloc(1, sizeof(ToldWindow));
  w->axes             = "";
  w->landmarks        = "";
  w->styles           = "";
  mn_view_init(&w->view);
  mn_receiver_init(&w->receiver, &map);
  lv2_atom_forge_init(&w->forge, &map);
  *state = w;
  return 0;
}

int
told_window_free(void** const state)
{
  free(*state);
  return 0;
}

static void
begin(ToldWindow* const w, LV2_URID const type)
{
  lv2_atom_forge_set_buffer(&w->forge, w->message.bytes, sizeof(w->message));
  lv2_atom_forge_object(&w->forge, &w->frame, 0, type);
}

static unsigned
end(ToldWindow* const w, double const now)
{
  lv2_atom_forge_pop(&w->forge, &w->frame);
  return mn_receive(
    &w->receiver, &w->view, &w->message, lv2_atom_total_size(&w->message.atom), now);
}

static void
put_int(ToldWindow* const w, LV2_URID const key, int32_t const value)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_int(&w->forge, value);
}

static void
put_long(ToldWindow* const w, LV2_URID const key, int64_t const value)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_long(&w->forge, value);
}

static void
put_real(ToldWindow* const w, LV2_URID const key, double const value)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_double(&w->forge, value);
}

static void
put_bool(ToldWindow* const w, LV2_URID const key, bool const value)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_bool(&w->forge, value);
}

static void
put_text(ToldWindow* const w, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_string(&w->forge, text, (uint32_t)strlen(text));
}

static void
put_bare_text(ToldWindow* const w, LV2_URID const key, char const* const text)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_atom(&w->forge, (uint32_t)strlen(text), w->forge.String);
  lv2_atom_forge_write(&w->forge, text, (uint32_t)strlen(text));
}

static void
put_ints(ToldWindow* const    w,
         LV2_URID const       key,
         unsigned const       count,
         int32_t const* const values)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_vector(&w->forge, 4, w->forge.Int, count, values);
}

static void
put_floats(ToldWindow* const  w,
           LV2_URID const     key,
           unsigned const     count,
           float const* const values)
{
  lv2_atom_forge_key(&w->forge, key);
  lv2_atom_forge_vector(&w->forge, 4, w->forge.Float, count, values);
}

unsigned
tell_model(ToldWindow* const w, char const* const name, int32_t const last)
{
  MnUris const* const u                  = &w->receiver.uris;
  int32_t const       order[]            = {3, 1, 0, last};
  float const         place[3 * MN_AXES] = {0.25F, 0.5F, [MN_AXES] = 1};
  begin(w, u->mn_Model);
  put_text(w, u->mn_name, name);
  put_int(w, u->mn_steps, STEPS);
  put_int(w, u->mn_latent, LATENT);
  put_int(w, u->mn_music, MUSIC);
  put_real(w, u->mn_active, 0.1);
  put_ints(w, u->mn_order, LATENT, order);
  put_bool(w, u->mn_hasSense, true);
  put_text(w, u->mn_axes, w->axes);
  put_text(w, u->mn_landmarks, w->landmarks);
  put_floats(w, u->mn_places, w->places, place);
  put_text(w, u->mn_styles, w->styles);
  put_int(w, u->mn_longMusic, *w->styles ? 3 : 0);
  put_ints(w, u->mn_longOrder, *w->styles ? 3 : 0, (int32_t const[]){7, 2, 9});
  return end(w, 0);
}

static unsigned
tell_labels_of(ToldWindow* const w,
               LV2_URID const    type,
               int32_t const     first,
               char const* const labels)
{
  begin(w, type);
  put_int(w, w->receiver.uris.mn_first, first);
  put_text(w, w->receiver.uris.mn_labels, labels);
  return end(w, 0);
}

unsigned
tell_labels(ToldWindow* const w, int32_t const first, char const* const labels)
{
  return tell_labels_of(w, w->receiver.uris.mn_Labels, first, labels);
}

unsigned
tell_long_labels(ToldWindow* const w, int32_t const first, char const* const labels)
{
  return tell_labels_of(w, w->receiver.uris.mn_LongLabels, first, labels);
}

unsigned
tell_window(ToldWindow* const w,
            int32_t const     number,
            unsigned const    latent,
            float const       mu,
            double const      now)
{
  MnUris const* const u              = &w->receiver.uris;
  int32_t const       tokens[STEPS]  = {45, 0, 1};
  float const         values[LATENT] = {mu, mu, mu, mu};
  begin(w, u->mn_Window);
  put_int(w, u->mn_number, number);
  put_long(w, u->mn_start, 16 * number);
  put_long(w, u->mn_barNumber, number + 6);
  put_int(w, u->mn_late, 0);
  put_bool(w, u->mn_scored, latent);
  put_ints(w, u->mn_tokens, STEPS, tokens);
  if (latent) {
    put_floats(w, u->mn_mu, latent, values);
    put_floats(w, u->mn_sigma, latent, values);
    put_floats(w, u->mn_percentiles, MUSIC, values);
    float const axes[MN_AXES] = {0, 0.25F, 0.5F, 1, mu, mu, mu, mu};
    put_floats(w, u->mn_axisValues, MN_AXES, axes);
    put_real(w, u->mn_musicality, 0.75);
    put_real(w, u->mn_sense, 0.25);
    put_int(w, u->mn_barsHeard, w->heard);
    if (w->heard) {
      float const styles[MN_STYLES] = {0.25F, 0.75F};
      float const ranked[MN_RANKED] = {mu, 0.5F};
      put_floats(w, u->mn_styleValues, MN_STYLES, styles);
      put_floats(w, u->mn_longPercentiles, MN_RANKED, ranked);
      put_floats(w, u->mn_longMu, MN_RANKED, ranked);
      put_floats(w, u->mn_longSigma, w->ranked ? w->ranked : MN_RANKED, ranked);
    }
    put_int(w, u->mn_musicActive, 1);
    put_int(w, u->mn_noiseActive, 2);
    put_real(w, u->mn_encodeTime, 1);
  }
  return end(w, now);
}

unsigned
tell_step_bits(ToldWindow* const w,
               double const      position,
               double const      bar,
               bool const        listening,
               double const      now,
               unsigned const    steps_with_bits)
{
  MnUris const* const u             = &w->receiver.uris;
  int32_t const       tokens[STEPS] = {45};
  float const         notes[]       = {64, 0, 4, 200, 0, 1, 60, 4, 2, 62, 5, 6};
  float const         bits[STEPS]   = {7.5F, -1};
  begin(w, u->mn_Step);
  put_real(w, u->mn_position, position);
  put_int(w, u->mn_mode, MN_MODE_HOST);
  put_bool(w, u->mn_listening, listening);
  put_bool(w, u->mn_resting, w->resting);
  put_real(w, u->mn_tempo, 120);
  put_int(w, u->mn_tempoOf, MN_TEMPO_HOST);
  put_real(w, u->mn_barStart, w->bar_start);
  put_real(w, u->mn_barLength, bar);
  put_real(w, u->mn_beatLength, 4);
  put_long(w, u->mn_barNumber, 0);
  put_long(w, u->mn_start, 0);
  put_ints(w, u->mn_tokens, STEPS, tokens);
  put_floats(w, u->mn_notes, 12, notes);
  put_floats(w, u->mn_surprise, steps_with_bits, bits);
  if (w->played) {
    put_floats(w, u->mn_played, 9, w->played);
  }
  return end(w, now);
}

unsigned
tell_step(ToldWindow* const w,
          double const      position,
          double const      bar,
          bool const        listening,
          double const      now)
{
  return tell_step_bits(w, position, bar, listening, now, STEPS);
}

unsigned
tell_history(ToldWindow* const w, int32_t const number, unsigned const count)
{
  MnUris const* const u = &w->receiver.uris;
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
  begin(w, u->mn_History);
  put_int(w, u->mn_number, number);
  put_long(w, u->mn_start, 16 * (number - (int32_t)count + 1));
  put_ints(w, u->mn_windows, count * MN_PAST_WORDS - w->cut, words);
  return end(w, 0);
}

unsigned
tell_sent(ToldWindow* const w, unsigned const count, float const first)
{
  float const levels[MN_CC_SLOTS + 1] = {first, MN_SENT_SILENT, MN_SENT_NOTHING, 127};
  begin(w, w->receiver.uris.mn_Sent);
  put_floats(w, w->receiver.uris.mn_levels, count, levels);
  return end(w, 0);
}

unsigned
tell_message(ToldWindow* const w, char const* const text)
{
  begin(w, w->receiver.uris.mn_Message);
  put_text(w, w->receiver.uris.mn_text, text);
  return end(w, 0);
}

unsigned
tell_bare_message(ToldWindow* const w, char const* const text)
{
  begin(w, w->receiver.uris.mn_Message);
  put_bare_text(w, w->receiver.uris.mn_text, text);
  return end(w, 0);
}
