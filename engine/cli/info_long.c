// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "info_long.h"

#include "info_labels.h"
#include "long/long_encoder.h"

#include <stdio.h>

void
mn_info_long_print(MnModel const* const m, int const width)
{
  MnLongTable const* const t = &m->long_table;
  if (!t->neurons) {
    return;
  }
  printf("%-*s%u neurons, %u music, of 16 bars; width %u, reads %u of the neurons\n",
         width,
         "second level",
         t->latent,
         t->music,
         t->width,
         t->neurons);
  if (t->style.count) {
    printf("%-*s", width, "  styles");
    for (unsigned i = 0; i < t->style.count; ++i) {
      printf("%s%s", i ? ", " : "", t->style.name[i]);
    }
    putchar('\n');
  }
}

static json_t*
order_array(MnLongTable const* const t)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < t->music; ++i) {
    if (json_array_append_new(array, json_integer(t->order[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

static json_t*
style_array(MnStyleTable const* const s)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < s->count; ++i) {
    if (json_array_append_new(array, json_string(s->name[i]))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

json_t*
mn_info_long_object(MnModel const* const m)
{
  MnLongTable const* const t = &m->long_table;
  return t->neurons ? json_pack("{s:i,s:i,s:i,s:i,s:o,s:o,s:o,s:I}",
                                "reads",
                                (int)t->neurons,
                                "width",
                                (int)t->width,
                                "latent",
                                (int)t->latent,
                                "music",
                                (int)t->music,
                                "order",
                                order_array(t),
                                "labels",
                                mn_info_labels_array(t->labels, t->music),
                                "styles",
                                style_array(&t->style),
                                "encoder_bytes",
                                (json_int_t)mn_long_size(m))
                    : json_null();
}
