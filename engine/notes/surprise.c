// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise.h"

#include "base/fixed.h"

#include <assert.h>
#include <string.h>

static_assert((MN_PHRASE_NOTES & (MN_PHRASE_NOTES - 1)) == 0, "indexed by a mask");

// The weight of an earlier place where the last three symbols or more are the same.
enum { MOST_WEIGHT = 16 };

static_assert((uint64_t)UINT16_MAX * MN_PHRASE_VOTES * MOST_WEIGHT << 8 <= UINT32_MAX,
              "a share of all votes fits 32 bits");

enum { WIDEST_INTERVAL = 24, KEY_MASK = (1 << 24) - 1 };

void
mn_surprise_clear(MnSurprise* const s)
{
  memset(s, 0, sizeof(*s));
}

void
mn_surprise_rest(MnSurprise* const s)
{
  s->counted = 0;
}

unsigned
mn_interval_symbol(int const semitones)
{
  int const least = -WIDEST_INTERVAL - 1;
  int const most  = WIDEST_INTERVAL + 1;
  return (unsigned)((semitones < least  ? least
                     : semitones > most ? most
                                        : semitones) -
                    least);
}

// The symbols of durations below two bars, by steps.
static uint8_t const grouped[] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9, 10, 10, 10, 11};

unsigned
mn_duration_symbol(int64_t const steps)
{
  return steps < (int64_t)sizeof(grouped) ? grouped[steps < 0 ? 0 : steps]
         : steps < MN_STEPS_2BAR          ? 12
         : steps == MN_STEPS_2BAR         ? 13
                                          : 14;
}

static unsigned
slot_of(uint32_t const note)
{
  return note & (MN_PHRASE_NOTES - 1);
}

// The bits of the last `length` symbols in a key.
static inline int32_t
key_mask(MnSurpriseView const view, unsigned const length)
{
  return (1 << mn_surprise_key_bits(view) * length) - 1;
}

int32_t
mn_surprise_key(MnSurprise const* const s, MnSurpriseView const view, unsigned const length)
{
  return s->view[view].note[slot_of(s->notes)].key & key_mask(view, length);
}

void
mn_surprise_symbols_of(MnSurprise const* const s,
                       int64_t const           step,
                       unsigned const          pitch,
                       unsigned                symbols[MN_SURPRISE_VIEWS])
{
  symbols[MN_SURPRISE_INTERVAL] = mn_interval_symbol((int)pitch - (int)s->pitch);
  symbols[MN_SURPRISE_DURATION] = mn_duration_symbol(step - s->step);
}

// The probability of a symbol after the longest context that the table has.
static inline uint32_t
ask_table(MnSurprise const* const     s,
          MnSurpriseRows const* const rows,
          MnSurpriseView const        view,
          unsigned const              symbol)
{
  int32_t const key   = s->view[view].note[slot_of(s->notes)].key;
  unsigned      order = mn_surprise_order_count[view];
  unsigned      row   = MN_NO_ROW;
  while (row == MN_NO_ROW && order-- > 0) { // the empty context is always there
    row = mn_surprise_find(rows, key & key_mask(view, mn_surprise_orders[view][order]));
  }
  unsigned const bits = rows->bits[(size_t)row * rows->symbols + symbol];
  return mn_exp2_q30[bits % MN_SURPRISE_BIT] >> bits / MN_SURPRISE_BIT;
}

// The last note that is not in the ring any more, or 0.
static uint32_t
oldest(MnSurprise const* const s)
{
  return s->notes > MN_PHRASE_NOTES ? s->notes - MN_PHRASE_NOTES : 0;
}

// Asks the places in the phrase where the last symbol was the same, the latest first.
static inline void
ask_phrase(MnSurprise const* const s,
           MnSurpriseView const    view,
           unsigned const          symbol,
           MnForeseen* const       foreseen)
{
  MnPhraseView const* const v      = &s->view[view];
  MnPhraseNote const        last   = v->note[slot_of(s->notes)];
  int32_t const             newest = key_mask(view, 1);
  int32_t const             two    = key_mask(view, 2);
  int32_t const             three  = key_mask(view, 3);
  uint32_t                  at     = last.previous;
  for (unsigned votes = 0; votes < MN_PHRASE_VOTES && at > oldest(s); ++votes) {
    MnPhraseNote const note   = v->note[slot_of(at)];
    int32_t const      unlike = note.key ^ last.key;
    unsigned const     weight = (unlike & two) ? 1 : (unlike & three) ? 4 : MOST_WEIGHT;
    int32_t const      next   = v->note[slot_of(at + 1)].key & newest;
    foreseen->evidence += weight;
    foreseen->hits += next == (int32_t)symbol + 1 ? weight : 0;
    at = note.previous;
  }
}

static inline MnForeseen
foresee(MnSurprise const* const      s,
        MnSurpriseTable const* const table,
        MnSurpriseView const         view,
        unsigned const               symbol)
{
  MnForeseen foreseen = {.table_q30 = ask_table(s, &table->view[view], view, symbol)};
  ask_phrase(s, view, symbol, &foreseen);
  return foreseen;
}

MnForeseen
mn_surprise_foresee(MnSurprise const* const      s,
                    MnSurpriseTable const* const table,
                    MnSurpriseView const         view,
                    unsigned const               symbol)
{
  return foresee(s, table, view, symbol);
}

unsigned
mn_surprise_class(unsigned const evidence)
{
  unsigned const bits = evidence ? 32 - (unsigned)__builtin_clz(evidence) : 0;
  return bits < MN_SURPRISE_EVIDENCE ? bits : MN_SURPRISE_EVIDENCE - 1;
}

// -log2 of a probability above 0, Q8.
static unsigned
bits_of(uint32_t const p_q30)
{
  unsigned const octave = 31U - (unsigned)__builtin_clz(p_q30);
  unsigned const part   = p_q30 << (31 - octave) >> 23 & 0xFF;
  unsigned const log    = octave * MN_BIT_Q8 + mn_log2_q8[part];
  return log < 30 * MN_BIT_Q8 ? 30 * MN_BIT_Q8 - log : 0;
}

static inline uint16_t
bits_of_symbol(MnSurprise const* const      s,
               MnSurpriseTable const* const table,
               MnSurpriseView const         view,
               unsigned const               symbol)
{
  MnForeseen const f = foresee(s, table, view, symbol);
  uint32_t const   share =
    (uint32_t)table->share[view * MN_SURPRISE_EVIDENCE + mn_surprise_class(f.evidence)];
  uint32_t p = (uint32_t)((uint64_t)(MN_ONE_Q16 - share) * f.table_q30 >> 16);
  if (f.hits) {
    p += ((share * f.hits << 8) / f.evidence) << 6; // Q16 to Q30
  }
  return (uint16_t)bits_of(p ? p : 1);
}

// Adds the symbol of the note that has just become the last one.
static void
learn(MnSurprise* const s, MnSurpriseView const view, unsigned const symbol)
{
  MnPhraseView* const v      = &s->view[view];
  uint32_t const      before = (uint32_t)v->note[slot_of(s->notes - 1)].key;
  uint32_t const      key    = before << mn_surprise_key_bits(view) | (symbol + 1);
  v->note[slot_of(s->notes)] = (MnPhraseNote){(int32_t)(key & KEY_MASK), v->newest[symbol]};
  v->newest[symbol]          = s->notes;
}

MnNoteBits
mn_surprise_note(MnSurprise* const            s,
                 MnSurpriseTable const* const table,
                 int64_t const                step,
                 unsigned const               pitch)
{
  MnNoteBits note = {.known = s->notes > 0 && table->known};
  unsigned   symbols[MN_SURPRISE_VIEWS];
  mn_surprise_symbols_of(s, step, pitch, symbols);
  if (note.known) { // both views by name: the compiler makes a function of each
    unsigned const interval = symbols[MN_SURPRISE_INTERVAL];
    unsigned const duration = symbols[MN_SURPRISE_DURATION];
    note.bits[MN_SURPRISE_INTERVAL] =
      bits_of_symbol(s, table, MN_SURPRISE_INTERVAL, interval);
    note.bits[MN_SURPRISE_DURATION] =
      bits_of_symbol(s, table, MN_SURPRISE_DURATION, duration);
    s->recent[s->counted % MN_SURPRISE_MEAN] = mn_note_bits_sum(note);
    s->counted = s->counted + 1 < 2 * MN_SURPRISE_MEAN ? s->counted + 1 : MN_SURPRISE_MEAN;
  }
  ++s->notes;
  for (unsigned view = 0; s->notes > 1 && view < MN_SURPRISE_VIEWS; ++view) {
    learn(s, (MnSurpriseView)view, symbols[view]);
  }
  s->step  = step;
  s->pitch = pitch;
  return note;
}

float
mn_surprise_mean(MnSurprise const* const s)
{
  unsigned count = 0;
  unsigned sum   = 0;
  for (; count < MN_SURPRISE_MEAN && count < s->counted; ++count) {
    sum += s->recent[count];
  }
  return count ? (float)sum / (float)(count * MN_BIT_Q8) : 0;
}
