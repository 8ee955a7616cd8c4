// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "slots.h"

#include <string.h>

enum { FRESH = 4, NUMBER = 3 };

static void
init_box(MnSlotBox* const box)
{
  memset(box->copy, 0, sizeof(box->copy));
  box->back  = 0;
  box->front = 1;
  atomic_init(&box->middle, 2);
}

static MN_REALTIME void
put(MnSlotBox* const box, MnSlotSet const* const set)
{
  box->copy[box->back] = *set;
  box->back =
    atomic_exchange_explicit(&box->middle, box->back | FRESH, memory_order_acq_rel) &
    NUMBER;
}

// @return NULL if there is nothing new.
static MN_REALTIME MnSlotSet const*
take(MnSlotBox* const box)
{
  if (!(atomic_load_explicit(&box->middle, memory_order_relaxed) & FRESH)) {
    return NULL;
  }
  box->front =
    atomic_exchange_explicit(&box->middle, box->front, memory_order_acq_rel) & NUMBER;
  return &box->copy[box->front];
}

void
mn_slots_init(MnSlots* const slots)
{
  memset(&slots->now, 0, sizeof(slots->now));
  memset(&slots->known, 0, sizeof(slots->known));
  init_box(&slots->played);
  init_box(&slots->restored);
  pthread_mutex_init(&slots->lock, NULL);
}

void
mn_slots_free(MnSlots* const slots)
{
  pthread_mutex_destroy(&slots->lock);
}

void
mn_slots_tell(MnSlots* const slots)
{
  put(&slots->played, &slots->now);
}

bool
mn_slots_take(MnSlots* const slots)
{
  MnSlotSet const* const set = take(&slots->restored);
  if (set) {
    slots->now = *set;
  }
  return set;
}

// What run() has said before it took the last restore is older than that.
static void
update(MnSlots* const slots)
{
  MnSlotSet const* const set = take(&slots->played);
  if (set && set->restored == slots->known.restored) {
    slots->known = *set;
  }
}

void
mn_slots_get(MnSlots* const slots, MnIdea slot[MN_SLOTS])
{
  pthread_mutex_lock(&slots->lock);
  update(slots);
  memcpy(slot, slots->known.slot, sizeof(slots->known.slot));
  pthread_mutex_unlock(&slots->lock);
}

void
mn_slots_restore(MnSlots* const slots,
                 MnIdea const   slot[MN_SLOTS],
                 bool const     set[MN_SLOTS])
{
  pthread_mutex_lock(&slots->lock);
  update(slots);
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    if (set[i]) {
      slots->known.slot[i] = slot[i];
    }
  }
  ++slots->known.restored;
  put(&slots->restored, &slots->known);
  pthread_mutex_unlock(&slots->lock);
}
