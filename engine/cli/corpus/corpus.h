// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows of music from files and folders: melody corpora and MIDI files.

#ifndef MN_CLI_CORPUS_H
#define MN_CLI_CORPUS_H

#include "melcorp.h"
#include "study/windows.h"

/// Reads all music at some paths, in an order that depends on names alone.
///
/// In folders and the folders in them, MIDI files (.mid, .midi) and the train
/// parts of corpora (-train.bin, -train.bin.xz) are read. A file that cannot be
/// read is told on stderr and passed over; it is an error if none can.
///
/// @param windows Distinct afterwards. @return The exit status; if it is not
/// EXIT_GOOD, the reason is on stderr.
int
mn_corpus_read(char const* const* paths, size_t count, MnWindows* windows);

/// Windows that no model was trained on.
typedef struct {
  MnWindows       windows; ///< sorted and distinct; tune: the group of the corpus
  uint16_t*       style;   ///< [windows.count], of styles.names
  MnMelcorpStyles styles;
} MnHeldout;

/// Reads the held-out parts (-heldout.bin, -heldout.bin.xz) and the train parts
/// (-train.bin, -train.bin.xz) of the corpora at some paths; all of them must be
/// good. Held-out windows that also occur in train are left out. A window of several
/// styles counts for the first of them.
///
/// @param most Leaves so many windows, evenly spread; 0: all. @param train Its
/// steps are set. @param heldout Its windows.steps are set; to be freed whatever is
/// returned. @return The exit status, as mn_corpus_read().
int
mn_corpus_read_heldout(char const* const* paths,
                       size_t             count,
                       size_t             most,
                       MnWindows*         train,
                       MnHeldout*         heldout);

void
mn_heldout_free(MnHeldout* heldout);

#endif // MN_CLI_CORPUS_H
