#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well simple measures tell music from what is none, beside musicality, sense and surprise.

AUC of held-out windows, tunes at any phase or jazz, against the same ones made wrong (wrong.py)
and against random notes by the paper's recipe, with as many onsets. The baselines: the mean
interval; bits of interval trigrams; the Mahalanobis distance of mu, and the distance to the
nearest neighbour's mu, from windows of the train part. The program encodes (named by
$MUSIC_NEURONS, else the build's). Prints a table for README.md, and draws it.
"""

import argparse
import json
import os
import subprocess
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np

import corpus
import evaluate
import transform
import wrong
from score_table import FIRST, JAZZ, draw, play
from score_trial import auc

SEED = 7
ONSETS_MIN = 4
LARGEST = 24
SYMBOLS = 2 * LARGEST + 1
SMALL = 1e-3


def intervals(windows):
    """(window, symbols) of each window's intervals, 0 to SYMBOLS - 1."""
    for window in windows:
        pitches = window[window > 1].astype(int)
        yield np.clip(np.diff(pitches), -LARGEST, LARGEST) + LARGEST


class Trigrams:
    """An interval after the two before it; escape method C down to one and to none."""

    def __init__(self, windows):
        counts = np.zeros((SYMBOLS + 1, SYMBOLS + 1, SYMBOLS))
        for symbols in intervals(windows):
            padded = np.concatenate([[SYMBOLS, SYMBOLS], symbols])
            np.add.at(counts, (padded[:-2], padded[1:-1], symbols), 1)
        self.p = np.full(SYMBOLS, 1 / SYMBOLS)
        for part in (counts.sum((0, 1)), counts.sum(0), counts):
            unlike = (part > 0).sum(-1, keepdims=True)
            total = np.maximum(part.sum(-1, keepdims=True) + unlike, 1)
            self.p = np.where(unlike > 0, (part + unlike * self.p) / total, self.p)

    def __call__(self, windows):
        """Mean bits of each window."""
        bits = []
        for symbols in intervals(windows):
            padded = np.concatenate([[SYMBOLS, SYMBOLS], symbols])
            bits.append(-np.log2(self.p[padded[:-2], padded[1:-1], symbols]).mean())
        return np.array(bits)


class Measures:
    """What there is to say of windows, by a model file; all are higher for music."""

    def __init__(self, path, program, known):
        self.command = [program, "encode", "--model", path]
        self.trigrams = Trigrams(known)
        self.mu = np.array([answer["mu"] for answer in self.encode(known)])
        self.mean = self.mu.mean(0)
        spread = np.cov(self.mu.T) + SMALL * np.eye(len(self.mean))
        self.inverse = np.linalg.inv(spread)
        self.squares = (self.mu**2).sum(1)

    def encode(self, windows):
        text = "\n".join(" ".join(map(str, window)) for window in windows) + "\n"
        output = subprocess.run(self.command, input=text, capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def __call__(self, windows):
        answers = self.encode(windows)
        mu = np.array([answer["mu"] for answer in answers])
        off = mu - self.mean
        nearest = [np.min(self.squares - 2 * self.mu @ one + one @ one) for one in mu]
        return {
            "mean interval": -np.array([np.abs(symbols - LARGEST).mean() for symbols in intervals(windows)]),
            "interval trigrams": -self.trigrams(windows),
            "Mahalanobis, mu": -((off @ self.inverse) * off).sum(1),
            "nearest neighbour, mu": -np.array(nearest),
            "musicality": np.array([answer["musicality"] for answer in answers]),
            "surprise, pitch": -np.array([answer["surprise_pitch"] for answer in answers]),
            "sense": np.array([answer["sense"] for answer in answers]),
        }


def tables(args):
    """(model, music, kinds, AUCs by measure)."""
    lines = corpus.lines(args.corpus, "heldout")
    sets = {
        "tunes at any phase": lines.select(np.isin(lines.origin, [lines.sets.index(name) for name in FIRST])),
        "jazz": lines.select(np.isin(lines.style, [lines.names.index(s) for s in JAZZ])),
    }
    rng = np.random.default_rng(SEED)
    known = transform.windows(draw(corpus.lines(args.corpus, "train", args.without), rng, args.known), rng)
    known = known[transform.onsets(known) >= ONSETS_MIN]
    for model in args.models:
        measure = Measures(model, args.program, known)
        for music, chosen in sets.items():
            rng = np.random.default_rng(SEED)
            real = play(draw(chosen, rng, args.windows), phase=int(rng.integers(corpus.BAR)))
            real = real[transform.onsets(real) >= ONSETS_MIN]
            others = {kind: wrong.corrupt(real, kind, rng) for kind in wrong.KINDS}
            others["the paper's"] = corpus.random_windows(len(real), SEED, onsets=transform.onsets(real))
            said = measure(real)
            answers = [measure(other) for other in others.values()]
            yield model, music, list(others), {name: [auc(said[name], a[name]) for a in answers] for name in said}


def picture(path, found):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(found), 1, figsize=(9, 2.6 * len(found)), squeeze=False)
    for axis, (model, music, kinds, values) in zip(axes[:, 0], found):
        for i, (name, row) in enumerate(values.items()):
            width = 0.8 / len(values)
            axis.bar(np.arange(len(kinds)) + (i - len(values) / 2 + 0.5) * width, row, width, label=name)
        axis.set_xticks(range(len(kinds)), kinds, fontsize=8)
        axis.set_ylim(0.4, 1)
        axis.set_ylabel("AUC")
        axis.set_title(f"{os.path.basename(model)}: {music}", fontsize=9)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), fontsize=8, ncol=4, loc="upper center")
    figure.tight_layout(rect=(0, 0, 1, 0.94))
    figure.savefig(path, dpi=110)


def report(args):
    found = list(tables(args))
    for model, music, kinds, values in found:
        print(f"\n| {model}, {music} | " + " | ".join(kinds) + " |\n| --- |" + " --- |" * len(kinds))
        for name, row in values.items():
            print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    if args.picture:
        picture(args.picture, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", metavar="MODEL.safetensors")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--without", action="append", default=[], metavar="SET", help="leave a set of the train part out")
    add("--windows", type=int, default=1200, help="of each kind (default: %(default)s)")
    add("--known", type=int, default=10000, help="windows of the train part (default: %(default)s)")
    add("--picture", metavar="FILE.png")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"baselines.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
