// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "controls.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char const* const hops[] =
  {"2 bars", "1 bar", "Half a bar", "1 beat", "Half a beat", "1 step (sixteenth)"};

static char const* const voices[] = {"Highest", "Lowest", "Latest", "Skyline"};

static char const* const sources[] = {
  "Off",       "Musicality", "Noise excitation", "Most excited neuron",
  "Neuron 1",  "Neuron 2",   "Neuron 3",         "Neuron 4",
  "Neuron 5",  "Neuron 6",   "Neuron 7",         "Neuron 8",
  "Neuron 9",  "Neuron 10",  "Neuron 11",        "Neuron 12",
  "Neuron 13", "Neuron 14",  "Neuron 15",        "Neuron 16",
};

_Static_assert(sizeof(sources) / sizeof(*sources) == MN_SOURCE_COUNT,
               "names of all sources");

static MnControl const plain[] = {
  {MN_PORT_ENABLED,
   MN_CONTROL_TOGGLE,
   MN_GROUP_LISTENING,
   "enabled",
   "Enabled",
   "",
   .maximum = 1,
   .initial = 1,
   .step    = 1},
  {MN_PORT_HOP,
   MN_CONTROL_CHOICE,
   MN_GROUP_LISTENING,
   "hop",
   "Hop",
   "",
   .maximum = 5,
   .initial = 1,
   .step    = 1,
   .choices = hops},
  {MN_PORT_CHANNEL,
   MN_CONTROL_INT,
   MN_GROUP_LISTENING,
   "channel",
   "Channel",
   "",
   .maximum = 16,
   .initial = 0,
   .step    = 1,
   .least   = "Any"},
  {MN_PORT_VOICE,
   MN_CONTROL_CHOICE,
   MN_GROUP_LISTENING,
   "voice",
   "Voice",
   "",
   .maximum = 3,
   .initial = 0,
   .step    = 1,
   .choices = voices},
  {MN_PORT_TEMPO,
   MN_CONTROL_FLOAT,
   MN_GROUP_LISTENING,
   "tempo",
   "Tempo",
   "bpm",
   .minimum  = 20,
   .maximum  = 400,
   .initial  = 120,
   .step     = 1,
   .decimals = 1},
  {MN_PORT_GLIDE,
   MN_CONTROL_FLOAT,
   MN_GROUP_RESPONSE,
   "glide",
   "Glide",
   "ms",
   .maximum     = 5000,
   .initial     = 50,
   .logarithmic = true,
   .step        = 1,
   .decimals    = 1},
  {MN_PORT_HOLD,
   MN_CONTROL_FLOAT,
   MN_GROUP_RESPONSE,
   "hold",
   "Hold",
   "beats",
   .minimum     = 1,
   .maximum     = 256,
   .initial     = 16,
   .logarithmic = true,
   .step        = 1,
   .decimals    = 1},
  {MN_PORT_RESET,
   MN_CONTROL_TRIGGER,
   MN_GROUP_LISTENING,
   "reset",
   "Reset",
   "",
   .maximum = 1,
   .step    = 1},
  {MN_PORT_CC_SHARE,
   MN_CONTROL_TOGGLE,
   MN_GROUP_RESPONSE,
   "cc_share",
   "CC share",
   "",
   .maximum = 1,
   .step    = 1},
};

// The controls of a CC slot, by the offset of their ports.
static MnControl const slots[MN_CC_PORT_COUNT] = {
  {MN_CC_PORT_SOURCE,
   MN_CONTROL_CHOICE,
   MN_GROUP_CC_1,
   "source",
   "Source",
   "",
   .maximum = MN_SOURCE_COUNT - 1,
   .step    = 1,
   .choices = sources},
  {MN_CC_PORT_CONTROLLER,
   MN_CONTROL_INT,
   MN_GROUP_CC_1,
   "controller",
   "CC",
   "",
   .maximum = 119,
   .initial = 20,
   .step    = 1},
  {MN_CC_PORT_CHANNEL,
   MN_CONTROL_INT,
   MN_GROUP_CC_1,
   "channel",
   "Channel",
   "",
   .minimum = 1,
   .maximum = 16,
   .initial = 1,
   .step    = 1},
  {MN_CC_PORT_LOW,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "low",
   "Low",
   "",
   .maximum  = 127,
   .step     = 1,
   .decimals = 1},
  {MN_CC_PORT_HIGH,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "high",
   "High",
   "",
   .maximum  = 127,
   .initial  = 127,
   .step     = 1,
   .decimals = 1},
  {MN_CC_PORT_INVERT,
   MN_CONTROL_TOGGLE,
   MN_GROUP_CC_1,
   "invert",
   "Invert",
   "",
   .maximum = 1,
   .step    = 1},
  {MN_CC_PORT_CURVE,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "curve",
   "Curve",
   "",
   .minimum  = -1,
   .maximum  = 1,
   .step     = 0.05F,
   .decimals = 2},
  {MN_CC_PORT_GLIDE,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "glide",
   "Glide",
   "ms",
   .maximum     = 5000,
   .initial     = 50,
   .logarithmic = true,
   .step        = 1,
   .decimals    = 1},
  {MN_CC_PORT_THRESHOLD,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "threshold",
   "Threshold",
   "",
   .maximum  = 64,
   .initial  = 1,
   .step     = 0.5F,
   .decimals = 1},
  {MN_CC_PORT_RATE,
   MN_CONTROL_FLOAT,
   MN_GROUP_CC_1,
   "rate",
   "Rate",
   "Hz",
   .minimum     = 1,
   .maximum     = 1000,
   .initial     = 50,
   .logarithmic = true,
   .step        = 1,
   .decimals    = 1},
  {MN_CC_PORT_WIDE,
   MN_CONTROL_TOGGLE,
   MN_GROUP_CC_1,
   "wide",
   "14 bits",
   "",
   .maximum = 1,
   .step    = 1},
};

// Logarithmic controls follow (log_base^f - 1) / (log_base - 1), which starts at 0,
// since ranges may. The slope grows by this factor from end to end.
static double const log_base = 1000;

// Steps of the wheel from end to end of a logarithmic control.
static double const log_steps = 60;

bool
mn_control_get(unsigned const port, MnControl* const control)
{
  if (port >= MN_PORT_CC_1 && port < MN_PORT_COUNT) {
    unsigned const slot   = (port - MN_PORT_CC_1) / MN_CC_PORT_COUNT;
    unsigned const offset = (port - MN_PORT_CC_1) % MN_CC_PORT_COUNT;
    *control              = slots[offset];
    control->port         = port;
    control->group        = (MnControlGroup)(MN_GROUP_CC_1 + slot);
    snprintf(
      control->symbol, sizeof(control->symbol), "cc_%u_%s", slot + 1, slots[offset].symbol);
    if (offset == MN_CC_PORT_CONTROLLER) {
      control->initial += (float)slot;
    }
    return true;
  }
  for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); ++i) {
    if (plain[i].port == port) {
      *control = plain[i];
      return true;
    }
  }
  return false;
}

unsigned
mn_control_choices(unsigned const port)
{
  MnControl c;
  return mn_control_get(port, &c) && c.choices ? (unsigned)c.maximum + 1 : 0;
}

static float
clean(MnControl const* const c, float const value)
{
  float const kept = !isfinite(value)     ? c->initial
                     : value < c->minimum ? c->minimum
                     : value > c->maximum ? c->maximum
                                          : value;
  return c->kind == MN_CONTROL_FLOAT ? kept : roundf(kept);
}

float
mn_control_clean(unsigned const port, float const value)
{
  MnControl c;
  return mn_control_get(port, &c) ? clean(&c, value) : value;
}

// Removes zeros at the end of the decimals.
static void
trim(char* const number)
{
  if (!strchr(number, '.')) {
    return;
  }
  size_t length = strlen(number);
  while (number[length - 1] == '0') {
    number[--length] = '\0';
  }
  if (number[length - 1] == '.') {
    number[--length] = '\0';
  }
  if (!strcmp(number, "-0")) {
    memcpy(number, "0", 2);
  }
}

void
mn_control_text(unsigned const port, float const value, char* const text, size_t const size)
{
  MnControl c;
  if (!mn_control_get(port, &c)) {
    snprintf(text, size, "%s", "");
    return;
  }
  float const kept = clean(&c, value);
  if (c.kind == MN_CONTROL_TRIGGER) {
    snprintf(text, size, "%s", c.label);
  } else if (c.kind == MN_CONTROL_TOGGLE) {
    snprintf(text, size, "%s", kept > 0 ? "On" : "Off");
  } else if (c.choices) {
    snprintf(text, size, "%s", c.choices[(unsigned)kept]);
  } else if (c.least && kept <= c.minimum) {
    snprintf(text, size, "%s", c.least);
  } else {
    char number[32];
    snprintf(number, sizeof(number), "%.*f", (int)c.decimals, (double)kept);
    trim(number);
    snprintf(text, size, "%s%s%s", number, *c.unit ? " " : "", c.unit);
  }
}

double
mn_control_fraction(unsigned const port, float const value)
{
  MnControl c;
  if (!mn_control_get(port, &c)) {
    return 0;
  }
  double const part =
    (double)(clean(&c, value) - c.minimum) / (double)(c.maximum - c.minimum);
  return c.logarithmic ? log1p(part * (log_base - 1)) / log(log_base) : part;
}

static float
value_at(MnControl const* const c, double const fraction)
{
  double const f    = fraction > 0 ? (fraction < 1 ? fraction : 1) : 0;
  double const part = c->logarithmic ? (pow(log_base, f) - 1) / (log_base - 1) : f;
  double const value =
    (double)c->minimum + part * ((double)c->maximum - (double)c->minimum);
  // The value is rounded as it is shown, so that what is shown is what is sent.
  double const fine = pow(10, c->decimals);
  double const grid = c->logarithmic && value >= 10 ? 1 : fine;
  return clean(c, (float)(round(value * grid) / grid));
}

float
mn_control_at(unsigned const port, double const fraction)
{
  MnControl c;
  return mn_control_get(port, &c) ? value_at(&c, fraction) : 0;
}

float
mn_control_nudge(unsigned const port, float const value, int const steps)
{
  MnControl c;
  if (!mn_control_get(port, &c) || steps == 0) {
    return value;
  }
  float const from = clean(&c, value);
  if (!c.logarithmic) {
    // On the grid of steps: a value between two of them moves onto one.
    double const step  = (double)c.step;
    double const place = round((double)(from - c.minimum) / step) + steps;
    return clean(&c, (float)((double)c.minimum + place * step));
  }
  float const aim   = value_at(&c, mn_control_fraction(port, from) + steps / log_steps);
  float const least = from + (float)steps * c.step;
  return clean(&c, (steps > 0) == (aim > least) ? aim : least);
}

float
mn_control_drag(unsigned const port, float const from, double const way, bool const fine)
{
  MnControl c;
  if (!mn_control_get(port, &c) || !isfinite(way)) {
    return from;
  }
  return value_at(&c, mn_control_fraction(port, from) + (fine ? way / 10 : way));
}
