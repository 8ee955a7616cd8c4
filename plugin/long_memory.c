// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_memory.h"

void
mn_long_memory_break(MnLongMemory* const memory)
{
  memory->styles = (MnStyleCourse){.known = false};
  ++memory->stream;
  if (memory->phrase) {
    mn_phrase_clear(memory->phrase);
  }
}

void
mn_long_memory_set_model(MnLongMemory* const  memory,
                         MnTlsf* const        pool,
                         MnModel const* const model)
{
  if (memory->phrase) {
    mn_tlsf_free(pool, memory->phrase);
    memory->phrase = NULL;
  }
  if (model && model->long_table.neurons) {
    void* const room = mn_tlsf_aligned(pool, MN_PHRASE_ALIGN, mn_phrase_size(model));
    memory->phrase   = room ? mn_phrase_init(room, model) : NULL;
  }
  mn_long_memory_break(memory);
}

void
mn_long_memory_take(MnLongMemory* const memory, MnJob* const job)
{
  if (!memory->phrase || job->stream != memory->stream) {
    return;
  }
  MnLong const* const second = job->second;
  MnPhraseWindow      window = {NULL, NULL};
  if (second) {
    mn_style_take(&memory->styles,
                  job->window.start,
                  mn_long_styles(second),
                  job->model->long_table.style.count);
    mn_long_view(job->model,
                 mn_long_heard(second),
                 mn_long_mu(second),
                 memory->styles.q30,
                 &memory->view);
    job->view = &memory->view;
    window    = mn_long_window(second);
  }
  mn_phrase_add(memory->phrase, job->window.start, &window);
}
