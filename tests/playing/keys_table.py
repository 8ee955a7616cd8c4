#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What musicality says of the figures that players practise, in every key and register.

Each figure is moved to every place where it stays within the range of its instrument, and
`analyze` hears it at a hop of a step, as the plugin would. Of each figure: the least median
over its windows, and the least value, at which transposition. Prints a table. MUSIC_NEURONS
is the program's path.
"""

import argparse
import bisect
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import pieces

PROGRAM = os.environ.get("MUSIC_NEURONS", str(pathlib.Path(__file__).resolve().parents[2] / "build" / "music-neurons"))
STEPS, BAR = 32, 16
# Two windows and the phases of a third are enough of a figure that repeats.
LONGEST = 6 * BAR
PAUSE = 3 * BAR
# The lowest and the highest MIDI pitch: of a piano, of its left hand, of a double bass as far
# as it walks, of a bass guitar, of its riffs up to a guitar's, of a guitar, of saxophones,
# of a harpsichord.
FIGURES = {
    "a scale": (pieces.scale, 21, 108),
    "an arpeggio": (pieces.arpeggio, 21, 108),
    "a trill": (pieces.trill, 21, 108),
    "a repeated note": (pieces.repeated_note, 21, 108),
    "an Alberti bass": (pieces.alberti, 36, 84),
    "a walking bass": (pieces.walking_bass, 28, 60),
    "a funk riff": (pieces.funk_riff, 28, 67),
    "a gallop": (pieces.gallop, 28, 76),
    "a blues lick": (pieces.blues_lick, 40, 88),
    "a bebop line": (pieces.bebop, 44, 92),
    "Bach's C major prelude": (pieces.bach_prelude, 29, 89),
}


def everywhere(notes, low, high):
    """(lowest pitch, notes) at all transpositions that stay within a range."""
    notes = [(start, end, pitch) for start, end, pitch in notes if end <= LONGEST]
    pitches = [pitch for _, _, pitch in notes]
    for bottom in range(low, high + 1 - (max(pitches) - min(pitches))):
        yield bottom, pieces.moved(notes, bottom - min(pitches))


def hear(model, notes):
    """(first step, musicality) of each window of a file of notes."""
    with tempfile.NamedTemporaryFile(suffix=".mid") as file:
        file.write(pieces.file(notes))
        file.flush()
        command = [PROGRAM, "analyze", file.name, "--model", model, "--hop", "step", "--format", "json"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    heard = [(round(4 * window["start_beat"]), window["musicality"]) for window in map(json.loads, lines)]
    return [(step, value) for step, value in heard if value is not None]


def judge(model, figure, low, high):
    """(median, least, lowest pitch) of each transposition; only windows that the figure fills count."""
    places, line = [], []
    at = 0
    for bottom, notes in everywhere(figure(), low, high):
        end = -(-max(end for _, end, _ in notes) // BAR) * BAR
        places.append((at, at + end, bottom))
        line += [(start + at, stop + at, pitch) for start, stop, pitch in notes]
        at += int(end) + PAUSE
    heard = hear(model, line)
    steps = [step for step, _ in heard]
    found = []
    for start, end, bottom in places:
        here = heard[bisect.bisect_left(steps, start) : bisect.bisect_right(steps, end - STEPS)]
        values = [value for _, value in here]
        found.append((statistics.median(values), min(values), bottom))
    return found


def cell(found):
    median, _, where = min(found)
    least, there = min((least, bottom) for _, least, bottom in found)
    return f"{median:.2f} ({where}), {least:.2f} ({there})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    models = parser.parse_args().models
    print("| figure: least median, least (lowest pitch there) | places | " + " | ".join(models) + " |")
    print("| --- | --- |" + " --- |" * len(models))
    try:
        for name, (figure, low, high) in FIGURES.items():
            found = [judge(model, figure, low, high) for model in models]
            print(f"| {name}, {low} to {high} | {len(found[0])} | " + " | ".join(map(cell, found)) + " |", flush=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"keys_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
