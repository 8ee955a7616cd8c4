// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "heard.h"

static int
take_window(void* const             context,
            MnWindow const* const   window,
            MnEncoding const* const encoding,
            bool const              encoded)
{
  (void)window;
  MnHeard* const heard = (MnHeard*)context;
  return mn_decoding_add(&heard->decoding, encoded ? encoding->mu : NULL)
           ? MN_EXIT_GOOD
           : mn_fail_memory();
}

int
mn_heard_open(MnHeard* const heard, MnOptions const* const options)
{
  int status =
    mn_encoding_open(&heard->encoding, options->model, options->kernel, take_window, heard);
  if (status) {
    return status;
  }
  status = mn_decoding_open(&heard->decoding, heard->encoding.model);
  if (status) {
    mn_heard_close(heard);
  }
  return status;
}

void
mn_heard_close(MnHeard* const heard)
{
  mn_decoding_close(&heard->decoding);
  mn_encoding_close(&heard->encoding);
}

int
mn_heard_add(MnHeard* const heard, MnOptions const* const options, char const* const path)
{
  MnHearing const hearing = mn_options_hearing(options);
  MnError         error   = {0};
  MnMidiScore     score;
  if (!mn_midi_score_read(&score, path, &hearing, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_score_warn(&score, path);
  mn_midi_score_tell(&score, path);
  MnOptions whole  = *options;
  whole.hop        = MN_HOP_2_BARS; // windows follow one another
  int const status = mn_encoding_add_score(&heard->encoding, &whole, &score);
  if (!status && score.end == 0) {
    mn_midi_score_tell_silence(&score, path);
  }
  mn_midi_score_free(&score);
  return status;
}
