// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// State: the model and the slots. All slots are always saved, empty ones too, since some hosts
/// never delete a key that was once saved.

#include "model_state.h"
#include "player_plugin.h"

#include <lv2/log/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 4 * MN_MAX_STEPS + 1 };

static void
write_slot(MnIdea const* const idea, char* const text)
{
  int used = 0;
  *text    = '\0';
  for (unsigned i = 0; i < idea->steps; ++i) {
    used += sprintf(text + used, "%s%u", i ? " " : "", (unsigned)idea->tokens[i]);
  }
}

// @return false if the text is no slot.
static bool
read_slot(char const* at, MnIdea* const idea)
{
  *idea = (MnIdea){0};
  while (*at) {
    char*               end = NULL;
    unsigned long const token =
      *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : MN_CLASSES;
    if (token >= MN_CLASSES || idea->steps == MN_MAX_STEPS || (*end && *end != ' ')) {
      return false;
    }
    idea->tokens[idea->steps++] = (uint8_t)token;
    at                          = *end ? end + 1 : end;
  }
  return true;
}

static LV2_State_Status
save(LV2_Handle const                instance,
     LV2_State_Store_Function const  store,
     LV2_State_Handle const          handle,
     uint32_t const                  flags,
     LV2_Feature const* const* const features)
{
  (void)flags;
  MnPlayer* const  p = (MnPlayer*)instance;
  MnIdea           slot[MN_SLOTS];
  LV2_State_Status status = mn_model_state_save(&p->swap, store, handle, features);
  mn_slots_get(&p->slots, slot);
  // Hosts drop a state that could not be saved whole, and lilv leaks what was stored in it.
  for (unsigned i = 0; i < MN_SLOTS && status == LV2_STATE_SUCCESS; ++i) {
    char text[MOST_TEXT];
    write_slot(&slot[i], text);
    status = store(handle,
                   p->slot_urid[i],
                   text,
                   strlen(text) + 1,
                   p->host.uris.atom_String,
                   LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
  }
  return status;
}

// @return whether the state has the slot, and it is sound.
static bool
retrieve_slot(MnPlayer* const                   p,
              LV2_State_Retrieve_Function const retrieve,
              LV2_State_Handle const            handle,
              unsigned const                    i,
              MnIdea* const                     idea,
              LV2_State_Status* const           status)
{
  size_t            size  = 0;
  uint32_t          type  = 0;
  uint32_t          flags = 0;
  char const* const stored =
    (char const*)retrieve(handle, p->slot_urid[i], &size, &type, &flags);
  if (!stored) {
    return false;
  }
  // Not every host counts the 0 at the end of a text.
  char text[MOST_TEXT] = "?";
  if (type == p->host.uris.atom_String && size <= MOST_TEXT) {
    memcpy(text, stored, size < MOST_TEXT ? size : MOST_TEXT - 1);
    text[size < MOST_TEXT ? size : MOST_TEXT - 1] = '\0';
  }
  if (read_slot(text, idea)) {
    return true;
  }
  lv2_log_error(&p->host.logger,
                "music-neurons: state: slot %c is not a melody in tokens\n",
                (char)('A' + i));
  *status = LV2_STATE_ERR_BAD_TYPE;
  return false;
}

static LV2_State_Status
restore(LV2_Handle const                  instance,
        LV2_State_Retrieve_Function const retrieve,
        LV2_State_Handle const            handle,
        uint32_t const                    flags,
        LV2_Feature const* const* const   features)
{
  (void)flags;
  MnPlayer* const  p              = (MnPlayer*)instance;
  MnIdea           slot[MN_SLOTS] = {0};
  bool             set[MN_SLOTS]  = {false};
  bool             any            = false;
  LV2_State_Status status = mn_model_state_restore(&p->swap, retrieve, handle, features);
  for (unsigned i = 0; i < MN_SLOTS; ++i) {
    set[i] = retrieve_slot(p, retrieve, handle, i, &slot[i], &status);
    any    = any || set[i];
  }
  if (any) {
    mn_slots_restore(&p->slots, slot, set);
  }
  return status;
}

void const*
mn_player_state_interface(void)
{
  static LV2_State_Interface const interface = {save, restore};
  return &interface;
}
