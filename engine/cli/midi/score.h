// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A MIDI file on the stream of steps: where its events, bars and seconds lie.

#ifndef MN_CLI_SCORE_H
#define MN_CLI_SCORE_H

#include "hearing.h"
#include "notes/timeline.h"

/// The longest music, in steps: 5 hours at 200 bpm.
enum { MN_MAX_SCORE_STEPS = 1000000 };

typedef struct {
  MnMidiEvent* events; ///< in order of time
  size_t       count;
  unsigned     ppqn;
  MnTrackNames names;
  MnMidiFaults faults;       ///< of the file, mended
  MnHeardPart  heard;        ///< of the file
  int64_t      end;          ///< step at which the last note ends, 0 if there is none
  size_t       metre;        ///< the next event that may be a metre
  size_t       tempo;        ///< the next event that may be a tempo
  double       beat_seconds; ///< of a quarter note, from the last tempo on
  double       tempo_tick;   ///< where that tempo starts
  double       tempo_seconds;
} MnMidiScore;

/// Reads a file, of which it keeps what is to be heard. @return false with the reason in
/// `error`.
MN_NODISCARD bool
mn_midi_score_read(MnMidiScore*     score,
                   char const*      path,
                   MnHearing const* hearing,
                   MnError*         error);

/// Prints the first faults of a file as warnings, one a line, and then how many more there
/// are.
void
mn_midi_faults_warn(MnMidiFaults const* faults, char const* path);

/// The same for those of a score.
void
mn_midi_score_warn(MnMidiScore const* score, char const* path);

/// Prints on stderr which part was chosen, if there was a choice.
void
mn_midi_score_tell(MnMidiScore const* score, char const* path);

/// Prints on stderr why a file has no notes.
void
mn_midi_score_tell_silence(MnMidiScore const* score, char const* path);

void
mn_midi_score_free(MnMidiScore* score);

/// The position of an event in steps.
double
mn_midi_score_position(MnMidiScore const* score, MnMidiEvent const* event);

/// The bar at the start, before any metre: number 0, or -1 if that is the upbeat.
MnBar
mn_midi_score_first_bar(MnMidiScore const* score);

/// Takes the next change of metre whose bar starts at or before `step`, and
/// makes `bar` the bar that it starts.
///
/// @param from The first step of the new bar. @return false if there is none.
bool
mn_midi_score_next_metre(MnMidiScore* score, int64_t step, MnBar* bar, int64_t* from);

/// The seconds from the start to a step. Steps must not decrease.
double
mn_midi_score_seconds(MnMidiScore* score, int64_t step);

#endif // MN_CLI_SCORE_H
