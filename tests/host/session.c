// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "session.h"

#include <stdlib.h>

Song*
short_song(void)
{
  Song* const song = song_new(120);
  song_add_tune(song, BARS, 3);
  song_sort(song);
  return song;
}

Host*
host_with_hop(int const hop)
{
  Host* const host = host_new("build/music-neurons.lv2", RATE, HOST_WORKER_AFTER);
  host_set(host, "hop", (float)hop);
  host_set(host, "hold", 256);
  return host;
}

Session*
session_new(Host* const host)
{
  Session* const s = (Session*)calloc(1, sizeof(Session));
  s->listener      = listener_new(host);
  s->once          = true;
  return s;
}

void
session_free(Session* const s)
{
  listener_free(s->listener);
  free(s);
}

void
session_watch(Host* const host, void* const data)
{
  Session* const s = (Session*)data;
  host_settle(host);
  listener_take(s->listener, host);
  Heard const* const h = &s->listener->last;
  s->once              = s->once && h->sets <= 1 && h->models <= 1 && h->histories <= 1 &&
            h->windows <= 1U + (h->models > 0) && h->steps <= 1 && h->messages <= 1 &&
            h->labels <= 1 && !h->others;
  if (h->windows && s->count < 64) {
    s->windows[s->count++] = s->listener->view.window;
  }
}

Session*
session_play(Host* const host, Song const* const song, uint32_t const block)
{
  Session* const s = session_new(host);
  host_get_model(host, 0);
  song_play(song, host, &(SongPlay){.rate = RATE, .block = block}, session_watch, s);
  return s;
}
