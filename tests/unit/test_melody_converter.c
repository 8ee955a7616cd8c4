// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The melody against MusicVAE's converter: conformance vectors, and its rules for whole
/// lists of notes.

#include "check.h"
#include "player.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS_PER_STEP = 240 };

// A note as a file has it; 960 ticks a quarter.
typedef struct {
  unsigned channel; // 0..15
  unsigned pitch;
  int      start; // ticks
  int      end;
} Note;

typedef struct {
  int     tick;
  int     order; // of events on one tick
  uint8_t message[3];
} Event;

static int
compare_events(void const* const a, void const* const b)
{
  Event const* const x = (Event const*)a;
  Event const* const y = (Event const*)b;
  return x->tick != y->tick ? x->tick - y->tick : x->order - y->order;
}

// Plays notes in order of time. On one tick the ends come first, then the starts in the
// order of the list or its reverse, then the ends of notes without length.
static void
play_notes(MnMelody* const   m,
           Note const* const notes,
           unsigned const    count,
           bool const        reversed)
{
  int const    many   = (int)count;
  Event* const events = (Event*)calloc(2 * (size_t)count + 1, sizeof(Event));
  for (int i = 0; i < many; ++i) {
    Note const* const n       = &notes[i];
    int const         rank    = reversed ? many - i : i;
    int const         ends_at = n->end > n->start ? rank - 2 * many : rank + 2 * many;
    events[2 * i] =
      (Event){n->start, rank, {(uint8_t)(0x90 | n->channel), (uint8_t)n->pitch, 100}};
    events[2 * i + 1] =
      (Event){n->end, ends_at, {(uint8_t)(0x80 | n->channel), (uint8_t)n->pitch, 0}};
  }
  qsort(events, 2 * count, sizeof(Event), compare_events);
  for (unsigned i = 0; i < 2 * count; ++i) {
    mn_melody_midi(m, (double)events[i].tick / TICKS_PER_STEP, events[i].message, 3);
  }
  free(events);
}

// The step of a tick in whole numbers: floor(tick / 240 + 1/2).
static int
step_of(int const tick)
{
  return (tick + TICKS_PER_STEP / 2) / TICKS_PER_STEP;
}

static int
integer_in(json_t const* const object, char const* const key)
{
  json_t const* const value = json_object_get(object, key);
  assert_true(json_is_integer(value));
  return (int)json_integer_value(value);
}

static void
conformance_vectors_give_their_tokens(void** const state)
{
  (void)state;
  static char const path[] = "../shared/vectors/converter.json";
  json_error_t      error;
  json_t* const     cases = json_load_file(path, 0, &error);
  if (!cases) {
    print_message("skipped: %s: %s\n", path, error.text);
    skip();
  }
  assert_true(json_array_size(cases) > 0);

  size_t  index;
  json_t* one;
  json_array_foreach(cases, index, one)
  {
    json_t const* const list  = json_object_get(one, "notes");
    json_t const* const want  = json_object_get(one, "tokens");
    unsigned const      count = (unsigned)json_array_size(list);
    Note* const         notes = (Note*)calloc(count + 1, sizeof(Note));
    for (unsigned i = 0; i < count; ++i) {
      json_t const* const n = json_array_get(list, i);
      notes[i].pitch        = (unsigned)integer_in(n, "pitch");
      notes[i].start        = integer_in(n, "startStep") * TICKS_PER_STEP;
      notes[i].end          = integer_in(n, "endStep") * TICKS_PER_STEP;
    }
    assert_int_equal(json_array_size(want), MN_STEPS_2BAR);
    for (unsigned reversed = 0; reversed < 2; ++reversed) {
      MnMelody m = empty();
      uint8_t  tokens[MN_STEPS_2BAR];
      play_notes(&m, notes, count, reversed);
      mn_melody_tokens(&m, 0, MN_STEPS_2BAR, tokens);
      for (unsigned i = 0; i < MN_STEPS_2BAR; ++i) {
        int const expected = (int)json_integer_value(json_array_get(want, i));
        if (tokens[i] != expected) {
          fail_msg("%s: step %u is %d, not %d%s",
                   json_string_value(json_object_get(one, "name")),
                   i,
                   tokens[i],
                   expected,
                   reversed ? " (chords reversed)" : "");
        }
      }
    }
    free(notes);
  }
  json_decref(cases);
}

// What follows is MusicVAE's converter, for a whole list of notes at once.
typedef struct {
  int      start; // steps
  int      end;
  unsigned pitch;
  int      played; // in which order
} Quantised;

static int
by_start_then_highest(void const* const a, void const* const b)
{
  Quantised const* const x = (Quantised const*)a;
  Quantised const* const y = (Quantised const*)b;
  return x->start != y->start   ? x->start - y->start
         : x->pitch != y->pitch ? (int)y->pitch - (int)x->pitch
                                : x->played - y->played;
}

// The melody line: one note a step, each cut by the next. Returns its length.
static unsigned
extract_line(Note const* const notes, unsigned const count, Quantised* const line)
{
  unsigned kept = 0;
  for (unsigned i = 0; i < count; ++i) {
    int const start = step_of(notes[i].start);
    int const end   = step_of(notes[i].end);
    if (notes[i].pitch >= 21 && notes[i].pitch <= 108 && notes[i].channel != 9) {
      line[kept++] =
        (Quantised){start, end > start ? end : start + 1, notes[i].pitch, (int)i};
    }
  }
  qsort(line, kept, sizeof(Quantised), by_start_then_highest);

  unsigned length = 0;
  for (unsigned i = 0; i < kept; ++i) {
    if (length && line[length - 1].start == line[i].start) {
      continue;
    }
    if (length && line[length - 1].end > line[i].start) {
      line[length - 1].end = line[i].start;
    }
    line[length++] = line[i];
  }
  return length;
}

static void
write_window(Quantised const* const line,
             unsigned const         length,
             int const              start,
             int const              steps,
             uint8_t* const         tokens)
{
  memset(tokens, 0, (size_t)steps);
  for (unsigned i = 0; i < length; ++i) {
    if (line[i].end >= start && line[i].end < start + steps) {
      tokens[line[i].end - start] = 1;
    }
  }
  for (unsigned i = 0; i < length; ++i) { // onsets replace note-offs
    if (line[i].start >= start && line[i].start < start + steps) {
      tokens[line[i].start - start] = (uint8_t)(line[i].pitch - 19);
    }
  }
  for (int i = 0; i < steps && tokens[i] < 2; ++i) {
    tokens[i] = 0;
  }
}

static int
by_start(void const* const a, void const* const b)
{
  return ((Note const*)a)->start - ((Note const*)b)->start;
}

// Notes in the order in which they start. No key is struck while it sounds.
static unsigned
random_notes(Random* const random, Note* const notes, unsigned const most)
{
  unsigned const count  = 1 + random_below(random, most);
  unsigned const spread = 1 + random_below(random, 88); // few pitches: notes often meet
  int const      grid   = random_below(random, 2) ? 1 : TICKS_PER_STEP / 4;
  unsigned const bars   = 1 + random_below(random, 16);
  unsigned       used   = 0;
  for (unsigned i = 0; i < count; ++i) {
    int const  length = (int)random_below(random, 1U << random_below(random, 13));
    int const  start  = (int)random_below(random, bars * 16 * TICKS_PER_STEP) / grid * grid;
    Note const note   = {random_below(random, 3) ? 0 : 8 + random_below(random, 3),
                       15 + random_below(random, spread + 10),
                       start,
                       start + length / grid * grid};
    bool free_key = true;
    for (unsigned n = 0; n < used; ++n) {
      free_key =
        free_key && (notes[n].pitch != note.pitch || notes[n].channel != note.channel ||
                     notes[n].end < note.start || note.end < notes[n].start);
    }
    if (free_key) {
      notes[used++] = note;
    }
  }
  qsort(notes, used, sizeof(Note), by_start);
  return used;
}

static void
streams_agree_with_the_converters_rules_on_whole_lists(void** const state)
{
  (void)state;
  enum { MOST = 120, LISTS = 2000 };
  unsigned onsets = 0;
  for (unsigned list = 0; list < LISTS; ++list) {
    Random         random = {list};
    Note           notes[MOST];
    Quantised      line[MOST];
    unsigned const count  = random_notes(&random, notes, MOST);
    unsigned const length = extract_line(notes, count, line);
    MnMelody       m      = empty();
    play_notes(&m, notes, count, false);

    for (int start = 0; start <= 256; start += random_from(&random, 1, 40)) {
      unsigned const steps = random_below(&random, 2) ? MN_STEPS_2BAR : MN_STEPS_16BAR;
      uint8_t        expected[MN_MAX_STEPS];
      uint8_t        tokens[MN_MAX_STEPS];
      unsigned       count_of_onsets = 0;
      write_window(line, length, start, (int)steps, expected);
      for (unsigned i = 0; i < steps; ++i) {
        count_of_onsets += expected[i] > MN_NOTE_OFF;
      }
      assert_int_equal(mn_melody_tokens(&m, start, steps, tokens), count_of_onsets);
      assert_memory_equal(tokens, expected, steps);
      onsets += count_of_onsets;
    }
  }
  assert_true(onsets > 100 * LISTS); // the lists were not empty
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(conformance_vectors_give_their_tokens),
    cmocka_unit_test(streams_agree_with_the_converters_rules_on_whole_lists),
  };
  return cmocka_run_group_tests_name("melody against the converter", tests, NULL, NULL);
}
