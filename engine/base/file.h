// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Files, read into memory. A file may change while it is read: then reading fails. (A
/// memory map of a file that gets shorter ends the process.)
///
/// Any thread but the audio thread: it may wait for the disk.

#ifndef MN_FILE_H
#define MN_FILE_H

#include "common.h"

#include <stdbool.h>
#include <time.h>

/// A regular file that is open. Reasons do not name it.
typedef struct {
  int             fd;
  uint64_t        size;    ///< when it was opened
  struct timespec changed; ///< likewise
} MnFile;

/// Bytes in memory. None have no data.
typedef struct {
  uint8_t* data;
  size_t   size;
  bool     mapped; ///< by mmap(), else by malloc()
} MnContents;

/// Opens a regular file. Returns false with the reason.
MN_NODISCARD bool
mn_file_open(MnFile* file, char const* path, MnError* error);

void
mn_file_close(MnFile* file);

/// Whether a file has so many bytes from a place on.
static inline bool
mn_file_holds(MnFile const* const file, uint64_t const at, uint64_t const size)
{
  return at <= file->size && size <= file->size - at;
}

/// Reads `size` bytes from `at` on. Returns false with the reason, also if the file has
/// changed since it was opened.
MN_NODISCARD bool
mn_file_read(MnFile const* file, uint64_t at, size_t size, void* bytes, MnError* error);

/// Reads a part of a file into new memory. Returns false with the reason.
MN_NODISCARD bool
mn_file_load(MnFile const* file,
             uint64_t      at,
             uint64_t      size,
             MnContents*   contents,
             MnError*      error);

/// Reads a whole file that has at most `most` bytes. Returns false with the reason.
MN_NODISCARD bool
mn_contents_read(MnContents* contents, char const* path, uint64_t most, MnError* error);

/// Reads all that comes from a descriptor, which may be a pipe: at most `most` bytes. Waits
/// for the end of it. Returns false with the reason.
MN_NODISCARD bool
mn_contents_drain(MnContents* contents, int fd, uint64_t most, MnError* error);

/// Frees the bytes. Contents that are all zero, or freed, are ignored.
void
mn_contents_free(MnContents* contents);

#endif // MN_FILE_H
