#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a model file's score says of held-out music of many kinds, and of what is no music.

Of each kind: the share of windows with a musicality below 0.5, and the AUC against random
notes with as many onsets. The program scores the windows (named by $MUSIC_NEURONS, else the
build's). Prints a table for the models' README.
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

import batches
import corpus
import evaluate
import practice
import transform
from score_trial import auc

SEED = 3
OCTAVES = 24
FIRST = tuple(corpus.FIRST)
JAZZ = ("jazz_trad_swing", "jazz_bop", "jazz_modern")
STYLES = {
    "bass lines": ("bass_line",),
    "accompaniment": ("accompaniment",),
    "two hands": ("two_hands",),
    "Bach's keyboard works": ("keyboard_bach",),
    "etudes": ("etude",),
    "pop": ("pop",),
    "jazz": JAZZ,
}
WHITE = [pitch for pitch in range(48, 85) if pitch % 12 in (0, 2, 4, 5, 7, 9, 11)]
# Below that many onsets a window says next to nothing.
ONSETS_MIN = 4


class Score:
    """What the program says of windows by a model file."""

    def __init__(self, path, program):
        self.command = [program, "encode", "--model", path]

    def __call__(self, windows):
        """Musicality of each window [n, STEPS]."""
        text = "\n".join(" ".join(map(str, window)) for window in windows) + "\n"
        lines = subprocess.run(self.command, input=text, capture_output=True, text=True, check=True).stdout.splitlines()
        return np.array([json.loads(line)["musicality"] for line in lines])


def draw(lines, rng, count):
    """Excerpts of lines, a bar as likely as any other."""
    bars = lines.length // corpus.BAR - 1
    lines, bars = lines.select(bars > 0), bars[bars > 0]
    ends = np.concatenate([[0], np.cumsum(bars)])
    bar = rng.integers(0, ends[-1], count)
    number = np.searchsorted(ends, bar, "right") - 1
    return batches.excerpts(lines, number, bar - ends[number])


def play(excerpts, phase=0, factor=1.0):
    """Windows that begin `phase` steps after the bar line, with all times `factor` times as long."""
    n = len(excerpts)
    played = transform.stretch(transform.move(transform.notes(excerpts), np.full(n, -transform.LEAD)), np.full(n, factor))
    windows = transform.render(transform.move(played, np.full(n, -phase)))
    return transform.pause(windows, np.zeros(n, int))


def music(folder, count, rng):
    """(kind, windows) of held-out music."""
    lines = corpus.lines(folder, "heldout")
    tunes = draw(lines.select(np.isin(lines.origin, [lines.sets.index(name) for name in FIRST])), rng, count)
    for phase in range(corpus.BAR):
        yield f"tunes, {phase} steps after the bar", play(tunes, phase)
    yield "tunes, two octaves down", transform.transpose(play(tunes), np.full(count, -OCTAVES))
    yield "tunes, two octaves up", transform.transpose(play(tunes), np.full(count, OCTAVES))
    yield "tunes, twice as fast", play(tunes, factor=0.5)
    yield "tunes, half as fast", play(tunes, factor=2.0)
    for kind, styles in STYLES.items():
        yield kind, play(draw(lines.select(np.isin(lines.style, [lines.names.index(s) for s in styles])), rng, count))
    yield "figures that hands practise", play(practice.draw(rng, count))
    yield "all styles, played by chance", transform.windows(draw(lines, rng, count), rng)


def no_music(count, rng):
    """(kind, windows) of what is no music."""
    def at(steps, pitches):
        windows = np.zeros((count, corpus.STEPS), np.uint8)
        for window in windows:
            here = steps()
            window[here] = rng.choice(pitches, len(here)) + corpus.PITCH_TO_TOKEN
        return windows

    def anywhere():
        return rng.permutation(corpus.STEPS)[: rng.integers(5, 20)]

    def eighths():
        return np.arange(0, corpus.STEPS, 2)

    yield "white keys at random, in eighths", at(eighths, WHITE)
    yield "any keys at random, in eighths", at(eighths, range(48, 84))
    yield "white keys at random, at any time", at(anywhere, WHITE)
    yield "any keys at random, at any time", at(anywhere, range(40, 90))


def percent(share):
    return f"{100 * share:.1f} %"


def judge(score, windows, rng):
    windows = windows[transform.onsets(windows) >= ONSETS_MIN]
    random = corpus.random_windows(len(windows), int(rng.integers(1 << 30)), onsets=transform.onsets(windows))
    real = score(windows)
    return f"{percent((real < 0.5).mean())} ({auc(real, score(random)):.4f})"


def report(args):
    scores = [Score(model, args.program) for model in args.models]
    print("| held-out music | " + " | ".join(args.models) + " |")
    print("| --- |" + " --- |" * len(scores))
    for kind, windows in music(args.corpus, args.windows, np.random.default_rng(SEED)):
        cells = [judge(score, windows, np.random.default_rng(SEED)) for score in scores]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)
    print("\n| no music: median, 90 % | " + " | ".join(args.models) + " |")
    print("| --- |" + " --- |" * len(scores))
    for kind, windows in no_music(args.windows, np.random.default_rng(SEED)):
        values = [score(windows) for score in scores]
        cells = [f"{np.median(value):.2f}, {np.quantile(value, 0.9):.2f}" for value in values]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", metavar="MODEL.safetensors")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=1000, help="of each kind (default: %(default)s)")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"score_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
