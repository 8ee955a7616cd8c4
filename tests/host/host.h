// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The project's own LV2 host. It loads the built bundle through lilv and runs one
/// instance, block by block, as real hosts do. It has every kind of worker that they
/// have.

#ifndef MN_HOST_H
#define MN_HOST_H

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <stdbool.h>
#include <stdint.h>

/// Where the plugin's work() runs.
typedef enum {
  HOST_WORKER_NONE,     ///< no work:schedule at all
  HOST_WORKER_INLINE,   ///< inside schedule_work(), as Ardour when freewheeling
  HOST_WORKER_AFTER,    ///< after run(), in the same thread: repeatable
  HOST_WORKER_THREAD,   ///< a thread of its own
  HOST_WORKER_RESPONDS, ///< the same, and it also calls work_response()
  HOST_WORKER_SHARED,   ///< one thread for all instances of this kind
  HOST_WORKER_KINDS,
} HostWorker;

typedef struct Host Host;

/// The plugins of the bundle.
#define HOST_MONITOR "urn:music-neurons:monitor"
#define HOST_CV "urn:music-neurons:cv"
#define HOST_PLAYER "urn:music-neurons:player"

/// Samples in the longest block.
enum { HOST_MAX_BLOCK = 8192 };

/// What a host sends about its transport. It may have the quirks of hosts.md: the old
/// type atom:Blank, and numbers of any type.
typedef struct {
  double  speed;
  int64_t frame;
  int64_t bar;
  double  bar_beat;
  double  beats_per_bar;
  int     beat_unit;
  double  bpm;
  bool    is_blank;
  bool    as_doubles; ///< numbers are double and long, else float and int
  bool    no_bars;    ///< only speed and frame, like JACK without a timebase
} HostPosition;

/// Loads the plugin of `bundle` (a path) and makes an instance. Exits the
/// program with a message if that fails: no test can go on without a plugin.
Host*
host_new_plugin(char const* bundle, char const* uri, double rate, HostWorker worker);

/// The same for the monitor.
Host*
host_new(char const* bundle, double rate, HostWorker worker);

/// Frees the instance and makes another. The worker must be idle.
/// @return false if the plugin refuses: then call it again before anything else.
bool
host_renew(Host* host);

void
host_free(Host* host);

/// Queue events for the next block; frames must not decrease.
void
host_midi(Host* host, uint32_t frame, uint8_t const* message, uint32_t size);
void
host_position(Host* host, uint32_t frame, HostPosition const* position);
void
host_set_model(Host* host, uint32_t frame, char const* path);
/// The same with a path of `size` bytes, which may leave out the 0 at its end.
void
host_set_model_by(Host* host, uint32_t frame, char const* path, uint32_t size);
void
host_get_model(Host* host, uint32_t frame);

/// Queues any atom.
void
host_send(Host* host, uint32_t frame, LV2_Atom const* atom);

/// Runs a block with the queued events.
void
host_run(Host* host, uint32_t frames);

/// Deactivates and activates the instance.
void
host_reactivate(Host* host);

/// Sets the capacity of the output of events in bytes. If the plugin writes more, the
/// program ends.
void
host_limit_out(Host* host, uint32_t capacity);

/// Connects the ports `in` and `out` to the same buffer from now on.
void
host_share_buffer(Host* host);

/// Disconnects a port from now on.
void
host_disconnect(Host* host, uint32_t port);

/// Overwrites random bytes of the queued events, even of their sizes.
void
host_garble(Host* host, uint64_t* seed);

/// Control ports by symbol.
float
host_get(Host* host, char const* symbol);
void
host_set(Host* host, char const* symbol, float value);

/// The samples of a CV port in the last block; NaN where the plugin wrote nothing.
float const*
host_cv(Host const* host, uint32_t port);

/// Whether this is the plugin with CV ports.
bool
host_is_cv(Host const* host);

/// Frames in the last block.
uint32_t
host_frames(Host const* host);

/// A control port by index.
float*
host_control(Host* host, uint32_t port);

/// The MIDI output of the last block: the number of events, and each event.
unsigned
host_out_count(Host const* host);
LV2_Atom_Event const*
host_out(Host const* host, unsigned index);

/// The path in the last patch:Set to the window, or NULL.
char const*
host_told_model(Host const* host);

/// The messages to the window of the last block.
LV2_Atom_Sequence const*
host_notify(Host const* host);

/// Both, as the plugin wrote them in the last block.
LV2_Atom_Sequence const*
host_events(Host const* host);

/// Everything that the plugin has logged so far.
char const*
host_log(Host const* host);

/// Waits until a threaded worker is idle.
void
host_settle(Host* host);

/// Saves state as text and restores it, as a session does. Free the text with free().
char*
host_save(Host* host, char const* folder);
bool
host_restore(Host* host, char const* state);

/// Makes the worker refuse the next `count` requests, as a full ring buffer would.
void
host_refuse_work(Host* host, unsigned count);

/// Makes the worker accept the next `count` requests and lose them.
void
host_lose_work(Host* host, unsigned count);

/// For HOST_WORKER_AFTER: works on at most `requests` after each block from now on.
void
host_limit_work(Host* host, unsigned requests);

/// Sets the clock, in ms, by which the plugin cuts its work into slices. The default
/// advances by a microsecond at each reading, so that a test does the same on every
/// machine. NULL: the plugin's own clock. Call it only while the worker is idle.
void
host_set_clock(Host* host, double (*now_ms)(void));

/// The features that a user interface shares with the plugin.
LV2_URID_Map*
host_map(Host* host);
LV2_Feature const*
host_log_feature(Host const* host);

/// For checks of the plugin's Turtle data.
LilvPlugin const*
host_plugin(Host const* host);
LilvWorld*
host_world(Host const* host);

#endif // MN_HOST_H
