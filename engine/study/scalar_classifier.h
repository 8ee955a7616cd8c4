// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Tells classes from scalars, by a linear discriminant (R. A. Fisher, "The use of multiple
/// measurements in taxonomic problems", 1936): each class is a Gaussian, all of one covariance,
/// and each is as likely beforehand.

#ifndef MN_SCALAR_CLASSIFIER_H
#define MN_SCALAR_CLASSIFIER_H

#include "base/common.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t   scalars;
  unsigned classes;
  double*  center; ///< [scalars]: mean over all rows
  double*  scale;  ///< [scalars]: standard deviation, or 1 where there is none
  double*  mean;   ///< [classes][scalars], standardised
  double* columns; ///< [scalars][scalars]: of the covariance within classes, after Cholesky
  double* room;    ///< [scalars]
  bool*   known;   ///< [classes]: whether there were rows of it
} MnScalarClassifier;

/// Learns from rows. A number that is missing counts as the mean.
///
/// @param rows [count][scalars], NAN where one is missing. @param label [count]: classes.
/// @return false if memory runs out; there is nothing to free.
MN_NODISCARD bool
mn_scalar_classifier_learn(double const*       rows,
                           unsigned const*     label,
                           size_t              count,
                           size_t              scalars,
                           unsigned            classes,
                           MnScalarClassifier* classifier);

/// The probability of each class, [classes]: 0 of one that had no rows.
void
mn_scalar_classifier_tell(MnScalarClassifier const* classifier,
                          double const*             row,
                          double*                   probability);

void
mn_scalar_classifier_free(MnScalarClassifier* classifier);

#endif // MN_SCALAR_CLASSIFIER_H
