#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a model file's sense says of held-out music and of the same music made wrong.

The AUC of sense, real windows against the same ones with wrong notes; how sense goes with the
share of wrong notes within a window; what it says of notes at random; and how many excerpts of
eight bars score lower when a fifth of the notes are a semitone off. The program measures
(named by $MUSIC_NEURONS, else the build's). Prints tables for README.md.
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
import wrong
from score_table import FIRST, JAZZ, STYLES, WHITE, draw, percent, play
from score_trial import auc

SEED = 6
ONSETS_MIN = 4
SHARES = np.linspace(0, 1, 11)
PENTATONIC = [pitch for pitch in range(48, 85) if pitch % 12 in (0, 2, 4, 7, 9)]
WRONG = 0.2
EXCERPT = 8 * corpus.BAR
TICKS = 120  # a sixteenth


class Sense:
    """What the program says by a model file."""

    def __init__(self, model, program):
        self.program, self.model = program, model

    def __call__(self, windows):
        """Sense of each window [n, STEPS]."""
        text = "\n".join(" ".join(map(str, window)) for window in windows) + "\n"
        run = [self.program, "encode", "--model", self.model]
        lines = subprocess.run(run, input=text, capture_output=True, text=True, check=True).stdout.splitlines()
        return np.array([json.loads(line)["sense"] for line in lines])

    def file(self, path):
        """(sense, form, bits a note) of each window of a MIDI file, which move by a bar."""
        run = [self.program, "analyze", "--model", self.model, "--format", "json", "--hop", "bar", path]
        lines = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
        windows = [json.loads(line) for line in lines]
        return np.array([[w["sense"], w["form"], w["surprise"]] for w in windows if w["sense"] is not None])


def ranks(values):
    """Ranks; equal values share theirs."""
    order = np.sort(values)
    return (np.searchsorted(order, values, "left") + np.searchsorted(order, values, "right")) / 2


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    return np.corrcoef(a, b)[0, 1] if a.std() and b.std() else 0.0


def music(folder, count, rng):
    lines = corpus.lines(folder, "heldout")
    tunes = lines.select(np.isin(lines.origin, [lines.sets.index(name) for name in FIRST]))
    yield "tunes at any phase", play(draw(tunes, rng, count), phase=int(rng.integers(corpus.BAR)))
    yield "all styles, played by chance", transform.windows(draw(lines, rng, count), rng)
    for kind in ("bass lines", "two hands", "pop"):
        chosen = lines.select(np.isin(lines.style, [lines.names.index(s) for s in STYLES[kind]]))
        yield kind, play(draw(chosen, rng, count))
    yield "jazz", play(draw(lines.select(np.isin(lines.style, [lines.names.index(s) for s in JAZZ])), rng, count))


def eighths(count, rng):
    for kind, pitches in (("white keys", WHITE), ("pentatonic", PENTATONIC), ("chromatic", range(48, 84))):
        windows = np.zeros((count, corpus.STEPS), np.uint8)
        windows[:, ::2] = rng.choice(pitches, (count, corpus.STEPS // 2)) + corpus.PITCH_TO_TOKEN
        yield kind, windows


def judge(sense, windows, rng):
    """The median, AUCs by kind and the paper's, and how sense falls within a window."""
    real = sense(windows)
    cells = [f"{np.median(real):.2f}"]
    cells += [f"{auc(real, sense(wrong.corrupt(windows, kind, rng))):.3f}" for kind in wrong.KINDS]
    random = corpus.random_windows(len(windows), int(rng.integers(1 << 30)), onsets=transform.onsets(windows))
    cells.append(f"{auc(real, sense(random)):.3f}")
    some = windows[: len(windows) // 8]
    for kinds in (("a semitone off", "in key"), ("onsets moved",)):
        rho = []
        for kind in kinds:
            steps = np.concatenate([wrong.ladder(window, kind, SHARES, rng) for window in some])
            rho += [-spearman(row, SHARES) for row in sense(steps).reshape(len(some), len(SHARES))]
        cells.append(f"{np.mean(rho):.2f}")
    return cells


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


def falls(sense, chosen, rng):
    """How often eight bars score lower with a fifth of their notes a semitone off: by sense,
    by form where the right ones come before, by either, by surprise."""
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "excerpt.mid"
        for onsets, pitches in chosen:
            off = np.zeros(len(pitches), bool)
            off[rng.permutation(len(pitches))[: round(WRONG * len(pitches))]] = True
            moved = np.clip(pitches + np.where(off, rng.choice((-1, 1), len(pitches)), 0), *wrong.PITCHES)
            write_midi(path, onsets, pitches)
            right = sense.file(path)
            write_midi(path, onsets, moved)
            worse = sense.file(path)
            write_midi(path, np.append(onsets, onsets + EXCERPT), np.append(pitches, moved))
            form = sense.file(path)[:, 1]
            lower = worse[:, 0].mean() < right[:, 0].mean()
            slips = form[len(form) // 2 :].mean() < 0.5
            answers.append((lower, slips, worse[:, 2].mean() > right[:, 2].mean()))
    shares = np.mean(answers, 0)
    return [percent(share) for share in shares] + [str(len(answers))]


def report(args):
    for model in args.models:
        sense = Sense(model, args.program)
        print(f"\n{model}\n\n| held-out windows | real | " + " | ".join(wrong.KINDS) + " | paper's | rho: pitch | rhythm |")
        print("| --- |" + " --- |" * (len(wrong.KINDS) + 4))
        for kind, windows in music(args.corpus, args.windows, np.random.default_rng(SEED)):
            windows = windows[transform.onsets(windows) >= ONSETS_MIN]
            print(f"| {kind} ({len(windows)}) | " + " | ".join(judge(sense, windows, np.random.default_rng(SEED))) + " |", flush=True)
        print("\n| eighths at random | median | 90 % |\n| --- | --- | --- |")
        for kind, windows in eighths(args.windows, np.random.default_rng(SEED)):
            values = sense(windows)
            print(f"| {kind} | {np.median(values):.2f} | {np.quantile(values, 0.9):.2f} |", flush=True)
        print("\n| eight bars, a fifth wrong | sense lower | form below 0.5 | surprise higher | excerpts |")
        print("| --- | --- | --- | --- | --- |")
        lines = corpus.lines(args.corpus, "heldout")
        for kind, mask in (
            ("tunes", np.isin(lines.origin, [lines.sets.index(name) for name in FIRST])),
            ("jazz", np.isin(lines.style, [lines.names.index(s) for s in JAZZ])),
        ):
            chosen = list(excerpts(lines.select(mask), args.excerpts, np.random.default_rng(SEED)))
            print(f"| {kind} | " + " | ".join(falls(sense, chosen, np.random.default_rng(SEED))) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", metavar="MODEL.safetensors")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=1600, help="of each kind (default: %(default)s)")
    add("--excerpts", type=int, default=300, help="of each kind (default: %(default)s)")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"sense_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
