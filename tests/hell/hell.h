// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A host from hell. In short sessions it does, at random, everything that a host may
/// do and much that it may not, and checks the plugin after every block. The same seed
/// repeats the same sessions; only the timing of the threads that some sessions have
/// may differ.
///
/// Its instances are monitors and their siblings, or all are players.
///
/// Unlike the other host this one knows the plugin from inside: it is linked with
/// the plugin's own objects, looks at its instances, and counts some of its calls.

#ifndef MN_HELL_H
#define MN_HELL_H

#include "check.h"
#include "monitor.h"
#include "player_plugin.h"
#include "worker.h"

#include <lv2/core/lv2.h>
#include <lv2/state/state.h>
#include <stdbool.h>

enum {
  HELL_MAX_BLOCK = 8192,
  HELL_BUFFER    = 1 << 20, ///< bytes of an atom port, at the most
  HELL_INSTANCES = 64,
  HELL_PORTS     = 256,
};

/// All instances are players.
extern bool hell_plays;

/// What a player must do with its notes.
typedef struct {
  bool    sounds; ///< a note of its own does
  uint8_t pitch;
  uint8_t channel;
  /// Whether the note-on of a key was held back, on a channel.
  bool     held_back[16][128];
  uint64_t notes; ///< of its own, in all
} HellNotes;

/// A port's properties in the Turtle data.
typedef struct {
  bool  is_input;
  bool  is_control;
  bool  is_cv;
  bool  is_integer;
  float low;
  float high;
  float normal;
} HellPort;

typedef struct {
  uint32_t count;
  HellPort port[HELL_PORTS];
} HellPorts;

/// Reads the ports of a plugin of the built bundle.
HellPorts
hell_ports(char const* bundle, char const* uri);

/// Bytes whose end is the end of the memory: what is read or written behind it
/// ends the program. Each ends where it must for its size.
typedef struct {
  uint8_t* end;
} HellGuard;

HellGuard
hell_guard_new(void);

/// The place of `size` bytes, which are aligned to 8 and of which at most 7 are
/// not guarded.
void*
hell_guard_place(HellGuard const* guard, size_t size);

/// Says what went wrong, and how to see it again; ends the program.
_Noreturn void
hell_fail(char const* format, ...) MN_PRINTF(1, 2);

/// True once in `times`.
static inline bool
one_in(Random* const random, uint32_t const times)
{
  return random_below(random, times) == 0;
}

/// Uniform, from `low` to `high`.
static inline double
random_real(Random* const random, double const low, double const high)
{
  return low + (high - low) * ((double)(random_next(random) >> 11) * 0x1p-53);
}

/// Nonsensical numbers.
double
hell_odd_number(Random* random);

/// The models: valid ones of all sizes first, then those that cannot be loaded.
enum { HELL_GOOD_MODELS = 5, HELL_MODELS = HELL_GOOD_MODELS + 11 };

extern char const* const hell_models[HELL_MODELS];

/// Writes them to the current folder, the first also as that of a bundle.
void
hell_write_models(void);

/// The input of a block: the bytes of an atom:Sequence, with its header.
typedef struct {
  uint8_t* bytes;
  size_t   size;   ///< of what is there, whatever the head says
  unsigned events; ///< that were put in
  bool     sorted; ///< every event is in the block, and in order
} HellInput;

/// How rough a session is: each is a chance of one in so many blocks, 0 is never.
typedef struct {
  uint32_t notes;
  uint32_t rubbish; ///< malformed MIDI
  uint32_t flood;   ///< 10,000 events
  uint32_t positions;
  uint32_t nonsense; ///< positions that make no sense
  uint32_t messages; ///< patches: models and questions
  uint32_t garble;   ///< bytes changed at random
  uint32_t bad_times;
  uint32_t controls;
  uint32_t odd_controls; ///< of them: not within the range
  uint32_t buffers;      ///< small ones, shared ones and none
  uint32_t worker;       ///< refusals
  uint32_t patience;     ///< blocks that the worker may wait; 0 is none
  uint32_t states;
  uint32_t restarts;
  uint32_t pool; ///< the pool is full
} HellManner;

/// The transport of a session.
typedef struct {
  double beat; ///< quarters since the start of bar 0
  double bpm;
  double speed;
  int    beats; ///< the metre
  int    unit;
} HellTransport;

/// One instance, and everything that its host keeps for it.
typedef struct {
  LV2_Descriptor const*       descriptor;
  LV2_Handle                  handle;
  MnMonitor*                  monitor; ///< the same; NULL: it is a player
  MnPlayer*                   player;  ///< the same, or NULL
  HellNotes                   notes;   ///< of a player
  LV2_Worker_Interface const* interface;
  LV2_State_Interface const*  state;
  HellPorts const*            ports;
  Worker*                     worker;
  HostWorker                  kind;
  double                      rate;
  bool                        is_cv;
  uint64_t                    closed; ///< windows that count: see ledger.c

  float*        control; ///< [ports], guarded
  HellGuard     control_guard;
  bool          connected[HELL_PORTS]; ///< all but audio-thread buffers
  float         seen[HELL_PORTS];      ///< inputs, before the block
  uint32_t      out_room;              ///< of the sequence's body
  bool          shares;                ///< `in` and `out` have one buffer
  unsigned      waited;                ///< blocks for the worker
  void*         hog;                   ///< of the pool
  HellTransport transport;

  pthread_mutex_t lock; ///< of the functions that hosts call one at a time
  bool            has_saved;
  LV2_URID        saved_key;
  LV2_URID        saved_type;
  char            saved[4096];
  size_t          saved_size;
} HellInstance;

/// Makes and activates one.
void
hell_instance_new(HellInstance*    instance,
                  HellPorts const* ports,
                  bool             is_cv,
                  double           rate,
                  HostWorker       kind,
                  Random*          random);

void
hell_instance_free(HellInstance* instance);

void
hell_instance_connect(HellInstance* instance, uint32_t port, bool connect);

/// Runs a block of `frames`, and checks all that there is to check.
void
hell_instance_run(HellInstance* instance, HellInput const* input, uint32_t frames);

/// Stops the transport and waits until the worker is idle, which it must become.
void
hell_instance_settle(HellInstance* instance);

/// Save, restore, and unrequested responses. From any thread.
void
hell_instance_state(HellInstance* instance, Random* random);

/// Makes up what comes in, which is valid until the next call.
HellInput
hell_input(HellInstance*     instance,
           HellManner const* manner,
           uint32_t          frames,
           Random*           random);

/// What a host has of its own: maps a URI as all instances see it.
LV2_URID
hell_urid(char const* uri);
LV2_URID_Map*
hell_map(void);

/// The ports' memory of the last block.
typedef struct {
  HellInput const*         input;
  LV2_Atom_Sequence const* in;              ///< what the plugin saw
  LV2_Atom_Sequence const* out;             ///< of events; NULL: not connected
  float const*             cv[MN_CV_COUNT]; ///< likewise
  uint32_t                 frames;
} HellBlock;

/// Fails unless every check passes after a block.
void
hell_check(HellInstance* instance, HellBlock const* block);

/// Whether the `index`th MIDI event that a player has read passes through it. Ask for each in
/// turn, in each block.
bool
hell_player_lets(HellInstance* instance, LV2_Atom_Event const* event);

/// Whether an event may be a note of the player's own, which it takes as played.
bool
hell_player_plays(HellInstance* instance, LV2_Atom_Event const* event, uint32_t frames);

/// Fails unless a player's notes, pool, job and counts are sound after a block.
void
hell_check_player(HellInstance const* instance);

/// Fails if a note of a player sounds that has been stopped.
void
hell_check_silence(HellInstance const* instance);

/// The pool of an instance, and its clock.
MnTlsf*
hell_pool(HellInstance const* instance);

/// What is in use of the pool, by what is known to use it.
size_t
hell_used_by(void const* block);

/// The instance whose calls are counted from now on.
void
hell_ledger_open(HellInstance* instance);

/// Windows that have closed in all.
uint64_t
hell_ledger_windows(void);

/// Models that were loaded and not freed.
long
hell_ledger_models(void);

#endif // MN_HELL_H
