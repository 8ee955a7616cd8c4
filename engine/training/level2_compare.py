#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Hold runs of level two against the first of them on held-out phrases, with intervals over tunes.

Prints JSON: of each run its error, in nats a phrase, and what level one's decoder
makes of its answers, and by how much it differs from the first; 95 % of 10,000
resamples of the tunes lie within an interval.
"""

import argparse
import json
import pathlib
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import level2
import level2_cache
import level2_evaluate
import safetensors
import vae

RESAMPLES = 10000
# What each figure is a ratio of: sums over a tune's phrases.
FIGURES = {"error": ("error", "phrases"), "free_steps": ("steps", "all_steps"), "onset_pitch": ("pitches", "onsets")}


def tune_sums(tensors, decoder, phrases, lines):
    """Sums of each tune [lines] by name."""
    mu, _ = level2.encode(tensors, phrases.mu, phrases.heard)
    answers = level2.conduct(tensors, mu)
    error = level2.error(answers, phrases.mu, phrases.sigma.clamp(min=0.05), phrases.heard)
    total = {}
    for number, line in enumerate(lines):
        row = torch.from_numpy(np.flatnonzero(phrases.line == line))
        heard = phrases.heard[row]
        tokens = phrases.tokens[row][heard]
        sums = level2_evaluate.right(tokens, vae.generate(decoder, answers[row][heard]))
        sums.update(error=error[row].sum(), phrases=len(row))
        for name, value in sums.items():
            total.setdefault(name, np.zeros(len(lines)))[number] = float(value)
    return total


def intervals(own, first, rng):
    """Of each figure its value, its difference from the first run's, and the interval of that."""
    count = len(own["phrases"])
    drawn = rng.integers(0, count, (RESAMPLES, count))
    found = {}
    for name, (over, under) in FIGURES.items():
        values = [x[over].sum() / x[under].sum() for x in (own, first)]
        resampled = [x[over][drawn].sum(1) / x[under][drawn].sum(1) for x in (own, first)]
        low, high = np.percentile(resampled[0] - resampled[1], (2.5, 97.5))
        found[name] = {"value": round(values[0], 4), "difference": round(values[0] - values[1], 4),
                       "interval": [round(low, 4), round(high, 4)]}
    return found


@torch.no_grad()
def report(args):
    torch.set_num_threads(1)
    cached = level2_cache.read(pathlib.Path(args.cache) / f"{args.set}.npz")
    sums = []
    for path in args.float:
        arrays, metadata = safetensors.read(path)
        tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
        phrases = level2_evaluate.Set(level2_cache.for_weights(cached, metadata), args.count)
        lines = np.unique(phrases.line)
        decoder = level2.restrict(vae.load_decoder(args.decoder), list(map(int, metadata["level1_neurons"].split())))
        sums.append(tune_sums(tensors, decoder, phrases, lines))
    result = {"tunes": len(lines), "phrases": len(phrases.line)}
    for path, own in zip(args.float, sums):
        result[path] = intervals(own, sums[0], np.random.default_rng(1))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="+", metavar="FLOAT.safetensors", help="weights as level2_train.py writes them")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="PATH", help="folder or weights (default: %(default)s)")
    add("--set", default="whole", choices=("whole", "played"), help="default: %(default)s")
    add("--count", type=int, help="phrases (default: all)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except level2_evaluate.ERRORS as error:
        print(f"level2_compare.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
