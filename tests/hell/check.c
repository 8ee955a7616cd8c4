// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checks what must hold after every block.

#include "hell.h"

#include <lv2/midi/midi.h>
#include <math.h>
#include <string.h>

static size_t
padded(size_t const size)
{
  return (size + 7) & ~(size_t)7;
}

// The event at `at` bytes from the start of a sequence; NULL unless all of it lies
// inside.
static LV2_Atom_Event const*
event_at(LV2_Atom_Sequence const* const sequence, size_t const at)
{
  size_t const                end   = sizeof(LV2_Atom) + sequence->atom.size;
  LV2_Atom_Event const* const event = (LV2_Atom_Event const*)((char const*)sequence + at);
  return at + sizeof(*event) <= end && event->body.size <= end - at - sizeof(*event) ? event
                                                                                     : NULL;
}

static size_t
after(LV2_Atom_Event const* const event, size_t const at)
{
  return at + sizeof(*event) + padded(event->body.size);
}

static bool
is_midi(LV2_Atom_Event const* const event)
{
  return event->body.type == hell_urid(LV2_MIDI__MidiEvent);
}

static bool
is_same(LV2_Atom_Event const* const a, LV2_Atom_Event const* const b)
{
  return a->time.frames == b->time.frames && a->body.type == b->body.type &&
         a->body.size == b->body.size && !memcmp(a + 1, b + 1, a->body.size);
}

// Whether an enabled slot may have sent the event.
static bool
is_of_slot(HellInstance const* const   h,
           LV2_Atom_Event const* const event,
           uint32_t const              frames)
{
  uint8_t const* const message = (uint8_t const*)(event + 1);
  if (!is_midi(event) || event->body.size != 3 || (message[0] & 0xF0) != 0xB0 ||
      message[2] > 127 || event->time.frames < 0 || event->time.frames >= frames) {
    return false;
  }
  for (unsigned i = 0; i < MN_CC_SLOTS; ++i) {
    MnCcSlot const* const slot = &h->monitor->cc.slots[i];
    if (slot->source != MN_SOURCE_OFF && slot->channel == (message[0] & 0x0F) &&
        (slot->controller == message[1] ||
         (slot->wide && slot->controller + 32 == message[1]))) {
      return true;
    }
  }
  return false;
}

// Whether the event may come from the plugin itself.
static bool
is_own(HellInstance* const h, LV2_Atom_Event const* const event, uint32_t const frames)
{
  return h->player ? is_midi(event) && hell_player_plays(h, event, frames)
                   : is_of_slot(h, event, frames);
}

// The first event that the plugin reads, in bytes from the start of `said`.
static size_t
first_event(HellBlock const* const b, LV2_Atom_Sequence const* const said)
{
  bool const reads = b->in && said->atom.type == hell_urid(LV2_ATOM__Sequence) &&
                     said->atom.size >= sizeof(LV2_Atom_Sequence_Body);
  return reads ? sizeof(LV2_Atom_Sequence) : SIZE_MAX / 2;
}

// Where nothing can come out, a player still keeps in mind what has come in.
static void
tell_what_passes(HellInstance* const h, HellBlock const* const b)
{
  LV2_Atom_Sequence const* const said =
    (LV2_Atom_Sequence const*)(void const*)b->input->bytes;
  size_t from = first_event(b, said);
  for (LV2_Atom_Event const* in; h->player && (in = event_at(said, from));
       from = after(in, from)) {
    if (is_midi(in)) {
      hell_player_lets(h, in);
    }
  }
}

// What came in comes out, once each, in order and on its frame: what fits. Between
// it come the slots' controllers, or the player's notes, which take no room from it.
//
// @return where the MIDI ends.
static size_t
check_thru(HellInstance* const h, HellBlock const* const b, uint32_t const room)
{
  LV2_Atom_Sequence const* const said =
    (LV2_Atom_Sequence const*)(void const*)b->input->bytes;
  size_t from = first_event(b, said);
  size_t to   = sizeof(LV2_Atom_Sequence);
  size_t used = sizeof(LV2_Atom_Sequence_Body);

  for (LV2_Atom_Event const* in; (in = event_at(said, from)); from = after(in, from)) {
    size_t const size = sizeof(*in) + in->body.size;
    if (!is_midi(in) || (h->player && !hell_player_lets(h, in)) || size > room - used) {
      continue;
    }
    used += padded(size);
    LV2_Atom_Event const* out = event_at(b->out, to);
    while (out && !is_same(in, out) && is_own(h, out, b->frames)) {
      to  = after(out, to);
      out = event_at(b->out, to);
    }
    if (!out || !is_same(in, out)) {
      hell_fail("thru: the event of %u bytes on frame %lld is %s",
                in->body.size,
                (long long)in->time.frames,
                out ? "another" : "missing");
    }
    to = after(out, to);
  }
  for (LV2_Atom_Event const* out; (out = event_at(b->out, to)) && is_midi(out);
       to = after(out, to)) {
    if (!is_own(h, out, b->frames)) {
      hell_fail("out has an event that nobody sent, of %u bytes on frame %lld",
                out->body.size,
                (long long)out->time.frames);
    }
  }
  return to;
}

static void
check_value(HellPort const* const port, uint32_t const index, float const value)
{
  if (!(value >= port->low && value <= port->high) ||
      (port->is_integer && value != rintf(value))) {
    hell_fail("port %u is %g, which is not from %g to %g%s",
              index,
              (double)value,
              (double)port->low,
              (double)port->high,
              port->is_integer ? " and whole" : "");
  }
}

// What a readout says is there as it is, whatever the model.
static void
check_open(HellInstance const* const h, uint32_t const index)
{
  MnOutputs const* const outputs = &h->monitor->outputs;
  MnReadout const* const r       = &outputs->target;
  float const            value   = h->control[index];
  unsigned const         top     = (index - MN_PORT_TOP_1) / MN_TOP_PORT_COUNT;
  float const            said    = index == MN_PORT_MUSIC_ACTIVE   ? (float)r->music_active
                                   : index == MN_PORT_NOISE_ACTIVE ? (float)r->noise_active
                                   : index == MN_PORT_NOISE_ENERGY
                                     ? mn_outputs_value(outputs, MN_GLIDE_ENERGY)
                                     : r->top[top].mu;
  if (!isfinite(value) || value != said) {
    hell_fail("port %u is %g, not %g", index, (double)value, (double)said);
  }
}

static void
check_ports(HellInstance const* const h, HellBlock const* const b)
{
  for (uint32_t p = 0, cv = 0; p < h->ports->count; ++p) {
    HellPort const* const port = &h->ports->port[p];
    if (port->is_cv) {
      for (uint32_t f = 0; b->cv[cv] && f < b->frames; ++f) {
        check_value(port, p, b->cv[cv][f]);
      }
      ++cv;
    } else if (port->is_control && port->is_input) {
      if (memcmp(&h->seen[p], &h->control[p], sizeof(float))) {
        hell_fail("the input %u has been written to", p);
      }
    } else if (port->is_control && h->connected[p] && h->monitor && mn_port_is_open(p)) {
      check_open(h, p);
    } else if (port->is_control && h->connected[p]) {
      check_value(port, p, h->control[p]);
    } else if (port->is_control && !isnan(h->control[p])) {
      hell_fail("port %u is written to though it is not connected", p);
    }
  }
}

static void
check_sound(LV2_Atom const* atom, size_t room);

static void
check_vector(LV2_Atom const* const atom)
{
  LV2_Atom_Vector const* const vector = (LV2_Atom_Vector const*)atom;
  if (atom->size < sizeof(LV2_Atom_Vector_Body) ||
      vector->body.child_size != sizeof(float) ||
      (atom->size - sizeof(LV2_Atom_Vector_Body)) % sizeof(float)) {
    hell_fail("a message: a vector of %u bytes", atom->size);
  }
  float const* const values = (float const*)(vector + 1);
  size_t const       count  = (atom->size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float);
  for (size_t i = 0; vector->body.child_type == hell_urid(LV2_ATOM__Float) && i < count;
       ++i) {
    if (!isfinite(values[i])) {
      hell_fail("a message: %g in a vector", (double)values[i]);
    }
  }
}

static void
check_object(LV2_Atom const* const atom)
{
  size_t       at  = sizeof(LV2_Atom_Object);
  size_t const end = sizeof(LV2_Atom) + atom->size;
  if (end < at) {
    hell_fail("a message: an object of %u bytes", atom->size);
  }
  while (at < end) {
    LV2_Atom_Property_Body const* const property =
      (LV2_Atom_Property_Body const*)(void const*)((char const*)atom + at);
    size_t const head = offsetof(LV2_Atom_Property_Body, value);
    if (end - at < sizeof(*property)) {
      hell_fail("a message: a property is cut off");
    }
    check_sound(&property->value, end - at - head);
    at += head + padded(sizeof(LV2_Atom) + property->value.size);
  }
}

static void
check_sound(LV2_Atom const* const atom, size_t const room)
{
  if (room < sizeof(LV2_Atom) || atom->size > room - sizeof(LV2_Atom)) {
    hell_fail("a message: an atom of %u bytes where %zu are left", atom->size, room);
  }
  char const* const body = (char const*)(atom + 1);
  if (atom->type == hell_urid(LV2_ATOM__Object)) {
    check_object(atom);
  } else if (atom->type == hell_urid(LV2_ATOM__Vector)) {
    check_vector(atom);
  } else if (atom->type == hell_urid(LV2_ATOM__Float)) {
    float value;
    memcpy(&value, body, sizeof(value));
    if (atom->size != sizeof(value) || !isfinite(value)) {
      hell_fail("a message: a float of %u bytes, %g", atom->size, (double)value);
    }
  } else if (atom->type == hell_urid(LV2_ATOM__Double)) {
    double value;
    memcpy(&value, body, sizeof(value));
    if (atom->size != sizeof(value) || !isfinite(value)) {
      hell_fail("a message: a double of %u bytes, %g", atom->size, value);
    }
  } else if (atom->type == hell_urid(LV2_ATOM__String) ||
             atom->type == hell_urid(LV2_ATOM__Path)) {
    if (!atom->size || body[atom->size - 1] || strlen(body) + 1 != atom->size) {
      hell_fail("a message: a text of %u bytes", atom->size);
    }
  } else if (atom->type == hell_urid(LV2_ATOM__Int) ||
             atom->type == hell_urid(LV2_ATOM__Bool) ||
             atom->type == hell_urid(LV2_ATOM__URID)) {
    if (atom->size != sizeof(int32_t)) {
      hell_fail("a message: a number of %u bytes", atom->size);
    }
  } else if (atom->type != hell_urid(LV2_ATOM__Long) || atom->size != sizeof(int64_t)) {
    hell_fail("a message: an atom of type %u and %u bytes", atom->type, atom->size);
  }
}

// From `at` to the end there are messages, on the block's last frame.
static void
check_messages(HellBlock const* const b, size_t at)
{
  size_t const  end  = sizeof(LV2_Atom) + padded(b->out->atom.size);
  int64_t const time = b->frames ? b->frames - 1 : 0;
  while (at < end) {
    LV2_Atom_Event const* const event = event_at(b->out, at);
    if (!event || event->time.frames != time ||
        event->body.type != hell_urid(LV2_ATOM__Object)) {
      hell_fail("no message at byte %zu of %zu", at, end);
    }
    check_sound(&event->body, end - at - offsetof(LV2_Atom_Event, body));
    at = after(event, at);
  }
  if (at != end) {
    hell_fail("out ends within an event");
  }
}

static void
check_order(HellBlock const* const b)
{
  int64_t last = 0;
  size_t  at   = sizeof(LV2_Atom_Sequence);
  for (LV2_Atom_Event const* out; (out = event_at(b->out, at)); at = after(out, at)) {
    if (out->time.frames < last) {
      hell_fail("out is not in order");
    }
    last = out->time.frames;
  }
}

static void
check_out(HellInstance* const h, HellBlock const* const b)
{
  void const* const said = b->input->bytes;
  if (b->in && memcmp(b->in, said, b->input->size)) {
    hell_fail(b->in == b->out ? "the buffer that in and out share is not what it was"
                              : "in has been written to");
  }
  uint32_t const room = h->out_room & ~7U;
  if (!b->out || !room || b->in == b->out) {
    tell_what_passes(h, b);
    return;
  }
  if (b->out->atom.type != hell_urid(LV2_ATOM__Sequence) || b->out->atom.size > room ||
      b->out->atom.size < sizeof(LV2_Atom_Sequence_Body) || b->out->body.unit) {
    hell_fail("out is no sequence: %u bytes of %u", b->out->atom.size, room);
  }
  check_messages(b, h->is_cv ? sizeof(LV2_Atom_Sequence) : check_thru(h, b, room));
  if (b->input->sorted) {
    check_order(b);
  }
}

// The overhead of an allocation in bytes.
static size_t
overhead(void)
{
  static size_t size;
  if (!size) {
    static uint8_t pool[1 << 16];
    MnTlsf* const  tlsf   = mn_tlsf_init(pool, sizeof(pool));
    size_t const   before = mn_tlsf_stats(tlsf).used;
    void* const    block  = mn_tlsf_malloc(tlsf, 100);
    size                  = mn_tlsf_stats(tlsf).used - before - mn_tlsf_usable_size(block);
  }
  return size;
}

size_t
hell_used_by(void const* const block)
{
  return block ? mn_tlsf_usable_size(block) + overhead() : 0;
}

// The pool is intact, and holds only what the instance uses.
static void
check_pool(HellInstance const* const h)
{
  MnMonitor const* const m = h->monitor;
  size_t                 known =
    hell_used_by(m->swap.wanted) + hell_used_by(m->swap.loading) + hell_used_by(h->hog);
  for (unsigned i = 0; i < MN_JOBS_AT_ONCE; ++i) {
    known += hell_used_by(m->requests.queue.places[i].job);
  }
  size_t const used = mn_tlsf_stats(m->pool).used;
  if (used != known) {
    hell_fail("the pool has %zu bytes in use, of which %zu are known", used, known);
  }
}

// Each window that closed was scored, is late, or is pending.
static void
check_jobs(HellInstance const* const h)
{
  unsigned const             windows = h->monitor->windows;
  MnEncodeQueue const* const queue   = &h->monitor->requests.queue;
  unsigned                   jobs    = 0;
  for (unsigned i = 0; i < MN_JOBS_AT_ONCE; ++i) {
    jobs += queue->places[i].job != NULL;
  }
  if (queue->count != jobs || queue->stale > queue->count) {
    hell_fail("%u of %u jobs, %u of them stale", queue->count, jobs, queue->stale);
  }
  // Below 0 where messages come that were taken for lost.
  int const messages = (int)(queue->sent - atomic_load(&queue->served));
  if (messages > MN_SLICES_AHEAD_MOST) {
    hell_fail("%d messages for the worker are under way", messages);
  }
  unsigned const under_way = queue->count - queue->stale + queue->has_waiting;
  if (h->closed != (uint64_t)windows + queue->late + under_way) {
    hell_fail("%llu windows closed, of which %u are counted, %u late and %u under way",
              (unsigned long long)h->closed,
              windows,
              queue->late,
              under_way);
  }
}

// The ports show the true counts.
static void
check_counts(HellInstance const* const h)
{
  MnMonitor const* const m    = h->monitor;
  unsigned const         late = m->requests.queue.late;
  if ((h->connected[MN_PORT_WINDOW] && h->control[MN_PORT_WINDOW] != (float)m->windows) ||
      (h->connected[MN_PORT_LATE] && h->control[MN_PORT_LATE] != (float)late)) {
    hell_fail("%u windows and %u late are shown as %g and %g",
              m->windows,
              late,
              (double)h->control[MN_PORT_WINDOW],
              (double)h->control[MN_PORT_LATE]);
  }
}

void
hell_check(HellInstance* const h, HellBlock const* const b)
{
  char const* const wrong = mn_tlsf_check(hell_pool(h));
  if (wrong) {
    hell_fail("the pool: %s", wrong);
  }
  if (h->monitor && !h->is_cv) {
    check_counts(h);
  }
  check_ports(h, b);
  check_out(h, b);
  if (h->player) {
    hell_check_player(h);
    return;
  }
  check_pool(h);
  check_jobs(h);
}
