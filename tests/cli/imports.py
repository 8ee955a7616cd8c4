# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What tests of `music-neurons import` share."""

import json
import lzma
import pathlib
import random
import struct
import subprocess

import checkpoints
from program import PROGRAM, ProgramTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 600


def melody(rng, bars):
    """Tokens of a line that hops about a scale in quarters and eighths."""
    tokens, step = [], rng.randrange(40, 50)
    while len(tokens) < 16 * bars:
        step = min(max(step + rng.choice((-2, -1, 1, 2)), 30), 60)
        tokens += [step] + [0] * rng.choice((1, 3))
    return tokens[: 16 * bars]


def melcorp(tunes, styles=("style",), **changed):
    """A corpus file of tunes as tokens, of the styles in turn. `changed` has false sizes for its header."""
    table, steps = b"", b""
    for group, tokens in enumerate(tunes):
        offset = changed.get("offset", len(steps))
        table += struct.pack("<3I2BH", group, offset, len(tokens), 0, group % len(styles), 0)
        steps += bytes(tokens)
    counts = struct.pack(
        "<4I", 1, len(styles), changed.get("segments", len(tunes)), changed.get("steps", len(steps))
    )
    names = b"".join(name.encode().ljust(32, b"\0") for name in ("source", *styles))
    return b"MELCORP1" + counts + names + table + steps


def notes_of(tokens):
    """(start, end, pitch) of a line of tokens."""
    onsets = [i for i, t in enumerate(tokens) if t > 1] + [len(tokens)]
    return [(a, b, tokens[a] + 19) for a, b in zip(onsets, onsets[1:])]


class ImportTest(ProgramTest):
    def path(self, name):
        """A path for this test alone, where nothing is yet."""
        folder = self.folder / self.id()
        folder.mkdir(exist_ok=True)
        return folder / name

    def source(self, tensors, name="float.safetensors", metadata=None):
        path = self.path(name)
        path.write_bytes(checkpoints.safetensors(tensors, metadata))
        return path

    def run_import(self, source, *options, output="out.safetensors"):
        return subprocess.run(
            [PROGRAM, "import", source, "-o", self.path(output), *map(str, options)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )

    def imported(self, source, *options, output="out.safetensors"):
        """The model, and the output of the program."""
        result = self.run_import(source, *options, output=output)
        self.assertEqual((result.returncode, result.stderr), (0, b""), result)
        return self.path(output), result.stdout.decode()

    def info(self, model):
        return json.loads(self.good("info", "--format", "json", model))

    def encode(self, model, windows):
        text = "".join(" ".join(map(str, w)) + "\n" for w in windows)
        result = subprocess.run([PROGRAM, "encode", "--model", model], input=text.encode(),
                                capture_output=True, timeout=SECONDS, check=True)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def corpus(self, name="tunes.bin", tunes=12, bars=6, pack=False, seed=3):
        rng = random.Random(seed)
        path = self.path(name)
        data = melcorp([melody(rng, bars) for _ in range(tunes)])
        path.write_bytes(lzma.compress(data) if pack else data)
        return path
