// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "controls.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// How numbers with decimals move. All others move in steps of 1.
typedef struct {
  bool     logarithmic;
  float    step;
  unsigned decimals;
} Motion;

static Motion const motions[MN_ROW_COUNT] = {
  [MN_ROW_TEMPO]        = {false, 1, 1},
  [MN_ROW_GLIDE]        = {true, 1, 1},
  [MN_ROW_HOLD]         = {true, 1, 1},
  [MN_ROW_CC_LOW]       = {false, 1, 1},
  [MN_ROW_CC_HIGH]      = {false, 1, 1},
  [MN_ROW_CC_CURVE]     = {false, 0.05F, 2},
  [MN_ROW_CC_GLIDE]     = {true, 1, 1},
  [MN_ROW_CC_THRESHOLD] = {false, 0.5F, 1},
  [MN_ROW_CC_RATE]      = {true, 1, 1},
};

static Motion const player_motions[MN_PLAYER_ROW_COUNT] = {
  [MN_PLAYER_ROW_TEMPO]       = {false, 1, 1},
  [MN_PLAYER_ROW_PAUSE]       = {false, 0.5F, 1},
  [MN_PLAYER_ROW_X]           = {false, 0.05F, 2},
  [MN_PLAYER_ROW_Y]           = {false, 0.05F, 2},
  [MN_PLAYER_ROW_AMOUNT]      = {false, 0.05F, 2},
  [MN_PLAYER_ROW_TEMPERATURE] = {false, 0.05F, 2},
  [MN_PLAYER_ROW_GATE]        = {false, 0.0625F, 4},
  [MN_PLAYER_ROW_STYLE_PULL]  = {false, 0.1F, 1},
  [MN_PLAYER_ROW_NEURON]      = {false, 0.25F, 2},
  [MN_PLAYER_ROW_AXIS]        = {false, 0.25F, 2},
};

// As the comment of these ports has them: the player takes axes by their place.
static char const* const axis_names[MN_AXES] = {"Register",
                                                "Density",
                                                "Syncopation",
                                                "Contour",
                                                "Range",
                                                "Unevenness",
                                                "Articulation",
                                                "Repetition"};

// Logarithmic controls follow (log_base^f - 1) / (log_base - 1), which starts at 0,
// since ranges may. The slope grows by this factor from end to end.
static double const log_base = 1000;

// Steps of the wheel from end to end of a logarithmic control.
static double const log_steps = 60;

// The number of a neuron or an axis of the player, from 1; 0: the port is of neither.
static unsigned
number_of(unsigned const port)
{
  return port < MN_TARGET_OF(NEURON_1)       ? 0
         : port <= MN_TARGET_OF(NEURON_LAST) ? port - MN_TARGET_OF(NEURON_1) + 1
         : port <= MN_TARGET_OF(AXIS_LAST)   ? port - MN_TARGET_OF(AXIS_1) + 1
                                             : 0;
}

static void
write_names(MnControl* const c)
{
  MnPort const* const p      = mn_target_port(c->port);
  unsigned const      number = number_of(c->port);
  snprintf(c->label, sizeof(c->label), "%s", p->label);
  if (number && c->port >= MN_TARGET_OF(AXIS_1)) {
    snprintf(c->symbol, sizeof(c->symbol), "axis_%u", number);
    snprintf(c->label, sizeof(c->label), "%s", axis_names[number - 1]);
  } else if (number) {
    snprintf(c->symbol, sizeof(c->symbol), "neuron_%u", number);
    snprintf(c->label, sizeof(c->label), "Neuron %u", number);
  } else if (c->port < MN_PORT_CC_1 || c->port >= MN_PORT_SPAN) {
    snprintf(c->symbol, sizeof(c->symbol), "%s", p->symbol);
  } else {
    unsigned const slot = mn_port_slot(c->port);
    snprintf(c->symbol, sizeof(c->symbol), "cc_%u_%s", slot + 1, p->symbol);
  }
}

static Motion
motion_of(unsigned const port)
{
  if (mn_target_port(port)->kind != MN_CONTROL_FLOAT) {
    return (Motion){.step = 1};
  }
  return port < MN_PORT_COUNT ? motions[mn_port_row(port)]
                              : player_motions[mn_target_port(port) - mn_player_port_table];
}

bool
mn_control_get(unsigned const port, MnControl* const control)
{
  // The host alone sets freewheel.
  if (port >= MN_TARGETS || !mn_target_is_port((int)port) || port == MN_PORT_FREEWHEEL ||
      port == MN_TARGET_OF(FREEWHEEL) || !mn_target_port(port)->is_input) {
    return false;
  }
  MnPort const* const p       = mn_target_port(port);
  Motion const        motion  = motion_of(port);
  bool const          chooses = p->kind == MN_CONTROL_CHOICE;
  *control                    = (MnControl){.port        = port,
                                            .kind        = p->kind,
                                            .unit        = p->unit,
                                            .minimum     = p->low,
                                            .maximum     = p->high,
                                            .initial     = mn_target_initial(port),
                                            .logarithmic = motion.logarithmic,
                                            .step        = motion.step,
                                            .decimals    = motion.decimals,
                                            .least       = chooses || !p->points ? NULL : *p->points,
                                            .choices     = chooses ? p->points : NULL};
  write_names(control);
  return true;
}

void
mn_control_comment(unsigned const port, char* const text, size_t const size)
{
  MnControl         c;
  char const* const comment = mn_control_get(port, &c) ? mn_target_port(port)->comment : "";
  char const* const place   = strstr(comment, "%u");
  if (place && number_of(port)) {
    snprintf(text,
             size,
             "%.*s%u%s",
             (int)(place - comment),
             comment,
             number_of(port),
             place + strlen("%u"));
  } else {
    snprintf(text, size, "%s", comment);
  }
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
  float const kept =
    isnan(value) ? c->initial : mn_port_clamp(mn_target_port(c->port), value);
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
