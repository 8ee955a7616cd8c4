// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "trackparts.h"

#include "base/midi.h"
#include "likeness.h"

#include <stdlib.h>
#include <string.h>

enum { NO_PART = -1 };

// What a track does on a channel.
typedef struct {
  int  part; // or NO_PART
  int  program;
  bool notes;
} Use;

static bool
strikes(MnMidiEvent const* const e)
{
  return e->kind == MN_MIDI_MESSAGE && mn_midi_strikes(e->bytes, 3);
}

static unsigned
channel_of(MnMidiEvent const* const e)
{
  return e->bytes[0] & MN_MIDI_CHANNEL;
}

static size_t
count_tracks(MnMidiFile const* const file)
{
  size_t tracks = 0;
  for (size_t i = 0; i < file->count; ++i) {
    tracks = file->events[i].track >= tracks ? file->events[i].track + 1U : tracks;
  }
  return tracks;
}

// @param uses [tracks][channels]. A program that another track sets on the channel counts
// where the track itself sets none.
static void
find_uses(MnMidiFile const* const file, size_t const tracks, Use* const uses)
{
  int any[MN_CHANNELS];
  for (unsigned c = 0; c < MN_CHANNELS; ++c) {
    any[c] = MN_NO_PROGRAM;
  }
  for (size_t i = 0; i < tracks * MN_CHANNELS; ++i) {
    uses[i] = (Use){NO_PART, MN_NO_PROGRAM, false};
  }
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e   = &file->events[i];
    unsigned const           c   = channel_of(e);
    Use* const               use = &uses[e->track * MN_CHANNELS + c];
    if (e->kind == MN_MIDI_PROGRAM_CHANGE) {
      use->program = use->program == MN_NO_PROGRAM ? e->bytes[1] : use->program;
      any[c]       = any[c] == MN_NO_PROGRAM ? e->bytes[1] : any[c];
    }
    use->notes = use->notes || strikes(e);
  }
  for (size_t i = 0; i < tracks * MN_CHANNELS; ++i) {
    uses[i].program =
      uses[i].program == MN_NO_PROGRAM ? any[i % MN_CHANNELS] : uses[i].program;
  }
}

// Puts a channel into the part of its track that has its program, or into a new one.
static void
add_channel(MnTrackParts* const parts,
            Use* const          track,
            unsigned const      number,
            unsigned const      c)
{
  bool const drums = c == MN_CHANNEL_DRUM - 1;
  for (unsigned other = 0; other < c && !drums; ++other) {
    if (track[other].notes && track[other].program == track[c].program &&
        other != MN_CHANNEL_DRUM - 1) {
      track[c].part = track[other].part;
      parts->parts[track[c].part].channels |= (MnChannelSet)(1U << c);
      return;
    }
  }
  track[c].part                = (int)parts->count;
  parts->parts[parts->count++] = (MnTrackPart){
    .track    = number,
    .channels = (MnChannelSet)(1U << c),
    .program  = track[c].program,
    .drums    = drums,
    .lowest   = MN_MIDI_MAX,
  };
}

static bool
add_parts(MnTrackParts* const parts, Use* const uses, size_t const tracks)
{
  size_t most = 0;
  for (size_t i = 0; i < tracks * MN_CHANNELS; ++i) {
    most += uses[i].notes;
  }
  parts->parts = (MnTrackPart*)calloc(most + 1, sizeof(*parts->parts));
  for (size_t t = 0; t < tracks && parts->parts; ++t) {
    Use* const track = uses + t * MN_CHANNELS;
    for (unsigned c = 0; c < MN_CHANNELS; ++c) {
      if (track[c].notes) {
        add_channel(parts, track, (unsigned)t + 1, c);
      }
    }
  }
  return parts->parts;
}

// Finds the events of each part, part after part, each in order of time. @param first
// [parts + 1], where each part's begin. @param sorted Their places in the file.
static void
sort_events(MnMidiFile const* const file,
            Use const* const        uses,
            size_t const            parts,
            size_t* const           first,
            size_t* const           sorted)
{
  memset(first, 0, (parts + 1) * sizeof(*first));
  for (int pass = 0; pass < 2; ++pass) {
    for (size_t i = 0; i < file->count; ++i) {
      MnMidiEvent const* const e    = &file->events[i];
      int const                part = e->kind == MN_MIDI_MESSAGE
                                        ? uses[e->track * MN_CHANNELS + channel_of(e)].part
                                        : NO_PART;
      if (part == NO_PART) {
        continue;
      }
      if (pass) {
        sorted[first[part]++] = i;
      } else {
        ++first[part + 1];
      }
    }
    for (size_t p = 1; p <= parts && !pass; ++p) {
      first[p] += first[p - 1];
    }
  }
  memmove(first + 1, first, parts * sizeof(*first));
  *first = 0;
}

// The bars in which a note starts that is heard.
static size_t
count_bars(MnMidiFile const* const file)
{
  MnLikeness all;
  mn_likeness_init(&all, file->ppqn);
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e = &file->events[i];
    if (strikes(e) && channel_of(e) != MN_CHANNEL_DRUM - 1) {
      mn_likeness_count_bar(&all, e);
    }
  }
  return all.bars;
}

static void
describe(MnTrackPart* const      part,
         MnMidiFile const* const file,
         size_t const* const     places,
         size_t const            count,
         size_t const            bars)
{
  MnLikeness likeness;
  mn_likeness_init(&likeness, file->ppqn);
  for (size_t i = 0; i < count; ++i) {
    MnMidiEvent const* const e = &file->events[places[i]];
    mn_likeness_take(&likeness, e);
    if (strikes(e)) {
      unsigned const key = e->bytes[1];
      part->lowest       = key < part->lowest ? key : part->lowest;
      part->highest      = key > part->highest ? key : part->highest;
      ++part->notes;
    }
  }
  part->polyphony = likeness.most;
  if (!part->drums) {
    part->heard = likeness.heard;
    part->likeness =
      mn_likeness_of(&likeness, bars, mn_track_name(&file->names, part->track));
  }
}

static void
find_melody(MnTrackParts* const parts)
{
  parts->melody = (unsigned)parts->count;
  for (size_t i = 0; i < parts->count; ++i) {
    MnTrackPart const* const part = &parts->parts[i];
    MnTrackPart const* const best =
      parts->melody < parts->count ? &parts->parts[parts->melody] : NULL;
    parts->heard += part->heard > 0;
    if (part->heard && (!best || part->likeness > best->likeness ||
                        (part->likeness >= best->likeness && part->heard > best->heard))) {
      parts->melody = (unsigned)i;
    }
  }
}

static bool
describe_all(MnMidiFile const* const file, MnTrackParts* const parts, Use const* const uses)
{
  size_t* const first  = (size_t*)calloc(parts->count + 1, sizeof(*first));
  size_t* const sorted = (size_t*)calloc(file->count + 1, sizeof(*sorted));
  bool const    good   = first && sorted;
  size_t const  bars   = count_bars(file);
  if (good) {
    sort_events(file, uses, parts->count, first, sorted);
  }
  for (size_t p = 0; p < parts->count && good; ++p) {
    describe(&parts->parts[p], file, sorted + first[p], first[p + 1] - first[p], bars);
  }
  free(first);
  free(sorted);
  find_melody(parts);
  return good;
}

bool
mn_trackparts_find(MnMidiFile const* const file,
                   MnTrackParts* const     parts,
                   MnError* const          error)
{
  size_t const tracks = count_tracks(file);
  Use* const   uses   = (Use*)malloc((tracks + 1) * MN_CHANNELS * sizeof(*uses));
  *parts              = (MnTrackParts){0};
  bool good           = uses;
  if (good) {
    find_uses(file, tracks, uses);
    good = add_parts(parts, uses, tracks) && describe_all(file, parts, uses);
  }
  free(uses);
  if (!good) {
    mn_trackparts_free(parts);
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  return good;
}

void
mn_trackparts_free(MnTrackParts* const parts)
{
  free(parts->parts);
  *parts = (MnTrackParts){0};
}
