// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin tells its user interface, on the port `out` behind the MIDI; the
/// sibling on `notify`.
///
/// Every message is an atom:Object that is complete in itself: one that a host
/// loses is made good by the next. All positions are in steps (sixteenths) on
/// the plugin's stream. A patch:Get without a property on the port `in` asks
/// for all of them at once; a window answers with that when it opens.
///
/// | object     | when                           | properties                   |
/// | ---------- | ------------------------------ | ---------------------------- |
/// | patch:Set  | asked for, the model changed   | mn:model, the path           |
/// | mn:Model   | asked for, the model changed   | name to axes                 |
/// | mn:Labels  | after mn:Model, until all told | first, labels                |
/// | mn:History | asked for, listening restarted | number to noiseCounts        |
/// | mn:Window  | asked for, a window is done    | number to late               |
/// | mn:Step    | asked for, a step has begun    | position to surprise         |
/// | mn:Message | asked for, something is wrong  | text                         |
///
/// mn:Model without neurons (latent 0) says that there is none. The labels of a
/// model come in as many mn:Labels as the port has room for. mn:History comes
/// also when one mn:Window stands for several windows; the windows up to its
/// number are in it, the newest scored ones, and number 0 says that none is left.
/// Who asks after a window that is not scored is told the last scored one first.

#ifndef MN_PROTOCOL_H
#define MN_PROTOCOL_H

#define MN_MONITOR_URI "urn:music-neurons:monitor"
#define MN_CV_URI "urn:music-neurons:cv" ///< the sibling; speaks the same
#define MN_PREFIX MN_MONITOR_URI "#"
#define MN_MODEL_URI MN_PREFIX "model"

/// In saved state, Bool: the model is the bundle's own. A state with neither, as
/// presets are, leaves the model as it is.
#define MN_OWN_MODEL_URI MN_PREFIX "ownModel"

#define MN__Model MN_PREFIX "Model"
#define MN__name MN_PREFIX "name"     ///< String
#define MN__steps MN_PREFIX "steps"   ///< Int: in a window
#define MN__latent MN_PREFIX "latent" ///< Int: neurons
#define MN__music MN_PREFIX "music"   ///< Int: how many are music neurons
#define MN__active MN_PREFIX "active" ///< Float: abs(mu) above it is excited
#define MN__order MN_PREFIX "order"   ///< Vector of Int [latent]: rank to neuron
/// String: of each axis "name\n"; empty: the model has none.
#define MN__axes MN_PREFIX "axes"

#define MN__Labels MN_PREFIX "Labels"
#define MN__first MN_PREFIX "first" ///< Int: rank of the first music neuron in `labels`
/// String: of each music neuron from there on "label\tfeatures\tstability\n"; no stability:
/// not known.
#define MN__labels MN_PREFIX "labels"

#define MN__History MN_PREFIX "History"
#define MN__musicalities MN_PREFIX "musicalities" ///< Vector of Float, oldest first
#define MN__noiseCounts MN_PREFIX "noiseCounts"   ///< Vector of Int, oldest first

#define MN__Window MN_PREFIX "Window"
#define MN__number MN_PREFIX "number"           ///< Int: windows so far, in History too
#define MN__start MN_PREFIX "start"             ///< Long: first step
#define MN__tokens MN_PREFIX "tokens"           ///< Vector of Int [steps]
#define MN__scored MN_PREFIX "scored"           ///< Bool: if not, no mu and so on
#define MN__mu MN_PREFIX "mu"                   ///< Vector of Float [latent]
#define MN__sigma MN_PREFIX "sigma"             ///< Vector of Float [latent]
#define MN__percentiles MN_PREFIX "percentiles" ///< Vector of Float [music], by rank
#define MN__musicality MN_PREFIX "musicality"   ///< Float: 0..1
#define MN__axisValues MN_PREFIX "axisValues"   ///< Vector of Float [8]: 0..1
#define MN__musicActive MN_PREFIX "musicActive" ///< Int
#define MN__noiseActive MN_PREFIX "noiseActive" ///< Int
#define MN__encodeTime MN_PREFIX "encodeTime"   ///< Float: ms, 0 if not timed
#define MN__late MN_PREFIX "late"               ///< Int: windows skipped so far

#define MN__Step MN_PREFIX "Step"
#define MN__position MN_PREFIX "position"     ///< Double
#define MN__mode MN_PREFIX "mode"             ///< Int: an MnMode
#define MN__listening MN_PREFIX "listening"   ///< Bool: windows are open
#define MN__tempo MN_PREFIX "tempo"           ///< Float: quarters a minute
#define MN__barStart MN_PREFIX "barStart"     ///< Double: of the bar at `start`
#define MN__barLength MN_PREFIX "barLength"   ///< Double
#define MN__beatLength MN_PREFIX "beatLength" ///< Double
#define MN__barNumber MN_PREFIX "barNumber"   ///< Long: of that bar, from 0
/// Vector of Float, 3 a note heard in this window, chosen or not: pitch, start
/// and end relative to `start`. One that still sounds ends at the position.
/// With it come `start` and `tokens` of the oldest open window so far.
#define MN__notes MN_PREFIX "notes"

/// Vector of Float [steps]: how little the note on each step could be foreseen, in bits; -1
/// where there is no note, where it is not settled yet, or where nothing came before it.
#define MN__surprise MN_PREFIX "surprise"

#define MN__Message MN_PREFIX "Message"
#define MN__text MN_PREFIX "text" ///< String, for people; empty: all is well

/// The numbers of mn:mode: what drives the plugin's stream.
typedef enum {
  MN_MODE_FREE,  ///< a tempo: no host, or its transport is stopped
  MN_MODE_HOST,  ///< the host's bars and beats
  MN_MODE_STILL, ///< nothing: the host plays backwards
} MnMode;

/// Windows in mn:History.
enum { MN_HISTORY = 64 };

#endif // MN_PROTOCOL_H
