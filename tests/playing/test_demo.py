#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The player's demo can be heard: test_demo.py BUILD"""

import array
import math
import pathlib
import subprocess
import sys
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(sys.argv[1])
TURNS, SECONDS = 11, 4  # two tunes, and nine turns between them
LEAST = 0.01  # root mean square of a turn, of full scale


def loudness(file):
    """That of each turn."""
    with wave.open(str(file)) as sound:
        rate, width = sound.getframerate() * sound.getnchannels(), sound.getsampwidth()
        samples = array.array("h", sound.readframes(sound.getnframes()))
    assert width == 2
    turns = (samples[i * SECONDS * rate : (i + 1) * SECONDS * rate] for i in range(TURNS))
    return [math.sqrt(sum(s * s for s in turn) / (SECONDS * rate)) / 2**15 for turn in turns]


def main():
    with tempfile.TemporaryDirectory() as folder:
        tune, sound = pathlib.Path(folder) / "demo.mid", pathlib.Path(folder) / "demo.wav"
        subprocess.run([BUILD / "demo-player", BUILD / "music-neurons.lv2", tune], check=True)
        done = subprocess.run([HERE / "sound", tune, sound], capture_output=True, text=True)
        if done.returncode == 3:
            print("skipped:", done.stdout.strip())
            return 0
        found = loudness(sound) if done.returncode == 0 else [0]
    print("measured: the softest turn of the demo has", f"{min(found):.3f} of full scale")
    if min(found) < LEAST:
        print("FAILED: turns are silent:", " ".join(f"{value:.4f}" for value in found), done.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
