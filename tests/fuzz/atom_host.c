// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "atom_host.h"

#include "fuzz.h"
#include "model_file.h"

#include <lv2/state/state.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { URIS = 256, NOTIFY_ROOM = 1 << 16, CV_FRAMES = 4096 };

static char folder[] = "/tmp/music-neurons-fuzz-XXXXXX";
static char models[3][64];

// The same URIDs in every instance: small numbers, which a fuzzer hits.
static LV2_URID
map_uri(LV2_URID_Map_Handle const handle, char const* const uri)
{
  static char*    known[URIS];
  static unsigned count = 0;
  unsigned        i     = 0;
  (void)handle;
  while (i < count && strcmp(known[i], uri)) {
    ++i;
  }
  if (i == count) {
    FUZZ_CHECK(count < URIS);
    known[count++] = strdup(uri);
  }
  return i + 1;
}

static int
log_vprintf(LV2_Log_Handle const handle,
            LV2_URID const       type,
            char const* const    format,
            va_list              args)
{
  char text[1024];
  (void)handle;
  (void)type;
  int const size = vsnprintf(text, sizeof(text), format, args);
  FUZZ_CHECK(size > 0 && strchr(text, '\n') == text + size - 1); // one line
  return size;
}

static int
log_printf(LV2_Log_Handle const handle, LV2_URID const type, char const* const format, ...)
{
  va_list args;
  va_start(args, format);
  int const size = log_vprintf(handle, type, format, args);
  va_end(args);
  return size;
}

static LV2_Worker_Status
schedule_work(LV2_Worker_Schedule_Handle const handle,
              uint32_t const                   size,
              void const* const                data)
{
  AtomHost* const h = (AtomHost*)handle;
  FUZZ_CHECK(size == sizeof(MnWork));
  if (h->queued == ATOM_HOST_WORK) {
    return LV2_WORKER_ERR_NO_SPACE;
  }
  memcpy(&h->work[h->queued++], data, size);
  return LV2_WORKER_SUCCESS;
}

static void
leave(void)
{
  for (unsigned i = 0; i < 3; ++i) {
    unlink(models[i]);
  }
  rmdir(folder);
}

// The bundle: its model, another one of other sizes, and a third that is bad.
static void
enter(void)
{
  static char const* const names[]  = {"melody-2bar-open.safetensors", "other", "bad"};
  static ModelShape const  shapes[] = {
     {.layers = 1, .steps = 8, .hidden = 2, .latent = 20, .hidden_frac = 12, .seed = 1},
     {.layers      = 2,
      .steps       = 4,
      .hidden      = 3,
      .latent      = 3,
      .hidden_frac = 14,
      .wide        = true,
      .seed        = 2},
     {.layers = 1, .steps = 1, .hidden = 1, .latent = 1, .hidden_frac = 8, .seed = 3}};
  static bool entered = false;
  if (entered) {
    return;
  }
  entered = true;
  FUZZ_CHECK(mkdtemp(folder));
  for (unsigned i = 0; i < 3; ++i) {
    snprintf(models[i], sizeof(models[i]), "%s/%s", folder, names[i]);
    ModelFile* const file = model_file_new(&shapes[i]);
    model_file_write(file, models[i]);
    model_file_free(file);
  }
  FUZZ_CHECK(!truncate(models[2], 100));
  atexit(leave);
}

AtomHost*
atom_host_new(unsigned const choice)
{
  enter();
  AtomHost* const h = (AtomHost*)fuzz_memory(sizeof(*h));
  *h                = (AtomHost){.has_cv = choice & 1};
  h->map            = (LV2_URID_Map){h, map_uri};
  h->log            = (LV2_Log_Log){h, log_printf, log_vprintf};
  h->schedule       = (LV2_Worker_Schedule){h, schedule_work};
  mn_uris_map(&h->uris, &h->map);
  LV2_Feature const  map_feature = {LV2_URID__map, &h->map};
  LV2_Feature const  log_feature = {LV2_LOG__log, &h->log};
  LV2_Feature const  work        = {LV2_WORKER__schedule, &h->schedule};
  LV2_Feature const* features[]  = {
     &map_feature, &log_feature, choice & 2 ? NULL : &work, NULL};
  h->descriptor = lv2_descriptor(choice & 1);
  h->plugin =
    (MnMonitor*)h->descriptor->instantiate(h->descriptor, 48000, folder, features);
  FUZZ_CHECK(h->plugin && h->plugin->swap.model);
  for (unsigned p = 0; p < MN_PORT_COUNT; ++p) {
    h->control[p] = (float)NAN; // no value: the default
    if (p >= MN_PORT_FIRST_CONTROL && !h->has_cv) {
      h->descriptor->connect_port(h->plugin, p, &h->control[p]);
    }
  }
  for (unsigned p = MN_CV_PORT_FIRST_CONTROL; h->has_cv && p < MN_CV_PORT_FIRST_CV; ++p) {
    h->descriptor->connect_port(
      h->plugin, p, &h->control[p - MN_CV_PORT_FIRST_CONTROL + MN_PORT_FIRST_CONTROL]);
  }
  if (h->has_cv) {
    h->descriptor->connect_port(h->plugin, MN_CV_PORT_SPAN, &h->control[MN_PORT_SPAN]);
  }
  h->descriptor->activate(h->plugin);
  return h;
}

void
atom_host_free(AtomHost* const h)
{
  h->descriptor->cleanup(h->plugin);
  free(h);
}

void
atom_host_put(AtomHost* const h, void const* const bytes, size_t const size)
{
  size_t const room = ATOM_HOST_EVENTS - h->used;
  size_t const put  = size < room ? size : room;
  if (put) {
    memcpy(h->events + h->used, bytes, put);
    h->used += put;
  }
}

char const*
atom_host_model(AtomHost const* const h, uint64_t const choice)
{
  (void)h;
  return models[choice % 3];
}

void
atom_host_control(AtomHost* const h, unsigned const control, float const value)
{
  unsigned const slots = MN_PORT_STYLE_1 - MN_PORT_CC_1;
  unsigned const port =
    control % 2
      ? MN_PORT_FIRST_CONTROL + control / 2 % (MN_PORT_RESET - MN_PORT_FIRST_CONTROL + 1)
      : MN_PORT_CC_1 + control / 2 % slots;
  h->control[port] = value;
}

static LV2_Worker_Status
respond(LV2_Worker_Respond_Handle const handle, uint32_t const size, void const* const data)
{
  AtomHost* const h = (AtomHost*)handle;
  return mn_monitor_worker.work_response(h->plugin, size, data);
}

void
atom_host_work(AtomHost* const h)
{
  for (unsigned i = 0; i < h->queued; ++i) {
    mn_monitor_worker.work(h->plugin, respond, h, sizeof(MnWork), &h->work[i]);
  }
  h->queued = 0;
}

// One event of a sequence, read by the format's letter. @return false at its end.
static bool
next_event(uint8_t const* const  body,
           size_t const          size,
           size_t* const         at,
           LV2_Atom_Event* const head,
           uint8_t const** const data)
{
  if (*at > size || size - *at < sizeof(*head)) {
    return false;
  }
  memcpy(head, body + *at, sizeof(*head));
  if (head->body.size > size - *at - sizeof(*head)) {
    return false;
  }
  *data = body + *at + sizeof(*head);
  *at += sizeof(*head) + (((size_t)head->body.size + 7) & ~(size_t)7);
  return true;
}

// Whether events lie in order and within the block. @param end Where they end.
static bool
is_in_order(uint8_t const* const body,
            size_t const         size,
            uint32_t const       frames,
            size_t* const        end)
{
  int64_t        last = 0;
  bool           good = true;
  LV2_Atom_Event event;
  uint8_t const* data = NULL;
  for (*end = 0; next_event(body, size, end, &event, &data);) {
    good = good && event.time.frames >= last && event.time.frames < (frames ? frames : 1);
    last = event.time.frames;
  }
  return good;
}

// What came out is well-formed, and in order if what went in was.
static void
check_sequence(AtomHost const* const          h,
               LV2_Atom_Sequence const* const s,
               uint32_t const                 room,
               uint32_t const                 frames)
{
  size_t at = 0;
  FUZZ_CHECK(s->atom.size <= room && s->atom.size >= sizeof(s->body));
  size_t const size     = s->atom.size - sizeof(s->body);
  bool const   in_order = is_in_order((uint8_t const*)(s + 1), size, frames, &at);
  FUZZ_CHECK(at >= size); // nothing but events
  FUZZ_CHECK(in_order || !is_in_order(h->events, h->used, frames, &at));
}

// Every message of `in` is on `out`, in order, perhaps with others between.
static void
check_thru(AtomHost const* const h, LV2_Atom_Sequence const* const out)
{
  size_t const   size = out->atom.size - sizeof(out->body);
  size_t         at   = 0;
  size_t         to   = 0;
  LV2_Atom_Event event;
  LV2_Atom_Event found;
  uint8_t const* data = NULL;
  uint8_t const* copy = NULL;
  while (next_event(h->events, h->used, &at, &event, &data)) {
    bool same = event.body.type != h->uris.midi_MidiEvent;
    while (!same && next_event((uint8_t const*)(out + 1), size, &to, &found, &copy)) {
      same = found.body.size == event.body.size && !memcmp(data, copy, event.body.size);
    }
    FUZZ_CHECK(same);
  }
}

static void
check_outputs(AtomHost const* const h)
{
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_COUNT; ++port) {
    MnPort const* const p     = mn_port(port);
    float const         value = h->control[port];
    bool const          open  = mn_port_is_open(port) && isfinite(value);
    FUZZ_CHECK(p->is_input || open || (value >= p->low && value <= p->high)); // not NaN
  }
}

static LV2_Atom_Sequence*
new_sequence(uint32_t const room)
{
  LV2_Atom_Sequence* const s = (LV2_Atom_Sequence*)fuzz_memory(sizeof(LV2_Atom) + room);
  s->atom                    = (LV2_Atom){room, 0};
  return s;
}

// The sibling's outputs: a buffer each, no longer than the block.
static void
connect_cv(AtomHost* const h, float** const buffers, uint32_t const frames)
{
  for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
    buffers[i] = (float*)fuzz_memory(frames * sizeof(float));
    memset(buffers[i], 0xFF, frames * sizeof(float)); // NaN
    h->descriptor->connect_port(h->plugin, MN_CV_PORT_FIRST_CV + i, buffers[i]);
  }
}

static void
check_cv(float** const buffers, uint32_t const frames)
{
  for (unsigned i = 0; i < MN_CV_COUNT; ++i) {
    for (uint32_t f = 0; f < frames; ++f) {
      FUZZ_CHECK(buffers[i][f] >= 0 && buffers[i][f] <= MN_CV_FULL);
    }
    free(buffers[i]);
  }
}

void
atom_host_run(AtomHost* const h, uint32_t const frames, uint32_t const room)
{
  uint32_t const           least    = sizeof(LV2_Atom_Sequence_Body);
  uint32_t const           size     = least + (uint32_t)h->used;
  uint32_t const           out_room = h->has_cv ? NOTIFY_ROOM : room < least ? least : room;
  LV2_Atom_Sequence* const in       = new_sequence(size);
  LV2_Atom_Sequence* const out      = new_sequence(out_room);
  float*                   cv[MN_CV_COUNT];
  *in = (LV2_Atom_Sequence){{size, h->uris.atom_Sequence}, {0, 0}};
  memcpy(in + 1, h->events, h->used);
  h->descriptor->connect_port(h->plugin, MN_PORT_IN, in);
  if (h->has_cv) {
    h->descriptor->connect_port(h->plugin, MN_CV_PORT_NOTIFY, out);
    connect_cv(h, cv, frames);
  } else {
    h->descriptor->connect_port(h->plugin, MN_PORT_OUT, out);
  }

  h->descriptor->run(h->plugin, frames);

  FUZZ_CHECK(!mn_tlsf_check(h->plugin->pool));
  check_sequence(h, out, out_room, frames);
  if (h->has_cv) {
    check_cv(cv, frames);
  } else {
    check_outputs(h);
    if (room == UINT16_MAX) {
      check_thru(h, out);
    }
  }
  free(in);
  free(out);
  h->used = 0;
}

// A state of one value.
typedef struct {
  LV2_URID    key;
  LV2_URID    type;
  void const* bytes;
  size_t      size;
} State;

static void const*
retrieve(LV2_State_Handle const handle,
         uint32_t const         key,
         size_t* const          size,
         uint32_t* const        type,
         uint32_t* const        flags)
{
  State const* const s = (State const*)handle;
  *flags               = LV2_STATE_IS_POD;
  *type                = s->type;
  *size                = s->size;
  return key == s->key ? s->bytes : NULL;
}

void
atom_host_restore(AtomHost* const   h,
                  bool const        own,
                  LV2_URID const    type,
                  void const* const bytes,
                  size_t const      size)
{
  LV2_State_Interface const* const interface =
    (LV2_State_Interface const*)h->descriptor->extension_data(LV2_STATE__interface);
  LV2_Feature const* const none[]  = {NULL};
  void* const              content = fuzz_memory(size);
  memcpy(content, bytes, size);
  State state = {own ? h->uris.own_model : h->uris.model, type, content, size};
  interface->restore(h->plugin, retrieve, &state, 0, none);
  free(content);
}
