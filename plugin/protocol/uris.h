// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Every URI that the plugin knows, mapped once when it is made.

#ifndef MN_URIS_H
#define MN_URIS_H

#include "protocol.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

typedef struct {
  LV2_URID atom_Blank;
  LV2_URID atom_Bool;
  LV2_URID atom_Double;
  LV2_URID atom_Float;
  LV2_URID atom_Int;
  LV2_URID atom_Long;
  LV2_URID atom_Object;
  LV2_URID atom_Path;
  LV2_URID atom_Sequence;
  LV2_URID atom_String;
  LV2_URID atom_URID;
  LV2_URID atom_Vector;
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
  LV2_URID own_model;

  // Those of protocol.h.
  LV2_URID mn_Model;
  LV2_URID mn_name;
  LV2_URID mn_steps;
  LV2_URID mn_latent;
  LV2_URID mn_music;
  LV2_URID mn_active;
  LV2_URID mn_order;
  LV2_URID mn_hasSense;
  LV2_URID mn_axes;
  LV2_URID mn_landmarks;
  LV2_URID mn_places;
  LV2_URID mn_styles;
  LV2_URID mn_longMusic;
  LV2_URID mn_longOrder;
  LV2_URID mn_Labels;
  LV2_URID mn_LongLabels;
  LV2_URID mn_first;
  LV2_URID mn_labels;
  LV2_URID mn_History;
  LV2_URID mn_windows;
  LV2_URID mn_Window;
  LV2_URID mn_number;
  LV2_URID mn_start;
  LV2_URID mn_tokens;
  LV2_URID mn_scored;
  LV2_URID mn_mu;
  LV2_URID mn_sigma;
  LV2_URID mn_percentiles;
  LV2_URID mn_musicality;
  LV2_URID mn_sense;
  LV2_URID mn_axisValues;
  LV2_URID mn_barsHeard;
  LV2_URID mn_styleValues;
  LV2_URID mn_longPercentiles;
  LV2_URID mn_longMu;
  LV2_URID mn_longSigma;
  LV2_URID mn_musicActive;
  LV2_URID mn_noiseActive;
  LV2_URID mn_encodeTime;
  LV2_URID mn_late;
  LV2_URID mn_Step;
  LV2_URID mn_position;
  LV2_URID mn_mode;
  LV2_URID mn_listening;
  LV2_URID mn_resting;
  LV2_URID mn_tempo;
  LV2_URID mn_tempoOf;
  LV2_URID mn_barStart;
  LV2_URID mn_barLength;
  LV2_URID mn_beatLength;
  LV2_URID mn_barNumber;
  LV2_URID mn_notes;
  LV2_URID mn_played;
  LV2_URID mn_surprise;
  LV2_URID mn_Sent;
  LV2_URID mn_levels;
  LV2_URID mn_Message;
  LV2_URID mn_text;
} MnUris;

/// Maps all of them. Not on the audio thread.
static inline void
mn_uris_map(MnUris* const uris, LV2_URID_Map* const map)
{
#define MAP(uri) map->map(map->handle, uri)
  uris->atom_Blank          = MAP(LV2_ATOM__Blank);
  uris->atom_Bool           = MAP(LV2_ATOM__Bool);
  uris->atom_Double         = MAP(LV2_ATOM__Double);
  uris->atom_Float          = MAP(LV2_ATOM__Float);
  uris->atom_Int            = MAP(LV2_ATOM__Int);
  uris->atom_Long           = MAP(LV2_ATOM__Long);
  uris->atom_Object         = MAP(LV2_ATOM__Object);
  uris->atom_Path           = MAP(LV2_ATOM__Path);
  uris->atom_Sequence       = MAP(LV2_ATOM__Sequence);
  uris->atom_String         = MAP(LV2_ATOM__String);
  uris->atom_URID           = MAP(LV2_ATOM__URID);
  uris->atom_Vector         = MAP(LV2_ATOM__Vector);
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
  uris->own_model           = MAP(MN_OWN_MODEL_URI);
  uris->mn_Model            = MAP(MN__Model);
  uris->mn_name             = MAP(MN__name);
  uris->mn_steps            = MAP(MN__steps);
  uris->mn_latent           = MAP(MN__latent);
  uris->mn_music            = MAP(MN__music);
  uris->mn_active           = MAP(MN__active);
  uris->mn_order            = MAP(MN__order);
  uris->mn_hasSense         = MAP(MN__hasSense);
  uris->mn_axes             = MAP(MN__axes);
  uris->mn_landmarks        = MAP(MN__landmarks);
  uris->mn_places           = MAP(MN__places);
  uris->mn_styles           = MAP(MN__styles);
  uris->mn_longMusic        = MAP(MN__longMusic);
  uris->mn_longOrder        = MAP(MN__longOrder);
  uris->mn_Labels           = MAP(MN__Labels);
  uris->mn_LongLabels       = MAP(MN__LongLabels);
  uris->mn_first            = MAP(MN__first);
  uris->mn_labels           = MAP(MN__labels);
  uris->mn_History          = MAP(MN__History);
  uris->mn_windows          = MAP(MN__windows);
  uris->mn_Window           = MAP(MN__Window);
  uris->mn_number           = MAP(MN__number);
  uris->mn_start            = MAP(MN__start);
  uris->mn_tokens           = MAP(MN__tokens);
  uris->mn_scored           = MAP(MN__scored);
  uris->mn_mu               = MAP(MN__mu);
  uris->mn_sigma            = MAP(MN__sigma);
  uris->mn_percentiles      = MAP(MN__percentiles);
  uris->mn_musicality       = MAP(MN__musicality);
  uris->mn_sense            = MAP(MN__sense);
  uris->mn_axisValues       = MAP(MN__axisValues);
  uris->mn_barsHeard        = MAP(MN__barsHeard);
  uris->mn_styleValues      = MAP(MN__styleValues);
  uris->mn_longPercentiles  = MAP(MN__longPercentiles);
  uris->mn_longMu           = MAP(MN__longMu);
  uris->mn_longSigma        = MAP(MN__longSigma);
  uris->mn_musicActive      = MAP(MN__musicActive);
  uris->mn_noiseActive      = MAP(MN__noiseActive);
  uris->mn_encodeTime       = MAP(MN__encodeTime);
  uris->mn_late             = MAP(MN__late);
  uris->mn_Step             = MAP(MN__Step);
  uris->mn_position         = MAP(MN__position);
  uris->mn_mode             = MAP(MN__mode);
  uris->mn_listening        = MAP(MN__listening);
  uris->mn_resting          = MAP(MN__resting);
  uris->mn_tempo            = MAP(MN__tempo);
  uris->mn_tempoOf          = MAP(MN__tempoOf);
  uris->mn_barStart         = MAP(MN__barStart);
  uris->mn_barLength        = MAP(MN__barLength);
  uris->mn_beatLength       = MAP(MN__beatLength);
  uris->mn_barNumber        = MAP(MN__barNumber);
  uris->mn_notes            = MAP(MN__notes);
  uris->mn_played           = MAP(MN__played);
  uris->mn_surprise         = MAP(MN__surprise);
  uris->mn_Sent             = MAP(MN__Sent);
  uris->mn_levels           = MAP(MN__levels);
  uris->mn_Message          = MAP(MN__Message);
  uris->mn_text             = MAP(MN__text);
#undef MAP
}

#endif // MN_URIS_H
