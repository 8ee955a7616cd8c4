#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Write golden vectors: windows and what the float64 encoder makes of them.

python3 engine/training/golden.py [MODEL]...

Writes tests/golden/MODEL.json of the models that ship, from the float weights that
shipped.py names. Run it when these have changed.
"""

import argparse
import json
import sys

import numpy as np

import corpus
import reference
import safetensors
import shipped

REAL_COUNT, RANDOM_COUNT, SEED = 16, 4, 24
LOWEST, HIGHEST = 2, 89  # tokens of MIDI pitches 21 and 108


def real_windows(folder):
    """Held-out windows, as evenly over the styles as can be: [(name, tokens)]."""
    tokens, styles, names = corpus.windows(folder, "heldout")
    rng = np.random.default_rng(SEED)
    queues = {names[s]: list(rng.permutation(np.flatnonzero(styles == s))) for s in np.unique(styles)}
    result = []
    while len(result) < REAL_COUNT:
        for name, queue in queues.items():
            if queue and len(result) < REAL_COUNT:
                result.append((name, tokens[queue.pop()]))
    return result


def edge_windows():
    """Windows that music rarely is: [(name, tokens)]."""
    holds = np.zeros(corpus.STEPS, np.uint8)
    single = holds.copy()
    single[[0, 8]] = 60 + corpus.PITCH_TO_TOKEN, 1
    sixteenths = 60 + corpus.PITCH_TO_TOKEN + np.arange(corpus.STEPS) % 12
    extremes = np.tile([LOWEST, 0, HIGHEST, 0], corpus.STEPS // 4)
    return [("all holds", holds), ("single note", single), ("sixteenths", sixteenths), ("extremes", extremes)]


def write(name, windows):
    """Write the golden vectors of one model."""
    source = shipped.FLOATS[name]
    weights = reference.Weights(safetensors.read(source)[0], corpus.CLASSES)
    mu, sigma = reference.Encoder(weights).encode(np.array([tokens for _, tokens in windows]))
    lines = [
        json.dumps(
            {
                "name": window,
                "tokens": tokens.tolist(),
                "mu": np.round(mu[i], 6).tolist(),
                "sigma": np.round(sigma[i], 6).tolist(),
            },
            separators=(",", ":"),
        )
        for i, (window, tokens) in enumerate(windows)
    ]
    origin = (
        f"float64 PyTorch on {source.name} of {name}, by engine/training/golden.py, with the signs of the weights; "
        "windows named by style are held-out melodies of the corpus in engine/models/README.md"
    )
    shipped.golden(name).write_text(
        f'{{"provenance":{json.dumps(origin)},\n"windows":[\n' + ",\n".join(lines) + "\n]}\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="*", metavar="MODEL", help=f"of {', '.join(shipped.FLOATS)}; all by default")
    parser.add_argument("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    args = parser.parse_args()
    unknown = set(args.model) - set(shipped.FLOATS)
    if unknown:
        parser.error(f"no model is called {', '.join(sorted(unknown))}")
    try:
        windows = real_windows(args.corpus)
        windows += [("random", tokens) for tokens in corpus.random_windows(RANDOM_COUNT, SEED)]
        windows += edge_windows()
        for name in args.model or shipped.FLOATS:
            write(name, windows)
    except (OSError, corpus.CorpusError, reference.WeightsError, safetensors.FormatError) as error:
        print(f"golden.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
