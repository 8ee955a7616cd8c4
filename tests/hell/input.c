// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What comes in: music, positions and messages, well-formed and not.

#include "hell.h"

#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <math.h>
#include <string.h>

enum { FLOOD = 10000 };

// The sequence that is being made.
typedef struct {
  uint8_t  bytes[HELL_BUFFER / 2];
  size_t   size;
  int64_t  time;
  bool     sorted;
  uint32_t frames;
  unsigned events;
} Writer;

// One for all instances: their blocks run one after the other.
static Writer writer;

static void
put(void const* const bytes, size_t const size)
{
  if (writer.size + size <= sizeof(writer.bytes)) {
    memcpy(writer.bytes + writer.size, bytes, size);
    writer.size += size;
  }
}

static void
pad(void)
{
  static uint8_t const zeros[8] = {0};
  put(zeros, -writer.size & 7);
}

static void
put_atom(LV2_URID const type, void const* const body, uint32_t const size)
{
  LV2_Atom const atom = {size, type};
  put(&atom, sizeof(atom));
  put(body, size);
  pad();
}

// When the next event is: mostly in the block, in order.
static void
begin_event(HellManner const* const manner, Random* const random)
{
  int64_t time = writer.time;
  if (writer.frames && one_in(random, 3)) {
    time += random_below(random, writer.frames - (uint32_t)writer.time);
  }
  writer.time = time;
  if (manner->bad_times && one_in(random, manner->bad_times)) {
    static int64_t const times[] = {-1, INT64_MIN, INT64_MAX, UINT32_MAX, HELL_MAX_BLOCK};
    time                         = one_in(random, 2) ? times[random_below(random, 5)]
                                                     : random_from(random, -100, 2 * HELL_MAX_BLOCK);
    writer.sorted                = false;
  }
  put(&time, sizeof(time));
  ++writer.events;
}

static void
put_midi(HellManner const* const manner,
         Random* const           random,
         void const* const       message,
         uint32_t const          size)
{
  begin_event(manner, random);
  put_atom(hell_urid(LV2_MIDI__MidiEvent), message, size);
}

static void
put_note(HellManner const* const manner, Random* const random)
{
  // Few pitches and channels, so that notes also end.
  uint8_t const message[] = {
    (uint8_t)((one_in(random, 2) ? 0x90 : 0x80) | random_below(random, 2)),
    (uint8_t)(one_in(random, 50) ? random_below(random, 128)
                                 : 60 + random_below(random, 6)),
    (uint8_t)random_below(random, 128)};
  put_midi(manner, random, message, 3);
}

// Pedals, panic, MPE zones and what else there is, complete.
static void
put_message(HellManner const* const manner, Random* const random)
{
  static uint8_t const controllers[] = {
    64, 66, 120, 121, 123, 6, 38, 100, 101, 126, 127, 1, 20, 21};
  uint8_t const channel    = (uint8_t)random_below(random, 16);
  uint8_t const value      = (uint8_t)random_below(random, 128);
  uint8_t       message[3] = {(uint8_t)(0xB0 | channel),
                              controllers[random_below(random, sizeof(controllers))],
                              value};
  uint32_t      size       = 3;
  if (one_in(random, 3)) {
    message[0] = (uint8_t)(0x80 + random_below(random, 0x80));
    message[1] = (uint8_t)random_below(random, 128);
    size       = message[0] >= 0xF8 ? 1 : (message[0] & 0xE0) == 0xC0 ? 2 : 3;
  }
  put_midi(manner, random, message, size);
}

// Cut off, without a status, or anything; sysex of any length.
static void
put_rubbish(HellManner const* const manner, Random* const random)
{
  uint8_t        message[6000];
  bool const     sysex = one_in(random, 4);
  uint32_t const most  = one_in(random, 10) ? sizeof(message) : sysex ? 300 : 4;
  uint32_t const size  = random_below(random, most + 1);
  for (uint32_t i = 0; i < size; ++i) {
    message[i] = (uint8_t)random_next(random);
  }
  if (size && sysex) {
    message[0] = 0xF0;
  } else if (size && one_in(random, 3)) {
    message[0] &= 0x7F;
  } else if (size && one_in(random, 2)) {
    message[0] = (uint8_t)(0x80 | random_below(random, 0x40));
  }
  put_midi(manner, random, message, size);
}

double
hell_odd_number(Random* const random)
{
  double const numbers[] = {NAN,     -NAN,    INFINITY,     -INFINITY, 0,    -0.0, 5e-324,
                            -5e-324, 1e-40,   1e308,        -1e308,    -1,   1e9,  -1e9,
                            9.3e18,  -9.3e18, 4294967296.0, 0.5,       1e-9, 256};
  return one_in(random, 3)
           ? random_real(random, -1000, 1000)
           : numbers[random_below(random, sizeof(numbers) / sizeof(*numbers))];
}

// A number of any numeric type.
static void
put_number(Random* const random, char const* const key, double const value)
{
  LV2_Atom_Property_Body const head = {hell_urid(key), 0, {0, 0}};
  put(&head, offsetof(LV2_Atom_Property_Body, value));
  bool const    whole = value == floor(value) && fabs(value) < 1e9;
  float const   real  = (float)value;
  int32_t const small = whole ? (int32_t)value : 0;
  int64_t const large = small;
  switch (random_below(random, whole ? 4 : 2)) {
  case 0:
    put_atom(hell_urid(LV2_ATOM__Float), &real, sizeof(real));
    break;
  case 1:
    put_atom(hell_urid(LV2_ATOM__Double), &value, sizeof(value));
    break;
  case 2:
    put_atom(hell_urid(LV2_ATOM__Int), &small, sizeof(small));
    break;
  default:
    put_atom(hell_urid(LV2_ATOM__Long), &large, sizeof(large));
  }
}

// A value whose type or size no number has.
static void
put_wrong(Random* const random, char const* const key)
{
  static char const* const     types[] = {LV2_ATOM__Float,
                                          LV2_ATOM__Double,
                                          LV2_ATOM__Int,
                                          LV2_ATOM__Long,
                                          LV2_ATOM__Bool,
                                          LV2_ATOM__String,
                                          LV2_ATOM__URID,
                                          LV2_ATOM__Path,
                                          LV2_ATOM__Vector};
  LV2_Atom_Property_Body const head    = {hell_urid(key), 0, {0, 0}};
  uint64_t const               body[2] = {random_next(random), random_next(random)};
  put(&head, offsetof(LV2_Atom_Property_Body, value));
  put_atom(hell_urid(types[random_below(random, 9)]),
           body,
           random_below(random, sizeof(body) + 1));
}

// Returns where the object's atom is, for end_object().
static size_t
begin_object(HellManner const* const manner, Random* const random, char const* const type)
{
  begin_event(manner, random);
  size_t const          at     = writer.size;
  LV2_Atom_Object const object = {
    {0, hell_urid(one_in(random, 3) ? LV2_ATOM__Blank : LV2_ATOM__Object)},
    {random_below(random, 3), hell_urid(type)}};
  put(&object, sizeof(object));
  return at;
}

static void
end_object(size_t const at)
{
  if (at + sizeof(LV2_Atom) <= writer.size) {
    uint32_t const size = (uint32_t)(writer.size - at - sizeof(LV2_Atom));
    memcpy(writer.bytes + at, &size, sizeof(size));
  }
}

static double
number_or_odd(Random* const random, uint32_t const odd, double const value)
{
  return odd && one_in(random, odd) ? hell_odd_number(random) : value;
}

// Where the transport goes: on, mostly; a jump, a loop, another tempo or metre.
static void
move_transport(HellTransport* const t, Random* const random)
{
  static int const units[] = {1, 2, 4, 8, 16, 32, 64};
  switch (random_below(random, 12)) {
  case 0:
    t->beat = random_real(random, -100, 1000);
    break;
  case 1:
    t->beat = 4 * floor(t->beat / 8);
    break;
  case 2:
    t->bpm = random_real(random, 1, 999);
    break;
  case 3:
    t->beats = random_from(random, 1, 32);
    t->unit  = units[random_below(random, 7)];
    break;
  case 4:
    t->speed = one_in(random, 2) ? 1 : one_in(random, 2) ? 0 : random_real(random, -2, 2);
    break;
  default:
    break;
  }
}

static void
put_position(HellManner const* const manner, HellTransport* const t, Random* const random)
{
  move_transport(t, random);
  double const   quarters = 4.0 * t->beats / t->unit;
  double const   bar      = floor(t->beat / quarters);
  double const   bar_beat = (t->beat - bar * quarters) * t->unit / 4;
  uint32_t const odd      = manner->nonsense;
  struct {
    char const* key;
    double      value;
  } const said[] = {
    {LV2_TIME__frame, floor(t->beat * 1000)},
    {LV2_TIME__speed, t->speed},
    {LV2_TIME__bar, bar},
    {LV2_TIME__barBeat, bar_beat},
    {LV2_TIME__beatUnit, t->unit},
    {LV2_TIME__beatsPerBar, t->beats},
    {LV2_TIME__beatsPerMinute, t->bpm},
  };
  bool const   some = one_in(random, 4); // a part of the fields
  size_t const at   = begin_object(manner, random, LV2_TIME__Position);
  for (unsigned i = 0; i < sizeof(said) / sizeof(*said); ++i) {
    if (some && one_in(random, 2)) {
      continue;
    }
    if (odd && one_in(random, 2 * odd)) {
      put_wrong(random, said[i].key);
    } else {
      put_number(random, said[i].key, number_or_odd(random, odd, said[i].value));
    }
  }
  end_object(at);
}

static void
put_key(char const* const key)
{
  uint32_t const head[] = {hell_urid(key), 0};
  put(head, sizeof(head));
}

static void
put_path(Random* const random)
{
  static char       longest[6000];
  char const* const model = hell_models[random_below(random, HELL_MODELS)];
  uint32_t const    whole = (uint32_t)strlen(model) + 1;
  memset(longest, 'x', sizeof(longest) - 1);
  switch (random_below(random, 12)) {
  case 0:
    put_atom(hell_urid(LV2_ATOM__Path), longest, sizeof(longest));
    break;
  case 1:
    put_atom(hell_urid(LV2_ATOM__Path), model, whole - 1); // without its end
    break;
  case 2:
    put_atom(hell_urid(LV2_ATOM__String), model, whole);
    break;
  default:
    put_atom(hell_urid(LV2_ATOM__Path), model, whole);
  }
}

static void
put_patch(HellManner const* const manner, Random* const random)
{
  LV2_URID const model = hell_urid(one_in(random, 10) ? LV2_TIME__bar : MN_MODEL_URI);
  bool const     asks  = one_in(random, 3);
  size_t const   at = begin_object(manner, random, asks ? LV2_PATCH__Get : LV2_PATCH__Set);
  if (!asks || one_in(random, 2)) {
    put_key(LV2_PATCH__property);
    put_atom(hell_urid(one_in(random, 10) ? LV2_ATOM__Int : LV2_ATOM__URID),
             &model,
             one_in(random, 5) ? random_below(random, 4) : sizeof(model));
  }
  if (!asks) {
    put_key(LV2_PATCH__value);
    put_path(random);
  }
  end_object(at);
}

// The sequence's own size may be wrong, but never exceeds the buffer: every host
// guarantees that.
static void
garble(Random* const random)
{
  LV2_Atom_Sequence* const head = (LV2_Atom_Sequence*)(void*)writer.bytes;
  writer.sorted                 = false;
  switch (random_below(random, 8)) {
  case 0:
    head->atom.size = random_below(random, head->atom.size + 1);
    break;
  case 1:
    head->atom.type = random_below(random, 30);
    break;
  case 2:
    head->body.unit = (uint32_t)random_next(random);
    break;
  default:
    for (unsigned i = 0; i < 4 && writer.size > sizeof(*head); ++i) {
      size_t const at = sizeof(*head) + random_next(random) % (writer.size - sizeof(*head));
      writer.bytes[at] = one_in(random, 3) ? 0xFF : (uint8_t)random_next(random);
    }
  }
}

static bool
happens(Random* const random, uint32_t const chance)
{
  return chance && one_in(random, chance);
}

HellInput
hell_input(HellInstance* const     h,
           HellManner const* const manner,
           uint32_t const          frames,
           Random* const           random)
{
  LV2_Atom_Sequence const head = {{0, hell_urid(LV2_ATOM__Sequence)}, {0, 0}};
  writer.size                  = 0;
  writer.time                  = 0;
  writer.sorted                = frames > 0;
  writer.frames                = frames;
  writer.events                = 0;
  put(&head, sizeof(head));

  unsigned const events = happens(random, manner->flood) ? FLOOD : random_below(random, 5);
  for (unsigned i = 0; i < events; ++i) {
    if (happens(random, manner->notes)) {
      put_note(manner, random);
    } else if (one_in(random, 4)) {
      put_message(manner, random);
    }
    if (happens(random, manner->rubbish)) {
      put_rubbish(manner, random);
    }
    if (i < 5 && happens(random, manner->positions)) {
      put_position(manner, &h->transport, random);
    }
    if (i < 5 && happens(random, manner->messages)) {
      put_patch(manner, random);
    }
  }
  LV2_Atom_Sequence* const all = (LV2_Atom_Sequence*)(void*)writer.bytes;
  all->atom.size               = (uint32_t)(writer.size - sizeof(LV2_Atom));
  if (happens(random, manner->garble)) {
    garble(random);
  }
  HellTransport* const t = &h->transport;
  t->beat += t->speed * t->bpm / 60 * frames / h->rate;
  return (HellInput){writer.bytes, writer.size, writer.events, writer.sorted};
}
