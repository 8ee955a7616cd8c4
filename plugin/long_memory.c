// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_memory.h"

void
mn_long_memory_break(MnLongMemory* const memory)
{
  ++memory->stream;
  mn_phrase_clear(&memory->phrase);
}

void
mn_long_memory_set_model(MnLongMemory* const  memory,
                         MnTlsf* const        pool,
                         MnModel const* const model)
{
  mn_tlsf_free(pool, memory->level);
  memory->level = NULL;
  if (model && model->long_table.neurons) {
    void* const room = mn_tlsf_aligned(pool, MN_LONG_ALIGN, mn_second_level_size(model));
    memory->level    = room ? mn_second_level_init(room, model) : NULL;
  }
  mn_long_memory_break(memory);
}

void
mn_long_memory_add(MnLongMemory* const memory, MnJob* const job)
{
  job->stream = memory->stream;
  if (memory->level) {
    job->places = mn_phrase_add(&memory->phrase, job->window.start, job->scored);
  }
}

void
mn_long_memory_take(MnLongMemory const* const memory, MnJob* const job)
{
  if (job->stream != memory->stream) {
    job->view = mn_long_view_neutral;
  }
}
