#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a model file's surprise says of held-out music, and of the same music with wrong notes.

Windows alone: the AUC of mean bits a note, of the pitch (and, in brackets, of pitch and
time together), real windows against the same ones with other pitches. Eight bars: the
share of excerpts whose mean bits rise when a fifth of the notes move by a semitone. The
program measures (named by $MUSIC_NEURONS, else the build's). Prints tables for README.md.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np

import corpus
import evaluate
import transform
from score_table import FIRST, JAZZ, draw, percent, play
from score_trial import auc

SEED = 5
MAJOR = (0, 2, 4, 5, 7, 9, 11)
PITCHES = (21, 108)
EXCERPT = 8 * corpus.BAR
TICKS = 120  # a sixteenth
WRONG = 0.2


def semitones(pitches, chosen, rng):
    """The chosen notes go up or down by a semitone."""
    moved = pitches + np.where(chosen, rng.choice((-1, 1), len(pitches)), 0)
    return np.clip(moved, *PITCHES)


def any_semitones(share):
    return lambda pitches, rng: semitones(pitches, rng.random(len(pitches)) < share, rng)


def in_key(pitches, rng):
    """Random notes from the lowest to the highest, of the major scale that most notes fit."""
    counts = np.bincount(pitches % 12, minlength=12)
    tonic = max(range(12), key=lambda key: sum(counts[(key + degree) % 12] for degree in MAJOR))
    scale = [p for p in range(pitches.min(), pitches.max() + 1) if (p - tonic) % 12 in MAJOR]
    return rng.choice(scale or [pitches.min()], len(pitches))


CORRUPTIONS = {
    "0.2 a semitone off": any_semitones(0.2),
    "0.5 a semitone off": any_semitones(0.5),
    "all a semitone off": any_semitones(1.0),
    "shuffled": lambda pitches, rng: rng.permutation(pitches),
    "in key": in_key,
}


def corrupt(windows, how, rng):
    """Windows [n, STEPS] with other pitches on the same steps."""
    windows = windows.copy()
    for window in windows:
        at = window > 1
        window[at] = how(window[at].astype(int) - corpus.PITCH_TO_TOKEN, rng) + corpus.PITCH_TO_TOKEN
    return windows


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

    def excerpt(self, path):
        """Mean bits of a MIDI file's notes."""
        windows = self.lines("analyze", "--format", "json", "--hop", "2bars", path)
        return np.mean([bits for window in windows for bits in window["note_surprise"] if bits is not None])


def write_midi(path, onsets, pitches):
    """Notes that sound from each onset to the next, in steps."""
    ends = np.append(onsets[1:], onsets[-1] + 1)
    events = sorted([(end, 0x80, p) for end, p in zip(ends, pitches)] + [(s, 0x90, p) for s, p in zip(onsets, pitches)])
    track, now = b"", 0
    for step, status, pitch in events:
        ticks = int(step - now) * TICKS
        now = step
        delta = bytes([ticks & 0x7F])
        while ticks := ticks >> 7:
            delta = bytes([ticks & 0x7F | 0x80]) + delta
        track += delta + bytes([status, int(pitch), 64])
    track += b"\0\xff\x2f\0"
    header = b"MThd" + struct.pack(">I3H", 6, 0, 1, 4 * TICKS)
    pathlib.Path(path).write_bytes(header + b"MTrk" + struct.pack(">I", len(track)) + track)


def excerpts(lines, count, rng):
    """(onsets, pitches) of eight bars of lines, with two notes a bar or more; one a line."""
    lines = lines.select(lines.length >= EXCERPT)
    for number in rng.permutation(len(lines.start))[:count]:
        bar = rng.integers(0, lines.length[number] // corpus.BAR - 7)
        start = lines.start[number] + bar * corpus.BAR
        tokens = lines.tokens[start : start + EXCERPT]
        onsets = np.flatnonzero(tokens > 1)
        if len(onsets) >= 16:
            yield onsets, tokens[onsets].astype(int) - corpus.PITCH_TO_TOKEN


def rises(surprise, chosen, rng):
    """How often an excerpt's bits rise when a fifth of its notes are wrong, and of how many."""
    higher = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "excerpt.mid"
        for onsets, pitches in chosen:
            wrong = np.zeros(len(pitches), bool)
            wrong[rng.permutation(len(pitches))[: round(WRONG * len(pitches))]] = True
            bits = []
            for notes in (pitches, semitones(pitches, wrong, rng)):
                write_midi(path, onsets, notes)
                bits.append(surprise.excerpt(path))
            higher.append(bits[1] > bits[0])
    return f"{percent(np.mean(higher))} of {len(higher)}"


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
        for name, how in CORRUPTIONS.items():
            wrong = corrupt(windows, how, rng)
            cells = []
            for surprise, r in zip(surprises, real):
                w = surprise.windows(wrong)
                cells.append(f"{auc(w[:, 0], r[:, 0]):.3f} ({auc(w[:, 1], r[:, 1]):.3f})")
            print(f"| {kind}, {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n| eight bars, a fifth of the notes wrong | {titles} |\n| --- |" + " --- |" * len(surprises))
    for kind, lines in sets(args.corpus):
        chosen = list(excerpts(lines, args.excerpts, np.random.default_rng(SEED)))
        cells = [rises(surprise, chosen, np.random.default_rng(SEED)) for surprise in surprises]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", metavar="MODEL.safetensors")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=6000, help="of each kind, some with few onsets (default: %(default)s)")
    add("--excerpts", type=int, default=600, help="of each kind (default: %(default)s)")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"surprise_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
