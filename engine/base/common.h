// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Marks and small types that every part of the engine shares.

#ifndef MN_COMMON_H
#define MN_COMMON_H

#include <stddef.h>
#include <stdint.h>

/// A function that the audio thread may call: it never allocates, locks or
/// waits. Clang 20 and later can check this; other compilers see nothing.
#if defined(__clang__) && __clang_major__ >= 20
#  define MN_REALTIME __attribute__((nonblocking))
#else
#  define MN_REALTIME
#endif

/// Around calls that clang cannot look into, and that are known not to wait: what
/// makes them so is said where this stands.
#if defined(__clang__) && __clang_major__ >= 20
#  define MN_TRUST_BEGIN             \
    _Pragma("clang diagnostic push") \
      _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#  define MN_TRUST_END _Pragma("clang diagnostic pop")
#else
#  define MN_TRUST_BEGIN
#  define MN_TRUST_END
#endif

#if defined(__GNUC__)
#  define MN_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#  define MN_PRINTF(fmt, first)
#endif

/// The token alphabet of MusicVAE's melodies: 0 = no event, 1 = note-off,
/// 2..89 = note-on of MIDI pitch 21..108.
enum {
  MN_CLASSES      = 90,
  MN_HOLD         = 0,
  MN_NOTE_OFF     = 1,
  MN_LOWEST_NOTE  = 21,
  MN_HIGHEST_NOTE = 108,
  MN_NOTE_OFFSET  = 19, ///< class of a note-on = pitch - 19
};

/// How many note-ons are among some tokens.
static inline unsigned
mn_count_onsets(uint8_t const* const tokens, size_t const steps)
{
  unsigned onsets = 0;
  for (size_t i = 0; i < steps; ++i) {
    onsets += tokens[i] > MN_NOTE_OFF;
  }
  return onsets;
}

/// Steps in the longest window (16 bars) and in the usual one (2 bars).
enum {
  MN_STEPS_2BAR  = 32,
  MN_STEPS_16BAR = 256,
  MN_MAX_STEPS   = MN_STEPS_16BAR,
};

/// Where an operation that can fail says why, in one line without a newline.
typedef struct {
  char text[512];
} MnError;

/// Writes the reason of a failure, cut to fit. `error` may be NULL.
void
mn_error_set(MnError* error, char const* format, ...) MN_PRINTF(2, 3);

#endif // MN_COMMON_H
