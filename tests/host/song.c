// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "song.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = SONG_PPQ / 4, BAR = 4 * SONG_PPQ };

Song*
song_new(double const bpm)
{
  Song* const song = (Song*)calloc(1, sizeof(Song));
  song_add_tempo(song, 0, bpm);
  song_add_metre(song, 0, 4, 4);
  return song;
}

void
song_free(Song* const song)
{
  free(song->events);
  free(song);
}

void
song_add_tempo(Song* const song, uint32_t const tick, double const bpm)
{
  song->tempos[song->tempo_count++] = (SongTempo){tick, bpm};
}

void
song_add_metre(Song* const song, uint32_t const tick, int const beats, int const unit)
{
  if (tick == 0) {
    song->metre_count = 0;
  }
  song->metres[song->metre_count++] = (SongMetre){tick, beats, unit};
}

static void
add_event(Song* const song, SongEvent const event)
{
  if (song->count == song->room) {
    song->room   = song->room ? 2 * song->room : 64;
    song->events = (SongEvent*)realloc(song->events, song->room * sizeof(SongEvent));
  }
  song->events[song->count++] = event;
}

void
song_add_note(Song* const    song,
              uint32_t const tick,
              uint32_t const length,
              unsigned const channel,
              unsigned const pitch)
{
  uint8_t const c = (uint8_t)channel;
  uint8_t const p = (uint8_t)pitch;
  add_event(song, (SongEvent){tick, {(uint8_t)(0x90 | c), p, 80}});
  add_event(song, (SongEvent){tick + length, {(uint8_t)(0x80 | c), p, 64}});
}

void
song_add_control(Song* const    song,
                 uint32_t const tick,
                 unsigned const channel,
                 unsigned const controller,
                 unsigned const value)
{
  add_event(
    song,
    (SongEvent){tick, {(uint8_t)(0xB0 | channel), (uint8_t)controller, (uint8_t)value}});
}

// By time. Note-offs come before note-ons, so that a repeated key is released first.
static int
compare_events(void const* const a, void const* const b)
{
  SongEvent const* const x = (SongEvent const*)a;
  SongEvent const* const y = (SongEvent const*)b;
  if (x->tick != y->tick) {
    return x->tick < y->tick ? -1 : 1;
  }
  return memcmp(x->message, y->message, sizeof(x->message));
}

void
song_sort(Song* const song)
{
  if (song->count) {
    qsort(song->events, song->count, sizeof(SongEvent), compare_events);
  }
}

uint32_t
song_end(Song const* const song)
{
  return song->count ? song->events[song->count - 1].tick : 0;
}

// xorshift64*: the same numbers everywhere.
static unsigned
draw(uint64_t* const state, unsigned const below)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return (unsigned)((*state * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

void
song_add_tune(Song* const song, unsigned const bars, uint64_t seed)
{
  static int const scale[] = {0, 2, 4, 5, 7, 9, 11};
  int              degree  = 7;
  uint32_t const   end     = bars * BAR;
  seed |= 1;
  for (uint32_t tick = 0; tick < end;) {
    uint32_t const length = STEP * (1U << draw(&seed, 4));
    degree += (int)draw(&seed, 5) - 2;
    degree               = degree < 0 ? 2 : degree > 20 ? 18 : degree;
    unsigned const pitch = 48U + 12U * (unsigned)(degree / 7) + (unsigned)scale[degree % 7];
    unsigned const kind  = draw(&seed, 12);
    if (kind >= 2) { // otherwise a rest
      // Some notes lie between the steps, exactly on the half and elsewhere.
      uint32_t const late = kind == 2 ? STEP / 2 : kind == 3 ? draw(&seed, STEP) : 0;
      song_add_note(song, tick + late, length - STEP / 8, 0, pitch);
      if (kind == 4) {
        song_add_note(song, tick, length, 1, pitch - 12);
      }
    }
    tick += length;
  }
}

void
song_add_noise(Song* const song, uint32_t const tick, unsigned const bars, uint64_t seed)
{
  seed |= 1;
  for (unsigned w = 0; w < bars / 2; ++w) {
    bool           onset[33] = {[32] = true};
    unsigned const count     = 2 + draw(&seed, 31);
    for (unsigned n = 0; n < count;) {
      unsigned const step = draw(&seed, 32);
      n += !onset[step];
      onset[step] = true;
    }
    for (unsigned step = 0; step < 32; ++step) {
      unsigned next = step + 1;
      while (!onset[next]) {
        ++next;
      }
      if (onset[step]) {
        song_add_note(song,
                      tick + w * 2 * BAR + step * STEP,
                      (next - step) * STEP,
                      0,
                      30 + draw(&seed, 71));
      }
    }
  }
}

double
song_seconds(Song const* const song, double const tick)
{
  double seconds = 0;
  for (unsigned i = 0; i < song->tempo_count; ++i) {
    SongTempo const* const t = &song->tempos[i];
    bool const   end = i + 1 == song->tempo_count || tick < song->tempos[i + 1].tick;
    double const to  = end ? tick : song->tempos[i + 1].tick;
    seconds += (to - t->tick) / SONG_PPQ * 60.0 / t->bpm;
    if (end) {
      break;
    }
  }
  return seconds;
}

double
song_tick(Song const* const song, double const seconds)
{
  unsigned i = song->tempo_count - 1;
  while (i > 0 && song_seconds(song, song->tempos[i].tick) > seconds + 1e-9) {
    --i;
  }
  SongTempo const* const t = &song->tempos[i];
  return t->tick + (seconds - song_seconds(song, t->tick)) * t->bpm / 60.0 * SONG_PPQ;
}

HostPosition
song_position(Song const* const song, double const seconds, double const rate)
{
  double const tick   = song_tick(song, seconds);
  double const margin = 1e-6; // for a bar line rounded to a frame
  int64_t      bar    = 0;
  unsigned     m      = 0;
  unsigned     t      = 0;
  while (t + 1 < song->tempo_count && song->tempos[t + 1].tick <= tick + margin) {
    ++t;
  }
  double beat;
  double in;
  for (;; ++m) {
    SongMetre const* const metre = &song->metres[m];
    beat                         = 4.0 * SONG_PPQ / metre->unit;
    double const length          = beat * metre->beats;
    bool const   last =
      m + 1 == song->metre_count || song->metres[m + 1].tick > tick + margin;
    double const upto = last ? tick : song->metres[m + 1].tick;
    double const bars = floor((upto - metre->tick + margin) / length);
    bar += (int64_t)bars;
    in = upto - metre->tick - bars * length;
    if (last) {
      break;
    }
  }
  return (HostPosition){.speed         = 1,
                        .frame         = (int64_t)llround(seconds * rate),
                        .bar           = bar,
                        .bar_beat      = in > 0 ? in / beat : 0,
                        .beats_per_bar = song->metres[m].beats,
                        .beat_unit     = song->metres[m].unit,
                        .bpm           = song->tempos[t].bpm};
}

static void
put_number(FILE* const file, uint32_t const value, int const bytes)
{
  for (int i = bytes - 1; i >= 0; --i) {
    fputc((int)(value >> (8 * i) & 0xFF), file);
  }
}

static void
put_length(FILE* const file, uint32_t const value)
{
  for (int shift = 21; shift > 0; shift -= 7) {
    if (value >> shift) {
      fputc((int)((value >> shift & 0x7F) | 0x80), file);
    }
  }
  fputc((int)(value & 0x7F), file);
}

// The content of a track, in order: metre and tempo before notes on the same tick.
static void
write_track(Song const* const song, FILE* const file)
{
  uint32_t now = 0;
  size_t   e   = 0;
  unsigned m   = 0;
  unsigned t   = 0;
  for (;;) {
    uint32_t const metre = m < song->metre_count ? song->metres[m].tick : UINT32_MAX;
    uint32_t const tempo = t < song->tempo_count ? song->tempos[t].tick : UINT32_MAX;
    uint32_t const event = e < song->count ? song->events[e].tick : UINT32_MAX;
    uint32_t const next  = metre < tempo ? metre : tempo;
    if (next == UINT32_MAX && event == UINT32_MAX) {
      break;
    }
    uint32_t const at = next <= event ? next : event;
    put_length(file, at - now);
    now = at;
    if (metre == at) {
      int const unit = song->metres[m].unit;
      put_number(file, 0xFF5804, 3);
      put_number(file, (uint32_t)song->metres[m++].beats, 1);
      put_number(file, (uint32_t)lrint(log2(unit)), 1);
      put_number(file, 0x1808, 2);
    } else if (tempo == at) {
      put_number(file, 0xFF5103, 3);
      put_number(file, (uint32_t)lrint(60e6 / song->tempos[t++].bpm), 3);
    } else {
      fwrite(song->events[e++].message, 1, 3, file);
    }
  }
  put_number(file, 0x00FF2F00, 4);
}

void
song_write(Song const* const song, char const* const path)
{
  FILE* const file = fopen(path, "wb");
  if (!file) {
    perror(path);
    exit(EXIT_FAILURE);
  }
  fputs("MThd", file);
  put_number(file, 6, 4);
  put_number(file, 0, 2);
  put_number(file, 1, 2);
  put_number(file, SONG_PPQ, 2);
  fputs("MTrk", file);
  long const at = ftell(file);
  put_number(file, 0, 4);
  write_track(song, file);
  long const end = ftell(file);
  fseek(file, at, SEEK_SET);
  put_number(file, (uint32_t)(end - at - 4), 4);
  if (fclose(file)) {
    perror(path);
    exit(EXIT_FAILURE);
  }
}

static uint32_t
next_block(SongPlay const* const how, uint64_t* const seed)
{
  static uint32_t const sizes[] = {1, 3, 17, 64, 100, 511, 1024, 4096};
  return how->block ? how->block : sizes[draw(seed, 8)];
}

// A point where the transport changes.
typedef struct {
  uint64_t frames[2 * SONG_CHANGES + 1];
  unsigned count;
  unsigned next;
} Changes;

static int
compare_frames(void const* const a, void const* const b)
{
  uint64_t const x = *(uint64_t const*)a;
  uint64_t const y = *(uint64_t const*)b;
  return (x > y) - (x < y);
}

static Changes
find_changes(Song const* const song, double const rate)
{
  Changes c = {.count = 0};
  for (unsigned i = 0; i < song->tempo_count; ++i) {
    double const seconds = song_seconds(song, song->tempos[i].tick);
    c.frames[c.count++]  = (uint64_t)ceil(seconds * rate - 1e-6);
  }
  for (unsigned i = 0; i < song->metre_count; ++i) {
    double const seconds = song_seconds(song, song->metres[i].tick);
    c.frames[c.count++]  = (uint64_t)ceil(seconds * rate - 1e-6);
  }
  qsort(c.frames, c.count, sizeof(*c.frames), compare_frames);
  c.frames[c.count] = UINT64_MAX;
  return c;
}

static void
say_position(Song const* const     song,
             Host* const           host,
             SongPlay const* const how,
             uint64_t const        from,
             uint64_t const        frame)
{
  HostPosition p = song_position(song, (double)frame / how->rate, how->rate);
  p.is_blank     = how->is_blank;
  p.as_doubles   = how->as_doubles;
  host_position(host, (uint32_t)(frame - from), &p);
}

// Sends the changes before frame `until` of the block that starts at `from`.
static void
say_changes(Song const* const     song,
            Host* const           host,
            SongPlay const* const how,
            Changes* const        c,
            uint64_t const        from,
            uint64_t const        until)
{
  while (c->frames[c->next] < until) {
    say_position(song, host, how, from, c->frames[c->next]);
    ++c->next;
  }
}

void
song_play(Song const* const     song,
          Host* const           host,
          SongPlay const* const how,
          void (*const each)(Host*, void*),
          void* const data)
{
  double const   beyond = song_end(song) + 2.2 * BAR;
  uint64_t const end    = (uint64_t)ceil(song_seconds(song, beyond) * how->rate);
  Changes        c      = find_changes(song, how->rate);
  c.next                = how->no_transport ? c.count : 0;
  uint64_t seed         = 7;
  size_t   e            = 0;
  for (uint64_t from = 0; from < end;) {
    uint32_t const n = next_block(how, &seed);
    if (how->every_block && !how->no_transport && c.frames[c.next] != from) {
      say_position(song, host, how, from, from);
    }
    for (; e < song->count; ++e) {
      double const   seconds = song_seconds(song, song->events[e].tick);
      uint64_t const frame   = (uint64_t)llround(seconds * how->rate);
      if (frame >= from + n) {
        break;
      }
      say_changes(song, host, how, &c, from, frame + 1);
      host_midi(host, (uint32_t)(frame - from), song->events[e].message, 3);
    }
    say_changes(song, host, how, &c, from, from + n);
    if (how->feeds_tempo) {
      double const seconds = (double)from / how->rate;
      host_set(host, "tempo", (float)song_position(song, seconds, how->rate).bpm);
    }
    host_run(host, n);
    each(host, data);
    from += n;
  }
}
