#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Write a corpus of windows as people play them, to calibrate and to study a model on.

transform.py moves melodies in phase, tempo, touch, timing and register; practice.py
adds figures that hands practise. Each window becomes a segment of two bars, in the
style of its melody, so that whoever reads corpora takes it as it is.
"""

import argparse
import pathlib
import struct
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np

import batches
import corpus
import practice
import transform

NAME_BYTES = 32
SOURCE = "played"
PRACTICE = "practice"
CHUNK = 4096


def draw(lines, count, chances, seed):
    """(windows [count, STEPS], style of each, number of its line), a style as likely as
    the square root of its size."""
    tunes = batches.Tunes(lines, seed, chances)
    windows, styles, numbers = [], [], []
    left, step = count, 0
    while left:
        rng = np.random.default_rng([seed, step])
        step += 1
        style = rng.choice(len(tunes.sizes), CHUNK, p=tunes.weights)
        bar = tunes.starts[style] + rng.integers(0, tunes.sizes[style])
        number = np.searchsorted(tunes.bars, bar, "right") - 1
        found = transform.windows(batches.excerpts(tunes.lines, number, bar - tunes.bars[number]), rng, chances)
        kept = np.flatnonzero(transform.onsets(found) >= transform.ONSETS_MIN)[:left]
        windows.append(found[kept])
        styles.append(tunes.lines.style[number[kept]])
        numbers.append(number[kept])
        left -= len(kept)
    return np.concatenate(windows), np.concatenate(styles), np.concatenate(numbers)


def draw_practice(count, chances, seed, anywhere):
    """Windows of figures that hands practise, a share of them anywhere on the keyboard."""
    rng = np.random.default_rng([seed, 1 << 20])
    windows = np.zeros((0, corpus.STEPS), np.uint8)
    while len(windows) < count:
        found = transform.windows(practice.draw(rng, CHUNK, anywhere=anywhere), rng, chances)
        windows = np.concatenate([windows, found[transform.onsets(found) >= transform.ONSETS_MIN]])
    return windows[:count]


def encode(windows, styles, numbers, names):
    """A MELCORP1 file of windows, a segment each."""
    table = np.zeros(len(windows), corpus.SEGMENT)
    table["group"] = numbers
    table["offset"] = np.arange(len(windows)) * corpus.STEPS
    table["length"] = corpus.STEPS
    table["style"] = styles
    head = struct.pack("<4I", 1, len(names), len(windows), windows.size)
    texts = b"".join(name.encode().ljust(NAME_BYTES, b"\0") for name in (SOURCE, *names))
    return b"MELCORP1" + head + texts + table.tobytes() + windows.astype(np.uint8).tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("-o", "--output", required=True, metavar="NAME", help="writes NAME-SPLIT.bin")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--split", choices=("train", "heldout"), default="train", help="default: %(default)s")
    add("--without", action="append", default=[], metavar="SET", help="leaves a set of the corpus out")
    add("--count", type=int, default=120000, help="windows (default: %(default)s)")
    add("--practice", type=float, default=0.25, metavar="SHARE",
        help="of them, figures that hands practise (default: %(default)s)")
    add("--anywhere", type=float, default=0.7, metavar="SHARE",
        help="of these, anywhere on the keyboard instead of mostly near its middle (default: %(default)s)")
    add("--seed", type=int, default=1, help="default: %(default)s")
    args = parser.parse_args()
    chances = transform.Chances()
    practised = round(args.count * args.practice)
    try:
        lines = corpus.lines(args.corpus, args.split, args.without)
        windows, styles, numbers = draw(lines, args.count - practised, chances, args.seed)
        figures = draw_practice(practised, chances, args.seed, args.anywhere)
        names = [*lines.names, PRACTICE]
        styles = np.concatenate([styles, np.full(practised, len(names) - 1)])
        # A figure is a tune of its own.
        numbers = np.concatenate([numbers, len(lines.start) + np.arange(practised)])
        data = encode(np.concatenate([windows, figures]), styles, numbers, names)
        pathlib.Path(f"{args.output}-{args.split}.bin").write_bytes(data)
    except (OSError, corpus.CorpusError) as error:
        print(f"played.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
