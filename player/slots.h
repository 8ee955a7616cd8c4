// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The slots A to D between run() and the threads that save and restore: each side gives the
/// other its newest ones without waiting, in a box of three copies.

#ifndef MN_SLOTS_H
#define MN_SLOTS_H

#include "idea.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
  unsigned restored; ///< the number of the last restore that these come from
  MnIdea   slot[MN_SLOTS];
} MnSlotSet;

/// A box: one side puts, the other takes.
typedef struct {
  MnSlotSet   copy[3];
  unsigned    back;   ///< of who puts
  unsigned    front;  ///< of who takes
  atomic_uint middle; ///< a copy's number, and whether nobody has taken it yet
} MnSlotBox;

typedef struct {
  MnSlotSet now;      ///< run()'s own
  MnSlotBox played;   ///< from run()
  MnSlotBox restored; ///< to run()

  // Among the threads that are not the audio thread.
  pthread_mutex_t lock;
  MnSlotSet       known; ///< the newest
} MnSlots;

/// All are empty.
void
mn_slots_init(MnSlots* slots);

void
mn_slots_free(MnSlots* slots);

/// Tells the other threads what run() has changed in `now`. Audio thread.
void
mn_slots_tell(MnSlots* slots) MN_REALTIME;

/// Takes what was restored. @return whether there was anything. Audio thread.
bool
mn_slots_take(MnSlots* slots) MN_REALTIME;

/// The newest slots, also those that were restored and not taken yet. Any thread but the audio
/// thread, as the next one.
void
mn_slots_get(MnSlots* slots, MnIdea slot[MN_SLOTS]);

/// Restores the slots that `set` says; the others stay.
void
mn_slots_restore(MnSlots* slots, MnIdea const slot[MN_SLOTS], bool const set[MN_SLOTS]);

#endif // MN_SLOTS_H
