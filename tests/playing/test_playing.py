#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the meter says of the first minute at a keyboard; MUSIC_NEURONS is the program's path.

The files beside this one are the pieces of pieces.py: test_playing.py --write makes them anew.
Windows begin on every step: a player may look at any time.
"""

import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import unittest

import pieces

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("MUSIC_NEURONS", str(HERE.parents[1] / "build" / "music-neurons"))
MODELS = ("magenta", "open")
STEPS = 32
# The least median of music, and the largest of what is none. `open` takes a tune's worth of
# clusters for music more often than not.
MUSIC = 0.9
NO_MUSIC = {"magenta": 0.2, "open": 0.75}
# Tunes that a note more or less on the grid must not move: the least value, and the mean
# change from one step to the next.
STEADY = ("Ode to Joy", "Ode to Joy, 69 ms late", "Ode to Joy by hand", "Twinkle", "a C major scale in sixteenths")
LEAST, CHANGE = 0.85, 0.06


def path(name):
    return HERE / (name.lower().replace(" ", "-").replace(",", "").replace("%", "percent").replace("'", "") + ".mid")


def musicality(name, model):
    """The musicality of each window of a piece that is over before the piece is."""
    command = [PROGRAM, "analyze", path(name), "--model", model, "--hop", "step", "--format", "json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    end = max(end for _, end, _ in pieces.PIECES[name][0])
    windows = map(json.loads, lines)
    return [w["musicality"] for w in windows if 4 * w["start_beat"] + STEPS <= end + 1 and w["musicality"] is not None]


class PlayingTest(unittest.TestCase):
    def test_the_files_are_the_pieces(self):
        for name, (notes, _) in pieces.PIECES.items():
            with self.subTest(name):
                self.assertEqual(path(name).read_bytes(), pieces.file(notes))

    def test_music_sounds_like_music_and_a_cat_does_not(self):
        for model, (name, (_, is_music)) in itertools.product(MODELS, pieces.PIECES.items()):
            with self.subTest(name, model=model):
                values = musicality(name, model)
                self.assertGreater(len(values), 20)
                if is_music:
                    self.assertGreaterEqual(statistics.median(values), MUSIC)
                else:
                    self.assertLessEqual(statistics.median(values), NO_MUSIC[model])

    def test_a_steady_tune_gives_a_steady_dial(self):
        for model, name in itertools.product(MODELS, STEADY):
            with self.subTest(name, model=model):
                values = musicality(name, model)
                self.assertGreaterEqual(min(values), LEAST)
                changes = [abs(b - a) for a, b in itertools.pairwise(values)]
                self.assertLessEqual(statistics.mean(changes), CHANGE)


if __name__ == "__main__":
    if "--write" in sys.argv:
        for name, (notes, _) in pieces.PIECES.items():
            path(name).write_bytes(pieces.file(notes))
    else:
        unittest.main()
