// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The plugin in a small host: what comes in on `in` and as state is made of the
// input's bytes, whose sizes may lie. The host owes no more than that a sequence
// lies within its buffer, and gives it not a byte more.

#include "atom_host.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum {
  MOST_FRAMES  = 4096,
  MOST_PATH    = 40,
  OBJECT_HEAD  = sizeof(LV2_Atom_Object_Body),
  KINDS_NUMBER = 6,
};

static void
put_u32(AtomHost* const h, uint32_t const number)
{
  atom_host_put(h, &number, sizeof(number));
}

static void
pad(AtomHost* const h)
{
  static uint8_t const zeros[8] = {0};
  atom_host_put(h, zeros, -h->used % 8);
}

// Begins an atom, whose size is known later. @return where it is.
static size_t
begin_atom(AtomHost* const h, LV2_URID const type)
{
  put_u32(h, 0);
  put_u32(h, type);
  return h->used - 8;
}

// Sizes are right three times of four.
static void
end_atom(AtomHost* const h, size_t const at, Input* const in)
{
  uint32_t       size = (uint32_t)(h->used - at - 8);
  uint64_t const lie  = input_take(in, 1);
  if (lie >= 0xF0) {
    size = (uint32_t)input_take(in, 4);
  } else if (lie >= 0xC0) {
    size += (uint32_t)lie - 0xD8;
  }
  memcpy(h->events + at, &size, sizeof(size));
}

static size_t
begin_event(AtomHost* const h, Input* const in, LV2_URID const type)
{
  pad(h);
  int64_t const frames = (int64_t)input_take(in, 1);
  int64_t const time   = frames < 250 ? frames * 8 : (int64_t)input_take(in, 8);
  atom_host_put(h, &time, sizeof(time));
  return begin_atom(h, type);
}

static size_t
begin_object(AtomHost* const h, Input* const in, LV2_URID const type)
{
  uint64_t const choice = input_take(in, 1);
  size_t const   at =
    begin_event(h, in, choice & 1 ? h->uris.atom_Blank : h->uris.atom_Object);
  put_u32(h, 0);
  put_u32(h, choice < 0xF0 ? type : (uint32_t)choice);
  return at;
}

static void
put_bytes(AtomHost* const h, Input* const in, size_t const most)
{
  size_t               size  = 0;
  uint8_t const* const bytes = input_bytes(in, most, &size);
  atom_host_put(h, bytes, size);
}

// A number of any type, or what is none.
static void
put_number(AtomHost* const h, Input* const in, LV2_URID const key)
{
  MnUris const* const u       = &h->uris;
  LV2_URID const      types[] = {
         u->atom_Float, u->atom_Double, u->atom_Int, u->atom_Long, u->atom_URID, u->atom_Path};
  unsigned const kind  = (unsigned)input_take(in, 1);
  double const   small = (double)(int8_t)input_take(in, 1) / 4;
  pad(h);
  put_u32(h, key);
  put_u32(h, 0);
  size_t const at = begin_atom(h, types[kind % KINDS_NUMBER]);
  if (kind >= 0xC0) {
    put_bytes(h, in, kind % KINDS_NUMBER == 1 || kind % KINDS_NUMBER == 3 ? 8 : 4);
  } else if (kind % KINDS_NUMBER == 0) {
    atom_host_put(h, &(float){(float)small}, sizeof(float));
  } else if (kind % KINDS_NUMBER == 1) {
    atom_host_put(h, &small, sizeof(small));
  } else if (kind % KINDS_NUMBER == 3) {
    atom_host_put(h, &(int64_t){(int64_t)small}, sizeof(int64_t));
  } else {
    put_u32(h, (uint32_t)(int32_t)small);
  }
  end_atom(h, at, in);
}

static void
put_position(AtomHost* const h, Input* const in)
{
  MnUris const* const u      = &h->uris;
  LV2_URID const      keys[] = {u->time_speed,
                                u->time_bar,
                                u->time_barBeat,
                                u->time_beatUnit,
                                u->time_beatsPerBar,
                                u->time_beatsPerMinute};
  size_t const        at     = begin_object(h, in, u->time_Position);
  uint64_t const      which  = input_take(in, 1);
  for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); ++i) {
    if (which >> i & 1) {
      put_number(h, in, keys[i]);
    }
  }
  end_atom(h, at, in);
}

static void
put_property(AtomHost* const h, Input* const in)
{
  uint64_t const kind = input_take(in, 1);
  pad(h);
  put_u32(h, h->uris.patch_property);
  put_u32(h, 0);
  size_t const at = begin_atom(h, kind & 0x80 ? (LV2_URID)kind % 64 : h->uris.atom_URID);
  if (kind & 1) {
    put_u32(h, h->uris.model);
  }
  end_atom(h, at, in);
}

static void
put_set(AtomHost* const h, Input* const in)
{
  size_t const at = begin_object(h, in, h->uris.patch_Set);
  put_property(h, in);
  uint64_t const kind = input_take(in, 1);
  pad(h);
  put_u32(h, h->uris.patch_value);
  put_u32(h, 0);
  size_t const value = begin_atom(h, kind & 0x80 ? (LV2_URID)kind % 64 : h->uris.atom_Path);
  if (kind & 1) {
    char const* const path = atom_host_model(h, kind / 2);
    atom_host_put(h, path, strlen(path) + 1);
  } else {
    put_bytes(h, in, kind % MOST_PATH);
  }
  end_atom(h, value, in);
  end_atom(h, at, in);
}

static void
put_get(AtomHost* const h, Input* const in)
{
  size_t const at = begin_object(h, in, h->uris.patch_Get);
  if (input_take(in, 1) & 1) {
    put_property(h, in);
  }
  end_atom(h, at, in);
}

static void
put_midi(AtomHost* const h, Input* const in)
{
  size_t const   at   = begin_event(h, in, h->uris.midi_MidiEvent);
  uint64_t const size = input_take(in, 1);
  put_bytes(h, in, size < 192 ? 3 : size - 192);
  end_atom(h, at, in);
}

static void
run_block(AtomHost* const h, Input* const in)
{
  uint64_t const frames = input_take(in, 2) % MOST_FRAMES;
  uint64_t const kind   = input_take(in, 1);
  if (!(kind & 1)) {
    pad(h);
  }
  atom_host_run(h, (uint32_t)frames, kind & 2 ? (uint32_t)input_take(in, 1) : UINT16_MAX);
  if (!(kind & 4)) {
    atom_host_work(h);
  }
}

static void
set_control(AtomHost* const h, Input* const in)
{
  uint64_t const port  = input_take(in, 1);
  uint64_t const kind  = input_take(in, 1);
  uint32_t const bits  = (uint32_t)input_take(in, kind & 0x80 ? 4 : 0);
  float          value = (float)(kind % 128);
  if (kind & 0x80) {
    memcpy(&value, &bits, sizeof(value));
  }
  atom_host_control(h, (unsigned)port, value);
}

static void
restore(AtomHost* const h, Input* const in)
{
  uint64_t const kind    = input_take(in, 1);
  LV2_URID const types[] = {
    h->uris.atom_Path, h->uris.atom_Bool, h->uris.atom_String, (LV2_URID)kind % 64};
  size_t         size  = 0;
  char const*    path  = atom_host_model(h, kind / 4);
  uint8_t const* bytes = (uint8_t const*)path;
  if (kind & 0x80) {
    bytes = input_bytes(in, kind % MOST_PATH, &size);
  } else {
    size = strlen(path) + 1;
  }
  atom_host_restore(h, kind & 0x40, types[kind % 4], bytes, size);
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  Input           in = {input, input + size};
  AtomHost* const h  = atom_host_new((unsigned)input_take(&in, 1));
  while (input_left(&in)) {
    switch (input_take(&in, 1) % 10) {
    case 0: // any bytes, which go into a block of their own
      put_bytes(h, &in, (size_t)input_take(&in, 1));
      atom_host_run(h, 64, UINT16_MAX);
      break;
    case 1:
    case 2:
      put_midi(h, &in);
      break;
    case 3:
      put_position(h, &in);
      break;
    case 4:
      put_set(h, &in);
      break;
    case 5:
      put_get(h, &in);
      break;
    case 6:
    case 7:
      run_block(h, &in);
      break;
    case 8:
      set_control(h, &in);
      break;
    default:
      restore(h, &in);
    }
  }
  atom_host_run(h, MOST_FRAMES, UINT16_MAX);
  atom_host_free(h);
  return 0;
}
