#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of `latent`; MUSIC_NEURONS is the program's path, else build/music-neurons.

Tests that need PyTorch, or weights beside the repository, skip where they are missing.
"""

import csv
import io
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import midi
import models
from program import ProgramTest, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
DECODER = ROOT.parent / "shared" / "checkpoints" / "mel_small"
SHIPPED = ROOT / "engine" / "models" / "melody-2bar.safetensors"
WEIGHTS = ROOT / "engine" / "training" / "runs" / "magenta" / "weights-half.safetensors"

SCALE = [(2 * i, 2 * i + 2, 60 + i) for i in range(32)]  # 4 bars of eighths
TURNED = [0, 3, 19]


class LatentTest(ProgramTest):
    def setUp(self):
        self.tune = self.write(midi.file(midi.track(*[midi.note(*n) for n in SCALE])))
        self.signed = self.folder / "turned.safetensors"
        tensors, metadata = models.small_model()
        readout = json.loads(metadata["readout"]) | {"turned": TURNED}
        self.signed.write_bytes(models.model_bytes(tensors, metadata | {"readout": json.dumps(readout)}))

    def latent(self, *options, path=None, model=None):
        return self.good("latent", "--model", model or self.model, *options, path or self.tune)

    def objects(self, *options, **others):
        return [json.loads(line) for line in self.latent("--format", "json", *options, **others).splitlines()]

    def analyzed(self, path=None, *options):
        text = self.good("analyze", "--model", self.model, "--format", "json", "--latent", *options, path or self.tune)
        return [json.loads(line) for line in text.splitlines()]

    def test_z_is_mu_of_the_same_windows(self):
        for options in ([], ["--hop", "beat"], ["--voice", "lowest"], ["--channel", "2"]):
            groups = [midi.note(*n) for n in SCALE] + [midi.note(s, e, p - 12, 2) for s, e, p in SCALE[::2]]
            path = self.write(midi.file(midi.track(*groups)), "two.mid")
            with self.subTest(options):
                expected = self.analyzed(path, *options)
                self.assertGreater(len(expected), 3)
                self.assertEqual(
                    self.objects("--sigma", *options, path=path),
                    [{"window": r["window"], "start_beat": r["start_beat"], "z": r["mu"], "sigma": r["sigma"]}
                     for r in expected],
                )

    def test_neurons_that_the_model_negated_get_their_sign_back(self):
        plain = [o["z"] for o in self.objects()]
        signed = [o["z"] for o in self.objects(model=self.signed)]
        self.assertTrue(any(z[i] != 0 for z in plain for i in TURNED))
        self.assertEqual(signed, [[-v if i in TURNED else v for i, v in enumerate(z)] for z in plain])

    def test_formats_hold_the_same_numbers(self):
        objects = self.objects()
        self.assertEqual([set(o) for o in objects], [{"window", "start_beat", "z"}] * 4)
        self.assertEqual(json.loads(self.latent("--format", "magenta-js")), [o["z"] for o in objects])
        header, *rows = csv.reader(io.StringIO(self.latent()))
        self.assertEqual(header, ["window", "start_beat", *(f"z_{i}" for i in range(20))])
        self.assertEqual([list(map(float, r)) for r in rows],
                         [[o["window"], o["start_beat"], *o["z"]] for o in objects])
        self.assertEqual(self.latent(), self.latent("--format", "csv"))

    def test_sigma_comes_after_z(self):
        objects = self.objects("--sigma")
        header, *rows = csv.reader(io.StringIO(self.latent("--sigma")))
        self.assertEqual(header[22:], [f"sigma_{i}" for i in range(20)])
        self.assertEqual([list(map(float, r[22:])) for r in rows], [o["sigma"] for o in objects])
        result = run("latent", "--model", self.model, "--sigma", "--format", "magenta-js", self.tune)
        self.assert_refused(result)

    def test_windows_with_fewer_than_two_notes_have_no_z(self):
        groups = [midi.note(0, 2, 60), midi.note(2, 4, 62), midi.note(40, 42, 64)]
        path = self.write(midi.file(midi.track(*groups)), "few.mid")
        self.assertEqual([o["z"] is None for o in self.objects(path=path)], [False, True, True])
        self.assertEqual([o["sigma"] is None for o in self.objects("--sigma", path=path)], [False, True, True])
        rows = list(csv.reader(io.StringIO(self.latent("--sigma", path=path))))
        self.assertEqual({len(r) for r in rows}, {42})
        self.assertEqual([set(r[2:]) == {""} for r in rows[1:]], [False, True, True])
        self.assertEqual(len(json.loads(self.latent("--format", "magenta-js", path=path))), 1)

    def test_a_file_without_notes_is_told(self):
        path = self.write(midi.file(midi.track(midi.tempo(0, 90))), "empty.mid")
        for name, text in (("magenta-js", b"[]\n"), ("json", b"")):
            result = run("latent", "--model", self.model, "--format", name, path)
            self.assertEqual((result.returncode, result.stdout), (0, text))
            self.assert_one_line(result)

    def test_bad_input_is_refused(self):
        for arguments in ([], ["--format", "text", self.tune], ["--format", "tensor", self.tune],
                          [self.tune, self.tune], [self.folder], [self.folder / "no such file"]):
            with self.subTest(arguments):
                self.assert_refused(run("latent", "--model", self.model, *arguments))


class DecodedTest(ProgramTest):
    """Google's decoder can decode what is printed."""

    def decoded(self, model, path):
        sys.path.append(str(ROOT / "engine" / "training"))
        import torch
        import vae

        torch.set_num_threads(1)
        text = self.good("latent", "--model", model, "--format", "magenta-js", path)
        return vae.generate(vae.load_decoder(DECODER), torch.tensor(json.loads(text))).numpy()

    def share(self, model):
        """The part of the tune's steps that come back."""
        try:
            import torch  # noqa: F401
        except ImportError:
            print("\nskipped: what Google's decoder makes of latents, for there is no PyTorch")
            self.skipTest("no PyTorch")
        for path in (DECODER, model):
            if not path.exists():
                print(f"\nskipped: what Google's decoder makes of latents, for {path} is not there")
                self.skipTest(f"{path} is not there")
        notes = midi.ode_to_joy()
        tune = self.write(midi.file(midi.track(*[midi.note(*n) for n in notes])), "ode.mid")
        played = self.decoded(model, tune)
        expected = [midi.tokens(notes, 16 * i) for i in range(len(played))]
        self.assertEqual(len(played), 8)
        return sum(int(a == b) for p, e in zip(played, expected) for a, b in zip(p, e)) / played.size

    def test_the_shipped_model(self):
        self.assertGreater(self.share(SHIPPED), 0.9)

    def test_a_model_of_its_weights(self):
        model = self.folder / "imported.safetensors"
        if WEIGHTS.exists() and DECODER.exists():
            self.good("import", WEIGHTS, "-o", model, "--windows", 300)
        self.assertGreater(self.share(model), 0.9)


if __name__ == "__main__":
    unittest.main()
