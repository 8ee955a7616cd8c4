# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Standard MIDI files with faults that players pass over, and a reader that takes what can be read.

The reader is plain: tracks are where their lengths say, up to the end of the file, and events go on until
one cannot be read. It knows nothing of bytes above 127 in events, of wrong lengths, or of tempo in files
that count time in seconds.
"""

import struct

import midi

SIZES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
SYSTEM = {0xF1: 1, 0xF2: 2, 0xF3: 1}
RATES = {-24: 24, -25: 25, -29: 30 / 1.001, -30: 30}
TEXT = b"\xff\x01\x00"


class Events:
    """The events of a track, (tick, message), as far as it goes."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, size):
        if self.at + size > len(self.body):
            raise EOFError
        self.at += size
        return self.body[self.at - size : self.at]

    def number(self):
        value = 0
        for _ in range(4):
            byte = self.take(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise EOFError

    def read(self):
        found, tick, status = [], 0, None
        try:
            while True:
                later = tick + self.number()
                message, status = self.message(status)
                tick = later
                found.append((tick, message))
                if message == midi.END_OF_TRACK:
                    break
        except EOFError:
            pass
        return found

    def message(self, status):
        first = self.take(1)[0]
        if first < 0x80:
            if status is None:
                raise EOFError
            self.at -= 1
            first = status
        if first < 0xF0:
            return bytes([first]) + self.take(SIZES[first & 0xF0]), first
        if first == 0xFF:
            kind = self.take(1)
            data = self.take(self.number())
            if kind == b"\x2f":
                return midi.END_OF_TRACK, status
            known = (kind, len(data)) in ((b"\x51", 3), (b"\x58", 4))
            return (b"\xff" + kind + bytes([len(data)]) + data if known else TEXT), status
        if first in (0xF0, 0xF7):
            self.take(self.number())
        else:
            self.take(SYSTEM.get(first, 0))
        return TEXT, status


def tracks_of(data, count):
    at = 0
    while at + 8 <= len(data) and count:
        (length,) = struct.unpack_from(">I", data, at + 4)
        if data[at : at + 4] == b"MTrk":
            yield Events(data[at + 8 : at + 8 + length]).read()
            count -= 1
        at += 8 + length


def tidy(data):
    """The same music as a file of format 1 that hides nothing; None where there is no track."""
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = data[data.index(b"data") + 8 :]
    if data[:4] != b"MThd" or len(data) < 14:
        return None
    length, form, count, division = struct.unpack_from(">IHHH", data, 4)
    tracks, start = [], 0
    for events in tracks_of(data[8 + length :], count):
        moved = [(start + tick, 0, message) for tick, message in events]
        start = moved[-1][0] if form == 2 and moved else start
        tracks.append(midi.track([(t, k, m if m != midi.END_OF_TRACK else TEXT) for t, k, m in moved]))
    if division & 0x8000:
        division = round(RATES[(division >> 8) - 256] * (division & 0xFF) / 2)  # a quarter note is half a second
    return midi.file(*tracks, division=division) if tracks else None


PITCHES = [60, 62, 64, 65, 67, 69, 71, 72] * 2
SCALE = [token for pitch in PITCHES for token in (pitch - 19, 0)]
END = b"\x00" + midi.END_OF_TRACK
EIGHTH = midi.PPQN // 2


def scale(pitches=PITCHES, between=b"", eighth=EIGHTH, velocity=80):
    """C major up, twice, in eighths: events without the end. `between` stands before each note."""
    return b"".join(between + b"\x00" + bytes([0x90, pitch, velocity]) + midi.number(eighth)
                    + bytes([0x80, pitch, 0]) for pitch in pitches)


def one_track(events, **options):
    return midi.file(midi.raw_track(events + END), form=0, **options)


TEMPO = midi.raw_track(b"\x00\xff\x51\x03\x07\xa1\x20" + END)
NOTES = midi.raw_track(scale() + END)
SCALE_FILE = midi.file(TEMPO, NOTES)


def riff(data, before=b""):
    def part(name, body):
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    inside = b"RMID" + before + part(b"data", data)
    return part(b"RIFF", inside)


def certain_files():
    """The scale in files that are not as the standard says, or of kinds that are rare, without a doubt."""
    running = b"\x00\x90\x3c\x50" + midi.number(EIGHTH) + b"\x3c\x00"
    for pitch in PITCHES[1:]:
        running += b"\x00%s\x00" + bytes([pitch, 80]) + midi.number(EIGHTH) + bytes([pitch, 0])
    for name, event in (("a text", b"\xff\x01\x02la"), ("a sysex", b"\xf0\x02\x01\xf7"), ("more sysex", b"\xf7\x01\x05"),
                        ("a key", b"\xff\x59\x02\x00\x00")):
        yield f"running status after {name}", one_track(running.replace(b"%s", event))
    for status in (0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE):
        yield f"{status:x} in the track", one_track(scale(between=b"\x00" + bytes([status])))
    yield "running status after fe", one_track(running.replace(b"%s", b"\xfe"))
    yield "RIFF around it", riff(SCALE_FILE)
    yield "RIFF with a chunk before", riff(SCALE_FILE, b"DISP\x05\0\0\0\1\0\0\0a\0")
    yield "format 2, one track", midi.file(NOTES, form=2)
    halves = [midi.raw_track(scale(part) + END) for part in (PITCHES[:6], PITCHES[6:])]
    yield "format 2, two tracks", midi.file(*halves, form=2)
    for rate, ticks in ((24, 100), (25, 40), (30, 80)):
        eighth = rate * ticks // 4
        yield f"{rate} frames x {ticks}", one_track(scale(eighth=eighth), division=(256 - rate) << 8 | ticks)
    yield "29.97 frames x 100", one_track(scale(eighth=749), division=(256 - 29) << 8 | 100)
    slow = b"\x00\xff\x51\x03\x0f\x42\x40"  # 60 bpm: an eighth is 500 ms
    yield "25 frames x 40 at 60 bpm", one_track(slow + scale(eighth=500), division=0xE728)


def mended_files():
    """The scale in files with faults, and what each warning must name."""
    control = b"\x00\xb0\x07\xff"
    system = "track 1: a system message .*at byte "
    value = "track 1: a value .*at byte "
    yield "a value of 255", one_track(control + scale()), [value + "2 "]
    yield "five values of 255", one_track(5 * control + scale()), [value + "2 ", value + "6 ", value + "10 ", "2 more faults"]
    yield "a program of 200", one_track(b"\x00\xc0\xc8" + scale()), [value]
    yield "velocities of 200", one_track(scale(velocity=200)), 3 * [value] + ["13 more faults"]
    yield "keys above 127", one_track(b"\x00\x90\xbc\x50\x00\x80\xbc\x50" + scale()), 2 * ["track 1: a key .*at byte "]
    for message in (b"\xf1\x05", b"\xf2\x01\x02", b"\xf3\x07", b"\xf4", b"\xf5", b"\xf6"):
        yield f"{message[:1].hex()} in the track", one_track(b"\x00" + message + scale()), [system]
    yield "format 7", midi.file(TEMPO, NOTES, form=7), ["format 7"]
    yield "no tracks counted", midi.file(TEMPO, NOTES, count=0), ["no tracks"]
    yield "three tracks counted", midi.file(TEMPO, NOTES, count=3), ["2 of 3 tracks"]
    yield "a foreign chunk counted", midi.file(TEMPO, midi.chunk(b"XFIH", b"abcd"), NOTES), ["2 of 3 tracks"]
    yield "a Macintosh's 128 bytes before", b"\0\6myfile" + bytes(120) + SCALE_FILE, ["128 bytes stand before"]
    yield "a text before", b"Content-Type: audio/midi\r\n\r\n" + SCALE_FILE, ["28 bytes stand before"]
    late = scale() + midi.number(0x0FFFFFFF) + b"\x90\x3c\x40\x60\x80\x3c\x00"
    yield "a note after 200 hours", one_track(late), ["lasts 2236995 sixteenths"]
    yield "the last byte missing", SCALE_FILE[:-1], ["track 2: cut off.*at byte "]
    yield "the end missing", one_track(scale())[:-4], ["track 1: cut off.*at byte "]
    yield "an event cut off at the end", one_track(scale() + b"\x00\xff\x01\x7fabc"), ["track 1: an event is longer.*at byte "]
    yield "no status at the end", midi.file(midi.raw_track(scale() + b"\x00\xff\x7f\x85\x80\x80\x80\x00")), ["track 1: a number"]
    for length in (0, 1, 5, 100, 0xFFFFFFFF):
        yield f"a header of {length}", SCALE_FILE[:4] + struct.pack(">I", length) + SCALE_FILE[8:], None
    at = len(SCALE_FILE) - len(NOTES) + 4
    for length in (*range(len(NOTES) - 8), len(NOTES) - 7, len(NOTES) + 500, 0xFFFFFFFF):
        yield f"a last track of {length}", SCALE_FILE[:at] + struct.pack(">I", length) + SCALE_FILE[at + 4 :], None
    right, all_of_it = len(TEMPO) - 8, len(TEMPO) + len(NOTES) - 8
    for length in sorted({*range(all_of_it + 9), 0xFFFFFFFF} - {right}):
        yield f"a first track of {length}", SCALE_FILE[:18] + struct.pack(">I", length) + SCALE_FILE[22:], None
    for length in (2, 3, 5, 100, 0x7FFFFFFF):
        chunk = b"XFIH" + struct.pack(">I", length) + b"abcd"
        yield f"a foreign chunk of {length}", midi.file(TEMPO, chunk, NOTES, count=2), None
