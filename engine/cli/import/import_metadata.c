// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "import_metadata.h"

#include "checkpoint/crc32c.h"
#include "study/melodies.h"

#include <stdio.h>
#include <string.h>

enum {
  TEXT_ROOM     = 1024,
  ROUNDING_ROOM = 128,
  LINES_ROOM    = 192,
  DECODER_ROOM  = 160 + MN_ORIGIN_ROOM,
  LONG_ROOM     = 192,
  MOVES_ROOM    = 128,
  DENSE_MOST    = 11, // of an encoder, a decoder or a second level
};

static_assert(DENSE_MOST >= 2 + MN_MAX_DECODER_LAYERS, "a decoder fits");

// A check sum of the values alone, which identifies weights in any format.
static uint32_t
check_values(MnDense const* const* const dense, size_t const count)
{
  MnCrc32c crc;
  mn_crc32c_init(&crc);
  uint8_t sums[DENSE_MOST * 2 * sizeof(uint32_t)];
  size_t  size = 0;
  for (size_t i = 0; i < count; ++i) {
    MnBytes const parts[2] = {
      {(uint8_t const*)dense[i]->kernel,
       dense[i]->inputs * dense[i]->outputs * sizeof(float)},
      {(uint8_t const*)dense[i]->bias, dense[i]->outputs * sizeof(float)}};
    for (unsigned k = 0; k < 2; ++k) {
      uint32_t const sum = mn_crc32c_of(&crc, parts[k]);
      memcpy(sums + size, &sum, sizeof(sum));
      size += sizeof(sum);
    }
  }
  return mn_crc32c_of(&crc, (MnBytes){sums, size});
}

static uint32_t
check_weights(MnWeights const* const w)
{
  MnDense const* const dense[] = {
    &w->lstm[0][0], &w->lstm[0][1], &w->mu, &w->sigma, &w->lstm[1][0], &w->lstm[1][1]};
  return check_values(dense, 2 + 2 * w->layers);
}

void
mn_import_metadata_set_weights(MnImportMetadata* const m, MnWeights const* const w)
{
  m->crc   = check_weights(w);
  m->sizes = (MnWeights){
    .layers = w->layers, .hidden = w->hidden, .latent = w->latent, .steps = w->steps};
}

void
mn_import_metadata_set_decoder(MnImportMetadata* const       m,
                               MnDecoderWeights const* const w,
                               MnWeightsType const           type)
{
  MnDense const* dense[DENSE_MOST] = {&w->start, &w->output};
  for (unsigned layer = 0; layer < w->layers; ++layer) {
    dense[2 + layer] = &w->lstm[layer];
  }
  m->decoder_crc    = check_values(dense, 2 + (size_t)w->layers);
  m->decoder_layers = w->layers;
  m->decoder_hidden = w->hidden;
  m->decoder_type   = type;
}

char const*
mn_import_metadata_type_name(MnWeightsType const type)
{
  return type == MN_WEIGHTS_INT16 ? "int16" : "int8";
}

static void
write_rounding(MnImportMetadata const* const m, char text[ROUNDING_ROOM])
{
  if (m->compensated) {
    snprintf(text,
             ROUNDING_ROOM,
             ", rounded so that errors make up for each other on %zu windows of music",
             m->compensated);
  } else {
    *text = 0;
  }
}

// Writes how the file was made. The text must not depend on the format of the weights or
// their place.
static void
write_making(MnImportMetadata const* const m, char text[TEXT_ROOM])
{
  MnWeights const* const w = &m->sizes;
  char                   rounding[ROUNDING_ROOM];
  write_rounding(m, rounding);
  int const used = snprintf(
    text,
    TEXT_ROOM,
    "Imported from float weights of a MusicVAE (CRC-32C %08x): bidirectional LSTM %u x "
    "%u, %u latent neurons. Quantised: recurrent %s%s, heads int16, one symmetric scale a "
    "row, h in Q%u. Readout calibrated on %zu windows of music ",
    m->crc,
    w->layers,
    w->hidden,
    w->latent,
    mn_import_metadata_type_name(m->type),
    rounding,
    m->hidden_frac,
    m->real);
  if (m->has_corpus) {
    snprintf(text + used,
             TEXT_ROOM - (size_t)used,
             "(of %zu in the corpus that was given) and %zu random sequences.",
             m->found,
             m->random);
  } else {
    snprintf(text + used,
             TEXT_ROOM - (size_t)used,
             "(of %u well-known melodies, transposed: this is rough) and %zu random "
             "sequences.",
             mn_melodies_count(),
             m->random);
  }
}

// Writes what surprise was learnt from.
static void
write_lines(MnImportMetadata const* const m, char text[LINES_ROOM])
{
  *text = 0;
  if (m->lines) {
    snprintf(
      text,
      LINES_ROOM,
      " Surprise learnt from %zu notes in %zu whole lines, sense from %zu windows, two "
      "thirds of them with wrong notes.",
      m->notes,
      m->lines,
      m->sense);
  }
}

static void
write_decoder(MnImportMetadata const* const m, char text[DECODER_ROOM])
{
  bool const own = m->origin && !strcmp(m->decoder_origin, m->origin);
  *text          = 0;
  if (m->decoder_layers) {
    snprintf(text,
             DECODER_ROOM,
             " Decoder from float weights (CRC-32C %08x): LSTM %u x %u, %s, what reads z "
             "and the output int16.%s%s",
             m->decoder_crc,
             m->decoder_layers,
             m->decoder_hidden,
             mn_import_metadata_type_name(m->decoder_type),
             *m->decoder_origin && !own ? " " : "",
             own ? "" : m->decoder_origin);
  }
}

static uint32_t
check_long(MnLongWeights const* const w)
{
  MnDense const* dense[MN_LONG_LAYERS];
  mn_long_weights_layers(w, dense);
  return check_values(dense, w->styles ? MN_LONG_LAYERS : 7);
}

static void
write_long(MnImportMetadata const* const m, char text[LONG_ROOM])
{
  MnLongWeights const* const w = m->second_level;
  *text                        = 0;
  if (w) {
    snprintf(
      text,
      LONG_ROOM,
      " Second level from float weights (CRC-32C %08x): width %u, %u neurons, int16; "
      "ranked on %zu phrases.",
      check_long(w),
      w->width,
      w->latent,
      m->phrases);
  }
}

// Writes what moves along the axes were learnt from.
static void
write_moves(MnImportMetadata const* const m, char text[MOVES_ROOM])
{
  *text = 0;
  if (m->places) {
    snprintf(text,
             MOVES_ROOM,
             " Moves along the axes learnt from what the decoder writes at %zu places.",
             m->places);
  }
}

// The origin of the weights, if it is known, and how the file was made.
static json_t*
provenance(MnImportMetadata const* const m)
{
  char making[TEXT_ROOM];
  char lines[LINES_ROOM];
  char decoder[DECODER_ROOM];
  char moves[MOVES_ROOM];
  char second[LONG_ROOM];
  write_making(m, making);
  write_lines(m, lines);
  write_decoder(m, decoder);
  write_moves(m, moves);
  write_long(m, second);
  return json_sprintf("%s%s%s%s%s%s%s%s%s",
                      m->origin ? m->origin : "",
                      m->origin ? " " : "",
                      making,
                      lines,
                      decoder,
                      moves,
                      second,
                      m->second_origin ? " " : "",
                      m->second_origin ? m->second_origin : "");
}

// The last part of the path, without its ending.
static json_t*
default_name(char const* const output)
{
  static char const end[]  = ".safetensors";
  char const* const slash  = strrchr(output, '/');
  char const* const name   = slash ? slash + 1 : output;
  size_t            length = strlen(name);
  if (length >= sizeof(end) && !strcmp(name + length - (sizeof(end) - 1), end)) {
    length -= sizeof(end) - 1;
  }
  return json_stringn(name, length);
}

static json_t*
number_text(size_t const number)
{
  char text[24];
  snprintf(text, sizeof(text), "%zu", number);
  return json_string(text);
}

json_t*
mn_import_metadata_json(MnImportMetadata const* const m,
                        MnCalibration const* const    calibration,
                        json_t* const                 second_level)
{
  MnWeights const* const w = &m->sizes;
  json_t* const          metadata =
    json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s}",
              "format",
              "music-neurons-model",
              "version",
              "1",
              "name",
              m->name ? json_string(m->name) : default_name(m->output),
              "steps",
              number_text(w->steps),
              "classes",
              number_text(MN_CLASSES),
              "hidden",
              number_text(w->hidden),
              "latent",
              number_text(w->latent),
              "hidden_frac",
              number_text(m->hidden_frac),
              "readout",
              mn_calibration_readout(calibration, second_level),
              "calibration_windows",
              number_text(m->real),
              "provenance",
              provenance(m),
              "licence",
              m->licence ? m->licence : "That of the weights it was imported from.");
  if (metadata && w->layers > 1) {
    json_object_set_new(metadata, "layers", number_text(w->layers));
  }
  if (metadata && m->decoder_layers) {
    json_object_set_new(metadata, "decoder_layers", number_text(m->decoder_layers));
    json_object_set_new(metadata, "decoder_hidden", number_text(m->decoder_hidden));
  }
  if (metadata && m->attribution) {
    json_object_set_new(metadata, "attribution", json_string(m->attribution));
  }
  return metadata;
}
