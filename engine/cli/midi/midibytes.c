// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midibytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_input(char const* const path)
{
  return !strcmp(path, "-");
}

char const*
mn_midi_name(char const* const path)
{
  return is_input(path) ? "standard input" : path;
}

static bool
is_pipe(char const* const path)
{
  struct stat what;
  return !stat(path, &what) && S_ISFIFO(what.st_mode);
}

// Opening does not wait for somebody who would write, but reading waits for who does.
static bool
drain_pipe(MnContents* const contents,
           char const* const path,
           uint64_t const    most,
           MnError* const    error)
{
  int const fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fcntl(fd, F_SETFL, 0)) {
    mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
    if (fd >= 0) {
      close(fd);
    }
    return false;
  }
  bool const good = mn_contents_drain(contents, fd, most, error);
  close(fd);
  return good;
}

bool
mn_midi_bytes(MnContents* const contents,
              char const* const path,
              uint64_t const    most,
              MnError* const    error)
{
  if (is_input(path)) {
    return mn_contents_drain(contents, STDIN_FILENO, most, error);
  }
  return is_pipe(path) ? drain_pipe(contents, path, most, error)
                       : mn_contents_read(contents, path, most, error);
}
