// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the files of `window_features` share: the list of all features, and the
/// notes of a window.

#ifndef MN_WINDOW_FEATURES_PARTS_H
#define MN_WINDOW_FEATURES_PARTS_H

#include "base/common.h"

#include <math.h>

/// F(id, code, name, high, low) of each feature, in order: pitch, melody, rhythm.
/// Octaves are numbered so that MIDI pitch 60 is C4.
#define MN_FEATURE_LIST(F)                                                                \
  F(P1, "P1", "commonest pitch", "one pitch prevails", "pitches evenly used")             \
  F(P2, "P2", "commonest class", "one pitch class prevails", "pitch classes evenly used") \
  F(P3, "P3", "second pitch ratio", "two pitches lead", "one pitch leads")                \
  F(P4, "P4", "second class ratio", "two pitch classes lead", "one pitch class leads")    \
  F(P5, "P5", "top pitches apart", NULL, NULL)                                            \
  F(P6, "P6", "top classes apart", NULL, NULL)                                            \
  F(P7, "P7", "common pitches", NULL, NULL)                                               \
  F(P8, "P8", "pitches", "more pitches", "fewer pitches")                                 \
  F(P9, "P9", "pitch classes", "more pitch classes", "fewer pitch classes")               \
  F(P10, "P10", "range", "wider range", "narrower range")                                 \
  F(P11, "P11", "main pitch", "higher main pitch", "lower main pitch")                    \
  F(P12, "P12", "mean pitch", "higher pitch", "lower pitch")                              \
  F(P13, "P13", "low register", "more notes below G3", "fewer notes below G3")            \
  F(P14,                                                                                  \
    "P14",                                                                                \
    "middle register",                                                                    \
    "more notes from G3 to C5",                                                           \
    "fewer notes from G3 to C5")                                                          \
  F(P15, "P15", "high register", "more notes above C5", "fewer notes above C5")           \
  F(P16, "P16", "main class", NULL, NULL)                                                 \
  F(HIGHEST, "", "highest", "higher top note", "lower top note")                          \
  F(LOWEST, "", "lowest", "higher bottom note", "lower bottom note")                      \
  F(FIRST_PITCH, "", "first pitch", "higher first note", "lower first note")              \
  F(LAST_PITCH, "", "last pitch", "higher last note", "lower last note")                  \
  F(MEAN_FROM_D5, "", "mean from D5", "high or low register", "middle register")          \
  F(FIRST_FROM_D5, "", "first from D5", "starts far from D5", "starts near D5")           \
  F(LAST_FROM_D5, "", "last from D5", "ends far from D5", "ends near D5")                 \
  F(SCALE_FIT, "", "scale fit", "closer to a scale", "more chromatic")                    \
  F(SHARPNESS, "", "sharpness", "sharper keys", "flatter keys")                           \
  F(WHITE_KEYS, "", "white keys", "more white keys", "more black keys")                   \
  F(FIRST_SHARPNESS,                                                                      \
    "",                                                                                   \
    "first sharpness",                                                                    \
    "starts on the sharp side",                                                           \
    "starts on the flat side")                                                            \
  F(FIRST_BLACK, "", "first black key", "starts on a black key", "starts on a white key") \
  F(M2, "M2", "mean interval", "wider intervals", "narrower intervals")                   \
  F(M3, "M3", "main interval", "wider usual interval", "narrower usual interval")         \
  F(M4, "M4", "top intervals apart", NULL, NULL)                                          \
  F(M5, "M5", "commonest interval", "one interval prevails", "intervals evenly used")     \
  F(M6, "M6", "second interval ratio", "two intervals lead", "one interval leads")        \
  F(M7, "M7", "common intervals", NULL, NULL)                                             \
  F(M8, "M8", "arpeggio", "more arpeggio", "less arpeggio")                               \
  F(M9, "M9", "repeated notes", "more repeated notes", "fewer repeated notes")            \
  F(M10, "M10", "semitones", "more semitone steps", "fewer semitone steps")               \
  F(M11, "M11", "stepwise", "more stepwise motion", "less stepwise motion")               \
  F(M12, "M12", "thirds", "more thirds", "fewer thirds")                                  \
  F(M13, "M13", "fifths", "more fifths", "fewer fifths")                                  \
  F(M14, "M14", "tritones", "more tritones", "fewer tritones")                            \
  F(M15, "M15", "octaves", "more octaves", "fewer octaves")                               \
  F(M17, "M17", "rising share", "more rising intervals", "more falling intervals")        \
  F(M18, "M18", "arc length", "longer melodic arcs", "shorter melodic arcs")              \
  F(M19, "M19", "arc span", "wider melodic arcs", "narrower melodic arcs")                \
  F(LARGEST_LEAP, "", "largest leap", "wider leaps", "no wide leaps")                     \
  F(SLOPE, "", "slope", "rising line", "falling line")                                    \
  F(RISE, "", "rise", "line ends higher", "line ends lower")                              \
  F(ARCH, "", "arch", "arched line", "dipping line")                                      \
  F(LATE_PITCH, "", "second half pitch", "second half higher", "second half lower")       \
  F(R15, "R15", "notes", "more notes", "fewer notes")                                     \
  F(R17, "R17", "mean duration", "longer notes", "shorter notes")                         \
  F(R18, "R18", "duration spread", "uneven durations", "even durations")                  \
  F(R19, "R19", "longest", "longer longest note", "shorter longest note")                 \
  F(R20, "R20", "shortest", "longer shortest note", "shorter shortest note")              \
  F(R22, "R22", "mean gap", "longer gaps between onsets", "shorter gaps between onsets")  \
  F(R23, "R23", "gap spread", "uneven rhythm", "even rhythm")                             \
  F(GAP_VARIATION, "", "gap variation", "rhythm of long and short", "rhythm all alike")   \
  F(RESTS, "", "rests", "more rests", "fewer rests")                                      \
  F(LEGATO, "", "legato", "more legato", "more staccato")                                 \
  F(OFF_BEAT, "", "off-beat", "more off-beat notes", "more on-beat notes")                \
  F(OFF_EIGHTHS,                                                                          \
    "",                                                                                   \
    "off-beat eighths",                                                                   \
    "more off-beat eighths",                                                              \
    "fewer off-beat eighths")                                                             \
  F(ODD_STEPS, "", "odd sixteenths", "more odd sixteenths", "fewer odd sixteenths")       \
  F(SYNCOPATION, "", "syncopation", "more syncopated", "less syncopated")                 \
  F(SAME_RHYTHM, "", "same rhythm", "bars alike in rhythm", "bars unlike in rhythm")      \
  F(MEAN_ONSET, "", "mean onset", "later onsets", "earlier onsets")                       \
  F(FIRST_ONSET, "", "first onset", "later start", "earlier start")                       \
  F(LATE_NOTES, "", "second half notes", "second half busier", "first half busier")       \
  F(FIRST_EARLY,                                                                          \
    "",                                                                                   \
    "first half early",                                                                   \
    "first half starts busier",                                                           \
    "first half ends busier")                                                             \
  F(SECOND_EARLY,                                                                         \
    "",                                                                                   \
    "second half early",                                                                  \
    "second half starts busier",                                                          \
    "second half ends busier")                                                            \
  F(MIDDLE_NOTES, "", "middle notes", "busier middle", "busier start and end")            \
  F(MID_BAR, "", "mid-bar notes", "more notes mid-bar", "more notes around bar lines")

#define MN_FEATURE_ID(id, code, name, high, low) FEATURE_##id,
enum { MN_FEATURE_LIST(MN_FEATURE_ID) FEATURE_COUNT };

/// The notes of a window, in order. A note lasts until the next event or the end.
typedef struct {
  unsigned steps; ///< of the window
  unsigned count;
  unsigned pitch[MN_MAX_STEPS]; ///< MIDI
  unsigned start[MN_MAX_STEPS]; ///< in steps
  unsigned duration[MN_MAX_STEPS];
} MnNotes;

/// The quarters of a window, 0..3. 1 and 2 are its middle, 2 and 3 its second half.
static inline unsigned
mn_notes_quarter(MnNotes const* const notes, unsigned const note)
{
  return notes->start[note] * 4 / notes->steps;
}

/// a / b, or NAN if b is 0.
static inline double
mn_share(double const a, unsigned const b)
{
  return b ? a / b : NAN;
}

/// Each sets the features of its part that are defined. There must be a note.
void
mn_features_pitch(MnNotes const* notes, double* values);

void
mn_features_melody(MnNotes const* notes, double* values);

void
mn_features_rhythm(MnNotes const* notes, double* values);

#endif // MN_WINDOW_FEATURES_PARTS_H
