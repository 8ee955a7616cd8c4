// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows of music from files and folders: melody corpora and MIDI files.

#ifndef MN_CLI_CORPUS_H
#define MN_CLI_CORPUS_H

#include "melcorp.h"
#include "study/melody_lines.h"
#include "study/windows.h"

/// Reads all music at some paths, in an order that depends on names alone.
///
/// In folders and their subfolders it reads MIDI files (MN_MIDI_NAMES) and the train parts
/// of corpora (-train.bin, -train.bin.xz). It reports a file that it cannot read on
/// stderr, and goes on. If it can read none, that is an error.
///
/// @param windows Distinct afterwards. @return The exit status. If it is not
/// MN_EXIT_GOOD, the reason is on stderr.
int
mn_corpus_read(char const* const* paths, size_t count, MnWindows* windows);

/// Reads the whole lines of all music at some paths: files and folders as for
/// mn_corpus_read(). All of them must be good.
///
/// @param lines The caller frees them in any case. @return The exit status, likewise.
int
mn_corpus_read_lines(char const* const* paths, size_t count, MnMelodyLines* lines);

/// Windows that no model was trained on.
typedef struct {
  MnWindows       windows; ///< sorted and distinct; tune: the group of the corpus
  uint16_t*       style;   ///< [windows.count], of styles.names
  MnMelcorpStyles styles;
} MnHeldout;

/// Reads the held-out parts (-heldout.bin, -heldout.bin.xz) and the train parts
/// (-train.bin, -train.bin.xz) of the corpora at some paths; all of them must be
/// good. It leaves out held-out windows that also occur in train. A window that occurs in
/// several styles counts for the first.
///
/// @param most Keeps so many windows, evenly spread; 0 keeps all. @param train With its
/// steps set. @param heldout With its windows.steps set; the caller frees it in any case. @return The exit status, as mn_corpus_read().
int
mn_corpus_read_heldout(char const* const* paths,
                       size_t             count,
                       size_t             most,
                       MnWindows*         train,
                       MnHeldout*         heldout);

void
mn_heldout_free(MnHeldout* heldout);

#endif // MN_CLI_CORPUS_H
