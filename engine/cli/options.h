// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The command line: the options that a command takes, and their values.

#ifndef MN_CLI_OPTIONS_H
#define MN_CLI_OPTIONS_H

#include "checkpoint/quantise.h"
#include "common/terminal.h"
#include "encoder/kernel.h"
#include "midi/hearing.h"
#include "notes/melody.h"
#include "notes/window.h"

#include <getopt.h>
#include <stdbool.h>

typedef enum {
  MN_FORMAT_TEXT,
  MN_FORMAT_JSON,
  MN_FORMAT_CSV,
  MN_FORMAT_MAGENTA_JS, ///< a tensor as JSON
  MN_FORMAT_COUNT
} MnOutputFormat;

enum { MN_PEDAL_COUNT = 2 }; ///< it holds notes, or is ignored

/// How import rounds weights.
typedef enum {
  MN_ROUND_AUTO, ///< int8 compensated where a corpus allows it, else to nearest
  MN_ROUND_NEAREST,
  MN_ROUND_COMPENSATED,
  MN_ROUND_COUNT
} MnRoundChoice;

/// The values of the options, or their defaults.
typedef struct {
  char const*     operand; ///< NULL if there is none
  char const*     model;   ///< path, or NULL for the default model
  MnKernel const* kernel;
  bool            kernel_given; ///< false: it is the best
  MnOutputFormat  format;
  MnHop           hop;
  unsigned        channel;
  MnVoice         voice;
  char const*     track;         ///< its number or name, or NULL
  double          upbeat;        ///< quarter notes
  bool            guess;         ///< that
  bool            channel_given; ///< not the default
  bool            no_pedal;
  bool            strict; ///< mend no MIDI file
  bool            latent;
  bool            sigma; ///< print it beside z
  bool            ask;   ///< measure what standard input asks for
  double          seconds;
  char const*     magenta_js; ///< folder to write, or NULL
  size_t          shard_size; ///< in bytes
  char const*     output;     ///< file to write, or NULL
  char const*     name;       ///< of the model, or NULL
  char const*     licence;    ///< of the weights, or NULL
  MnWeightsType   weights;
  MnWeightsType   decoder_weights; ///< of a decoder
  MnRoundChoice   rounding;
  unsigned        hidden_frac;
  unsigned        steps;   ///< in a window; 0 if not given
  unsigned        windows; ///< to calibrate on; 0 if not given, UINT_MAX for all
  unsigned        window;  ///< to draw, from 1; 0 if not given
  unsigned        width;   ///< of a picture, in pixels; 0 if not given
  unsigned        height;
  bool            piece;        ///< to draw, not a window
  bool            light;        ///< a picture on white
  bool            list;         ///< only list the tensors
  double          scale;        ///< of a picture
  char const*     decoder;      ///< weights with a decoder, or NULL
  char const*     second_level; ///< weights with one, or NULL
  char const*     midi;         ///< MIDI file to encode first, or NULL
  uint64_t        seed;
  double          amount; ///< of a variation, 0 to 1
  double          tempo;  ///< of a MIDI file that is written, in bpm
  uint32_t        temperature_q16;
  unsigned        random;  ///< so many random sequences; 0 if not given
  unsigned        heldout; ///< percents of the files
  unsigned        jobs;    ///< files at once; 0 if not given
  bool            no_report;
  char const*     files_from; ///< list of files, or NULL
  char const**    corpora;    ///< paths, freed by mn_options_free()
  size_t          corpus_count;
  char const**    lines; ///< paths of whole lines, freed likewise
  size_t          line_count;
  char const*     preset; ///< of the plugin, or NULL
  char const**    sets;   ///< "symbol=value", or "axis=amount", freed likewise
  size_t          set_count;
} MnOptions;

/// A command of the program.
typedef struct {
  char const*          name;
  char const*          help;    ///< what --help says
  struct option const* options; ///< of the table below, ended by zeros
  char const*          operand; ///< what the operand is, NULL if there is none
  bool                 needs_operand;
  bool                 more_operands; ///< after a --corpus, operands but the first are too
  bool                 many_operands; ///< any number, all of them in `corpora`
  char const*          letters; ///< of short options, as getopt() wants them; may be NULL
  unsigned             formats; ///< bits 1 << Format
  MnOutputFormat       format;  ///< the default
  int (*run)(MnOptions const* options); ///< @return the exit status
} MnCommand;

extern MnCommand const mn_analyze_command;
extern MnCommand const mn_encode_command;
extern MnCommand const mn_decode_command;
extern MnCommand const mn_morph_command;
extern MnCommand const mn_vary_command;
extern MnCommand const mn_draw_command;
extern MnCommand const mn_render_command;
extern MnCommand const mn_info_command;
extern MnCommand const mn_bench_command;
extern MnCommand const mn_export_command;
extern MnCommand const mn_import_command;
extern MnCommand const mn_study_command;
extern MnCommand const mn_latent_command;
extern MnCommand const mn_extract_command;
extern MnCommand const mn_tracks_command;

// Entries for tables of options.
#define MN_OPTION_HELP             \
  {                                \
    "help", no_argument, NULL, 'h' \
  }
#define MN_OPTION_MODEL                   \
  {                                       \
    "model", required_argument, NULL, 'm' \
  }
#define MN_OPTION_KERNEL                   \
  {                                        \
    "kernel", required_argument, NULL, 'k' \
  }
#define MN_OPTION_FORMAT                   \
  {                                        \
    "format", required_argument, NULL, 'f' \
  }
#define MN_OPTION_HOP                   \
  {                                     \
    "hop", required_argument, NULL, 'H' \
  }
#define MN_OPTION_CHANNEL                   \
  {                                         \
    "channel", required_argument, NULL, 'c' \
  }
#define MN_OPTION_TRACK                   \
  {                                       \
    "track", required_argument, NULL, '7' \
  }
#define MN_OPTION_OFFSET                   \
  {                                        \
    "offset", required_argument, NULL, '8' \
  }
#define MN_OPTION_PEDAL                   \
  {                                       \
    "pedal", required_argument, NULL, '9' \
  }
#define MN_OPTION_JSON             \
  {                                \
    "json", no_argument, NULL, '6' \
  }
#define MN_OPTION_VOICE                   \
  {                                       \
    "voice", required_argument, NULL, 'v' \
  }
#define MN_OPTION_LATENT             \
  {                                  \
    "latent", no_argument, NULL, 'l' \
  }
#define MN_OPTION_SECONDS                   \
  {                                         \
    "seconds", required_argument, NULL, 's' \
  }
#define MN_OPTION_ASK             \
  {                               \
    "ask", no_argument, NULL, 'A' \
  }
#define MN_OPTION_MAGENTA_JS                   \
  {                                            \
    "magenta-js", required_argument, NULL, 'j' \
  }
#define MN_OPTION_SHARD_SIZE                   \
  {                                            \
    "shard-size", required_argument, NULL, 'S' \
  }
#define MN_OPTION_OUTPUT                   \
  {                                        \
    "output", required_argument, NULL, 'o' \
  }
#define MN_OPTION_CORPUS                   \
  {                                        \
    "corpus", required_argument, NULL, 'C' \
  }
#define MN_OPTION_LINES                   \
  {                                       \
    "lines", required_argument, NULL, 'I' \
  }
#define MN_OPTION_WEIGHTS                   \
  {                                         \
    "weights", required_argument, NULL, 'w' \
  }
#define MN_OPTION_ROUNDING                   \
  {                                          \
    "rounding", required_argument, NULL, 'r' \
  }
#define MN_OPTION_NAME                   \
  {                                      \
    "name", required_argument, NULL, 'n' \
  }
#define MN_OPTION_STEPS                   \
  {                                       \
    "steps", required_argument, NULL, 'T' \
  }
#define MN_OPTION_LICENCE                   \
  {                                         \
    "licence", required_argument, NULL, 'L' \
  }
#define MN_OPTION_LIST             \
  {                                \
    "list", no_argument, NULL, 'i' \
  }
#define MN_OPTION_WINDOWS                   \
  {                                         \
    "windows", required_argument, NULL, 'N' \
  }
#define MN_OPTION_HIDDEN_FRAC                   \
  {                                             \
    "hidden-frac", required_argument, NULL, 'F' \
  }
#define MN_OPTION_WINDOW                   \
  {                                        \
    "window", required_argument, NULL, 'W' \
  }
#define MN_OPTION_SIZE                   \
  {                                      \
    "size", required_argument, NULL, 'Z' \
  }
#define MN_OPTION_SCALE                   \
  {                                       \
    "scale", required_argument, NULL, 'x' \
  }
#define MN_OPTION_PIECE             \
  {                                 \
    "piece", no_argument, NULL, '5' \
  }
#define MN_OPTION_LIGHT             \
  {                                 \
    "light", no_argument, NULL, 'g' \
  }
#define MN_OPTION_DECODER                   \
  {                                         \
    "decoder", required_argument, NULL, 'D' \
  }
#define MN_OPTION_DECODER_WEIGHTS                   \
  {                                                 \
    "decoder-weights", required_argument, NULL, 'd' \
  }
#define MN_OPTION_LONG                   \
  {                                      \
    "long", required_argument, NULL, 'K' \
  }
#define MN_OPTION_RANDOM                   \
  {                                        \
    "random", required_argument, NULL, 'R' \
  }
#define MN_OPTION_NO_REPORT             \
  {                                     \
    "no-report", no_argument, NULL, 'P' \
  }
#define MN_OPTION_STRICT             \
  {                                  \
    "strict", no_argument, NULL, 'X' \
  }
#define MN_OPTION_SIGMA             \
  {                                 \
    "sigma", no_argument, NULL, 'G' \
  }
#define MN_OPTION_HELDOUT                   \
  {                                         \
    "heldout", required_argument, NULL, 'O' \
  }
#define MN_OPTION_PRESET                   \
  {                                        \
    "preset", required_argument, NULL, '3' \
  }
#define MN_OPTION_SET                   \
  {                                     \
    "set", required_argument, NULL, '4' \
  }
#define MN_OPTION_MOVE                   \
  {                                      \
    "move", required_argument, NULL, '4' \
  }
#define MN_OPTION_JOBS                   \
  {                                      \
    "jobs", required_argument, NULL, 'J' \
  }
#define MN_OPTION_FILES_FROM                   \
  {                                            \
    "files-from", required_argument, NULL, 'Y' \
  }
#define MN_OPTION_MIDI                   \
  {                                      \
    "midi", required_argument, NULL, 'M' \
  }
#define MN_OPTION_TEMPERATURE                   \
  {                                             \
    "temperature", required_argument, NULL, 't' \
  }
#define MN_OPTION_SEED                   \
  {                                      \
    "seed", required_argument, NULL, 'e' \
  }
#define MN_OPTION_AMOUNT                   \
  {                                        \
    "amount", required_argument, NULL, 'a' \
  }
#define MN_OPTION_TEMPO                   \
  {                                       \
    "tempo", required_argument, NULL, 'q' \
  }
#define MN_OPTIONS_END \
  {                    \
    NULL, 0, NULL, 0   \
  }

typedef enum {
  MN_PARSED_RUN,       ///< the command is to be run
  MN_PARSED_HELP,      ///< --help was among the options
  MN_PARSED_BAD,       ///< the reason is on stderr
  MN_PARSED_NO_MEMORY, ///< likewise
} MnParsed;

/// Reads the arguments of a command; argv[0] is its name.
MnParsed
mn_options_parse(MnCommand const* command, int argc, char** argv, MnOptions* options);

/// What to hear of a MIDI file. If neither a track nor a channel is given, that is the
/// likeliest melody.
MnHearing
mn_options_hearing(MnOptions const* options);

/// Frees what mn_options_parse() allocated, also if it failed.
void
mn_options_free(MnOptions* options);

#endif // MN_CLI_OPTIONS_H
