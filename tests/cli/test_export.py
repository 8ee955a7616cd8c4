#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of `music-neurons export`; MUSIC_NEURONS is the program's path."""

import array
import itertools
import json
import math
import os
import random
import resource
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import models
from program import PROGRAM, SECONDS, ProgramTest, run

HIDDEN, LATENT, UNITS = 5, 3, 4
SHARD = 1024
CELL = "encoder/cell_{}/bidirectional_rnn/{}/multi_rnn_cell/cell_0/lstm_cell/"
MANIFEST, CONFIG = "weights_manifest.json", "config.json"


def floats(rng, *shape):
    """Values of float32, some of them unusual."""
    values = [rng.gauss(0, 1) for _ in range(math.prod(shape))]
    values[:3] = [-0.0, 1e-42, 3e38]
    return "F32", list(shape), array.array("f", values).tolist()


def dense(rng, name, inputs, outputs):
    return {name + "kernel": floats(rng, inputs, outputs), name + "bias": floats(rng, outputs)}


def encoder(rng, layers=1):
    """A random encoder with MusicVAE's names."""
    tensors = {}
    for layer, way in itertools.product(range(layers), ("fw", "bw")):
        inputs = 2 * HIDDEN if layer else models.CLASSES
        tensors |= dense(rng, CELL.format(layer, way), inputs + HIDDEN, 4 * HIDDEN)
    for head in ("mu", "sigma"):
        tensors |= dense(rng, f"encoder/{head}/", 2 * HIDDEN, LATENT)
    return tensors


def decoder(rng):
    """A random decoder of one layer."""
    return (
        dense(rng, "decoder/z_to_initial_state/", LATENT, 2 * UNITS)
        | dense(rng, "decoder/multi_rnn_cell/cell_0/lstm_cell/", models.CLASSES + LATENT + UNITS, 4 * UNITS)
        | dense(rng, "decoder/output_projection/", UNITS, models.CLASSES)
    )


def read_folder(folder):
    """The tensors of a folder by its manifest: shape and floats by name."""
    tensors = {}
    for group in json.loads((folder / MANIFEST).read_text()):
        body = b"".join((folder / path).read_bytes() for path in group["paths"])
        for entry in group["weights"]:
            size = 4 * math.prod(entry["shape"])
            tensors[entry["name"]] = entry["shape"], array.array("f", body[:size])
            body = body[size:]
        assert not body, "bytes are left"
    return tensors


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def last_state(tensors, way, tokens, hidden):
    """The last h of one direction of MusicVAE's LSTM, which adds a forget bias of 1."""
    kernel, bias = (tensors[CELL.format(0, way) + part][1] for part in ("kernel", "bias"))
    rows = 4 * hidden
    c, h = [0.0] * hidden, [0.0] * hidden
    for token in tokens if way == "fw" else reversed(tokens):
        gates = [
            kernel[token * rows + r]
            + bias[r]
            + sum(h[u] * kernel[(models.CLASSES + u) * rows + r] for u in range(hidden))
            for r in range(rows)
        ]
        i, j, f, o = (gates[g * hidden : (g + 1) * hidden] for g in range(4))
        c = [c[u] * sigmoid(f[u] + 1) + sigmoid(i[u]) * math.tanh(j[u]) for u in range(hidden)]
        h = [sigmoid(o[u]) * math.tanh(c[u]) for u in range(hidden)]
    return h


def encode(tensors, tokens, hidden):
    """(mu, sigma) of a window."""
    state = last_state(tensors, "fw", tokens, hidden) + last_state(tensors, "bw", tokens, hidden)
    heads = []
    for head in ("mu", "sigma"):
        kernel, bias = (tensors[f"encoder/{head}/{part}"][1] for part in ("kernel", "bias"))
        heads.append([bias[z] + sum(s * kernel[u * len(bias) + z] for u, s in enumerate(state)) for z in range(len(bias))])
    return heads[0], [math.log1p(math.exp(x)) for x in heads[1]]


class ExportTest(ProgramTest):
    def setUp(self):
        self.tensors = encoder(random.Random(1)) | decoder(random.Random(2))
        self.place = self.folder / self._testMethodName
        self.place.mkdir()
        self.out = self.place / "out"

    def checkpoint(self, tensors):
        """A safetensors file of floats, in a place where no test looks."""
        return self.write(models.model_bytes(tensors, {}), f"{self._testMethodName}.safetensors")

    def export(self, tensors, *options):
        """Export without a complaint; return what the folder holds."""
        self.assertEqual(self.good("export", self.checkpoint(tensors), "--magenta-js", self.out, *options), "")
        return read_folder(self.out)

    def assert_left(self, *names):
        """The place that was written to holds these files and no others."""
        self.assertEqual(sorted(path.name for path in self.place.iterdir()), sorted(names))

    def test_all_floats_go_out_bit_for_bit(self):
        found = self.export(self.tensors)
        self.assertEqual(sorted(found), sorted(self.tensors))
        for name, (_, shape, values) in self.tensors.items():
            self.assertEqual(found[name][0], shape, name)
            self.assertEqual(found[name][1].tobytes(), array.array("f", values).tobytes(), name)
        self.assert_left("out")

    def test_magenta_reads_melodies_of_two_bars(self):
        self.export(self.tensors)
        self.assertEqual(
            json.loads((self.out / CONFIG).read_text()),
            {
                "type": "MusicVAE",
                "dataConverter": {
                    "type": "MelodyConverter",
                    "args": {"minPitch": 21, "maxPitch": 108, "numSteps": 32},
                },
            },
        )

    def test_tensors_cross_from_shard_to_shard(self):
        found = self.export(self.tensors, "--shard-size", SHARD)
        (group,) = json.loads((self.out / MANIFEST).read_text())
        count = len(group["paths"])
        self.assertEqual(group["paths"], [f"group1-shard{i}of{count}" for i in range(1, count + 1)])
        self.assertEqual(sorted(os.listdir(self.out)), sorted([*group["paths"], CONFIG, MANIFEST]))
        self.assertEqual({entry["dtype"] for entry in group["weights"]}, {"float32"})
        sizes = [(self.out / path).stat().st_size for path in group["paths"]]
        self.assertEqual(set(sizes[:-1]), {SHARD})
        self.assertLessEqual(sizes[-1], SHARD)
        self.assertEqual(sum(sizes), sum(4 * len(values) for _, values in found.values()))
        ends = list(itertools.accumulate(4 * len(values) for _, values in found.values()))
        self.assertTrue(any(start // SHARD != (end - 1) // SHARD for start, end in itertools.pairwise([0, *ends])))

    def test_the_default_shard_holds_4_mib(self):
        big = floats(random.Random(3), 4 * 600, 1024)
        self.export(self.tensors | {"decoder/more/kernel": big})
        sizes = [path.stat().st_size for path in sorted(self.out.glob("group*"))]
        self.assertEqual(sizes[:-1], [4 << 20] * 2)

    def test_what_an_optimiser_keeps_stays_behind(self):
        extra = {
            "global_step": ("F32", [1], [7.0]),
            "beta1_power": ("F32", [1], [0.5]),
            "other/kernel": ("F32", [1], [0.5]),
        }
        for name, tensor in self.tensors.items():
            extra |= {name + slot: tensor for slot in ("/Adam", "/Adam_1")}
        self.assertEqual(sorted(self.export(self.tensors | extra)), sorted(self.tensors))

    def test_an_exported_folder_exports_to_the_same(self):
        self.export(self.tensors)
        again = self.place / "again"
        self.good("export", self.out, "--magenta-js", again)
        for path in self.out.iterdir():
            self.assertEqual((again / path.name).read_bytes(), path.read_bytes(), path.name)

    def test_a_silent_decoder_stands_in_where_there_is_none(self):
        wanted = encoder(random.Random(1))
        result = run("export", self.checkpoint(wanted), "--magenta-js", self.out)
        self.assertEqual(result.returncode, 0, result)
        self.assert_one_line(result)
        self.assertIn(b"no decoder", result.stderr)
        found = read_folder(self.out)
        added = {name: tensor for name, tensor in found.items() if name not in wanted}
        self.assertEqual(
            {name: shape for name, (shape, _) in added.items()},
            {
                "decoder/z_to_initial_state/kernel": [LATENT, 2],
                "decoder/z_to_initial_state/bias": [2],
                "decoder/multi_rnn_cell/cell_0/lstm_cell/kernel": [models.CLASSES + LATENT + 1, 4],
                "decoder/multi_rnn_cell/cell_0/lstm_cell/bias": [4],
                "decoder/output_projection/kernel": [1, models.CLASSES],
                "decoder/output_projection/bias": [models.CLASSES],
            },
        )
        for name, (_, values) in added.items():
            self.assertFalse(any(values), name)

    def test_half_a_decoder_is_none(self):
        del self.tensors["decoder/output_projection/bias"]
        result = run("export", self.checkpoint(self.tensors), "--magenta-js", self.out)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn(b"no decoder", result.stderr)
        self.assertEqual(read_folder(self.out)["decoder/output_projection/kernel"][0], [1, models.CLASSES])

    def test_the_floats_of_a_model_encode_as_its_integers(self):
        rng = random.Random(4)
        for weights in ("I16", "I8"):
            with self.subTest(weights):
                out = self.place / weights
                model = self.write(
                    models.model_bytes(*models.small_model(hidden=6, latent=4, music=2, weights=weights)), "m"
                )
                result = run("export", model, "--magenta-js", out)
                self.assertEqual(result.returncode, 0, result)
                self.assertIn(b"no decoder", result.stderr)
                tensors = read_folder(out)
                for _ in range(3):
                    tokens = [rng.randrange(models.CLASSES) for _ in range(32)]
                    line = " ".join(map(str, tokens)).encode()
                    answer = json.loads(self.good("encode", "--model", model, data=line))
                    mu, sigma = encode(tensors, tokens, 6)
                    for ours, theirs in ((answer["mu"], mu), (answer["sigma"], sigma)):
                        for x, y in zip(ours, theirs, strict=True):
                            self.assertAlmostEqual(x, y, delta=0.002)

    def test_a_window_of_a_model_keeps_its_length(self):
        model = self.write(models.model_bytes(*models.small_model(steps=64)), "long")
        self.assertEqual(run("export", model, "--magenta-js", self.out).returncode, 0)
        config = json.loads((self.out / CONFIG).read_text())
        self.assertEqual(config["dataConverter"]["args"]["numSteps"], 64)

    def test_an_empty_folder_is_filled_whether_or_not_a_slash_follows(self):
        self.out.mkdir()
        self.good("export", self.checkpoint(self.tensors), "--magenta-js", f"{self.out}//")
        self.assertEqual(sorted(read_folder(self.out)), sorted(self.tensors))
        self.assert_left("out")

    def test_a_folder_with_anything_in_it_is_left_alone(self):
        self.out.mkdir()
        (self.out / CONFIG).write_text("mine")
        self.assert_refused(run("export", self.checkpoint(self.tensors), "--magenta-js", self.out))
        self.assertEqual((self.out / CONFIG).read_text(), "mine")
        self.assertEqual(os.listdir(self.out), [CONFIG])
        self.assert_left("out")

    def test_bad_arguments_are_refused_in_one_line(self):
        path = self.checkpoint(self.tensors)
        to = ["--magenta-js", self.out]
        for arguments in (
            [],
            to,
            [path],
            [path, path, *to],
            [path, "--magenta-js"],
            [path, "--magenta-js", ""],
            [path, *to, "--model", path],
            *([path, *to, "--shard-size", size] for size in ("", "0", "1023", "-5000", "4k", "9999999999", "1e4")),
            [self.place / "missing", *to],
            [self.place, *to],
            [self.write(b"no weights", "bad"), *to],
            [path, "--magenta-js", path],
        ):
            with self.subTest(arguments):
                self.assert_refused(run("export", *arguments))
                self.assert_left()

    def test_weights_that_magenta_cannot_load_are_refused(self):
        lacking = {name: tensor for name, tensor in self.tensors.items() if "encoder/mu" not in name}
        for tensors in (lacking, encoder(random.Random(1), layers=2)):
            result = run("export", self.checkpoint(tensors), "--magenta-js", self.out)
            self.assert_refused(result)
            self.assert_left()

    def test_a_folder_that_cannot_be_made_is_a_failure(self):
        result = run("export", self.checkpoint(self.tensors), "--magenta-js", self.place / "no" / "out")
        self.assert_refused(result, status=1)
        self.assert_left()

    def test_a_disk_that_fills_up_leaves_nothing(self):
        # Python ignores SIGXFSZ, and so does the program: its writes fail instead.
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

        for size in (1024, 4096):  # too little for the manifest, or for a shard
            result = subprocess.run(
                [PROGRAM, "export", self.checkpoint(self.tensors), "--magenta-js", self.out, f"--shard-size={size}"],
                capture_output=True,
                timeout=SECONDS,
                check=False,
                restore_signals=False,
                preexec_fn=limit,
            )
            self.assert_refused(result, status=1)
            self.assert_left()


if __name__ == "__main__":
    unittest.main()
