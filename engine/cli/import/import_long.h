// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Brings a second level along when a model is imported.

#ifndef MN_CLI_IMPORT_LONG_H
#define MN_CLI_IMPORT_LONG_H

#include "checkpoint/quantise_long.h"
#include "common/terminal.h"
#include "import_metadata.h"
#include "options.h"
#include "study/calibrate.h"
#include "study/long_ranks.h"
#include "study/melody_lines.h"

enum { MN_IMPORT_LONG_TENSORS = MN_LONG_TENSORS + MN_LONG_RANKS_TENSORS + 1 };

/// All zeros: none is wanted.
typedef struct {
  MnLongWeights* weights; ///< NULL: none is wanted
  char*          origin;  ///< what the weights say of themselves; or NULL
  MnQuantised    quantised;
  int32_t        neuron[MN_MAX_LONG_NEURONS]; ///< of level one, that it reads
  MnLongRanks    ranks;
  MnWindows      phrases; ///< to rank on
} MnImportLong;

/// Reads the second level that the options name, if any, and tells the metadata of it, which
/// know the encoder's sizes. @return The exit status.
int
mn_import_long_read(MnOptions const*  options,
                    MnImportMetadata* metadata,
                    MnImportLong*     import);

/// Takes phrases to rank on from whole lines. @return The exit status.
int
mn_import_long_take_lines(MnImportLong* import, MnMelodyLines const* lines);

/// Quantises it, for a model that is calibrated otherwise, with ranks that mean nothing.
/// @return The exit status.
int
mn_import_long_quantise(MnOptions const*     options,
                        MnCalibration const* calibration,
                        MnImportLong*        import);

/// Ranks its neurons by a model that has it: on the lines that it took, or a few melodies.
/// @return The exit status.
int
mn_import_long_rank(MnOptions const*  options,
                    MnModel const*    model,
                    MnProgressLine*   progress,
                    MnImportMetadata* metadata,
                    MnImportLong*     import);

/// The tensors; they live as long as `import`. @return How many.
size_t
mn_import_long_tensors(MnImportLong const* import,
                       MnModelTensor       tensors[MN_IMPORT_LONG_TENSORS]);

/// What the readout's metadata say of it. NULL if there is none, or without memory.
json_t*
mn_import_long_json(MnImportLong const* import);

void
mn_import_long_free(MnImportLong* import);

#endif // MN_CLI_IMPORT_LONG_H
