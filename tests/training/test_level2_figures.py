#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What is said of level two's neurons and styles, by hand. Needs PyTorch."""

import pathlib
import sys
import unittest

TRAINING = pathlib.Path(__file__).resolve().parents[2] / "engine" / "training"
sys.path.insert(0, str(TRAINING))

import numpy as np
import torch

import corpus
import level2
import level2_compare
import level2_live
import level2_morph
import level2_scalars
import level2_study
from level2_windows import PHRASE


def phrase(*windows):
    """Windows of four notes each, at steps 0, 8, 16, 24."""
    tokens = np.zeros((PHRASE, corpus.STEPS), np.uint8)
    tokens[:, ::8] = np.array(windows)
    return tokens


class Form(unittest.TestCase):
    def test_of_a_phrase_by_hand(self):
        a, b, up = [30, 32, 34, 36], [50, 54, 51, 53], [33, 35, 37, 39]
        found = dict(zip(level2_scalars.FORM, level2_scalars.form(phrase(a, a, b, up, a, a, b, b)).tolist()))
        # Of windows 2 to 8 all but the first b and `up` are there already; of four bars (a b, b up, a a, b b) the
        # third is the first again, and half of the fourth is half of the second.
        self.assertAlmostEqual(found["M repeats 2 bars"], 5 / 7, places=5)
        self.assertAlmostEqual(found["M repeats 4 bars"], (0 + 1 + 1 / 3) / 3, places=5)
        self.assertEqual(found["M opening returns"], 1)
        # Equal: a a b in both halves, 12 of 20 different onsets.
        self.assertAlmostEqual(found["M halves alike"], 12 / 20, places=5)
        self.assertAlmostEqual(found["P arch"], (52 + 36 + 33 + 33) / 4 - (33 + 33 + 52 + 52) / 4, places=4)
        self.assertAlmostEqual(found["P rise"], (33 + 33 + 52 + 52) / 4 - (33 + 33 + 52 + 36) / 4, places=4)
        self.assertEqual((found["R denser"], found["R arch of density"]), (0, 0))
        self.assertEqual(len(level2_scalars.CODES), len(level2_scalars.features(phrase(*[a] * 8))))

    def test_a_sequence_is_the_window_before_moved(self):
        rows = [[30 + 2 * n, 33 + 2 * n, 31 + 2 * n, 30 + 2 * n] for n in range(PHRASE)]
        found = dict(zip(level2_scalars.FORM, level2_scalars.form(phrase(*rows))))
        self.assertEqual(found["M sequence"], 1)
        self.assertLess(found["M repeats 2 bars"], 0.5)
        self.assertAlmostEqual(found["P rise"], 8, places=4)


class Neurons(unittest.TestCase):
    def test_ranks_share_ties(self):
        # 1, 2.5, 2.5, 4 less their mean, at length 1.
        expected = np.array([-1.5, 0, 0, 1.5]) / np.sqrt(4.5)
        np.testing.assert_allclose(level2_study.ranks(np.array([[1.0], [5], [5], [9]]))[:, 0], expected)

    def test_how_neurons_look_across_windows(self):
        # One neuron hears the sum of all windows, one the third alone, one the difference of the first two.
        weight = torch.zeros(3, PHRASE)
        weight[0], weight[1, 2], weight[2, 0], weight[2, 1] = 1, 1, 1, -1
        tensors = {k: torch.zeros_like(v) for k, v in level2.new(1, PHRASE, 3, torch.Generator()).items()}
        tensors[level2.ENCODER + "input/kernel"][:PHRASE] = torch.eye(PHRASE)
        tensors[level2.ENCODER + "mu/kernel"][:] = weight.t()
        mu = torch.randn(4000, PHRASE, 1, generator=torch.Generator().manual_seed(1))
        heard = torch.ones(4000, PHRASE, dtype=torch.bool)
        alike, windows = level2_study.across(tensors, mu, heard, torch.arange(3), np.random.default_rng(1))
        # Shuffled, the third window is the third once in eight times; of the difference nothing is left.
        np.testing.assert_allclose(alike, [1, 1 / 8, 0], atol=0.06)
        np.testing.assert_allclose(windows, [8, 1, 2], rtol=0.05)

    def test_the_strongest_feature_and_its_kind_are_found(self):
        rng = np.random.default_rng(1)
        features = level2_study.ranks(rng.standard_normal((400, 3)))
        mu = level2_study.ranks(features[:, [1]] + 0.02 * rng.standard_normal((400, 1)))
        kind = np.array([0, 1, 2])
        found = level2_study.strongest((mu.T @ features)[0], ["P1", "M2", "R3"], kind)
        self.assertEqual((found["feature"], found["kinds"]["M"][0]), ("M2", "M2"))
        self.assertGreater(found["rho"], 0.8)
        self.assertEqual(level2_study.held(mu, features, kind, rng).tolist(), [[0, 1, 0]])
        self.assertLess(level2_study.null(mu, features, rng), 0.3)


class Compared(unittest.TestCase):
    def test_a_figure_is_of_all_tunes_and_its_interval_of_resampled_ones(self):
        count = 50
        first = {name: np.full(count, 4.0) for name in ("error", "phrases", "steps", "all_steps", "pitches", "onsets")}
        own = {**first, "error": np.arange(count, dtype=float)}
        found = level2_compare.intervals(own, first, np.random.default_rng(1))
        self.assertEqual(found["free_steps"], {"value": 1, "difference": 0, "interval": [0, 0]})
        self.assertEqual((found["error"]["value"], found["error"]["difference"]), (6.125, 5.125))
        # The mean of 50 values of a standard deviation of 14.43, a quarter of it.
        half = 1.96 * np.arange(count).std() / np.sqrt(count) / 4
        np.testing.assert_allclose(found["error"]["interval"], [5.125 - half, 5.125 + half], atol=0.05)


class Live(unittest.TestCase):
    def test_a_mean_forgets_half_in_its_half_life(self):
        values = np.zeros((1, 6, 1))
        values[0, 1:] = 1
        found = level2_live.smoothed(values, 2)[0, :, 0]
        np.testing.assert_allclose(found[[0, 1, 3, 5]], [0, 1 - 0.5**0.5, 0.5 + 0.5 * (1 - 0.5**0.5), 1 - 0.5**2.5])
        self.assertIs(level2_live.smoothed(values, 0), values)

    def test_settled_is_where_the_top_stays_for_eight_bars(self):
        self.assertEqual(level2_live.settled(np.array([1, 2, 2, 1] + [3] * 8)), 6)
        self.assertTrue(np.isnan(level2_live.settled(np.array([1, 2] * 8))))
        # Two tunes of which one never changes, one at each bar: 0 and 8 changes in eight bars.
        values = np.zeros((2, 16, 2))
        values[0, :, 0] = values[1, ::2, 0] = values[1, 1::2, 1] = 1
        found = level2_live.figures(values, np.array([0, 1]))
        self.assertEqual(found["changes in 8 bars"], {"median": 4, "mean": 4})
        self.assertEqual(found["balanced"], {"2": 0.5, "4": 0.5, "8": 0.5, "16": 0.5})
        self.assertEqual(found["bars until settled"]["never"], 0.5)

    def test_what_is_told_at_a_bar_is_told_of_the_windows_that_end_there(self):
        bars, seen = 20, []

        def labels(_tensors, mu, heard):
            seen.append([int(x) if ok else None for x, ok in zip(mu[0, :, 0], heard[0])])
            return torch.zeros(len(mu), 2)

        real, level2.labels = level2.labels, labels
        try:
            mu = torch.arange(bars - 1.0)[None, :, None]
            level2_live.told({}, mu, torch.ones(1, bars - 1, dtype=torch.bool))
        finally:
            level2.labels = real
        self.assertEqual(seen[0], [None] * 7 + [0])
        self.assertEqual(seen[5], [None] * 5 + [1, 3, 5])
        self.assertEqual(seen[18], [4, 6, 8, 10, 12, 14, 16, 18])


class Ways(unittest.TestCase):
    def test_an_arc_keeps_the_length_and_goes_evenly(self):
        a, b = torch.tensor([[2.0, 0, 0], [1, 1, 0]]), torch.tensor([[0, 2.0, 0], [1, 1, 0]])
        third = level2_morph.arc(a, b, 1 / 3)
        # 30 of 90 degrees; and nowhere to go.
        np.testing.assert_allclose(third.numpy(), [[3**0.5, 1, 0], [1, 1, 0]], atol=1e-5)
        np.testing.assert_allclose(level2_morph.arc(a, b, 1).numpy(), b.numpy(), atol=1e-5)

    def test_notes_are_mixed_whole(self):
        a, b = np.array([[40, 0, 1, 0, 42, 0, 0, 1]]), np.array([[0, 50, 0, 0, 0, 0, 1, 0]])
        for share, expected in ((0, a), (1, b)):
            np.testing.assert_array_equal(level2_morph.mixed(a, b, share, np.random.default_rng(1)), expected)
        found = {tuple(level2_morph.mixed(a, b, 0.5, np.random.default_rng(seed))[0]) for seed in range(200)}
        self.assertEqual(len(found), 8)  # each of three notes is there or not
        self.assertIn((40, 0, 1, 0, 0, 0, 0, 0), found)
        self.assertIn((0, 50, 0, 0, 42, 0, 1, 1), found)

    def test_how_far_phrases_are_apart(self):
        a, b = np.array([[40, 0, 44, 0]]), np.array([[40, 0, 0, 47]])
        # 42 and 43.5; as many notes; one onset of three is in both; two steps differ.
        np.testing.assert_allclose(level2_morph.distance(a, b), [1.5, 0, 1 / 3, 2])


if __name__ == "__main__":
    unittest.main()
