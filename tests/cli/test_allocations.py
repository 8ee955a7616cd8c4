#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Each allocation of the program fails in turn: a line that says so, and nothing worse.

MUSIC_NEURONS is the program linked with tests/allocations/failing.c, else
build/tests/failing-music-neurons. An allocation is known by the place in the program that asks for
it; of those from one place, the first two and the last fail. jansson does not always say that it
was for want of memory: where one of its own fails, any line will do.
"""

import collections
import json
import os
import random
import shutil
import subprocess
import sys
import unittest

os.environ.setdefault("MUSIC_NEURONS", "build/tests/failing-music-neurons")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import midi
from program import PROGRAM, SECONDS, ProgramTest
from test_decode import decoder
from test_render import TURTLE

FAILED, BAD_INPUT = 1, 2
WINDOW = b"45 " + b"0 " * 31 + b"\n"


class AllocationTest(ProgramTest):
    def call(self, arguments, data, **environment):
        return subprocess.run([PROGRAM, *map(str, arguments)], input=data, capture_output=True, timeout=SECONDS,
                              check=False, env=dict(os.environ, **environment))

    def places(self, arguments, data):
        """The numbers of the allocations to fail, and what a run without a failure prints."""
        self.clean()
        record = self.folder / "allocations"
        record.unlink(missing_ok=True)
        result = self.call(arguments, data, MN_ALLOCATIONS=str(record))
        self.assertEqual(result.returncode, 0, result)
        numbers = collections.defaultdict(list)
        for i, place in enumerate(record.read_text().splitlines(), 1):
            numbers[place].append(i)
        chosen = {n: place for place, of in numbers.items() for n in (*of[:2], of[-1])}
        return dict(sorted(chosen.items())), result

    def check(self, *arguments, data=b"", known=None):
        """Without those from places that are known; then these are, too."""
        numbers, good = self.places(arguments, data)
        self.assertGreater(len(numbers), 5)
        if known is not None:
            numbers = {n: place for n, place in numbers.items() if place not in known}
            known.update(numbers.values())
        failures, wrong = 0, []
        for n, place in numbers.items():
            self.clean()
            result = self.call(arguments, data, MN_FAIL_AT=str(n))
            lines = result.stderr.count(b"\n")
            ours = "libjansson" not in place
            if result.returncode == 0 and result.stdout == good.stdout:
                continue
            if (result.returncode == FAILED and b"memory" in result.stderr and lines == 1) or (
                    not ours and result.returncode in (FAILED, BAD_INPUT) and lines == 1):
                failures += 1
            else:
                wrong.append((n, place, result.returncode, result.stderr[-200:]))
        self.assertEqual(wrong, [], "\n".join(map(str, wrong)))
        if known is None:
            self.assertGreater(failures, 5)
        return failures

    def clean(self):
        """What a run before has made is no longer there."""
        shutil.rmtree(self.folder / "exported", ignore_errors=True)

    def tune(self, seed=1, bars=6):
        rng = random.Random(seed)
        notes = [(s, s + 2, 60 + rng.randrange(12)) for s in range(0, 16 * bars, 2)]
        return midi.file(midi.track(*[midi.note(*n) for n in notes]))

    def test_reading_music_and_models(self):
        path = self.write(self.tune())
        preset = self.write(TURTLE.format(more="").encode(), "saved.ttl")
        for arguments, data in (
            (("analyze", "--model", self.model, "--format", "json", path), b""),
            (("analyze", "--model", self.model, "--jobs", 1, "--format", "csv", path, path, "-o", self.folder / "a.csv"), b""),
            (("analyze", "--model", self.model, "--files-from", "-"), f"{path}\n".encode()),
            (("encode", "--model", self.model), WINDOW),
            (("info", "--format", "json", self.model), b""),
            (("latent", "--model", self.model, path), b""),
            (("latent", "--model", self.model, "--track", 1, "--offset", 1, path), b""),
            (("tracks", "--json", path), b""),
            (("render", "--model", self.model, path, "-o", self.folder / "out.mid", "--preset", preset), b""),
        ):
            with self.subTest(arguments[0]):
                self.check(*arguments, data=data)

    def test_extracting_a_corpus(self):
        folder = self.folder / "tunes"
        folder.mkdir()
        for i in range(3):
            (folder / f"{i}.mid").write_bytes(self.tune(i))
        self.check("extract", folder, "-o", self.folder / "out")

    def test_importing_each_kind_of_checkpoint(self):
        weights = checkpoints.weights(6, 5)
        (self.folder / "a.safetensors").write_bytes(checkpoints.safetensors(weights))
        checkpoints.write_bundle(self.folder / "a.ckpt", weights)
        checkpoints.write_tar(self.folder / "a.tar", weights)
        checkpoints.write_magenta_folder(self.folder / "magenta", weights)
        known, failures = set(), 0
        for name in ("a.safetensors", "a.ckpt.index", "a.tar", "magenta"):
            with self.subTest(name):
                failures += self.check("import", self.folder / name, "-o", self.folder / "out.safetensors", "--windows", 8,
                                       known=known)
        self.assertGreater(failures, 50)

    def test_exporting(self):
        weights = checkpoints.weights(6, 5)
        (self.folder / "b.safetensors").write_bytes(checkpoints.safetensors(weights))
        self.good("import", self.folder / "b.safetensors", "-o", self.folder / "m.safetensors", "--windows", 8)
        self.check("export", self.folder / "m.safetensors", "--magenta-js", self.folder / "exported")

    def test_decoders(self):
        weights = checkpoints.weights(6, 5) | decoder(latent=5)
        source, model = self.folder / "c.safetensors", self.folder / "d.safetensors"
        source.write_bytes(checkpoints.safetensors(weights))
        arguments = "import", source, "-o", model, "--windows", 8
        known = set(self.places(arguments, b"")[0].values())
        self.check(*arguments, "--decoder", source, known=known)
        self.good(*arguments, "--decoder", source)
        z = (json.dumps({"z": [0.5] * 5}) + "\n").encode() * 20
        self.check("decode", "--model", model, "-o", self.folder / "out.mid", data=z)
        known |= set(self.places(("analyze", "--model", model, tune := self.write(self.tune())), b"")[0].values())
        self.check("decode", "--model", model, "--midi", tune, known=known)
        self.check("morph", tune, tune, "--model", model, known=known)
        self.check("vary", tune, "--model", model, known=known)
        self.check("export", model, "--magenta-js", self.folder / "exported", known=known)


if __name__ == "__main__":
    unittest.main()
