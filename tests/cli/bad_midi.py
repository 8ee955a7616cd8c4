# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Standard MIDI files with every fault that we know.

Each has a name, its bytes, and True if the strict must refuse it, or None where the file
may still make sense.
"""

import random
import struct

import midi

END = b"\x00" + midi.END_OF_TRACK
ON, OFF = b"\x90\x3c\x40", b"\x80\x3c\x00"
BODY = b"\x00" + ON + b"\x60" + OFF
FLIPS = 500
MAX_FLIPS = 8


def rich_track():
    """Every kind of event: tempo, metre, text, sysex in pieces, running status."""
    return midi.raw_track(
        b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x03\x02\x18\x08\x00\xff\x03\x04name"
        b"\x00\xf0\x03\x01\x02\x03\x10\xf7\x02\x04\xf7\x00\xc0\x05\x00\xe0\x00\x40"
        b"\x10" + ON + b"\x81\x00\x3c\x00\x00\x40\x40\x60\x40\x00" + END)


def good_files():
    """Small valid files, from which the bad ones are made."""
    plain = midi.raw_track(BODY + END)
    return {
        "format 0": midi.file(plain, form=0),
        "format 1": midi.file(rich_track(), plain),
        "other chunk": midi.file(midi.chunk(b"Junk", b"abcde"), rich_track(), count=1),
    }


def song():
    """A small file with a bit of everything."""
    notes = [midi.note(2 * i, 2 * i + 2, 60 + i % 12, 1 + i % 3) for i in range(24)]
    extras = [
        midi.tempo(0, 100),
        midi.metre(0, 3, 4),
        midi.metre(24, 4, 4),
        [(120, midi.META, b"\xff\x03\x04name"), (240, midi.META, b"\xf0\x03\x01\x02\xf7")],
    ]
    return midi.file(midi.track(*extras), midi.track(*notes))


def chunks(data):
    """Where the chunks of a valid file start, and their lengths."""
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at + 4)
        yield at, length
        at += 8 + length


def cut_off():
    for name, data in good_files().items():
        for size in range(len(data)):
            yield f"{name} cut at {size}", data[:size], True


def wrong_lengths():
    for name, data in good_files().items():
        for at, length in chunks(data):
            for lie in sorted({0, 1, 2, 5, 7, length - 1, length + 1, length + 8, 2 * length, len(data),
                               0x7FFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF} - {length}):
                changed = data[: at + 4] + struct.pack(">I", lie) + data[at + 8 :]
                # A chunk longer than the file is never valid.
                yield f"{name} chunk at {at} of {lie}", changed, True if lie > len(data) else None


def bad_numbers():
    """Numbers of variable length, of every kind: of 5 bytes and more, and without an end."""
    long_ones = [b"\x80" * zeros + last for zeros in (4, 5, 9, 200) for last in (b"\x00", b"\x05")]
    long_ones += [b"\x8f\xff\xff\xff\x7f", b"\xff\xff\xff\xff\x7f", b"\xff" * 30]
    for value in long_ones:
        shown = value[:10].hex()
        yield f"time {shown}", midi.file(midi.raw_track(value + ON + END)), True
        for kind in (b"\xff\x01", b"\xff\x51", b"\xff\x2f", b"\xf0", b"\xf7"):
            body = b"\x00" + kind + value + b"abc" + END
            yield f"length {shown} of {kind.hex()}", midi.file(midi.raw_track(body)), True
    for value in (b"\x80", b"\xff\xff\xff"):
        yield f"cut number {value.hex()}", midi.file(midi.raw_track(BODY + value)), True


def bad_events():
    def one(name, body, refused=True):
        return name, midi.file(midi.raw_track(body)), refused

    for status in (0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF8, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE):
        yield one(f"status {status:x}", b"\x00" + bytes([status, 1, 2]) + END)
    for kind in range(0x80, 0xF0, 0x10):
        yield one(f"status in the data of {kind:x}", b"\x00" + bytes([kind, 0xFF, 0x2F, 0]) + END)
        yield one(f"{kind:x} cut off", b"\x00" + bytes([kind]))
    yield one("running status from the start", b"\x00\x3c\x40" + END)
    for kind in (b"\xff\x01\x00", b"\xf0\x01\xf7", b"\xf7\x00"):
        yield one(f"running status after {kind.hex()}", BODY + b"\x00" + kind + b"\x00\x3c\x40" + END)
    yield one("sysex without an end", b"\x00\xf0\x02\x01\x02" + BODY + END, None)
    yield one("sysex longer than the track", b"\x00\xf0\x7f\x01\x02" + END)
    yield one("sysex of 2^28 - 1 bytes", b"\x00\xf0\xff\xff\xff\x7f\x01" + END)
    yield one("pieces of sysex alone", b"\x00\xf7\x02\x01\xf7" * 9 + BODY + END, None)
    yield one("no end of the track", BODY, None)
    yield one("an empty track", b"", None)
    yield one("events after the end", END + BODY + END + b"\xff\xff\xff\xff", None)
    yield one("end with data", BODY + b"\x00\xff\x2f\x03abc", None)
    yield one("end longer than the track", BODY + b"\x00\xff\x2f\x7f")
    yield one("the longest pause", b"\xff\xff\xff\x7f" + BODY[1:] + END)
    yield one("pauses over 2^31 ticks", b"\xff\xff\xff\x7f\xb0\x01\x01" * 9 + END)
    yield one("pauses over 2^32 ticks", b"\xff\xff\xff\x7f\xb0\x01\x01" * 17 + END)
    for size in (0, 1, 2, 4, 5, 127):
        data = bytes([size]) + b"\x01" * size
        yield one(f"tempo of {size} bytes", b"\x00\xff\x51" + data + BODY + END, None)
        yield one(f"metre of {size} bytes", b"\x00\xff\x58" + data + BODY + END, None)
        yield one(f"key of {size} bytes", b"\x00\xff\x59" + data + BODY + END, None)
    yield one("tempo 0", b"\x00\xff\x51\x03\x00\x00\x00" + BODY + END, None)
    yield one("metre of 0 beats", b"\x00\xff\x58\x04\x00\x02\x18\x08" + BODY + END, None)
    yield one("metre of 2^255", b"\x00\xff\x58\x04\x04\xff\x18\x08" + BODY + END, None)
    for kind in range(0x80):
        yield one(f"meta {kind:x}", b"\x00\xff" + bytes([kind]) + b"\x02\xff\xfe" + BODY + END, None)


def bad_headers():
    good = midi.raw_track(BODY + END)
    for division in (0, 0x8000, 0x8001, 0xE728, 0xE700, 0xFFFF):
        yield f"division {division:x}", midi.file(good, division=division), True
    for form in (2, 3, 255, 256, 0xFFFF):
        yield f"format {form}", midi.file(good, form=form), True
    for count in (0, 2, 3, 255, 0x7FFF, 0x8000, 0xFFFF):
        yield f"{count} tracks of 1", midi.file(good, count=count), True
    yield "tracks of no bytes", midi.file(*[midi.raw_track(b"")] * 300), None
    yield "more tracks than declared", midi.file(good, good, good, count=1), None
    yield "a file in a chunk", midi.file(midi.chunk(b"Junk", midi.file(good)), good, count=1), None
    yield "a header in a track", midi.file(midi.raw_track(midi.file(good))), None
    yield "two headers", midi.file(good)[:14] + midi.file(good), None
    yield "two files", midi.file(good) * 2, None
    yield "RIFF around it", b"RIFF\x40\0\0\0RMIDdata\x38\0\0\0" + midi.file(good), True
    yield "other chunks alone", midi.file(*[midi.chunk(b"Junk", b"")] * 9), True
    yield "a chunk's name cut off", midi.file(good, count=2) + b"MT", True
    for length in (0, 1, 5, 7, 8, 100, 0xFFFFFFFF):
        header = b"MThd" + struct.pack(">I", length) + midi.file(good)[8:]
        yield f"header of {length}", header, True if length < 6 or length > 50 else None


def flipped():
    for name, data in good_files().items():
        for bit in range(8 * len(data)):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            yield f"{name} with bit {bit} flipped", bytes(changed), None
    rng = random.Random(20260202)
    names = list(good_files().items())
    for mutant in range(FLIPS):
        name, data = rng.choice(names)
        changed = bytearray(data)
        for _ in range(rng.randrange(2, MAX_FLIPS)):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        yield f"{name}, mutant {mutant}", bytes(changed), None


def all_files():
    for kind in (cut_off, wrong_lengths, bad_numbers, bad_events, bad_headers, flipped):
        yield from kind()
