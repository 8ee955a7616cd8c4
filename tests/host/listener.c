// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "listener.h"

#include <lv2/atom/util.h>
#include <stdlib.h>

Listener*
listener_new(Host* const host)
{
  Listener* const listener = (Listener*)calloc(1, sizeof(Listener));
  mn_view_init(&listener->view);
  mn_receiver_init(&listener->receiver, host_map(host));
  return listener;
}

void
listener_free(Listener* const listener)
{
  free(listener);
}

static void
count(Heard* const heard, MnUris const* const uris, LV2_URID const type)
{
  unsigned* const which = type == uris->patch_Set       ? &heard->sets
                          : type == uris->mn_Model      ? &heard->models
                          : type == uris->mn_Labels     ? &heard->labels
                          : type == uris->mn_LongLabels ? &heard->long_labels
                          : type == uris->mn_History    ? &heard->histories
                          : type == uris->mn_Window     ? &heard->windows
                          : type == uris->mn_Step       ? &heard->steps
                          : type == uris->mn_Sent       ? &heard->sents
                          : type == uris->mn_Message    ? &heard->messages
                                                        : &heard->others;
  ++*which;
}

void
listener_take(Listener* const listener, Host const* const host)
{
  LV2_Atom_Sequence const* const sequence = host_notify(host);
  MnUris const* const            uris     = &listener->receiver.uris;
  listener->last                          = (Heard){0};
  LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
  {
    LV2_Atom_Object const* const object = (LV2_Atom_Object const*)&event->body;
    size_t const                 size   = lv2_atom_total_size(&event->body);
    LV2_URID const type = event->body.type == uris->atom_Object ? object->body.otype : 0;
    listener->largest   = size > listener->largest ? size : listener->largest;
    listener->bytes += size;
    count(&listener->last, uris, type);
    count(&listener->total, uris, type);
    mn_receive(&listener->receiver, &listener->view, &event->body, size, 0);
  }
}
