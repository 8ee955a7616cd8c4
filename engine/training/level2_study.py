#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the neurons of level two go with, on held-out phrases as written.

A music neuron says more than a nat on average; they are ranked by that. Prints JSON:
of each its strongest feature by Spearman's rho, among jSymbolic's scalars and those of
the form, its strongest one of each kind, how many windows it draws on, and what is
left of it when the windows are shuffled.
"""

import argparse
import collections
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
import level2_scalars
import safetensors
import vae
from level2_windows import PHRASE

KINDS = "PMR"
SHUFFLES, RESAMPLES = 20, 200
# A neuron goes with a kind if that is strongest in so many of the resamples.
SURE = 0.95
# A neuron that order hardly moves, and one that it does.
ALIKE, ORDERED = 0.9, 0.5


def ranks(values):
    """Of each column [n, columns], ties at their mean; standardised."""
    found = np.empty(values.shape)
    for column, x in enumerate(values.T):
        _, number, count = np.unique(x, return_inverse=True, return_counts=True)
        found[:, column] = (np.cumsum(count) - (count - 1) / 2)[number]
    found -= found.mean(0)
    return found / np.maximum(np.linalg.norm(found, axis=0), 1e-9)


def standard(values):
    values = values - values.mean(0)
    return values / np.maximum(np.linalg.norm(values, axis=0), 1e-9)


def null(mu, features, rng):
    """The largest rho of any neuron with any feature among shuffled phrases."""
    return max(np.abs(mu[rng.permutation(len(mu))].T @ features).max() for _ in range(SHUFFLES))


def held(mu, features, kind, rng):
    """Of each neuron the share of the resampled phrases in which each kind has the strongest feature."""
    found = np.zeros((mu.shape[1], len(KINDS)))
    for _ in range(RESAMPLES):
        row = rng.integers(0, len(mu), len(mu))
        best = np.abs(standard(mu[row]).T @ standard(features[row])).argmax(1)
        found[np.arange(len(best)), kind[best]] += 1
    return found / RESAMPLES


def across(tensors, mu, heard, music, rng):
    """(the correlation of mu with that of shuffled windows, how many windows mu draws on), of each neuron.

    The second is 1 / sum p^2 of the shares p of the windows in the variance that one
    of another phrase in their place makes.
    """
    whole = level2.encode(tensors, mu, heard)[0][:, music]
    order = np.argsort(rng.random(mu.shape[:2]), 1)
    mixed = level2.encode(tensors, mu[np.arange(len(mu))[:, None], order], heard)[0][:, music]
    other, moved = rng.permutation(len(mu)), []
    for window in range(PHRASE):
        changed = mu.clone()
        changed[:, window] = mu[other, window]
        moved.append(((level2.encode(tensors, changed, heard)[0][:, music] - whole) ** 2).mean(0).numpy())
    share = np.stack(moved) / np.sum(moved, 0)
    return level2_evaluate.correlations(whole, mixed).numpy(), 1 / (share**2).sum(0)


def strongest(rho, names, kind):
    """Name and rho of the strongest feature, and of the strongest of each kind."""
    best = np.abs(rho).argmax()
    kinds = {}
    for number, letter in enumerate(KINDS):
        own = np.flatnonzero(kind == number)
        place = own[np.abs(rho[own]).argmax()]
        kinds[letter] = [names[place], round(float(rho[place]), 3)]
    return {"feature": names[best], "rho": round(float(rho[best]), 3), "kinds": kinds}


@torch.no_grad()
def report(args):
    arrays, metadata = safetensors.read(args.float)
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    torch.set_num_threads(1)
    cached = level2_cache.read(pathlib.Path(args.cache) / f"{args.set}.npz")
    phrases = level2_evaluate.Set(level2_cache.for_weights(cached, metadata), args.count)
    rng = np.random.default_rng(1)
    mu, sigma = level2.encode(tensors, phrases.mu, phrases.heard)
    kl = vae.divergence(mu, sigma).mean(0)
    order = kl.argsort(descending=True)
    music = order[kl[order] > level2_evaluate.MUSIC_NATS]
    names = [*level2_scalars.CODES, *level2_scalars.FORM]
    kind = np.array([KINDS.index(name[0]) for name in names])
    tokens = phrases.tokens.numpy()
    features = ranks(np.stack([np.append(level2_scalars.features(row), level2_scalars.form(row)) for row in tokens]))
    own = ranks(mu[:, music].numpy())
    rho, least = own.T @ features, null(own, features, rng)
    share = held(own, features, kind, rng)
    alike, windows = across(tensors, phrases.mu, phrases.heard, music, rng)
    neurons = []
    for rank, neuron in enumerate(music.tolist()):
        neurons.append({
            "rank": rank + 1, "neuron": neuron, "kl": round(kl[neuron].item(), 2),
            **strongest(rho[rank], names, kind),
            "held": {letter: round(float(share[rank, number]), 3) for number, letter in enumerate(KINDS)},
            "shuffled": round(float(alike[rank]), 3), "windows": round(float(windows[rank]), 2),
        })
    above = [x for x in neurons if abs(x["rho"]) > least]
    return {
        "phrases": len(mu), "music": len(music), "null": round(float(least), 3),
        "strongest above the null": collections.Counter(x["feature"][0] for x in above),
        "of these held": collections.Counter(
            x["feature"][0] for x in above if x["held"][x["feature"][0]] >= SURE),
        "melody": [x["rank"] for x in above if x["feature"][0] == "M" and x["held"]["M"] >= SURE],
        "order hardly moves": int((alike > ALIKE).sum()), "order moves": int((alike < ORDERED).sum()),
        "windows drawn on, median": round(float(np.median(windows)), 2),
        "neurons": neurons,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights as level2_train.py writes them")
    add("cache", help="as level2_cache.py writes it")
    add("--set", default="whole", choices=("whole", "played"), help="default: %(default)s")
    add("--count", type=int, help="phrases (default: all)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except level2_evaluate.ERRORS as error:
        print(f"level2_study.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
