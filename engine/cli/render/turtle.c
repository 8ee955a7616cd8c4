// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "turtle.h"

#include "base/file.h"

#include <errno.h>
#include <serd/serd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

typedef struct {
  SerdEnv*         env;
  MnStatementTaker take;
  void*            context;
  bool             stopped;
  char             wrong[128]; // what is wrong with the text
} Reading;

static SerdStatus
set_base(void* const handle, SerdNode const* const uri)
{
  return serd_env_set_base_uri(((Reading*)handle)->env, uri);
}

static SerdStatus
set_prefix(void* const handle, SerdNode const* const name, SerdNode const* const uri)
{
  return serd_env_set_prefix(((Reading*)handle)->env, name, uri);
}

// A whole address, or a copy of what is none.
static SerdNode
whole(Reading const* const r, SerdNode const* const node)
{
  return node->type == SERD_URI || node->type == SERD_CURIE
           ? serd_env_expand_node(r->env, node)
           : serd_node_copy(node);
}

static SerdStatus
take(void* const              handle,
     SerdStatementFlags const flags,
     SerdNode const* const    graph,
     SerdNode const* const    subject,
     SerdNode const* const    predicate,
     SerdNode const* const    object,
     SerdNode const* const    datatype,
     SerdNode const* const    language)
{
  (void)flags;
  (void)graph;
  (void)datatype;
  (void)language;
  Reading* const r        = (Reading*)handle;
  SerdNode       nodes[3] = {whole(r, subject), whole(r, predicate), whole(r, object)};
  bool const     good     = nodes[0].buf && nodes[1].buf && nodes[2].buf;
  if (good && !r->stopped) {
    MnStatement const statement = {(char const*)nodes[0].buf,
                                   (char const*)nodes[1].buf,
                                   (char const*)nodes[2].buf,
                                   object->type == SERD_LITERAL};
    r->stopped                  = !r->take(r->context, &statement);
  }
  for (int i = 0; i < 3; ++i) {
    serd_node_free(&nodes[i]);
  }
  return good ? SERD_SUCCESS : SERD_ERR_BAD_CURIE;
}

static SerdStatus
note_error(void* const handle, SerdError const* const e)
{
  Reading* const r = (Reading*)handle;
  if (!*r->wrong) {
    snprintf(r->wrong, sizeof(r->wrong), "line %u: %s", e->line, serd_strerror(e->status));
  }
  return SERD_SUCCESS;
}

static bool
read_text(Reading* const r, char const* const base, char const* const text)
{
  SerdNode uri = serd_node_new_file_uri((uint8_t const*)base, NULL, NULL, true);
  r->env       = serd_env_new(&uri);
  SerdReader* const reader =
    serd_reader_new(SERD_TURTLE, r, NULL, set_base, set_prefix, take, NULL);
  serd_reader_set_error_sink(reader, note_error, r);
  SerdStatus const status = serd_reader_read_string(reader, (uint8_t const*)text);
  serd_reader_free(reader);
  serd_env_free(r->env);
  serd_node_free(&uri);
  return status <= SERD_FAILURE && !*r->wrong; // SERD_FAILURE: nothing is in it
}

bool
mn_turtle_read(char const* const      path,
               MnStatementTaker const taker,
               void* const            context,
               MnError* const         error)
{
  MnError    reason = {0};
  MnContents file;
  if (!mn_contents_read(&file, path, MOST_BYTES, &reason)) {
    mn_error_set(error, reason.status, "%.200s: %.280s", path, reason.text);
    return false;
  }
  char* const text = strndup((char const*)file.data, file.size);
  char* const base = realpath(path, NULL);
  Reading     r    = {.take = taker, .context = context};
  bool const  good = text && base && read_text(&r, base, text);
  if (!text || !base) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  } else if (!good) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "%.200s: no Turtle: %s", path, r.wrong);
  }
  free(base);
  free(text);
  mn_contents_free(&file);
  return good;
}

bool
mn_turtle_file(char const* const address, char* const path, size_t const size)
{
  uint8_t* const found  = serd_file_uri_parse((uint8_t const*)address, NULL);
  int const      length = found ? snprintf(path, size, "%s", (char const*)found) : 0;
  serd_free(found);
  return length > 0 && (size_t)length < size;
}
