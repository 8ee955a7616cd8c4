// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin tells its user interface, on the port `out` behind the MIDI; the
/// sibling on `notify`. The player tells of its model and of steps alone, with what it plays.
///
/// Every message is an atom:Object that is complete in itself: one that a host
/// loses is made good by the next. All positions are in steps (sixteenths) on
/// the plugin's stream. A patch:Get without a property on the port `in` asks
/// for all of them at once; a window sends that when it opens.
///
/// | object        | when                           | properties         |
/// | ------------- | ------------------------------ | ------------------ |
/// | patch:Set     | asked for, the model changed   | mn:model, the path |
/// | mn:Model      | asked for, the model changed   | name to longOrder  |
/// | mn:Labels     | after mn:Model, until all told | first, labels      |
/// | mn:LongLabels | after these, likewise          | first, labels      |
/// | mn:History    | asked for, listening restarted | number to windows  |
/// | mn:Window     | asked for, a window is done    | number to late     |
/// | mn:Step       | asked for, a step has begun    | position to played |
/// | mn:Sent       | asked for, a slot has sent     | levels             |
/// | mn:Message    | asked for, something is wrong  | text               |
///
/// mn:Model without neurons (latent 0) says that there is none. The labels of a
/// model come in as many mn:Labels as the port has room for. So does the history: the
/// newest MN_PAST_WINDOWS windows in short, scored or not, oldest first; mn:Window
/// waits until they are told. Number 0 says that none is left. mn:History comes also
/// when one mn:Window stands for several windows.
/// Who asks after a window that is not scored is told the last scored one first.

#ifndef MN_PROTOCOL_H
#define MN_PROTOCOL_H

#include "base/common.h"

#include <assert.h>
#include <stdint.h>

#define MN_MONITOR_URI "urn:music-neurons:monitor"
#define MN_CV_URI "urn:music-neurons:cv" ///< the sibling; speaks the same
#define MN_PREFIX MN_MONITOR_URI "#"
#define MN_MODEL_URI MN_PREFIX "model"

/// In saved state, Bool: the model is the bundle's own. A state with neither, as
/// presets are, leaves the model as it is.
#define MN_OWN_MODEL_URI MN_PREFIX "ownModel"

#define MN__Model MN_PREFIX "Model"
#define MN__name MN_PREFIX "name"         ///< String
#define MN__steps MN_PREFIX "steps"       ///< Int: in a window
#define MN__latent MN_PREFIX "latent"     ///< Int: neurons
#define MN__music MN_PREFIX "music"       ///< Int: how many are music neurons
#define MN__active MN_PREFIX "active"     ///< Float: abs(mu) above it is excited
#define MN__order MN_PREFIX "order"       ///< Vector of Int [latent]: rank to neuron
#define MN__hasSense MN_PREFIX "hasSense" ///< Bool: windows have a sense
/// String: of each axis "name\n"; empty: the model has none.
#define MN__axes MN_PREFIX "axes"

/// String: of each landmark "name\n"; empty: the model has none.
#define MN__landmarks MN_PREFIX "landmarks"
#define MN__places \
  MN_PREFIX "places" ///< Vector of Float [8 * landmarks]: 0..1 on each axis

/// String: of each style of the second level "name\n"; empty: the model tells none.
#define MN__styles MN_PREFIX "styles"
/// Int: music neurons of the second level; 0: the model has none.
#define MN__longMusic MN_PREFIX "longMusic"
/// Vector of Int, MN_RANKED at the most: the first of these, by rank.
#define MN__longOrder MN_PREFIX "longOrder"

#define MN__Labels MN_PREFIX "Labels"
#define MN__first MN_PREFIX "first" ///< Int: rank of the first music neuron in `labels`
/// String: of each music neuron from there on "label\tfeatures\tstability\n"; no stability:
/// not known.
#define MN__labels MN_PREFIX "labels"

/// Likewise, of the second level's neurons that mn:longOrder names, if they have labels.
#define MN__LongLabels MN_PREFIX "LongLabels"

#define MN__History MN_PREFIX "History"
/// Vector of Int, oldest first: MnPastWindow, whose starts are relative to `start`.
#define MN__windows MN_PREFIX "windows"

#define MN__Window MN_PREFIX "Window"
#define MN__number MN_PREFIX "number"           ///< Int: windows so far, in History too
#define MN__start MN_PREFIX "start"             ///< Long: first step
#define MN__tokens MN_PREFIX "tokens"           ///< Vector of Int [steps]
#define MN__scored MN_PREFIX "scored"           ///< Bool: if not, no mu and so on
#define MN__mu MN_PREFIX "mu"                   ///< Vector of Float [latent]
#define MN__sigma MN_PREFIX "sigma"             ///< Vector of Float [latent]
#define MN__percentiles MN_PREFIX "percentiles" ///< Vector of Float [music], by rank
#define MN__musicality MN_PREFIX "musicality"   ///< Float: 0..1
#define MN__sense MN_PREFIX "sense"             ///< Float: 0..1
#define MN__axisValues MN_PREFIX "axisValues"   ///< Vector of Float [8]: 0..1
/// Int: of the last 16 bars, those that the second level has heard: 2 to 16. Where it is 0,
/// the next four are not there: the model has no second level.
#define MN__barsHeard MN_PREFIX "barsHeard"
/// Vector of Float [8]: the probability of each style so far; 0 beyond those of the model.
#define MN__styleValues MN_PREFIX "styleValues"
/// Vector of Float [MN_RANKED]: percentiles of the second level's music neurons, by rank;
/// 0.5 beyond those of the model.
#define MN__longPercentiles MN_PREFIX "longPercentiles"
/// Vector of Float [MN_RANKED]: their mu; 0 beyond those of the model.
#define MN__longMu MN_PREFIX "longMu"
#define MN__longSigma MN_PREFIX "longSigma"     ///< likewise: their sigma
#define MN__musicActive MN_PREFIX "musicActive" ///< Int
#define MN__noiseActive MN_PREFIX "noiseActive" ///< Int
#define MN__encodeTime MN_PREFIX "encodeTime"   ///< Float: ms, 0 if not timed
#define MN__late MN_PREFIX "late"               ///< Int: windows skipped so far

#define MN__Step MN_PREFIX "Step"
#define MN__position MN_PREFIX "position"     ///< Double
#define MN__mode MN_PREFIX "mode"             ///< Int: an MnMode
#define MN__listening MN_PREFIX "listening"   ///< Bool: windows are open
#define MN__resting MN_PREFIX "resting"       ///< Bool: all values are neutral
#define MN__tempo MN_PREFIX "tempo"           ///< Float: quarters a minute
#define MN__tempoOf MN_PREFIX "tempoOf"       ///< Int: an MnTempo
#define MN__barStart MN_PREFIX "barStart"     ///< Double: of the bar at `start`
#define MN__barLength MN_PREFIX "barLength"   ///< Double
#define MN__beatLength MN_PREFIX "beatLength" ///< Double
#define MN__barNumber MN_PREFIX "barNumber"   ///< Long: of that bar, from 0
/// Vector of Float, 3 a note heard in this window, chosen or not: pitch, start
/// and end relative to `start`. One that still sounds ends at the position.
/// With it come `start` and `tokens` of the oldest open window so far.
#define MN__notes MN_PREFIX "notes"

/// Vector of Float, likewise, of the notes that the player has played and is about to play in
/// its turn; the monitor does not tell it. Its roll begins before the turn.
#define MN__played MN_PREFIX "played"

/// Vector of Float [steps]: how little the note on each step could be foreseen, in bits; -1
/// where there is no note, where it is not settled yet, or where nothing came before it.
#define MN__surprise MN_PREFIX "surprise"

#define MN__Sent MN_PREFIX "Sent"
/// Vector of Float [MN_CC_SLOTS]: what each slot has sent last, 0..127; MN_SENT_NOTHING if it
/// is off or has sent nothing yet, MN_SENT_SILENT if its controller is not its to send.
#define MN__levels MN_PREFIX "levels"

#define MN__Message MN_PREFIX "Message"
#define MN__text MN_PREFIX "text" ///< String, for people; empty: all is well

/// The numbers of mn:mode: what drives the plugin's stream.
typedef enum {
  MN_MODE_FREE,  ///< a tempo: no host, or its transport is stopped
  MN_MODE_HOST,  ///< the host's bars and beats
  MN_MODE_STILL, ///< nothing: the host plays backwards
  MN_MODE_CLOCK, ///< a MIDI clock
  MN_MODES,
} MnMode;

/// The numbers of mn:tempoOf: who gives the tempo.
typedef enum {
  MN_TEMPO_OWN, ///< the port `tempo`
  MN_TEMPO_HOST,
  MN_TEMPO_CLOCK,
  MN_TEMPOS,
} MnTempo;

/// What mn:levels says in place of a value.
#define MN_SENT_NOTHING (-1.0F)
#define MN_SENT_SILENT (-2.0F)

/// A window in short, as mn:History tells it. The UI is on the machine of the plugin, so
/// numbers are in its byte order.
typedef struct {
  int32_t  number;
  int32_t  start; ///< steps from mn:start of the message
  int32_t  bar;   ///< number of the bar in which it begins, from 0
  uint16_t music_active;
  uint16_t noise_active;
  uint8_t  scored;     ///< 1; 0: only number to bar and the tokens count
  uint8_t  steps;      ///< of the tokens
  uint8_t  musicality; ///< 0..255
  uint8_t  sense;      ///< likewise
  uint8_t  axes[MN_AXES];
  int8_t   mu[MN_RANKED]; ///< by rank, in units of 1 / MN_PAST_MU
  uint8_t  tokens[64];    ///< the first ones
} MnPastWindow;

enum {
  MN_PAST_WINDOWS = 256, ///< that the plugin remembers
  MN_PAST_WORDS   = sizeof(MnPastWindow) / sizeof(int32_t),
  MN_PAST_MU      = 32,
};

static_assert(sizeof(MnPastWindow) == 4 * MN_PAST_WORDS && MN_PAST_WORDS == 27,
              "a whole number of words, without holes");

#endif // MN_PROTOCOL_H
