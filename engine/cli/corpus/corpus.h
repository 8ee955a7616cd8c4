// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows of music from files and folders: melody corpora and MIDI files.

#ifndef MN_CLI_CORPUS_H
#define MN_CLI_CORPUS_H

#include "filelist.h"
#include "study/melody_lines.h"
#include "study/windows.h"

/// Whether a file is the train part of a corpus, by its name.
bool
mn_corpus_is_train(char const* name);

/// Adds the files of a kind at some paths. @return The exit status, likewise told.
int
mn_corpus_list(MnFileList* list, char const* const* paths, size_t count, MnFileKind kind);

/// Adds the windows of a MIDI file: the highest voice, one a bar. The set may be full
/// afterwards.
///
/// @return false with the reason.
MN_NODISCARD bool
mn_corpus_read_midi(char const* path, uint32_t tune, MnWindows* windows, MnError* error);

/// Reads the music of files.
///
/// @param all     Whether it is an error if one of them cannot be read. Else the program
///                says so, and goes on.
/// @param windows Distinct afterwards; there may be none with notes enough. @return The exit
/// status, likewise told.
int
mn_corpus_read_files(MnFileList const* list, bool all, MnWindows* windows);

/// Says so if there are no windows. @return The exit status.
int
mn_corpus_check(MnWindows const* windows);

/// Reads all music at some paths, in an order that depends on names alone.
///
/// In folders and their subfolders it reads MIDI files (MN_MIDI_NAMES) and the train parts
/// of corpora (-train.bin, -train.bin.xz). It reports a file that it cannot read on
/// stderr, and goes on. If it can read none, or no window has notes enough, that is an error.
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

#endif // MN_CLI_CORPUS_H
