# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Writes the first inputs of the fuzzers: /usr/bin/python3 tests/fuzz/seeds.py

They show what an input looks like. What fuzzers found lies beside them, under names
that say what went wrong.
"""

import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "cli"))

import midi  # noqa: E402
import untidy  # noqa: E402


def checkpoint():
    tensors = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    text = json.dumps(tensors).encode()
    yield "safetensors", b"\6" + struct.pack("<Q", len(text)) + text + bytes(8)
    weights = {"name": "w", "shape": [2], "dtype": "float32"}
    yield "manifest", b"\3" + json.dumps([{"paths": ["x"], "weights": [weights]}]).encode()
    yield "folder", b"\5" + json.dumps({"x": [7, 9], "y": [49]}).encode()
    yield "config", b"\4" + b'{"type":"MusicVAE","dataConverter":{"type":"melody"}}'
    # An entry of a table: shared 0, unshared 1, value 8, key, value: dtype, shape, offset.
    entry = b"\0\1\x0aw" + b"\x08\1\x12\4\x12\2\x08\2\x28\x08"
    yield "table", b"\1" + entry + struct.pack("<II", 0, 1)
    yield "long_key", b"\1" + b"\0\xb8\x17\0" + b"k" * 3000 + struct.pack("<II", 0, 1)
    name = b"x.index".ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % 4 + b"0" * 11 + b"\0"
    yield "archive", b"\2" + (name + b" " * 8 + b"0").ljust(257, b"\0") + b"ustar\00000".ljust(255, b"\0") + b"abcd"


def model():
    yield "good", b"\2\xff"
    yield "data", b"\2\0" + b"\2\x10\0\1\xff\xff\xff\x7f\0\0\0\x80" + b"\3\x64\0\0\1\0\0\0"
    yield "offsets", b"\2\0" + b"\0\6\3\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\0\3\1\x01"
    yield "shape", b"\2\x55" + b"\0\x0d\1\2" + b"\0\x0e\2\1"
    for low in (0, 1, 2, 4, 8, 63):
        yield f"extreme_{low}", b"\3\xff" + bytes([low])
        yield f"extreme_small_{low}", b"\3\x42" + bytes([low])
    yield "steps", b"\2\0\x092" + b"56\2"
    # 4 in the first byte is a layer of a decoder.
    for layers in (1, 2, 3):
        yield f"decoder_{layers}", bytes([2 + 4 * layers]) + b"\xff"
    for low in (0, 2, 63):
        yield f"decoder_extreme_{low}", bytes([3 + 8]) + b"\xff" + bytes([low])
    yield "decoder_layers", b"\x0a\0" + b"\x013\7"
    yield "decoder_shape", b"\x0a\x55" + b"\0\x11\1\3"
    yield "decoder_gone", b"\x0e\0" + b"\0\x19\5"
    # 16 in the first byte is a second level, which is there with styles or without.
    yield "long", b"\x12\xff"
    yield "long_alone", b"\x12\0"
    yield "long_and_decoder", b"\x16\x66"
    for low in (0, 2, 63):
        yield f"long_extreme_{low}", b"\x13\xff" + bytes([low])
    yield "long_shape", b"\x12\x56" + b"\0\x1c\1\3"
    yield "long_neuron", b"\x12\xff" + b"\0\x1b\5"
    yield "header", b"\1\0" + b'{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"__metadata__":{}}'
    yield "any", b"\0" + struct.pack("<Q", 2) + b"{}"


def metadata():
    readout = {"order": [3, 2, 1, 0], "music": 2, "active": 0.1, "turned": [0, 2],
               "labels": [{"label": "fast", "features": "rate +0.9"}, {}],
               "score": {"statistic": [0, 1.5, 4], "probability": [1, 0.5, 0]}}
    yield "readout", b"\0" + json.dumps(readout, separators=(",", ":")).encode()
    bare = {key: readout[key] for key in ("order", "music", "active", "score")}
    yield "bare", b"\0" + json.dumps(bare, separators=(",", ":")).encode()
    huge = dict(bare, score={"statistic": [-1.7e308, 1.7e308], "probability": [1, 0]})
    yield "huge_knots", b"\0" + json.dumps(huge, separators=(",", ":")).encode()
    yield "deep", b"\0" + b"[" * 300
    yield "number", b"\x811" + b"6"
    yield "name", b"\x83" + "a\u00a0\u20ac\x7f".encode()


def midifile():
    end = b"\x00" + midi.END_OF_TRACK
    body = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
    rich = (b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x03\x02\x18\x08\x00\xff\x03\x02ab"
            b"\x10\xf0\x02\x01\xf7\x00\xc0\x05\x10\x90\x3c\x40\x81\x00\x3c\x00")
    yield "body", b"\1" + body + end
    yield "rich", b"\1" + rich + end
    yield "no_end", b"\1" + body
    yield "whole", b"\xfe" + midi.file(midi.raw_track(body + end), midi.raw_track(rich + end))
    yield "read", b"\xff" + rich + end
    yield "riff", b"\0" + untidy.riff(midi.file(midi.raw_track(body + end)))
    yield "format_2", b"\xfe" + midi.file(midi.raw_track(body + end), midi.raw_track(rich + end), form=2)
    yield "seconds", b"\xfe" + midi.file(midi.raw_track(rich + end), division=0xE728)
    yield "lengths", b"\xfe" + midi.file(b"MTrk\0\0\0\5" + body + end, b"MTrk\0\0\0\x60" + rich + end, count=3)
    yield "system", b"\1" + b"\0\xf8\0\xf2\1\2" + body + b"\0\xb0\7\xff\0\x90\xbc\x40\0\xff\1\0\0\x3c\x40" + end
    yield "chunks", b"\0" + midi.file(midi.chunk(b"Junk", b"abc"), midi.raw_track(body + end), count=1)


def melody():
    yield "notes", b"\0" + b"\0" * 5 + b"\x90\x10\x3c\x40" + b"\x90\x20\x40\x40" + b"\x80\x10\x3c\0" + b"\6\0\x1f\x20\0"
    pedal = b"\xb0\0\x40\x7f" + b"\x90\x10\x3c\x40" + b"\x80\x10\x3c\0" + b"\xb0\x40\x40\0"
    yield "pedal", b"\3" + b"\0" * 5 + pedal + b"\7\0\xff\x08\0"
    edges = b"".join(bytes([0x90, 0, key, 64, 0x80, 8, key, 0]) for key in (0, 20, 21, 108, 109, 127))
    yield "edges", b"\0" * 6 + edges + b"\6\0\x1f\x20\0"
    zone = b"\xb0\0\x64\6" + b"\xb0\0\x65\0" + b"\xb0\0\6\7" + b"\x91\x10\x3c\x40" + b"\xb0\x10\x7b\0"
    yield "zone", b"\1" + b"\0" * 4 + b"\1" + zone + b"\4\x10\2\5" + b"\5\0" + b"\3\0\x90\x3c\x40"


def tlsf():
    yield "small", b"\0\0\x20" + b"\1\x10" + b"\5\x40" + b"\x0a\x33\x40" + b"\4" + b"\x0b\x80" + b"\0"
    yield "odd_pool", b"\7\xff\x0f" + b"\1\xe0\0\x08" + b"\7\x7f" + b"\6\x20\x89" + b"\3\x10" + b"\2\xf5\0\0"
    yield "no_room", b"\0\x40\0" + b"\1\xff\xff\xff\xff\xff\xff\xff\xff\x7f"


def atoms():
    on, off = b"\1\4\0\x90\x3c\x40\0", b"\1\x20\0\x80\x3c\0\0"
    run = b"\6\0\4\0"
    hop = b"\x08\3\5"  # a window each step
    yield "notes", b"\0" + hop + (on + off + run) * 4
    yield "cv", b"\1" + hop + (on + off + run) * 2
    yield "slices", b"\2" + hop + (on + off + run) * 2
    # Speed, bar, beat, unit, beats a bar, tempo: the type, the number in quarters, the size.
    numbers = b"\0\4\0" + b"\3\4\0" + b"\0\6\0" + b"\2\x10\0" + b"\1\x10\0" + b"\1\x7f\0"
    yield "position", b"\0" + hop + b"\3\0\2\x3f" + numbers + b"\0" + on + run
    yield "blank", b"\0" + b"\3\1\2\x21" + b"\1\4\0" + b"\xc1\0" + b"\0" * 6 + b"\xf0\x7f\0" + b"\0" + run
    yield "set", b"\0" + b"\4\0\0" + b"\1\0" + b"\3\0\0" + run + on + off + run * 3
    yield "set_bad", b"\0" + b"\4\0\0" + b"\1\0" + b"\5\0\0" + run * 3
    yield "set_text", b"\0" + b"\4\0\0" + b"\1\0" + b"\x08/dev/zer\0\0" + run * 2
    yield "get", b"\0" + b"\5\0\0\0\0" + run + b"\5\0\0\1\1\0\0" + run
    # The property is an atom of no bytes, the last of the sequence.
    yield "get_without_a_body", b"\0" + b"\5\0\0\1\0\0\0" + b"\6\0\4\1"
    yield "restore", b"\0" + b"\x09\4" + run + b"\x09\x41" + run + b"\x09\x88abcdefgh" + run
    yield "lies", b"\0" + b"\3\0\2\1" + b"\0\4\xff\xff\xff\xff\xff" + b"\xe0" + run
    yield "any", b"\0\0\x30" + bytes(range(48)) + run


for make in (checkpoint, model, metadata, midifile, melody, tlsf, atoms):
    folder = HERE / "corpus" / make.__name__
    for name, data in make():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
