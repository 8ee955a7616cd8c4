// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Linked with the program or the plugin so that each of their own allocations, and each of
// jansson's, comes here first. MN_FAIL_AT=N or mn_failing_at(N) lets the Nth fail.
// MN_ALLOCATIONS names a file to which each writes the place that it was asked for from, a
// line each.

#include "failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void*
__real_malloc(size_t size);
void*
__real_calloc(size_t count, size_t size);
void*
__real_realloc(void* memory, size_t size);
char*
__real_strdup(char const* text);
void*
__real_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset);

void*
__wrap_malloc(size_t size);
void*
__wrap_calloc(size_t count, size_t size);
void*
__wrap_realloc(void* memory, size_t size);
char*
__wrap_strdup(char const* text);
int
__wrap_asprintf(char** text, char const* format, ...);
void*
__wrap_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset);

static atomic_ulong  count;
static unsigned long fail_at;
static int           record = -1;

unsigned long
mn_failing_at(unsigned long const n)
{
  fail_at = n;
  return atomic_exchange(&count, 0);
}

bool
mn_failing(void const* const from)
{
  unsigned long const n = atomic_fetch_add(&count, 1) + 1;
  if (record >= 0) {
    Dl_info info;
    char    line[512];
    int     size = 0;
    if (dladdr(from, &info) && info.dli_fname) {
      size = snprintf(line,
                      sizeof(line),
                      "%s+%#zx\n",
                      info.dli_fname,
                      (size_t)((char const*)from - (char const*)info.dli_fbase));
    }
    if (size <= 0 || write(record, line, (size_t)size) != size) {
      abort();
    }
  }
  if (n == fail_at) {
    errno = ENOMEM;
  }
  return n == fail_at;
}

static void*
json_memory(size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_malloc(size);
}

__attribute__((constructor)) static void
begin(void)
{
  char const* const at   = getenv("MN_FAIL_AT");
  char const* const path = getenv("MN_ALLOCATIONS");
  fail_at                = at ? strtoul(at, NULL, 10) : 0;
  record = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  json_set_alloc_funcs(json_memory, free);
}

void*
__wrap_malloc(size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_malloc(size);
}

void*
__wrap_calloc(size_t const items, size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_calloc(items, size);
}

void*
__wrap_realloc(void* const memory, size_t const size)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_realloc(memory, size);
}

char*
__wrap_strdup(char const* const text)
{
  return mn_failing(__builtin_return_address(0)) ? NULL : __real_strdup(text);
}

int
__wrap_asprintf(char** const text, char const* const format, ...)
{
  if (mn_failing(__builtin_return_address(0))) {
    return -1;
  }
  va_list arguments;
  va_start(arguments, format);
  int const size = vasprintf(text, format, arguments);
  va_end(arguments);
  return size;
}

void*
__wrap_mmap(void* const  at,
            size_t const size,
            int const    protection,
            int const    flags,
            int const    fd,
            off_t const  offset)
{
  return mn_failing(__builtin_return_address(0))
           ? MAP_FAILED
           : __real_mmap(at, size, protection, flags, fd, offset);
}
