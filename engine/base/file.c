// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAPPED = 1 << 20, DRAINED = 1 << 16 };

static bool
fail_by_errno(MnError* const error)
{
  mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
  return false;
}

bool
mn_file_open(MnFile* const file, char const* const path, MnError* const error)
{
  // O_NONBLOCK: opening a pipe must not block.
  int const   fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  if (fd < 0) {
    return fail_by_errno(error);
  }
  bool good = !fstat(fd, &info) || fail_by_errno(error);
  if (good && !S_ISREG(info.st_mode)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "not a regular file");
    good = false;
  }
  if (!good) {
    close(fd);
    return false;
  }
  *file = (MnFile){fd, (uint64_t)info.st_size, info.st_mtim};
  return true;
}

void
mn_file_close(MnFile* const file)
{
  close(file->fd);
}

// Whether a file is still as it was when it was opened.
static bool
is_unchanged(MnFile const* const file)
{
  struct stat info;
  return !fstat(file->fd, &info) && (uint64_t)info.st_size == file->size &&
         info.st_mtim.tv_sec == file->changed.tv_sec &&
         info.st_mtim.tv_nsec == file->changed.tv_nsec;
}

bool
mn_file_read(MnFile const* const file,
             uint64_t const      at,
             size_t const        size,
             void* const         bytes,
             MnError* const      error)
{
  size_t done = 0;
  while (done < size) {
    ssize_t const part =
      pread(file->fd, (char*)bytes + done, size - done, (off_t)(at + done));
    if (part < 0 && errno != EINTR) {
      return fail_by_errno(error);
    }
    if (!part) {
      break;
    }
    done += part > 0 ? (size_t)part : 0;
  }
  if (done < size || !is_unchanged(file)) {
    mn_error_set(error, MN_STATUS_IO, "changed while it was read");
    return false;
  }
  return true;
}

// Large contents are mapped, so that they leave the process when they are freed: free()
// keeps such memory for what the host allocates next, which may never come. All of it will be
// written, so its pages come at once, not one fault after the other. Small ones are allocated,
// where sanitizers see what lies behind them.
static bool
take_memory(MnContents* const contents, size_t const size)
{
  bool const mapped = size >= MAPPED;
  void*      memory = NULL;
  if (mapped) {
    memory = mmap(NULL,
                  size,
                  PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                  -1,
                  0);
    memory = memory == MAP_FAILED ? NULL : memory;
  } else {
    memory = malloc(size);
  }
  if (memory) {
    *contents = (MnContents){(uint8_t*)memory, size, mapped};
  }
  return memory != NULL;
}

bool
mn_file_load(MnFile const* const file,
             uint64_t const      at,
             uint64_t const      size,
             MnContents* const   contents,
             MnError* const      error)
{
  *contents = (MnContents){0};
  if (!mn_file_holds(file, at, size) || size > SIZE_MAX) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "too short (truncated?)");
    return false;
  }
  if (!size) {
    return true;
  }
  if (!take_memory(contents, (size_t)size)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  if (!mn_file_read(file, at, (size_t)size, contents->data, error)) {
    mn_contents_free(contents);
    return false;
  }
  return true;
}

static bool
fail_as_too_large(uint64_t const most, MnError* const error)
{
  mn_error_set(
    error, MN_STATUS_UNSUPPORTED, "larger than %llu MiB", (unsigned long long)(most >> 20));
  return false;
}

bool
mn_contents_read(MnContents* const contents,
                 char const* const path,
                 uint64_t const    most,
                 MnError* const    error)
{
  MnFile file;
  *contents = (MnContents){0};
  if (!mn_file_open(&file, path, error)) {
    return false;
  }
  bool good = file.size <= most;
  if (good) {
    good = mn_file_load(&file, 0, file.size, contents, error);
  } else {
    fail_as_too_large(most, error);
  }
  mn_file_close(&file);
  return good;
}

bool
mn_contents_drain(MnContents* const contents,
                  int const         fd,
                  uint64_t const    most,
                  MnError* const    error)
{
  size_t  room = 0;
  ssize_t part = 1;
  *contents    = (MnContents){0};
  while (part) {
    if (contents->size == room) {
      room                = room ? 2 * room : DRAINED;
      uint8_t* const data = (uint8_t*)realloc(contents->data, room);
      if (!data) {
        mn_contents_free(contents);
        mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
        return false;
      }
      contents->data = data;
    }
    part = read(fd, contents->data + contents->size, room - contents->size);
    if (part < 0 && errno != EINTR) {
      fail_by_errno(error);
      mn_contents_free(contents);
      return false;
    }
    contents->size += part > 0 ? (size_t)part : 0;
    if (contents->size > most) {
      mn_contents_free(contents);
      return fail_as_too_large(most, error);
    }
  }
  return true;
}

void
mn_contents_free(MnContents* const contents)
{
  if (contents->mapped) {
    munmap(contents->data, contents->size);
  } else {
    free(contents->data);
  }
  *contents = (MnContents){0};
}
