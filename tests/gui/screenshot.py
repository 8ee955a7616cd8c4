# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Pictures of the window, for README: screenshot.py BUILD SCRATCH FOLDER

One in jalv.gtk3 while a tune plays, and one that the program draws from the tune's file.
"""

import pathlib
import sys
import time

folder = pathlib.Path(sys.argv.pop(3))

import x11
from common import BUILD, HERE, SCRATCH

import jalv
import tune

sys.path.insert(0, str(HERE.parent / "cli"))
import midi

BARS = 24
SHOTS = {"screenshot-jalv.png": 22.3}  # when, in bars
DRAW = ["--light", "--voice", "skyline", "--window", "12"]
COLOURS = 200  # in a palette, which keeps files small


def draw():
    file = SCRATCH / "tune.mid"
    notes = [midi.note(*note) for note in tune.notes(BARS)]
    file.write_bytes(midi.file(midi.track(midi.tempo(0, tune.BPM), *notes), form=0))
    path = folder / "picture.png"
    x11.ask(BUILD / "music-neurons", "draw", file, "-o", path, *DRAW)
    print(f"{path}: {path.stat().st_size} bytes")


def shoot():
    x11.common.exit_on_signals()
    seconds_a_bar = 4 * 60 / tune.BPM
    with x11.Display(), jalv.Server(jalv.BLOCK):
        with x11.Host("jalv.gtk3", "--print-controls", "--jack-name=neurons", "-x") as host:
            host.leave()
            with tune.Tune(host.name, BARS):
                x11.wait_for("the first window", lambda: host.printed("window"))
                begin = time.monotonic() - 2 * seconds_a_bar
                for name, bars in SHOTS.items():
                    time.sleep(max(0, begin + bars * seconds_a_bar - time.monotonic()))
                    path = folder / name
                    outer = str(host.outer[0])
                    reduce = ["+dither", "-colors", str(COLOURS), "-strip", f"png8:{path}"]
                    x11.ask("import", "-silent", "-window", outer, *reduce)
                    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    shoot()
    draw()
