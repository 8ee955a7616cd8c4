#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Figures of weights on windows of all kinds, and the trial of a score. Needs PyTorch."""

import json
import pathlib
import subprocess
import sys
import unittest

TRAINING = pathlib.Path(__file__).resolve().parents[2] / "engine" / "training"
sys.path.insert(0, str(TRAINING))

import numpy as np
import torch

import safetensors
import score_trial
import tiny
import vae


class Figures(tiny.InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiny.write_corpus(cls.folder, "train", 60, 40, 1)
        tiny.write_corpus(cls.folder, "heldout", 12, 20, 2)
        tiny.write_decoder(cls.folder)

    def report(self, program, encoder, *more):
        """The output of a program for an encoder, as it is."""
        path = self.folder / "encoder"
        safetensors.write(path, {k: v.numpy() for k, v in encoder.items()}, {})
        command = [sys.executable, TRAINING / program, path, "--corpus", self.folder, "--workers", 1, *more]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_noise_neurons_that_random_notes_excite(self):
        encoder = vae.new_encoder(12, 24, torch.Generator().manual_seed(1))
        # Neuron 0 is music by its sigma. Half of the others have a mu far from 0.
        encoder["encoder/mu/kernel"][:] = 0
        encoder["encoder/mu/bias"][:] = torch.tensor([5.0] + [0.2, 0.05] * 11 + [0.2])
        encoder["encoder/sigma/kernel"][:] = 0
        encoder["encoder/sigma/bias"][0] = -3
        report = self.report("evaluate.py", encoder, "--decoder", self.folder, "--windows", 30)
        self.assertEqual(report["noise_neurons"], 23)
        names = {"heldout", "phases", "played", "practice", "sampled", "random", "timing alone", "fast alone"}
        self.assertLessEqual(names, set(report))
        for name in names:
            self.assertEqual(report[name]["noise_active"], round(12 / 23, 4))
        self.assertIn("free_steps", report["played"])
        self.assertNotIn("free_steps", report["timing alone"])

    def test_a_statistic_finds_the_directions_of_random_notes(self):
        rng = np.random.default_rng(1)
        mix = rng.standard_normal((10, 10))
        real, random = rng.standard_normal((2, 20000, 10))
        random[:, :2] *= 4
        statistic = score_trial.Statistic(real @ mix, random @ mix, 2)
        # Whitened, both directions have 16 times music's variance.
        expected = np.log(16) * (real[:, :2] ** 2).sum(1)
        np.testing.assert_allclose(statistic(real @ mix), expected, rtol=0.15, atol=0.3)

    def test_a_regression_finds_the_odds(self):
        rng = np.random.default_rng(1)
        x = np.concatenate([np.ones((50000, 1)), 3 * rng.standard_normal((50000, 2))], 1)
        weights = np.array([0.5, -1, 0.25])
        real = rng.random(50000) < 1 / (1 + np.exp(-x @ weights))
        np.testing.assert_allclose(score_trial.regress(x, real.astype(float)), weights, atol=0.05)

    def test_auc(self):
        self.assertEqual(score_trial.auc(np.array([3.0, 4]), np.array([1.0, 2])), 1)
        self.assertEqual(score_trial.auc(np.array([1.0, 4]), np.array([1.0, 2, 5])), (0.5 + 0 + 0 + 1 + 1 + 0) / 6)

    def test_a_score_is_told_of_every_kind(self):
        encoder = vae.new_encoder(12, 24, torch.Generator().manual_seed(1))
        report = self.report("score_trial.py", encoder, "--train", 400, "--windows", 60)
        self.assertLessEqual({"heldout", "played", "phase alone", "practice"}, set(report))
        self.assertGreater(report["heldout"]["auc"], 0.5)


if __name__ == "__main__":
    unittest.main()
