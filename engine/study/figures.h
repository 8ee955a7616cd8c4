// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Figures as JSON.

#ifndef MN_FIGURES_H
#define MN_FIGURES_H

#include <jansson.h>

#include <stddef.h>

/// A number, or null where it is not finite. @return NULL if memory runs out.
json_t*
mn_figures_number(double value);

/// An array of such numbers. @return NULL if memory runs out.
json_t*
mn_figures_array(double const* values, size_t count);

/// Checks an array that was filled without checking each step.
///
/// @return The array if it has `count` members. Else memory ran out: it is freed, and
/// NULL comes back.
json_t*
mn_figures_complete(json_t* array, size_t count);

/// An object with the 10 %, 25 %, 50 %, 75 % and 90 % quantiles: p10 to p90.
///
/// @param values Sorted by this. @return NULL if memory runs out.
json_t*
mn_figures_quantiles(double* values, size_t count);

#endif // MN_FIGURES_H
