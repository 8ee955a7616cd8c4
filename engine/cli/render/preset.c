// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "preset.h"

#include "bundle.h"
#include "common/terminal.h"
#include "protocol/protocol.h"
#include "turtle.h"

#include <dirent.h>
#include <lv2/core/lv2.h>
#include <lv2/presets/presets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NODE = 128, SYMBOL = 64 };

// What was read of a file. A port is a blank node that has a symbol and a value.
typedef struct {
  char const*      path;
  MnControlValues* values;
  MnPresetModel*   model;
  bool             quiet; // no warnings
  unsigned         ports;
  bool             foreign; // for another plugin
  bool             several; // presets for ours
  char             preset[NODE];
  char             node[NODE]; // the port that is read
  char             symbol[SYMBOL];
  char             value[SYMBOL];
} Reading;

static bool
copy(char* const to, size_t const size, char const* const from)
{
  int const length = snprintf(to, size, "%s", from);
  return (size_t)length < size;
}

static void
take_port(Reading* const r)
{
  ++r->ports;
  float const value = (float)strtod(r->value, NULL);
  if (!mn_control_values_set(r->values, r->symbol, value) && !r->quiet) {
    mn_warn("%.200s: no control is called '%.60s'", r->path, r->symbol);
  }
  *r->symbol = '\0';
  *r->value  = '\0';
}

static void
take_port_statement(Reading* const r, MnStatement const* const s)
{
  if (strcmp(r->node, s->subject) != 0) {
    copy(r->node, sizeof(r->node), s->subject);
    *r->symbol = '\0';
    *r->value  = '\0';
  }
  bool const named = !strcmp(s->predicate, LV2_CORE__symbol);
  copy(named ? r->symbol : r->value, SYMBOL, s->object);
  if (*r->symbol && *r->value) {
    take_port(r);
  }
}

static void
take_preset(Reading* const r, MnStatement const* const s)
{
  if (strcmp(s->object, MN_MONITOR_URI) != 0) {
    r->foreign = true;
    return;
  }
  r->several = *r->preset && strcmp(r->preset, s->subject) != 0;
  copy(r->preset, sizeof(r->preset), s->subject);
}

// A path in the text is one beside the preset, unless it is absolute.
static void
take_model(Reading* const r, MnStatement const* const s)
{
  char* const  path = r->model->path;
  size_t const size = sizeof(r->model->path);
  if (!s->literal) {
    mn_turtle_file(s->object, path, size);
    return;
  }
  char const* const slash  = strrchr(r->path, '/');
  bool const        beside = *s->object != '/' && slash;
  snprintf(
    path, size, "%.*s%s", beside ? (int)(slash + 1 - r->path) : 0, r->path, s->object);
}

static bool
take(void* const context, MnStatement const* const s)
{
  Reading* const r = (Reading*)context;
  if (!strcmp(s->predicate, LV2_CORE__appliesTo)) {
    take_preset(r, s);
  } else if (!strcmp(s->predicate, LV2_CORE__symbol) ||
             !strcmp(s->predicate, LV2_PRESETS__value)) {
    take_port_statement(r, s);
  } else if (!strcmp(s->predicate, MN_OWN_MODEL_URI)) {
    r->model->own = !strcmp(s->object, "true");
  } else if (!strcmp(s->predicate, MN_MODEL_URI)) {
    take_model(r, s);
  }
  return !r->several;
}

static bool
read_file(Reading* const r, MnError* const error)
{
  if (!mn_turtle_read(r->path, take, r, error)) {
    return false;
  }
  char const* const wrong = r->several   ? "it holds more than one preset"
                            : *r->preset ? NULL
                            : r->foreign ? "a preset, but not of " MN_MONITOR_URI
                            : r->ports || r->model->own || *r->model->path
                              ? NULL
                              : "no preset in it";
  if (wrong) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "%.200s: %s", r->path, wrong);
  }
  return !wrong;
}

// Whether a file of the bundle is a preset of the monitor: then it has a short name.
static bool
short_name(char const* const folder, char const* const file, char* const name, size_t size)
{
  static char const start[] = "preset-";
  size_t const      length  = strlen(file);
  if (strncmp(file, start, strlen(start)) != 0 || length < strlen(start) + 5 ||
      strcmp(file + length - 4, ".ttl") != 0) {
    return false;
  }
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s%s", folder, file);
  MnControlValues values;
  MnPresetModel   model = {0};
  Reading         r     = {.path = path, .values = &values, .model = &model, .quiet = true};
  MnError         error = {0};
  int const       chars = (int)(length - strlen(start) - 4);
  int const       used  = snprintf(name, size, "%.*s", chars, file + strlen(start));
  return read_file(&r, &error) && (size_t)used < size;
}

static int
is_ttl(struct dirent const* const entry)
{
  return strstr(entry->d_name, ".ttl") != NULL;
}

// What is neither a file nor a name of ours looks like a name that was mistaken.
static int
fail_unknown(char const* const name, char const* const folder)
{
  char            names[512] = "";
  size_t          used       = 0;
  struct dirent** list       = NULL;
  int const       count      = *folder ? scandir(folder, &list, is_ttl, alphasort) : 0;
  for (int i = 0; i < count; ++i) {
    char one[64];
    if (short_name(folder, list[i]->d_name, one, sizeof(one)) &&
        used + strlen(one) + 3 < sizeof(names)) {
      used +=
        (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "", one);
    }
    free(list[i]);
  }
  free(list);
  return *names ? mn_fail(MN_EXIT_BAD_INPUT,
                          "--preset '%.80s': no such file, and not one of %s",
                          name,
                          names)
                : mn_fail(MN_EXIT_BAD_INPUT,
                          "--preset '%.80s': no such file, and no bundle",
                          name);
}

int
mn_preset_read(char const* const      name,
               MnControlValues* const values,
               MnPresetModel* const   model)
{
  char       folder[PATH_MAX] = "";
  char       path[PATH_MAX]   = "";
  bool const bundle           = mn_bundle_find(folder, sizeof(folder));
  bool const known =
    bundle && !strchr(name, '/') &&
    snprintf(path, sizeof(path), "%spreset-%s.ttl", folder, name) < (int)sizeof(path) &&
    !access(path, F_OK);
  if (!known && !strchr(name, '/') && access(name, F_OK)) {
    return fail_unknown(name, folder);
  }
  *model        = (MnPresetModel){0};
  Reading r     = {.path = known ? path : name, .values = values, .model = model};
  MnError error = {0};
  return read_file(&r, &error) ? MN_EXIT_GOOD : mn_fail_reading(&error);
}
