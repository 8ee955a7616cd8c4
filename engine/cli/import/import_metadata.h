// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The metadata of an imported model's file.
///
/// The same weights, settings and music give the same text, in whatever format and place
/// the weights were. Only some formats have texts about the weights; these come first.

#ifndef MN_CLI_IMPORT_METADATA_H
#define MN_CLI_IMPORT_METADATA_H

#include "checkpoint/decoder_weights.h"
#include "checkpoint/long_weights.h"
#include "checkpoint/quantise.h"
#include "study/calibrate.h"

/// Room for what the weights of a decoder say of their origin.
enum { MN_ORIGIN_ROOM = 1024 };

typedef struct {
  char const*   output;      ///< the file; it gives the model its name if there is none
  char const*   name;        ///< or NULL
  char const*   origin;      ///< of the weights, from their file; or NULL
  char const*   licence;     ///< or NULL
  char const*   attribution; ///< or NULL
  MnWeights     sizes;       ///< of the float weights, without their arrays
  uint32_t      crc;         ///< of the float weights
  MnWeightsType type;
  unsigned      hidden_frac;
  unsigned      decoder_layers; ///< 0: no decoder
  unsigned      decoder_hidden;
  uint32_t      decoder_crc;                    ///< of its float weights
  char          decoder_origin[MN_ORIGIN_ROOM]; ///< what they say, if it fits; else empty
  MnWeightsType decoder_type;
  size_t        places;      ///< that moves along axes were learnt from; 0: none
  size_t        compensated; ///< windows that the rounding is compensated by; 0: to nearest
  bool          has_corpus;
  size_t        found;               ///< windows of music
  size_t        real;                ///< so many of them were used
  size_t        random;              ///< random sequences
  size_t        sense;               ///< windows that sense was learnt from; 0: none
  size_t        lines;               ///< whole lines that surprise was learnt from; 0: none
  size_t        notes;               ///< in them
  MnLongWeights const* second_level; ///< of the float weights; NULL: none
  char const*          second_origin; ///< of these, from their file; or NULL
  size_t               phrases;       ///< that its neurons were ranked on
} MnImportMetadata;

/// Takes the sizes and a check sum of float weights.
void
mn_import_metadata_set_weights(MnImportMetadata* metadata, MnWeights const* weights);

/// Takes the sizes and a check sum of a decoder's float weights, and how they are quantised.
void
mn_import_metadata_set_decoder(MnImportMetadata*       metadata,
                               MnDecoderWeights const* weights,
                               MnWeightsType           type);

/// The name of a type of weights.
char const*
mn_import_metadata_type_name(MnWeightsType type);

/// The metadata of a model file; NULL if a text is not UTF-8 or memory is short.
///
/// @param second_level What the readout says of it, which is taken over; or NULL.
json_t*
mn_import_metadata_json(MnImportMetadata const* metadata,
                        MnCalibration const*    calibration,
                        json_t*                 second_level);

#endif // MN_CLI_IMPORT_METADATA_H
