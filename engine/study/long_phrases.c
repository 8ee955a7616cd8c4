// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_phrases.h"

#include "base/parallel.h"
#include "base/random.h"
#include "long/long_encoder.h"
#include "posteriors.h"

#include <stdlib.h>
#include <string.h>

// A window is heard if it has so many notes, as in the plugin.
enum { LEAST_ONSETS = 2 };

// The place of a window from elsewhere, after those of the phrase.
enum { ELSEWHERE = MN_PHRASE };

enum { SHUFFLE_SEED = 5 };

static bool
is_heard(uint8_t const* const tokens)
{
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    unsigned onsets = 0;
    for (unsigned i = 0; i < MN_STEPS_2BAR; ++i) {
      onsets += mn_is_onset(tokens[w * MN_STEPS_2BAR + i]);
    }
    if (onsets < LEAST_ONSETS) {
      return false;
    }
  }
  return true;
}

static void
keep_heard(MnWindows* const w)
{
  size_t kept = 0;
  for (size_t i = 0; i < w->count; ++i) {
    if (is_heard(w->tokens + i * w->steps)) {
      mn_windows_move(w, kept++, i);
    }
  }
  w->count = kept;
}

void
mn_long_phrases_choose(MnWindows* const w, size_t const most)
{
  static size_t const styles = (size_t)UINT16_MAX + 1;

  keep_heard(w);
  size_t* const all  = (size_t*)calloc(2 * styles, sizeof(size_t));
  size_t* const seen = all ? all + styles : NULL;
  size_t        kept = 0;
  for (size_t i = 0; all && i < w->count; ++i) {
    ++all[w->style[i]];
  }
  for (size_t i = 0; all && i < w->count; ++i) {
    size_t const n  = all[w->style[i]];
    size_t const at = seen[w->style[i]]++;
    if (n <= most || at * most / n != (at + 1) * most / n) {
      mn_windows_move(w, kept++, i);
    }
  }
  w->count = all ? kept : w->count;
  free(all);
}

// The windows of phrases as level one is given them: no note comes from before.
static uint8_t*
cut(MnWindows const* const phrases)
{
  size_t const   size   = phrases->count * MN_FORM_STEPS;
  uint8_t* const tokens = (uint8_t*)malloc(size + 1);
  bool           before = true; // any note of the window
  for (size_t i = 0; tokens && i < size; ++i) {
    before    = before && i % MN_STEPS_2BAR;
    before    = before || mn_is_onset(phrases->tokens[i]);
    tokens[i] = before ? phrases->tokens[i] : MN_HOLD;
  }
  return tokens;
}

typedef struct {
  MnModel const*    model;
  MnProgress const* progress;
  MnPosteriors      first; // of level one: [phrases][MN_PHRASE] windows
  MnLong**          encoders;
  MnLongPhrases*    found;
} Task;

// Encodes windows that lie in some places. mu is that of the last one.
static void
run(Task const* const t,
    MnLong* const     encoder,
    int16_t const     places[MN_PHRASE],
    int32_t const*    mu,
    int32_t* const    answer)
{
  MnPhrasePlaces where = {.last = places[MN_PHRASE_BEFORE]};
  memcpy(where.before, places, sizeof(where.before));
  mn_long_start(encoder, &where, mu);
  mn_long_run(encoder, mn_long_units(t->model));
  if (answer) {
    memcpy(answer, mn_long_mu(encoder), t->found->latent * sizeof(*answer));
  }
}

// Of a window of a phrase.
static int32_t const*
mu_of(Task const* const t, size_t const phrase, unsigned const window)
{
  return t->first.mu + (phrase * MN_PHRASE + window) * t->first.latent;
}

// Puts a window into a place, alone.
static void
put(Task const* const    t,
    MnLong* const        encoder,
    int16_t const        place,
    int32_t const* const mu)
{
  int16_t places[MN_PHRASE];
  for (unsigned i = 0; i < MN_PHRASE; ++i) {
    places[i] = MN_PHRASE_UNHEARD;
  }
  places[MN_PHRASE_BEFORE] = place;
  run(t, encoder, places, mu, NULL);
}

static void
encode_phrase(void* const context, size_t const index, unsigned const worker)
{
  Task const* const    t                 = (Task const*)context;
  MnLongPhrases* const f                 = t->found;
  MnLong* const        encoder           = t->encoders[worker];
  size_t const         at                = index * f->latent;
  unsigned const       changed           = (unsigned)(index % MN_PHRASE);
  int16_t              places[MN_PHRASE] = {0};
  uint64_t             state             = SHUFFLE_SEED + index;
  // Any phrase but this one, unless there is no other.
  uint32_t const others = (uint32_t)(f->count > 1 ? f->count - 1 : 1);
  size_t const   other  = (index + 1 + mn_random_below(&state, others)) % f->count;
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    places[w] = (int16_t)w;
    put(t, encoder, (int16_t)w, mu_of(t, index, w));
  }
  run(t, encoder, places, mu_of(t, index, MN_PHRASE_BEFORE), f->mu + at);
  memcpy(f->sigma + at, mn_long_sigma(encoder), f->latent * sizeof(*f->sigma));
  memcpy(
    f->style + index * f->styles, mn_long_styles(encoder), f->styles * sizeof(*f->style));
  put(t, encoder, ELSEWHERE, mu_of(t, other, changed));
  places[changed] = ELSEWHERE;
  run(t,
      encoder,
      places,
      mu_of(t, changed == MN_PHRASE_BEFORE ? other : index, MN_PHRASE_BEFORE),
      f->replaced + at);
  places[changed] = (int16_t)changed;
  for (unsigned w = MN_PHRASE; w > 1; --w) {
    unsigned const which = mn_random_below(&state, w);
    int16_t const  keep  = places[w - 1];
    places[w - 1]        = places[which];
    places[which]        = keep;
  }
  run(t,
      encoder,
      places,
      mu_of(t, index, (unsigned)places[MN_PHRASE_BEFORE]),
      f->shuffled + at);
}

static void
report_phrases(void* const context, size_t const done)
{
  Task const* const t = (Task const*)context;
  if (t->progress) {
    t->progress->tell(t->progress->context, done, t->found->count);
  }
}

static bool
allocate(Task* const t, MnLongPhrases* const f, unsigned const workers)
{
  size_t const values = f->count * f->latent + 1;
  f->mu               = (int32_t*)malloc(values * sizeof(*f->mu));
  f->sigma            = (int32_t*)malloc(values * sizeof(*f->sigma));
  f->shuffled         = (int32_t*)malloc(values * sizeof(*f->shuffled));
  f->replaced         = (int32_t*)malloc(values * sizeof(*f->replaced));
  f->style            = (uint32_t*)malloc((f->count * f->styles + 1) * sizeof(*f->style));
  t->encoders         = (MnLong**)calloc(workers, sizeof(MnLong*));
  bool good = f->mu && f->sigma && f->shuffled && f->replaced && f->style && t->encoders;
  for (unsigned i = 0; good && i < workers; ++i) {
    t->encoders[i] = (MnLong*)aligned_alloc(MN_LONG_ALIGN, mn_long_size(t->model));
    good           = t->encoders[i];
    if (good) {
      mn_long_init(t->encoders[i], t->model, mn_kernel_best());
    }
  }
  return good;
}

bool
mn_long_phrases_encode(MnModel const* const    model,
                       MnWindows const* const  phrases,
                       MnProgress const* const progress,
                       MnLongPhrases* const    found)
{
  unsigned const workers = mn_parallel_workers();
  Task           t       = {.model = model, .progress = progress, .found = found};
  uint8_t* const windows = cut(phrases);
  *found                 = (MnLongPhrases){.count  = phrases->count,
                                           .latent = model->long_table.latent,
                                           .styles = model->long_table.style.count};
  bool const good =
    windows && allocate(&t, found, workers) &&
    mn_posteriors_encode(model, windows, phrases->count * MN_PHRASE, NULL, &t.first);
  if (good) {
    MnPieces const job = {.count    = found->count,
                          .workers  = workers,
                          .context  = &t,
                          .piece    = encode_phrase,
                          .progress = report_phrases};
    mn_parallel_run(&job);
  } else {
    mn_long_phrases_free(found);
  }
  for (unsigned i = 0; t.encoders && i < workers; ++i) {
    free(t.encoders[i]);
  }
  free(t.encoders);
  free(windows);
  mn_posteriors_free(&t.first);
  return good;
}

void
mn_long_phrases_free(MnLongPhrases* const f)
{
  free(f->mu);
  free(f->sigma);
  free(f->shuffled);
  free(f->replaced);
  free(f->style);
  *f = (MnLongPhrases){0};
}
