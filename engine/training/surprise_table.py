#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a model file's surprise says of held-out music, and of the same music with wrong notes.

Windows alone: the AUC of mean bits a note, of the pitch (and, in brackets, of pitch and
time together), real windows against the same ones with other pitches (wrong.py). The program
measures (named by $MUSIC_NEURONS, else the build's). Prints a table for README.md.
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

SEED = 5

CORRUPTIONS = {
    "0.2 a semitone off": ("a semitone off", 0.2),
    "0.5 a semitone off": ("a semitone off", 0.5),
    "all a semitone off": ("a semitone off", 1.0),
    "shuffled": ("shuffled", 1.0),
    "in key": ("in key", 1.0),
}


class Surprise:
    """What the program says of windows and of excerpts by a model file."""

    def __init__(self, model, program):
        self.program, self.model = program, model

    def lines(self, command, *arguments, text=None):
        run = [self.program, command, "--model", self.model, *arguments]
        output = subprocess.run(run, input=text, capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def windows(self, windows):
        """Mean bits of pitch, and of pitch and time, of each window: [n, 2]."""
        text = "\n".join(" ".join(map(str, window)) for window in windows) + "\n"
        answers = self.lines("encode", text=text)
        return np.array([(answer["surprise_pitch"], answer["surprise"]) for answer in answers])


def sets(folder):
    """(kind, lines) of held-out music."""
    lines = corpus.lines(folder, "heldout")
    yield "tunes", lines.select(np.isin(lines.origin, [lines.sets.index(name) for name in FIRST]))
    yield "all lines", lines
    yield "jazz", lines.select(np.isin(lines.style, [lines.names.index(name) for name in JAZZ]))


def report(args):
    surprises = [Surprise(model, args.program) for model in args.models]
    titles = " | ".join(args.models)
    print(f"| windows of 8 onsets or more, against | {titles} |\n| --- |" + " --- |" * len(surprises))
    for kind, lines in sets(args.corpus):
        rng = np.random.default_rng(SEED)
        windows = play(draw(lines, rng, args.windows), phase=int(rng.integers(corpus.BAR)))
        windows = windows[transform.onsets(windows) >= 8]
        real = [surprise.windows(windows) for surprise in surprises]
        bits = [f"{r[:, 0].mean():.2f} + {(r[:, 1] - r[:, 0]).mean():.2f}" for r in real]
        print(f"| {kind} ({len(windows)}), bits of pitch + time | " + " | ".join(bits) + " |", flush=True)
        for name, (how, share) in CORRUPTIONS.items():
            changed = wrong.corrupt(windows, how, rng, share)
            cells = []
            for surprise, r in zip(surprises, real):
                w = surprise.windows(changed)
                cells.append(f"{auc(w[:, 0], r[:, 0]):.3f} ({auc(w[:, 1], r[:, 1]):.3f})")
            print(f"| {kind}, {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", metavar="MODEL.safetensors")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=6000, help="of each kind, some with few onsets (default: %(default)s)")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"surprise_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
