// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "labels.h"

#include "figures.h"
#include "label_groups.h"
#include "window_features.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A correlation below this gives a neuron no name.
static double const clear = 0.2;

static char const unclear[] = "mixed";

// How many features the text of a neuron lists.
enum { SHOWN = 3 };

// The strongest of the features with words that are weaker than `than`, or come
// after it among equals. @return mn_feature_count if there is none that varies.
static size_t
strongest_after(double const* const rho, size_t const than)
{
  size_t const none  = mn_feature_count;
  size_t       found = none;
  for (size_t f = 0; f < none; ++f) {
    double const size = fabs(rho[f]);
    bool const   after =
      than == none || size < fabs(rho[than]) || (!(size > fabs(rho[than])) && f > than);
    if (mn_features[f].high && size > 0 && after &&
        (found == none || size > fabs(rho[found]))) {
      found = f;
    }
  }
  return found;
}

// The three strongest features with their correlations.
static void
list_features(double const* const rho, MnNamed* const named)
{
  size_t length = 0;
  size_t f      = strongest_after(rho, mn_feature_count);
  for (unsigned i = 0; f < mn_feature_count && i < SHOWN; ++i) {
    int const added = snprintf(named->features + length,
                               sizeof(named->features) - length,
                               "%s%s %+.2f",
                               i ? ", " : "",
                               mn_features[f].name,
                               named->negated ? -rho[f] : rho[f]);
    if (added < 0 || (size_t)added >= sizeof(named->features) - length) {
      named->features[length] = '\0'; // what does not fit is left out
      break;
    }
    length += (size_t)added;
    f = strongest_after(rho, f);
  }
}

// Words with the registers for which they hold, unless it is all of them. They begin and
// end with octaves.
static void
write_words(MnNamed const* const named,
            char const* const    words,
            char                 text[MN_MAX_LABEL + 1])
{
  size_t const   room = MN_MAX_LABEL + 1;
  unsigned const low  = named->low / 12 - 1;
  unsigned const high = named->high / 12 - 1;
  if (named->low && named->high < MN_KEYS) {
    snprintf(text, room, "%s, C%u to C%u", words, low, high);
  } else if (named->low) {
    snprintf(text, room, "%s, above C%u", words, low);
  } else if (named->high < MN_KEYS) {
    snprintf(text, room, "%s, below C%u", words, high);
  } else {
    snprintf(text, room, "%s", words);
  }
}

MnNamed
mn_labels_name(double const* const rho,
               double const* const least,
               MnHold const* const registers)
{
  size_t const none  = mn_feature_count;
  size_t const first = strongest_after(rho, none);
  MnNamed      named = {
         .negated = first < none && rho[first] < 0, .feature = none, .high = MN_KEYS};
  double strength = 0;
  for (size_t f = 0; f < none; ++f) {
    bool const holds = fabs(rho[f]) >= clear && least[f] >= MN_LABEL_LEAST;
    if (mn_features[f].high && holds && fabs(rho[f]) > strength) {
      strength        = fabs(rho[f]);
      named.feature   = f;
      named.stability = least[f];
      named.negated   = rho[f] < 0;
    }
  }
  static char const* const of_registers[] = {"mean pitch", "mean from D5"};
  for (unsigned i = 0; i < 2; ++i) {
    MnHold const* const r = &registers[i];
    if (fabs(r->rho) >= clear && fabs(r->rho) * r->share > strength) {
      strength        = fabs(r->rho) * r->share;
      named.feature   = mn_features_find(of_registers[i]);
      named.stability = r->least;
      named.negated   = r->rho < 0;
      named.low       = r->low;
      named.high      = r->high;
    }
  }
  if (named.feature < none) {
    write_words(&named, mn_features[named.feature].high, named.label);
    write_words(&named, mn_features[named.feature].low, named.opposite);
  } else {
    snprintf(named.label, sizeof(named.label), "%s", unclear);
  }
  list_features(rho, &named);
  return named;
}

// Names a neuron that was not negated, though it falls with its feature.
static void
keep_sign(double const* const rho, MnNamed* const named)
{
  if (!named->negated) {
    return;
  }
  named->negated = false;
  list_features(rho, named);
  if (named->feature < mn_feature_count) {
    char high[MN_MAX_LABEL + 1];
    memcpy(high, named->opposite, sizeof(high));
    memcpy(named->opposite, named->label, sizeof(high));
    memcpy(named->label, high, sizeof(high));
  }
}

bool
mn_labels_find(MnHeard const* const  heard,
               uint16_t const* const neurons,
               unsigned const        count,
               bool const            keep,
               MnNamed* const        named)
{
  size_t const  cells     = count * mn_feature_count;
  double* const rho       = (double*)calloc(cells + 1, sizeof(*rho));
  double* const least     = (double*)calloc(cells + 1, sizeof(*least));
  MnHold* const registers = (MnHold*)calloc(2 * (size_t)count + 1, sizeof(*registers));
  MnLabelGroups groups    = {0};
  bool const    good = rho && least && registers && mn_label_groups_make(heard, &groups) &&
                    mn_labels_correlate(heard, neurons, count, rho) &&
                    mn_label_groups_least(heard, &groups, neurons, count, rho, least) &&
                    mn_label_groups_registers(heard, &groups, neurons, count, registers);
  for (size_t i = 0; good && i < count; ++i) {
    size_t const at = i * mn_feature_count;
    named[i]        = mn_labels_name(rho + at, least + at, registers + 2 * i);
    if (keep) {
      keep_sign(rho + at, &named[i]);
    }
  }
  mn_label_groups_free(&groups);
  free(rho);
  free(least);
  free(registers);
  return good;
}

// A label that holds says of what feature, how well, and for what mean pitches if not all.
static json_t*
label_object(MnNamed const* const n)
{
  json_t* const object = json_pack("{s:s,s:s}", "label", n->label, "features", n->features);
  if (n->feature < mn_feature_count) {
    double const stability = floor(n->stability * 1e3) / 1e3; // never better than it is
    json_object_set_new(object, "feature", json_string(mn_features[n->feature].name));
    json_object_set_new(object, "opposite", json_string(n->opposite));
    json_object_set_new(object, "stability", json_real(stability));
    if (n->low || n->high < MN_KEYS) {
      json_object_set_new(object, "pitches", json_pack("[i,i]", (int)n->low, (int)n->high));
    }
  }
  return object;
}

json_t*
mn_labels_json(MnNamed const* const named, unsigned const count)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    json_array_append_new(array, label_object(&named[i]));
  }
  return mn_figures_complete(array, count);
}
