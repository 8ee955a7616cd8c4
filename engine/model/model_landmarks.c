// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_landmarks.h"

static bool
read_place(json_t const* const item, float place[MN_AXES])
{
  json_t* const array = json_object_get(item, "axes");
  bool          good  = json_array_size(array) == MN_AXES;
  for (size_t i = 0; good && i < MN_AXES; ++i) {
    json_t const* const at    = json_array_get(array, i);
    double const        value = json_number_value(at);
    good                      = json_is_number(at) && value >= 0 && value <= 1;
    place[i]                  = (float)value;
  }
  return good;
}

bool
mn_model_landmarks_load(MnLoader const* const l, MnReadoutTable* const table)
{
  json_t const* const array = json_object_get(l->readout, "landmarks");
  size_t const        count = json_array_size(array);
  if (!array) {
    return true;
  }
  if (!json_is_array(array) || count > MN_MAX_LANDMARKS ||
      !json_object_get(l->readout, "axes")) {
    return mn_loader_fail(
      l, "readout: landmarks is not an array of 16 or less, in a file with axes");
  }
  MnLandmark* const marks =
    (MnLandmark*)mn_loader_carve(l->model, count * sizeof(MnLandmark));
  for (size_t i = 0; i < count; ++i) {
    json_t const* const item = json_array_get(array, i);
    MnLandmark          mark = {NULL, {0}};
    if (!json_is_object(item) ||
        !mn_loader_text(l, item, "landmarks", "name", MN_MAX_LABEL, &mark.name)) {
      return json_is_object(item)
               ? false
               : mn_loader_fail(l, "readout: landmarks: one of them is not an object");
    }
    if (!read_place(item, mark.axes)) {
      return mn_loader_fail(l, "readout: landmarks: axes of one are not 8 from 0 to 1");
    }
    if (marks) {
      marks[i] = mark;
    }
  }
  table->landmarks      = marks;
  table->landmark_count = (unsigned)count;
  return true;
}
