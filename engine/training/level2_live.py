#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How soon and how steadily styles are told while a held-out tune goes on, bar by bar.

At each bar the pooled network hears the windows of the latest 16 bars. Its
probabilities run on as the engine's do (../long/style.h), by a mean that forgets: it
moves 1 - 2^(-1/halflife) of the way with each bar. Prints JSON for each half-life in
bars, the engine's is 2; 0 does not smooth. The style has settled where it stays for
eight bars.
"""

import argparse
import json
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import corpus
import level2
import level2_cache
import level2_evaluate
import level2_windows
import safetensors
import transform
from level2_windows import PHRASE, WINDOW_BARS

HALF_LIVES = (0, 1, 2, 4, 8)
STEADY = 8  # bars


def tunes(lines, labels, bars, count, rng):
    """Windows [n, bars - 1, STEPS] from each bar of up to `count` lines of each of the labels, and these [n]."""
    place = np.array([labels.index(x) if x in labels else -1 for x in level2_windows.LABELS] + [-1])
    label = place[level2_windows.LABEL_OF[level2_windows.merged(lines.names)[lines.style]]]
    long = lines.length // corpus.BAR >= bars
    chosen = np.concatenate([
        rng.permutation(np.flatnonzero((label == own) & long))[:count] for own in range(len(labels))
    ])
    first = np.repeat(chosen, bars - 1), np.tile(np.arange(bars - 1), len(chosen))
    tokens = level2_windows.play(lines, *first, rng, transform.NONE, 1)
    return tokens.reshape(len(chosen), bars - 1, corpus.STEPS), label[chosen]


def told(tensors, mu, heard):
    """Probabilities [n, bars - 1, labels] after each bar from the second on, of windows from each bar."""
    found = []
    for bar in range(mu.shape[1]):
        place = bar - WINDOW_BARS * np.arange(PHRASE)[::-1]
        there = torch.from_numpy(place >= 0)
        own = torch.from_numpy(np.maximum(place, 0))
        logits = level2.labels(tensors, mu[:, own], heard[:, own] & there)
        found.append(torch.softmax(logits, 1))
    return torch.stack(found, 1).numpy()


def smoothed(values, half_life):
    """Means that forget, over bars."""
    if not half_life:
        return values
    share, found = 1 - 0.5 ** (1 / half_life), values.copy()
    for bar in range(1, values.shape[1]):
        found[:, bar] = found[:, bar - 1] + share * (values[:, bar] - found[:, bar - 1])
    return found


def settled(top):
    """Bars heard when the top [bars - 1] first stays for STEADY bars; NAN if it never does."""
    for bar in range(len(top) - STEADY + 1):
        if (top[bar : bar + STEADY] == top[bar]).all():
            return bar + WINDOW_BARS
    return np.nan


def figures(values, label):
    """Of probabilities [n, bars - 1, labels] and the labels [n]."""
    top = values.argmax(2)
    changes = (np.diff(top, axis=1) != 0).mean(1) * STEADY
    bars = np.array([settled(row) for row in top])
    return {
        "balanced": {str(bar): level2_evaluate.balanced(label, top[:, bar - WINDOW_BARS])
                     for bar in (2, 4, 8, 16) if bar <= top.shape[1]},
        "changes in 8 bars": {"median": round(float(np.median(changes)), 2), "mean": round(float(changes.mean()), 2)},
        "bars until settled": {"median": float(np.median(np.where(np.isnan(bars), np.inf, bars))),
                               "never": round(float(np.isnan(bars).mean()), 3)},
    }


@torch.no_grad()
def report(args):
    torch.set_num_threads(1)
    arrays, metadata = safetensors.read(args.float)
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    lines = corpus.lines(args.corpus, "heldout", args.without)
    labels = metadata["labels"].split(", ")
    tokens, label = tunes(lines, labels, args.bars, args.tunes, np.random.default_rng(1))
    windows = level2_windows.Windows(tokens, label, label)
    found = level2_cache.for_weights(level2_cache.latents(windows, args.model), metadata)
    values = told(tensors, torch.from_numpy(found.mu.astype(np.float32)), torch.from_numpy(found.heard))
    return {"labels": labels, "tunes": len(label), "bars": args.bars,
            **{f"half-life {half}": figures(smoothed(values, half), label) for half in HALF_LIVES}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights with the network that tells styles")
    add("--model", default=level2_evaluate.MODEL, help="the model file with level one (default: %(default)s)")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--without", action="append", default=[], metavar="SET", help="leaves a set of the corpus out")
    add("--bars", type=int, default=24, help="of each tune (default: %(default)s)")
    add("--tunes", type=int, default=40, help="of each label (default: %(default)s)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except level2_evaluate.ERRORS as error:
        print(f"level2_live.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
