// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "receive_model.h"

#include "text.h"

#include <string.h>

// Takes the text up to one of two ends and, if it is the first, that end.
static MnText
take_until(MnText* const text, char const taken, char const other)
{
  MnText found = {text->at, 0};
  while (found.length < text->length && found.at[found.length] != taken &&
         found.at[found.length] != other) {
    ++found.length;
  }
  bool const   ends = found.length < text->length && found.at[found.length] == taken;
  size_t const used = found.length + ends;
  *text             = (MnText){text->at + used, text->length - used};
  return found;
}

// Takes what comes before the next tab or the end of the line, and the tab.
static void
take_field(MnText* const text, char* const to, size_t const size)
{
  MnText const field = take_until(text, '\t', '\n');
  mn_text_copy(to, size, field.at, field.length);
}

static void
skip_line(MnText* const text)
{
  take_until(text, '\n', '\n');
}

// "0.25"; 0 if it is none.
static float
read_hundredths(char const* const text)
{
  bool const good = (text[0] == '0' || text[0] == '1') && text[1] == '.' &&
                    strspn(text + 2, "0123456789") == 2 && !text[4];
  return good ? (float)((text[0] - '0') + (text[2] - '0') / 10.0 + (text[3] - '0') / 100.0)
              : 0;
}

static void
forget_labels(MnViewModel* const model)
{
  for (unsigned rank = 0; rank < model->latent; ++rank) {
    model->label[rank][0]    = '\0';
    model->opposite[rank][0] = '\0';
    model->features[rank][0] = '\0';
    model->stability[rank]   = 0;
  }
  memset(model->long_label, 0, sizeof(model->long_label));
  memset(model->long_features, 0, sizeof(model->long_features));
  memset(model->long_stability, 0, sizeof(model->long_stability));
}

unsigned
mn_view_read_labels(MnViewModel* const model, unsigned rank, MnText text)
{
  for (; rank < model->music && text.length; ++rank) {
    char last[8] = "";
    take_field(&text, model->label[rank], MN_VIEW_LABEL);
    take_field(&text, model->opposite[rank], MN_VIEW_LABEL);
    take_field(&text, model->features[rank], MN_VIEW_FEATURES);
    take_field(&text, last, sizeof(last));
    model->stability[rank] = read_hundredths(last);
    skip_line(&text);
  }
  return rank;
}

void
mn_view_read_long_labels(MnViewModel* const model, unsigned rank, MnText text)
{
  for (; rank < MN_RANKED && rank < model->long_music && text.length; ++rank) {
    char last[8] = "";
    take_field(&text, model->long_label[rank], MN_VIEW_LABEL);
    take_field(&text, last, sizeof(last)); // the opposite is not shown
    take_field(&text, model->long_features[rank], MN_VIEW_FEATURES);
    take_field(&text, last, sizeof(last));
    model->long_stability[rank] = read_hundredths(last);
    skip_line(&text);
  }
}

// Each line is the name of an axis.
static void
read_axes(MnViewModel* const model, MnText text)
{
  model->has_axes = text.length;
  for (unsigned i = 0; i < MN_AXES; ++i) {
    take_field(&text, model->axis[i], MN_VIEW_AXIS);
    skip_line(&text);
  }
}

// Each line is the name of a style.
static void
read_styles(MnViewModel* const model, MnText names)
{
  for (model->styles = 0; names.length && model->styles < MN_STYLES; ++model->styles) {
    take_field(&names, model->style[model->styles], MN_VIEW_LABEL);
    skip_line(&names);
  }
}

// Each line is the name of a landmark.
static void
read_landmarks(MnViewModel* const model,
               MnText             names,
               float const* const places,
               unsigned const     count)
{
  model->landmarks = count;
  for (unsigned i = 0; i < count; ++i) {
    take_field(&names, model->landmark[i], MN_VIEW_LABEL);
    skip_line(&names);
    memcpy(model->place[i], places + MN_AXES * i, sizeof(model->place[i]));
  }
}

bool
mn_view_read_model(MnViewModel* const model, MnProperties* const reader)
{
  MnUris const* const uris   = reader->uris;
  MnText const        name   = mn_property_text(reader, uris->mn_name);
  MnText const        axes   = mn_property_text(reader, uris->mn_axes);
  unsigned const      steps  = mn_property_count(reader, uris->mn_steps, 1, MN_MAX_STEPS);
  unsigned const      latent = mn_property_count(reader, uris->mn_latent, 0, MN_MAX_LATENT);
  unsigned const      music  = mn_property_count(reader, uris->mn_music, 0, latent);
  double const        active = mn_property_number(reader, uris->mn_active, 0, 1e6);
  bool const          sense  = mn_property_bool(reader, uris->mn_hasSense);
  unsigned            count  = 0;
  unsigned            places = 0;
  MnText const        marks  = mn_property_text(reader, uris->mn_landmarks);
  MnText const        styles = mn_property_text(reader, uris->mn_styles);
  unsigned const deep   = mn_property_count(reader, uris->mn_longMusic, 0, MN_MAX_LATENT);
  unsigned       ranked = 0;
  int32_t const* const long_order =
    mn_property_ints(reader, uris->mn_longOrder, MN_MAX_LATENT - 1, MN_RANKED, &ranked);
  float const* const place =
    mn_property_floats(reader, uris->mn_places, MN_AXES * MN_MAX_LANDMARKS, &places);
  int32_t const* const order =
    mn_property_ints(reader, uris->mn_order, (int32_t)latent - 1, latent, &count);
  if (!reader->good || count != latent || ranked != (deep < MN_RANKED ? deep : MN_RANKED)) {
    return false;
  }
  mn_text_copy(model->name, MN_VIEW_NAME, name.at, name.length);
  model->steps     = steps;
  model->latent    = latent;
  model->music     = music;
  model->active    = (float)active;
  model->has_sense = sense;
  for (unsigned i = 0; i < latent; ++i) {
    model->order[i] = (uint16_t)order[i];
  }
  forget_labels(model);
  read_axes(model, axes);
  read_landmarks(model, marks, place, places / MN_AXES);
  read_styles(model, styles);
  model->long_music = deep;
  for (unsigned i = 0; i < ranked; ++i) {
    model->long_order[i] = (uint16_t)long_order[i];
  }
  return true;
}
