# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A tune with a bass, played to a host's window."""

import subprocess

import common
from common import RATE, SCRATCH

BPM = 120
STEPS_PER_BAR = 16
VELOCITY = 96

# Beethoven, Ode to Joy: pitch and length in steps, four bars a line.
MELODY = """
64 4 64 4 65 4 67 4  67 4 65 4 64 4 62 4  60 4 60 4 62 4 64 4  64 6 62 2 62 8
64 4 64 4 65 4 67 4  67 4 65 4 64 4 62 4  60 4 60 4 62 4 64 4  62 6 60 2 60 8
62 4 62 4 64 4 60 4  62 4 64 2 65 2 64 4 60 4  62 4 64 2 65 2 64 4 62 4  60 4 62 4 55 8
64 4 64 4 65 4 67 4  67 4 65 4 64 4 62 4  60 4 60 4 62 4 64 4  62 6 60 2 60 8
"""
BASS = [48, 55, 48, 55, 48, 55, 48, 48, 55, 55, 55, 55, 48, 55, 48, 48]


def notes(bars):
    """(start, end, pitch) in steps."""
    numbers = [int(word) for word in MELODY.split()]
    tune = list(zip(numbers[::2], numbers[1::2]))
    found, step, i = [], 0, 0
    while step < bars * STEPS_PER_BAR:
        pitch, length = tune[i % len(tune)]
        found.append((step, step + length, pitch))
        step += length
        i += 1
    for bar in range(bars):
        low = BASS[bar % len(BASS)]
        start = bar * STEPS_PER_BAR
        found += [(start, start + 7, low), (start + 8, start + 15, low)]
    return found


class Tune:
    """Plays this many bars to a JACK client, as timebase master."""

    def __init__(self, client, bars):
        frames = RATE * 60 / BPM / 4
        events = sorted(
            (round(step * frames), status, pitch, velocity)
            for start, end, pitch in notes(bars)
            for step, status, velocity in ((start, 0x90, VELOCITY), (end, 0x80, 0))
        )
        path = SCRATCH / "notes"
        path.write_text("".join("%d %d %d %d\n" % event for event in events))
        end = round(bars * STEPS_PER_BAR * frames)
        self.process = subprocess.Popen(
            [SCRATCH / "player", f"{client}:out", path, SCRATCH / "passed", str(end)]
            + [str(BPM), "0", str(BPM)],
            stdin=subprocess.DEVNULL,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        common.end(self.process)
