// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The music that a study is made of, with its styles.

#ifndef MN_CLI_HELDOUT_H
#define MN_CLI_HELDOUT_H

#include "melcorp.h"
#include "study/windows.h"

/// Windows that no model was trained on.
typedef struct {
  MnWindows       windows; ///< sorted and distinct; tune: the group of the corpus
  uint16_t*       style;   ///< [windows.count], of styles.names
  MnMelcorpStyles styles;
} MnHeldout;

/// Reads the music at some paths that a study is made of, and other music of the same kind
/// to compare with.
///
/// Of corpora, these are the held-out parts (-heldout.bin, -heldout.bin.xz) and the train
/// parts (-train.bin, -train.bin.xz); all of them must be good. MIDI files are held out. If
/// there is no corpus, every second one of them is to compare with. A MIDI file that cannot
/// be read is told on stderr, and passed over. Windows that are also in what is compared
/// with are left out. Of either there may be none with notes enough. A window that occurs in several styles counts for the first. The style
/// of a MIDI file is the folder below the path that it is in, or the path itself.
///
/// @param most    Keeps so many windows, evenly spread; 0 keeps all.
/// @param train   With its steps set.
/// @param heldout With its windows.steps set; the caller frees it in any case.
/// @return The exit status, as mn_corpus_read().
int
mn_heldout_read(char const* const* paths,
                size_t             count,
                size_t             most,
                MnWindows*         train,
                MnHeldout*         heldout);

void
mn_heldout_free(MnHeldout* heldout);

#endif // MN_CLI_HELDOUT_H
