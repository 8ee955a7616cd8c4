# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Standard MIDI files, and the tokens of their notes by MusicVAE's rules."""

import math
import struct

PPQN = 480
TICKS_PER_STEP = PPQN // 4
END_OF_TRACK = b"\xff\x2f\x00"

# Order on one tick: note-offs, meta events, note-ons, then note-offs of notes of no length.
ENDS, META, STARTS, ENDS_AT_ONCE = range(4)


# Beethoven's Ode to Joy, 8 bars of 4/4, in C: pitches, and lengths in steps.
_HALF = [(64, 4), (64, 4), (65, 4), (67, 4), (67, 4), (65, 4), (64, 4), (62, 4), (60, 4), (60, 4), (62, 4), (64, 4)]
_ODE = [*_HALF, (64, 6), (62, 2), (62, 8), *_HALF, (62, 6), (60, 2), (60, 8)]


def ode_to_joy():
    """Its notes (start, end, pitch) in steps."""
    notes, step = [], 0
    for pitch, length in _ODE:
        notes.append((step, step + length, pitch))
        step += length
    return notes


def number(value):
    """A number of variable length."""
    data = bytes([value & 0x7F])
    while value := value >> 7:
        data = bytes([0x80 | value & 0x7F]) + data
    return data


def note(start, end, pitch, channel=1, velocity=64):
    """A note between two positions in steps, as events for track()."""
    first, last = round(start * TICKS_PER_STEP), round(end * TICKS_PER_STEP)
    return [
        (first, STARTS, bytes([0x8F + channel, pitch, velocity])),
        (last, ENDS if last > first else ENDS_AT_ONCE, bytes([0x7F + channel, pitch, 0])),
    ]


def struck_first(group):
    """The events of a note, of which the start comes before any end on its tick, as many files have it."""
    return [(tick, META if kind == STARTS else ENDS_AT_ONCE, message) for tick, kind, message in group]


def control(position, controller, value, channel=1):
    """A controller, after notes that end there and before notes that start there."""
    return [(round(position * TICKS_PER_STEP), META, bytes([0xAF + channel, controller, value]))]


def metre(step, numerator, denominator):
    exponent = denominator.bit_length() - 1
    data = bytes([0xFF, 0x58, 4, numerator, exponent, 24, 8])
    return [(round(step * TICKS_PER_STEP), META, data)]


def tempo(step, bpm):
    data = b"\xff\x51\x03" + struct.pack(">I", round(60e6 / bpm))[1:]
    return [(round(step * TICKS_PER_STEP), META, data)]


def chunk(name, data):
    return name + struct.pack(">I", len(data)) + data


def track(*groups, end=END_OF_TRACK):
    """A track of groups of events, sorted by time."""
    data, now = b"", 0
    for tick, _, message in sorted((e for g in groups for e in g), key=lambda e: e[:2]):
        data += number(tick - now) + message
        now = tick
    return chunk(b"MTrk", data + (b"\x00" + end if end else b""))


def raw_track(data):
    return chunk(b"MTrk", data)


def file(*tracks, form=1, division=PPQN, count=None):
    header = struct.pack(">HHH", form, len(tracks) if count is None else count, division)
    return chunk(b"MThd", header) + b"".join(tracks)


def on_free_channels(notes):
    """Events of notes (start, end, pitch), which may overlap at one pitch."""
    channels = [c for c in range(1, 17) if c != 10]
    free = {}
    groups = []
    for start, end, pitch in sorted(notes):
        channel = next(c for c in channels if free.get((c, pitch), -1) <= start)
        free[channel, pitch] = max(end, start + 1)
        groups.append(note(start, end, pitch, channel))
    return groups


def step_of(position):
    return math.floor(position + 0.5 + 3 / 1024)


def skyline(notes):
    """The notes (start, end, pitch) in steps below which no higher note sounds on."""
    rounded = [(step_of(begin), max(step_of(end), step_of(begin) + 1), pitch)
               for begin, end, pitch in notes if 21 <= pitch <= 108]
    return [(begin, end, pitch) for begin, end, pitch in rounded
            if not any(b < begin < e and p > pitch for b, e, p in rounded)]


def tokens(notes, start, steps=32, best=max):
    """The window from step `start` on, of notes (start, end, pitch) in steps."""
    lines = {}
    for begin, end, pitch in notes:
        if 21 <= pitch <= 108:
            step = step_of(begin)
            rival = (pitch, max(step_of(end), step + 1))
            lines[step] = best(lines.get(step, rival), rival, key=lambda line: line[0])
    window, end = [], None
    for step in range(start, start + steps):
        if step in lines:
            pitch, end = lines[step]
            window.append(pitch - 19)
        else:
            window.append(1 if step == end else 0)
    return window
