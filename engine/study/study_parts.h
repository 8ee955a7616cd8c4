// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The parts of a study's result.

#ifndef MN_STUDY_PARTS_H
#define MN_STUDY_PARTS_H

#include "long_phrases.h"
#include "study_context.h"

// Each returns NULL if memory runs out.

json_t*
mn_study_neurons(MnStudy const* study);
json_t*
mn_study_orders(MnStudy const* study);
json_t*
mn_study_correlation(MnStudy const* study);
json_t*
mn_study_decoder_neurons(MnStudy const* study);
json_t*
mn_study_features(MnStudy const* study);
json_t*
mn_study_activated(MnStudy const* study);
json_t*
mn_study_detectors(MnStudy const* study);
json_t*
mn_study_score(MnStudy const* study);
json_t*
mn_study_harder(MnStudy const* study);
json_t*
mn_study_styles(MnStudy const* study);
json_t*
mn_study_axes(MnStudy const* study);
json_t*
mn_study_labels(MnStudy const* study);
json_t*
mn_study_attributes(MnStudy const* study);
json_t*
mn_study_reconstruction(MnStudy const* study);
json_t*
mn_study_long(MnStudy const* study);

/// The styles that a second level tells: a part of mn_study_long().
///
/// @param phrases [study->in->phrases->count]. @return An object, or null if it tells none or
/// there is no phrase of any.
json_t*
mn_study_long_styles(MnStudy const* study, MnLongPhrases const* phrases);

#endif // MN_STUDY_PARTS_H
