// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Every URI that the plugin knows, mapped once when it is made.

#ifndef MN_URIS_H
#define MN_URIS_H

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

#define MN_MONITOR_URI "urn:music-neurons:monitor"
#define MN_MODEL_URI   MN_MONITOR_URI "#model"

typedef struct {
  LV2_URID atom_Blank;
  LV2_URID atom_Double;
  LV2_URID atom_Float;
  LV2_URID atom_Int;
  LV2_URID atom_Long;
  LV2_URID atom_Object;
  LV2_URID atom_Path;
  LV2_URID atom_Sequence;
  LV2_URID atom_URID;
  LV2_URID midi_MidiEvent;
  LV2_URID patch_Get;
  LV2_URID patch_Set;
  LV2_URID patch_property;
  LV2_URID patch_value;
  LV2_URID time_Position;
  LV2_URID time_bar;
  LV2_URID time_barBeat;
  LV2_URID time_beatUnit;
  LV2_URID time_beatsPerBar;
  LV2_URID time_beatsPerMinute;
  LV2_URID time_speed;
  LV2_URID model; ///< our property: the path of the model file
} MnUris;

/// Maps all of them. Not on the audio thread.
static inline void
mn_uris_map(MnUris* const uris, LV2_URID_Map* const map)
{
#define MAP(uri) map->map(map->handle, uri)
  uris->atom_Blank          = MAP(LV2_ATOM__Blank);
  uris->atom_Double         = MAP(LV2_ATOM__Double);
  uris->atom_Float          = MAP(LV2_ATOM__Float);
  uris->atom_Int            = MAP(LV2_ATOM__Int);
  uris->atom_Long           = MAP(LV2_ATOM__Long);
  uris->atom_Object         = MAP(LV2_ATOM__Object);
  uris->atom_Path           = MAP(LV2_ATOM__Path);
  uris->atom_Sequence       = MAP(LV2_ATOM__Sequence);
  uris->atom_URID           = MAP(LV2_ATOM__URID);
  uris->midi_MidiEvent      = MAP(LV2_MIDI__MidiEvent);
  uris->patch_Get           = MAP(LV2_PATCH__Get);
  uris->patch_Set           = MAP(LV2_PATCH__Set);
  uris->patch_property      = MAP(LV2_PATCH__property);
  uris->patch_value         = MAP(LV2_PATCH__value);
  uris->time_Position       = MAP(LV2_TIME__Position);
  uris->time_bar            = MAP(LV2_TIME__bar);
  uris->time_barBeat        = MAP(LV2_TIME__barBeat);
  uris->time_beatUnit       = MAP(LV2_TIME__beatUnit);
  uris->time_beatsPerBar    = MAP(LV2_TIME__beatsPerBar);
  uris->time_beatsPerMinute = MAP(LV2_TIME__beatsPerMinute);
  uris->time_speed          = MAP(LV2_TIME__speed);
  uris->model               = MAP(MN_MODEL_URI);
#undef MAP
}

#endif // MN_URIS_H
