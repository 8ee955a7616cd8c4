// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "info_labels.h"

#include <stdio.h>

int
mn_info_width(char const* const text)
{
  int width = 0;
  for (char const* c = text; *c; ++c) {
    width += ((unsigned char)*c & 0xC0) != 0x80;
  }
  return width;
}

void
mn_info_labels_print(MnLabel const* const  labels,
                     uint16_t const* const order,
                     unsigned const        count)
{
  int widest = mn_info_width("label");
  for (unsigned i = 0; i < count; ++i) {
    int const width = mn_info_width(labels[i].label);
    widest          = width > widest ? width : widest;
  }
  printf("rank [index]  %-*s  holds  features\n", widest, "label");
  for (unsigned i = 0; i < count; ++i) {
    MnLabel const* const label    = &labels[i];
    char const* const    words    = *label->label ? label->label : "-";
    char const* const    features = *label->features ? label->features : "-";
    int const            padding  = widest - mn_info_width(words);
    char                 index[16];
    snprintf(index, sizeof(index), "[%u]", order[i]);
    printf("%4u %7s  %s%*s  ", i + 1, index, words, padding, "");
    if (label->stability > 0) {
      printf(" %.2f  %s\n", label->stability, features);
    } else {
      printf("    -  %s\n", features);
    }
  }
}

json_t*
mn_info_labels_array(MnLabel const* const labels, unsigned const count)
{
  json_t* const array = json_array();
  for (unsigned i = 0; labels && i < count; ++i) {
    MnLabel const* const label  = &labels[i];
    json_t* const        object = json_pack("{s:s,s:s,s:s,s:s,s:f,s:[i,i]}",
                                     "label",
                                     label->label,
                                     "opposite",
                                     label->opposite,
                                     "features",
                                     label->features,
                                     "feature",
                                     label->feature,
                                     "stability",
                                     label->stability,
                                     "pitches",
                                     (int)label->low,
                                     (int)label->high);
    if (json_array_append_new(array, object)) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}
