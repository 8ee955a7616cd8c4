#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Writes a corpus without some styles in its train part.

What is trained with --hold-out-style can so be calibrated without them, too, and
`music-neurons study` tells how such styles fare. The held-out part stays whole.
"""

import argparse
import lzma
import pathlib
import shutil
import sys

import numpy as np

import corpus

HEADER = 24
NAME = 32
SEGMENT_COUNT = 16


def without(path, styles):
    """The bytes of a MELCORP1 file with the segments of all styles but those; and how many it has."""
    names, segments, _ = corpus.load(path)
    data = pathlib.Path(path).read_bytes()
    data = lzma.decompress(data) if data.startswith(corpus.XZ_MAGIC) else data
    kept = segments[~np.isin(segments["style"], [names.index(style) for style in styles if style in names])]
    sources = int.from_bytes(data[8:12], "little")
    start = HEADER + NAME * (sources + len(names))
    # The steps stay where they are: segments say where theirs begin.
    head = data[:SEGMENT_COUNT] + len(kept).to_bytes(4, "little") + data[SEGMENT_COUNT + 4 : start]
    return head + kept.tobytes() + data[start + segments.nbytes :], len(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("styles", nargs="+", metavar="STYLE")
    parser.add_argument("-o", "--output", required=True, metavar="DIR")
    parser.add_argument("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    args = parser.parse_args()
    folder = pathlib.Path(args.output)
    try:
        known = {name for path in corpus.files(args.corpus, "train") for name in corpus.load(path)[0]}
        unknown = sorted(set(args.styles) - known)
        if unknown:
            raise corpus.CorpusError(f"no style {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        folder.mkdir(parents=True, exist_ok=True)
        for path in corpus.files(args.corpus, "train"):
            data, count = without(path, args.styles)
            target = folder / path.name.removesuffix(".xz")
            target.write_bytes(data)
            print(f"{target}: {count} segments")
        for path in corpus.files(args.corpus, "heldout"):
            shutil.copy(path, folder)
    except (OSError, corpus.CorpusError) as error:
        print(f"without.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
