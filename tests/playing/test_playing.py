#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the meter says of the first minute at a keyboard; MUSIC_NEURONS is the program's path.

The files beside this one are the pieces of pieces.py: test_playing.py --write makes them anew.
Windows begin on every step: a player may look at any time.
"""

import functools
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
# The least median of music, and the largest of what is none.
MUSIC = 0.9
NO_MUSIC = 0.2
# Where the medians of sense and of surprise must lie, in both models.
HEARD = {
    "a C major scale in sixteenths": ((0.7, 1.0), (0.5, 2.5)),
    "an A minor scale in eighths": ((0.8, 1.0), (0.5, 2.5)),
    "an arpeggio": ((0.7, 1.0), (0.5, 2.5)),
    "a trill": ((0.7, 1.0), (0.0, 1.0)),
    "one note repeated": ((0.6, 1.0), (0.0, 1.0)),
    "an Alberti bass in sixteenths": ((0.7, 1.0), (0.5, 2.5)),
    "a walking bass": ((0.6, 1.0), (2.0, 5.0)),
    "a funk bass riff": ((0.7, 1.0), (2.5, 6.0)),
    "a gallop on the low E": ((0.7, 1.0), (0.3, 2.0)),
    "a blues lick": ((0.6, 1.0), (2.0, 5.0)),
    "a bebop line": ((0.7, 1.0), (1.5, 4.0)),
    "Bach's C major prelude": ((0.7, 1.0), (1.5, 4.0)),
    "a waltz": ((0.5, 1.0), (3.0, 8.0)),
    "Twinkle": ((0.7, 1.0), (1.5, 5.0)),
    "Twinkle, two octaves down": ((0.7, 1.0), (1.5, 5.0)),
    "triplets": ((0.7, 1.0), (0.3, 2.0)),
    "comping chords": ((0.6, 1.0), (2.0, 6.0)),
    "Ode to Joy": ((0.7, 1.0), (1.5, 5.0)),
    "Ode to Joy, 69 ms late": ((0.7, 1.0), (1.5, 5.0)),
    "Ode to Joy, 1 % faster than the tempo": ((0.7, 1.0), (1.5, 5.0)),
    "Ode to Joy by hand": ((0.7, 1.0), (1.5, 5.0)),
    "Ode to Joy, then with slips": ((0.5, 1.0), (2.0, 6.0)),
    "Twinkle, then with slips": ((0.5, 1.0), (2.0, 6.0)),
    "white keys at random in eighths": ((0.0, 0.4), (4.5, 9.0)),
    "any keys at random in eighths": ((0.0, 0.4), (5.0, 10.0)),
    "a cat on the keys": ((0.0, 0.35), (8.0, 16.0)),
    "fists on the keys": ((0.0, 0.35), (8.0, 16.0)),
    "random notes": ((0.0, 0.35), (8.0, 16.0)),
}
# Form has its middle there, whatever is played: it is about what was played before.
FORM = (0.35, 0.65)
SLIPS = ("Ode to Joy, then with slips", "Twinkle, then with slips")
# Tunes that a note more or less on the grid must not move: the least value, and the mean
# change from one step to the next.
STEADY = ("Ode to Joy", "Ode to Joy, 69 ms late", "Ode to Joy by hand", "Twinkle", "a C major scale in sixteenths")
LEAST, CHANGE = 0.9, 0.02


def path(name):
    return HERE / (name.lower().replace(" ", "-").replace(",", "").replace("%", "percent").replace("'", "") + ".mid")


@functools.cache
def windows(name, model):
    """What the program says of each window of a piece that is over before the piece is."""
    command = [PROGRAM, "analyze", path(name), "--model", model, "--hop", "step", "--format", "json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    end = max(end for _, end, _ in pieces.PIECES[name][0])
    heard = map(json.loads, lines)
    return [w for w in heard if 4 * w["start_beat"] + STEPS <= end + 1 and w["musicality"] is not None]


def values(name, model, field):
    return [window[field] for window in windows(name, model) if window[field] is not None]


class PlayingTest(unittest.TestCase):
    def test_the_files_are_the_pieces(self):
        for name, (notes, _) in pieces.PIECES.items():
            with self.subTest(name):
                self.assertEqual(path(name).read_bytes(), pieces.file(notes))

    def test_music_sounds_like_music_and_a_cat_does_not(self):
        for model, (name, (_, is_music)) in itertools.product(MODELS, pieces.PIECES.items()):
            with self.subTest(name, model=model):
                score = values(name, model, "musicality")
                self.assertGreater(len(score), 20)
                if is_music:
                    self.assertGreaterEqual(statistics.median(score), MUSIC)
                elif is_music is False:
                    self.assertLessEqual(statistics.median(score), NO_MUSIC)

    def test_sense_form_and_surprise_are_where_a_player_would_look_for_them(self):
        self.assertEqual(set(HEARD), set(pieces.PIECES))
        for model, (name, (sense, surprise)) in itertools.product(MODELS, HEARD.items()):
            for field, (low, high) in (("sense", sense), ("surprise", surprise), ("form", FORM)):
                with self.subTest(name, model=model, field=field):
                    middle = statistics.median(values(name, model, field))
                    self.assertTrue(low <= middle <= high, f"{middle:.2f} is not in {low}..{high}")

    def test_slips_lower_sense_and_form_and_raise_surprise(self):
        for model, name in itertools.product(MODELS, SLIPS):
            with self.subTest(name, model=model):
                heard = windows(name, model)
                half = max(end for _, end, _ in pieces.PIECES[name][0]) / 2
                right = [w for w in heard if 4 * w["start_beat"] + STEPS <= half]
                wrong = [w for w in heard if 4 * w["start_beat"] >= half]
                for field, sign in (("sense", -1), ("surprise", 1)):
                    rise = statistics.mean(w[field] for w in wrong) - statistics.mean(w[field] for w in right)
                    self.assertGreater(sign * rise, 0, field)
                # Form is about the last 8 bars, so it is low where the slips begin.
                begin = [w["form"] for w in wrong if 4 * w["start_beat"] < half + STEPS]
                self.assertLess(statistics.mean(begin), 0.5)

    def test_a_steady_tune_gives_a_steady_dial(self):
        for model, name in itertools.product(MODELS, STEADY):
            with self.subTest(name, model=model):
                score = values(name, model, "musicality")
                self.assertGreaterEqual(min(score), LEAST)
                changes = [abs(b - a) for a, b in itertools.pairwise(score)]
                self.assertLessEqual(statistics.mean(changes), CHANGE)


if __name__ == "__main__":
    if "--write" in sys.argv:
        for name, (notes, _) in pieces.PIECES.items():
            path(name).write_bytes(pieces.file(notes))
    else:
        unittest.main()
