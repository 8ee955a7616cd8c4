// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The parts of a study's result.

#ifndef MN_STUDY_PARTS_H
#define MN_STUDY_PARTS_H

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

#endif // MN_STUDY_PARTS_H
