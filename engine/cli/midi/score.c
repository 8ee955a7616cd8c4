// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "score.h"

#include "common/terminal.h"
#include "midibytes.h"

#include <math.h>
#include <stdlib.h>

// The finest denominator that the timeline takes from a host is 64.
enum { MAX_LOG_BEAT_UNIT = 6 };

static double const steps_per_quarter = 4.0;
static double const default_seconds   = 0.5; // 120 bpm

// What a tick's rounding may shift a bar line, in steps; as in the timeline.
static double const tolerance_steps = 1.0 / 96.0;

double
mn_midi_score_position(MnMidiScore const* const score, MnMidiEvent const* const event)
{
  return event->tick * steps_per_quarter / score->ppqn;
}

// Plays all notes to learn where the last one ends.
static int64_t
find_end(MnMidiScore const* const score, MnVoice const voice, unsigned const channel)
{
  MnMelody melody;
  int64_t  end      = 0;
  double   position = 0;
  mn_melody_init(&melody, voice, channel);
  for (size_t i = 0; i < score->count; ++i) {
    MnMidiEvent const* const event    = &score->events[i];
    unsigned const           sounding = melody.sounding;
    position                          = mn_midi_score_position(score, event);
    if (event->kind != MN_MIDI_MESSAGE) {
      continue;
    }
    int64_t const step    = mn_step_round(position);
    bool const    started = mn_melody_midi(&melody, position, event->bytes, 3);
    if (started) {
      end = step + 1 > end ? step + 1 : end; // a note lasts a step or more
    } else if (melody.sounding < sounding) {
      end = step > end ? step : end;
    }
  }
  // Notes without an end sound as long as the file.
  int64_t const last = mn_step_round(position);
  return melody.sounding && last > end ? last : end;
}

// Drops what lies beyond the longest score: in real files, a broken track's times.
static bool
cut_end(MnMidiScore* const score, MnVoice const voice, unsigned const channel)
{
  if (!mn_midi_fault(&score->faults,
                     "the rest is not read",
                     "lasts %lld sixteenths, more than %d",
                     (long long)score->end,
                     MN_MAX_SCORE_STEPS)) {
    return false;
  }
  while (score->count && mn_midi_score_position(score, &score->events[score->count - 1]) >=
                           MN_MAX_SCORE_STEPS) {
    --score->count;
  }
  score->end = find_end(score, voice, channel);
  return score->end;
}

// Takes over a file's events.
static bool
take_file(MnMidiScore* const     score,
          MnMidiFile const*      file,
          MnHearing const* const hearing,
          MnError* const         error)
{
  score->events       = file->events;
  score->count        = file->count;
  score->ppqn         = file->ppqn;
  score->names        = file->names;
  score->faults       = file->faults;
  score->beat_seconds = default_seconds;
  score->end          = find_end(score, hearing->voice, hearing->channel);
  if (score->end <= MN_MAX_SCORE_STEPS ||
      cut_end(score, hearing->voice, hearing->channel)) {
    return true;
  }
  mn_error_set(
    error, MN_STATUS_BAD_INPUT, "lasts more than %d sixteenths", MN_MAX_SCORE_STEPS);
  return false;
}

bool
mn_midi_score_read(MnMidiScore* const     score,
                   char const* const      path,
                   MnHearing const* const hearing,
                   MnError* const         error)
{
  MnMidiFile file;
  MnError    reason = {0};
  *score            = (MnMidiScore){0};
  if (!mn_midifile_read(&file, path, hearing->strict, error)) {
    return false;
  }
  if (mn_hear(&file, hearing, &score->heard, &reason) &&
      take_file(score, &file, hearing, &reason)) {
    return true;
  }
  free(file.events);
  score->events = NULL;
  mn_error_set(error, reason.status, "%.200s: %.280s", mn_midi_name(path), reason.text);
  return false;
}

void
mn_midi_faults_warn(MnMidiFaults const* const faults, char const* const path)
{
  for (size_t i = 0; i < faults->count && i < MN_FAULTS_TOLD; ++i) {
    MnMidiFault const* const fault = &faults->first[i];
    mn_warn("%.200s: %s: %s", mn_midi_name(path), fault->what, fault->mended);
  }
  if (faults->count > MN_FAULTS_TOLD) {
    mn_warn("%.200s: %zu more faults", mn_midi_name(path), faults->count - MN_FAULTS_TOLD);
  }
}

void
mn_midi_score_warn(MnMidiScore const* const score, char const* const path)
{
  mn_midi_faults_warn(&score->faults, path);
}

void
mn_midi_score_tell(MnMidiScore const* const score, char const* const path)
{
  char text[MN_HEARD_TEXT];
  if (mn_heardpart_choice(&score->heard, &score->names, text)) {
    mn_fail(MN_EXIT_GOOD, "%.200s: hears %s", mn_midi_name(path), text);
  }
}

void
mn_midi_score_tell_silence(MnMidiScore const* const score, char const* const path)
{
  char text[MN_HEARD_TEXT];
  mn_heardpart_silence(&score->heard, text);
  mn_fail(MN_EXIT_GOOD, "%.200s: %s", mn_midi_name(path), text);
}

void
mn_midi_score_free(MnMidiScore* const score)
{
  free(score->events);
}

MnBar
mn_midi_score_first_bar(MnMidiScore const* const score)
{
  MnBar bar = mn_bar_default;
  bar.number -= score->heard.upbeat;
  return bar;
}

// A metre that makes no sense is passed over, as the timeline does.
static bool
is_metre(MnMidiEvent const* const event)
{
  return event->kind == MN_MIDI_METRE && event->bytes[0] > 0 &&
         event->bytes[1] <= MAX_LOG_BEAT_UNIT;
}

bool
mn_midi_score_next_metre(MnMidiScore* const score,
                         int64_t const      step,
                         MnBar* const       bar,
                         int64_t* const     from)
{
  for (; score->metre < score->count; ++score->metre) {
    MnMidiEvent const* const event = &score->events[score->metre];
    if (!is_metre(event)) {
      continue;
    }
    double const start = mn_midi_score_position(score, event);
    *from              = (int64_t)floor(start + 0.5); // as the grid rounds bars
    if (*from > step) {
      return false;
    }
    // A bar that the new metre cuts short counts as one.
    MnBar const   before = mn_bar_at(bar, start + tolerance_steps);
    bool const    cut    = start - before.start > tolerance_steps;
    int64_t const number = before.number + cut;
    *bar = mn_bar_make(start, number, event->bytes[0], 1 << event->bytes[1]);
    ++score->metre;
    return true;
  }
  return false;
}

double
mn_midi_score_seconds(MnMidiScore* const score, int64_t const step)
{
  double const tick = (double)step * score->ppqn / steps_per_quarter;
  for (; score->tempo < score->count; ++score->tempo) {
    MnMidiEvent const* const event = &score->events[score->tempo];
    if (event->tick > tick) {
      break;
    }
    if (event->kind == MN_MIDI_TEMPO && event->tempo > 0) {
      double const quarters = (event->tick - score->tempo_tick) / score->ppqn;
      score->tempo_seconds += quarters * score->beat_seconds;
      score->tempo_tick   = event->tick;
      score->beat_seconds = event->tempo / 1e6;
    }
  }
  return score->tempo_seconds +
         (tick - score->tempo_tick) / score->ppqn * score->beat_seconds;
}
