#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A trial of a score of music against random notes, given how many notes there are.

The noise neurons of played train windows are whitened. The statistic is a sum of
squares along the directions in which random windows exceed music most. A logistic
regression on it and on the number of onsets tells them apart; each real window has a
random one with as many onsets. Prints JSON: of held-out windows of many kinds the
share that scores below 0.5, and the AUC.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import batches
import corpus
import evaluate
import safetensors
import transform
import vae

DIRECTIONS = 8
RIDGE = 1e-5
NOISE_KL = 0.03
STEPS, PENALTY = 30, 1e-3
PRACTICE = 0.2
REGISTERS = {"below C3": (0, 29), "C3 to C4": (29, 41), "C4 to C5": (41, 53), "from C5": (53, 90)}
SEEDS = {"train": 11, "heldout": 12}


class Statistic:
    """A weighed sum of squares of noise neurons' mu [n, neurons] in directions where random ones are large."""

    def __init__(self, real, random, directions=DIRECTIONS):
        self.center = real.mean(0)
        covariance = np.cov(real.T) + RIDGE * np.eye(real.shape[1])
        values, vectors = np.linalg.eigh(covariance)
        white = vectors / np.sqrt(values)
        moved = (random - self.center) @ white
        values, vectors = np.linalg.eigh(moved.T @ moved / len(moved))
        weight = np.log(np.maximum(values[-directions:], 1))
        self.projection = white @ vectors[:, -directions:] * np.sqrt(weight)

    def __call__(self, mu):
        return (((mu - self.center) @ self.projection) ** 2).sum(1)


def features(statistic, onsets):
    """What the regression sees [n, 6]."""
    s, n, log = np.log(statistic + 1e-9), onsets / corpus.STEPS, np.log(onsets)
    return np.stack([np.ones(len(s)), s, n, log, s * n, s * log], 1)


def regress(x, real):
    """Coefficients of a logistic regression by Newton's method."""
    scale = np.maximum(x.std(0), 1e-9)
    scale[0] = 1
    x, weights = x / scale, np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + PENALTY * np.eye(len(weights))
        weights += np.linalg.solve(hessian, x.T @ (real - p) - PENALTY * weights)
    return weights / scale


def auc(real, random):
    """How often a real window scores above a random one; ties count half."""
    both = np.concatenate([real, random])
    _, place, count = np.unique(both, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    return (rank[: len(real)].sum() - len(real) * (len(real) + 1) / 2) / (len(real) * len(random))


class Model:
    """The score of float weights, from train windows [n, STEPS]."""

    def __init__(self, tensors, windows, pool):
        self.tensors, self.pool = tensors, pool
        random = self._partners(windows, SEEDS["train"])
        mu, sigma = self._encode(windows)
        kl = vae.divergence(torch.from_numpy(mu), torch.from_numpy(sigma)).mean(0).numpy()
        self.noise = kl < NOISE_KL
        others = self._encode(random)[0]
        # One half makes the statistic, the other the curve.
        half = len(windows) // 2
        self.statistic = Statistic(mu[:half, self.noise], others[:half, self.noise])
        x = [
            features(self.statistic(m[half:, self.noise]), transform.onsets(w[half:]))
            for m, w in ((mu, windows), (others, random))
        ]
        real = np.repeat([1.0, 0.0], [len(x[0]), len(x[1])])
        self.weights = regress(np.concatenate(x), real)

    def _partners(self, windows, seed):
        return corpus.random_windows(len(windows), seed, onsets=transform.onsets(windows))

    @torch.no_grad()
    def _encode(self, windows):
        parts = torch.from_numpy(windows.astype(np.int64)).split(evaluate.BATCH)
        parts = list(self.pool.map(lambda part: vae.encode(self.tensors, part), parts))
        return tuple(torch.cat(values).double().numpy() for values in zip(*parts))

    def score(self, windows):
        mu = self._encode(windows)[0][:, self.noise]
        return 1 / (1 + np.exp(-features(self.statistic(mu), transform.onsets(windows)) @ self.weights))

    def judge(self, windows):
        real, random = self.score(windows), self.score(self._partners(windows, SEEDS["heldout"]))
        return {
            "windows": len(windows),
            "below_half": round(float((real < 0.5).mean()), 4),
            "random_above_half": round(float((random >= 0.5).mean()), 4),
            "auc": round(float(auc(real, random)), 4),
        }


def kinds(folder, count):
    """Held-out windows by kind."""
    alone = {f"{name} alone": transform.NONE._replace(**{name: 1.0}) for name in transform.NONE._fields}
    found = evaluate.sets(folder, count, chances=alone)
    pitched = found["played"] >= transform.NOTE_MIN
    mean = (found["played"] * pitched).sum(1) / pitched.sum(1)
    for name, (low, high) in REGISTERS.items():
        found[f"played, {name}"] = found["played"][(mean >= low) & (mean < high)]
    return {name: windows for name, windows in found.items() if len(windows)}


def report(args):
    environment.product_type("float32")
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in safetensors.read(args.float)[0].items()}
    lines = corpus.lines(args.corpus, "train", args.without)
    tunes = batches.Tunes(lines, SEEDS["train"], practice=PRACTICE)
    with ThreadPoolExecutor(args.workers or None) as pool:
        model = Model(tensors, tunes.windows(np.random.default_rng(SEEDS["train"]), args.train), pool)
        figures = {name: model.judge(windows) for name, windows in kinds(args.corpus, args.windows).items()}
    return {"train_windows": args.train, "noise_neurons": int(model.noise.sum()), **figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights as train.py writes them")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--without", action="append", default=[], metavar="SET", help="a file set that the score is not made from")
    add("--train", type=int, default=20000, help="windows the score is made from (default: %(default)s)")
    add("--windows", type=int, default=1000, help="held-out windows of each kind (default: %(default)s)")
    add("--workers", type=int, default=0, help="threads (default: one a core)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except evaluate.ERRORS as error:
        print(f"score_trial.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
