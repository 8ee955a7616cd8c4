// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The project's own LV2 host: loads the built bundle through lilv and runs one
/// instance, block by block, as real hosts do, with each kind of worker that
/// they have.

#ifndef MN_HOST_H
#define MN_HOST_H

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <stdbool.h>
#include <stdint.h>

/// Who does the plugin's work.
typedef enum {
  HOST_WORKER_NONE,     ///< no work:schedule at all
  HOST_WORKER_INLINE,   ///< inside schedule_work(), as Ardour when freewheeling
  HOST_WORKER_AFTER,    ///< after run(), in the same thread: repeatable
  HOST_WORKER_THREAD,   ///< a thread of its own
  HOST_WORKER_RESPONDS, ///< likewise, and work_response() is called there too
  HOST_WORKER_SHARED,   ///< one thread for all instances of this kind
  HOST_WORKER_KINDS,
} HostWorker;

typedef struct Host Host;

/// The plugins of the bundle.
#define HOST_MONITOR "urn:music-neurons:monitor"
#define HOST_CV "urn:music-neurons:cv"

/// Samples in the longest block.
enum { HOST_MAX_BLOCK = 8192 };

/// What a host says of its transport. The quirks of hosts.md: positions of the
/// old type atom:Blank, and numbers of any type.
typedef struct {
  double  speed;
  int64_t frame;
  int64_t bar;
  double  bar_beat;
  double  beats_per_bar;
  int     beat_unit;
  double  bpm;
  bool    is_blank;
  bool    as_doubles; ///< numbers as double and long; else as float and int
  bool    no_bars;    ///< only speed and frame, as JACK without a timebase
} HostPosition;

/// Loads the plugin of `bundle` (a path) and makes an instance. Exits the
/// program with a message if that fails: a test has nothing to go on then.
Host*
host_new_plugin(char const* bundle, char const* uri, double rate, HostWorker worker);

/// Likewise of the monitor.
Host*
host_new(char const* bundle, double rate, HostWorker worker);

void
host_free(Host* host);

/// Queue events for the next block; frames must not decrease.
void
host_midi(Host* host, uint32_t frame, uint8_t const* message, uint32_t size);
void
host_position(Host* host, uint32_t frame, HostPosition const* position);
void
host_set_model(Host* host, uint32_t frame, char const* path);
void
host_get_model(Host* host, uint32_t frame);

/// Any atom.
void
host_send(Host* host, uint32_t frame, LV2_Atom const* atom);

/// Runs a block with the queued events.
void
host_run(Host* host, uint32_t frames);

/// Deactivates and activates the instance.
void
host_reactivate(Host* host);

/// Bytes that `out` has room for from now on. A plugin that writes more ends the
/// program.
void
host_limit_out(Host* host, uint32_t capacity);

/// Gives the ports `in` and `out` one buffer from now on.
void
host_share_buffer(Host* host);

/// Leaves a port without a buffer from now on.
void
host_disconnect(Host* host, uint32_t port);

/// Overwrites some of the queued events' bytes at random, their sizes too.
void
host_garble(Host* host, uint64_t* seed);

/// Control ports by symbol.
float
host_get(Host* host, char const* symbol);
void
host_set(Host* host, char const* symbol, float value);

/// The samples of a CV port in the last block; NaN where nothing was written.
float const*
host_cv(Host const* host, uint32_t port);

/// Whether this is the sibling with CV ports.
bool
host_is_cv(Host const* host);

/// Frames in the last block.
uint32_t
host_frames(Host const* host);

/// A control port by index.
float*
host_control(Host* host, uint32_t port);

/// The MIDI that the last block put out: count, and each event.
unsigned
host_out_count(Host const* host);
LV2_Atom_Event const*
host_out(Host const* host, unsigned index);

/// The path in the last patch:Set on notify, or NULL.
char const*
host_told_model(Host const* host);

/// What the last block put on notify, and from now on the room there in bytes.
LV2_Atom_Sequence const*
host_notify(Host const* host);
void
host_set_notify_room(Host* host, uint32_t size);

/// All that the plugin logged so far.
char const*
host_log(Host const* host);

/// Waits until a threaded worker is idle.
void
host_settle(Host* host);

/// State to and from text, as a session does. Free the text with free().
char*
host_save(Host* host, char const* folder);
bool
host_restore(Host* host, char const* state);

/// Makes the worker refuse the next `count` requests, as a full ring does.
void
host_refuse_work(Host* host, unsigned count);

/// The clock by which the plugin cuts its work into slices, in ms. At first it is one
/// on which a microsecond passes with each look, so that a test does the same on
/// every machine. NULL: the plugin's own. While the worker has nothing to do.
void
host_set_clock(Host* host, double (*now_ms)(void));

/// The features that a user interface shares with the plugin.
LV2_URID_Map*
host_map(Host* host);
LV2_Feature const*
host_log_feature(Host const* host);

/// For checks of the plugin's data.
LilvPlugin const*
host_plugin(Host const* host);
LilvWorld*
host_world(Host const* host);

#endif // MN_HOST_H
