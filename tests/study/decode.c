// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Decodes z for a second implementation to look at: study_decode FOLDER STEPS < z,
// with float32 [n][latent] on standard input, and tokens [n][STEPS] on standard output.
// With a third argument, a file with the true tokens, each step is told them.

#include "study/float_decoder.h"

#include <stdio.h>
#include <stdlib.h>

// Reads a stream to its end.
static void*
read_all(FILE* const in, size_t* const size)
{
  uint8_t* bytes = NULL;
  size_t   room  = 0;
  *size          = 0;
  do {
    room                = room ? 2 * room : 1 << 16;
    uint8_t* const more = (uint8_t*)realloc(bytes, room);
    if (!more) {
      free(bytes);
      return NULL;
    }
    bytes = more;
    *size += fread(bytes + *size, 1, room - *size, in);
  } while (*size == room);
  return bytes;
}

int
main(int const argc, char** const argv)
{
  MnError error = {MN_STATUS_BAD_INPUT, "usage: study_decode WEIGHTS STEPS [TRUTH]"};
  MnCheckpoint* const   checkpoint = argc < 3 ? NULL : mn_checkpoint_open(argv[1], &error);
  MnFloatDecoder* const decoder =
    checkpoint ? mn_float_decoder_read(checkpoint, &error) : NULL;
  if (!decoder) {
    fprintf(stderr, "%s\n", error.text);
    return 2;
  }
  unsigned const steps  = (unsigned)strtoul(argv[2], NULL, 10);
  size_t         size   = 0;
  float* const   z      = (float*)read_all(stdin, &size);
  size_t const   count  = size / sizeof(float) / mn_float_decoder_latent(decoder);
  FILE* const    truth  = argc > 3 ? fopen(argv[3], "rb") : NULL;
  uint8_t* const taught = truth ? (uint8_t*)read_all(truth, &size) : NULL;
  uint8_t* const tokens = (uint8_t*)malloc(count * steps + 1);
  bool const     good   = z && tokens && (argc < 4 || (taught && size == count * steps)) &&
                    mn_float_decoder_run(decoder, z, count, steps, taught, tokens) &&
                    fwrite(tokens, steps, count, stdout) == count;
  if (truth) {
    fclose(truth);
  }
  free(z);
  free(taught);
  free(tokens);
  mn_float_decoder_free(decoder);
  mn_checkpoint_close(checkpoint);
  return good ? 0 : 1;
}
