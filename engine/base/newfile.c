// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "newfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail(MnNewFile const* const n, int const code, MnError* const error)
{
  mn_error_set(error,
               mn_status_of_errno(code),
               "%.400s: cannot write: %s",
               n->path,
               code ? strerror(code) : "an earlier write failed");
  return false;
}

bool
mn_newfile_open(MnNewFile* const n, char const* const path, MnError* const error)
{
  *n               = (MnNewFile){{0}, {0}, NULL};
  int const length = snprintf(n->path, sizeof(n->path), "%s", path);
  int const longer = snprintf(n->temporary, sizeof(n->temporary), "%s.XXXXXX", path);
  if (length < 0 || longer < 0 || (size_t)longer >= sizeof(n->temporary)) {
    n->temporary[0] = '\0';
    return fail(n, ENAMETOOLONG, error);
  }
  struct stat there;
  if (!stat(path, &there) && !S_ISREG(there.st_mode)) { // a device must stay what it is
    n->temporary[0] = '\0';
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%.400s: is there, and is no regular file", path);
    return false;
  }
  int const file = mkstemp(n->temporary);
  if (file < 0) {
    n->temporary[0] = '\0';
    return fail(n, errno, error);
  }
  // mkstemp() makes it readable by its owner only.
  mode_t const mask = umask(0);
  umask(mask);
  n->file = fchmod(file, 0666 & ~mask) ? NULL : fdopen(file, "wb");
  if (!n->file) {
    int const code = errno;
    close(file);
    mn_newfile_drop(n);
    return fail(n, code, error);
  }
  return true;
}

bool
mn_newfile_close(MnNewFile* const n, MnError* const error)
{
  errno           = 0;
  bool const good = !ferror(n->file) && !fflush(n->file) && !fsync(fileno(n->file));
  int const  code = errno;
  errno           = 0;
  bool const shut = !fclose(n->file);
  n->file         = NULL;
  return (good && shut) || fail(n, good ? errno : code, error);
}

// If this fails, the file has got its name all the same.
static void
sync_folder(char const* const path)
{
  char              folder[PATH_MAX];
  char const* const slash = strrchr(path, '/');
  snprintf(folder,
           sizeof(folder),
           "%.*s",
           slash ? (int)(slash - path) + 1 : 1,
           slash ? path : ".");
  FILE* const opened = fopen(folder, "re");
  if (opened) {
    fsync(fileno(opened));
    fclose(opened);
  }
}

bool
mn_newfile_keep(MnNewFile* const n, MnError* const error)
{
  if (rename(n->temporary, n->path)) {
    return fail(n, errno, error);
  }
  n->temporary[0] = '\0';
  sync_folder(n->path);
  return true;
}

void
mn_newfile_drop(MnNewFile* const n)
{
  if (n->file) {
    fclose(n->file);
    n->file = NULL;
  }
  if (n->temporary[0]) {
    unlink(n->temporary);
    n->temporary[0] = '\0';
  }
}
