// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Plugins to measure with. The tone's left channel gives, sample by sample, the
/// value of controller 20 on any MIDI channel and the key that sounds, as the
/// upper and lower 7 of 14 bits; its right channel is all ones. The gain leaves
/// the left channel as it is, and multiplies the right one by its level.

#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/urid/urid.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CONTROLLER = 20, TONE_PORTS = 3, GAIN_PORTS = 5 };

typedef struct {
  LV2_Atom_Sequence const* in;
  float*                   left;
  float*                   right;
  LV2_URID                 midi_event;
  uint8_t                  controller;
  uint8_t                  key; // 0: none
} Tone;

typedef struct {
  float const* in[2];
  float*       out[2];
  float const* level;
} Gain;

static LV2_Handle
tone_new(LV2_Descriptor const* const     descriptor,
         double const                    rate,
         char const* const               bundle,
         LV2_Feature const* const* const features)
{
  (void)descriptor;
  (void)rate;
  (void)bundle;
  Tone* const tone = (Tone*)calloc(1, sizeof(Tone));
  for (LV2_Feature const* const* f = features; tone && *f; ++f) {
    if (!strcmp((*f)->URI, LV2_URID__map)) {
      LV2_URID_Map const* const map = (LV2_URID_Map const*)(*f)->data;
      tone->midi_event              = map->map(map->handle, LV2_MIDI__MidiEvent);
    }
  }
  return tone;
}

static LV2_Handle
gain_new(LV2_Descriptor const* const     descriptor,
         double const                    rate,
         char const* const               bundle,
         LV2_Feature const* const* const features)
{
  (void)descriptor;
  (void)rate;
  (void)bundle;
  (void)features;
  return calloc(1, sizeof(Gain));
}

static void
tone_connect(LV2_Handle const handle, uint32_t const port, void* const data)
{
  Tone* const  tone              = (Tone*)handle;
  void** const ports[TONE_PORTS] = {
    (void**)&tone->in, (void**)&tone->left, (void**)&tone->right};
  if (port < TONE_PORTS) {
    *ports[port] = data;
  }
}

static void
gain_connect(LV2_Handle const handle, uint32_t const port, void* const data)
{
  Gain* const  gain              = (Gain*)handle;
  void** const ports[GAIN_PORTS] = {(void**)&gain->in[0],
                                    (void**)&gain->in[1],
                                    (void**)&gain->out[0],
                                    (void**)&gain->out[1],
                                    (void**)&gain->level};
  if (port < GAIN_PORTS) {
    *ports[port] = data;
  }
}

static void
hear(Tone* const tone, uint8_t const* const message)
{
  uint8_t const kind = message[0] & 0xF0;
  if (kind == LV2_MIDI_MSG_CONTROLLER && message[1] == CONTROLLER) {
    tone->controller = message[2];
  } else if (kind == LV2_MIDI_MSG_NOTE_ON && message[2]) {
    tone->key = message[1];
  } else if ((kind == LV2_MIDI_MSG_NOTE_ON || kind == LV2_MIDI_MSG_NOTE_OFF) &&
             message[1] == tone->key) {
    tone->key = 0;
  }
}

static void
sound(Tone const* const tone, uint32_t const start, uint32_t const end)
{
  for (uint32_t i = start; i < end; ++i) {
    tone->left[i]  = (float)(tone->controller << 7 | tone->key) / (1 << 14);
    tone->right[i] = 1;
  }
}

static void
tone_run(LV2_Handle const handle, uint32_t const frames)
{
  Tone* const tone = (Tone*)handle;
  uint32_t    now  = 0;
  LV2_ATOM_SEQUENCE_FOREACH(tone->in, event)
  {
    if (event->body.type == tone->midi_event && event->body.size == 3) {
      uint32_t const then = (uint32_t)event->time.frames;
      sound(tone, now, then);
      hear(tone, (uint8_t const*)(event + 1));
      now = then;
    }
  }
  sound(tone, now, frames);
}

static void
gain_run(LV2_Handle const handle, uint32_t const frames)
{
  Gain* const gain = (Gain*)handle;
  for (uint32_t i = 0; i < frames; ++i) {
    gain->out[0][i] = gain->in[0][i];
    gain->out[1][i] = gain->in[1][i] * *gain->level;
  }
}

LV2_SYMBOL_EXPORT LV2_Descriptor const*
lv2_descriptor(uint32_t const index)
{
  static LV2_Descriptor const descriptors[] = {
    {"urn:music-neurons:test-tone",
     tone_new,
     tone_connect,
     NULL,
     tone_run,
     NULL,
     free,
     NULL},
    {"urn:music-neurons:test-gain",
     gain_new,
     gain_connect,
     NULL,
     gain_run,
     NULL,
     free,
     NULL},
  };
  return index < 2 ? &descriptors[index] : NULL;
}
