// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "models.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// A model and how many instances use it.
typedef struct Shared {
  MnModel*       model;
  struct stat    file;
  unsigned       users;
  struct Shared* next;
} Shared;

// Instances share nothing else. A loaded model never changes.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Shared*         first;

static bool
is_same_file(struct stat const* const a, struct stat const* const b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// A model that was trained again mostly has the size of the old one.
static bool
is_unchanged(struct stat const* const a, struct stat const* const b)
{
  return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
         a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

// The path is part of a model, since the host shows it.
static Shared*
find(char const* const path, struct stat const* const file)
{
  Shared* s = first;
  while (s && !(is_same_file(&s->file, file) && is_unchanged(&s->file, file) &&
                !strcmp(s->model->path, path))) {
    s = s->next;
  }
  return s;
}

static Shared*
add(char const* const path, struct stat const* const file, MnError* const error)
{
  Shared* const s = (Shared*)malloc(sizeof(Shared));
  if (!s) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  *s = (Shared){mn_model_load(path, error), *file, 0, first};
  if (!s->model) {
    free(s);
    return NULL;
  }
  first = s;
  return s;
}

MnModel*
mn_models_get(char const* const path, MnError* const error)
{
  pthread_mutex_lock(&lock);
  // If stat() fails, so does loading, which gives the reason.
  struct stat   file  = {0};
  bool const    known = !stat(path, &file);
  Shared* const had   = known ? find(path, &file) : NULL;
  Shared* const s     = had ? had : add(path, &file, error);
  if (s) {
    ++s->users;
  }
  pthread_mutex_unlock(&lock);
  return s ? s->model : NULL;
}

void
mn_models_release(MnModel* const model)
{
  if (!model) {
    return;
  }
  pthread_mutex_lock(&lock);
  Shared** at = &first;
  while ((*at)->model != model) {
    at = &(*at)->next;
  }
  Shared* const s = *at;
  if (!--s->users) {
    *at = s->next;
    mn_model_free(s->model);
    free(s);
  }
  pthread_mutex_unlock(&lock);
}
