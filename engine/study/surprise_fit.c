// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise_fit.h"

#include "notes/surprise.h"
#include "surprise_counts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  WEIGHED_EVERY = 32, // lines
  LEAST_TIMES   = 4,  // that a context must have come
  ITERATIONS    = 200,
  MOST_BITS     = 127, // in the unit of the table
};

// The rows that are kept: 979 kB in all.
static unsigned const most_rows[MN_SURPRISE_VIEWS] = {MN_SURPRISE_ROWS, 4096};

static_assert(MN_SURPRISE_ROWS >= 4096, "both views have so many rows at most");

typedef struct {
  MnMelodyLines const* lines;
  MnSurpriseCounts     counts[MN_SURPRISE_VIEWS];
  MnSurpriseFit*       fit;
  // What the lines that are weighed say, of one view and one class of evidence.
  double (*pairs)[2]; // by the table, by the phrase
  size_t pair_count;
  size_t pair_room;
} Fitting;

// Takes a note that is not the first of its line.
typedef bool (*NoteTaker)(Fitting*          fitting,
                          MnSurprise const* before,
                          unsigned const    symbols[MN_SURPRISE_VIEWS],
                          unsigned          what);

static bool
is_weighed(Fitting const* const f, size_t const line)
{
  return f->lines->count < WEIGHED_EVERY || line % WEIGHED_EVERY == WEIGHED_EVERY - 1;
}

static bool
is_counted(Fitting const* const f, size_t const line)
{
  return f->lines->count < WEIGHED_EVERY || !is_weighed(f, line);
}

static bool
play_line(Fitting* const f, size_t const line, NoteTaker const take, unsigned const what)
{
  MnSurpriseTable const none = {.known = false};
  MnSurprise            phrase;
  size_t const          start = mn_melody_lines_start(f->lines, line);
  mn_surprise_clear(&phrase);
  for (size_t at = start; at < f->lines->end[line]; ++at) {
    uint8_t const token = f->lines->tokens[at];
    if (token <= MN_NOTE_OFF) {
      continue;
    }
    unsigned const pitch = token + MN_NOTE_OFFSET;
    int64_t const  step  = (int64_t)(at - start);
    unsigned       symbols[MN_SURPRISE_VIEWS];
    mn_surprise_symbols_of(&phrase, step, pitch, symbols);
    if (phrase.notes && !take(f, &phrase, symbols, what)) {
      return false;
    }
    mn_surprise_note(&phrase, &none, step, pitch);
  }
  return true;
}

static bool
count_note(Fitting* const          f,
           MnSurprise const* const before,
           unsigned const          symbols[MN_SURPRISE_VIEWS],
           unsigned const          view)
{
  MnSurpriseView const v = (MnSurpriseView)view;
  int32_t              keys[MN_SURPRISE_ORDERS];
  unsigned             count = 0;
  while (count < mn_surprise_order_count[v] &&
         mn_surprise_orders[v][count] < before->notes) {
    keys[count] = mn_surprise_key(before, v, mn_surprise_orders[v][count]);
    ++count;
  }
  f->fit->notes += view == 0;
  return mn_surprise_counts_add(&f->counts[v], keys, count, symbols[v]);
}

// A context that may get a row.
typedef struct {
  double  gain;
  int32_t key;
  size_t  context;
} Candidate;

static int
compare_gains(void const* const a, void const* const b)
{
  Candidate const* const x = (Candidate const*)a;
  Candidate const* const y = (Candidate const*)b;
  return x->gain != y->gain ? (x->gain > y->gain ? -1 : 1)
                            : (x->key > y->key) - (x->key < y->key);
}

static int
compare_keys(void const* const a, void const* const b)
{
  int32_t const x = ((Candidate const*)a)->key;
  int32_t const y = ((Candidate const*)b)->key;
  return (x > y) - (x < y);
}

// Chooses the contexts that get rows. @return their number.
static unsigned
choose_contexts(MnSurpriseCounts const* const c, Candidate* const candidates)
{
  size_t count = 0;
  for (size_t i = 0; i < c->count; ++i) {
    bool const empty = c->key[i] == 0;
    if (empty || mn_surprise_counts_times(c, i) >= LEAST_TIMES) {
      double const gain   = empty ? INFINITY : mn_surprise_counts_gain(c, i);
      candidates[count++] = (Candidate){gain, c->key[i], i};
    }
  }
  qsort(candidates, count, sizeof(*candidates), compare_gains);
  unsigned const rows = count < most_rows[c->view] ? (unsigned)count : most_rows[c->view];
  qsort(candidates, rows, sizeof(*candidates), compare_keys);
  return rows;
}

static void
fill_rows(MnSurpriseCounts const* const c,
          Candidate const* const        candidates,
          MnSurpriseFitRows* const      rows)
{
  for (unsigned i = 0; i < rows->rows; ++i) {
    double p[MN_SYMBOLS_MOST];
    mn_surprise_counts_row(c, candidates[i].context, p);
    rows->keys[i] = candidates[i].key;
    for (unsigned s = 0; s < rows->symbols; ++s) {
      double const bits = -log2(p[s]) * MN_SURPRISE_BIT + 0.5;
      rows->bits[(size_t)i * rows->symbols + s] =
        (uint8_t)(bits < MOST_BITS ? bits : MOST_BITS);
    }
  }
}

static bool
make_rows(MnSurpriseCounts const* const c,
          MnSurpriseFitRows* const      rows,
          MnError* const                error)
{
  Candidate* const candidates = (Candidate*)malloc((c->count + 1) * sizeof(*candidates));
  if (candidates) {
    rows->rows    = choose_contexts(c, candidates);
    rows->symbols = c->symbols;
    rows->keys    = (int32_t*)calloc(rows->rows + 1, sizeof(*rows->keys));
    rows->bits    = (uint8_t*)calloc(rows->rows + 1, rows->symbols);
    rows->index =
      (uint16_t*)malloc(mn_surprise_index_size(rows->rows) * sizeof(*rows->index));
  }
  bool const good = candidates && rows->keys && rows->bits && rows->index;
  if (good) {
    fill_rows(c, candidates, rows);
  } else {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  free(candidates);
  return good;
}

static MnSurpriseRows
view_rows(MnSurpriseFitRows const* const rows)
{
  return (MnSurpriseRows){.rows    = rows->rows,
                          .symbols = rows->symbols,
                          .keys    = rows->keys,
                          .bits    = rows->bits,
                          .index   = rows->index,
                          .mask    = mn_surprise_index_size(rows->rows) - 1};
}

MnSurpriseTable
mn_surprise_fit_table(MnSurpriseFit const* const fit)
{
  return (MnSurpriseTable){.known = true,
                           .view  = {view_rows(&fit->view[0]), view_rows(&fit->view[1])},
                           .share = fit->share};
}

// `what` is the view times the classes plus the class.
static bool
weigh_note(Fitting* const          f,
           MnSurprise const* const before,
           unsigned const          symbols[MN_SURPRISE_VIEWS],
           unsigned const          what)
{
  MnSurpriseView const  view  = (MnSurpriseView)(what / MN_SURPRISE_EVIDENCE);
  MnSurpriseTable const table = mn_surprise_fit_table(f->fit);
  MnForeseen const      n     = mn_surprise_foresee(before, &table, view, symbols[view]);
  if (!n.evidence || mn_surprise_class(n.evidence) != what % MN_SURPRISE_EVIDENCE) {
    return true;
  }
  if (f->pair_count == f->pair_room) {
    size_t const room = f->pair_room ? 2 * f->pair_room : 1 << 16;
    void* const  more = realloc(f->pairs, room * sizeof(*f->pairs));
    if (!more) {
      return false;
    }
    f->pairs     = (double(*)[2])more;
    f->pair_room = room;
  }
  f->pairs[f->pair_count][0]   = (double)n.table_q30 / (1 << 30);
  f->pairs[f->pair_count++][1] = (double)n.hits / n.evidence;
  return true;
}

// The share that the phrase must have for the notes to be most likely.
static double
best_share(Fitting const* const f)
{
  double share = f->pair_count ? 0.5 : 0;
  for (unsigned i = 0; i < ITERATIONS && f->pair_count; ++i) {
    double sum = 0;
    for (size_t k = 0; k < f->pair_count; ++k) {
      double const phrase = share * f->pairs[k][1];
      sum += phrase / (phrase + (1 - share) * f->pairs[k][0]);
    }
    share = sum / (double)f->pair_count;
  }
  return share;
}

static bool
weigh(Fitting* const f)
{
  for (unsigned what = 0; what < MN_SURPRISE_VIEWS * MN_SURPRISE_EVIDENCE; ++what) {
    f->pair_count = 0;
    for (size_t i = 0; i < f->lines->count; ++i) {
      if (is_weighed(f, i) && !play_line(f, i, weigh_note, what)) {
        return false;
      }
    }
    double const share  = best_share(f) * (1 << 16);
    f->fit->share[what] = (int32_t)(share < UINT16_MAX ? share : UINT16_MAX);
  }
  return true;
}

static bool
count_view(Fitting* const f, MnSurpriseView const view, MnError* const error)
{
  MnSurpriseFitRows* const rows = &f->fit->view[view];
  bool                     good = mn_surprise_counts_init(&f->counts[view], view);
  for (size_t i = 0; good && i < f->lines->count; ++i) {
    good = !is_counted(f, i) || play_line(f, i, count_note, view);
  }
  if (!good) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  } else if (!f->counts[view].count) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "the lines have no two notes in a row");
    good = false;
  }
  good = good && make_rows(&f->counts[view], rows, error);
  mn_surprise_counts_free(&f->counts[view]);
  if (good) {
    MnSurpriseRows const made = view_rows(rows);
    if (!mn_surprise_index_fill(&made, rows->index)) {
      mn_error_set(error, MN_STATUS_UNSUPPORTED, "too many contexts share a place");
      good = false;
    }
  }
  return good;
}

bool
mn_surprise_fit(MnMelodyLines const* const lines,
                MnSurpriseFit* const       fit,
                MnError* const             error)
{
  Fitting f = {.lines = lines, .fit = fit};
  *fit      = (MnSurpriseFit){0};
  bool good = count_view(&f, MN_SURPRISE_INTERVAL, error) &&
              count_view(&f, MN_SURPRISE_DURATION, error);
  if (good && !weigh(&f)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    good = false;
  }
  free(f.pairs);
  return good;
}

void
mn_surprise_fit_tensors(MnSurpriseFit const* const fit,
                        MnModelTensor              tensors[MN_SURPRISE_TENSORS])
{
  MnSurpriseFitRows const* const i = &fit->view[MN_SURPRISE_INTERVAL];
  MnSurpriseFitRows const* const d = &fit->view[MN_SURPRISE_DURATION];
  MnModelTensor const            made[MN_SURPRISE_TENSORS] = {
               {"surprise/intervals/keys", MN_DTYPE_I32, 1, {i->rows, 0}, i->keys},
               {"surprise/intervals/bits", MN_DTYPE_I8, 2, {i->rows, i->symbols}, i->bits},
               {"surprise/durations/keys", MN_DTYPE_I32, 1, {d->rows, 0}, d->keys},
               {"surprise/durations/bits", MN_DTYPE_I8, 2, {d->rows, d->symbols}, d->bits},
               {"surprise/share",
                MN_DTYPE_I32,
                2,
                {MN_SURPRISE_VIEWS, MN_SURPRISE_EVIDENCE},
                fit->share},
  };
  memcpy(tensors, made, sizeof(made));
}

void
mn_surprise_fit_free(MnSurpriseFit* const fit)
{
  for (unsigned view = 0; view < MN_SURPRISE_VIEWS; ++view) {
    free(fit->view[view].keys);
    free(fit->view[view].bits);
    free(fit->view[view].index);
  }
  *fit = (MnSurpriseFit){0};
}
