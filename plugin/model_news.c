// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_news.h"

#include "atom_writer.h"

#include <string.h>

void
mn_model_news_all(MnModelNews* const news)
{
  news->path     = true;
  news->model    = true;
  news->labels   = true;
  news->labelled = 0;
  news->deep     = 0;
  news->message  = true;
}

void
mn_model_news_changed(MnModelNews* const news)
{
  bool const message = news->message || news->error.text[0];
  mn_model_news_all(news);
  news->message = message;
  news->error   = (MnError){0};
}

void
mn_model_news_error(MnModelNews* const news, MnError const* const error)
{
  news->error   = *error;
  news->message = true;
}

// Generic hosts show the property. Our own UI reads mn:Model.
static MN_REALTIME bool
write_path(MnModel const* const  model,
           MnUris const* const   u,
           LV2_Atom_Forge* const forge,
           int64_t const         time)
{
  char const* const    path = model ? model->path : "";
  LV2_Atom_Forge_Frame object;
  if (!mn_write_object(
        forge, &object, time, u->patch_Set, 2 * MN_WRITE_PROPERTY + strlen(path))) {
    return false;
  }
  mn_write_urid(forge, u->patch_property, u->model);
  mn_write_path(forge, u->patch_value, path);
  lv2_atom_forge_pop(forge, &object);
  return true;
}

static char          no_name[] = "";
static MnModel const no_model  = {.name = no_name, .steps = MN_STEPS_2BAR};

// Writes the first neurons by rank.
static MN_REALTIME void
write_order(LV2_Atom_Forge* const forge,
            MnUris const* const   u,
            LV2_URID const        key,
            uint16_t const* const order,
            unsigned const        count)
{
  int32_t neurons[MN_MAX_LATENT];
  for (unsigned i = 0; i < count; ++i) {
    neurons[i] = order[i];
  }
  mn_write_vector(forge, key, u->atom_Int, count, neurons);
}

static MN_REALTIME bool
write_model(MnModel const* const  given,
            MnUris const* const   u,
            LV2_Atom_Forge* const forge,
            int64_t const         time)
{
  MnModel const* const        model  = given ? given : &no_model;
  MnReadoutTable const* const table  = &model->readout;
  size_t const                axes   = mn_write_axes_size(table);
  MnLongTable const* const    deep   = &model->long_table;
  size_t const                styles = mn_write_styles_size(&deep->style);
  unsigned const              ranked = deep->music < MN_RANKED ? deep->music : MN_RANKED;
  LV2_Atom_Forge_Frame        object;
  if (!mn_write_object(forge,
                       &object,
                       time,
                       u->mn_Model,
                       9 * MN_WRITE_PROPERTY + strlen(model->name) + axes + styles +
                         mn_write_landmarks_size(table) +
                         mn_write_vector_size(model->latent) +
                         mn_write_vector_size(ranked))) {
    return false;
  }
  mn_write_string(forge, u->mn_name, model->name);
  mn_write_int(forge, u->mn_steps, model->steps);
  mn_write_int(forge, u->mn_latent, model->latent);
  mn_write_int(forge, u->mn_music, table->music);
  mn_write_float(forge, u->mn_active, table->active);
  write_order(forge, u, u->mn_order, table->order, model->latent);
  mn_write_bool(forge, u->mn_hasSense, table->sense_table.values > 0);
  mn_write_axes(forge, u->mn_axes, table, axes);
  mn_write_landmarks(forge, u->mn_landmarks, u->mn_places, table);
  mn_write_styles(forge, u->mn_styles, &deep->style, styles);
  mn_write_int(forge, u->mn_longMusic, deep->music);
  write_order(forge, u, u->mn_longOrder, deep->order, ranked);
  lv2_atom_forge_pop(forge, &object);
  return true;
}

static MN_REALTIME bool
write_message(MnError const* const  error,
              MnUris const* const   u,
              LV2_Atom_Forge* const forge,
              int64_t const         time)
{
  LV2_Atom_Forge_Frame object;
  if (!mn_write_object(
        forge, &object, time, u->mn_Message, MN_WRITE_PROPERTY + strlen(error->text))) {
    return false;
  }
  mn_write_string(forge, u->mn_text, error->text);
  lv2_atom_forge_pop(forge, &object);
  return true;
}

void
mn_model_news_write(MnModelNews* const    news,
                    MnModel const* const  model,
                    MnUris const* const   uris,
                    LV2_Atom_Forge* const forge,
                    int64_t const         time)
{
  news->path    = news->path && !write_path(model, uris, forge, time);
  news->model   = news->model && !write_model(model, uris, forge, time);
  news->message = news->message && !write_message(&news->error, uris, forge, time);
}

// Writes the next of some labels in a message of a type, and no more than a block should take.
// @return whether all are told.
static MN_REALTIME bool
write_some_labels(MnLabel const* const  labels,
                  unsigned const        count,
                  unsigned* const       told,
                  LV2_URID const        type,
                  MnUris const* const   u,
                  LV2_Atom_Forge* const forge,
                  int64_t const         time)
{
  enum { AT_ONCE = 64 };
  size_t const room = mn_write_room(forge);
  size_t       text = 0;
  unsigned     end  = *told;
  for (; end < count && end - *told < AT_ONCE; ++end) {
    size_t const line = mn_write_label_size(&labels[end]);
    if (2 * MN_WRITE_PROPERTY + text + line > room) {
      break;
    }
    text += line;
  }
  LV2_Atom_Forge_Frame object;
  if (end > *told &&
      mn_write_object(forge, &object, time, type, 2 * MN_WRITE_PROPERTY + text)) {
    mn_write_int(forge, u->mn_first, *told);
    mn_write_labels(forge, u->mn_labels, &labels[*told], end - *told, text);
    lv2_atom_forge_pop(forge, &object);
    *told = end;
  }
  return *told == count;
}

// Writes the next labels of level one, and then of level two. @return whether all are told.
static MN_REALTIME bool
write_labels(MnModelNews* const    news,
             MnModel const* const  model,
             MnUris const* const   u,
             LV2_Atom_Forge* const forge,
             int64_t const         time)
{
  MnLabel const* const first = model ? model->readout.labels : NULL;
  MnLabel const* const deep  = model ? model->long_table.labels : NULL;
  unsigned const       music = deep ? model->long_table.music : 0;
  return write_some_labels(first,
                           first ? model->readout.music : 0,
                           &news->labelled,
                           u->mn_Labels,
                           u,
                           forge,
                           time) &&
         write_some_labels(deep,
                           music < MN_RANKED ? music : MN_RANKED,
                           &news->deep,
                           u->mn_LongLabels,
                           u,
                           forge,
                           time);
}

void
mn_model_news_write_labels(MnModelNews* const    news,
                           MnModel const* const  model,
                           MnUris const* const   uris,
                           LV2_Atom_Forge* const forge,
                           int64_t const         time)
{
  news->labels =
    news->labels && (news->model || !write_labels(news, model, uris, forge, time));
}
