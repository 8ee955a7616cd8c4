// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "option_names.h"

#include "bundle.h"

char const* const mn_format_names[MN_FORMAT_COUNT] = {"text", "json", "csv", "magenta-js"};
char const* const mn_voice_names[MN_VOICE_COUNT]   = {"highest",
                                                      "lowest",
                                                      "latest",
                                                      "skyline"};
char const* const mn_pedal_names[MN_PEDAL_COUNT]   = {"hold", "ignore"};
char const* const mn_weights_names[MN_WEIGHTS_COUNT] = {"auto", "int16", "int8"};
char const* const mn_rounding_names[MN_ROUND_COUNT]  = {"auto", "nearest", "compensated"};

// The name at an index, of those that are allowed.
static char const*
allowed_name(char const* const* const names,
             unsigned const           count,
             unsigned const           allowed,
             unsigned                 index)
{
  for (unsigned i = 0; i < count; ++i) {
    if (allowed & 1U << i && !index--) {
      return names[i];
    }
  }
  return NULL;
}

static char const*
kernel_name(unsigned index)
{
  if (!index) {
    return "auto";
  }
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    if (mn_kernels[i]->supported() && !--index) {
      return mn_kernels[i]->name;
    }
  }
  return NULL;
}

char const*
mn_option_value(MnCommand const* const command, int const option, unsigned const index)
{
  switch (option) {
  case 'm':
    return mn_bundle_model_name(index);
  case 'k':
    return kernel_name(index);
  case 'f':
    return allowed_name(mn_format_names, MN_FORMAT_COUNT, command->formats, index);
  case 'H':
    return allowed_name(mn_hop_names, MN_HOP_COUNT, ~0U, index);
  case 'v':
    return allowed_name(mn_voice_names, MN_VOICE_COUNT, ~0U, index);
  case '9':
    return allowed_name(mn_pedal_names, MN_PEDAL_COUNT, ~0U, index);
  case 'd':
  case 'w':
    return allowed_name(mn_weights_names, MN_WEIGHTS_COUNT, ~0U, index);
  case 'r':
    return allowed_name(mn_rounding_names, MN_ROUND_COUNT, ~0U, index);
  default:
    return NULL;
  }
}
