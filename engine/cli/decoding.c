// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "decoding.h"

#include "base/fixed.h"
#include "base/midi_track.h"
#include "base/newfile.h"
#include "base/parallel.h"
#include "decoder/decoder.h"
#include "decoder/place_move.h"
#include "decoder/place_style.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The farthest that places are moved along an axis or towards a style, in either direction.
enum { MOST_MOVE = 4 };

int
mn_decoding_open(MnDecoding* const d, MnModel const* const model)
{
  *d = (MnDecoding){.model = model};
  return model->decoder.layers
           ? MN_EXIT_GOOD
           : mn_fail(MN_EXIT_BAD_INPUT,
                     "%.200s: no decoder; `import --decoder` makes models that have one",
                     model->path);
}

void
mn_decoding_close(MnDecoding* const d)
{
  free(d->mu);
  free(d->rests);
  free(d->tokens);
}

// Lengthens an array. @return false if memory runs out; then it is as it was.
static bool
lengthen(void** const array, size_t const size)
{
  void* const longer = realloc(*array, size);
  *array             = longer ? longer : *array;
  return longer;
}

static bool
make_room(MnDecoding* const d)
{
  if (d->count < d->room) {
    return true;
  }
  size_t const room = d->room ? 2 * d->room : 16;
  void*        mu   = d->mu;
  void*        rest = d->rests;
  bool const   good = lengthen(&mu, room * d->model->latent * sizeof(*d->mu)) &&
                    lengthen(&rest, room * sizeof(*d->rests));
  d->mu    = (int32_t*)mu;
  d->rests = (bool*)rest;
  d->room  = good ? room : d->room;
  return good;
}

bool
mn_decoding_add(MnDecoding* const d, int32_t const* const mu)
{
  if (!make_room(d)) {
    return false;
  }
  size_t const   latent = d->model->latent;
  int32_t* const row    = d->mu + d->count * latent;
  memset(row, 0, latent * sizeof(*row));
  if (mu) {
    memcpy(row, mu, latent * sizeof(*row));
  }
  d->rests[d->count++] = !mu;
  return true;
}

// How far each axis is to be moved, and the pull towards each style.
typedef struct {
  double axis[MN_AXES];
  double style[MN_STYLES];
} Moves;

// Where the amount of an axis or a style is kept. @return NULL if there is none of that name.
static double*
find_move(MnModel const* const model,
          char const* const    name,
          size_t const         size,
          Moves* const         m)
{
  MnStyleTable const* const styles = &model->long_table.style;
  for (unsigned a = 0; mn_place_can_move(model) && a < MN_AXES; ++a) {
    char const* const own = model->readout.axes[a].name;
    if (strlen(own) == size && !strncmp(own, name, size)) {
      return &m->axis[a];
    }
  }
  for (unsigned s = 0; mn_place_can_pull(model) && s < styles->count; ++s) {
    if (strlen(styles->name[s]) == size && !strncmp(styles->name[s], name, size)) {
      return &m->style[s];
    }
  }
  return NULL;
}

// Reads "name=amount". @return false after telling the user.
static bool
read_move(MnModel const* const model, char const* const text, Moves* const m)
{
  char const* const equal = strchr(text, '=');
  size_t const      size  = equal ? (size_t)(equal - text) : 0;
  double* const     found = size ? find_move(model, text, size, m) : NULL;
  char*             end   = NULL;
  if (!found) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--move '%.80s': not NAME=AMOUNT with an axis or a style of the model, such as "
            "%s=1; see `info`",
            text,
            mn_place_can_move(model) ? model->readout.axes[0].name
                                     : model->long_table.style.name[0]);
    return false;
  }
  *found = strtod(equal + 1, &end);
  if (end == equal + 1 || *end || !(fabs(*found) <= MOST_MOVE)) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "--move '%.80s': the amount is not a number from -%d to %d",
            text,
            MOST_MOVE,
            MOST_MOVE);
    return false;
  }
  return true;
}

int
mn_decoding_move(MnDecoding* const d, MnOptions const* const options)
{
  MnModel const* const model = d->model;
  Moves                moves = {{0}, {0}};
  if (options->set_count && !mn_place_can_move(model) && !mn_place_can_pull(model)) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "%.200s: its decoder's axes are not known; `import` it anew",
                   model->path);
  }
  for (size_t i = 0; i < options->set_count; ++i) {
    if (!read_move(model, options->sets[i], &moves)) {
      return MN_EXIT_BAD_INPUT;
    }
  }
  for (size_t i = 0; options->set_count && i < d->count; ++i) {
    int32_t* const mu = d->mu + i * model->latent;
    for (unsigned s = 0; s < model->long_table.style.count; ++s) {
      mn_place_pull(model, s, moves.style[s], mu);
    }
    mn_place_move(model, moves.axis, mu);
  }
  return MN_EXIT_GOOD;
}

typedef struct {
  MnDecoding*      decoding;
  MnOptions const* options;
  char*            memory; // of a decoder for each worker
  size_t           size;
} Task;

static void
decode_window(void* const context, size_t const index, unsigned const worker)
{
  Task const* const       t     = (Task const*)context;
  MnDecoding const* const d     = t->decoding;
  unsigned const          steps = d->model->steps;
  if (d->rests[index]) {
    return; // the tokens are 0: hold
  }
  MnDecoder* const decoder =
    mn_decoder_init(t->memory + worker * t->size, d->model, t->options->kernel);
  mn_decoder_start(decoder,
                   d->mu + index * d->model->latent,
                   &(MnChoice){t->options->temperature_q16, t->options->seed, index});
  mn_decoder_run(decoder, mn_decoder_units(d->model));
  memcpy(d->tokens + index * steps, mn_decoder_tokens(decoder), steps);
}

static int
decode_windows(MnDecoding* const d, MnOptions const* const options)
{
  unsigned const workers = mn_parallel_workers();
  size_t const   size    = mn_decoder_size(d->model);
  Task           task    = {d, options, NULL, size};
  task.memory            = (char*)aligned_alloc(MN_DECODER_ALIGN, workers * size);
  d->tokens              = (uint8_t*)calloc(d->count + 1, d->model->steps);
  bool const good        = task.memory && d->tokens;
  if (good) {
    mn_parallel_run(&(MnPieces){
      .count = d->count, .workers = workers, .context = &task, .piece = decode_window});
  }
  free(task.memory);
  return good ? MN_EXIT_GOOD : mn_fail_memory();
}

static int
print_tokens(MnDecoding const* const d)
{
  unsigned const steps = d->model->steps;
  for (size_t i = 0; i < d->count * steps; ++i) {
    printf("%u%c", d->tokens[i], i % steps + 1 == steps ? '\n' : ' ');
  }
  return ferror(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD; // main() says why
}

// A note lasts until the next one, a note-off, or the end of its window.
static void
put_windows(MnDecoding const* const d, MnMidiTrack* const track)
{
  unsigned const steps = d->model->steps;
  for (size_t w = 0; w < d->count; ++w) {
    int pitch = 0;
    for (unsigned i = 0; i <= steps; ++i) {
      int const     token = i < steps ? d->tokens[w * steps + i] : MN_NOTE_OFF;
      int64_t const step  = (int64_t)(w * steps + i);
      if (pitch && token != MN_HOLD) {
        mn_midi_track_note(track, step, false, pitch);
        pitch = 0;
      }
      if (token > MN_NOTE_OFF) {
        pitch = token + MN_NOTE_OFFSET;
        mn_midi_track_note(track, step, true, pitch);
      }
    }
  }
}

static bool
write_track(MnMidiTrack* const track, char const* const path, MnError* const error)
{
  MnNewFile file;
  if (!mn_newfile_open(&file, path, error)) {
    return false;
  }
  bool const written = mn_midi_track_write(track, file.file);
  if (!written) {
    mn_error_set(error, MN_STATUS_IO, "%.200s: %s", path, strerror(errno));
  }
  bool const good =
    written && mn_newfile_close(&file, error) && mn_newfile_keep(&file, error);
  mn_newfile_drop(&file);
  return good;
}

static int
write_windows(MnDecoding const* const d, MnOptions const* const options)
{
  if (!options->output) {
    return print_tokens(d);
  }
  MnError     error = {0};
  MnMidiTrack track;
  if (!mn_midi_track_init(&track, mn_count_onsets(d->tokens, d->count * d->model->steps))) {
    return mn_fail_memory();
  }
  mn_midi_track_tempo(&track, options->tempo);
  mn_midi_track_metre(&track, 4, 2);
  put_windows(d, &track);
  bool const good = write_track(&track, options->output, &error);
  mn_midi_track_free(&track);
  return good ? MN_EXIT_GOOD : mn_fail_writing(&error);
}

int
mn_decoding_finish(MnDecoding* const d, MnOptions const* const options)
{
  int const status = decode_windows(d, options);
  return status ? status : write_windows(d, options);
}
