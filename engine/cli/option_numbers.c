// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "option_numbers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

MnParsed
mn_option_count(char const* const option,
                char const* const value,
                unsigned const    least,
                unsigned const    most,
                unsigned* const   number)
{
  char*               end = NULL;
  unsigned long const n   = strtoul(value, &end, 10);
  if (*value < '0' || *value > '9' || *end || n < least || n > most) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--%s '%.80s': not a number from %u to %u",
            option,
            value,
            least,
            most);
    return MN_PARSED_BAD;
  }
  *number = (unsigned)n;
  return MN_PARSED_RUN;
}

MnParsed
mn_option_real(char const* const option,
               char const* const value,
               double const      least,
               double const      most,
               double* const     number)
{
  char* end = NULL;
  *number   = strtod(value, &end);
  if (end == value || *end || !(*number >= least && *number <= most)) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--%s '%.80s': not a number from %g to %g",
            option,
            value,
            least,
            most);
    return MN_PARSED_BAD;
  }
  return MN_PARSED_RUN;
}

MnParsed
mn_option_seed(char const* const value, uint64_t* const seed)
{
  char* end = NULL;
  errno     = 0;
  *seed     = strtoull(value, &end, 10);
  if (!isdigit((unsigned char)*value) || *end || errno) {
    mn_fail(MN_EXIT_BAD_INPUT, "--seed '%.80s': not a number from 0 to 2^64 - 1", value);
    return MN_PARSED_BAD;
  }
  return MN_PARSED_RUN;
}
