// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "import_decoder.h"

#include "checkpoint/quantise_decoder.h"

#include <stdio.h>
#include <string.h>

static int
quantise(MnOptions const* const        o,
         MnDecoderWeights const* const w,
         MnImportMetadata* const       metadata,
         MnQuantised* const            decoder)
{
  MnError error = {0};
  if (w->latent != metadata->sizes.latent) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "%.200s: its decoder reads %u neurons, the encoder has %u",
                   o->decoder,
                   w->latent,
                   metadata->sizes.latent);
  }
  if (!mn_quantise_decoder(w, o->decoder_weights, o->hidden_frac, decoder, &error)) {
    return mn_fail(mn_exit_reading(error.status), "%.200s: %s", o->decoder, error.text);
  }
  mn_import_metadata_set_decoder(metadata, w, decoder->type);
  printf("decoder: LSTM %u x %u, %s weights\n",
         w->layers,
         w->hidden,
         mn_import_metadata_type_name(decoder->type));
  return MN_EXIT_GOOD;
}

int
mn_import_decoder(MnOptions const* const  options,
                  MnImportMetadata* const metadata,
                  MnQuantised* const      decoder)
{
  if (!options->decoder) {
    return MN_EXIT_GOOD;
  }
  MnError                 error      = {0};
  MnCheckpoint* const     checkpoint = mn_checkpoint_open(options->decoder, &error);
  MnDecoderWeights* const weights =
    checkpoint ? mn_decoder_weights_read(checkpoint, &error) : NULL;
  char const* const origin = checkpoint ? mn_checkpoint_text(checkpoint, "origin") : NULL;
  if (origin && strlen(origin) < MN_ORIGIN_ROOM) {
    strcpy(metadata->decoder_origin, origin);
  }
  mn_checkpoint_close(checkpoint);
  int const status =
    weights ? quantise(options, weights, metadata, decoder) : mn_fail_reading(&error);
  mn_decoder_weights_free(weights);
  return status;
}
