// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model, and what it says of windows: they wait until there are enough to encode
/// them at once, on all processors, and are told in the order in which they came.

#ifndef MN_CLI_ENCODING_H
#define MN_CLI_ENCODING_H

#include "encoder/batches.h"
#include "encoder/kernel.h"
#include "model/model.h"
#include "notes/window.h"
#include "readout/readout.h"

#include <jansson.h>

typedef struct MnEncoding MnEncoding;

/// Is told of a window, whose values are in the encoding if it was encoded.
/// @return EXIT_GOOD to go on, else what the caller is to return.
typedef int (*MnWindowTeller)(void*             context,
                              MnWindow const*   window,
                              MnEncoding const* encoding,
                              bool              encoded);

// A window that waits.
typedef struct {
  MnWindow window;
  bool     encode;
} MnWaiting;

struct MnEncoding {
  MnModel*       model;
  int32_t const* mu;    ///< of the window that is told, [model->latent], Q16
  int32_t const* sigma; ///< likewise
  MnReadout      readout;

  MnBatches*     batches;
  MnWindowTeller tell;
  void*          context;
  size_t         most;  ///< windows that can wait
  size_t         count; ///< that do
  MnWaiting*     waiting;
  uint8_t*       tokens; ///< of those to encode, [most][model->steps]
  int32_t*       values; ///< mu and then sigma of each, [2][most][model->latent], Q16
};

/// Loads a model as mn_model_open(), and makes room for windows to wait in.
///
/// @param tell Is told of each window, with `context`.
int
mn_encoding_open(MnEncoding*     encoding,
                 char const*     name,
                 MnKernel const* kernel,
                 MnWindowTeller  tell,
                 void*           context);

/// Adds a window of model->steps tokens. When as many wait as keep all processors
/// busy, they are told.
///
/// @param encode Whether to encode it, or only tell of it in its turn.
/// @return The exit status.
int
mn_encoding_add(MnEncoding* encoding, MnWindow const* window, bool encode);

/// Encodes and tells all windows that wait. @return The exit status.
int
mn_encoding_flush(MnEncoding* encoding);

/// Frees everything, the model too. Windows that still wait are forgotten.
void
mn_encoding_close(MnEncoding* encoding);

/// An array of reals from numbers in Q16; NULL if there is no memory.
json_t*
mn_json_q16_array(int32_t const* values, unsigned count);

/// Prints numbers in Q16 with commas between them, and `before` first.
void
mn_csv_q16_cells(int32_t const* values, unsigned count, char const* before);

/// Prints an object as one line and lets go of it.
///
/// @param object What json_pack() made: NULL counts as a lack of memory.
/// @return The exit status; if it is not EXIT_GOOD, the reason is on stderr.
int
mn_json_print(json_t* object);

#endif // MN_CLI_ENCODING_H
