// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Attributes and small types that every part of the engine shares.

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

/// These two enclose calls that clang cannot see into but that never wait. A comment at
/// each use says why they never wait.
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

/// Marks a function that may fail: the compiler warns where its result is ignored.
#if defined(__GNUC__)
#  define MN_NODISCARD __attribute__((warn_unused_result))
#else
#  define MN_NODISCARD
#endif

/// C's `restrict`, which C++ spells in another way.
#if defined(__cplusplus)
#  define MN_RESTRICT __restrict
#else
#  define MN_RESTRICT restrict
#endif

/// The tokens of MusicVAE's melodies: 0 = no event, 1 = note-off, 2..89 = note-on of
/// MIDI pitch 21..108.
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
  unsigned note_ons = 0;
  for (size_t i = 0; i < steps; ++i) {
    note_ons += tokens[i] > MN_NOTE_OFF;
  }
  return note_ons;
}

/// Steps in the longest window (16 bars) and in the usual one (2 bars).
enum {
  MN_STEPS_2BAR  = 32,
  MN_STEPS_16BAR = 256,
  MN_MAX_STEPS   = MN_STEPS_16BAR,
};

/// Keys of MIDI: pitches from 0 up.
enum { MN_KEYS = 128 };

/// How large a model may be, and how many of its neurons a readout names. The
/// engine and whoever shows its results size their arrays by these.
enum {
  MN_MAX_LATENT    = 2048, ///< neurons
  MN_MAX_LABEL     = 31,   ///< bytes of a neuron's label, without the 0 at the end
  MN_MAX_AXIS      = 15,   ///< bytes of an axis's name, likewise
  MN_MAX_LANDMARKS = 16,   ///< kinds of music whose places on the axes a model knows
  MN_MAX_FEATURES  = 127,  ///< bytes of a neuron's features, likewise
  MN_RANKED        = 16,   ///< music neurons, the first by rank, with their percentiles
  MN_TOP           = 8,    ///< most excited neurons
  MN_AXES          = 8,    ///< named directions of the latent space
  MN_STYLES        = 8,    ///< styles that a second level tells, at most
  MN_PHRASE        = 8,    ///< windows that a second level reads: 16 bars
};

/// Rounds `count` up to a multiple of `unit`.
static inline size_t
mn_round_up(size_t const count, size_t const unit)
{
  return (count + unit - 1) / unit * unit;
}

/// The kind of a failure.
typedef enum {
  MN_SUCCESS = 0,
  MN_STATUS_BAD_INPUT,   ///< malformed, damaged, or not what was asked for
  MN_STATUS_NO_MEMORY,   ///< memory ran out
  MN_STATUS_IO,          ///< the system cannot open, read or write a file
  MN_STATUS_UNSUPPORTED, ///< well formed, but not supported
} MnStatus;

/// Why an operation failed: the kind of failure, and one line of text without a
/// newline.
typedef struct {
  MnStatus status;
  char     text[512];
} MnError;

/// Sets the kind and the text of an error. A text that is too long is cut. `error` may
/// be NULL.
void
mn_error_set(MnError* error, MnStatus status, char const* format, ...) MN_PRINTF(3, 4);

/// The kind of error of a failed system call.
///
/// @param code The value of errno after the call.
MnStatus
mn_status_of_errno(int code);

/// A character that keeps a line whole: control characters become '?'. Texts from
/// files may hold anything.
static inline char
mn_plain(char const c)
{
  return (unsigned char)c < ' ' || c == 0x7F ? '?' : c;
}

#endif // MN_COMMON_H
