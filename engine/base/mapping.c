// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool
mn_mapping_open(char const* const path, MnMapping* const mapping, MnError* const error)
{
  *mapping = (MnMapping){0};
  // O_NONBLOCK: opening a pipe must not block.
  int const fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
    return false;
  }

  struct stat info;
  bool        good = false;
  if (fstat(fd, &info)) {
    mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
  } else if (!S_ISREG(info.st_mode)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "not a regular file");
  } else if (info.st_size <= 0) {
    good = true; // mmap() cannot map 0 bytes
  } else {
    size_t const size = (size_t)info.st_size;
    void* const  map  = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    good              = map != MAP_FAILED;
    if (good) {
      *mapping = (MnMapping){(uint8_t*)map, size};
    } else {
      mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
    }
  }
  close(fd);
  return good;
}

void
mn_mapping_close(MnMapping* const mapping)
{
  if (mapping->data) {
    munmap(mapping->data, mapping->size);
  }
  *mapping = (MnMapping){0};
}
