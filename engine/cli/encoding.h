// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model that encodes windows as they come. Windows wait until they are enough to
/// keep all processors busy; then they are encoded at once, and reported in the order
/// in which they came.

#ifndef MN_CLI_ENCODING_H
#define MN_CLI_ENCODING_H

#include "encoder/batches.h"
#include "encoder/kernel.h"
#include "long/long_encoder.h"
#include "long/style.h"
#include "midi/midi_windows.h"
#include "model/model.h"
#include "notes/window.h"
#include "options.h"
#include "readout/course.h"
#include "readout/long_view.h"
#include "readout/readout.h"

typedef struct MnEncoding MnEncoding;

/// Receives each window. If it was encoded, its values are in the encoding.
/// @return MN_EXIT_GOOD to go on, else what the caller is to return.
typedef int (*MnWindowReporter)(void*             context,
                                MnWindow const*   window,
                                MnEncoding const* encoding,
                                bool              encoded);

// A window that waits.
typedef struct {
  MnWindow     window;
  MnWindowBits bits;
  bool         encode;
} MnWaiting;

struct MnEncoding {
  MnModel const* model;
  MnModel*       loaded; ///< to be freed; NULL if the model is the caller's
  int32_t const* mu;     ///< of the window that is reported, [model->latent], Q16
  int32_t const* sigma;  ///< likewise
  MnReadout      readout;
  bool           follow; ///< whether windows follow one another
  MnCourse       course; ///< of the windows so far, if so

  // Of the 16 bars that end with the window that is reported, where windows follow one
  // another and the model has a second level. NULL: it has none.
  MnLong*       second;
  MnPhrase*     phrase;
  MnStyleCourse styles;
  MnLongView    view;

  MnWindowBits const* bits; ///< of the notes of the window that is reported

  MnBatches*       batches;
  MnWindowReporter report;
  void*            context;
  size_t           most;  ///< windows that can wait
  size_t           count; ///< that do
  MnWaiting*       waiting;
  uint8_t*         tokens; ///< of those to encode, [most][model->steps]
  int32_t*         values; ///< mu and then sigma of each, [2][most][model->latent], Q16
};

/// Loads a model as mn_model_open(), and makes room for windows to wait in.
///
/// @param report Receives each window, with `context`. @return The exit status.
int
mn_encoding_open(MnEncoding*      encoding,
                 char const*      name,
                 MnKernel const*  kernel,
                 MnWindowReporter report,
                 void*            context);

/// Makes room for windows of a model that the caller frees, after the encoding.
///
/// @param workers The most processors to encode on; 0: all. @return The exit status.
int
mn_encoding_open_on(MnEncoding*      encoding,
                    MnModel const*   model,
                    MnKernel const*  kernel,
                    unsigned         workers,
                    MnWindowReporter report,
                    void*            context);

/// Adds a window of model->steps tokens. Once enough windows wait, all are encoded and
/// reported.
///
/// @param bits Of its notes. @param encode Whether to encode it; if not, it is only reported in its turn.
/// @return The exit status.
int
mn_encoding_add(MnEncoding*         encoding,
                MnWindow const*     window,
                MnWindowBits const* bits,
                bool                encode);

/// How a score is cut into windows for this model, as options say.
MnMidiWindows
mn_encoding_windows(MnEncoding const* encoding, MnOptions const* options);

/// Cuts a score, adds all of its windows, and flushes them. Those with fewer than
/// MN_ONSETS_TO_SCORE notes are not encoded. Nothing depends on scores before.
///
/// @param score Not cut yet. @return The exit status.
int
mn_encoding_add_score(MnEncoding* encoding, MnOptions const* options, MnMidiScore* score);

/// Encodes and reports all windows that wait. @return The exit status.
int
mn_encoding_flush(MnEncoding* encoding);

/// Frees everything, and the model if it was loaded here. Windows that still wait are forgotten.
void
mn_encoding_close(MnEncoding* encoding);

#endif // MN_CLI_ENCODING_H
