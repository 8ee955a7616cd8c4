// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tensortable.h"

#include "common/terminal.h"

#include <stdio.h>
#include <string.h>

enum { SHAPE_ROOM = 96, LEAST_NAME_WIDTH = 20, MOST_NAME_WIDTH = 80 };

// Names that TensorFlow's optimizers and averages append to that of a tensor. A number
// may follow.
static char const* const slots[] = {"Adam",
                                    "Adagrad",
                                    "Adadelta",
                                    "Ftrl",
                                    "Momentum",
                                    "RMSProp",
                                    "ExponentialMovingAverage"};

// Other tensors of optimizers and training.
static char const* const counters[] = {"beta1_power", "beta2_power", "global_step"};

static bool
is_slot(char const* const name)
{
  char const* const slash = strrchr(name, '/');
  char const* const last  = slash ? slash + 1 : name;
  for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); ++i) {
    size_t const length = strlen(slots[i]);
    if (slash && !strncmp(last, slots[i], length) &&
        (!last[length] || last[length] == '_')) {
      return true;
    }
  }
  for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); ++i) {
    if (!strcmp(last, counters[i])) {
      return true;
    }
  }
  return false;
}

static char const*
format_shape(MnCheckpointTensor const* const t, char* const text)
{
  int used = 0;
  snprintf(text, SHAPE_ROOM, "scalar");
  for (unsigned i = 0; i < t->dimensions && used < SHAPE_ROOM; ++i) {
    used += snprintf(
      text + used, (size_t)(SHAPE_ROOM - used), "%s%zu", i ? " x " : "", t->shape[i]);
  }
  return text;
}

// Prints a name, which may hold anything, padded to the width.
static void
print_name(char const* const name, size_t const width)
{
  size_t const length = strlen(name);
  mn_print_plain(name, length, stdout);
  printf("%*s", length < width ? (int)(width - length) : 0, "");
}

static size_t
name_width(MnCheckpoint const* const checkpoint, bool const all)
{
  size_t width = LEAST_NAME_WIDTH;
  for (size_t i = 0; i < mn_checkpoint_count(checkpoint); ++i) {
    MnCheckpointTensor const t = mn_checkpoint_tensor(checkpoint, i);
    if ((all || !is_slot(t.name)) && strlen(t.name) > width) {
      width = strlen(t.name);
    }
  }
  return width < MOST_NAME_WIDTH ? width : MOST_NAME_WIDTH;
}

void
mn_tensortable_print(MnCheckpoint const* const checkpoint, bool const all)
{
  size_t const count         = mn_checkpoint_count(checkpoint);
  size_t const width         = name_width(checkpoint, all);
  size_t       kept          = 0;
  size_t       left          = 0;
  size_t       left_elements = 0;

  printf("%s, %zu tensors\n", mn_checkpoint_kind(checkpoint), count);
  for (size_t i = 0; i < count; ++i) {
    MnCheckpointTensor const t = mn_checkpoint_tensor(checkpoint, i);
    char                     shape[SHAPE_ROOM];
    if (!all && is_slot(t.name)) {
      ++left;
      left_elements += t.elements;
      continue;
    }
    ++kept;
    fputs("  ", stdout);
    print_name(t.name, width);
    printf("  %-14s  %s\n", format_shape(&t, shape), t.dtype);
  }
  if (left) {
    printf("  and %zu of an optimizer and its counters, %zu values: not needed\n",
           left,
           left_elements);
  }
}
