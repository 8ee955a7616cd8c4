#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Features and phik in C against a second implementation.

python3 tests/study/test_features.py BUILD_DIR

Skips, with exit 0, where numpy is missing. Tests that need the corpus skip without it.
"""

import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
sys.path.append(str(ROOT / "engine" / "training"))

try:
    import numpy as np
except ImportError as error:
    print(f"features: skipped ({error})")
    sys.exit(0)

import corpus
import features
import phik

LABEL_BYTES = 31
NAME_BYTES = 24
program = ROOT / "build" / "tests" / "study_compute"


def run(*arguments, data=b""):
    command = [program, *map(str, arguments)]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def catalogue():
    """(code, name, high, low) of each feature in C."""
    return [line.split("\t") for line in run("names").decode().splitlines()]


def keys():
    return [code or name for code, name, _, _ in catalogue()]


def computed(windows):
    """[n, features] in C."""
    windows = np.ascontiguousarray(windows, np.uint8)
    return np.frombuffer(run("features", windows.shape[1], data=windows.tobytes())).reshape(
        len(windows), -1
    )


def phik_in_c(*pairs):
    data = np.ascontiguousarray(pairs, np.float64)
    return np.frombuffer(run("phik", data.shape[2], data=data.tobytes()))


def corpus_windows(count, steps):
    """Pieces of held-out tunes, from a bar line on, unchanged."""
    pieces = []
    for path in corpus.files(CORPUS, "heldout"):
        _, segments, tokens = corpus.load(path)
        for segment in segments:
            piece = tokens[segment["offset"] :][: segment["length"]]
            starts = range(0, len(piece) - steps + 1, corpus.BAR)
            pieces += [piece[start:][:steps] for start in starts]
    chosen = np.random.default_rng(1).permutation(len(pieces))[:count]
    return np.array([pieces[i] for i in chosen])


def random_windows(count, steps, seed):
    """Notes and rests, from nearly none to as many as fit."""
    rng = np.random.default_rng(seed)
    shape = (count, steps)
    lowest, span = rng.integers(2, 90, (count, 1)), rng.integers(1, 88, (count, 1))
    note = np.minimum(lowest + rng.integers(0, 88, shape) % span, 89)
    dice, density = rng.random(shape), rng.random((count, 2)) ** 2
    tokens = np.where(dice < density[:, :1], note, 0)
    return np.where(dice > 1 - density[:, 1:] / 2, 1, tokens)


def edge_windows(steps):
    """Extreme cases."""
    rows = [np.zeros(steps, int), np.ones(steps, int)]
    for token in (2, 89):
        for at in (0, 1, steps // 2, steps - 1):
            for rest in (0, 1):
                row = np.full(steps, rest)
                row[at] = token
                rows.append(row)
        rows.append(np.full(steps, token))
    rows.append(np.resize([2, 89], steps))
    rows.append(np.resize([2, 1], steps))
    rows.append(np.minimum(2 + np.arange(steps), 89))
    rows.append(np.maximum(89 - np.arange(steps), 2))
    # Some of these are near the 9 % at which a pitch is common.
    for other in range(1, steps):
        rows.append(np.where(np.arange(steps) < other, 50, 52))
    return np.array(rows)


class Catalogue(unittest.TestCase):
    def test_the_scalars_of_the_design_are_all_there_and_no_other(self):
        melody = [f"M{n}" for n in range(2, 20) if n != 16]
        rhythm = [f"R{n}" for n in (15, 17, 18, 19, 20, 22, 23)]
        expected = [f"P{n}" for n in range(1, 17)] + melody + rhythm
        self.assertEqual([code for code, *_ in catalogue() if code], expected)

    def test_names_are_short_unique_and_fit_a_column_header(self):
        names = [name for _, name, _, _ in catalogue()]
        self.assertEqual(len(set(names)), len(names))
        for name in names:
            self.assertRegex(name, f"^[A-Za-z0-9 -]{{3,{NAME_BYTES}}}$")

    def test_words_come_in_pairs_that_fit_a_label(self):
        words = [pair for _, _, *pair in catalogue() if any(pair)]
        self.assertGreater(len(words), 50)
        for high, low in words:
            self.assertTrue(high and low and high != low)
            self.assertLessEqual(max(len(high.encode()), len(low.encode())), LABEL_BYTES)
        every = sum(words, [])
        self.assertEqual(len(set(every)), len(every))


class Features(unittest.TestCase):
    def check(self, windows):
        """Whether each feature is defined on some window."""
        names, values = keys(), computed(windows)
        self.assertEqual(values.shape, (len(windows), len(names)))
        expected = [features.compute(window) for window in windows]
        known = set().union(*expected)
        self.assertLessEqual(known, set(names))
        expected = np.array([[row.get(name, np.nan) for name in names] for row in expected])
        for column, name in enumerate(names):
            with self.subTest(feature=name):
                np.testing.assert_allclose(
                    values[:, column], expected[:, column], rtol=1e-9, atol=1e-9
                )
        return known == set(names)

    @unittest.skipUnless(CORPUS.is_dir(), "no ../shared/corpus")
    def test_real_music(self):
        self.assertTrue(self.check(corpus_windows(2000, 32)))
        self.assertTrue(self.check(corpus_windows(100, 256)))

    def test_random_notes(self):
        self.assertTrue(self.check(random_windows(1000, 32, 2)))
        self.assertTrue(self.check(random_windows(100, 256, 3)))

    def test_edges(self):
        for steps in (16, 32, 256):
            self.check(edge_windows(steps))


class Phik(unittest.TestCase):
    def check(self, pairs):
        for actual, (a, b) in zip(phik_in_c(*pairs), pairs, strict=True):
            self.assertAlmostEqual(actual, phik.phik(a, b), delta=1e-6)

    def test_correlated_numbers_of_all_strengths_with_some_missing(self):
        rng = np.random.default_rng(4)
        a, noise = rng.normal(size=(2, 5000))
        pairs = []
        for rho in (0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99):
            b = rho * a + np.sqrt(1 - rho**2) * noise
            pairs.append((a, np.where(rng.random(5000) < 0.1, np.nan, b)))
        self.check(pairs)

    def test_numbers_of_few_values_and_crooked_relations(self):
        rng = np.random.default_rng(5)
        a = rng.normal(size=3000)
        whole = [np.clip(np.rint(a * scale), -2, 3) for scale in (0.5, 1, 2)]
        pairs = [(a, a**2), (a, np.sin(3 * a)), (whole[0], whole[2])]
        self.check(pairs + [(a, b) for b in whole])

    @unittest.skipUnless(CORPUS.is_dir(), "no ../shared/corpus")
    def test_features_of_real_music(self):
        table, names = computed(corpus_windows(2000, 32)), keys()
        column = {name: table[:, i] for i, name in enumerate(names)}
        some = "P12 R15 M2 M18 P16".split()
        self.check([(column[a], column[b]) for a in some for b in some if a < b])

    @unittest.skipUnless(CORPUS.is_dir(), "no ../shared/corpus")
    def test_what_is_shuffled_has_nothing_in_common(self):
        table = computed(corpus_windows(20000, 32))
        pitch = table[:, keys().index("P12")]
        found = []
        for seed in (6, 7, 8):
            other = np.random.default_rng(seed).permutation(pitch)
            found.append(phik_in_c(*((column, other) for column in table.T)))
            self.assertLess(found[-1].mean(), 0.02)
        # By chance an order may put a feature's rare values together, but most orders do not.
        self.assertLess(np.median(found, axis=0).max(), 0.1)


if __name__ == "__main__":
    if not CORPUS.is_dir():
        print("real music: skipped (no ../shared/corpus)")
    if len(sys.argv) > 1:
        program = pathlib.Path(sys.argv.pop(1)).resolve() / "tests" / "study_compute"
    unittest.main()
