#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well styles are told by other means: a classifier of features, one of level one's mu, one of level two's.

Each is a network with two layers of 256, trained on the train part of a cache and
measured on held-out tunes. Prints JSON, with the confusion of each.
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
from torch.nn import functional

import level2
import level2_cache
import level2_evaluate
import level2_windows
import safetensors
import transform
from corpus import PITCH_TO_TOKEN
from level2_windows import PHRASE

STEPS, BATCH, HIDDEN, RATE = 1500, 256, 256, 1e-3
PHRASES_MAX = 24000
COMMON = 0.09  # a pitch or interval that has this share of the notes


def _most(values):
    """(the most common value, its share, second's share / first's, distance of both, how many are common)."""
    found, count = np.unique(values, return_counts=True)
    order = np.argsort(-count, kind="stable")
    share = count[order] / len(values)
    first = found[order[0]]
    second = found[order[1]] if len(order) > 1 else first
    return first, share[0], share[1] / share[0] if len(order) > 1 else 0, abs(second - first), (share >= COMMON).sum()


def _arcs(intervals):
    """Mean length, in intervals, and mean span of runs in one direction."""
    moves = intervals[intervals != 0]
    if not len(moves):
        return 0, 0
    run = np.cumsum(np.diff(np.sign(moves), prepend=np.sign(moves[0])) != 0)
    return np.bincount(run).mean(), np.abs(np.bincount(run, moves)).mean()


def features(tokens):
    """jSymbolic's scalars of one phrase [PHRASE, STEPS]; one that is undefined is 0."""
    played = transform.notes(tokens.reshape(1, -1))
    chosen = played.token[0] > 0
    start, end = played.start[0][chosen], played.end[0][chosen]
    pitch = played.token[0][chosen].astype(int) - PITCH_TO_TOKEN
    intervals = np.diff(pitch) if len(pitch) > 1 else np.zeros(1, int)
    size = np.abs(intervals)
    duration, gap = end - start, np.diff(start) if len(start) > 1 else np.zeros(1)
    rising, falling = (intervals > 0).sum(), (intervals < 0).sum()

    def share(*sizes):
        return np.isin(size, sizes).mean()

    classes = len(np.unique(pitch % 12))
    return np.array([
        *_most(pitch), *_most(pitch % 12), len(np.unique(pitch)), classes, np.ptp(pitch), pitch.mean(),
        (pitch <= 54).mean(), ((pitch > 54) & (pitch <= 72)).mean(), (pitch >= 73).mean(),
        size.mean(), *_most(size), share(0, 3, 4, 7, 10, 11, 12, 15, 16), share(0), share(1), share(1, 2),
        share(3, 4), share(7), share(6), share(12), rising / max(1, rising + falling), *_arcs(intervals),
        len(pitch) / max(1, end.max() - start.min()), duration.mean(), duration.std(), duration.max(), duration.min(),
        gap.mean(), gap.std(),
    ], np.float32)


class Classifier:
    """Two layers on standardised inputs; each style counts as much."""

    def __init__(self, x, style, seed=1):
        self.mean, self.scale = x.mean(0), x.std(0).clamp(min=1e-3)
        generator = torch.Generator().manual_seed(seed)
        self.weights = {}
        sizes = (x.shape[1], HIDDEN, HIDDEN, len(level2_windows.STYLES))
        for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
            level2.add_layer(self.weights, str(layer), inputs, outputs, generator)
        for weight in self.weights.values():
            weight.requires_grad_()
        count = torch.bincount(style, minlength=sizes[-1]).float()
        share = torch.where(count > 0, count.sum() / count.clamp(min=1), torch.zeros(()))[style]
        optimiser = torch.optim.Adam(self.weights.values(), lr=RATE, weight_decay=1e-4)
        for step in range(STEPS):
            chosen = torch.multinomial(share, BATCH, True, generator=generator)
            loss = functional.cross_entropy(self._logits(x[chosen], generator), style[chosen])
            for group in optimiser.param_groups:
                group["lr"] = RATE * (1 - step / STEPS)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def _logits(self, x, generator=None):
        h = (x - self.mean) / self.scale
        for layer in range(2):
            h = torch.relu(level2.linear(self.weights, str(layer), h, h.dtype))
            if generator is not None:
                h = h * 2 * (torch.rand(h.shape, generator=generator) < 0.5)
        return level2.linear(self.weights, "2", h, h.dtype)

    @torch.no_grad()
    def logits(self, x):
        return self._logits(x)


def phrases(latents, count, seed=1):
    """Phrases with a style from stretches: (tokens, mu, heard, style)."""
    heard = latents.heard
    windows = np.lib.stride_tricks.sliding_window_view(heard, PHRASE, 1)
    found = np.argwhere((windows.sum(2) >= 2) & (latents.style >= 0)[:, None])
    found = np.random.default_rng(seed).permutation(found)[:count]
    row, place = found[:, :1], found[:, 1:] + np.arange(PHRASE)
    return latents.tokens[row, place], latents.mu[row, place], heard[row, place], latents.style[row[:, 0]]


def confusion(logits, style):
    found = logits.argmax(1).numpy()
    count = len(level2_windows.STYLES)
    return np.bincount(style * count + found, minlength=count**2).reshape(count, count).tolist()


def report(args):
    environment.product_type("float32")
    train = phrases(level2_cache.read_train(args.cache, args.parts or None), args.count)
    held = level2_cache.read(pathlib.Path(args.cache) / "tunes.npz")
    test = (held.tokens, held.mu, held.heard)

    def flat(tokens, mu, heard):
        return torch.from_numpy(np.concatenate([mu.reshape(len(mu), -1), heard], 1).astype(np.float32))

    inputs = {
        "features": lambda tokens, mu, heard: torch.from_numpy(np.stack([features(row) for row in tokens])),
        "level one": flat,
    }
    for path in args.float:
        tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in safetensors.read(path)[0].items()}
        inputs[f"level two, {path}"] = lambda tokens, mu, heard, tensors=tensors: level2.encode(
            tensors, torch.from_numpy(mu.astype(np.float32)), torch.from_numpy(heard))[0].detach()
    style = torch.from_numpy(train[3]).long()
    result = {"styles": level2_windows.STYLES, "majority": round(float(np.bincount(held.style).max() / len(held.style)), 4)}
    for name, make in inputs.items():
        logits = Classifier(make(*train[:3]), style).logits(make(*test))
        figures = level2_evaluate.styles(logits, held.style, held.line)
        result[name] = {**figures, "confusion of phrases": confusion(logits, held.style)}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="*", metavar="FLOAT.safetensors", help="weights of level two")
    add("--parts", type=int, default=0, help="of the cache (default: all)")
    add("--count", type=int, default=PHRASES_MAX, help="phrases to train on (default: %(default)s)")
    try:
        print(json.dumps(report(parser.parse_args())))
    except level2_evaluate.ERRORS as error:
        print(f"level2_styles.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
