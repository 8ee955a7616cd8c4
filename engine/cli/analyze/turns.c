// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "turns.h"

#include <pthread.h>
#include <stdlib.h>

struct MnTurns {
  FILE*           out;
  MnProgressLine* line;
  void (*tell)(void* context, MnTurnCount const* count);
  void*           context;
  pthread_mutex_t lock;
  pthread_cond_t  moved; // the head has, or all is over
  size_t          head;  // whose turn it is
  MnTurnCount     count;
  size_t          ahead;
  MnTurn          slots[]; // [ahead], by index: from the head on
};

MnTurns*
mn_turns_new(FILE* const           out,
             size_t const          ahead,
             MnProgressLine* const line,
             void (*const tell)(void* context, MnTurnCount const* count),
             void* const context)
{
  MnTurns* const t = (MnTurns*)calloc(1, sizeof(*t) + ahead * sizeof(MnTurn));
  if (t) {
    t->out     = out;
    t->line    = line;
    t->tell    = tell;
    t->context = context;
    t->ahead   = ahead;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->moved, NULL);
  }
  return t;
}

MnTurn*
mn_turn_begin(MnTurns* const t, size_t const index)
{
  pthread_mutex_lock(&t->lock);
  while (!t->count.failed && index >= t->head + t->ahead) {
    pthread_cond_wait(&t->moved, &t->lock);
  }
  bool const over = t->count.failed;
  pthread_mutex_unlock(&t->lock);
  if (over) {
    return NULL;
  }
  MnTurn* const turn = &t->slots[index % t->ahead];
  turn->turns        = t;
  turn->index        = index;
  turn->direct       = false;
  turn->text         = NULL;
  turn->size         = 0;
  turn->told.used    = 0;
  turn->out          = open_memstream(&turn->text, &turn->size);
  mn_tell_to(&turn->told);
  if (!turn->out) {
    mn_turn_end(turn, mn_fail_memory());
    return NULL;
  }
  return turn;
}

// Closes the text in memory, if there is one. @return The exit status.
static int
close_text(MnTurn* const turn)
{
  if (turn->direct || !turn->out) {
    return MN_EXIT_GOOD;
  }
  bool const bad  = ferror(turn->out);
  bool const lost = fclose(turn->out) || bad;
  turn->out       = NULL;
  return lost ? mn_fail_memory() : MN_EXIT_GOOD;
}

static void
write_text(MnTurn* const turn, FILE* const out)
{
  fwrite(turn->text, 1, turn->size, out);
  free(turn->text);
  turn->text = NULL;
}

int
mn_turn_pass(MnTurn* const turn)
{
  MnTurns* const t = turn->turns;
  if (turn->direct) {
    return ferror(t->out) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
  }
  bool const full = ftello(turn->out) >= MN_TURN_BYTES;
  pthread_mutex_lock(&t->lock);
  while (full && !t->count.failed && turn->index != t->head) {
    pthread_cond_wait(&t->moved, &t->lock);
  }
  bool const over = t->count.failed;
  bool const ours = turn->index == t->head;
  pthread_mutex_unlock(&t->lock);
  if (over) {
    return MN_EXIT_FAILED;
  }
  if (!ours) {
    return MN_EXIT_GOOD;
  }
  int const status = close_text(turn);
  if (status == MN_EXIT_GOOD) {
    write_text(turn, t->out);
    turn->direct = true;
    turn->out    = t->out;
  }
  return status;
}

// Lets the thing out whose turn it is, and which has ended.
static void
let_out(MnTurns* const t)
{
  MnTurn* const turn = &t->slots[t->head % t->ahead];
  if (turn->told.used) {
    mn_progress_line_clear(t->line);
    fwrite(turn->told.text, 1, turn->told.used, stderr);
  }
  if (turn->text) {
    write_text(turn, t->out);
  }
  t->count.good += turn->status == MN_EXIT_GOOD;
  t->count.bad += turn->status == MN_EXIT_BAD_INPUT;
  t->count.failed = turn->status == MN_EXIT_FAILED || ferror(t->out);
  turn->ended     = false;
  ++t->head;
  t->tell(t->context, &t->count);
}

void
mn_turn_end(MnTurn* const turn, int const status)
{
  MnTurns* const t      = turn->turns;
  int const      closed = close_text(turn);
  mn_tell_to(NULL);
  pthread_mutex_lock(&t->lock);
  turn->status = closed == MN_EXIT_GOOD ? status : closed;
  turn->ended  = true;
  while (!t->count.failed && t->slots[t->head % t->ahead].ended) {
    let_out(t);
  }
  pthread_cond_broadcast(&t->moved);
  pthread_mutex_unlock(&t->lock);
}

MnTurnCount
mn_turns_count(MnTurns const* const t)
{
  return t->count;
}

void
mn_turns_free(MnTurns* const t)
{
  for (size_t i = 0; t && i < t->ahead; ++i) {
    free(t->slots[i].text); // of what came after a failure
  }
  if (t) {
    pthread_cond_destroy(&t->moved);
    pthread_mutex_destroy(&t->lock);
  }
  free(t);
}
