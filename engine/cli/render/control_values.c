// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "control_values.h"

#include "controls.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
mn_control_values_init(MnControlValues* const values)
{
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    values->value[port] = mn_port_initial(port);
  }
}

static bool
find(char const* const symbol, size_t const length, MnControl* const control)
{
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    if (mn_control_get(port, control) && strlen(control->symbol) == length &&
        !memcmp(control->symbol, symbol, length)) {
      return true;
    }
  }
  // The window has no place for this one.
  MnPort const* const span = mn_port(MN_PORT_SPAN);
  *control                 = (MnControl){.port    = MN_PORT_SPAN,
                                         .kind    = span->kind,
                                         .minimum = span->low,
                                         .maximum = span->high,
                                         .choices = span->points};
  return length == strlen(span->symbol) && !memcmp(span->symbol, symbol, length);
}

static float
clean(unsigned const port, float const value)
{
  return port == MN_PORT_SPAN ? value >= 0.5F : mn_control_clean(port, value);
}

bool
mn_control_values_set(MnControlValues* const values,
                      char const* const      symbol,
                      float const            value)
{
  MnControl  control;
  bool const found = find(symbol, strlen(symbol), &control);
  if (found) {
    values->value[control.port] = clean(control.port, value);
  }
  return found;
}

static bool
read_choice(MnControl const* const c, char const* const text, float* const value)
{
  for (unsigned i = 0; c->choices && i <= (unsigned)c->maximum; ++i) {
    if (!strcasecmp(text, c->choices[i])) {
      *value = (float)i;
      return true;
    }
  }
  bool const on = !strcasecmp(text, "on");
  *value        = on;
  return c->kind == MN_CONTROL_TOGGLE && (on || !strcasecmp(text, "off"));
}

static bool
read_number(MnControl const* const c, char const* const text, float* const value)
{
  char* end = NULL;
  *value    = strtof(text, &end);
  return end != text && !*end && *value >= c->minimum && *value <= c->maximum;
}

bool
mn_control_values_parse(MnControlValues* const values,
                        char const* const      text,
                        MnError* const         error)
{
  char const* const equals = strchr(text, '=');
  MnControl         control;
  float             value = 0;
  if (!equals) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "--set '%.80s': not SYMBOL=VALUE", text);
    return false;
  }
  if (!find(text, (size_t)(equals - text), &control)) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "--set '%.80s': no control is called '%.*s'",
                 text,
                 equals - text < 40 ? (int)(equals - text) : 40,
                 text);
    return false;
  }
  if (!read_choice(&control, equals + 1, &value) &&
      !read_number(&control, equals + 1, &value)) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "--set '%.80s': not a number from %g to %g%s",
                 text,
                 (double)control.minimum,
                 (double)control.maximum,
                 control.choices ? ", nor the name of a choice" : "");
    return false;
  }
  values->value[control.port] = clean(control.port, value);
  return true;
}

bool
mn_control_values_send(MnControlValues const* const values)
{
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    if (values->value[MN_PORT_CC_1 + MN_CC_PORT_COUNT * i + MN_CC_PORT_SOURCE] > 0) {
      return true;
    }
  }
  return false;
}
