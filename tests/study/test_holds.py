#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What axes and labels of model files say holds on held-out music, and when it is transposed.

python3 tests/study/test_holds.py [MODEL.safetensors...] (default: those that ship)

Features come from a second implementation (features.py), windows from the held-out tunes.
Skips, with exit 0, where numpy, the corpus or a model's axes are missing.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
sys.path += [str(ROOT / "engine" / "training"), str(ROOT / "tests" / "study")]

try:
    import numpy as np
except ImportError as error:
    print(f"holds: skipped ({error})")
    sys.exit(0)

import batches
import corpus
import features
import transform

PROGRAM = os.environ.get("MUSIC_NEURONS", str(ROOT / "build" / "music-neurons"))
SHIPPED = [ROOT / "engine" / "models" / name for name in ("melody-2bar.safetensors", "melody-2bar-open.safetensors")]
SEED = 4
PORTS = 16
REGISTERS = (0, 48, 60, 72, 84, 128)
# A group with fewer windows says next to nothing of a correlation.
GROUP = 200
A_STYLE, A_PHASE, TRANSPOSED = 400, 400, 200
NOTES_MIN = 4
D5 = 74
JSYMBOLIC = {
    "mean pitch": "P12", "range": "P10", "notes": "R15", "mean duration": "R17", "mean gap": "R22", "longest": "R19",
    "pitches": "P8", "pitch classes": "P9", "mean interval": "M2", "repeated notes": "M9", "stepwise": "M11",
}


def spearman(a, b):
    """Over the windows where b is defined; 0 if one never varies."""
    known = np.isfinite(b)
    ranks = []
    for values in (a[known], b[known]):
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[place])
    a, b = (rank - rank.mean() for rank in ranks)
    norm = np.sqrt((a * a).sum() * (b * b).sum())
    return (a * b).sum() / norm if norm else 0.0


def excerpts(lines, count, rng):
    """Excerpts of lines, a bar as likely as any other."""
    bars = lines.length // corpus.BAR - 1
    lines, bars = lines.select(bars > 0), bars[bars > 0]
    ends = np.concatenate([[0], np.cumsum(bars)])
    bar = rng.integers(0, ends[-1], count)
    number = np.searchsorted(ends, bar, "right") - 1
    return batches.excerpts(lines, number, bar - ends[number])


def enough(windows):
    return windows[transform.onsets(windows) >= NOTES_MIN]


def styles(lines, rng):
    """{style: windows as they are played}."""
    found = {}
    for number, name in enumerate(lines.names):
        own = lines.select(lines.style == number)
        if len(own.start):
            found[name] = enough(transform.windows(excerpts(own, A_STYLE, rng), rng))
    return found


def phases(lines, rng):
    """{phase: windows that begin so many steps after the bar line}."""
    some = excerpts(lines, A_PHASE, rng)
    start = transform.move(transform.notes(some), np.full(len(some), -transform.LEAD))
    return {
        phase: enough(transform.pause(transform.render(transform.move(start, np.full(len(some), -phase))), np.zeros(len(some), int)))
        for phase in range(corpus.BAR)
    }


def transposed(lines, rng):
    """[pitches, n, STEPS]: tunes whose mean pitch is next to each of the pitches, where all are on the keyboard."""
    windows = enough(transform.windows(excerpts(lines, 4 * TRANSPOSED, rng), rng))
    mean = np.array([window[window >= 2].mean() for window in windows]) - corpus.PITCH_TO_TOKEN
    shifts = [np.round(pitch - mean).astype(int) for pitch in PITCHES]
    low, high = transform.room(windows)
    fits = np.all([(low <= shift) & (shift <= high) for shift in shifts], 0)
    return np.stack([transform.transpose(windows, shift)[fits][:TRANSPOSED] for shift in shifts])


PITCHES = range(36, 97, 6)


class Model:
    def __init__(self, path):
        self.path = str(path)
        command = [PROGRAM, "info", "--format", "json", self.path]
        self.info = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def encode(self, windows):
        """(mu, axes) of each window."""
        text = "\n".join(" ".join(map(str, window)) for window in windows) + "\n"
        command = [PROGRAM, "encode", "--model", self.path]
        lines = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.splitlines()
        found = [json.loads(line) for line in lines]
        return np.array([one["mu"] for one in found]), np.array([one["axes"] for one in found])


class Music:
    """All windows, their groups and features."""

    def __init__(self):
        lines = corpus.lines(CORPUS, "heldout")
        rng = np.random.default_rng(SEED)
        tunes = lines.select(np.isin(lines.origin, [lines.sets.index(name) for name in corpus.FIRST]))
        parts = {f"style {name}": windows for name, windows in styles(lines, rng).items()}
        parts |= {f"phase {phase}": windows for phase, windows in phases(tunes, rng).items()}
        self.windows = np.concatenate(list(parts.values()))
        place = np.repeat(np.arange(len(parts)), [len(windows) for windows in parts.values()])
        self.features = [features.compute(window) for window in self.windows]
        self.pitch = self.values("mean pitch")
        self.groups = {name: place == i for i, name in enumerate(parts)}
        self.styled = np.any([chosen for name, chosen in self.groups.items() if name.startswith("style")], 0)
        self.jazz = np.any([chosen for name, chosen in self.groups.items() if "jazz" in name], 0)
        self.groups |= {
            f"register {low}": self.styled & (self.pitch >= low) & (self.pitch < high)
            for low, high in zip(REGISTERS, REGISTERS[1:])
        }
        self.transposed = transposed(tunes, rng)

    def values(self, name):
        """A feature of all windows; NAN where it is undefined."""
        key = JSYMBOLIC.get(name, name)
        return np.array([own.get(key, np.nan) for own in self.features], float)


def setUpModule():
    global music, models
    if not CORPUS.is_dir():
        raise unittest.SkipTest("no corpus")
    models = [model for model in map(Model, chosen) if model.info["axes"]]
    if not models:
        raise unittest.SkipTest("no model with axes")
    music = Music()
    for model in models:
        model.mu, model.axes = model.encode(music.windows)
        shape = music.transposed.shape
        found = model.encode(music.transposed.reshape(-1, shape[2]))
        model.mu_at, model.axes_at = (values.reshape(*shape[:2], -1) for values in found)


class Holds(unittest.TestCase):
    def test_an_axis_follows_its_feature_in_all_styles_together_and_in_jazz(self):
        for model in models:
            for number, axis in enumerate(model.info["axes"]):
                feature = music.values(axis["feature"])
                for name, chosen, least in (("all", music.styled, 0.85), ("jazz", music.jazz, 0.75)):
                    rho = spearman(model.axes[chosen, number], feature[chosen])
                    self.report(f"{axis['name']}, {name}", rho)
                    with self.subTest(model=model.path, axis=axis["name"], windows=name):
                        self.assertGreaterEqual(rho, least)

    def test_register_rises_with_each_transposition_and_the_other_axes_stay(self):
        for model in models:
            names = [axis["name"] for axis in model.info["axes"]]
            self.assertEqual(names[0], "register")
            mean = model.axes_at.mean(1)
            self.assertTrue((np.diff(mean[:, 0]) > 0).all(), mean[:, 0])
            # Each tune for itself, an octave at a time.
            self.assertGreater((model.axes_at[2:, :, 0] > model.axes_at[:-2, :, 0]).mean(), 0.99)
            self.assertLess((mean[:, 1:].max(0) - mean[:, 1:].min(0)).max(), 0.15, mean.round(2))

    def test_the_sign_of_a_label_holds_in_every_style_register_and_phase(self):
        for model in models:
            for rank, (neuron, label) in enumerate(zip(model.info["order"][:PORTS], model.info["labels"])):
                if not label["stability"]:
                    self.assertEqual(label["label"], "mixed")
                    continue
                feature = music.values(label["feature"])
                low, high = label["pitches"]
                inside = (music.pitch >= low) & (music.pitch < high) & np.isfinite(feature)
                rho = {
                    name: spearman(model.mu[chosen & inside, neuron], feature[chosen & inside])
                    for name, chosen in music.groups.items()
                    if (chosen & inside).sum() >= GROUP
                }
                least = min(rho, key=rho.get)
                self.report(f"{rank + 1} {label['label']} ({label['stability']:.2f}), least in {least}", rho[least])
                with self.subTest(model=model.path, rank=rank + 1, label=label["label"], windows=least):
                    self.assertGreater(rho[least], 0)

    def test_a_label_of_pitch_holds_when_a_tune_is_transposed(self):
        checked = 0
        for model in models:
            for neuron, label in zip(model.info["order"], model.info["labels"]):
                if label["feature"] not in ("mean pitch", "mean from D5"):
                    continue
                low, high = label["pitches"]
                steps = [i for i, pitch in enumerate(PITCHES) if low <= pitch < high]
                far = np.array([PITCHES[i] if label["feature"] == "mean pitch" else abs(PITCHES[i] - D5) for i in steps])
                mean = model.mu_at[steps, :, neuron].mean(1)
                rho = spearman(mean, far)
                self.report(f"{label['label']}, mean of transposed tunes", rho)
                self.assertGreater(rho, 0.8, (label["label"], mean.round(2)))
                checked += 1
        self.assertGreater(checked, 0)

    def report(self, what, rho):
        if verbose:
            print(f"{rho:+.3f}  {what}")


if __name__ == "__main__":
    verbose = "-v" in sys.argv
    chosen = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or SHIPPED
    unittest.main(argv=[sys.argv[0]])
