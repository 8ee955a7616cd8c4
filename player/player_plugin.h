// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player's instance, and what its files share.

#ifndef MN_PLAYER_PLUGIN_H
#define MN_PLAYER_PLUGIN_H

#include "idea.h"
#include "listening.h"
#include "midi_out.h"
#include "model_news.h"
#include "model_swap.h"
#include "part.h"
#include "player_ports.h"
#include "slots.h"
#include "step_news.h"
#include "thru.h"
#include "turn_work.h"
#include "turns.h"

#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <math.h>

#define MN_PLAYER_PREFIX MN_PLAYER_URI "#"

/// In saved state, String: the tokens of a slot as numbers with spaces between, empty if the
/// slot is. A state without them, as presets are, leaves the slots as they are.
#define MN_PLAYER_SLOT_URI MN_PLAYER_PREFIX "slot" // and A to D

/// The inputs of each block, as they were read.
typedef struct {
  bool       freewheel;
  bool       enabled;
  MnPlayMode mode;
  bool       thru;
  bool       panic;
  bool       clear;
  bool       capture[MN_SLOTS];
  int        capture_note; ///< -1: off
  int        capture_cc;   ///< likewise
} MnPlayerLive;

/// What the output `state` says.
typedef enum {
  MN_PLAYER_OFF,
  MN_PLAYER_NO_DECODER,
  MN_PLAYER_WAITING,
  MN_PLAYER_HEARING,
  MN_PLAYER_PLAYING,
} MnPlayerState;

/// The place of an idea in the latent space of the model that plays.
typedef struct {
  uint64_t serial; ///< changes whenever the idea does
  bool     known;
  int32_t  mu[MN_MAX_LATENT];
} MnKnownPlace;

typedef struct {
  MnHostFeatures host;
  MnClock        now_ms; ///< the worker's; tests have their own
  LV2_URID       slot_urid[MN_SLOTS];

  // Between threads: what they may do with it is said there.
  MnModelSwap swap;
  MnTurnWork  work;
  MnSlots     slots;

  // The audio thread's own.
  void*    memory; ///< the pool's
  MnTlsf*  pool;
  uint64_t frame; ///< frames since the instance was made
  uint64_t due;   ///< until this frame there is nothing to do but to play
  uint32_t at;    ///< the current frame in the block
  uint32_t seen[MN_PLAYER_LIVE_PORTS]; ///< the live ports as they were read
  bool     live_known;                 ///< they were read since activate()

  MnPlayerLive live;
  MnListening  listening;
  MnTurn       turn;
  bool         answering;    ///< this turn answers one that was heard
  bool         ordered;      ///< the next turn is to play something
  bool         plays;        ///< this turn plays something
  bool         in_time;      ///< what it plays was there in time
  int64_t      last_onset;   ///< step on which a note was struck last
  unsigned     velocities;   ///< sum of those of the notes of this turn
  unsigned     struck;       ///< how many those are
  uint8_t      velocity;     ///< of the notes of the turn before
  int64_t      free_turns;   ///< that were played without bars
  MnIdea       heard;        ///< last
  bool         heard_counts; ///< since the stream was broken
  MnKnownPlace known[MN_IDEAS];
  MnPart       part;
  MnThru       thru;
  uint32_t     turns; ///< that were played
  uint32_t     late;
  MnReadout    played; ///< of the notes that are played

  // What the window is told.
  MnModelNews model_news;
  MnStepNews  step_news;
  MnPlayed    heard_notes;

  // Ports, with what is written to them.
  LV2_Atom_Sequence const* in; ///< NULL: not connected
  MnMidiOut                out;
  MnPlayerPorts            ports;
  LV2_Atom_Forge           forge;
  bool                     news;   ///< an output may have changed
  bool                     retold; ///< all outputs are to be written
} MnPlayer;

/// The value of an input port within its range. Audio thread.
static inline double
mn_player_control(MnPlayer const* const player, unsigned const port)
{
  return mn_player_ports_read(&player->ports, port);
}

/// The current position, a little ahead: see mn_listening_position_after().
static inline double
mn_player_position(MnPlayer const* const player)
{
  return mn_listening_position_after(&player->listening, 0);
}

/// Whether a phrase goes on: what was heard without bars.
static inline bool
mn_player_is_phrase(MnPlayer const* const player)
{
  return player->turn.open && isinf(player->turn.end);
}

static inline bool
mn_player_can_play(MnPlayer const* const player)
{
  return player->swap.model && player->swap.model->decoder.layers;
}

/// Breaks the stream: what came before has nothing to do with what follows. The note that
/// sounds ends.
void
mn_player_break(MnPlayer* player) MN_REALTIME;

/// Begins a phrase at the current frame.
void
mn_player_start_phrase(MnPlayer* player) MN_REALTIME;

/// Does what is due on the current frame, before the events on it.
void
mn_player_do_due(MnPlayer* player) MN_REALTIME;

/// The frame on which something is due next, if nothing comes in.
uint64_t
mn_player_due_frame(MnPlayer const* player) MN_REALTIME;

/// Ends the note that sounds, and rests until the next turn.
void
mn_player_panic(MnPlayer* player) MN_REALTIME;

/// Takes the result of a job that is done.
void
mn_player_take_result(MnPlayer* player) MN_REALTIME;

/// Forgets where ideas lie in the latent space: it is another one.
void
mn_player_forget_places(MnPlayer* player) MN_REALTIME;

/// Keeps in a slot, 0..3, what was heard last.
void
mn_player_capture(MnPlayer* player, unsigned slot) MN_REALTIME;

/// Takes slots that were restored.
void
mn_player_take_slots(MnPlayer* player) MN_REALTIME;

/// What the ports say of the turn with a number.
MnMove
mn_player_read_move(MnPlayer const* player, int64_t number) MN_REALTIME;
MnTuning
mn_player_read_tuning(MnPlayer const* player) MN_REALTIME;
MnTouch
mn_player_read_touch(MnPlayer const* player) MN_REALTIME;

/// Reads the ports of each block, and does what triggers ask for.
void
mn_player_read_live(MnPlayer* player) MN_REALTIME;

/// Writes the outputs that may have changed.
void
mn_player_write_outputs(MnPlayer* player) MN_REALTIME;

/// Tells the window what is due, behind the MIDI of a block of so many frames, where there is
/// room.
void
mn_player_tell(MnPlayer* player, uint32_t frames) MN_REALTIME;

/// Runs a block: see player_run.c.
void
mn_player_run(MnPlayer* player, uint32_t frames) MN_REALTIME;

/// Forgets all but the slots; for activate(). A note that sounds ends in the next block: not
/// every host resets what it plays on.
void
mn_player_restart(MnPlayer* player) MN_REALTIME;

struct LV2_State_Interface_s;
void const*
mn_player_state_interface(void);

extern LV2_Descriptor const mn_player_descriptor;

#endif // MN_PLAYER_PLUGIN_H
