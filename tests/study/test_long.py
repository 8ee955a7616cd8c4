#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The second level in integers against its float reference, with the weights of training.

MUSIC_NEURONS=build/music-neurons python3 tests/study/test_long.py BUILD_DIR

Skips, with exit 0, where NumPy or PyTorch is missing.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = ROOT / "engine" / "training" / "runs"
LEVEL_1, LEVEL_2 = (RUNS / name / "weights-half.safetensors" for name in ("magenta-broad", "magenta-long"))
sys.path.append(str(ROOT / "engine" / "training"))

try:
    import numpy as np
    import torch
except ImportError as error:
    print(f"second level: skipped ({error})")
    sys.exit(0)

import level2_reference
import safetensors
import shipped

PHRASE, COUNT = 8, 64
build = ROOT / "build"
program = os.environ.get("MUSIC_NEURONS", ROOT / "build" / "music-neurons")


def phrases(neurons, seed):
    """(mu in Q16, heard) of phrases, their last window heard; half are heard as a whole. No state is beyond 16."""
    rng = np.random.default_rng(seed)
    heard = rng.random((COUNT, PHRASE)) < 0.6
    heard[: COUNT // 2] = True
    heard[:, -1] = True
    mu = np.rint(rng.normal(0, 0.5, (COUNT, PHRASE, neurons)) * 65536).astype(np.int32)
    return mu, heard


class LongTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        tensors, cls.metadata = safetensors.read(LEVEL_2)
        cls.reference = level2_reference.Encoder(tensors)
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = pathlib.Path(cls.folder.name) / "model.safetensors"
        command = [program, "import", LEVEL_1, "--long", LEVEL_2, "--windows", "200", "-o", cls.model]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        # The weights read mu with the signs of the float weights, the model file may have others.
        neurons = np.array(cls.metadata["level1_neurons"].split(), int)
        cls.signs = shipped.signs(cls.model)[neurons].astype(np.int32)
        cls.mu, cls.heard = phrases(cls.reference.neurons, 1)
        cls.told = cls.run_phrases(cls.mu, cls.heard)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_phrases(cls, mu, heard):
        """(mu, sigma, probabilities of styles) in floats."""
        data = b"".join(h.astype(np.uint8).tobytes() + (m * cls.signs).tobytes() for m, h in zip(mu, heard))
        command = [build / "tests" / "study_phrases", cls.model]
        output = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
        values = np.frombuffer(output, np.int32).reshape(len(mu), -1)
        latent = cls.reference.latent
        mu, sigma = values[:, :latent] / 65536, values[:, latent : 2 * latent] / 65536
        return mu, sigma, values[:, 2 * latent :] / 2**30

    def test_mu_and_sigma_are_those_of_the_float_reference(self):
        for told, expected in zip(self.told, self.reference.encode(self.mu / 65536, self.heard)):
            off = np.abs(told - expected)
            print(f"error: mean {off.mean():.6f}, largest {off.max():.6f}, of {np.abs(expected).mean():.3f}")
            self.assertLess(off.mean(), 0.002)
            self.assertLess(off.max(), 0.02)

    def test_styles_are_those_of_the_float_reference(self):
        expected = self.reference.labels(self.mu / 65536, self.heard)
        off = np.abs(self.told[2] - expected)
        print(f"error of styles: mean {off.mean():.6f}, largest {off.max():.6f}")
        self.assertLess(off.mean(), 0.001)
        self.assertLess(off.max(), 0.02)
        self.assertGreater((self.told[2].argmax(1) == expected.argmax(1)).mean(), 0.95)
        self.assertTrue(np.allclose(self.told[2].sum(1), 1, atol=1e-6))

    def test_shipped_weights_say_which_signs_they_read(self):
        for name in ("magenta-long", "open-long"):
            self.assertEqual(safetensors.read(RUNS / name / "weights-half.safetensors")[1].get("level1_turned"), "")
        self.assertLess(self.signs.min(), 0)  # else nothing here shows that signs are minded

    def test_what_was_not_heard_does_not_count(self):
        other = np.where(self.heard[..., None], self.mu, self.mu[::-1] + 1)
        for told, expected in zip(self.run_phrases(other, self.heard), self.told):
            self.assertTrue(np.array_equal(told, expected))

    def test_numbers_beyond_any_state_are_cut_off(self):
        huge = np.where(np.random.default_rng(2).random(self.mu.shape) < 0.5, -(2**30), 2**30).astype(np.int32)
        mu, sigma, styles = self.run_phrases(huge[:4], self.heard[:4])
        for values in (mu, sigma, styles):
            self.assertTrue(np.isfinite(values).all())
        self.assertTrue((sigma >= 0).all())
        expected = self.reference.encode(np.clip(huge[:4] / 65536, -16, 16), self.heard[:4])[0]
        self.assertGreater(np.corrcoef(mu.ravel(), expected.ravel())[0, 1], 0.5)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        build = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
