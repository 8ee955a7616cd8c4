// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads atoms from outside: every size is checked against what holds it, so
/// that a malformed message ends a loop instead of leaving the buffer.
///
/// All functions: any thread, no allocation.

#ifndef MN_ATOMS_H
#define MN_ATOMS_H

#include "base/common.h"
#include "uris.h"

#include <stdbool.h>

/// The first event of a sequence, or NULL.
LV2_Atom_Event const*
mn_atoms_first(MnUris const* uris, LV2_Atom_Sequence const* sequence) MN_REALTIME;

/// The bytes that a size takes with the padding after it.
static inline size_t
mn_atoms_padded(size_t const size)
{
  return (size + 7U) & ~(size_t)7U;
}

/// Where a sequence ends.
static inline char const*
mn_atoms_end(LV2_Atom_Sequence const* const sequence)
{
  return (char const*)&sequence->body + sequence->atom.size;
}

/// `at` as an event if it lies wholly in the sequence, or NULL.
static inline LV2_Atom_Event const*
mn_atoms_event_at(LV2_Atom_Sequence const* const sequence, char const* const at)
{
  char const* const end = mn_atoms_end(sequence);
  if (at > end || (size_t)(end - at) < sizeof(LV2_Atom_Event)) {
    return NULL;
  }
  LV2_Atom_Event const* const event = (LV2_Atom_Event const*)(void const*)at;
  size_t const                room  = (size_t)(end - at) - sizeof(LV2_Atom_Event);
  return event->body.size <= room ? event : NULL;
}

/// The event after `event`, or NULL.
static inline LV2_Atom_Event const*
mn_atoms_next(LV2_Atom_Sequence const* const sequence, LV2_Atom_Event const* const event)
{
  size_t const size = sizeof(LV2_Atom_Event) + mn_atoms_padded(event->body.size);
  return mn_atoms_event_at(sequence, (char const*)event + size);
}

/// How much of a sequence is left from `event` on, as padded events take it.
uint32_t
mn_atoms_left(LV2_Atom_Sequence const* sequence, LV2_Atom_Event const* event) MN_REALTIME;

/// Casts an atom to an object (or its old form, a blank), or NULL.
LV2_Atom_Object const*
mn_atoms_object(MnUris const* uris, LV2_Atom const* atom) MN_REALTIME;

/// The value of an object's property, or NULL.
LV2_Atom const*
mn_atoms_get(LV2_Atom_Object const* object, LV2_URID key) MN_REALTIME;

/// Reads a property that is a number, of any type. Returns false if there is none.
bool
mn_atoms_number(MnUris const*          uris,
                LV2_Atom_Object const* object,
                LV2_URID               key,
                double*                number) MN_REALTIME;

/// The URID that an atom is; 0 if it is none, or NULL.
LV2_URID
mn_atoms_urid(MnUris const* uris, LV2_Atom const* atom) MN_REALTIME;

/// A text within an atom, which need not end with a 0.
typedef struct {
  char const* at;
  size_t      length; ///< bytes
} MnText;

/// The text of an atom up to a 0 or the atom's end: not every host counts the 0.
MnText
mn_atoms_text(LV2_Atom const* atom) MN_REALTIME;

/// The path in a patch:Set of the model. Its length is 0 if the message is not one.
MnText
mn_atoms_model_path(MnUris const* uris, LV2_Atom_Object const* object) MN_REALTIME;

#endif // MN_ATOMS_H
