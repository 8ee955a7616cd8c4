// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "hearing.h"

#include "base/midi.h"
#include "trackparts.h"
#include "upbeat.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool
is_note(MnMidiEvent const* const e)
{
  return mn_midi_strikes(e->bytes, 3) || mn_midi_releases(e->bytes, 3);
}

static bool
is_pedal(MnMidiEvent const* const e)
{
  return (e->bytes[0] & MN_MIDI_KIND) == MN_MIDI_CONTROL &&
         e->bytes[1] == MN_MIDI_CC_SUSTAIN;
}

static bool
is_wanted(MnHeardPart const* const heard, bool const no_pedal, MnMidiEvent const* const e)
{
  if (e->kind != MN_MIDI_MESSAGE) {
    return true;
  }
  if ((no_pedal && is_pedal(e)) || (heard->track && e->track + 1U != heard->track)) {
    return false;
  }
  return !heard->channels || !is_note(e) ||
         (heard->channels >> (e->bytes[0] & MN_MIDI_CHANNEL) & 1);
}

static void
drop_unwanted(MnMidiFile* const file, MnHeardPart const* const heard, bool const no_pedal)
{
  size_t kept = 0;
  for (size_t i = 0; i < file->count; ++i) {
    if (is_wanted(heard, no_pedal, &file->events[i])) {
      file->events[kept++] = file->events[i];
    }
  }
  file->count = kept;
}

static void
count_notes(MnMidiFile const* const file, MnHeardPart* const heard)
{
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e       = &file->events[i];
    unsigned const           channel = (e->bytes[0] & MN_MIDI_CHANNEL) + 1U;
    if (e->kind != MN_MIDI_MESSAGE || !mn_midi_strikes(e->bytes, 3)) {
      continue;
    }
    ++heard->notes;
    if (heard->channel == MN_CHANNEL_ANY ? channel == MN_CHANNEL_DRUM
                                         : channel != heard->channel) {
      ++heard->drums;
    } else {
      heard->outside += e->bytes[1] < MN_LOWEST_NOTE || e->bytes[1] > MN_HIGHEST_NOTE;
    }
  }
}

// Finds a track with notes by its number or its name.
static bool
find_track(MnMidiFile const* const   file,
           MnTrackParts const* const parts,
           char const* const         wanted,
           unsigned* const           track)
{
  bool const number = !wanted[strspn(wanted, "0123456789")];
  char       text[16];
  for (size_t i = 0; i < parts->count; ++i) {
    *track = parts->parts[i].track;
    snprintf(text, sizeof(text), "%u", *track);
    if (number ? !strcmp(text, wanted)
               : !strcasecmp(mn_track_name(&file->names, *track), wanted)) {
      return true;
    }
  }
  return false;
}

static bool
choose(MnMidiFile const* const file,
       MnHearing const* const  hearing,
       MnHeardPart* const      heard,
       MnError* const          error)
{
  MnTrackParts parts;
  bool         good = true;
  if (!hearing->track && (!hearing->choose || file->in_a_row)) {
    return true;
  }
  if (!mn_trackparts_find(file, &parts, error)) {
    return false;
  }
  if (hearing->track) {
    good = find_track(file, &parts, hearing->track, &heard->track);
  } else if (parts.heard > 1) {
    MnTrackPart const* const melody = &parts.parts[parts.melody];
    heard->track                    = melody->track;
    heard->channels                 = melody->channels;
    heard->parts                    = parts.heard;
  }
  mn_trackparts_free(&parts);
  if (!good) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "no track '%.80s' with notes; 'music-neurons tracks' lists them",
                 hearing->track);
  }
  return good;
}

bool
mn_hear(MnMidiFile* const      file,
        MnHearing const* const hearing,
        MnHeardPart* const     heard,
        MnError* const         error)
{
  *heard = (MnHeardPart){.channel = hearing->channel};
  if (!choose(file, hearing, heard, error)) {
    return false;
  }
  drop_unwanted(file, heard, hearing->no_pedal);
  count_notes(file, heard);
  double const upbeat =
    hearing->guess ? mn_upbeat_guess(file, hearing->channel) : hearing->upbeat;
  heard->upbeat = upbeat > 0;
  return !heard->upbeat || mn_upbeat_set(file, upbeat, error);
}

void
mn_heardpart_silence(MnHeardPart const* const h, char text[MN_HEARD_TEXT])
{
  static char const drums[] = "on channel 10, where the drums are";
  static char const piano[] = "below or above the piano's keys, 21 to 108";
  if (!h->notes) {
    snprintf(text, MN_HEARD_TEXT, "no notes");
  } else if (h->channel != MN_CHANNEL_ANY && h->drums == h->notes) {
    snprintf(text, MN_HEARD_TEXT, "no notes on channel %u", h->channel);
  } else if (h->drums == h->notes) {
    snprintf(text, MN_HEARD_TEXT, "no notes but %s; --channel 10 hears them", drums);
  } else if (h->channel != MN_CHANNEL_ANY || !h->drums) {
    snprintf(text, MN_HEARD_TEXT, "no notes but %s", piano);
  } else {
    snprintf(text, MN_HEARD_TEXT, "no notes but %s, and %s", drums, piano);
  }
}

bool
mn_heardpart_choice(MnHeardPart const* const  h,
                    MnTrackNames const* const names,
                    char                      text[MN_HEARD_TEXT])
{
  char const* const name    = mn_track_name(names, h->track);
  unsigned const    channel = mn_heardpart_channel(h);
  char              where[32];
  if (channel) {
    snprintf(where, sizeof(where), ", channel %u", channel);
  } else {
    snprintf(where, sizeof(where), ", %d channels", __builtin_popcount(h->channels));
  }
  snprintf(text,
           MN_HEARD_TEXT,
           "track %u%s%s%s%s: the likeliest melody of %zu parts",
           h->track,
           where,
           *name ? " (" : "",
           name,
           *name ? ")" : "",
           h->parts);
  return h->parts;
}

unsigned
mn_heardpart_channel(MnHeardPart const* const h)
{
  if (h->channel != MN_CHANNEL_ANY) {
    return h->channel;
  }
  bool const one = h->channels && !(h->channels & (h->channels - 1U));
  return one ? (unsigned)__builtin_ctz(h->channels) + 1 : 0;
}
